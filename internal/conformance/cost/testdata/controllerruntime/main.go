// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Controllerruntime is a manager of controller-runtime with one controller, which
// lists DaemonSets.
package main

import (
	"context"
	"os"

	appsv1 "k8s.io/api/apps/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

func main() {
	manager, err := ctrl.NewManager(ctrl.GetConfigOrDie(), ctrl.Options{})
	if err != nil {
		os.Exit(1)
	}
	list := reconcile.Func(func(ctx context.Context, _ ctrl.Request) (ctrl.Result, error) {
		return ctrl.Result{}, manager.GetClient().List(ctx, &appsv1.DaemonSetList{}, client.InNamespace("agents"))
	})
	if err := ctrl.NewControllerManagedBy(manager).For(&appsv1.DaemonSet{}).Complete(list); err != nil {
		os.Exit(1)
	}
	if err := manager.Start(ctrl.SetupSignalHandler()); err != nil {
		os.Exit(1)
	}
}
