// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmdline

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

// recordedScripts has the results of the parser of PowerShell 7.6.9 for scripts in which
// the tokens are replaced with C:\hpc.
type recordedScripts struct {
	// Paths are what was put in the place of <P> in a script.
	Paths []string `json:"paths"`
	// Scripts are pairs of a script and the verdicts, a letter for each path:
	//
	//  - f: fine
	//  - b: broken, it can't be parsed
	//  - c: a path that is no program is run as a command, where a value was meant
	//  - o: open, a path without extension is run, which may be a program
	//  - u: nothing was replaced, and it can be parsed
	//  - x: nothing was replaced, and it can't be parsed
	//  - -: not recorded
	Scripts [][2]string `json:"scripts"`
}

func readScripts(t *testing.T) recordedScripts {
	t.Helper()
	text, err := os.ReadFile("testdata/powershell-paths.json")
	if err != nil {
		t.Fatal(err)
	}
	var r recordedScripts
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// each calls f for each script with each path.
func (r recordedScripts) each(f func(script, path, text string, verdict byte)) {
	for _, pair := range r.Scripts {
		for i, path := range r.Paths {
			if verdict := pair[1][i]; verdict != '-' {
				f(pair[0], path, strings.ReplaceAll(pair[0], "<P>", path), verdict)
			}
		}
	}
}

// maybePrograms are scripts whose verdict is c with these paths: at the start of a
// statement %…%\x may be a program, as $env:…\x may, whose verdict is o.
var maybePrograms = map[string]bool{
	"<P>": true, "<P> | Out-Null": true, "<P>; exit $LASTEXITCODE": true, "<P> -config <P>": true,
	"function f { <P> }; f": true, "try { <P> } catch { 1 }": true, "{ <P> }.Invoke()": true, "1..3 | % { <P> }": true,
}

func TestMisplacedPathAsRecorded(t *testing.T) {
	found, bad, fine := 0, 0, 0
	readScripts(t).each(func(script, path, text string, verdict byte) {
		part, _, fault := PowerShellScript{Text: text, Replaced: true}.MisplacedPath()
		switch want := verdict == 'b' || verdict == 'c'; {
		case fault != 0 && !strings.HasPrefix(text[part.Start:], path[:strings.IndexAny(path+` `, `\/ `)]):
			t.Errorf("%s: the fault is at %q", text, text[part.Start:part.End])
		case want:
			bad++
			if fault != 0 {
				found++
			} else if !maybePrograms[script] || path != CmdToken+`\x` && path != CmdToken+`\a b.txt` {
				t.Errorf("%s: PowerShell doesn't read the path, and the model does", text)
			}
		case verdict != 'o':
			fine++
			if fault != 0 {
				t.Errorf("%s: found %q (%d), which is fine", text, text[part.Start:part.End], fault)
			}
		}
	})
	if found*100 < bad*95 || fine < 2700 || bad < 400 {
		t.Errorf("found %d of %d, and compared %d that are fine", found, bad, fine)
	}
}

// TestQuotedPathIsFine: PowerShell can parse the fix that the rule about such paths
// suggests, as far as it was recorded, and the model finds nothing in it.
func TestQuotedPathIsFine(t *testing.T) {
	r := readScripts(t)
	verdicts := map[string]byte{}
	r.each(func(_, _, text string, verdict byte) { verdicts[text] = verdict })
	compared := 0
	r.each(func(script, path, text string, verdict byte) {
		if _, _, fault := (PowerShellScript{Text: text, Replaced: true}).MisplacedPath(); fault == 0 {
			return
		}
		for _, quote := range []string{"'", `"`} {
			if quote == `"` && strings.Contains(script, `"`) {
				continue
			}
			fixed := strings.ReplaceAll(script, "<P>", quote+path+quote)
			if part, _, fault := (PowerShellScript{Text: fixed, Replaced: true}).MisplacedPath(); fault != 0 {
				t.Errorf("%s: found %q (%d) although it is in quotes", fixed, fixed[part.Start:part.End], fault)
			}
			if verdict, ok := verdicts[fixed]; ok {
				compared++
				if verdict != 'f' {
					t.Errorf("%s: PowerShell's verdict is %c", fixed, verdict)
				}
			}
		}
	})
	if compared < 50 {
		t.Errorf("compared %d with what PowerShell answered", compared)
	}
}

func TestMisreadReferencesAsRecorded(t *testing.T) {
	broken, fine, quoted := 0, 0, 0
	readScripts(t).each(func(script, path, text string, verdict byte) {
		if verdict != 'x' && verdict != 'u' || strings.HasPrefix(path, "$C") {
			return // $CONTAINER_SANDBOX_MOUNT_POINT is another variable
		}
		var faults []ReferenceFault
		for at, fault := range (PowerShellScript{Text: text, Replaced: true}).MisreadReferences {
			faults = append(faults, fault)
			if !strings.HasPrefix(path, text[at.Start:at.End]) {
				t.Errorf("%s: the reference is %q", text, text[at.Start:at.End])
			}
		}
		switch got := slices.Contains(faults, ReferencePath); {
		case verdict == 'x' && !strings.Contains(path, `\`): // another mistake
		case got != (verdict == 'x'):
			t.Errorf("%s: found %v, and PowerShell's verdict is %c", text, faults, verdict)
		case got:
			broken++
		default:
			fine++
		}
		if got := slices.Contains(faults, ReferenceQuoted); got != strings.Contains(script, "'<P>'") {
			t.Errorf("%s: in single quotes: %t", text, got)
		} else if got {
			quoted++
		}
	})
	if broken < 250 || fine < 700 || quoted < 50 {
		t.Errorf("compared %d broken, %d fine and %d quoted", broken, fine, quoted)
	}
}

func TestMisreadReferences(t *testing.T) {
	for text, want := range map[string][]ReferenceFault{
		"a '$Env:CONTAINER_SANDBOX_MOUNT_POINT' '${env:CONTAINER_SANDBOX_MOUNT_POINT}/x'": {ReferenceQuoted, ReferenceQuoted},
		"a 'x $Env:CONTAINER_SANDBOX_MOUNT_POINT'":                                        nil, // may be meant as text
		"a '$Env:CONTAINER_SANDBOX_MOUNT_POINT is'":                                       nil,
		"@'\n$Env:CONTAINER_SANDBOX_MOUNT_POINT\\x\n'@ | sc x":                            nil,
		"a '$env:CONTAINER_SANDBOX_MOUNT_POINT'":                                          nil, // replaced
		"a '$CONTAINER_SANDBOX_MOUNT_POINT'":                                              nil, // another variable
		"${env:CONTAINER_SANDBOX_MOUNT_POINT}/x":                                          {ReferencePath},
		". ${env:CONTAINER_SANDBOX_MOUNT_POINT}/x":                                        nil,
		"a ${env:CONTAINER_SANDBOX_MOUNT_POINT}/x":                                        nil,
		"$x = ${env:CONTAINER_SANDBOX_MOUNT_POINT} + '\\x'":                               nil,
		"$x = \"${env:CONTAINER_SANDBOX_MOUNT_POINT}\\x\"":                                nil,
		"f(${env:CONTAINER_SANDBOX_MOUNT_POINT}\\x)":                                      {ReferencePath},
		"# ${env:CONTAINER_SANDBOX_MOUNT_POINT}\\x":                                       nil,
	} {
		var got []ReferenceFault
		for _, fault := range (PowerShellScript{text, true}).MisreadReferences {
			got = append(got, fault)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
	for range (PowerShellScript{"a '${env:CONTAINER_SANDBOX_MOUNT_POINT}' '${env:CONTAINER_SANDBOX_MOUNT_POINT}'", true}).MisreadReferences {
		break // must not be asked for more
	}
}

// TestPowerShellArgumentsAsRecorded compares the model with recorded results of
// PowerShell 7.6.9.
func TestPowerShellArgumentsAsRecorded(t *testing.T) {
	text, err := os.ReadFile("testdata/powershell-args.json")
	if err != nil {
		t.Fatal(err)
	}
	var groups []struct {
		// Runs is command, file, encoded, help, version or refused.
		Runs string     `json:"runs"`
		Rest []string   `json:"rest"` // after each of
		Args [][]string `json:"args"`
	}
	if err := json.Unmarshal(text, &groups); err != nil {
		t.Fatal(err)
	}
	// Refused because of a value that the model doesn't check: it depends on more than
	// the command line, or doesn't change what runs.
	forItsValue := func(args []string) bool {
		first := func(names ...string) bool {
			return slices.ContainsFunc(args, func(arg string) bool { return slices.Contains(names, arg) })
		}
		switch {
		case first("-settings", "-settingsfile"): // a file that isn't there
		case first("-encodedarguments", "-encodeda", "-ea"): // no base64
		case first("-executionpolicy", "-ex", "-ep", "-exec"): // a policy that isn't one
		case slices.Equal(args, []string{"-c", "-", "MARK"}), slices.Equal(args, []string{"-c", `Write-Output "MARK`}):
		default:
			return false
		}
		return true
	}
	compared, excepted := 0, 0
	for _, g := range groups {
		for _, args := range g.Args {
			args = append(args, g.Rest...)
			runs, at := Line{Command: append([]string{"pwsh"}, args...)}.powerShell()
			got := [...]string{runsNothing: "nothing", runsCommand: "command", runsFile: "file", runsEncoded: "encoded"}[runs]
			switch {
			case got == g.Runs, g.Runs == "version" && runs == runsNothing:
				compared++
			case g.Runs == "refused" && runs == runsFile && strings.HasPrefix(args[at-1], "-"): // no file has that name
				compared++
			case forItsValue(args):
				excepted++
			default:
				t.Errorf("pwsh %q runs %s, and the model says %s at %d", args, g.Runs, got, at)
			}
		}
	}
	if compared != 212 || excepted != 23 {
		t.Errorf("compared %d, and left out %d", compared, excepted)
	}
}

// parts shows the parts of a script: the place, the kind and the text of each.
func parts(s PowerShellScript) []string {
	places := [...]string{"command", "value", "invoked", "argument", "output", "operand", "operator", "key"}
	kinds := [...]string{"", "'", `"`, "", "#"}
	var all []string
	for p := range s.Parts {
		if p.Kind == PartSign {
			all = append(all, s.Text[p.Start:p.End])
			continue
		}
		joined := ""
		if p.Joined {
			joined = "+"
		}
		all = append(all, joined+places[p.Place]+" "+kinds[p.Kind]+s.Text[p.Start:p.End])
	}
	return all
}

func TestParts(t *testing.T) {
	for _, test := range []struct {
		text string
		want []string
	}{
		{"", nil},
		{"a b -c:d", []string{"command a", "argument b", "argument -c:d"}},
		{"& 'a b' c", []string{"&", "invoked 'a b", "argument c"}},
		{". .\\a", []string{".", `invoked .\a`}},
		{".\\a b", []string{`command .\a`, "argument b"}},
		{"$x = a b", []string{"operand $x", "=", "value a", "argument b"}},
		{"$x.y[0] += a", []string{"operand $x", ".y", "[", "operand 0", "]", "+=", "value a"}},
		{"$x.y(a)", []string{"operand $x", ".y", "(", "operand a", ")"}},
		{"a $x.y(b)", []string{"command a", "argument $x.y", "(", "operand b", ")"}},
		{"a $x (b)", []string{"command a", "argument $x", "(", "value b", ")"}},
		{"'a' + b", []string{"operand 'a", "+", "operand b"}},
		{"1..3 | % { a }", []string{"operand 1", "..", "operand 3", "|", "command %", "{", "command a", "}"}},
		{"7z.exe x", []string{"command 7z.exe", "argument x"}},
		{"1kb", []string{"operand 1kb"}},
		{"a > b 2>&1 2> c", []string{"command a", ">", "output b", "2>&1", "2>", "output c"}},
		{`"a$(b)c" d`, []string{`operand "a`, "$(", "value b", ")", `+operand "c`, "operator d"}},
		{`a x"y$(b)z"w`, []string{"command a", "argument x", `+argument "y`, "$(", "value b", ")", `+argument "z`, "+argument w"}},
		{"a `\n b", []string{"command a", "argument b"}},
		{"a `\"b c", []string{"command a", "argument `\"b", "argument c"}},
		{"a # b\nc#d", []string{"command a", "operator ## b", "\n", "command c#d"}},
		{"<# a\nb #> c", []string{"operator #<# a\nb #>", "command c"}},
		{"@'\na'b\n'@ + c", []string{"operand 'a'b", "+", "operand c"}},
		{"@\"\n\"a$(b)\n\"@", []string{`operand ""a`, "$(", "value b", ")", `+operand "`}},
		{"'a''b' \"c\"\"d\"", []string{"operand 'a''b", `operator "c""d`}},
		{"\u201ca\u201d", []string{`operand "a`}},
		{"'a\u2019 + \u2018b'", []string{"operand 'a", "+", "operand 'b"}},
		{"@{a = b; 'c' = d\ne = @(f, g)}", []string{"@{", "key a", "=", "value b", ";", "key 'c", "=", "value d", "\n", "key e", "=", "@(", "value f", ",", "argument g", ")", "}"}},
		{"if (a) { b } else { c }", []string{"if", "(", "value a", ")", "{", "command b", "}", "else", "{", "command c", "}"}},
		{"foreach ($x in a) { b }", []string{"foreach", "(", "operand $x", "in", "value a", ")", "{", "command b", "}"}},
		{"switch -Regex ($x) { 'a' { b } default { c } }", []string{"switch", "argument -Regex", "(", "operand $x", ")", "{", "argument 'a", "{", "command b", "}", "argument default", "{", "command c", "}", "}"}},
		{"function f($a = b) { c }; f", []string{"function", "argument f", "(", "operand $a", "=", "operand b", ")", "{", "command c", "}", ";", "command f"}},
		{"[CmdletBinding()]\nparam([string]$a = b, $c) d", []string{"[", "(", ")", "]", "\n", "param", "(", "[", "]", "operand $a", "=", "operand b", ",", "operand $c", ")", "command d"}},
		{"[string]$x = a", []string{"[", "]", "operand $x", "=", "value a"}},
		{"[a]::B(c, d)", []string{"[", "]", "::B", "(", "operand c", ",", "operand d", ")"}},
		{"[void](a)", []string{"[", "]", "(", "value a", ")"}},
		{"return a | b", []string{"return", "value a", "|", "command b"}},
		{"! (a)", []string{"!", "(", "value a", ")"}},
		{"-not (a) -and $b -eq c", []string{"-not", "(", "value a", ")", "-and", "operand $b", "-eq", "operand c"}},
		{"$a \u2013join b", []string{"operand $a", "\u2013join", "operand b"}},
		{"do { a } while (b)\nc", []string{"do", "{", "command a", "}", "while", "(", "value b", ")", "\n", "command c"}},
		{"try { a } catch [x] { b } finally { c }", []string{"try", "{", "command a", "}", "catch", "[", "]", "{", "command b", "}", "finally", "{", "command c", "}"}},
		{"a --% b 'c | d", []string{"command a", "argument --% b 'c ", "|", "command d"}},
		{"a && b || c & d", []string{"command a", "&&", "command b", "||", "command c", "&", "command d"}},
		{"${a b}/c", []string{"operand ${a b}", "/", "operand c"}},
		{"$x++; $y", []string{"operand $x", "++", ";", "operand $y"}},
		{"a @x", []string{"command a", "argument @x"}},
		{"a | foreach { b }", []string{"command a", "|", "command foreach", "{", "command b", "}"}},
		{"[a[b]]$x | c", []string{"[", "[", "]", "]", "operand $x", "|", "command c"}},
		{"$x.$y = a", []string{"operand $x", ".$y", "=", "value a"}},
		{"$x--; ${x}?.y", []string{"operand $x", "--", ";", "operand ${x}", "?.y"}},
		{"> a b", []string{">", "output a", "command b"}},
		{"a *> b", []string{"command a", "*>", "output b"}},
		{"-foo a", []string{"command -foo", "argument a"}},
		{`1\x 0x1F 1.5e3`, []string{`command 1\x`, "argument 0x1F", "argument 1.5e3"}},
		{"1.5e3 + 0x1FL", []string{"operand 1.5e3", "+", "operand 0x1FL"}},
		{"a ${b", []string{"command a", "argument ${b"}},
		{"$x ??= a", []string{"operand $x", "??=", "value a"}},
		{"$x ? 'a' : 'b'", []string{"operand $x", "?", "operand 'a", ":", "operand 'b"}},
		{"$x *= a", []string{"operand $x", "*=", "value a"}},
		// What can't be read ends the parts.
		{"[a)", []string{"["}},
		{"a ) b", []string{"command a"}},
		{"( a } b", []string{"(", "value a"}},
		{"'a", []string{"operand 'a"}},
		{`a "b$(`, []string{"command a", `argument "b`, "$("}},
	} {
		if diff := cmp.Diff(test.want, parts(PowerShellScript{Text: test.text})); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.text, diff)
		}
	}
}

// TestTokenIsAPath: where it is replaced, a token is a path for PowerShell, and else a
// variable, or an operator with a name.
func TestTokenIsAPath(t *testing.T) {
	for _, test := range []struct {
		text            string
		replaced, plain []string
	}{
		{PowerShellToken + `\x a`, []string{"command " + PowerShellToken + `\x`, "argument a"}, []string{"operand " + PowerShellToken, `operator \x`, "operator a"}},
		{"1 " + CmdToken, []string{"operand 1", "operator " + CmdToken}, []string{"operand 1", "%", "operand " + SandboxVariable + "%"}},
	} {
		if diff := cmp.Diff(test.replaced, parts(PowerShellScript{test.text, true})); diff != "" {
			t.Errorf("%s, replaced (-want +got):\n%s", test.text, diff)
		}
		if diff := cmp.Diff(test.plain, parts(PowerShellScript{test.text, false})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.text, diff)
		}
	}
	if _, _, fault := (PowerShellScript{"$x = " + PowerShellToken, false}).MisplacedPath(); fault != 0 {
		t.Error("a variable that isn't replaced is no path")
	}
}

