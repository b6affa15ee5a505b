// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/internal/cmdline"
	"github.com/hostprocess-go/sdk/internal/nodes"
)

// imageWindowsBuild: an image for one Windows version doesn't work on every node.
var imageWindowsBuild = rule[containerCheck]{
	Rule: Rule{
		ID:    "image-windows-build",
		Title: "an image for one Windows version may not run on all selected nodes",
		Doc: `The tag of the image names one version of Windows, such as ltsc2019, 1809 or ltsc2022, but the pod selects Windows nodes of any version. A HostProcess container doesn't have to match its node's version, but the node must be able to pull and unpack the image: from an image index, containerd chooses the entry for the node's version ("no match for platform in manifest"), and Windows can't always unpack the layers of an older version.

Use a tag that covers all versions of your nodes, or an image based on the HostProcess base image, which isn't made for any version. Otherwise select the nodes by the label node.kubernetes.io/windows-build: 10.0.17763 for 2019, 10.0.20348 for 2022, 10.0.26100 for 2025.`,
		Outcome: OutcomeAdvice,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/prometheus-community/windows_exporter/commit/f96c6654bee9",
			"https://github.com/newrelic/helm-charts/pull/1047",
			"https://github.com/microsoft/Windows-Containers/issues/223",
			"https://github.com/containerd/containerd/blob/v2.3.4/core/images/image.go#L250",
			docSource,
		},
		Fix: "use an image for all Windows versions of the nodes, or select nodes by node.kubernetes.io/windows-build",
	},
	about: hasLongTag,
	check: func(p pod, c container) []problem {
		version := windowsInTag(c.Image)
		if version == "" || p.spec.NodeName != "" {
			return nil
		}
		if build, ok := p.spec.NodeSelector[corev1.LabelWindowsBuild]; ok && build != "10.0."+buildOf(version) {
			return []problem{{
				field:   "image",
				message: fmt.Sprintf("is %s, for Windows %s, but the pod selects nodes with Windows %s, which may fail to pull or unpack it", quoted(c.Image), version, quoted(build)),
				fix:     "select nodes of the image's version, 10.0." + buildOf(version) + ", or use an image for the selected nodes",
			}}
		}
		if p.selectsWindowsBuild() {
			return nil
		}
		return []problem{{
			field:   "image",
			message: fmt.Sprintf("is %s, for Windows %s, but the pod also selects nodes of other versions, which may fail to pull or unpack it", quoted(c.Image), version),
		}}
	},
}

// windowsInTag returns the version of Windows that the tag of an image names, as it
// is written there, or "".
func windowsInTag(image string) string {
	tag := image[strings.LastIndexByte(image, '/')+1:]
	tag, _, _ = strings.Cut(tag, "@")
	_, tag, _ = strings.Cut(tag, ":")
	// A number alone can be a date or a version of the program.
	numbers := func() bool {
		return cmdline.IndexFold(image, "windows") >= 0 || cmdline.IndexFold(image, "nanoserver") >= 0 || cmdline.IndexFold(image, "servercore") >= 0
	}
	for tag != "" {
		var part string
		if part, tag, _ = strings.Cut(tag, "-"); len(part) < len("ltsc") {
			continue
		}
		switch strings.ToLower(part) {
		case "1809", "1903", "1909", "2004", "20h2":
			if numbers() {
				return part
			}
		case "ltsc2019", "ltsc2022", "ltsc2025":
			return part
		case "ltsc":
			if year, _, _ := strings.Cut(tag, "-"); year == "2019" || year == "2022" || year == "2025" {
				return part + "-" + year
			}
		}
	}
	return ""
}

// buildOf returns the build of a version of Windows, as [windowsInTag] returns it.
func buildOf(version string) string {
	switch version = strings.ToLower(version); {
	case version == "1809", strings.HasSuffix(version, "2019"):
		return "17763"
	case version == "1903":
		return "18362"
	case version == "1909":
		return "18363"
	case version == "2004":
		return "19041"
	case version == "20h2":
		return "19042"
	case strings.HasSuffix(version, "2022"):
		return "20348"
	}
	return "26100"
}

// selectsWindowsBuild reports whether the pod selects nodes by something that can go
// with a version of Windows: its label, the SKU of Azure, or the name of the node.
func (p pod) selectsWindowsBuild() bool {
	for label := range p.spec.NodeSelector {
		if label == corev1.LabelWindowsBuild || label == nodes.LabelAzureSKU || label == corev1.LabelHostname {
			return true
		}
	}
	for _, term := range requiredTerms(p.spec) {
		for _, e := range term.MatchExpressions {
			if e.Key == corev1.LabelWindowsBuild || e.Key == nodes.LabelAzureSKU || e.Key == corev1.LabelHostname {
				return true
			}
		}
		if len(term.MatchFields) > 0 {
			return true
		}
	}
	return false
}
