// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package browser

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// object is an object of JSON.
type object = map[string]any

// Names that a page must not obey, and one that has to be wrapped.
const (
	scriptName = `</td><script>document.title="run"</script><img src=x onerror=alert(1)>`
	turnedName = "a\u202eb"
)

var longName = strings.Repeat("n", 253)

// node is a Windows node.
func node(name, runtime, kernel string) object {
	return object{
		"apiVersion": "v1", "kind": "Node",
		"metadata": object{"name": name, "labels": object{"kubernetes.io/os": "windows"}},
		"status":   object{"nodeInfo": object{"operatingSystem": "windows", "containerRuntimeVersion": runtime, "kernelVersion": kernel, "kubeletVersion": "v1.33.0"}},
	}
}

// daemonSet is one whose container has a port, a path of the node and a command.
func daemonSet(namespace, name, account string, port int, path string, command ...string) object {
	return object{
		"apiVersion": "apps/v1", "kind": "DaemonSet",
		"metadata": object{"namespace": namespace, "name": name},
		"spec": object{
			"selector": object{"matchLabels": object{"app": "a"}},
			"template": object{
				"metadata": object{"labels": object{"app": "a"}},
				"spec": object{
					"hostNetwork": true, "nodeSelector": object{"kubernetes.io/os": "windows"},
					"securityContext": object{"windowsOptions": object{"hostProcess": true, "runAsUserName": account}},
					"containers": []object{{
						"name": "agent", "image": "registry.example.com/agent:1.4", "command": command, "ports": []object{{"containerPort": port}},
						"volumeMounts": []object{{"name": "data", "mountPath": "/data"}},
					}},
					"volumes": []object{{"name": "data", "hostPath": object{"path": path}}},
				},
			},
		},
	}
}

// cluster has nodes of every mode, hostile names, and as many workloads and nodes more.
func cluster(workloads, nodes int) []object {
	all := []object{
		node("bind", "containerd://2.1.1", "10.0.20348.2849"), node("old", "containerd://1.6.8", "10.0.20348.1249"),
		node("without", "containerd://2.1.1", "10.0.17763.1000"), node("untold", "", ""),
		node(longName, "containerd://2.1.1", "10.0.20348.2849"), node(scriptName, scriptName, "10.0.20348.2849"),
		{"apiVersion": "v1", "kind": "Namespace", "metadata": object{"name": "agents", "labels": object{"pod-security.kubernetes.io/enforce": "baseline"}}},
		daemonSet("agents", "first", `NT AUTHORITY\SYSTEM`, 9182, `C:\data`, "agent.exe"),
		daemonSet("agents", "second", "agents", 9182, `C:\data`, "powershell.exe", "-Command", "$x = 1\nWrite-Output $x"),
		daemonSet(longName, longName, strings.Repeat("a", 100), 1, `C:\`+longName, longName),
		daemonSet("agents", scriptName, scriptName, 2, scriptName, scriptName),
		daemonSet("agents", turnedName, turnedName, 3, turnedName, turnedName),
	}
	for i := range nodes {
		all = append(all, node(fmt.Sprint("node-", i), fmt.Sprintf("containerd://1.7.%d", i%30), fmt.Sprintf("10.0.20348.%d", 2000+i)))
	}
	accounts := []string{`NT AUTHORITY\SYSTEM`, `NT AUTHORITY\Local Service`, `NT AUTHORITY\Network Service`, "agents", "Administrators", "Users", "System"}
	commands := [][]string{{"agent.exe"}, {"/bin/sh", "-c", "ls"}, {"powershell.exe", "-Command", "a\nb"}, {`C:\hpc\agent.exe`}, {"cmd", "/c", "echo %PATH% & dir"}}
	for i := range workloads {
		all = append(all, daemonSet(fmt.Sprint("namespace-", i%50), fmt.Sprint("workload-", i), accounts[i%len(accounts)], 1024+i%60_000, fmt.Sprintf(`C:\data\%d`, i/2), commands[i%len(commands)]...))
	}
	return all
}

// program is the path of kubectl-hostprocess.
var program string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "browser")
	if err == nil {
		program = filepath.Join(dir, "kubectl-hostprocess.exe")
		var out []byte
		if out, err = exec.Command("go", "build", "-C", "../../examples/kubectl-hostprocess", "-o", program, ".").CombinedOutput(); err != nil {
			err = fmt.Errorf("%w\n%s", err, out)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// write writes the page of some objects, and of a file that isn't there, and returns its
// path.
func write(t *testing.T, objects []object) string {
	t.Helper()
	dir := t.TempDir()
	text, err := json.Marshal(object{"apiVersion": "v1", "kind": "List", "items": objects})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "cluster.json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "report", "--date", "2026-11-30", "--to", "2.3.4", "-o", "page.html", "-f", "cluster.json", "-f", "missing.json")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); cmd.ProcessState.ExitCode() != 2 {
		t.Fatalf("%v: %v\n%s", cmd, err, out)
	}
	return filepath.Join(dir, "page.html")
}
