// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package install

import (
	"context"
	"errors"
	"io/fs"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// TestPaths compares the clean form of paths. An empty one is refused, on every system
// alike.
func TestPaths(t *testing.T) {
	for _, windows := range []bool{true, false} {
		start, separator := "/", "/"
		if windows {
			start, separator = `C:\`, `\`
		}
		for rest, want := range map[string]string{
			"opt/cni":            "opt/cni",
			"opt//cni/":          "opt/cni",
			"Program Files (x)":  "Program Files (x)",
			"a.exe":              "a.exe",
			".hidden":            ".hidden",
			" a":                 " a",
			"COM0":               "COM0",
			"console":            "console",
			"ä":                  "ä",
			"":                   "",
			"..":                 "",
			"a/../b":             "",
			"a/./b":              "",
			"a/...":              "",
			"a.":                 "",
			"a /b":               "",
			"CON":                "",
			"a/nul.txt":          "",
			"com1/a":             "",
			"lpt²":               "",
			"a:b":                "",
			"a::$DATA":           "",
			"a?":                 "",
			"a*":                 "",
			"a\x00":              "",
			"a\nb":               "",
			"a\u0085":            "",
			"\xff":               "",
			`a"`:                 "",
			"a|b":                "",
			"<a>":                "",
			"C:/a":               "",
			"%TEMP%/" + "conin$": "",
		} {
			if want != "" {
				want = start + strings.ReplaceAll(want, "/", separator)
			}
			r := rules{windows: windows}
			got := r.path("field", start+strings.ReplaceAll(rest, "/", separator))
			if got != want || (got == "") != (len(r.mistakes) == 1) {
				t.Errorf("windows %t, %q: got %q, want %q, %v", windows, rest, got, want, r.mistakes)
			}
		}
	}
	for path, want := range map[string]string{
		`c:/opt\cni`: `C:\opt\cni`, `\\server\share\a`: "", `//server/share/a`: "", `\\?\C:\a`: "", `\\.\pipe\a`: "", `\??\C:\a`: "",
		`\opt`: "", `/opt`: "", `C:opt`: "", `C:`: "", `opt`: "", `1:\a`: "", ``: "", `C:\`: "",
	} {
		r := rules{windows: true}
		if got := r.path("field", path); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
	for path, want := range map[string]string{"a": "", "": "", "/": "", "//": "", `\a`: "", `/a\b`: "", `C:\a`: ""} {
		r := rules{}
		if got := r.path("field", path); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}

// A plan is refused with all of its mistakes.
func TestHostilePlan(t *testing.T) {
	dir := "/opt/cni"
	if runtime.GOOS == "windows" {
		dir = `C:\opt\cni`
	}
	data := []byte("x")
	image := fstest.MapFS{}
	p := Plan{
		Dirs:  []string{dir, dir + "/BIN", "", "relative", dir + "/../x", "/", `\\server\share`},
		State: dir + "/state/state.json",
		Files: []File{
			0:  {Data: data, To: dir + "/a"},
			1:  {Data: data, To: dir + "/A"},
			2:  {Data: data, To: dir + "/a/b"},
			3:  {Data: data, To: dir + "-2/a"},
			4:  {Data: data, To: dir},
			5:  {Data: data, To: dir + "/../a"},
			6:  {Data: data, To: dir + "/PROGRA~1/a"},
			7:  {Data: data, To: dir + "/b.OLD-7"},
			8:  {Data: data, To: dir + "/state/state.json.lock-0"},
			9:  {Data: data, To: dir + "/STATE/state.JSON"},
			10: {Data: data, To: dir + "/nul"},
			11: {Data: data, To: dir + "/a:b"},
			12: {Data: data, To: dir + "/c."},
			13: {To: dir + "/c"},
			14: {Name: "x", To: dir + "/d"},
			15: {From: image, Name: "x", Data: data, To: dir + "/e"},
			16: {From: image, Name: "../x", To: dir + "/f"},
			17: {From: image, Name: "/x", To: dir + "/g"},
			18: {From: image, Name: `C:\x`, To: dir + "/h"},
			19: {From: image, Name: `\\server\share\x`, To: dir + "/i"},
			20: {From: image, Name: `a\b`, To: dir + "/j"},
			21: {From: image, Name: "x:y", To: dir + "/k"},
			22: {From: image, Name: "CON", To: dir + "/l"},
			23: {From: image, Name: ".", To: dir + "/m"},
			24: {From: image, To: dir + "/n"},
			25: {Data: data, SHA256: "abc", To: dir + "/o"},
			26: {Data: data, SHA256: strings.Repeat("ab", 31), To: dir + "/p"},
			27: {Data: data, SHA256: strings.Repeat("ab", 32), To: dir + "/q"},
		},
	}
	_, err := p.Apply(context.Background())
	var refused *PlanError
	if !errors.As(err, &refused) || !errors.Is(err, fs.ErrInvalid) {
		t.Fatal(err)
	}
	var fields []string
	for _, m := range refused.Mistakes {
		fields = append(fields, m.Field)
		if m.Problem == "" || m.Fix == "" || !strings.Contains(err.Error(), m.String()) {
			t.Errorf("%+v", m)
		}
	}
	want := strings.Fields(`Dirs[1] Dirs[2] Dirs[3] Dirs[4] Dirs[5] Dirs[6] State
		Files[1].To Files[2].To Files[2].To Files[3].To Files[4].To Files[5].To Files[6].To Files[7].To Files[8].To Files[9].To
		Files[10].To Files[11].To Files[12].To Files[13] Files[14].From Files[15] Files[16].Name Files[17].Name Files[18].Name
		Files[19].Name Files[20].Name Files[21].Name Files[22].Name Files[23].Name Files[24].Name Files[25].SHA256 Files[26].SHA256`)
	if !slices.Equal(fields, want) {
		t.Errorf("got  %v\nwant %v\n%v", fields, want, err)
	}
	for _, zero := range []func() error{
		func() error { _, err := Plan{}.Apply(context.Background()); return err },
		func() error { _, err := Plan{}.Remove(context.Background()); return err },
	} {
		if err := zero(); !errors.As(err, &refused) {
			t.Errorf("%v", err)
		}
	}
}
