// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package dnslabel

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/util/validation"
)

// A name is plain where it can be, and a label that differs for each id otherwise.
func TestPlain(t *testing.T) {
	long := strings.Repeat("a", 58)
	for id, want := range map[string]string{
		"agents":       "kind-agents",
		"az-09":        "kind-az-09",
		"a-b-1":        "kind-a-b-1",
		long:           "kind-" + long,
		long + "b":     "kind-" + long[:47] + "-" + Checksum([]byte(long + "b"))[:10],
		"Backup Users": "kind-backup-users-" + Checksum([]byte("Backup Users"))[:10],
		"backup users": "kind-backup-users-" + Checksum([]byte("backup users"))[:10],
		"":             "kind-" + Checksum(nil)[:10],
		"-":            "kind-" + Checksum([]byte("-"))[:10],
		"\u65e5\xff":   "kind-" + Checksum([]byte("\u65e5\xff"))[:10],
		"\u212a":       "kind-k-" + Checksum([]byte("\u212a"))[:10], // the sign for kelvin, whose lower case is k
		"a\x00":        "kind-a-" + Checksum([]byte("a\x00"))[:10],
	} {
		got := Plain("kind", id, []byte(id))
		if got != want {
			t.Errorf("Plain(%q) = %s, want %s", id, got, want)
		}
		if problems := validation.IsDNS1123Label(got); len(problems) > 0 {
			t.Errorf("Plain(%q) = %s is no label: %v", id, got, problems)
		}
	}
}
