// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package hostprocess_test

import (
	"fmt"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
	"github.com/hostprocess-go/sdk/hostprocess/firewall"
	"github.com/hostprocess-go/sdk/validate/privileges"
)

// windows_exporter: metrics of the node. The firewall is opened once, however
// often the pod starts.
func Example_windowsExporter() {
	exporter := hostprocess.NewContainer("windows-exporter", "ghcr.io/prometheus-community/windows-exporter:0.31.3").
		WithCommand(hostprocess.ImageProgram("windows_exporter.exe", `--config.file=%CONTAINER_SANDBOX_MOUNT_POINT%\etc\exporter\config.yml`)).
		WithPort("http", 9182).
		WithLivenessProbe(hostprocess.HTTPGet("/health", 9182)).
		WithLimit(corev1.ResourceMemory, "200Mi").
		WithMount(hostprocess.ConfigMap("windows-exporter-config"), "/etc/exporter", hostprocess.ReadOnly())
	rule := firewall.NewRule("windows-exporter").WithPorts(corev1.ProtocolTCP, 9182)
	show(hostprocess.NewPod(accounts.LocalSystem, exporter).
		WithInitContainers(rule.Container()).
		DaemonSet(metav1.ObjectMeta{Name: "windows-exporter", Namespace: "monitoring"}))
	// Output:
	// DaemonSet monitoring/windows-exporter
	//   firewall-rule-windows-exporter as NT AUTHORITY\SYSTEM: PowerShell $ErrorActionPreference = 'Stop'; & ([ScriptBlock]::Create($env:HOSTPROCESS_SCRIPT)); exit $LASTEXITCODE
	//   windows-exporter as NT AUTHORITY\SYSTEM: %CONTAINER_SANDBOX_MOUNT_POINT%\windows_exporter.exe --config.file=%CONTAINER_SANDBOX_MOUNT_POINT%\etc\exporter\config.yml
	//     configmap-windows-exporter-config at /etc/exporter
}

// csi-proxy: storage on behalf of CSI plugins that aren't HostProcess containers.
func Example_csiProxy() {
	show(hostprocess.NewPod(accounts.LocalSystem,
		hostprocess.NewContainer("csi-proxy", "ghcr.io/kubernetes-sigs/sig-windows/csi-proxy:v1.1.2").
			WithCommand(hostprocess.ImageProgram("csi-proxy.exe", "-kubelet-path", `C:\var\lib\kubelet`)).
			WithLimit(corev1.ResourceMemory, "100Mi")).
		WithPriorityClass("system-node-critical").
		WithSelector(map[string]string{"name": "csi-proxy"}).
		DaemonSet(metav1.ObjectMeta{Name: "csi-proxy", Namespace: "kube-system"}))
	// Output:
	// DaemonSet kube-system/csi-proxy
	//   csi-proxy as NT AUTHORITY\SYSTEM: %CONTAINER_SANDBOX_MOUNT_POINT%\csi-proxy.exe -kubelet-path C:\var\lib\kubelet
}

// kube-proxy for Windows: the kubelet puts the name of the node into the
// arguments.
func Example_kubeProxy() {
	show(hostprocess.NewPod(accounts.LocalSystem,
		hostprocess.NewContainer("kube-proxy", "registry.example.com/kube-proxy-windows:v1.34.0").
			WithCommand(hostprocess.ImageProgram("kube-proxy/kube-proxy.exe",
				`--config=%CONTAINER_SANDBOX_MOUNT_POINT%\var\lib\kube-proxy\config.conf`, "--hostname-override=$(NODE_NAME)", "--v=4").
				WithVariables()).
			WithEnvValueFrom("NODE_NAME", hostprocess.PodField("spec.nodeName")).
			WithMount(hostprocess.ConfigMap("kube-proxy-windows"), "/var/lib/kube-proxy")).
		WithServiceAccount("kube-proxy").
		WithPriorityClass("system-node-critical").
		WithTolerations(corev1.Toleration{Operator: corev1.TolerationOpExists}).
		DaemonSet(metav1.ObjectMeta{Name: "kube-proxy-windows", Namespace: "kube-system"}))
	// Output:
	// DaemonSet kube-system/kube-proxy-windows
	//   kube-proxy as NT AUTHORITY\SYSTEM: %CONTAINER_SANDBOX_MOUNT_POINT%\kube-proxy\kube-proxy.exe --config=%CONTAINER_SANDBOX_MOUNT_POINT%\var\lib\kube-proxy\config.conf --hostname-override=$(NODE_NAME) --v=4
	//     configmap-kube-proxy-windows at /var/lib/kube-proxy
}

