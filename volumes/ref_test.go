// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package volumes_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/hostprocess-go/sdk/volumes"
)

const (
	cmdToken        = "%CONTAINER_SANDBOX_MOUNT_POINT%"
	powerShellToken = "$env:CONTAINER_SANDBOX_MOUNT_POINT"
)

func TestRef(t *testing.T) {
	// "" means that the path can't be written that way.
	for _, test := range []struct{ mountPath, arg, cmd, powerShell string }{
		{"/etc/cfg", cmdToken + `\etc\cfg`, cmdToken + `\etc\cfg`, `"` + powerShellToken + `\etc\cfg"`},
		{`D:\data\x.txt`, cmdToken + `\data\x.txt`, cmdToken + `\data\x.txt`, `"` + powerShellToken + `\data\x.txt"`},
		{"agent.exe", cmdToken + `\agent.exe`, cmdToken + `\agent.exe`, `"` + powerShellToken + `\agent.exe"`},
		{"/azAZ09._-", cmdToken + `\azAZ09._-`, cmdToken + `\azAZ09._-`, `"` + powerShellToken + `\azAZ09._-"`},
		{"/my cfg", cmdToken + `\my cfg`, `"` + cmdToken + `\my cfg"`, `"` + powerShellToken + `\my cfg"`},
		{"/a(1)", cmdToken + `\a(1)`, `"` + cmdToken + `\a(1)"`, `"` + powerShellToken + `\a(1)"`},
		{"/it's", cmdToken + `\it's`, `"` + cmdToken + `\it's"`, `"` + powerShellToken + `\it's"`},
		{"/a;b,c=d", cmdToken + `\a;b,c=d`, `"` + cmdToken + `\a;b,c=d"`, `"` + powerShellToken + `\a;b,c=d"`},
		{"/$x", cmdToken + `\$x`, `"` + cmdToken + `\$x"`, `"` + powerShellToken + "\\`$x\""},
		{"/a`b", cmdToken + "\\a`b", `"` + cmdToken + "\\a`b\"", `"` + powerShellToken + "\\a``b\""},
		{"/“q”„", cmdToken + `\“q”„`, `"` + cmdToken + `\“q”„"`, `"` + powerShellToken + "\\`“q`”`„\""},
		{"/日志", cmdToken + `\日志`, `"` + cmdToken + `\日志"`, `"` + powerShellToken + `\日志"`},
		{"/q&a", "", `"` + cmdToken + `\q&a"`, ""},
		{"/a!b", cmdToken + `\a!b`, "", `"` + powerShellToken + `\a!b"`},
		{"/$(x)", "", `"` + cmdToken + `\$(x)"`, ""},
		{"/a$$b", "", `"` + cmdToken + `\a$$b"`, ""},
		{"/a^b", "", "", ""},
		{"/100%", "", "", ""},
		{"/%TEMP%", "", "", ""},
		{`/a"b`, "", "", ""},
		{"/a|b", "", "", ""},
		{"/a<b", "", "", ""},
		{"/a>b", "", "", ""},
		{"/a\nb", "", "", ""},
		{"/a\tb", "", "", ""},
		{"/a\x7fb", "", "", ""},
	} {
		ref, err := volumes.Portable(test.mountPath)
		if err != nil {
			t.Errorf("%q: %v", test.mountPath, err)
			continue
		}
		for _, form := range []struct {
			name, want string
			render     func() (string, error)
		}{{"Arg", test.arg, ref.Arg}, {"Cmd", test.cmd, ref.Cmd}, {"PowerShell", test.powerShell, ref.PowerShell}} {
			got, err := form.render()
			if got != form.want {
				t.Errorf("%q: %s is %q, want %q", test.mountPath, form.name, got, form.want)
			}
			if (err == nil) != (form.want != "") {
				t.Errorf("%q: %s: error %v", test.mountPath, form.name, err)
			}
			if err != nil {
				wantPathError(t, err, ref.Rel(), volumes.ReasonUnquotable)
			}
		}
	}
}

func TestZeroRefIsTheRoot(t *testing.T) {
	var ref volumes.Ref
	for _, test := range []struct {
		want   string
		render func() (string, error)
	}{{cmdToken, ref.Arg}, {cmdToken, ref.Cmd}, {`"` + powerShellToken + `"`, ref.PowerShell}} {
		if got, err := test.render(); got != test.want || err != nil {
			t.Errorf("got %q, %v, want %q", got, err, test.want)
		}
	}
	if got := ref.Path(`C:\hpc`); got != `C:\hpc` {
		t.Errorf("Path is %q", got)
	}
}

