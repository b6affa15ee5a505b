// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package hostprocess builds Windows HostProcess pods that run with least privilege and
// that package validate has no errors for:
//
//	pod := hostprocess.NewPod(accounts.LocalService,
//		hostprocess.NewContainer("agent", "registry.example.com/agent:1.4").
//			WithCommand(hostprocess.ImageProgram("agent.exe")).
//			WithMount(hostprocess.ConfigMap("agent-config"), "/etc/agent"))
//	spec, err := pod.Build()
//
// A [Pod] and its parts are immutable values: each method returns a changed copy, so a
// pod can be kept in a variable, shared between goroutines, and used as the base of
// others.
//
// If a method is called several times, it replaces what it has set before, or adds to it
// if it adds to a list or a map: containers, ports, mounts, variables, labels, tolerations
// and so on. An entry replaces one with the same name or key.
//
// # Defaults
//
// Build sets what every HostProcess pod needs: hostNetwork true,
// securityContext.windowsOptions with hostProcess true and the account as runAsUserName,
// spec.os.name windows, and the node selector kubernetes.io/os: windows. With spec.os set,
// the API server itself rejects Linux-only fields; the builder has no methods for them.
//
// Two more defaults can be changed:
//
//   - The token of a service account is mounted only if [Pod.WithServiceAccount] was
//     called.
//   - The working directory is the root directory of the image,
//     %CONTAINER_SANDBOX_MOUNT_POINT%. The runtime's own default depends on the version of
//     containerd, and doesn't even exist in some of them.
//
// Nothing else has a default: no tolerations, because clusters use different taints for
// their Windows nodes, and no resources.
//
// The pod uses the node's network, so connections to its ports from elsewhere may need a
// rule in the node's firewall: see package firewall.
//
// # Commands
//
// On a node with the bind filter (see package volumes), the runtime runs every command line
// in cmd, which cuts it at a line break and interprets & | < > ( ) ^ and %. A [Command] is
// a program with its arguments, or a script. It is written so that it arrives unchanged on
// the nodes that the pod is for; if that isn't possible, it is a mistake. Containers,
// probes and lifecycle hooks use the same commands.
//
// A script is part of the pod. [PowerShell] puts it into the manifest, where reviewers can
// read it. [PowerShellFile] and [CmdFile] put it into a ConfigMap, which is applied before
// the workload ([Pod.ConfigMaps]). When such a script changes, an annotation of the pod
// ([ScriptsAnnotation]) changes too, and the workload replaces its pods. A PowerShell
// script ends at the first error, and its exit code is that of the last program that it
// ran; [PowerShell] documents the limits.
//
// # Accounts
//
// NewPod takes the account, so that the code shows who the pod runs as. [Pod.WithGroup]
// creates a local group on the node, grants it access to the given paths only, and runs the
// pod as that group. Package validate/privileges reports what each container of any
// HostProcess pod may do, and how to run it with fewer rights.
//
// # Existing workloads
//
// [Update] changes the pod of an existing workload, such as its image, and leaves the rest
// untouched. Package convert turns another pod into a HostProcess pod, and reports what it
// has changed and what a person must decide. [From] starts a builder with a spec.
//
// # Mistakes
//
// No method returns an error. The values keep all mistakes, and Build reports them together
// as a [*BuildError], with the method and the argument. Build also checks the finished spec
// with package validate, for the nodes set with [Pod.For], and reports its errors in the
// same list, together with mistakes that your own functions add with
// [Container.WithMistakes]. Values that are passed on unchanged are left to the API server:
// a Toleration, the fields of a [NewVolume] other than names and paths, and the schedule of
// a CronJob.
//
// # Fields without a method
//
// What Build and the other terminal methods return are plain objects that belong to the
// caller. Kubernetes fields that aren't special in a HostProcess pod have no method. Set
// fields of the pod, such as affinity, imagePullSecrets or runtimeClassName, with
// [Pod.Edit], and fields of a container, such as a UDP port or a variable with $(NAME) in
// its value, with [Container.Edit]. Build checks both. Methods that take functions of a
// Kubernetes type, such as [Container.WithLivenessProbe] and [Container.WithMount], let
// these set the remaining fields. Set fields of the workload, such as minReadySeconds,
// backoffLimit or the update strategy, on the result; to check them, pass it to Object of a
// validate.Validator.
//
// # Applying
//
// The results have apiVersion and kind, and are the same each time. [Unstructured] omits
// unset fields, as server-side apply requires, and for a readable manifest:
//
//	fields, err := hostprocess.Unstructured(set)
//	if err != nil {
//		return err
//	}
//	return r.Apply(ctx, client.ApplyConfigurationFromUnstructured(fields), client.FieldOwner("agent-operator"), client.ForceOwnership)
//
// This uses controller-runtime's client, as in examples/operator of this repository;
// client-go takes the same fields as a patch of type ApplyPatchType. You don't need
// generated apply configurations.
package hostprocess