// A CSI node plugin with its registrar: two programs that meet at a socket on the
// node, whose directory an init container makes.
func Example_csiNode() {
	const plugin, image = `C:\var\lib\kubelet\plugins\smb.csi.k8s.io`, "registry.k8s.io/sig-storage/smbplugin:v1.18.0-windows-hp"
	socket := "unix://" + plugin + `\csi.sock`
	registrar := hostprocess.NewContainer("node-driver-registrar", "registry.k8s.io/sig-storage/csi-node-driver-registrar:v2.13.0").
		WithCommand(hostprocess.ImageProgram("csi-node-driver-registrar.exe", "--csi-address="+socket,
			"--kubelet-registration-path="+plugin+`\csi.sock`, `--plugin-registration-path=C:\var\lib\kubelet\plugins_registry`)).
		WithLimit(corev1.ResourceMemory, "150Mi")
	driver := hostprocess.NewContainer("smb", image).
		WithCommand(hostprocess.ImageProgram("smbplugin.exe", "--endpoint="+socket, "--nodeid=$(NODE_NAME)", "--enable-windows-host-process=true").
			WithVariables()).
		WithEnvValueFrom("NODE_NAME", hostprocess.PodField("spec.nodeName")).
		WithLimit(corev1.ResourceMemory, "600Mi")
	show(hostprocess.NewPod(accounts.LocalSystem, registrar, driver).
		WithInitContainers(hostprocess.NewContainer("init", image).
			WithCommand(hostprocess.PowerShell("New-Item -ItemType Directory -Force -Path " + plugin))).
		WithServiceAccount("csi-smb-node-sa").
		WithPriorityClass("system-node-critical").
		WithSelector(map[string]string{"app": "csi-smb-node-win"}).
		DaemonSet(metav1.ObjectMeta{Name: "csi-smb-node-win", Namespace: "kube-system"}))
	// Output:
	// DaemonSet kube-system/csi-smb-node-win
	//   init as NT AUTHORITY\SYSTEM: PowerShell $ErrorActionPreference = 'Stop'; & { New-Item -ItemType Directory -Force -Path C:\var\lib\kubelet\plugins\smb.csi.k8s.io }; exit $LASTEXITCODE
	//   node-driver-registrar as NT AUTHORITY\SYSTEM: %CONTAINER_SANDBOX_MOUNT_POINT%\csi-node-driver-registrar.exe --csi-address=unix://C:\var\lib\kubelet\plugins\smb.csi.k8s.io\csi.sock --kubelet-registration-path=C:\var\lib\kubelet\plugins\smb.csi.k8s.io\csi.sock --plugin-registration-path=C:\var\lib\kubelet\plugins_registry
	//   smb as NT AUTHORITY\SYSTEM: %CONTAINER_SANDBOX_MOUNT_POINT%\smbplugin.exe --endpoint=unix://C:\var\lib\kubelet\plugins\smb.csi.k8s.io\csi.sock --nodeid=$(NODE_NAME) --enable-windows-host-process=true
}

