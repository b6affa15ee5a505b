// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package conformance

import "strings"

// border is a field that rules read, with values around their limits.
type border struct {
	field string
	// since is the first Kubernetes minor whose type has the field.
	since  int
	values list
}

// missing is the value of an absent field.
type missing struct{}

var (
	absent = missing{}
	bools  = list{absent, nil, false, true}
	ids    = list{absent, nil, 0, 1000, -1}
	empty  = object{}
)

var podBorders = []border{
	{"hostNetwork", 0, bools},
	{"hostNetwork", 0, list{absent, false}},
	{"os", 0, list{absent, nil, empty, object{"name": ""}, object{"name": "windows"}, object{"name": "linux"}, object{"name": "Windows"}, object{"name": "plan9"}}},
	{"os", 0, list{object{"name": "windows"}, object{"name": "linux"}}},
	{"hostUsers", 0, bools},
	{"hostUsers", 0, list{false}},
	{"hostPID", 0, bools},
	{"hostIPC", 0, bools},
	{"shareProcessNamespace", 0, bools},
	{"hostname", 0, list{absent, "", "agent", "UPPER"}},
	{"hostnameOverride", 34, list{absent, nil, "", "agent", "UPPER", strings.Repeat("a", 63) + ".b", strings.Repeat("a", 65)}},
	{"setHostnameAsFQDN", 0, bools},
	{"resources", 32, list{absent, nil, empty, object{"limits": empty}, object{"limits": object{"cpu": "1"}}, object{"requests": object{"memory": "1Gi"}}, object{"claims": list{}}}},
	{"restartPolicy", 0, list{absent, "", "Always", "OnFailure", "Never"}},
	{"terminationGracePeriodSeconds", 0, list{absent, 0, 1, 30}},
	{"dnsPolicy", 0, list{absent, "ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"}},
	{"securityContext", 0, list{absent, nil, empty, object{"windowsOptions": nil}, object{"windowsOptions": empty}}},
	{"securityContext.appArmorProfile", 30, list{absent, nil, empty, object{"type": "RuntimeDefault"}, object{"type": "Localhost"}}},
	{"securityContext.seLinuxOptions", 0, list{absent, nil, empty, object{"level": "s0"}}},
	{"securityContext.seccompProfile", 0, list{absent, nil, empty, object{"type": "RuntimeDefault"}, object{"type": "Other"}}},
	{"securityContext.fsGroup", 0, ids},
	{"securityContext.fsGroupChangePolicy", 0, list{absent, nil, "", "Always", "Never"}},
	{"securityContext.sysctls", 0, list{absent, nil, list{}, list{object{"name": "kernel.shm_rmid_forced", "value": "0"}}, list{object{"name": "net.core.somaxconn", "value": "1"}}}},
	{"securityContext.runAsUser", 0, ids},
	{"securityContext.runAsGroup", 0, ids},
	{"securityContext.runAsNonRoot", 0, bools},
	{"securityContext.supplementalGroups", 0, list{absent, nil, list{}, list{0}, list{1000, 2000}, list{-1}}},
	{"securityContext.supplementalGroupsPolicy", 31, list{absent, nil, "", "Merge", "Strict"}},
	{"securityContext.seLinuxChangePolicy", 32, list{absent, nil, "", "MountOption", "Recursive"}},
	{"volumes", 0, list{absent, nil, list{}}},
	{"initContainers", 0, list{absent, nil, list{}}},
	{"containers", 0, list{absent, nil, list{}}},
	{"ephemeralContainers", 0, list{absent, nil, list{}}},
	{"nodeSelector", 0, list{absent, empty, object{"kubernetes.io/os": "windows"}}},
	{"tolerations", 0, list{absent, list{object{"operator": "Exists"}}}},
}