func TestMisplacedPath(t *testing.T) {
	for text, want := range map[string]PathFault{
		"$x = $env:CONTAINER_SANDBOX_MOUNT_POINT\\$(NAME)":                PathRun,
		"$env:CONTAINER_SANDBOX_MOUNT_POINT\\$(NAME) run":                 0, // may be a program
		"$env:CONTAINER_SANDBOX_MOUNT_POINT\\'a b.exe'":                   0,
		"a | $env:CONTAINER_SANDBOX_MOUNT_POINT\\":                        PathRun,
		"[string]$env:CONTAINER_SANDBOX_MOUNT_POINT\\x":                   PathNoValue,
		"$x[$env:CONTAINER_SANDBOX_MOUNT_POINT]":                          PathNoValue,
		"$x = if ($y) { $env:CONTAINER_SANDBOX_MOUNT_POINT\\x }":          0,
		"$x = $env:CONTAINER_SANDBOX_MOUNT_POINT\\x.exe; a, b":            0,
		"$x = $env:CONTAINER_SANDBOX_MOUNT_POINT\\x.exe, b":               PathFollowed,
		"'a' > $env:CONTAINER_SANDBOX_MOUNT_POINT\\x; b":                  0,
		"'a' > $env:CONTAINER_SANDBOX_MOUNT_POINT\\x y":                   PathFollowed,
		"a > $env:CONTAINER_SANDBOX_MOUNT_POINT\\x -y":                    0,
		"a $env:CONTAINER_SANDBOX_MOUNT_POINT\\x, -y":                     0,
		"a $env:CONTAINER_SANDBOX_MOUNT_POINT\\x -1,z":                    0,
		"a $env:CONTAINER_SANDBOX_MOUNT_POINT\\x -y:1,z":                  0,
		"a $env:CONTAINER_SANDBOX_MOUNT_POINT\\x -y,z":                    PathFollowed,
		"a $env:CONTAINER_SANDBOX_MOUNT_POINT\\x (b -y),z":                0,
		"class C { [string] $x = $env:CONTAINER_SANDBOX_MOUNT_POINT\\x }": PathRun,
	} {
		if part, _, got := (PowerShellScript{text, true}).MisplacedPath(); got != want {
			t.Errorf("%s: %d at %q, want %d", text, got, text[part.Start:part.End], want)
		}
	}
}