// A fluent-bit agent that isn't the operating system: it runs as a local group,
// which may read the logs and write its own state.
func Example_fluentBit() {
	agents := hostprocess.NewGroup("fluent-bit").
		WithDirectory(`C:\var\fluent-bit\state`, hostprocess.AccessModify).
		WithAccess(`C:\var\log`, hostprocess.AccessRead)
	show(hostprocess.NewPod(accounts.LocalService,
		hostprocess.NewContainer("fluent-bit", "cr.fluentbit.io/fluent/fluent-bit:windows-2022-4.0.0").
			WithCommand(hostprocess.ImageProgram("fluent-bit/bin/fluent-bit.exe", "-c", `%CONTAINER_SANDBOX_MOUNT_POINT%\etc\fluent-bit\fluent-bit.conf`)).
			WithEnvValueFrom("HOST_NAME", hostprocess.PodField("spec.nodeName")).
			WithEnvValueFrom("AWS_REGION", key("fluent-bit-cluster-info", "logs.region")).
			WithRequest(corev1.ResourceCPU, "500m").
			WithLimit(corev1.ResourceMemory, "600Mi").
			WithMount(hostprocess.ConfigMap("fluent-bit-windows-config"), "/etc/fluent-bit")).
		WithGroup(agents).
		WithServiceAccount("cloudwatch-agent").
		DaemonSet(metav1.ObjectMeta{Name: "fluent-bit-windows", Namespace: "amazon-cloudwatch"}))
	// Output:
	// DaemonSet amazon-cloudwatch/fluent-bit-windows
	//   local-group-fluent-bit as NT AUTHORITY\SYSTEM: PowerShell $ErrorActionPreference = 'Stop'; & ([ScriptBlock]::Create($env:HOSTPROCESS_SCRIPT)); exit $LASTEXITCODE
	//   fluent-bit as fluent-bit: %CONTAINER_SANDBOX_MOUNT_POINT%\fluent-bit\bin\fluent-bit.exe -c %CONTAINER_SANDBOX_MOUNT_POINT%\etc\fluent-bit\fluent-bit.conf
	//     configmap-fluent-bit-windows-config at /etc/fluent-bit
}

// calico's node: an installer, and two programs with the same settings, which a
// function gives to both.
func Example_calicoNode() {
	settings := func(c hostprocess.Container) hostprocess.Container {
		return c.WithEnv("CALICO_NETWORKING_BACKEND", "vxlan").
			WithEnvValueFrom("NODENAME", hostprocess.PodField("spec.nodeName")).
			WithEnvValueFrom("CALICO_API_SERVER", key("kubernetes-services-endpoint", "host")).
			WithMount(hostprocess.ConfigMap("calico-config-windows"), "/etc/calico")
	}
	const image = "registry.example.com/calico-node-windows:v3.30.0"
	program := func(name string) hostprocess.Container {
		return settings(hostprocess.NewContainer(name, image)).
			WithCommand(hostprocess.ImageProgram("CalicoWindows/calico-node.exe", "-"+name))
	}
	show(hostprocess.NewPod(accounts.LocalSystem,
		program("startup").WithReadinessProbe(hostprocess.Exec(hostprocess.ImageProgram("CalicoWindows/calico-node.exe", "-felix-ready"))),
		program("felix")).
		WithInitContainers(settings(hostprocess.NewContainer("install-cni", image)).
			WithCommand(hostprocess.ImageProgram("CalicoWindows/install-cni.exe"))).
		WithServiceAccount("calico-node").
		WithPriorityClass("system-node-critical").
		WithTolerations(corev1.Toleration{Operator: corev1.TolerationOpExists}).
		DaemonSet(metav1.ObjectMeta{Name: "calico-node-windows", Namespace: "kube-system"}))
	// Output:
	// DaemonSet kube-system/calico-node-windows
	//   install-cni as NT AUTHORITY\SYSTEM: %CONTAINER_SANDBOX_MOUNT_POINT%\CalicoWindows\install-cni.exe
	//     configmap-calico-config-windows at /etc/calico
	//   startup as NT AUTHORITY\SYSTEM: %CONTAINER_SANDBOX_MOUNT_POINT%\CalicoWindows\calico-node.exe -startup
	//     configmap-calico-config-windows at /etc/calico
	//   felix as NT AUTHORITY\SYSTEM: %CONTAINER_SANDBOX_MOUNT_POINT%\CalicoWindows\calico-node.exe -felix
	//     configmap-calico-config-windows at /etc/calico
}

