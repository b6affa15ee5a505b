// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package probes

import (
	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/hostprocess/task"
	"github.com/hostprocess-go/sdk/internal/quote"
	"github.com/hostprocess-go/sdk/validate"
	"github.com/hostprocess-go/sdk/volumes"
)

// nodeNetwork looks for the node's address on the interfaces that a container sees, and
// briefly listens there, on a port that Windows chooses.
// Source: https://kubernetes.io/docs/tasks/configure-pod-container/create-hostprocess-pod/ (limitations)
func nodeNetwork() Probe {
	const nodeIP, podIP = "HOSTPROCESS_PROBE_NODE_IP", "HOSTPROCESS_PROBE_POD_IP"
	return Probe{
		Name:  "node-network",
		Claim: "A HostProcess container uses the network of its node: it sees the node's addresses and can listen on them, and the pod's address is the node's.",
		steps: func(n Node) []step {
			looks := n.container("network", script(
				"$address = [Net.IPAddress]::Parse($Env:"+nodeIP+")\n"+
					assign("address", "[bool]([Net.NetworkInformation.NetworkInterface]::GetAllNetworkInterfaces() | ForEach-Object { $_.GetIPProperties().UnicastAddresses } | Where-Object { $_.Address.Equals($address) })")+
					assign("podAddress", "$Env:"+podIP+" -eq $Env:"+nodeIP)+
					assign("listens", "$false")+
					"$listener = New-Object Net.Sockets.TcpListener $address, 0\n$listener.Start()\n"+
					assign("listens", "$listener.Server.IsBound"),
				"if ($listener) { $listener.Stop() }"))
			looks = looks.WithEnvValueFrom(nodeIP, hostprocess.PodField("status.hostIP")).WithEnvValueFrom(podIP, hostprocess.PodField("status.podIP"))
			return []step{{task: n.task(accounts.LocalService, control(), looks)}}
		},
		judge: func(_ Node, answers []Answer, j *judgement) {
			var got struct{ Address, PodAddress, Listens *bool }
			if !j.answer(answers[0].container("network"), "the network", "that of the node", &got) {
				return
			}
			j.sameBool("an interface has the node's address", true, got.Address)
			j.sameBool("the pod's address is the node's", true, got.PodAddress)
			j.sameBool("a program can listen on the node's address", true, got.Listens)
		},
	}
}

// inClusterConfig looks for the token of a service account without reading it, and connects
// to the API server without sending anything.
func inClusterConfig() Probe {
	const token = volumes.ServiceAccountDir + "/token"
	return Probe{
		Name:   "in-cluster-config",
		Claim:  "A program finds the token of its service account at the place that volumes.Mode.InClusterConfig and package agent predict, and can connect to the API server at the address in its environment.",
		Breaks: []validate.RuleID{"env-mount-path"},
		Needs:  "the service account default in the namespace; a node that can reach the cluster's Services",
		steps: func(n Node) []step {
			asks := script(
				assign("clientGo", "[IO.File]::Exists("+quote.PowerShell(token)+")")+
					assign("agent", "[IO.File]::Exists("+n.path(token)+")")+
					assign("connects", "$false")+
					"$client = New-Object Net.Sockets.TcpClient\n$client.Connect($Env:KUBERNETES_SERVICE_HOST, [int]$Env:KUBERNETES_SERVICE_PORT)\n"+
					assign("connects", "$client.Connected"),
				"if ($client) { $client.Close() }")
			return []step{{task: n.task(accounts.LocalService, asks).With(func(p hostprocess.Pod) hostprocess.Pod { return p.WithServiceAccount("default") })}}
		},
		judge: func(n Node, answers []Answer, j *judgement) {
			var got struct{ ClientGo, Agent, Connects *bool }
			if !j.answer(answers[0].container(task.ContainerName), "the API server", "can be called", &got) {
				return
			}
			j.sameBool("the token is where client-go looks for it", n.mode().InClusterConfig(), got.ClientGo)
			j.sameBool("the token is where package agent looks for it", true, got.Agent)
			j.sameBool("the API server accepts a connection", true, got.Connects)
		},
	}
}
