// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package v136

import (
	"testing"

	"github.com/hostprocess-go/sdk/internal/conformance"
)

func TestValidate(t *testing.T) { conformance.Validate(t, 36) }
func TestBuilder(t *testing.T)  { conformance.Builder(t, 36) }
func TestFixtures(t *testing.T) { conformance.Fixtures(t, 36) }