// TestRightScripts: typical scripts, one a line, are read to their end, and
// no path in them is misplaced. T is replaced with the sandbox variable.
func TestRightScripts(t *testing.T) {
	for script := range strings.Lines(`
$h = @{ Path = "$env:T\x"; n = 5 }; Get-Item @h
Get-ChildItem $env:T | Select-Object @{n='x';e={$_.y}}, Name | Export-Csv $env:T\x.csv
[regex]::Replace($x, 'a', { param($m) Get-Content $env:T\x })
for ($i=0; $i -lt 3; $i++) { Get-Item $env:T\x }
if (-not (Test-Path $env:T\x)) { New-Item $env:T\x }
$a,$b = 1,2; Get-Item $env:T\x
Start-Process -FilePath $env:T\x.exe -ArgumentList "-a", "b" -Wait
& $env:T\x.exe --a=b,c -d --e f,g
$env:PATH += ";$env:T\bin"; $env:T\bin\x.exe -c $env:T\y -d
Get-ChildItem $env:T -Recurse | Where-Object { $_.Name -match 'x' } | ForEach-Object { Copy-Item $_.FullName $env:T\y }
$(foreach ($x in 1..3) { Get-Content $env:T\x })
[Environment]::SetEnvironmentVariable('A', "$env:T\x", 'Machine')
Get-Content -Path:$env:T\x
$x = & $env:T\x
$x = . $env:T\x.ps1
exit (Start-Process $env:T\x.exe -PassThru -Wait).ExitCode
do { Start-Sleep 1 } until (Test-Path $env:T\x); & $env:T\y
Invoke-Command -ScriptBlock { param($p) Get-Item $p } -ArgumentList $env:T\x, 5
switch (1) { 1 { Get-Item $env:T } $env:T { 2 } }
switch -File $env:T\x { a { 1 } }
function Get-X { [CmdletBinding()] param([Parameter(Mandatory=$true)][string]$Path, [int]$n = 5) process { Get-Item $env:T\x } }
trap { Write-Error $_; exit 1 } Get-Item $env:T
Write-Output "$( (Get-Item $env:T\x).Length )"
[pscustomobject]@{a=1} | Export-Csv $env:T\x.csv
Get-Service | ? Status -eq Running | Out-File $env:T\x.log -Append
'a' >> $env:T\x
Write-Host a > $env:T\x.log 2>&1
"a" > $env:T\x; b
$x -replace '\\', '/' | sc $env:T\x
(Get-Content $env:T\x) -join "n"
$x = (Get-Content $env:T\x -Raw).Replace('a', 'b')
[System.IO.Path]::Combine('$env:T', 'x')
while ($true) { try { & $env:T\x.exe; break } catch { Start-Sleep 5 } }
Copy-Item $env:T\*.dll C:\k
ping -n 5 127.0.0.1 > $null; $env:T\x.exe
if (!(Test-Path $env:T\x)) { exit 1 } elseif (Test-Path $env:T) { 2 } else { Get-Item $env:T\x }
-join (Get-Content $env:T\x)
$x = if (Test-Path $env:T\x) { 1 } else { 2 }
$x = foreach ($i in 1..3) { Get-Item $env:T\x }
$x = try { Get-Item $env:T\x } catch { $null }
Get-Item $env:T\x -ErrorAction:SilentlyContinue,1
Get-Content $env:T\x | Select-Object -First 1 -Skip 2 -Property a,b
$s = New-Object Net.Sockets.TcpClient('a', 80); Get-Item $env:T
$x = [int](Get-Content $env:T\x)
[int]$n = Get-Content $env:T\x
$y = (Get-Item $env:T\x), (Get-Item $env:T\y)
$o = Get-Item $env:T\x; $o.CopyTo("$env:T\y")
if ((Get-Content $env:T\x) -eq 'a' -or (Test-Path $env:T\y)) { 1 }
$p = Join-Path $env:T x; & $p
Get-Item $env:T\x > $null 2>&1; Get-Item $env:T\y
& { Get-Item $env:T\x } 
$x = @(Get-ChildItem $env:T\x).Count
$x = @{ a = (Get-Item $env:T\x); b = Get-Content $env:T\y }
enum A { B = 1 }; Get-Item $env:T
class A { [string]$b; A([string]$c) { Get-Item $env:T } }
using namespace System.IO; Get-Item $env:T\x
Add-Type -Path $env:T\x.dll; [A.B]::C(5)
Import-Module $env:T\x.psm1 -Force; Do-It -A $env:T\y
sc.exe create a binPath= "$env:T\x.exe --y"
$env:T/a.exe; $env:T\b.cmd x; . $env:T\c.ps1
Get-Process -Name a,b | Stop-Process; Get-Item $env:T\x,$env:T\y
Test-NetConnection -ComputerName a -Port 80; Get-Content "$env:T\x" | % { $_ -split ',' }
$i = 0; $i++; $i += 2; Get-Item $env:T\$i
Get-Item $env:T\$($x.y)\z; Get-Item $env:T\${x}\z
Out-File -FilePath $env:T\x -InputObject "a" -Encoding ascii
tar -xf $env:T\x.tar -C C:\k; robocopy $env:T\x C:\k /E /NFL
kubectl --kubeconfig=$env:T\x get nodes -o jsonpath='{.items[0]}'
Get-Item $env:T\x; # $x = $env:T\y
Write-Host 'it''s' $env:T\x "a""b" $env:T\y
$a = "x"; if ($a -in 'x','y') { Get-Item $env:T\x }
Get-ChildItem -Path $env:T -Filter *.exe | Sort-Object -Property { $_.Length } -Descending | Select -First 1
netsh advfirewall firewall add rule name="a b" dir=in action=allow program="$env:T\x.exe" enable=yes
$env:T\x.exe --args=(Get-Date) -y
&$env:T\x.exe; .$env:T\x.ps1
&"$env:T\x.exe"; if($?){Get-Item $env:T\x}
$x=Get-Content $env:T\x;foreach($l in $x){Write-Host $l}
Start-Job -ScriptBlock { & $env:T\x.exe } | Wait-Job
try{Get-Item $env:T\x}catch [System.IO.IOException],[Exception]{exit 1}finally{Get-Item $env:T\y}
$data = Get-Content $env:T\x | ConvertFrom-Json; $data.items[0].name | Out-File $env:T\y
`) {
		s, last := PowerShellScript{strings.ReplaceAll(script, "$env:T", PowerShellToken), true}, 0
		for p := range s.Parts {
			if last = p.End; p.Kind != PartSign && p.Kind != PartComment && p.Place == PlaceOperator {
				t.Errorf("%s: %q is read as an operator", script, s.Text[p.Start:p.End])
			}
		}
		if rest := strings.Trim(s.Text[last:], " '\"\n"); rest != "" {
			t.Errorf("%s: the reader stops at %q", script, rest)
		}
		if p, _, fault := s.MisplacedPath(); fault != 0 {
			t.Errorf("%s: found %q (%d)", script, s.Text[p.Start:p.End], fault)
		}
	}
}

