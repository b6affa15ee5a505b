// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package policy

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/internal/quote"
	"github.com/hostprocess-go/sdk/validate"
)

// Options describe the HostProcess pods that a policy allows. Build returns an error for
// the zero value, because it names no account.
type Options struct {
	// Name is the name of the policy and of its binding, a DNS subdomain. Empty means
	// "hostprocess".
	Name string
	// Accounts are the accounts that a container may run as, in every spelling that
	// nodes accept. At least one is required. A pointer is the same as the account that
	// it points to; nil is an error.
	Accounts []accounts.Account
	// Namespaces are the namespaces that may have HostProcess pods. Nil means all; an
	// empty list that isn't nil is an error, here and below, so that a computed list
	// that turns out empty doesn't allow everything.
	Namespaces []string
	// ServiceAccounts are the service accounts that HostProcess pods may have, written
	// as "namespace/name". Nil means all.
	ServiceAccounts []string
	// Images are the images that HostProcess containers may use. An entry that ends
	// in a slash matches every image below it ("registry.example.com/agents/"), any
	// other entry one repository with any tag or digest
	// ("registry.example.com/agents/logs"). They are compared with the text in the
	// pod, so "busybox" and "docker.io/library/busybox" differ. Nil means all.
	Images []string
	// Actions are what the API server does with a pod that violates the policy. Empty
	// means Deny; use Warn or Audit to try out a policy.
	Actions []admissionregistrationv1.ValidationAction
}

// Build returns the policy and a binding that enforces it in the whole cluster. Both are
// new at each call. The values of the options are quoted strings in the policy, never
// expressions. The error lists every invalid option, and then the two are nil.
func (o Options) Build() (*admissionregistrationv1.ValidatingAdmissionPolicy, *admissionregistrationv1.ValidatingAdmissionPolicyBinding, error) {
	if o.Name == "" {
		o.Name = "hostprocess"
	}
	if len(o.Actions) == 0 {
		o.Actions = []admissionregistrationv1.ValidationAction{admissionregistrationv1.Deny}
	}
	o.Accounts = slices.Clone(o.Accounts)
	for i, account := range o.Accounts {
		o.Accounts[i] = accounts.Value(account)
	}
	if err := o.check(); err != nil {
		return nil, nil, err
	}
	fail, equivalent := admissionregistrationv1.Fail, admissionregistrationv1.Equivalent
	all := admissionregistrationv1.AllScopes
	policy := &admissionregistrationv1.ValidatingAdmissionPolicy{
		TypeMeta:   metav1.TypeMeta{APIVersion: admissionregistrationv1.SchemeGroupVersion.String(), Kind: "ValidatingAdmissionPolicy"},
		ObjectMeta: metav1.ObjectMeta{Name: o.Name},
		Spec: admissionregistrationv1.ValidatingAdmissionPolicySpec{
			FailurePolicy: &fail,
			MatchConstraints: &admissionregistrationv1.MatchResources{
				MatchPolicy:       &equivalent,
				NamespaceSelector: &metav1.LabelSelector{},
				ObjectSelector:    &metav1.LabelSelector{},
				ResourceRules: []admissionregistrationv1.NamedRuleWithOperations{{RuleWithOperations: admissionregistrationv1.RuleWithOperations{
					Operations: []admissionregistrationv1.OperationType{admissionregistrationv1.Create, admissionregistrationv1.Update},
					Rule: admissionregistrationv1.Rule{
						APIGroups: []string{""}, APIVersions: []string{"v1"},
						// An update of the status can change annotations too.
						Resources: []string{"pods", "pods/ephemeralcontainers", "pods/status"},
						Scope:     &all,
					},
				}}},
			},
			MatchConditions: matchConditions(),
			Variables:       variables(),
			Validations:     o.validations(),
		},
	}
	binding := &admissionregistrationv1.ValidatingAdmissionPolicyBinding{
		TypeMeta:   metav1.TypeMeta{APIVersion: admissionregistrationv1.SchemeGroupVersion.String(), Kind: "ValidatingAdmissionPolicyBinding"},
		ObjectMeta: metav1.ObjectMeta{Name: o.Name},
		Spec: admissionregistrationv1.ValidatingAdmissionPolicyBindingSpec{
			PolicyName:        o.Name,
			ValidationActions: slices.Clone(o.Actions),
		},
	}
	return policy, binding, nil
}

