// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package vap

import (
	"context"
	"errors"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/apiserver/pkg/admission/plugin/webhook/matchconditions"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/cel/environment"
)

// Evaluator is a policy as the API server compiles it.
type Evaluator struct{ validator validating.Validator }

// New compiles a policy. It may have variables, match conditions and validations
// without a messageExpression.
func New(policy *admissionregistrationv1.ValidatingAdmissionPolicy) (Evaluator, error) {
	compiler, err := cel.NewCompositedCompiler(environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion()))
	if err != nil {
		return Evaluator{}, err
	}
	options := cel.OptionalVariableDeclarations{HasAuthorizer: true}
	var variables []cel.NamedExpressionAccessor
	for _, v := range policy.Spec.Variables {
		variables = append(variables, &validating.Variable{Name: v.Name, Expression: v.Expression})
	}
	compiler.CompileAndStoreVariables(variables, options, environment.NewExpressions)
	var conditions, validations []cel.ExpressionAccessor
	for i := range policy.Spec.MatchConditions {
		conditions = append(conditions, (*matchconditions.MatchCondition)(&policy.Spec.MatchConditions[i]))
	}
	for _, v := range policy.Spec.Validations {
		validations = append(validations, &validating.ValidationCondition{Expression: v.Expression, Message: v.Message, Reason: v.Reason})
	}
	var failed []error
	compile := func(expressions []cel.ExpressionAccessor) cel.ConditionEvaluator {
		evaluator := compiler.CompileCondition(expressions, options, environment.NewExpressions)
		failed = append(failed, evaluator.CompilationErrors()...)
		return evaluator
	}
	matcher := matchconditions.NewMatcher(compile(conditions), policy.Spec.FailurePolicy, "policy", "validate", policy.Name)
	messages := make([]cel.ExpressionAccessor, len(validations))
	e := Evaluator{validating.NewValidator(compile(validations), matcher, compile(nil), compile(messages), policy.Spec.FailurePolicy, nil)}
	return e, errors.Join(failed...)
}

// Denies returns the message of each validation that denies a pod, when it is
// created in a namespace or, where there is an old one, updated.
func (e Evaluator) Denies(ctx context.Context, namespace string, pod, old *corev1.Pod) ([]string, error) {
	kind := corev1.SchemeGroupVersion.WithKind("Pod")
	resources := corev1.SchemeGroupVersion.WithResource("pods")
	operation := admission.Create
	if old != nil {
		operation = admission.Update
	}
	attributes := &admission.VersionedAttributes{
		Attributes:    admission.NewAttributesRecord(pod, old, kind, namespace, pod.Name, resources, "", operation, nil, false, &user.DefaultInfo{}),
		VersionedKind: kind,
	}
	attributes.VersionedObject.Set(pod)
	if old != nil {
		attributes.VersionedOldObject.Set(old)
	}
	result := e.validator.Validate(ctx, resources, attributes, nil, &corev1.Namespace{}, celconfig.RuntimeCELCostBudget, nil)
	var messages []string
	for _, d := range result.Decisions {
		if d.Evaluation == validating.EvalError {
			return nil, errors.New(d.Message)
		}
		if d.Action == validating.ActionDeny {
			messages = append(messages, d.Message)
		}
	}
	return messages, nil
}