func TestMisplacedPathShowsTheSign(t *testing.T) {
	for text, want := range map[string]string{
		"$x = $env:CONTAINER_SANDBOX_MOUNT_POINT":         "= $env:CONTAINER_SANDBOX_MOUNT_POINT",
		"a; \"$($env:CONTAINER_SANDBOX_MOUNT_POINT)\"":    "$($env:CONTAINER_SANDBOX_MOUNT_POINT",
		"return %CONTAINER_SANDBOX_MOUNT_POINT%\\x.txt":   "return %CONTAINER_SANDBOX_MOUNT_POINT%\\x.txt",
		"a\n$env:CONTAINER_SANDBOX_MOUNT_POINT":           "$env:CONTAINER_SANDBOX_MOUNT_POINT",
		"$env:CONTAINER_SANDBOX_MOUNT_POINT":              "$env:CONTAINER_SANDBOX_MOUNT_POINT",
		"$a = %CONTAINER_SANDBOX_MOUNT_POINT%\\x.exe, $b": "%CONTAINER_SANDBOX_MOUNT_POINT%\\x.exe",
	} {
		path, from, _ := PowerShellScript{text, true}.MisplacedPath()
		if got := text[from:path.End]; got != want {
			t.Errorf("%s: shows %q, want %q", text, got, want)
		}
	}
}

