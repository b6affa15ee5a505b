// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/validate"
)

// Methods that add something. Each is called with a name that shows in what is
// built.
var (
	podAppends = map[string]func(hostprocess.Pod, string) hostprocess.Pod{
		"WithContainers": func(p hostprocess.Pod, n string) hostprocess.Pod {
			return p.WithContainers(hostprocess.NewContainer(n, "i"))
		},
		"WithInitContainers": func(p hostprocess.Pod, n string) hostprocess.Pod {
			return p.WithInitContainers(hostprocess.NewContainer(n, "i"))
		},
		"WithLabels":       func(p hostprocess.Pod, n string) hostprocess.Pod { return p.WithLabels(map[string]string{n: n}) },
		"WithAnnotations":  func(p hostprocess.Pod, n string) hostprocess.Pod { return p.WithAnnotations(map[string]string{n: n}) },
		"WithNodeSelector": func(p hostprocess.Pod, n string) hostprocess.Pod { return p.WithNodeSelector(map[string]string{n: n}) },
		"WithTolerations": func(p hostprocess.Pod, n string) hostprocess.Pod {
			return p.WithTolerations(corev1.Toleration{Key: n, Operator: corev1.TolerationOpExists})
		},
		"Edit": func(p hostprocess.Pod, n string) hostprocess.Pod {
			return p.Edit(func(spec *corev1.PodSpec) { spec.SchedulerName += n })
		},
		"mistakes": func(p hostprocess.Pod, n string) hostprocess.Pod { return p.WithPriorityClass("Bad" + n) },
		"annotation mistakes": func(p hostprocess.Pod, n string) hostprocess.Pod {
			return p.WithAnnotations(map[string]string{"bad " + n: ""})
		},
		"WithGroup": func(p hostprocess.Pod, n string) hostprocess.Pod {
			return p.WithGroup(hostprocess.NewGroup(accounts.LocalGroup(n)))
		},
		"EditContainer": func(p hostprocess.Pod, n string) hostprocess.Pod {
			return p.EditContainer("agent", func(c hostprocess.Container) hostprocess.Container { return c.WithEnv(n, n) })
		},
	}
	containerAppends = map[string]func(hostprocess.Container, string) hostprocess.Container{
		"mistakes of a part": func(c hostprocess.Container, n string) hostprocess.Container {
			return c.WithMount(hostprocess.HostPath("//"+n), "/"+n)
		},
		"mistakes of settings": func(c hostprocess.Container, n string) hostprocess.Container {
			return c.WithLivenessProbe(hostprocess.HTTPGet("/", 1), header("bad "+n, n))
		},
		"WithPort": func(c hostprocess.Container, n string) hostprocess.Container {
			return c.WithPort(n, int32(1000+len(n)))
		},
		"WithEnv": func(c hostprocess.Container, n string) hostprocess.Container { return c.WithEnv(n, n) },
		"WithEnvValueFrom": func(c hostprocess.Container, n string) hostprocess.Container {
			return c.WithEnvValueFrom(n, configMapKey(n, n))
		},
		"WithEnvFrom": func(c hostprocess.Container, n string) hostprocess.Container { return c.WithEnvFrom(fromConfigMap(n)) },
		"WithMount": func(c hostprocess.Container, n string) hostprocess.Container {
			return c.WithMount(hostprocess.ConfigMap(n), "/"+n)
		},
		"WithLimit": func(c hostprocess.Container, n string) hostprocess.Container {
			return c.WithLimit(corev1.ResourceName("example.com/"+n), "1")
		},
		"mistakes": func(c hostprocess.Container, n string) hostprocess.Container {
			return c.WithImagePullPolicy(corev1.PullPolicy("Bad" + n))
		},
	}
	// partAppends add to what is passed as an argument.
	partAppends = map[string]func(before []string) func(string) hostprocess.Container{
		"volume's mistakes": func(before []string) func(string) hostprocess.Container {
			v := hostprocess.HostPath("/a")
			for _, n := range before {
				v = v.OfType(corev1.HostPathType("Bad" + n))
			}
			return func(n string) hostprocess.Container {
				return other().WithMount(v.OfType(corev1.HostPathType("Bad"+n)), "/v")
			}
		},
	}
)

// Of two variants of a base, the second doesn't change the first. Without a copy
// of what they share, it would overwrite what the first has appended, wherever
// the base has room after its last element; so bases of several lengths are
// tried.
func TestVariantsShareNothing(t *testing.T) {
	variants := map[string]func(before []string) func(string) hostprocess.Pod{}
	for name, call := range podAppends {
		variants["Pod."+name] = func(before []string) func(string) hostprocess.Pod {
			base := pod()
			for _, n := range before {
				base = call(base, n)
			}
			return func(n string) hostprocess.Pod { return call(base, n) }
		}
	}
	for name, call := range containerAppends {
		variants["Container."+name] = func(before []string) func(string) hostprocess.Pod {
			base := other()
			for _, n := range before {
				base = call(base, n)
			}
			return func(n string) hostprocess.Pod { return pod(call(base, n)) }
		}
	}
	for name, prepare := range partAppends {
		variants[name] = func(before []string) func(string) hostprocess.Pod {
			variant := prepare(before)
			return func(n string) hostprocess.Pod { return pod(variant(n)) }
		}
	}
	for name, prepare := range variants {
		t.Run(name, func(t *testing.T) {
			for n := range 10 {
				var before []string
				for i := range n {
					before = append(before, strings.Repeat("x", i+1))
				}
				variant := prepare(before)
				first := variant("first")
				want := rendered(t, first)
				variant("second")
				if got := rendered(t, first); got != want {
					t.Fatalf("with %d before, the first variant was\n%s\nand became\n%s", n, want, got)
				}
				if rendered(t, variant("first")) != want {
					t.Fatalf("with %d before, the base was changed", n)
				}
			}
		})
	}
}

// Two builds of variants share no list of mistakes either.
func TestErrorsShareNothing(t *testing.T) {
	for n := range 9 {
		base := pod()
		for range n {
			base = base.WithPriorityClass("Bad")
		}
		_, first := base.WithContainers(hostprocess.NewContainer("first", "")).Build()
		want := first.Error()
		if _, second := base.WithContainers(hostprocess.NewContainer("second", "")).Build(); second == nil || first.Error() != want {
			t.Errorf("with %d mistakes before, the first error became\n%v\nand was\n%s", n, first, want)
		}
	}
}

// rendered is all there is to see of a pod.
func rendered(t *testing.T, p hostprocess.Pod) string {
	t.Helper()
	template, err := p.PodTemplateSpec()
	text, encoding := json.Marshal(template)
	if encoding != nil {
		t.Fatal(encoding)
	}
	return fmt.Sprintf("%s %v", text, err)
}

// The lists of targets and rules are copied as well.
func TestBreakingSharesNothing(t *testing.T) {
	rules := validate.Rules()
	for n := range 9 {
		base := pod().Edit(func(spec *corev1.PodSpec) { spec.HostNetwork = false })
		for i := range n {
			base = base.Ignore(rules[i].ID)
		}
		first := base.Ignore("host-network")
		if _, err := first.Build(); err != nil {
			t.Fatal(err)
		}
		base.Ignore(rules[n].ID)
		if _, err := first.Build(); err != nil {
			t.Errorf("with %d rules before, the first variant lost its own: %v", n, err)
		}
	}
}
