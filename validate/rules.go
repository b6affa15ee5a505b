// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

// The catalogue: every rule, by what it looks at, in the order in which it is
// tried. A new rule is one line here and one file of its own.
var (
	workloadRules = []*rule[workloadCheck]{}

	metadataRules = []*rule[metadataCheck]{
		&inheritUserAnnotation,
		&osLabel,
		&rootfsLocationAnnotation,
		&rootfsLocationBackslash,
	}

	podRules = []*rule[podCheck]{
		&hostNetwork,
		&hostProcessContainerLevel,
		&hostProcessMixed,
		&hostUsers,
		&hostnameOverride,
		&linuxOnlyField,
		&linuxOnlyFieldIgnored,
		&osMissing,
		&osName,
		&osSelectionBetaLabel,
		&osSelectionContradictory,
		&osSelectionMissing,
		&podResources,
		&podResourcesRefused,
		&runAsNonRoot,
		&runAsUserHangs,
		&runtimeClass,
		&supplementalGroupsPolicy,
	}

	optionsRules = []*rule[optionsCheck]{
		&accountContainerUser,
		&accountDomainSpelling,
		&accountImpossible,
		&accountLocalGroup,
		&accountLocalPrefix,
		&accountMissingDomain,
		&accountNeedsPassword,
		&accountNumber,
		&accountUnknownService,
		&gmsaCredentialSpec,
		&gmsaCredentialSpecName,
		&gmsaIgnored,
		&osLinux,
		&runAsUserName,
	}

	volumeRules = []*rule[volumeCheck]{}

	containerRules = []*rule[containerCheck]{
		&hostPort,
		&hostProcessMismatch,
		&localSystemUnneeded,
		&mountPathDuplicate,
		&runAsUserNameMissing,
		&stopSignal,
	}

	mountRules = []*rule[mountCheck]{
		&mountName,
		&mountPathRequired,
		&mountRecursiveReadOnly,
		&mountSubPath,
	}

	commandRules = []*rule[commandCheck]{}

	envRules = []*rule[envCheck]{}

	namespaceRules = []*rule[namespaceCheck]{
		&namespacePodSecurityAudit,
		&namespacePodSecurityEnforce,
		&namespacePodSecurityLabel,
		&namespacePodSecurityWarn,
	}

	nodeRules = []*rule[nodeCheck]{
		&nodeArchitecture,
		&nodeName,
		&nodeOS,
		&nodeRuntime,
		&nodeSelection,
		&nodeState,
		&nodeTaint,
	}
)