func TestIsBlock(t *testing.T) {
	for text, want := range map[string]bool{
		"{ a }": true, " { if (b) { c } }\n": true, "{ '}' }": true, "# x\n{ a } # y": true, "{}": true,
		"": false, "& { a }": false, "{ a }.Invoke()": false, "{ a } | % { & $_ }": false, "{ a": false, "a { b }": false, "{ a }; b": false, "@{ a = 1 }": false,
	} {
		if start, got := (PowerShellScript{Text: text}).IsBlock(); got != want || got && text[start] != '{' {
			t.Errorf("%q: %t at %d, want %t", text, got, start, want)
		}
	}
}

func TestPowerShellScript(t *testing.T) {
	s, ok := Line{Command: []string{"powershell", "-c", "a", "", "b c"}, Args: []string{"d"}}.PowerShellScript()
	if !ok || s.Text != "a  b c d" || !s.Replaced {
		t.Fatalf("the script is %q", s.Text)
	}
	if s, ok := (Line{Command: []string{"pwsh", "-cwa", "a $args", "b"}}).PowerShellScript(); !ok || s.Text != "a $args" {
		t.Errorf("after -CommandWithArgs the script is %q", s.Text)
	}
	var at []int
	for i := range len(s.Text) {
		at = append(at, s.WordAt(i))
	}
	if want := []int{2, 2, 3, 4, 4, 4, 4, 5}; !slices.Equal(at, want) {
		t.Errorf("the words are %v, want %v", at, want)
	}
	for _, words := range [][]string{nil, {"cmd", "/c", "a"}, {"powershell", "-File", "a"}, {"powershell", "-e", "YQA="}, {"powershell"}} {
		if s, ok := (Line{Command: words}).PowerShellScript(); ok {
			t.Errorf("%q has the script %q", words, s.Text)
		}
	}
}

