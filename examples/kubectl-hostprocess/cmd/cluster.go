// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/input"
	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/lint"
	"github.com/hostprocess-go/sdk/examples/kubectl-hostprocess/output"
)

// cluster are kubectl's flags that select a cluster.
type cluster struct {
	kubeconfig, context, namespace, as string
}

func (c *cluster) add(command *cobra.Command) {
	c.addWithout(command)
	command.Flags().StringVarP(&c.namespace, "namespace", "n", "", "read only this `namespace` of the cluster")
}

// addWithout adds all flags except that for the namespace.
func (c *cluster) addWithout(command *cobra.Command) {
	flags := command.Flags()
	flags.StringVar(&c.kubeconfig, "kubeconfig", "", "kubeconfig `file` of the cluster")
	flags.StringVar(&c.context, "context", "", "kubeconfig `context` to use")
	flags.StringVar(&c.as, "as", "", "`user` to impersonate")
	_ = command.MarkFlagFilename("kubeconfig") // which was just added
}

// live reads a cluster.
type live struct {
	client    *rest.RESTClient
	namespace string // empty for all
	usual     string // never empty: namespace, or that of the context

	owners map[ownerKey]bool // custom resources that contain a pod
}

// pageSize is the maximum number of objects in one response of the API server.
const pageSize = 500

// config returns the configuration of the cluster that the flags select, and their
// namespace or else that of the context.
func (c *cluster) config() (config *rest.Config, namespace string, err error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = c.kubeconfig
	overrides := &clientcmd.ConfigOverrides{CurrentContext: c.context}
	overrides.AuthInfo.Impersonate = c.as
	loader := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, overrides)
	overrides.Context.Namespace = c.namespace
	if config, err = loader.ClientConfig(); err != nil {
		return nil, "", fmt.Errorf("no cluster: %w", err)
	}
	config.UserAgent = "kubectl-hostprocess"
	config.QPS = -1 // sequential requests need no limit; the default is five a second
	namespace, _, err = loader.Namespace()
	return config, namespace, err
}

// connect returns the cluster that the flags select.
func (c *cluster) connect() (*live, error) {
	config, namespace, err := c.config()
	if err != nil {
		return nil, err
	}
	scheme := runtime.NewScheme() // for errors: package input decodes the objects
	metav1.AddToGroupVersion(scheme, schema.GroupVersion{Version: "v1"})
	config.NegotiatedSerializer = serializer.NewCodecFactory(scheme)
	client, err := rest.UnversionedRESTClientFor(config)
	if err != nil {
		return nil, err
	}
	return &live{client: client, namespace: c.namespace, usual: namespace}, nil
}

