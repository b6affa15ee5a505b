// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// ConfigMaps returns the ConfigMaps with the scripts that the pod runs from files
// ([PowerShellFile], [CmdFile]), with apiVersion and kind, sorted by name. They must be
// in the workload's namespace, and exist before it, so apply them first. After a
// change, apply the workload as well: its annotation [ScriptsAnnotation] has changed,
// so it replaces its pods. The result is nil if no script runs from a file. If the pod
// can't be built, the error is that of [Pod.Build].
func (p Pod) ConfigMaps(namespace string) ([]*corev1.ConfigMap, error) {
	b, err := p.build()
	if err != nil {
		return nil, err
	}
	return b.configMaps(namespace), nil
}

func (b *build) configMaps(namespace string) []*corev1.ConfigMap {
	var list []*corev1.ConfigMap
	for _, s := range b.scripts {
		at := slices.IndexFunc(list, func(m *corev1.ConfigMap) bool { return m.Name == s.configMap })
		if at < 0 {
			at = len(list)
			list = append(list, &corev1.ConfigMap{
				TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"},
				ObjectMeta: metav1.ObjectMeta{Name: s.configMap, Namespace: namespace},
				Data:       map[string]string{},
			})
		}
		list[at].Data[s.file] = s.text
	}
	slices.SortFunc(list, func(a, b *corev1.ConfigMap) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// ScriptsAnnotation is the annotation of a pod with a SHA-256 checksum of the
// ConfigMaps with its scripts, in hexadecimal digits. A workload replaces its pods when
// it changes, as with the checksum annotations of Helm charts. In an existing Job,
// which has run the old script, the API server rejects the change. A pod without such
// scripts doesn't have it.
const ScriptsAnnotation = "hostprocess-go.dev/scripts"

// annotations returns a copy of the pod's annotations, with the one for its scripts.
func (b *build) annotations(own map[string]string) map[string]string {
	sum := b.scriptsSum()
	if sum == "" {
		return maps.Clone(own)
	}
	return with(own, map[string]string{ScriptsAnnotation: sum})
}

// scriptsSum is a checksum of the ConfigMaps, or "" if there are none.
func (b *build) scriptsSum() string {
	if len(b.scripts) == 0 {
		return ""
	}
	sum := sha256.New()
	for _, m := range b.configMaps("") {
		for _, file := range slices.Sorted(maps.Keys(m.Data)) {
			for _, text := range [...]string{m.Name, file, m.Data[file]} {
				fmt.Fprintf(sum, "%d:%s", len(text), text)
			}
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// mostData is the maximum size of a ConfigMap in bytes. Source:
// https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/apis/core/types.go (MaxSecretSize)
const mostData = 1 << 20

// script adds a script to its ConfigMap.
func (b *build) script(container string, c Command) {
	size := len(c.file.text)
	for _, other := range b.scripts {
		if other.configMap != c.file.configMap {
			continue
		}
		if other == c.file {
			return
		}
		if other.file == c.file.file {
			b.wrong(container, string(c.method), "file", c.file.file, errors.New("is the file of another script in the same ConfigMap: rename one of them"))
			return
		}
		size += len(other.text)
	}
	if size > mostData {
		b.wrong(container, string(c.method), "configMap", c.file.configMap, errors.New("would have more than 1 MiB: put the script into another ConfigMap, or into the image"))
	}
	b.scripts = append(b.scripts, c.file)
}