// encoded returns a script in the encoding of -EncodedCommand.
func encoded(script string) string {
	var raw []byte
	for _, unit := range utf16.Encode([]rune(script)) {
		raw = append(raw, byte(unit), byte(unit>>8))
	}
	return base64.StdEncoding.EncodeToString(raw)
}

func TestDecoded(t *testing.T) {
	const script = "Write-Output 'ä\U0001F600'"
	for _, line := range []Line{
		{Command: []string{"powershell", "-NoProfile", "-enc", encoded(script)}},
		{Command: []string{"powershell", "-NoProfile"}, Args: []string{"-EncodedCommand", encoded(script), "-NoExit"}},
		{Command: []string{"powershell", "-NoProfile", "/ec"}, Args: []string{encoded(script)[:8] + " \n\t" + encoded(script)[8:]}},
	} {
		got, ok := line.Decoded()
		if !ok {
			t.Errorf("%q isn't decoded", line)
			continue
		}
		if s, ok := got.PowerShellScript(); !ok || s.Text != script || got.Len() != 4 || len(got.Command) != min(4, len(line.Command)) {
			t.Errorf("%q became %q", line, got)
		}
	}
	for _, words := range [][]string{
		{"powershell", "-Command", encoded("a")},
		{"powershell", "-e"},
		{"powershell", "-e", "a b"},
		{"powershell", "-e", "YWJj"},     // three bytes
		{"powershell", "-e", "V3JpdGUh"}, // Write!, in UTF-8
		{"powershell", "-e", "$(SCRIPT)"},
		{"powershell", "-e", encoded(strings.Repeat("a", mostForWindows))},
		{"agent", "-e", encoded("a")},
	} {
		if got, ok := (Line{Command: words}).Decoded(); ok {
			t.Errorf("%.60q became %.60q", words, got)
		}
	}
}

