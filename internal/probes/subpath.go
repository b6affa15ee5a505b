// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package probes

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/validate"
)

// staleSubPath waits until the kubelet replaces a file, and then reads it through a subPath.
// The file is an unused token, because the kubelet replaces it after 80% of its lifetime of
// at least ten minutes.
// Source: https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/token/token_manager.go (requiresRefresh)
func staleSubPath() Probe {
	const (
		name, token = "waits", "token"
		whole, part = "/hostprocess-probe-token", "/hostprocess-probe-part"
		life        = 600
		wait        = 15 * time.Minute
	)
	p := trials(Probe{
		Name:    "stale-sub-path",
		Claim:   "Without the bind filter, a file mounted with subPath can't be read after the kubelet replaces it; with the bind filter, it can.",
		Settles: []string{"rule:sub-path-goes-stale"},
		Needs:   "15 minutes",
	}, accounts.LocalService, func(n Node) []trial {
		lines := `$whole = ` + n.path(whole+"/"+token) + `
$part = ` + n.path(part) + `
$before = [IO.File]::ReadAllText($whole)
$same = [IO.File]::ReadAllText($part) -eq $before
for ($i = 0; $i -lt 80 -and [IO.File]::ReadAllText($whole) -eq $before; $i++) { Start-Sleep -Seconds 10 }
$answer['same'] = $same
$answer['changed'] = [IO.File]::ReadAllText($whole) -ne $before
try { [void][IO.File]::ReadAllText($part); $answer['readable'] = $true } catch { $answer['readable'] = $false }
`
		return []trial{{
			name: name, what: "a subPath of a replaced token", rules: []validate.RuleID{"sub-path-goes-stale"}, starts: true, worked: stillReadable,
			command: script(lines, ""),
			change: func(c hostprocess.Container) hostprocess.Container {
				volume := hostprocess.ExistingVolume(token)
				return c.WithMount(volume, whole).WithMount(volume, part, func(m *corev1.VolumeMount) { m.SubPath = token })
			},
		}}
	})
	steps := p.steps
	p.steps = func(n Node) []step {
		list := steps(n)
		list[0].task = list[0].task.WithActiveDeadline(wait).With(func(p hostprocess.Pod) hostprocess.Pod {
			return p.Edit(func(s *corev1.PodSpec) {
				s.ServiceAccountName = "default" // of the namespace, whose token it is
				s.Volumes = append(s.Volumes, corev1.Volume{Name: token, VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{{
					ServiceAccountToken: &corev1.ServiceAccountTokenProjection{Audience: "hostprocess-probe", ExpirationSeconds: ptr.To[int64](life), Path: token},
				}}}}})
			})
		})
		return list
	}
	return p
}

func stillReadable(c Container) (worked, known bool, observation string) {
	var got struct {
		Same, Changed, Readable *bool
		Error                   string
	}
	if !c.answered() {
		return false, false, c.problem()
	}
	if err := c.decode(&got); err != nil {
		return false, false, err.Error()
	}
	switch {
	case got.Same == nil || got.Changed == nil || got.Readable == nil:
		return false, false, "the answer doesn't include it: " + oneLine(got.Error)
	case !*got.Same:
		return false, false, "the subPath had different content from the start"
	case !*got.Changed:
		return false, false, "the kubelet didn't replace the file"
	case *got.Readable:
		return true, true, "it can be read"
	}
	return false, true, "it can no longer be read"
}
