// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package survey

// release is a release of software that nodes run.
type release struct {
	product string
	name    string // "1.7", "1.34", "2019"
	build   uint32 // of Windows, else 0
	end     string // the last day of support, 2006-01-02, or the last month, 2006-01
	source  string
}

// The products, by their projects' names.
const (
	containerd    = "containerd"
	kubernetes    = "Kubernetes"
	windowsServer = "Windows Server"
)

// datesRead is the day on which the sources were read.
const datesRead = "2026-11-30"

const (
	containerdReleases  = "https://github.com/containerd/containerd/blob/301026e58c619e63d09c0ec411012e54c0124b03/RELEASES.md"
	kubernetesEnded     = "https://github.com/kubernetes/website/blob/0637786b3e0a896fabe197d29682f2bb688074a6/data/releases/eol.yaml"
	kubernetesLastEnded = "https://github.com/endoflife-date/endoflife.date/blob/a70eca337600e7d721dc48112c271f98661d208b/products/kubernetes.md"
	kubernetesReleases  = "https://kubernetes.io/releases/"
	windowsReleases     = "https://github.com/MicrosoftDocs/Virtualization-Documentation/blob/b9fb379fea57b27ed94f43f4999510a851600a85/virtualization/windowscontainers/deploy-containers/base-image-lifecycle.md"
	windowsAnnual       = "https://github.com/Azure/AKS/issues/5608"
)

// releases are the releases whose end of support is known, the oldest of each product
// first. The dates are published by the projects themselves. For Windows Server, and for
// containerd 1.7 and 2.0, they are the end of extended support. A date in the future is
// the project's plan.
//
// Not included, because the sources don't settle them:
//   - containerd 2.4, whose date is tentative (RELEASES.md: April 26, 2027)
//   - Windows Server 2025, for which Microsoft published October 10, 2034 (in the list
//     for base images) and November 14, 2034 (on the page of the product, according to
//     https://github.com/endoflife-date/endoflife.date/commit/90dd392453662f79c390d255b00b734a58bed5f8)
//   - Windows Server 2016 (January 11 or 12, 2027), on which no HostProcess pod runs
//
// For Windows Server 23H2 only the month is confirmed, by the last node image that AKS
// made of it. A secondary source names the day, May 12, 2026:
// https://github.com/endoflife-date/endoflife.date/commit/55c05123d0f6feb4511eac7658131f5f4aa41649.
// The source for Kubernetes 1.32 agrees with data/releases/eol.yaml on the main branch of
// kubernetes/website.
var releases = [...]release{
	{containerd, "1.0", 0, "2018-12-05", containerdReleases},
	{containerd, "1.1", 0, "2019-10-23", containerdReleases},
	{containerd, "1.2", 0, "2020-10-15", containerdReleases},
	{containerd, "1.3", 0, "2021-03-04", containerdReleases},
	{containerd, "1.4", 0, "2022-03-03", containerdReleases},
	{containerd, "1.5", 0, "2023-02-28", containerdReleases},
	{containerd, "1.6", 0, "2025-08-23", containerdReleases},
	{containerd, "1.7", 0, "2026-09", containerdReleases},
	{containerd, "2.0", 0, "2027-03", containerdReleases},
	{containerd, "2.1", 0, "2026-07-03", containerdReleases},
	{containerd, "2.2", 0, "2026-11-06", containerdReleases},
	{containerd, "2.3", 0, "2028-04-30", containerdReleases},

	{kubernetes, "1.14", 0, "2019-12-11", kubernetesEnded},
	{kubernetes, "1.15", 0, "2020-05-06", kubernetesEnded},
	{kubernetes, "1.16", 0, "2020-09-02", kubernetesEnded},
	{kubernetes, "1.17", 0, "2021-01-13", kubernetesEnded},
	{kubernetes, "1.18", 0, "2021-06-18", kubernetesEnded},
	{kubernetes, "1.19", 0, "2021-10-28", kubernetesEnded},
	{kubernetes, "1.20", 0, "2022-02-28", kubernetesEnded},
	{kubernetes, "1.21", 0, "2022-06-28", kubernetesEnded},
	{kubernetes, "1.22", 0, "2022-12-08", kubernetesEnded},
	{kubernetes, "1.23", 0, "2023-02-28", kubernetesEnded},
	{kubernetes, "1.24", 0, "2023-07-28", kubernetesEnded},
	{kubernetes, "1.25", 0, "2023-10-28", kubernetesEnded},
	{kubernetes, "1.26", 0, "2024-02-28", kubernetesEnded},
	{kubernetes, "1.27", 0, "2024-07-16", kubernetesEnded},
	{kubernetes, "1.28", 0, "2024-10-22", kubernetesEnded},
	{kubernetes, "1.29", 0, "2025-02-28", kubernetesEnded},
	{kubernetes, "1.30", 0, "2025-07-15", kubernetesEnded},
	{kubernetes, "1.31", 0, "2025-11-11", kubernetesEnded},
	{kubernetes, "1.32", 0, "2026-02-28", kubernetesLastEnded},
	{kubernetes, "1.33", 0, "2026-06-28", kubernetesReleases + "1.33/"},
	{kubernetes, "1.34", 0, "2026-10-27", kubernetesReleases + "1.34/"},
	{kubernetes, "1.35", 0, "2027-02-28", kubernetesReleases + "1.35/"},
	{kubernetes, "1.36", 0, "2027-06-28", kubernetesReleases + "1.36/"},
	{kubernetes, "1.37", 0, "2027-10-28", kubernetesReleases + "1.37/"},

	{windowsServer, "2019", 17763, "2029-01-09", windowsReleases},
	{windowsServer, "2022", 20348, "2031-10-14", windowsReleases},
	{windowsServer, "23H2", 25398, "2026-05", windowsAnnual},
}