// TestPartsAreLinear: ten times as much text costs about ten times as much time.
func TestPartsAreLinear(t *testing.T) {
	for _, piece := range []string{"(", "{ ", "\"$(", "'", "\"", "`", "a,", "${", "@'", "@' ", "<#", "[", "$x.y(", "1.", "> ", "a b;", "%", "-", "=", "\xe2\x80", "@{a="} {
		best := func(n int) time.Duration {
			s, shortest := PowerShellScript{strings.Repeat(piece, n), true}, time.Duration(1<<62)
			for range 3 {
				start := time.Now()
				for range s.Parts {
				}
				shortest = min(shortest, time.Since(start))
			}
			return shortest
		}
		if few, many := best(2_000), best(20_000); many > 40*few && many > 20*time.Millisecond {
			t.Errorf("%q: %v and, ten times as long, %v", piece, few, many)
		}
	}
}

func TestPartsAllocateNothing(t *testing.T) {
	s := PowerShellScript{`$x = @{a = "b$(Get-Item 'c')"}; If ($x) { Copy-Item $env:CONTAINER_SANDBOX_MOUNT_POINT\x.ps1 C:\k -Force }`, true}
	if n := testing.AllocsPerRun(100, func() {
		if part, _, fault := s.MisplacedPath(); fault != 0 {
			t.Errorf("found %+v", part)
		}
	}); n != 0 {
		t.Errorf("reading a script allocates %v times", n)
	}
}

