// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package hostprocess builds Windows HostProcess pods.
//
// A [Pod] and its parts are immutable values: each method returns a changed
// copy and leaves its receiver alone, so a pod can be kept in a variable, shared
// between goroutines, and used as the base of others.
//
//	pod := hostprocess.NewPod(accounts.LocalService,
//		hostprocess.NewContainer("agent", "registry.example.com/agent:1.4").
//			WithCommand(hostprocess.ImageProgram("agent.exe")).
//			WithMount(hostprocess.ConfigMap("agent-config"), "/etc/agent"))
//	spec, err := pod.Build()
//
// # What is set without being asked for
//
// Build sets what a HostProcess pod can't do without: hostNetwork true,
// securityContext.windowsOptions with hostProcess true and the account as
// runAsUserName, spec.os.name windows, and the node selector
// kubernetes.io/os: windows. With spec.os set, the API server itself refuses the
// fields that mean something on Linux only; the builder has no method for them.
//
// It also decides what has no good answer otherwise. Both can be undone:
//
//   - The token of a service account is mounted only if [Pod.WithServiceAccount] was
//     called.
//   - The working directory is the root of the image,
//     %CONTAINER_SANDBOX_MOUNT_POINT%. The runtime's own default is another
//     directory in almost every version of containerd, and on some of them one
//     that doesn't exist.
//
// The pod is on the node's network, so what connects to its ports from elsewhere may need
// a rule of the node's firewall: see package firewall.
//
// Nothing else has a default: no tolerations, because clusters don't agree on
// the taint of their Windows nodes, and no resources.
//
// # Commands
//
// On a node with the bind filter the runtime passes every command line through
// cmd, which cuts it at a line break and acts on & | < > ( ) ^ and %. A [Command]
// is written so that it arrives on the nodes that the pod is meant for, or is a
// mistake: a program with its arguments, or a script. The same commands serve
// containers, probes and lifecycle hooks.
//
// A script is part of the pod. [PowerShell] puts it into the manifest, where a
// reviewer can read it. [PowerShellFile] and [CmdFile] put it into a ConfigMap, to be
// applied before the workload ([Pod.ConfigMaps]); when such a script changes, so does
// an annotation of the pod ([ScriptsAnnotation]), and the workload replaces its pods.
// A script of PowerShell ends at the first error, and its exit code is that of the
// last program that it ran: what that doesn't catch is in the comment of [PowerShell].
//
// # Accounts
//
// NewPod takes the account, so that it shows in the code who the pod runs as.
// [Pod.WithGroup] makes a local group on the node and runs the pod as that, with
// access to the paths that it is given and no more. Package validate/privileges reports what each
// container of any HostProcess pod may do, and how to come down from there.
//
// # Workloads that exist already
//
// [Update] changes the pod of a workload, such as its image, and leaves the rest of it
// untouched. Package convert makes a HostProcess pod of another pod, and says what it has
// changed and what a person must decide. [From] starts a builder with a spec.
//
// # Mistakes
//
// No method fails. Whatever was wrong is kept, and Build reports all of it at
// once as a [*BuildError], which names the method and the argument. Build also
// judges the finished spec with package validate, for the nodes named with
// [Pod.For]; what that finds is reported in the same list, as is what a function of your
// own adds with [Container.WithMistakes]. What is passed on as it is, a Toleration, the
// fields of a [NewVolume] that aren't names or paths, the schedule of a CronJob, is left
// to the API server.
//
// # Fields without a method
//
// What Build and the other terminal methods return are plain objects that belong to
// the caller. What is plain Kubernetes, and no different for a HostProcess pod, has no
// method here: [Pod.Edit] sets it in the spec of the pod, such as affinity,
// imagePullSecrets or runtimeClassName, and [Container.Edit] in a container, such as a
// UDP port or a variable in whose value the kubelet replaces $(NAME). The build judges
// both. Where a method takes functions of a type of Kubernetes, as
// [Container.WithLivenessProbe] and [Container.WithMount] do, they set what the method
// leaves open. Fields of the workload, such
// as minReadySeconds, backoffLimit or the update strategy, are set on what was built;
// nobody looks at that unless it is passed to Object of a validate.Validator.
//
// # Applying
//
// What the terminal methods return has apiVersion and kind, and is the same each
// time. [Unstructured] leaves out what nobody has set, as server-side apply needs it,
// and as a manifest reads best:
//
//	fields, err := hostprocess.Unstructured(set)
//	if err != nil {
//		return err
//	}
//	return r.Apply(ctx, client.ApplyConfigurationFromUnstructured(fields), client.FieldOwner("agent-operator"), client.ForceOwnership)
//
// That is controller-runtime's client, in examples/operator of this
// repository; client-go takes the same fields as a patch of type ApplyPatchType.
// Generated apply configurations aren't needed for it.
package hostprocess