var containerBorders = []border{
	{"ports", 0, list{absent, nil, list{}, list{empty}}},
	{"resources", 0, list{absent, empty, object{"limits": object{"cpu": "1", "memory": "1Gi"}}}},
	{"restartPolicy", 28, list{absent, nil, "Always", "Never"}},
	{"volumeMounts", 0, list{absent, nil, list{}}},
	{"volumeDevices", 0, list{absent, nil, list{}, list{object{"name": "v0", "devicePath": "/data/0"}}, list{object{"name": "v1", "devicePath": ""}}}},
	{"lifecycle", 0, list{absent, nil, object{"preStop": object{"exec": object{"command": list{"stop.exe"}}}}}},
	{"lifecycle.stopSignal", 33, list{absent, nil, "", "SIGTERM", "SIGKILL", "SIGINT", "SIGSTOP", "sigterm", "CTRL_C"}},
	{"lifecycle.stopSignal", 33, list{"SIGTERM", "SIGKILL", "SIGINT"}},
	{"livenessProbe", 0, list{absent, object{"httpGet": object{"port": 8080, "host": "127.0.0.1"}}, object{"exec": object{"command": list{"a"}}}}},
	{"env", 0, list{absent, list{object{"name": "A", "value": "b"}}}},
	{"securityContext", 0, list{absent, nil, empty, object{"windowsOptions": nil}, object{"windowsOptions": empty}}},
	{"securityContext.appArmorProfile", 30, list{absent, nil, empty, object{"type": "Unconfined"}}},
	{"securityContext.seLinuxOptions", 0, list{absent, nil, empty, object{"level": "s0"}}},
	{"securityContext.seccompProfile", 0, list{absent, nil, empty, object{"type": "Unconfined"}}},
	{"securityContext.capabilities", 0, list{absent, nil, empty, object{"add": list{}}, object{"drop": list{"ALL"}}, object{"add": list{"CAP_SYS_ADMIN"}}}},
	{"securityContext.readOnlyRootFilesystem", 0, bools},
	{"securityContext.privileged", 0, bools},
	{"securityContext.allowPrivilegeEscalation", 0, bools},
	{"securityContext.procMount", 0, list{absent, nil, "", "Default", "Unmasked", "Other"}},
	{"securityContext.runAsUser", 0, ids},
	{"securityContext.runAsGroup", 0, ids},
	{"securityContext.runAsNonRoot", 0, bools},
}

// windowsBorders are the same for the pod and for a container.
var windowsBorders = []border{
	{"securityContext.windowsOptions.hostProcess", 0, bools},
	{"securityContext.windowsOptions.hostProcess", 0, list{false, true}},
	{"securityContext.windowsOptions.runAsUserName", 0, list{absent, nil, (*generator).runAsUserName}},
	{"securityContext.windowsOptions.runAsUserName", 0, list{(*generator).runAsUserName}},
	{"securityContext.windowsOptions.gmsaCredentialSpecName", 0, list{absent, nil, "", "gmsa", "gmsa.example.com", "UPPER", "a_b", "-a", "a.", strings.Repeat("a", 253), strings.Repeat("a", 254), strings.Repeat("_", 254), "a\n"}},
	{"securityContext.windowsOptions.gmsaCredentialSpec", 0, list{absent, nil, "", "{}", strings.Repeat("x", 64<<10), strings.Repeat("x", 64<<10+1), strings.Repeat("é", 32<<10), strings.Repeat("é", 32<<10) + "x"}},
}

// volumeBorders are those of a volume. What kind of volume it is, the rules of
// this layer don't read.
var volumeBorders = []border{
	{"name", 0, list{absent, "", "v0", "v1", "V0", "claim", "other", "a.b", strings.Repeat("a", 63), strings.Repeat("a", 64)}},
}

var mountBorders = []border{
	{"name", 0, list{absent, "", "v0", "v1", "unknown", "claim", "V0"}},
	{"mountPath", 0, list{absent, "", "/data/0", "/DATA/0", "/data/0/", `C:\data\0`, `\\.\pipe\x`, "a:b", "D:", "relative"}},
	{"subPath", 0, list{absent, "", "a", "a/b", "/a", `\a`, `C:\a`, "..", "../a", "a/../b", "a/..", `..\a`, "...", "a..b", "./a", "//"}},
	{"subPathExpr", 0, list{absent, "", "$(NODE)", "/a", "..", "a/..", `..\a`}},
	{"readOnly", 0, bools},
	{"recursiveReadOnly", 30, list{absent, nil, "", "Disabled", "IfPossible", "Enabled", "enabled"}},
	{"recursiveReadOnly", 30, list{"IfPossible", "Enabled"}},
	{"mountPropagation", 0, list{absent, nil, "", "None", "HostToContainer", "Bidirectional"}},
	{"bindMountOptions", 37, list{absent, nil, list{}, list{"noexec"}, list{"x"}}},
}

