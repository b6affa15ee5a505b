// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

import (
	"errors"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/hostprocess-go/sdk/accounts"
)

// options is a windowsOptions that the pod or a container declares.
type options struct {
	*corev1.WindowsSecurityContextOptions
	// overridden reports whether no container takes its runAsUserName from here: it is
	// the pod's, and every container has its own.
	overridden bool
	// fault is the error for the runAsUserName, or nil.
	fault *accounts.ParseError
	// group reports whether the runAsUserName can only be a local group.
	group bool
}

// newOptions parses the runAsUserName once for all rules.
func newOptions(declared *corev1.WindowsSecurityContextOptions) options {
	o := options{WindowsSecurityContextOptions: declared}
	if name := declared.RunAsUserName; name != nil {
		o.fault, o.group = readAccount(*name)
	}
	return o
}

// readAccount returns the error for a runAsUserName, or whether it is a local group.
func readAccount(runAsUserName string) (*accounts.ParseError, bool) {
	switch accounts.ServiceAccount(runAsUserName) {
	case accounts.LocalSystem, accounts.LocalService, accounts.NetworkService:
		return nil, false // nearly always; without allocating
	}
	account, err := accounts.Parse(runAsUserName)
	var fault *accounts.ParseError
	errors.As(err, &fault)
	_, group := account.(accounts.LocalGroup)
	return fault, group
}

// options returns the pod's windowsOptions, if it declares any.
func (p pod) options() (options, bool) {
	if p.spec.SecurityContext == nil || p.spec.SecurityContext.WindowsOptions == nil {
		return options{}, false
	}
	o := newOptions(p.spec.SecurityContext.WindowsOptions)
	if o.fault != nil || o.group {
		o.overridden = true
		for c := range p.containers {
			o.overridden = o.overridden && c.windows().RunAsUserName != nil
		}
	}
	return o, true
}

// options returns the container's own windowsOptions, if it declares any.
func (c container) options() (options, bool) {
	if c.SecurityContext == nil || c.SecurityContext.WindowsOptions == nil {
		return options{}, false
	}
	return newOptions(c.SecurityContext.WindowsOptions), true
}

// fails returns a problem if nodes can't run the runAsUserName for one of the reasons.
// Names that the API server rejects belong to run-as-user-name.
func (o options) fails(reasons ...accounts.Reason) []problem {
	if o.fault == nil || o.overridden || o.fault.APIServer() || !slices.Contains(reasons, o.fault.Reason) {
		return nil
	}
	return o.faulty()
}

// faulty returns the problem with the runAsUserName.
func (o options) faulty() []problem {
	// A fault's problem is a phrase about the name: "is empty", "has a prefix".
	message := o.fault.Problem()
	if name := *o.RunAsUserName; name != "" {
		message = fmt.Sprintf("is %s, which %s", quoted(name), message)
	}
	return []problem{{field: "runAsUserName", message: message, fix: o.fault.Fix(), cause: *o.fault}}
}
