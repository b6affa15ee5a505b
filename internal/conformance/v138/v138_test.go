// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package v138

import (
	"testing"

	"github.com/hostprocess-go/sdk/internal/conformance"
)

func TestValidate(t *testing.T) { conformance.Validate(t, 38) }
func TestBuilder(t *testing.T)  { conformance.Builder(t, 38) }
func TestFixtures(t *testing.T) { conformance.Fixtures(t, 38) }
