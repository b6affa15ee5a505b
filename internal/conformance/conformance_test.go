// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"fmt"
	"os"
	"testing"

	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"

	program "github.com/hostprocess-go/sdk/internal/conformance/reference"
)

// TestMain runs the tests, or one of the programs that they need. The programs are
// compiled together with the tests, because go test has no time limit for that.
func TestMain(m *testing.M) {
	switch name := os.Getenv(programVariable); name {
	case "":
		os.Exit(m.Run())
	case "reference":
		program.Main()
	case "etcd":
		etcdmain.Main(os.Args)
	case "kube-apiserver":
		os.Exit(cli.Run(apiserver.NewAPIServerCommand()))
	case "kube-controller-manager":
		os.Exit(cli.Run(controllermanager.NewControllerManagerCommand()))
	case "kube-scheduler":
		os.Exit(cli.Run(scheduler.NewSchedulerCommand()))
	default:
		panic(name)
	}
}

func TestValidate(t *testing.T) { Validate(t, newest) }
func TestBuilder(t *testing.T)  { Builder(t, newest) }
func TestFixtures(t *testing.T) { Fixtures(t, newest) }

// TestEveryVersionHasAPackage: the older versions are compared in packages of
// their own.
func TestEveryVersionHasAPackage(t *testing.T) {
	for _, k := range versions {
		if k.source == newest {
			continue
		}
		if _, err := os.Stat(fmt.Sprintf("v1%d/v1%d_test.go", k.source, k.source)); err != nil {
			t.Errorf("Kubernetes %s isn't compared: %v", k, err)
		}
	}
}
