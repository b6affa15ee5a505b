// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Operator is a controller-runtime manager with a webhook and a controller. The webhook
// checks HostProcess pods, and workloads that contain one, before they are stored. The
// controller keeps an agent on every Windows node:
//
//	go -C examples/operator run . [-agent-image IMAGE] [-containerd VERSION]… [-kubeconfig FILE]
//
// The folder manifests installs it, with a certificate from cert-manager. A release has the
// same manifests, with its image, as operator.yaml:
//
//	kubectl apply -f examples/operator/manifests
//
// Without cert-manager, omit certificate.yaml, create a Secret webhook-tls of type
// kubernetes.io/tls for the name webhook.hostprocess-operator.svc, and set the caBundle of
// each webhook to its CA.
//
// The webhook answers every client; its answers contain nothing secret. To allow only the
// API server, give it a client certificate and set tls.Config.ClientCAs.
//
// A test sends the requests that need the most memory. The second command runs it as root,
// with many concurrent requests, in a control group with the manifest's memory limit:
//
//	go -C examples/operator test -run TestLoad -v .
//	go -C examples/operator test -run TestLoad -v . -load 64 -cgroup /sys/fs/cgroup/operator
package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"golang.org/x/net/netutil"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/certwatcher"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/config"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/metrics"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/webhook"

	"github.com/hostprocess-go/sdk/validate"
)

