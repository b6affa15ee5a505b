// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"fmt"
	"strings"

	"github.com/hostprocess-go/sdk/internal/cmdline"
)

// templateExpression: the manifest is a template that hasn't been rendered.
var templateExpression = rule[podCheck]{
	Rule: Rule{
		ID:    "template-expression",
		Title: "the pod contains a template expression that hasn't been rendered",
		Doc: `Helm replaces a text such as {{ .Values.driver.name }} with a value. If it is still there, the manifest was applied without being rendered, or one place was missed in a copy of the rendered manifest. Nothing on a node replaces it, so it becomes part of a directory name, an argument or an image name.

The rule reports Helm chart expressions in commands, variables, images and paths; any {{ … }} in an image or in the path of a mount or volume; and ${…} and $(…) in an image, which no kubelet can pull. It doesn't report expressions in the arguments of programs with templates of their own, as in --format '{{.Name}}'.`,
		Outcome: OutcomeDiffers,
		Since:   "v0.1.0",
		Sources: []string{
			"https://github.com/kubernetes-sigs/azurefile-csi-driver/commit/984f7b6ecd78",
			"https://github.com/helm/helm/blob/v3.18.0/pkg/chartutil/values.go",
		},
		Fix: "render the template, or write the value",
	},
	about: hasBraces | hasOddPath,
	check: func(p pod) []problem {
		var problems []problem
		add := func(found problem, text, expression string) {
			if expression != "" {
				found.message = fmt.Sprintf("is %s, but nothing replaces the template expression %s", quoted(text), quoted(expression))
				problems = append(problems, found)
			}
		}
		for i := range p.spec.Volumes {
			if v := &p.spec.Volumes[i]; v.HostPath != nil {
				add(problem{list: "volumes", index: i, field: "hostPath.path"}, v.HostPath.Path, anyExpression(v.HostPath.Path))
			}
		}
		for c := range p.containers {
			add(problem{container: c, field: "image"}, c.Image, imageExpression(c.Image))
			add(problem{container: c, field: "workingDir"}, c.WorkingDir, anyExpression(c.WorkingDir))
			for i := range c.VolumeMounts {
				path := c.VolumeMounts[i].MountPath
				add(problem{container: c, list: "volumeMounts", index: i, field: "mountPath"}, path, anyExpression(path))
			}
			for t := range c.texts {
				found := t.problem("", "")
				found.container = c
				add(found, t.string, helmExpression(t.string))
			}
		}
		return problems
	},
}

// anyExpression returns the first {{ … }} of a text, or "".
func anyExpression(text string) string {
	start := strings.Index(text, "{{")
	if start < 0 {
		return ""
	}
	end := strings.Index(text[start:], "}}")
	if end < 0 {
		return ""
	}
	return text[start : start+end+2]
}

// imageExpression returns the first {{ … }}, ${…} or $(…) of an image, or "". Nothing
// replaces variables there, and no image has such a name.
func imageExpression(image string) string {
	if expression := anyExpression(image); expression != "" {
		return expression
	}
	if strings.Contains(image, "${") || strings.Contains(image, "$(") {
		return pathText(image).pathVariable()
	}
	return ""
}

// helmExpression returns the first expression of a text that only Helm charts use, or
// "".
func helmExpression(text string) string {
	for {
		expression := anyExpression(text)
		if expression == "" {
			return ""
		}
		for _, object := range [...]string{".Values.", ".Release.", ".Chart.", ".Capabilities."} {
			if strings.Contains(expression, object) {
				return expression
			}
		}
		if inner := strings.TrimLeft(expression, "{- "); cmdline.HasPrefixFold(inner, "include ") || cmdline.HasPrefixFold(inner, "template ") {
			return expression
		}
		text = text[strings.Index(text, expression)+len(expression):]
	}
}
