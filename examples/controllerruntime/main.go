// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Controllerruntime is a manager of controller-runtime. Its webhooks judge
// HostProcess pods, and workloads that hold one; its controller keeps an agent on
// every Windows node:
//
//	cd examples/controllerruntime && go run .
//
// The adapter for webhooks is in validator.go, and the controller in
// reconciler.go. A project of its own takes the file that it needs, and registers
// what is in it with the manager that it has; admission.Validator is generic since
// controller-runtime v0.23.
package main

import (
	"context"
	"errors"
	"os"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"

	"github.com/hostprocess-go/sdk/validate"
)

func main() {
	ctrl.SetLogger(zap.New())
	if err := run(ctrl.SetupSignalHandler()); err != nil {
		ctrl.Log.Error(err, "the manager ended")
		os.Exit(1)
	}
}

// run serves webhooks until ctx ends.
func run(ctx context.Context) error {
	config, err := ctrl.GetConfig()
	if err != nil {
		return err
	}
	mgr, err := ctrl.NewManager(config, ctrl.Options{})
	if err != nil {
		return err
	}
	if err := registerAll(mgr, validate.Validator{}); err != nil {
		return err
	}
	if err := (reconciler{mgr.GetClient(), "registry.example.com/agent:1.4"}).register(mgr); err != nil {
		return err
	}
	return mgr.Start(ctx)
}

// registerAll adds a webhook for every kind that holds a pod, such as
// /validate-apps-v1-daemonset.
func registerAll(mgr ctrl.Manager, v validate.Validator) error {
	return errors.Join(
		register(mgr, &corev1.Pod{}, v),
		register(mgr, &appsv1.DaemonSet{}, v),
		register(mgr, &appsv1.Deployment{}, v),
		register(mgr, &appsv1.StatefulSet{}, v),
		register(mgr, &batchv1.Job{}, v),
		register(mgr, &batchv1.CronJob{}, v),
	)
}

func register[T runtime.Object](mgr ctrl.Manager, object T, v validate.Validator) error {
	return ctrl.NewWebhookManagedBy(mgr, object).WithValidator(validator[T]{v}).Complete()
}