func main() {
	ctrl.SetLogger(zap.New())
	if err := run(ctrl.SetupSignalHandler(), parse(os.Args[1:])); err != nil {
		ctrl.Log.Error(err, "operator failed")
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	address, metricsAddress, healthAddress string
	certFile, keyFile, agentImage          string
	validator                              validate.Validator
}

// parse parses the flags, and exits if one is invalid.
func parse(args []string) (o options) {
	flags := flag.NewFlagSet("operator", flag.ExitOnError)
	config.RegisterFlags(flags)
	flags.StringVar(&o.address, "address", ":8443", "`address` of the webhook (HTTPS, /validate)")
	flags.StringVar(&o.metricsAddress, "metrics-address", ":8080", "`address` of /metrics (HTTP)")
	flags.StringVar(&o.healthAddress, "health-address", ":8081", "`address` of /healthz and /readyz (HTTP)")
	flags.StringVar(&o.certFile, "tls-cert", "/etc/webhook/tls/tls.crt", "`file` with the certificate")
	flags.StringVar(&o.keyFile, "tls-key", "/etc/webhook/tls/tls.key", "`file` with the certificate's key")
	flags.StringVar(&o.agentImage, "agent-image", "", "`image` of the agent; without it, only the webhook runs")
	minor := flags.Uint("kubernetes-minor", 0, "`minor` version of the API server, 30 for v1.30 (default: the newest known)")
	flags.Func("containerd", "containerd `version` of the nodes, such as 1.6, 1.7.2 or 1.7@symlinkHPC; can be repeated (default: 2.x with the bind filter)", func(text string) error {
		target, err := validate.ParseTarget(text)
		o.validator.Targets = append(o.validator.Targets, target)
		return err
	})
	flags.Func("ignore", "disable this `rule`, such as namespace-pod-security-enforce; can be repeated", func(text string) error {
		o.validator.Ignore = append(o.validator.Ignore, validate.RuleID(text))
		if !slices.ContainsFunc(validate.Rules(), func(r validate.Rule) bool { return string(r.ID) == text }) {
			return errors.New("no such rule")
		}
		return nil
	})
	_ = flags.Parse(args) // exits on an error
	if flags.NArg() > 0 {
		fmt.Fprintf(flags.Output(), "unexpected argument %q: use flags only\n", flags.Arg(0))
		os.Exit(2)
	}
	o.validator.KubernetesMinor = int(*minor)
	return o
}

// run runs the operator until ctx ends.
func run(ctx context.Context, o options) error {
	restConfig, err := ctrl.GetConfig()
	if err != nil {
		return err
	}
	mgr, err := ctrl.NewManager(restConfig, ctrl.Options{
		Metrics:                       server.Options{BindAddress: o.metricsAddress},
		HealthProbeBindAddress:        o.healthAddress,
		LeaderElection:                o.agentImage != "", // the webhook needs no leader
		LeaderElectionID:              "hostprocess-operator",
		LeaderElectionNamespace:       "hostprocess-operator", // as in the manifests
		LeaderElectionReleaseOnCancel: true,
		Cache: cache.Options{DefaultTransform: slim, ByObject: map[client.Object]cache.ByObject{
			&corev1.Node{}:      {Label: windows},
			&appsv1.DaemonSet{}: {Namespaces: map[string]cache.Config{agentNamespace: {}}},
		}},
	})
	if err != nil {
		return err
	}
	if o.agentImage != "" {
		if err := (reconciler{mgr.GetClient(), o.agentImage}).register(mgr); err != nil {
			return err
		}
	}
	if err := serve(mgr, o); err != nil {
		return err
	}
	return mgr.Start(ctx)
}

// slim removes unused fields of nodes and namespaces, so that those of a large cluster fit
// into the memory limit.
func slim(object any) (any, error) {
	meta := func(o client.Object) metav1.ObjectMeta {
		return metav1.ObjectMeta{Name: o.GetName(), ResourceVersion: o.GetResourceVersion(), Labels: o.GetLabels()}
	}
	switch o := object.(type) {
	case *corev1.Namespace:
		return &corev1.Namespace{ObjectMeta: meta(o)}, nil
	case *corev1.Node:
		return &corev1.Node{ObjectMeta: meta(o), Status: corev1.NodeStatus{NodeInfo: o.Status.NodeInfo}}, nil
	}
	return object, nil
}

// certificateEnd is the time when the webhook's certificate expires.
var certificateEnd = promauto.With(metrics.Registry).NewGauge(prometheus.GaugeOpts{
	Name: "hostprocess_webhook_certificate_not_after_seconds",
	Help: "Time when the certificate expires, in seconds since 1970.",
})

// maxConnections is the number of clients served at once; others wait.
const maxConnections = 256

// serve adds the webhook and the probes to a manager. It uses its own listener, because that
// of webhook.Server limits neither connections nor headers.
func serve(mgr ctrl.Manager, o options) error {
	watcher, err := certwatcher.New(o.certFile, o.keyFile)
	if err != nil {
		return err
	}
	watcher.RegisterCallback(func(c tls.Certificate) { certificateEnd.Set(float64(c.Leaf.NotAfter.Unix())) })
	hooks := webhook.NewServer(webhook.Options{Port: -1})
	hooks.Register("/validate", newBounded(&webhook.Admission{Handler: judge{o.validator, mgr.GetClient(), mgr.GetAPIReader()}}))
	listener, err := net.Listen("tcp", o.address)
	if err != nil {
		return err
	}
	// With HTTP/1.1 a connection has one request at a time.
	secure := &tls.Config{GetCertificate: watcher.GetCertificate, NextProtos: []string{"http/1.1"}}
	return errors.Join(
		mgr.Add(watcher),
		mgr.Add(&manager.Server{
			Name:     "webhook",
			Listener: tls.NewListener(netutil.LimitListener(listener, maxConnections), secure),
			Server: &http.Server{
				Handler:           hooks.WebhookMux(),
				ReadHeaderTimeout: answerTime / 2, // also limits the handshake
				WriteTimeout:      answerTime + 2*readTime,
				IdleTimeout:       90 * time.Second,
				MaxHeaderBytes:    16 << 10,
			},
		}),
		mgr.AddHealthzCheck("ping", healthz.Ping),
		mgr.AddReadyzCheck("namespaces", func(r *http.Request) error {
			return mgr.GetClient().List(r.Context(), &corev1.NamespaceList{}, client.Limit(1))
		}),
	)
}