var portBorders = []border{
	{"hostPort", 0, list{absent, 0, 1, 80, 8080, 65535, 65536, -1}},
	{"containerPort", 0, list{absent, 0, 1, 80, 8080, 65535, 65536, -1}},
	{"protocol", 0, list{absent, "TCP", "UDP", "XXX"}},
	{"hostIP", 0, list{absent, "", "127.0.0.1", "x"}},
	{"name", 0, list{absent, "", "p0", "p1"}},
}

// runAsUserName makes a name around the limits of the API server: none, one or
// more backslashes, a domain in NetBIOS or DNS form and just not, a user of any
// length and with any letter that isn't allowed.
func (g *generator) runAsUserName() string {
	if g.seldom() {
		return pick(g, []string{
			"", `\`, `\\`, `\\\`, "ContainerUser", "ContainerAdministrator", "Administrators", "Hyper-V Administrators",
			`NT AUTHORITY\SYSTEM`, `NT AUTHORITY\Local Service`, `NT AUTHORITY\NetworkService`, `nt authority\system`, "SYSTEM",
			`BUILTIN\Administrators`, `.\user`, `HOST\user`, `DOMAIN\user`, `DOMAIN\`, `\user`, "user@example.com", "12345", "Gäste", "管理者",
		})
	}
	user := g.word(userLetters, []int{0, 1, 2, 5, 20, 21, 103, 104, 105})
	if g.seldom() {
		// Bytes are counted here, not characters.
		user = strings.Repeat("ä", pick(g, []int{51, 52, 53}))
	}
	if g.often() {
		return user
	}
	domain := g.word(domainLetters, []int{0, 1, 2, 14, 15, 16, 17, 30})
	if g.often() {
		domain = g.dnsName()
	} else if g.seldom() {
		// Characters are counted here, not bytes.
		domain = strings.Repeat("ä", pick(g, []int{7, 8, 14, 15, 16}))
	}
	name := domain + `\` + user
	if g.IntN(20) == 0 {
		name += `\` + user
	}
	return name
}

// Most letters are harmless, so that one bad letter is often the only one. The
// last ones have more than one byte, or are control characters to Unicode but
// not to the API server's pattern.
const (
	harmless      = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvwxyz"
	userLetters   = harmless + "$&'()_-.- .{}^~!#`" + "\"/:;|=,+*?<>@[]" + "\x00\t\n\r\x1f\x7f" + "äß管\u0085\u00a0\u2028\ufffd"
	domainLetters = harmless + " -_.$&'()~!" + "\"/:*?<>|,;=+@[]" + "\n\x7f" + "ä管\u0085"
)

// word makes a word of one of the lengths in bytes, or a little longer where a
// letter has more than one.
func (g *generator) word(letters string, lengths []int) string {
	alphabet, length := []rune(letters), pick(g, lengths)
	if g.IntN(10) == 0 {
		alphabet = []rune(". ")
	} else if g.often() {
		alphabet = []rune(harmless)
	}
	var b strings.Builder
	for b.Len() < length {
		b.WriteRune(pick(g, alphabet))
	}
	return b.String()
}

// dnsName makes a domain in DNS form, and at times just not.
func (g *generator) dnsName() string {
	var labels []string
	for range 1 + g.IntN(5) {
		label := strings.Repeat("a", pick(g, []int{0, 1, 2, 10, 62, 63, 64}))
		if g.seldom() {
			label = pick(g, []string{"-", "_", ""}) + label + pick(g, []string{"-", "A", "9"})
		}
		labels = append(labels, label)
	}
	name := strings.Join(labels, ".")
	if g.seldom() {
		name += "."
	}
	if g.seldom() {
		name = (name + strings.Repeat(".aaaaaaaaa", 30))[:pick(g, []int{254, 255, 256, 257})]
	}
	return name
}
