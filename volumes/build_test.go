// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package volumes_test

import (
	"strings"
	"testing"

	"github.com/hostprocess-go/sdk/volumes"
)

func TestParseWindowsBuild(t *testing.T) {
	for _, test := range []struct {
		in   string
		want volumes.WindowsBuild
		text string
	}{
		{"10.0.20348.2849", server2022, "10.0.20348.2849"},
		{"10.0.20348", volumes.WindowsBuild{Build: 20348}, "10.0.20348"},
		{"10.0.17763.3046", unpatched, "10.0.17763.3046"},
		{"20348", volumes.WindowsBuild{Build: 20348}, "10.0.20348"},
		{"26100.1742", volumes.WindowsBuild{Build: 26100, Revision: 1742}, "10.0.26100.1742"},
		{"10.0.10240", volumes.WindowsBuild{Build: 10240}, "10.0.10240"},
		{"Windows Server 2019 Datacenter", volumes.WindowsBuild{Build: 17763}, "10.0.17763"},
		{"Windows Server 2022 Datacenter", volumes.WindowsBuild{Build: 20348}, "10.0.20348"},
		{"Windows Server 2022 Standard Evaluation", volumes.WindowsBuild{Build: 20348}, "10.0.20348"},
		{"Windows Server 2025 Datacenter", volumes.WindowsBuild{Build: 26100}, "10.0.26100"},
		{"Windows Server 2022", volumes.WindowsBuild{Build: 20348}, "10.0.20348"},
	} {
		got, err := volumes.ParseWindowsBuild(test.in)
		if err != nil || got != test.want || got.String() != test.text {
			t.Errorf("ParseWindowsBuild(%q) = %s, %v, want %s", test.in, got, err, test.text)
		}
	}
}

func TestParseWindowsBuildErrors(t *testing.T) {
	for _, s := range []string{
		"", " ", "10.0", "10.0.", "10.0.0", "10.0.20348.", "10.0.20348.x", "10.0.20348.1.2", "10.0.20348 ", "10.0.-1",
		"6.1.7601", "6.3.9600", "5.15.0-1051-azure", "5.15", "4.4", "20348.", "1234", "99999999999",
		"Windows Server Datacenter", "Windows Server 20225", "Windows Server 2016 Datacenter", "windows server 2022",
		"Windows 10 Enterprise", "Ubuntu 22.04.3 LTS",
	} {
		got, err := volumes.ParseWindowsBuild(s)
		if err == nil || !strings.Contains(err.Error(), s) || got != (volumes.WindowsBuild{}) {
			t.Errorf("ParseWindowsBuild(%q) = %s, %v", s, got, err)
		}
	}
	if got := (volumes.WindowsBuild{}).String(); got != "" {
		t.Errorf("the zero WindowsBuild is %q", got)
	}
}

func FuzzParseWindowsBuild(f *testing.F) {
	f.Add("10.0.20348.2849")                // kernelVersion
	f.Add("10.0.20348")                     // the label
	f.Add("Windows Server 2019 Datacenter") // osImage
	f.Add("17763.3165")                     // without 10.0
	f.Add("5.15.0-1051-azure")              // a Linux node
	f.Fuzz(func(t *testing.T, s string) {
		got, err := volumes.ParseWindowsBuild(s)
		if err != nil {
			return
		}
		if again, err := volumes.ParseWindowsBuild(got.String()); again != got || err != nil {
			t.Fatalf("%q is %s, which is %s, %v", s, got, again, err)
		}
	})
}