func TestRefJoin(t *testing.T) {
	ref, err := volumes.Portable("/etc/cfg")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		elem []string
		want string
	}{
		{nil, `etc\cfg`},
		{[]string{"a.yaml"}, `etc\cfg\a.yaml`},
		{[]string{"sub/dir", `x\y`}, `etc\cfg\sub\dir\x\y`},
		{[]string{"."}, `etc\cfg`},
		{[]string{"./a", "b/."}, `etc\cfg\a\b`},
		{[]string{"..data/a"}, `etc\cfg\..data\a`}, // the kubelet has such names
	} {
		got, err := ref.Join(test.elem...)
		if err != nil || got.Rel() != test.want {
			t.Errorf("Join(%q) = %q, %v, want %q", test.elem, got.Rel(), err, test.want)
		}
	}
	var zero volumes.Ref
	if got, err := zero.Join("."); got != zero || err != nil {
		t.Errorf("Join(\".\") of the zero Ref is %q, %v", got.Rel(), err)
	}
	for name, reason := range badNames {
		got, err := ref.Join("good", name)
		wantPathError(t, err, name, reason)
		if got != zero {
			t.Errorf("Join(%q) returns %q with an error", name, got.Rel())
		}
	}
}

// badNames are names that must not be looked up in a directory.
var badNames = map[string]volumes.Reason{
	"":               volumes.ReasonLeavesMount,
	"..":             volumes.ReasonLeavesMount,
	"../x":           volumes.ReasonLeavesMount,
	`a\..\b`:         volumes.ReasonLeavesMount,
	"a/..":           volumes.ReasonLeavesMount,
	".. ":            volumes.ReasonLeavesMount,
	"a/.. /b":        volumes.ReasonLeavesMount,
	"...":            volumes.ReasonLeavesMount,
	". .":            volumes.ReasonLeavesMount,
	" ":              volumes.ReasonLeavesMount,
	"/a":             volumes.ReasonLeavesMount,
	`\a`:             volumes.ReasonLeavesMount,
	`\\server\share`: volumes.ReasonLeavesMount,
	`\\?\C:\Windows`: volumes.ReasonLeavesMount,
	"C:":             volumes.ReasonLeavesMount,
	`C:\Windows`:     volumes.ReasonLeavesMount,
	"c:/Windows":     volumes.ReasonLeavesMount,
	"C:Windows":      volumes.ReasonColonInName,
	"a:b":            volumes.ReasonColonInName,
	"a::$DATA":       volumes.ReasonColonInName,
	"a/b:stream":     volumes.ReasonColonInName,
	"a\x00b":         volumes.ReasonNULByte,
	"NUL":            volumes.ReasonReservedName,
	"sub/nul":        volumes.ReasonReservedName,
	"Con.txt":        volumes.ReasonReservedName,
	"aux .x.y":       volumes.ReasonReservedName,
	"PRN":            volumes.ReasonReservedName,
	"COM1":           volumes.ReasonReservedName,
	"lpt9.log":       volumes.ReasonReservedName,
	"COM\u00b9":      volumes.ReasonReservedName,
	"LPT\u00b3.x":    volumes.ReasonReservedName,
	"CONIN$":         volumes.ReasonReservedName,
	`a\conout$`:      volumes.ReasonReservedName,
}

func TestNamesThatLookReserved(t *testing.T) {
	for _, name := range []string{"COM", "COM0", "COM10", "LPT", "CONSOLE", "NULL", "xNUL", "COMx", "CON1", "..x", "x..", "a b"} {
		if _, err := (volumes.Ref{}).Join(name); err != nil {
			t.Errorf("%q is refused: %v", name, err)
		}
	}
}