// validations are the checks of the options, followed by the rules.
func (o Options) validations() []admissionregistrationv1.Validation {
	forbidden, invalid := metav1.StatusReasonForbidden, metav1.StatusReasonInvalid
	var all []admissionregistrationv1.Validation
	add := func(reason *metav1.StatusReason, expression, message string) {
		all = append(all, admissionregistrationv1.Validation{Expression: expression, Message: message, Reason: reason})
	}
	if len(o.Namespaces) > 0 {
		add(&forbidden, inNamespace(o.Namespaces), "HostProcess pods are not allowed in this namespace")
	}
	if len(o.ServiceAccounts) > 0 {
		add(&forbidden, hasServiceAccount(o.ServiceAccounts), "HostProcess pods are not allowed with this service account")
	}
	if len(o.Images) > 0 {
		add(&forbidden, hasImage(o.Images), "HostProcess containers are not allowed with this image")
	}
	add(&forbidden, runsAs(o.Accounts), "HostProcess containers may only run as "+names(o.Accounts)+": set runAsUserName to one of them")
	for _, r := range validate.Rules() {
		if expression, ok := expressions[r.ID]; ok {
			add(&invalid, expression, fmt.Sprintf("%s: %s [%s]", r.Title, r.Fix, r.ID))
		}
	}
	return all
}

// names lists the accounts for messages.
func names(allowed []accounts.Account) string {
	var all []string
	for _, account := range allowed {
		all = append(all, account.RunAsUserName())
	}
	return strings.Join(all, ", ")
}

// check returns an error that lists the invalid options.
func (o Options) check() error {
	var problems []error
	report := func(field string, format string, args ...any) {
		problems = append(problems, fmt.Errorf("policy: "+field+": "+format, args...))
	}
	for _, problem := range validation.IsDNS1123Subdomain(o.Name) {
		report("Name", "%s: %s", quote.Text(o.Name), problem)
	}
	if len(o.Accounts) == 0 {
		report("Accounts", "is empty, so no HostProcess pod could run: add at least one account, such as accounts.LocalService")
	}
	for i, account := range o.Accounts {
		if account == nil {
			report("Accounts", "[%d] is not an account: use one such as accounts.LocalService", i)
		} else if err := account.Validate(); err != nil {
			report("Accounts", "[%d]: %w", i, err)
		}
	}
	for _, list := range []struct {
		field string
		names []string
	}{{"Namespaces", o.Namespaces}, {"ServiceAccounts", o.ServiceAccounts}, {"Images", o.Images}} {
		if list.names != nil && len(list.names) == 0 {
			report(list.field, "is empty: use nil to allow all")
		}
	}
	for i, namespace := range o.Namespaces {
		for _, problem := range validation.IsDNS1123Label(namespace) {
			report("Namespaces", "[%d] %s: %s", i, quote.Text(namespace), problem)
		}
	}
	for i, name := range o.ServiceAccounts {
		namespace, name, ok := strings.Cut(name, "/")
		if !ok || len(validation.IsDNS1123Label(namespace)) > 0 || len(validation.IsDNS1123Subdomain(name)) > 0 {
			report("ServiceAccounts", "[%d] %s: write the namespace and the name of a service account, such as agents/default", i, quote.Text(o.ServiceAccounts[i]))
		}
	}
	for i, image := range o.Images {
		if !isImage(image) {
			report("Images", "[%d] %s: write a repository without a tag, such as registry.example.com/agents/logs, or a prefix with a slash at its end, such as registry.example.com/agents/", i, quote.Text(image))
		}
	}
	for i, action := range o.Actions {
		if action != admissionregistrationv1.Deny && action != admissionregistrationv1.Warn && action != admissionregistrationv1.Audit {
			report("Actions", "[%d] %s: write Deny, Warn or Audit", i, quote.Text(string(action)))
		}
	}
	if slices.Contains(o.Actions, admissionregistrationv1.Deny) && slices.Contains(o.Actions, admissionregistrationv1.Warn) {
		report("Actions", "contains Deny and Warn: the API server rejects both in one binding")
	}
	return errors.Join(problems...)
}

// isImage reports whether a text can be a repository, or a prefix of one.
func isImage(text string) bool {
	isOther := func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("._-/:[]", r))
	}
	if text == "" || text[0] == '/' || strings.ContainsFunc(text, isOther) {
		return false
	}
	// A colon precedes a port; after the last slash it would precede a tag.
	return !strings.Contains(text[strings.LastIndexByte(text, '/')+1:], ":")
}
