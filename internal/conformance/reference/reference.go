// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Package reference is a program that returns the errors and warnings of one version of
// the Kubernetes API server for the creation of objects. It reads objects as JSON, one a
// line, and writes one answer a line, in the same order.
//
// It runs the API server's own code for each object: strict decoding, defaulting,
// conversion, and rest.BeforeCreate with the strategy of its kind, which prepares,
// validates and warns. It stores nothing, and there is no admission.
//
// The source is one for all versions; the module file it is built with
// (v1.NN.mod beside it) chooses the version.
package reference

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/version"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/apiserver/pkg/util/feature"
	"k8s.io/apiserver/pkg/warning"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	_ "k8s.io/kubernetes/pkg/apis/batch/install"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	"k8s.io/kubernetes/pkg/capabilities"
	"k8s.io/kubernetes/pkg/registry/apps/daemonset"
	"k8s.io/kubernetes/pkg/registry/apps/deployment"
	"k8s.io/kubernetes/pkg/registry/apps/replicaset"
	"k8s.io/kubernetes/pkg/registry/apps/statefulset"
	"k8s.io/kubernetes/pkg/registry/batch/cronjob"
	"k8s.io/kubernetes/pkg/registry/batch/job"
	"k8s.io/kubernetes/pkg/registry/core/pod"
	"k8s.io/kubernetes/pkg/registry/core/podtemplate"
	"k8s.io/kubernetes/pkg/registry/core/replicationcontroller"
)

// strategies are the kinds that hold a pod, each with the strategy that the API
// server creates it with.
var strategies = map[schema.GroupVersionKind]rest.RESTCreateStrategy{
	{Version: "v1", Kind: "Pod"}:                        pod.Strategy,
	{Version: "v1", Kind: "PodTemplate"}:                podtemplate.Strategy,
	{Version: "v1", Kind: "ReplicationController"}:      replicationcontroller.Strategy,
	{Group: "apps", Version: "v1", Kind: "DaemonSet"}:   daemonset.Strategy,
	{Group: "apps", Version: "v1", Kind: "Deployment"}:  deployment.Strategy,
	{Group: "apps", Version: "v1", Kind: "ReplicaSet"}:  replicaset.Strategy,
	{Group: "apps", Version: "v1", Kind: "StatefulSet"}: statefulset.Strategy,
	{Group: "batch", Version: "v1", Kind: "Job"}:        job.Strategy,
	{Group: "batch", Version: "v1", Kind: "CronJob"}:    cronjob.Strategy,
}

// answer is the API server's result for one object.
type answer struct {
	// Decode is the error of strict decoding. Where only the strictness failed,
	// the object was judged all the same.
	Decode   string   `json:"decode,omitempty"`
	Errors   []cause  `json:"errors,omitempty"`
	Warnings []string `json:"warnings,omitempty"`
}

// cause is one error of a refused object.
type cause struct {
	Type    string `json:"type"`
	Field   string `json:"field"`
	Message string `json:"message"`
}

// AddWarning makes an answer a recorder of warnings.
func (a *answer) AddWarning(_, text string) { a.Warnings = append(a.Warnings, text) }

var decoder = serializer.NewCodecFactory(legacyscheme.Scheme, serializer.EnableStrict).UniversalDeserializer()

// Main is the program.
func Main() {
	log.SetFlags(0)
	allowPrivileged := flag.Bool("allow-privileged", true, "what kube-apiserver's flag of the same name is")
	emulated := flag.String("emulated-version", "", "whose feature gates to have, as \"1.33\": what kube-apiserver's flag of the same name does")
	flag.Parse()
	capabilities.Setup(*allowPrivileged, 0)
	if *emulated != "" {
		if err := emulate(*emulated); err != nil {
			log.Fatal(err)
		}
	}
	if err := serve(os.Stdin, os.Stdout); err != nil {
		log.Fatal(err)
	}
}

// emulate gives every feature gate the default it had in an older version.
// Kubernetes can do so since 1.31, and looks three versions back.
func emulate(text string) error {
	older, err := version.ParseGeneric(text)
	if err != nil {
		return err
	}
	var gate any = feature.DefaultMutableFeatureGate
	emulator, ok := gate.(interface {
		SetEmulationVersion(*version.Version) error
	})
	if !ok {
		return errors.New("this version of Kubernetes can't emulate another")
	}
	return emulator.SetEmulationVersion(older)
}

// serve answers every line of r with a line on w.
func serve(r io.Reader, w io.Writer) error {
	in, out := bufio.NewReaderSize(r, 1<<20), bufio.NewWriterSize(w, 1<<20)
	encoder := json.NewEncoder(out)
	for {
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return out.Flush()
		}
		if err != nil {
			return err
		}
		a, err := create(line)
		if err != nil {
			return err
		}
		if err := encoder.Encode(a); err != nil {
			return err
		}
		// The other side may wait for this answer before it sends more.
		if in.Buffered() == 0 {
			if err := out.Flush(); err != nil {
				return err
			}
		}
	}
}

// create processes an object like a create request, up to storing it.
func create(data []byte) (*answer, error) {
	a := new(answer)
	object, gvk, err := decoder.Decode(data, nil, nil)
	if err != nil {
		a.Decode = err.Error()
		if object == nil {
			return a, nil
		}
	}
	strategy := strategies[*gvk]
	if strategy == nil {
		return nil, fmt.Errorf("%s: no kind that holds a pod", gvk)
	}
	legacyscheme.Scheme.Default(object)
	internal, err := legacyscheme.Scheme.ConvertToVersion(object, schema.GroupVersion{Group: gvk.Group, Version: runtime.APIVersionInternal})
	if err != nil {
		return nil, err
	}
	objectMeta, err := meta.Accessor(internal)
	if err != nil {
		return nil, err
	}
	rest.FillObjectMetaSystemFields(objectMeta)
	namespace := objectMeta.GetNamespace()
	if namespace == "" {
		namespace = "default"
	}
	ctx := request.WithNamespace(context.Background(), namespace)
	ctx = request.WithRequestInfo(ctx, &request.RequestInfo{APIGroup: gvk.Group, APIVersion: gvk.Version, Namespace: namespace})
	ctx = warning.WithWarningRecorder(ctx, a)

	err = rest.BeforeCreate(strategy, ctx, internal)
	var status apierrors.APIStatus
	switch {
	case err == nil:
	case apierrors.IsInvalid(err) && errors.As(err, &status):
		for _, c := range status.Status().Details.Causes {
			a.Errors = append(a.Errors, cause{Type: string(c.Type), Field: c.Field, Message: c.Message})
		}
	default:
		return nil, err
	}
	return a, nil
}
