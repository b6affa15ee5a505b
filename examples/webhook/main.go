// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Webhook is an admission webhook that judges HostProcess pods, and workloads
// that hold one, before they are stored. What is an error is denied, warnings
// are shown to whoever sent the object, everything else passes:
//
//	go run ./examples/webhook -tls-cert tls.crt -tls-key tls.key [-containerd 1.6,1.7,…]
//
// It needs no library but net/http, crypto/tls and the types of k8s.io/api, asks
// nothing of the API server, and keeps no state. Its files are meant to be
// copied:
//
//   - review.go takes an AdmissionReview and answers it;
//   - judge.go decides about its object;
//   - certificate.go reads the certificate anew when its files change;
//   - metrics.go counts.
//
// The folder manifests installs it, with a certificate of cert-manager. Without
// cert-manager, leave certificate.yaml out, create a Secret webhook-tls of type
// kubernetes.io/tls for the name webhook.hostprocess-webhook.svc, and write its
// CA into the caBundle of each webhook in webhook.yaml.
//
// An object that was there before the webhook can still be changed: an update is
// denied only for errors that it brings in, and warned of only where the warning
// is new. Errors that the old object has as well are warnings.
//
// It asks nobody who they are: what it says of an object is public. Who wants
// only the API server to reach it adds a NetworkPolicy, or has the API server show
// a certificate and sets tls.Config.ClientCAs in certificate.go.
//
// It ends on SIGTERM: it reports not to be ready, waits for -drain so that the
// Service stops sending requests, and answers those that are under way.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/hostprocess-go/sdk/validate"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // so that a second signal ends it at once
	os.Exit(run(ctx, os.Args[1:], os.Stderr))
}

// options are the flags.
type options struct {
	address, healthAddress string
	certFile, keyFile      string
	drain                  time.Duration
	validator              validate.Validator
}

// run serves until ctx ends, and returns the exit code.
func run(ctx context.Context, args []string, stderr io.Writer) int {
	o, err := parse(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	}
	log := slog.New(slog.NewJSONHandler(stderr, nil))
	if err := serve(ctx, o, log); err != nil {
		log.Error("webhook ended", "error", err)
		return 1
	}
	return 0
}

// parse reads the flags, and prints what is wrong with them.
func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	wrong := func(format string, args ...any) (options, error) {
		err := fmt.Errorf("webhook: "+format, args...)
		fmt.Fprintln(stderr, err)
		return options{}, err
	}
	flags := flag.NewFlagSet("webhook", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.address, "address", ":8443", "`address` for reviews, by HTTPS at /validate")
	flags.StringVar(&o.healthAddress, "health-address", ":8080", "`address` for /healthz, /readyz and /metrics, by HTTP")
	flags.StringVar(&o.certFile, "tls-cert", "/etc/webhook/tls/tls.crt", "`file` of the certificate")
	flags.StringVar(&o.keyFile, "tls-key", "/etc/webhook/tls/tls.key", "`file` of its key")
	flags.DurationVar(&o.drain, "drain", 5*time.Second, "how long to go on serving after the end was asked for")
	nodes := flags.String("containerd", "", "the nodes' `versions` of containerd, such as 1.6,1.7.2,1.7@symlinkHPC (default 2.x with the bind filter)")
	minor := flags.Int("kubernetes-minor", 0, "the `minor` of the API server, 30 for v1.30 (default the newest that is known)")
	if err := flags.Parse(args); err != nil {
		return options{}, err
	}
	switch {
	case flags.NArg() > 0:
		return wrong("argument %q: there are flags only", flags.Arg(0))
	case o.drain < 0:
		return wrong("-drain %v: write a time such as 5s, or 0", o.drain)
	case *minor < 0:
		return wrong("-kubernetes-minor %d: write 30 for v1.30", *minor)
	}
	o.validator.KubernetesMinor = *minor
	for _, text := range strings.FieldsFunc(*nodes, func(r rune) bool { return r == ',' }) {
		target, err := validate.ParseTarget(text)
		if err != nil {
			return wrong("-containerd: %w", err)
		}
		o.validator.Targets = append(o.validator.Targets, target)
	}
	return o, nil
}

// serve answers until ctx ends, and then what is under way.
func serve(ctx context.Context, o options, log *slog.Logger) error {
	counters := &metrics{}
	cert := &certificate{certFile: o.certFile, keyFile: o.keyFile, log: log, metrics: counters}
	if err := cert.load(); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/validate", &reviewer{judge: newJudge(o.validator), metrics: counters, log: log})
	reviews := newServer(mux, log)
	reviews.TLSConfig = cert.config()
	health := newServer(healthHandler(ctx, counters), log)

	reviewListener, err := net.Listen("tcp", o.address)
	if err != nil {
		return err
	}
	healthListener, err := net.Listen("tcp", o.healthAddress)
	if err != nil {
		return errors.Join(err, reviewListener.Close())
	}
	log.Info("serving", "address", reviewListener.Addr().String(), "health", healthListener.Addr().String())

	ended := make(chan error, 2)
	go func() { ended <- reviews.ServeTLS(reviewListener, "", "") }()
	go func() { ended <- health.Serve(healthListener) }()
	fail := func(err error) error { return errors.Join(err, reviews.Close(), health.Close()) }
	select {
	case err := <-ended:
		return fail(err)
	case <-ctx.Done():
	}
	log.Info("draining", "for", o.drain.String())
	select {
	case err := <-ended:
		return fail(err)
	case <-time.After(o.drain):
	}
	limit, cancel := context.WithTimeout(context.Background(), answerTime)
	defer cancel()
	return errors.Join(reviews.Shutdown(limit), health.Shutdown(limit))
}

// answerTime is the longest that an API server waits for an answer.
const answerTime = 30 * time.Second

// newServer has the limits that keep slow clients from holding connections.
func newServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       answerTime,
		WriteTimeout:      answerTime,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
	}
}

// healthHandler says that the program lives, whether it should get requests,
// and what it has counted.
func healthHandler(ctx context.Context, counters *metrics) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("/readyz", func(w http.ResponseWriter, _ *http.Request) {
		if ctx.Err() != nil {
			http.Error(w, "shutting down", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ok")
	})
	mux.Handle("/metrics", counters)
	return mux
}
