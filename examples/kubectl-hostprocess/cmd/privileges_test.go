// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestCell: a spreadsheet program takes no cell for a formula, and what isn't one stays as it
// is.
func TestCell(t *testing.T) {
	for text, want := range map[string]string{
		"":                     "",
		"a=b":                  "a=b",
		"NT AUTHORITY\\SYSTEM": "NT AUTHORITY\\SYSTEM",
		`C:\a-b at /a; C:\c`:   `C:\a-b at /a; C:\c`,
		"a@sha256:0":           "a@sha256:0",
		"=1+2":                 "'=1+2",
		"+1":                   "'+1",
		"-1":                   "'-1",
		"@SUM(1)":              "'@SUM(1)",
		"  =1":                 "  '=1",
		`"=1`:                  `"'=1`,
		"'=1":                  "''=1",
		"a;=1":                 "a;'=1",
		`a; "=1;-2`:            `a; "'=1;'-2`,
		"\t=1":                 `\t=1`, // the tab is now two letters
		"\r=1":                 `\r=1`,
		"\n=1":                 `\n=1`,
		"a\n=1":                `a\n=1`,
		"\u202e=1":             `\u202e=1`,
	} {
		if got := cell(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestCSV: each row has a cell for each word of the header, and is what was read.
func TestCSV(t *testing.T) {
	printed := runCommand(t, 1, "privileges", "-o", "csv", "testdata/privileges/cluster.yaml")
	rows, err := csv.NewReader(strings.NewReader(printed)).ReadAll() // which counts the cells
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(rows[0], csvHeader) || len(rows) != 8 {
		t.Errorf("%q", rows)
	}
	at := slices.Index(csvHeader, "credentials")
	if want := "token for vault (3600 s) at /var/run/vault; automounted token at /var/run/secrets/kubernetes.io/serviceaccount; Secret settings in env S_*; Secret db in env PASSWORD"; rows[3][at] != want {
		t.Errorf("%q, want %q", rows[3][at], want)
	}
	for _, row := range rows {
		for _, c := range row {
			if c != "" && strings.ContainsRune("=+-@\t\r\n", rune(c[0])) {
				t.Errorf("%q is a formula", c)
			}
		}
	}
}

// runCommand returns what a command prints.
func runCommand(t testing.TB, code int, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if got := Run(args, nil, &stdout, &stderr); got != code {
		t.Errorf("%q: exit code %d, want %d: %s", args, got, code, stderr.String())
	}
	return stdout.String()
}

// TestPrivilegesInAnyOrder: the order of what is read doesn't matter.
func TestPrivilegesInAnyOrder(t *testing.T) {
	text, err := os.ReadFile("testdata/privileges/agents.yaml")
	if err != nil {
		t.Fatal(err)
	}
	documents := strings.Split(string(text), "---\n")
	t.Chdir(t.TempDir())
	var printed []string
	for range 2 {
		if err := os.WriteFile("all.yaml", []byte(strings.Join(documents, "\n---\n")), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, format := range privilegeFormats {
			printed = append(printed, runCommand(t, 1, "privileges", "-o", format, "all.yaml"))
		}
		slices.Reverse(documents)
	}
	if n := len(privilegeFormats); !slices.Equal(printed[:n], printed[n:]) {
		t.Errorf("%s", printed)
	}
}

// TestPrivilegesOfCluster: what may not be listed is unknown, and named. A flag for the nodes
// wins over those of the cluster, which then aren't asked for.
func TestPrivilegesOfCluster(t *testing.T) {
	for _, c := range []struct {
		missing, flags        string
		code                  int
		namespace, localGroup bool // whether they are known
	}{
		{"", "", 0, true, true},
		{"/api/v1/namespaces", "", 2, false, true},
		{"/api/v1/nodes", "", 2, true, false},
		{"/api/v1/nodes", "--containerd 1.6", 0, true, true},
		{"/api/v1/nodes", "--containerd 2.1", 0, true, false},
	} {
		s := small()
		delete(s.lists, c.missing)
		var stdout, stderr bytes.Buffer
		args := append([]string{"privileges", "-o", "csv", "--kubeconfig", s.start(t)}, strings.Fields(c.flags)...)
		if code := Run(args, nil, &stdout, &stderr); code != c.code || (code == 2) != strings.Contains(stderr.String(), c.missing+" is forbidden") {
			t.Errorf("%q without %s: exit code %d: %s", c.flags, c.missing, code, stderr.String())
		}
		if known := strings.Count(stdout.String(), ",baseline,") == 3; known != c.namespace || known == strings.Contains(stdout.String(), ",(unknown),") {
			t.Errorf("%q without %s: %s", c.flags, c.missing, stdout.String())
		}
		if known := strings.Contains(stdout.String(), "error account-local-group"); known != c.localGroup {
			t.Errorf("%q without %s: %s", c.flags, c.missing, stdout.String())
		}
	}
}

// TestPrivilegesUnlisted: a HostProcess pod that can't be listed is named.
func TestPrivilegesUnlisted(t *testing.T) {
	const hidden = `{"apiVersion":"example.com/v1","kind":"Agent","metadata":{"name":"a"},"spec":{"options":{"hostProcess":true}}}`
	var stdout, stderr bytes.Buffer
	if code := Run([]string{"privileges", "-f", "-"}, strings.NewReader(hidden), &stdout, &stderr); code != 0 || stdout.Len() > 0 || !strings.Contains(stderr.String(), "<stdin>: spec.options.hostProcess") {
		t.Errorf("exit code %d: %s%s", code, stdout.String(), stderr.String())
	}
}

// TestPrivilegesOfNamespace looks at nothing but the namespace.
func TestPrivilegesOfNamespace(t *testing.T) {
	s := smallNamespace(`{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"agents"}}`)
	if printed := runCommand(t, 0, "privileges", "-o", "table", "-n", "agents", "--kubeconfig", s.start(t)); strings.Count(printed, "(none)") != 3 {
		t.Error(printed)
	}
}

// bigCluster writes a dump of n DaemonSets, with as many pods each, the first of which has an
// older image, and of a namespace for each hundred.
func bigCluster(to io.Writer, n, pods int) {
	spec := func(i, tag int) string {
		return fmt.Sprintf(`{"serviceAccountName":"agent","hostNetwork":true,"nodeSelector":{"kubernetes.io/os":"windows"},"securityContext":{"windowsOptions":{"hostProcess":true,"runAsUserName":"NT AUTHORITY\\SYSTEM"}},`+
			`"initContainers":[{"name":"install","image":"registry.example.com/install-%[1]d:1","command":["install.exe"]}],`+
			`"containers":[{"name":"agent","image":"registry.example.com/agent-%[1]d:%[2]d","command":["agent.exe"],"env":[{"name":"PASSWORD","valueFrom":{"secretKeyRef":{"name":"db","key":"password"}}}],"volumeMounts":[{"name":"data","mountPath":"/data"},{"name":"logs","mountPath":"/logs","readOnly":true}]}],`+
			`"volumes":[{"name":"data","hostPath":{"path":"C:\\ProgramData\\agent-%[1]d"}},{"name":"logs","hostPath":{"path":"C:\\logs"}}]}`, i, tag)
	}
	fmt.Fprint(to, `{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"none"}}`)
	for i := range n {
		if i%100 == 0 {
			fmt.Fprintf(to, `,{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"team-%d","labels":{"pod-security.kubernetes.io/enforce":"privileged"}}}`, i/100)
		}
		for j := range pods {
			fmt.Fprintf(to, `,{"apiVersion":"v1","kind":"Pod","metadata":{"namespace":"team-%d","name":"agent-%d-%d","uid":"1","ownerReferences":[{"apiVersion":"apps/v1","kind":"DaemonSet","name":"agent-%d","uid":"1","controller":true}]},"spec":%s}`, i/100, i, j, i, spec(i, min(j, 1)+1))
		}
		fmt.Fprintf(to, `,{"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"namespace":"team-%d","name":"agent-%d","uid":"1"},"spec":{"selector":{"matchLabels":{"app":"agent"}},"template":{"metadata":{"labels":{"app":"agent"}},"spec":%s}}}`, i/100, i, spec(i, 2))
	}
	fmt.Fprint(to, "]}\n")
}

// privilegesOf returns what privileges prints of a dump, and how much more memory is in use at
// some time while it is read than before.
func privilegesOf(t testing.TB, dump []byte, format string) (printed string, peak uint64) {
	var stdout, stderr bytes.Buffer
	before := inUse()
	watched := &watchedReader{from: bytes.NewReader(dump), every: len(dump) / 10, at: func() {
		peak = max(peak, inUse()-before)
	}}
	if code := Run([]string{"privileges", "-o", format, "-f", "-"}, watched, &stdout, &stderr); code != 1 || stderr.Len() > 0 {
		t.Fatalf("exit code %d: %s", code, stderr.String())
	}
	return stdout.String(), peak
}

// watchedReader calls a function each time that so many bytes were read, and at the end.
type watchedReader struct {
	from  io.Reader
	every int
	read  int
	at    func()
}

func (w *watchedReader) Read(p []byte) (int, error) {
	n, err := w.from.Read(p)
	if w.read += n; w.read >= w.every || err != nil {
		w.read = 0
		w.at()
	}
	return n, err
}

func inUse() uint64 {
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return memory.HeapAlloc
}

// TestPrivilegesMemory: workloads are kept, but not the pods that are like them.
func TestPrivilegesMemory(t *testing.T) {
	const n, pods = 200, 50
	var dump bytes.Buffer
	bigCluster(&dump, n, pods)
	printed, peak := privilegesOf(t, dump.Bytes(), "csv")
	rows, err := csv.NewReader(strings.NewReader(printed)).ReadAll()
	if err != nil || len(rows) != 1+n*2*2 { // two containers of each DaemonSet, and of its old pod
		t.Fatalf("%d rows: %v", len(rows), err)
	}
	for _, row := range rows[1:] {
		want := []string{"DaemonSet", strconv.Itoa(pods - 1), "registry.example.com/agent-" + strings.TrimPrefix(row[2], "agent-") + ":2"}
		if row[1] == "Pod" {
			name, _, _ := strings.Cut(strings.TrimPrefix(row[2], "agent-"), "-")
			want = []string{"Pod", "1", "registry.example.com/agent-" + name + ":1"}
		}
		if row[7] == "install" {
			want[2] = strings.Replace(strings.TrimSuffix(want[2], ":2"), "agent-", "install-", 1)
			want[2] = strings.TrimSuffix(want[2], ":1") + ":1"
		}
		if got := []string{row[1], row[4], row[14]}; !slices.Equal(got, want) || row[6] != "privileged" {
			t.Errorf("%q, want %q", row, want)
		}
	}
	if limit := uint64(4<<20 + n*10<<10); peak > limit {
		t.Errorf("%d bytes are in use for %d workloads, more than %d", peak, n, limit)
	}
}

// BenchmarkPrivileges reads the dumps of clusters with 10,000 workloads.
func BenchmarkPrivileges(b *testing.B) {
	const n = 10_000
	for _, pods := range []int{0, 10} {
		var dump bytes.Buffer
		bigCluster(&dump, n, pods)
		b.Run(fmt.Sprint(pods, " pods"), func(b *testing.B) {
			b.SetBytes(int64(dump.Len()))
			var most uint64
			for b.Loop() {
				_, peak := privilegesOf(b, dump.Bytes(), "csv")
				most = max(most, peak)
			}
			b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "workloads/s")
			b.ReportMetric(float64(most)/1e6, "MB-in-use")
		})
	}
}
