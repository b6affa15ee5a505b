// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate_test

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hostprocess-go/sdk/validate"
)

// NodeAgent is a custom resource with a pod template.
type NodeAgent struct {
	Name     string
	Template corev1.PodTemplateSpec
}

// validateAgent returns errors in the form of the API server.
func validateAgent(agent *NodeAgent) error {
	findings := validate.Validator{}.PodTemplateSpec(&agent.Template, field.NewPath("spec", "template"))
	if errs := findings.ErrorList(); len(errs) > 0 {
		return apierrors.NewInvalid(schema.GroupKind{Group: "example.com", Kind: "NodeAgent"}, agent.Name, errs)
	}
	return nil
}

// A controller of a custom resource with a pod template rejects an invalid template, and
// names the field and the fix.
func Example_fieldErrors() {
	agent := &NodeAgent{Name: "logs", Template: corev1.PodTemplateSpec{Spec: agentPod().Spec}}
	agent.Template.Spec.HostNetwork = false
	fmt.Println(apierrors.IsInvalid(validateAgent(agent)))
	for _, cause := range validateAgent(agent).(apierrors.APIStatus).Status().Details.Causes {
		fmt.Println(cause.Field)
	}
	// Output:
	// true
	// spec.template.spec.securityContext.windowsOptions.runAsUserName
	// spec.template.spec.hostNetwork
	// spec.template.spec.containers[0].command[2]
}
