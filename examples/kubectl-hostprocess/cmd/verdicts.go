// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hostprocess-go/sdk/internal/probes"
)

// verdicts is the file that verify writes. Its fields are in the order of the file.
type verdicts struct {
	Program string         `json:"program"`
	Time    metav1.Time    `json:"time"`
	Node    verifiedNode   `json:"node"`
	Probes  []probeVerdict `json:"probes"`
	// Answers are the pods' answers by probe, so that they can be judged again. They are
	// last, because some differ on every run.
	Answers []probeAnswers `json:"answers,omitempty"`
}

// verifiedNode describes the node, for the predictions and to explain wrong ones.
type verifiedNode struct {
	Name         string `json:"name,omitempty"`
	Windows      string `json:"windows"`
	Build        string `json:"build"`
	Architecture string `json:"architecture"`
	Runtime      string `json:"runtime"`
	Kubelet      string `json:"kubelet"`
	// Mode is the mode that the library predicts for the node.
	Mode  string `json:"mode"`
	Image string `json:"image"`
}

type probeVerdict struct {
	Probe   string   `json:"probe"`
	Claim   string   `json:"claim"`
	Settles []string `json:"settles,omitempty"`
	probes.Verdict
}

type probeAnswers struct {
	Probe string          `json:"probe"`
	Pods  []probes.Answer `json:"pods"`
}

// newVerdicts returns the file for findings, without names unless withNames is set.
func newVerdicts(node *corev1.Node, of probes.Node, all findings, namespace string, withNames bool) verdicts {
	about := node.Status.NodeInfo
	v := verdicts{Program: "kubectl-hostprocess " + version(), Time: metav1.NewTime(time.Now().UTC()), Node: verifiedNode{
		Name: node.Name, Windows: about.OSImage, Build: about.KernelVersion, Architecture: about.Architecture,
		Runtime: about.ContainerRuntimeVersion, Kubelet: about.KubeletVersion, Mode: of.Target.Mode().String(), Image: of.Image,
	}}
	hide := func(text string) string { return text }
	if !withNames {
		v.Node.Name = ""
		hide = newRedactor(node, namespace)
	}
	for _, f := range all {
		verdict := f.Verdict
		verdict.Reason = hide(verdict.Reason)
		verdict.Checks = slices.Clone(verdict.Checks)
		for i := range verdict.Checks {
			c := &verdict.Checks[i]
			c.What, c.Prediction, c.Observation = hide(c.What), hide(c.Prediction), hide(c.Observation)
		}
		v.Probes = append(v.Probes, probeVerdict{f.Name, f.Claim, f.Settles, verdict})
		if len(f.answers) == 0 {
			continue
		}
		answers := slices.Clone(f.answers)
		for i := range answers {
			a := &answers[i]
			a.Reason, a.Message = hide(a.Reason), hide(a.Message)
			a.Containers = slices.Clone(a.Containers)
			for k := range a.Containers {
				c := &a.Containers[k]
				c.Message, c.Output = hide(c.Message), hide(c.Output)
			}
		}
		v.Answers = append(v.Answers, probeAnswers{f.Name, answers})
	}
	return v
}

// machineSID matches the common part of the SIDs of one machine's or domain's accounts.
var machineSID = regexp.MustCompile(`S-1-5-21(-\d+){3}`)

// newRedactor returns a function that replaces identifying text: the node's names and
// addresses, the names that Windows derives from them, the namespace and machine SIDs.
func newRedactor(node *corev1.Node, namespace string) func(string) string {
	names := []string{node.Name}
	if namespace != metav1.NamespaceDefault {
		names = append(names, namespace)
	}
	for _, a := range node.Status.Addresses {
		names = append(names, a.Address)
	}
	for _, name := range slices.Clone(names) {
		host, _, _ := strings.Cut(name, ".")
		const netBIOS = 15 // maximum length of a name
		if !strings.ContainsAny(name, ":") && strings.Trim(host, "0123456789") != "" {
			names = append(names, host, host[:min(len(host), netBIOS)])
		}
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	names = slices.DeleteFunc(slices.Compact(names), func(name string) bool { return len(name) < 3 })
	for i := range names {
		names[i] = regexp.QuoteMeta(names[i])
	}
	if len(names) == 0 {
		names = []string{`[^\s\S]`} // matches nothing
	}
	pattern := regexp.MustCompile(`(?i)\b(` + strings.Join(names, "|") + `)\b`)
	return func(text string) string {
		return machineSID.ReplaceAllString(pattern.ReplaceAllString(text, "NAME"), "S-1-5-21-MACHINE")
	}
}

// write writes the file as YAML, which doesn't escape Windows paths, with the fields in the
// order of the types. It parses JSON as YAML, after escaping the characters that YAML
// doesn't allow.
func (v verdicts) write(to io.Writer) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	var escaped bytes.Buffer
	for _, r := range string(text) {
		if r < 0x7f {
			escaped.WriteRune(r)
		} else {
			fmt.Fprintf(&escaped, `\U%08X`, r)
		}
	}
	var document yaml.Node
	if err := yaml.Unmarshal(escaped.Bytes(), &document); err != nil {
		return err
	}
	if err := restyle(&document); err != nil {
		return err
	}
	encoder := yaml.NewEncoder(to)
	encoder.SetIndent(2)
	return errors.Join(encoder.Encode(&document), encoder.Close())
}

// restyle changes JSON style to YAML style: without braces, and with the quotes that YAML 1.1
// and 1.2 require.
func restyle(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!str" {
		return n.Encode(n.Value)
	}
	n.Style = 0
	for _, part := range n.Content {
		if err := restyle(part); err != nil {
			return err
		}
	}
	return nil
}
