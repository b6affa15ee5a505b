// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package explain

import "github.com/hostprocess-go/sdk/validate"

// apiServerEntries are texts of the API server. If a controller creates the pods,
// they appear in events of its object ("Error creating: …").
var apiServerEntries = []entry{
	{
		texts:   []pattern{{"if pod contains any hostProcess containers then all containers must be HostProcess containers"}},
		cause:   "The API server rejects a pod in which some containers are HostProcess containers and some are not. This includes init and ephemeral containers, and containers that kubectl debug or a webhook adds.",
		rules:   []validate.RuleID{"host-process-mixed"},
		fix:     "set hostProcess: true in the pod's securityContext.windowsOptions, and false nowhere",
		sources: []string{validationSource + "#L9000-L9005"},
	},
	{
		texts:   []pattern{{"pod hostProcess value must be identical if both are specified"}},
		cause:   "The hostProcess values of a container and its pod differ.",
		rules:   []validate.RuleID{"host-process-mismatch"},
		fix:     "set hostProcess: true in the pod's securityContext.windowsOptions, and remove it from the containers",
		sources: []string{validationSource + "#L8983"},
	},
	{
		texts:   []pattern{{"hostNetwork must be true if pod contains any hostProcess containers"}},
		cause:   "The API server rejects a HostProcess pod that doesn't use the host's network.",
		rules:   []validate.RuleID{"host-network"},
		fix:     "set spec.hostNetwork to true",
		sources: []string{validationSource + "#L9007-L9010"},
	},
	{
		texts:   []pattern{{"hostProcess containers are disallowed by cluster policy"}},
		cause:   "The API server runs with --allow-privileged=false, which a pod can't change.",
		fix:     "start the API server with --allow-privileged=true, or use another cluster",
		sources: []string{validationSource + "#L9012-L9015"},
	},
	{
		texts:   []pattern{{"cannot be set for a windows pod"}},
		cause:   "The pod has spec.os.name: windows and a Linux-only field, which is not allowed with any value, even false. The name of the field precedes the text.",
		rules:   []validate.RuleID{"linux-only-field"},
		fix:     "remove the field; without spec.os, it would just be ignored",
		sources: []string{validationSource + "#L5020-L5110"},
	},
	{
		texts:   []pattern{{"may not be set for a windows pod"}},
		cause:   "The pod has spec.os.name: windows and resources for the whole pod (spec.resources).",
		rules:   []validate.RuleID{"pod-resources"},
		fix:     "move the requests and limits to the containers",
		sources: []string{validationSource + "#L4906"},
	},
	{
		texts:   []pattern{{"windows options cannot be set for a linux pod"}},
		cause:   "The pod has spec.os.name: linux and windowsOptions.",
		rules:   []validate.RuleID{"os-linux-pod"},
		fix:     "set spec.os.name to windows",
		sources: []string{validationSource + "#L5007-L5013"},
	},
	{
		texts:   []pattern{{"must match `containerPort` when `hostNetwork` is true"}},
		cause:   "The hostPort of a port differs from its containerPort. On the host's network, they are the same port.",
		rules:   []validate.RuleID{"host-port"},
		fix:     "remove hostPort, or set it to the containerPort",
		sources: []string{validationSource + "#L4348"},
	},
	{
		texts:   []pattern{{"hostPort: Duplicate value"}},
		cause:   "Two ports of the pod are the same. On the host's network, each containerPort is also a hostPort, so two containers can't have the same one. The API server accepts a workload with such ports and then rejects its pods.",
		rules:   []validate.RuleID{"port-duplicate"},
		fix:     "give each port of the pod a different number",
		sources: []string{validationSource + "#L3517-L3540"},
	},
	{
		texts:   []pattern{{"hostNetwork: Forbidden: when `hostUsers` is false"}},
		cause:   "hostUsers: false requests a user namespace, which can't be combined with hostNetwork, and HostProcess pods require hostNetwork.",
		rules:   []validate.RuleID{"host-users"},
		fix:     "remove hostUsers",
		sources: []string{validationSource + "#L4057"},
	},
	{
		texts:   []pattern{{"hostnameOverride: Forbidden: may not be specified when hostNetwork is true"}},
		cause:   "hostnameOverride can't be combined with hostNetwork, which HostProcess pods require.",
		rules:   []validate.RuleID{"hostname-override"},
		fix:     "remove hostnameOverride",
		sources: []string{validationSource + "#L4133"},
	},
	{
		texts:   []pattern{{"would violate PodSecurity", "must not set securityContext.windowsOptions.hostProcess=true"}, {"would violate PodSecurity", "hostProcess ("}},
		cause:   "A warning, not an error: Pod Security admission warns about HostProcess pods in this namespace, or about a workload whose pods it will reject there. Every HostProcess pod violates the levels baseline and restricted.",
		rules:   []validate.RuleID{"namespace-pod-security-enforce", "namespace-pod-security-warn"},
		fix:     "label the namespace pod-security.kubernetes.io/enforce: privileged, and pod-security.kubernetes.io/warn: privileged",
		sources: []string{admissionSource + "#L495-L520"},
	},
	{
		texts:   []pattern{{"violates PodSecurity", "must not set securityContext.windowsOptions.hostProcess=true"}, {"violates PodSecurity", "hostProcess ("}, {"must not set securityContext.windowsOptions.hostProcess=true"}},
		cause:   "Pod Security admission rejects the pod: the namespace, or the cluster by default, enforces the level baseline or restricted, which every HostProcess pod violates. The other violations in the text have the same cause.",
		rules:   []validate.RuleID{"namespace-pod-security-enforce"},
		fix:     "put the pod in a namespace with the label pod-security.kubernetes.io/enforce: privileged",
		sources: []string{admissionSource + "#L475-L485", "https://github.com/kubernetes/kubernetes/blob/v1.37.2/staging/src/k8s.io/pod-security-admission/policy/check_windowsHostProcess.go#L77-L100"},
	},
}