// open requests a path as JSON.
func (l *live) open(ctx context.Context, path string, params ...string) (io.ReadCloser, error) {
	request := l.client.Get().AbsPath(path).SetHeader("Accept", "application/json")
	for i := 0; i < len(params); i += 2 {
		request = request.Param(params[i], params[i+1])
	}
	body, err := request.Stream(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return body, nil
}

// get returns the response for a path.
func (l *live) get(ctx context.Context, path string, params ...string) ([]byte, error) {
	body, err := l.open(ctx, path, params...)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	data, err := io.ReadAll(body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return data, nil
}

// list reads all objects of a resource in pages, or one object if the path names it.
func (l *live) list(ctx context.Context, r *input.Reader, path string) error {
	for next := ""; ; {
		body, err := l.open(ctx, path, "limit", fmt.Sprint(pageSize), "continue", next)
		if err != nil {
			return err
		}
		err = r.Stream("cluster", body)
		body.Close()
		if next = r.Continue; err != nil || next == "" {
			return err
		}
	}
}

// builtin are the built-in resources that contain pods, owners first.
var builtin = []string{
	"/apis/apps/v1/daemonsets", "/apis/apps/v1/deployments", "/apis/apps/v1/statefulsets", "/apis/apps/v1/replicasets",
	"/apis/batch/v1/cronjobs", "/apis/batch/v1/jobs", "/api/v1/replicationcontrollers", "/api/v1/podtemplates", "/api/v1/pods",
}

// builtinOwners are the groups and kinds of builtin that own others.
var builtinOwners = []string{
	"apps DaemonSet", "apps Deployment", "apps StatefulSet", "apps ReplicaSet", "batch CronJob", "batch Job", " ReplicationController",
}

// pods reads all objects that contain pods, and returns the errors. It visits all pods, but
// no other object whose owner is read as well.
func (l *live) pods(ctx context.Context, r *input.Reader) []error {
	visit := r.Visit
	r.Visit = func(o input.Object) {
		if _, isPod := o.Object.(*corev1.Pod); isPod || !l.covered(o) {
			visit(o)
		}
	}
	return l.all(ctx, r)
}

// all is pods including objects with an owner.
func (l *live) all(ctx context.Context, r *input.Reader) []error {
	problems := l.custom(ctx, r)
	for _, path := range builtin {
		if l.namespace != "" {
			at := strings.LastIndex(path, "/")
			path = path[:at] + "/namespaces/" + l.namespace + path[at:]
		}
		if err := l.list(ctx, r, path); err != nil {
			problems = append(problems, err)
		}
	}
	return problems
}

// workloads is all without objects whose owner is read as well.
func (l *live) workloads(ctx context.Context, r *input.Reader) []error {
	visit := r.Visit
	r.Visit = func(o input.Object) {
		if !l.covered(o) {
			visit(o)
		}
	}
	return l.all(ctx, r)
}

// covered reports whether the controller of an object is read as well: it is one of
// builtinOwners, or a custom resource that contains a pod.
func (l *live) covered(o input.Object) bool {
	owner := controllerOf(o)
	if owner == nil {
		return false
	}
	version, err := schema.ParseGroupVersion(owner.APIVersion)
	if err == nil && slices.Contains(builtinOwners, version.Group+" "+owner.Kind) {
		return true
	}
	return l.owners[ownerKey{version.Group, owner.Kind, o.Namespace, owner.Name}]
}

// listNodes reads the nodes, and returns the errors.
func (l *live) listNodes(ctx context.Context, r *input.Reader) []error {
	if err := l.list(ctx, r, "/api/v1/nodes"); err != nil {
		return []error{err}
	}
	return nil
}

// listNamespaces reads the selected namespaces, and returns the errors.
func (l *live) listNamespaces(ctx context.Context, r *input.Reader) []error {
	path := "/api/v1/namespaces"
	if l.namespace != "" {
		path += "/" + l.namespace
	}
	if err := l.list(ctx, r, path); err != nil {
		return []error{err}
	}
	return nil
}

// nodes returns the nodes.
func (l *live) nodes(ctx context.Context) (*lint.Cluster, error) {
	return nodesOf(&input.Reader{}, func(r *input.Reader) error { return errors.Join(l.listNodes(ctx, r)...) })
}

// ownerOf returns the controller of an object, "DaemonSet agents/agent"; empty if it has none.
func ownerOf(o input.Object) string {
	owner := controllerOf(o)
	if owner == nil {
		return ""
	}
	return output.Subject(owner.Kind, o.Namespace, owner.Name)
}

// controllerOf returns the owner that controls an object; nil if there is none.
func controllerOf(o input.Object) *metav1.OwnerReference {
	about, ok := o.Object.(metav1.Object)
	if !ok {
		return nil
	}
	return metav1.GetControllerOf(about)
}

// repeated collects findings that pods of the same owner share, to report them once.
type repeated struct {
	first []ownedFinding
	pods  map[ownedFinding]int // with such a finding
}

// ownedFinding is a finding about a pod of an owner.
type ownedFinding struct {
	lint.Finding
	owner string
}

// alike returns the fields that such findings share.
func (o ownedFinding) alike() ownedFinding {
	o.Name, o.Edit = "", nil
	return o
}

// add adds a finding about a pod.
func (r *repeated) add(owner string, f lint.Finding) {
	found := ownedFinding{f, owner}
	if r.pods == nil {
		r.pods = map[ownedFinding]int{}
	}
	if r.pods[found.alike()]++; r.pods[found.alike()] == 1 {
		r.first = append(r.first, found)
	}
}

// report reports the findings.
func (r *repeated) report(report func(lint.Finding)) {
	for _, f := range r.first {
		if more := r.pods[f.alike()] - 1; more > 0 {
			f.Message += fmt.Sprintf(" (and in %s of %s)", output.Count(more, "more pod"), f.owner)
		}
		report(f.Finding)
	}
}
