// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"maps"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/validate/survey"
)

// reconciler runs an agent on every Windows node: as a local group if the node supports it,
// and otherwise as LocalService. It creates one DaemonSet for each group of nodes.
type reconciler struct {
	client.Client
	image string
}

// agentNamespace is the namespace of the DaemonSets, and agents are their labels.
const agentNamespace = "agents"

var agents = client.MatchingLabels{"app.kubernetes.io/managed-by": "agent-operator"}

// windows selects the Windows nodes.
var windows = labels.SelectorFromSet(labels.Set{corev1.LabelOSStable: string(corev1.Windows)})

// nodeChanged ignores the regular health updates of nodes.
var nodeChanged = predicate.Funcs{UpdateFunc: func(e event.UpdateEvent) bool {
	before, after := e.ObjectOld.(*corev1.Node), e.ObjectNew.(*corev1.Node)
	return !maps.Equal(before.Labels, after.Labels) || !equality.Semantic.DeepEqual(before.Status.NodeInfo, after.Status.NodeInfo)
}}

// register runs the reconciler when a node or one of its DaemonSets is created, deleted or
// changed. Each run reads all nodes.
func (r reconciler) register(mgr ctrl.Manager) error {
	all := handler.EnqueueRequestsFromMapFunc(func(context.Context, client.Object) []reconcile.Request {
		return []reconcile.Request{{NamespacedName: types.NamespacedName{Name: "nodes"}}}
	})
	return ctrl.NewControllerManagedBy(mgr).
		Named("agent").
		Watches(&corev1.Node{}, all, builder.WithPredicates(nodeChanged)).
		Watches(&appsv1.DaemonSet{}, all, builder.WithPredicates(predicate.GenerationChangedPredicate{})).
		Complete(r)
}

// Reconcile applies the DaemonSets that the nodes need, and deletes the others.
func (r reconciler) Reconcile(ctx context.Context, _ ctrl.Request) (ctrl.Result, error) {
	var nodes corev1.NodeList
	if err := r.List(ctx, &nodes); err != nil {
		return ctrl.Result{}, err
	}
	var s survey.Survey
	for i := range nodes.Items {
		s.Add(&nodes.Items[i])
	}
	var names []string
	for _, part := range s.Split(survey.CapabilityLocalGroups) {
		if !part.Can.Has(survey.CapabilityHostProcess) || part.Selector == nil {
			ctrl.LoggerFrom(ctx).Info("no agent for these nodes", "nodes", part.Nodes, "such as", part.Groups[0].Names)
			continue
		}
		set, err := r.daemonSet(part)
		if err != nil {
			return ctrl.Result{}, err
		}
		if err := r.apply(ctx, set); err != nil {
			return ctrl.Result{}, err
		}
		names = append(names, set.Name)
	}
	return ctrl.Result{}, r.deleteOthers(ctx, names)
}

// daemonSet returns the agent for nodes with the same capabilities.
func (r reconciler) daemonSet(part survey.Part) (*appsv1.DaemonSet, error) {
	pod := hostprocess.NewPod(accounts.LocalService,
		hostprocess.NewContainer("agent", r.image).
			WithCommand(hostprocess.ImageProgram("agent.exe")).
			WithMount(hostprocess.HostPath(`C:\app\logs`), "/logs", hostprocess.ReadOnly())).
		For(part.Targets...).
		Edit(func(spec *corev1.PodSpec) {
			spec.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{
				RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{
					NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchExpressions: part.Selector}},
				},
			}}
		})
	name := "agent"
	if part.Can.Has(survey.CapabilityLocalGroups) {
		name = "agent-group"
		pod = pod.WithGroup(hostprocess.NewGroup("agents").WithAccess(`C:\app\logs`, hostprocess.AccessRead))
	}
	return pod.DaemonSet(metav1.ObjectMeta{Name: name, Namespace: agentNamespace, Labels: agents})
}

// apply applies only the fields that are set.
func (r reconciler) apply(ctx context.Context, set *appsv1.DaemonSet) error {
	fields, err := hostprocess.Unstructured(set)
	if err != nil {
		return err
	}
	return r.Apply(ctx, client.ApplyConfigurationFromUnstructured(fields), client.FieldOwner("agent-operator"), client.ForceOwnership)
}

// deleteOthers deletes the DaemonSets of earlier runs that no node needs.
func (r reconciler) deleteOthers(ctx context.Context, names []string) error {
	var sets appsv1.DaemonSetList
	if err := r.List(ctx, &sets, client.InNamespace(agentNamespace), agents); err != nil {
		return err
	}
	for i := range sets.Items {
		if !slices.Contains(names, sets.Items[i].Name) {
			if err := r.Delete(ctx, &sets.Items[i]); client.IgnoreNotFound(err) != nil {
				return err
			}
		}
	}
	return nil
}