// FuzzParts reads any text as a script: the parts are in order and in the text, and
// what the runtime puts in the place of a token changes nothing else.
func FuzzParts(f *testing.F) {
	f.Add("$x = $env:CONTAINER_SANDBOX_MOUNT_POINT\\x; \"a$(b)\"")
	f.Add("function f($a = 1) { switch ($a) { 1 { 'x' } } }")
	f.Add("@'\n'@ <# #> --% `")
	f.Add("a > %CONTAINER_SANDBOX_MOUNT_POINT%\\x 2>&1 | % { $_.y(\u201c\u2019) }")
	f.Fuzz(func(t *testing.T, text string) {
		for _, replaced := range []bool{false, true} {
			s, last := PowerShellScript{text, replaced}, 0
			for p := range s.Parts {
				if p.Start < last || p.End < p.Start || p.End > len(text) || p.Depth < 0 || p.Depth >= psDeepest {
					t.Fatalf("%q: the part %+v comes after %d", text, p, last)
				}
				if last = p.End; p.Kind != PartSingleQuoted && p.Kind != PartDoubleQuoted && p.Start == p.End {
					t.Fatalf("%q: %+v is empty", text, p)
				}
			}
			s.MisplacedPath()
			s.IsBlock()
			for range s.MisreadReferences {
			}
		}
		if startsWords(text) {
			token, path := parts(PowerShellScript{text, true}), parts(PowerShellScript{Substitute(text, BindRoot), false})
			for i := range token {
				token[i] = Substitute(token[i], BindRoot)
			}
			if diff := cmp.Diff(path, token); diff != "" {
				t.Errorf("%q: a token is read otherwise than a path (-path +token):\n%s", text, diff)
			}
		}
	})
}

// startsWords reports whether text has tokens, and each starts a word.
func startsWords(text string) bool {
	found := false
	for i := range len(text) {
		if Token(text[i:]) == "" {
			continue
		}
		if found = true; i > 0 && strings.IndexByte(" \t\n=(,;|{+", text[i-1]) < 0 {
			return false
		}
	}
	return found && !strings.Contains(Substitute(text, BindRoot), SandboxVariable)
}

func TestBadEncoding(t *testing.T) {
	for word, want := range map[string]EncodingFault{
		encoded("Write-Output 1"): 0,
		encoded("写 1"):            0,
		"":                        0,
		"Write-Output":            EncodingNoBase64,
		"V3JpdGUtT3V0cHV0IDE":     EncodingNoBase64, // without its padding
		"V3JpdGUtT3V0cHV0IDE=":    EncodingNoUTF16,
		"YWJj":                    EncodingNoUTF16,
		"AA==":                    EncodingNoUTF16, // half a unit
		encoded(strings.Repeat("a", mostForWindows)): EncodingLong,
	} {
		if i, got := (Line{Command: []string{"pwsh", "-nop", "-e", word}}).BadEncoding(); i != 3 || got != want {
			t.Errorf("%.40q: %d at %d, want %d", word, got, i, want)
		}
	}
	if i, fault := (Line{Command: []string{"pwsh", "-c", "a"}}).BadEncoding(); i != 0 || fault != 0 {
		t.Errorf("a line without -EncodedCommand: %d at %d", fault, i)
	}
}