func TestRefPath(t *testing.T) {
	for mountPath, rel := range map[string]string{
		volumes.ServiceAccountDir: `var\run\secrets\kubernetes.io\serviceaccount`,
		`D:\x\..\data`:            "data",
	} {
		ref, err := volumes.Portable(mountPath)
		if err != nil || ref.Rel() != rel {
			t.Errorf("%s: got %q, want %q (%v)", mountPath, ref.Rel(), rel, err)
		}
		for _, mode := range modes {
			root := mode.Root(id)
			for _, spelling := range []string{root, root + `\`} {
				if got, want := ref.Path(spelling), root+`\`+rel; got != want {
					t.Errorf("%s: %s: Path(%q) is %q, want %q", mode, mountPath, spelling, got, want)
				}
			}
		}
	}
	if got := (volumes.Ref{}).Path(`C:\hpc\`); got != `C:\hpc` {
		t.Errorf("the zero Ref is at %q", got)
	}
}

// FuzzRef renders a path in every form, applies every replacement between the manifest
// and the program, and compares the result with the path of the file.
func FuzzRef(f *testing.F) {
	f.Add("/etc/cfg")     // the usual
	f.Add("/my cfg/a(1)") // needs quotes
	f.Add("/$(HOME)/$$")  // the kubelet would replace it
	f.Add("/q&a/^/100%")  // cmd would
	f.Add("/a`b/$x/“y”")  // PowerShell would
	f.Add("/a\"b")        // no file has such a name
	f.Add("/\n")          // ends a command
	f.Fuzz(func(t *testing.T, mountPath string) {
		ref, err := volumes.Portable(mountPath)
		if err != nil || !utf8.ValidString(mountPath) { // a manifest is text
			return
		}
		for _, mode := range modes {
			root := mode.Root(id)
			want := ref.Path(root)
			if arg, err := ref.Arg(); err == nil {
				if got := volumes.Substitute(kubeletExpand(arg), root); got != want || strings.ContainsAny(got, `%&|<>^"`) {
					t.Fatalf("%s: %q: Arg %q arrives as %q, want %q", mode, mountPath, arg, got, want)
				}
			}
			// A shell puts the value of the variable, which ends in a backslash.
			if word, err := ref.Cmd(); err == nil {
				if got := readCmd(t, word, root+`\`); got != root+`\\`+ref.Rel() {
					t.Fatalf("%s: %q: Cmd %q arrives as %q", mode, mountPath, word, got)
				}
			}
			if word, err := ref.PowerShell(); err == nil {
				if got := readPowerShell(t, word, root+`\`); got != root+`\\`+ref.Rel() {
					t.Fatalf("%s: %q: PowerShell %q arrives as %q", mode, mountPath, word, got)
				}
				if got := readPowerShell(t, volumes.Substitute(kubeletExpand(word), root), ""); got != want {
					t.Fatalf("%s: %q: PowerShell %q arrives as %q in args", mode, mountPath, word, got)
				}
			}
		}
	})
}

// kubeletExpand does what the kubelet does to command, args and environment values,
// taking every name in $(name) for a variable with an empty value.
func kubeletExpand(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '$' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		switch i++; s[i] {
		case '$':
			b.WriteByte('$')
		case '(':
			end := strings.IndexByte(s[i:], ')')
			if end < 0 {
				b.WriteString("$(")
				continue
			}
			i += end
		default:
			b.WriteString(s[i-1 : i+1])
		}
	}
	return b.String()
}

// readCmd reads one word as cmd does in a batch file.
func readCmd(t *testing.T, word, value string) string {
	t.Helper()
	rest, ok := strings.CutPrefix(strings.TrimPrefix(word, `"`), cmdToken)
	quoted := strings.HasPrefix(word, `"`)
	if !ok || quoted != strings.HasSuffix(word, `"`) {
		t.Fatalf("no word for cmd: %q", word)
	}
	rest = strings.TrimSuffix(rest, `"`)
	if strings.ContainsAny(rest, "\"%!\n\r") || !quoted && strings.ContainsAny(rest, " &|<>^()@,;='`~") {
		t.Fatalf("cmd doesn't take this as it is: %q", word)
	}
	return value + rest
}

// readPowerShell reads one string in double quotes as PowerShell does. Only a string is a
// value in every place: a word without quotes can be a command.
func readPowerShell(t *testing.T, word, value string) string {
	t.Helper()
	if len(word) < 2 || word[0] != '"' || word[len(word)-1] != '"' {
		t.Fatalf("no string: %q", word)
	}
	word = word[1 : len(word)-1]
	if value != "" {
		word = strings.Replace(word, powerShellToken, "\x00", 1)
	}
	var b strings.Builder
	escaped := false
	for _, c := range word {
		switch {
		case escaped:
			escaped = false
		case c == '`':
			escaped = true
			continue
		case c == '\x00':
			b.WriteString(value)
			continue
		case strings.ContainsRune("\"$\u201c\u201d\u201e", c):
			t.Fatalf("PowerShell reads %q in %q", c, word)
		}
		b.WriteRune(c)
	}
	if escaped {
		t.Fatalf("nothing after the escape: %q", word)
	}
	return b.String()
}