// An installer of CNI plugins: a script copies them to the node, and is a file that
// a reviewer can read; a small container then keeps the pod there.
func Example_cniInstaller() {
	pod := hostprocess.NewPod(accounts.LocalSystem,
		hostprocess.NewContainer("installed", hostprocess.BaseImage).
			WithCommand(hostprocess.PathProgram("ping.exe", "-t", "-w", "60000", "127.0.0.1"))).
		WithInitContainers(hostprocess.NewContainer("install", "registry.example.com/cni-plugins:1.2").
			WithCommand(hostprocess.PowerShellFile("cni-install", "install.ps1", `
New-Item -ItemType Directory -Force C:\opt\cni\bin | Out-Null
Copy-Item -Force "$env:CONTAINER_SANDBOX_MOUNT_POINT\plugins\*.exe" C:\opt\cni\bin
`))).
		WithTolerations(corev1.Toleration{Operator: corev1.TolerationOpExists})
	scripts, err := pod.ConfigMaps("kube-system")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(scripts[0].Kind, scripts[0].Name)
	set, err := pod.DaemonSet(metav1.ObjectMeta{Name: "cni-install", Namespace: "kube-system"})
	show(set, err)
	// Output:
	// ConfigMap cni-install
	// DaemonSet kube-system/cni-install
	//   install as NT AUTHORITY\SYSTEM: PowerShell $ErrorActionPreference = 'Stop'; & 'C:\var\run\hostprocess\cni-install\install.ps1'; exit $LASTEXITCODE
	//     configmap-cni-install at /var/run/hostprocess/cni-install
	//   installed as NT AUTHORITY\SYSTEM: ping.exe -t -w 60000 127.0.0.1
}

// A Job that sets up one node, and is gone a quarter of an hour later.
func Example_nodeSetup() {
	job, err := hostprocess.NewPod(accounts.LocalSystem,
		hostprocess.NewContainer("setup", hostprocess.BaseImage).
			WithCommand(hostprocess.PowerShell("New-Item -ItemType Directory -Force C:\\app\\logs"))).
		WithNodeName("win-1").
		WithActiveDeadline(15 * time.Minute).
		Job(metav1.ObjectMeta{Name: "setup-win-1", Namespace: "kube-system"})
	if err != nil {
		fmt.Println(err)
		return
	}
	spec := job.Spec.Template.Spec
	fmt.Println(job.Name, spec.NodeName, spec.RestartPolicy, *spec.ActiveDeadlineSeconds)
	// Output:
	// setup-win-1 win-1 Never 900
}

// A sidecar that talks to the API server, next to a program that doesn't. The sidecar
// has package agent find the token; see examples/incluster for its program.
func Example_sidecar() {
	show(hostprocess.NewPod(accounts.LocalService,
		hostprocess.NewContainer("agent", "registry.example.com/agent:1.4").
			WithCommand(hostprocess.ImageProgram("agent.exe"))).
		WithSidecars(hostprocess.NewContainer("reporter", "registry.example.com/reporter:1.0").
			WithCommand(hostprocess.ImageProgram("reporter.exe")).
			WithPort("health", 8080).
			WithStartupProbe(hostprocess.HTTPGet("/healthz", "health"), func(p *corev1.Probe) { p.FailureThreshold = 30 })).
		WithServiceAccount("reporter").
		DaemonSet(metav1.ObjectMeta{Name: "agent", Namespace: "agents"}))
	// Output:
	// DaemonSet agents/agent
	//   reporter as NT AUTHORITY\Local Service: %CONTAINER_SANDBOX_MOUNT_POINT%\reporter.exe
	//   agent as NT AUTHORITY\Local Service: %CONTAINER_SANDBOX_MOUNT_POINT%\agent.exe
}

// key is the value of a key of a ConfigMap.
func key(configMap, key string) corev1.EnvVarSource {
	return corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{
		LocalObjectReference: corev1.LocalObjectReference{Name: configMap}, Key: key,
	}}
}

// show prints what a DaemonSet runs, and as whom.
func show(daemonSet *appsv1.DaemonSet, err error) {
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("DaemonSet %s/%s\n", daemonSet.Namespace, daemonSet.Name)
	spec := daemonSet.Spec.Template.Spec
	accounts := privileges.Of(&spec)
	for i, c := range append(spec.InitContainers, spec.Containers...) {
		line := strings.Join(c.Command, " ")
		if _, script, ok := strings.Cut(line, "-Command "); ok {
			line = "PowerShell " + script
		}
		fmt.Printf("  %s as %s: %s\n", c.Name, accounts[i].RunAsUserName, line)
		for _, m := range c.VolumeMounts {
			fmt.Printf("    %s at %s\n", m.Name, m.MountPath)
		}
	}
}
