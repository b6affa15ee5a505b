// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

// Check reads manifests from standard input and prints what is wrong with their
// HostProcess pods:
//
//	go run ./examples/check < agent.yaml
//
// It exits with 1 if there is an error, or if it can't read something. Copy it into a
// program of your own. To check files, use kubectl-hostprocess, which also reads Lists.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log"
	"os"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/yaml"

	"github.com/hostprocess-go/sdk/validate"
)

func main() {
	failed, err := check(os.Stdin, os.Stdout)
	if err != nil {
		log.Fatal(err)
	}
	if failed {
		os.Exit(1)
	}
}

// check prints the findings of each document, and reports whether any is an error.
func check(in io.Reader, out io.Writer) (failed bool, err error) {
	scheme := runtime.NewScheme()
	if err := errors.Join(corev1.AddToScheme(scheme), appsv1.AddToScheme(scheme), batchv1.AddToScheme(scheme)); err != nil {
		return false, err
	}
	decoder := serializer.NewCodecFactory(scheme).UniversalDeserializer()
	documents := yaml.NewYAMLReader(bufio.NewReader(in))
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return failed, nil
		} else if err != nil {
			return failed, err
		}
		if text, err := yaml.ToJSON(document); err == nil && string(text) == "null" {
			continue
		}
		object, _, err := decoder.Decode(document, nil, nil)
		if err != nil && !runtime.IsNotRegisteredError(err) {
			return failed, err
		}
		findings, err := validate.Validator{}.Object(object)
		if err != nil {
			fmt.Fprintf(out, "skipped, it holds no pod: %.60q\n", document)
		}
		for _, f := range findings {
			fmt.Fprintf(out, "%s: %s\n", f.Severity, f)
		}
		failed = failed || findings.Err() != nil
	}
}
