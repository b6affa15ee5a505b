// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"encoding/json"
	"errors"
	"io/fs"
	"strconv"
	"strings"

	"github.com/hostprocess-go/sdk/volumes"
)

// Cluster is what a client in the pod needs to connect to the API server. With
// client-go:
//
//	config := &rest.Config{Host: cluster.Host, BearerTokenFile: cluster.TokenFile}
//	config.CAFile = cluster.CAFile
//
// The token is a file, not a value, because the kubelet replaces it long before it
// expires; a client that rereads the file keeps working. The zero Cluster has no API
// server.
type Cluster struct {
	Host      string // URL of the API server: https://10.96.0.1:443
	TokenFile string // path of the service account's token
	CAFile    string // path of the certificates that the API server's is checked with
	Namespace string // namespace of the pod, or "" if the mount doesn't say
}

// Cluster returns how to connect to the API server as the pod's service account. It
// works like client-go's InClusterConfig, but finds the files in every mode. It ignores
// KUBECONFIG, which in a HostProcess container is often the node's.
//
// The error is an *EnvError if KUBERNETES_SERVICE_HOST or KUBERNETES_SERVICE_PORT,
// which the kubelet sets in every container, is missing or invalid, and that of Path if
// the service account isn't mounted.
//
// Source: https://github.com/kubernetes/client-go/blob/v0.34.0/rest/config.go (InClusterConfig)
func (r Root) Cluster() (Cluster, error) {
	var c Cluster
	var err error
	if c.Host, err = r.apiServer(); err != nil {
		return Cluster{}, err
	}
	if c.TokenFile, err = r.Path(volumes.ServiceAccountDir + "/token"); err != nil {
		return Cluster{}, err
	}
	if c.CAFile, err = r.Path(volumes.ServiceAccountDir + "/ca.crt"); err != nil {
		return Cluster{}, err
	}
	namespace, err := r.ReadFile(volumes.ServiceAccountDir + "/namespace")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Cluster{}, err
	}
	c.Namespace = strings.TrimSpace(string(namespace))
	return c, nil
}

// apiServer returns the URL of the API server.
func (r Root) apiServer() (string, error) {
	const hostVar, portVar = "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"
	if r.env == nil {
		return "", refused(volumes.ServiceAccountDir, volumes.ReasonModeUnknown)
	}
	host, _ := r.env(hostVar)
	port, _ := r.env(portVar)
	switch {
	case host == "":
		return "", &EnvError{hostVar, host, errNotSet}
	case strings.ContainsAny(host, "/\\?#@[]") || strings.ContainsFunc(host, func(c rune) bool { return c <= ' ' || c > '~' }):
		return "", &EnvError{hostVar, host, errNotHost}
	case port == "":
		return "", &EnvError{portVar, port, errNotSet}
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return "", &EnvError{portVar, port, errNotPort}
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]" // IPv6
	}
	return "https://" + host + ":" + port, nil
}

var (
	errNotSet  = errors.New("isn't set; check that the program runs in a pod and keeps its initial environment")
	errNotHost = errors.New("isn't a host name or an address")
	errNotPort = errors.New("isn't the number of a port")
)

// Kubeconfig returns c as a configuration file for kubectl and other clients. It is
// JSON, which every reader of such files accepts. It contains the path of the token's
// file, never the token: a copy would expire.
//
// The paths are valid in this container. In mode Bind, other containers and programs of
// the node don't see them.
//
// Source: https://github.com/kubernetes/client-go/blob/v0.34.0/tools/clientcmd/api/v1/types.go
func (c Cluster) Kubeconfig() []byte {
	const name = "in-cluster"
	type object = map[string]any
	context := object{"cluster": name, "user": name}
	if c.Namespace != "" {
		context["namespace"] = c.Namespace
	}
	config := object{
		"apiVersion":      "v1",
		"kind":            "Config",
		"clusters":        []object{{"name": name, "cluster": object{"server": c.Host, "certificate-authority": c.CAFile}}},
		"users":           []object{{"name": name, "user": object{"tokenFile": c.TokenFile}}},
		"contexts":        []object{{"name": name, "context": context}},
		"current-context": name,
	}
	text, _ := json.MarshalIndent(config, "", "  ") // strings and maps only: no error
	return append(text, '\n')
}
