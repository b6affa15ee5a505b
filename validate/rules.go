// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

// The catalogue: every rule, by what it looks at, in the order in which it is
// tried. A new rule is one line here and one file of its own.
var (
	workloadRules = []*rule[workloadCheck]{
		&daemonSetSurgePorts,
		&deploymentSurgePorts,
	}

	metadataRules = []*rule[metadataCheck]{
		&inheritUserAnnotation,
		&osLabel,
		&rootfsLocationAnnotation,
		&rootfsLocationBackslash,
	}

	podRules = []*rule[podCheck]{
		&dnsConfigIgnored,
		&dnsPolicyClusterFirst,
		&dnsPolicyHostNet,
		&hostAliasesIgnored,
		&hostNetwork,
		&hostProcessContainerLevel,
		&hostProcessMixed,
		&hostUsers,
		&hostnameIgnored,
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
		&gmsaCredentialSpec,
		&gmsaCredentialSpecName,
		&gmsaIgnored,
		&osLinux,
	}

	// accountRules are tried where the runAsUserName is not one of the service
	// accounts.
	accountRules = []*rule[optionsCheck]{
		&accountContainerUser,
		&accountDomainSpelling,
		&accountImpossible,
		&accountLocalGroup,
		&accountLocalPrefix,
		&accountMissingDomain,
		&accountNeedsPassword,
		&accountNumber,
		&accountUnknownService,
		&runAsUserName,
	}

	volumeRules = []*rule[volumeCheck]{
		&emptyDirHugePages,
		&emptyDirMemory,
		&hostPathVariable,
		&imageVolumeUnverified,
		&namedPipeDirectory,
		&namedPipeMount,
		&unixSocketMount,
	}

	containerRules = []*rule[containerCheck]{
		&envLiteralRoot,
		&envMountDirectory,
		&envMountPath,
		&envNameCase,
		&envSandboxVariable,
		&hostPort,
		&hostProcessMismatch,
		&imageEntrypoint,
		&localSystemUnneeded,
		&mountPathDuplicate,
		&portForward,
		&probeHost,
		&runAsUserNameMissing,
		&stopSignal,
		&volumeDevicesUnsupported,
	}

	// workingDirRules are tried where the workingDir is not the container's root.
	workingDirRules = []*rule[containerCheck]{
		&workingDirOnHost,
		&workingDirRelative,
		&workingDirRequired,
		&workingDirRerooted,
		&workingDirUnset,
		&workingDirVariable,
	}

	// resourceRules are tried where a container has requests or limits.
	resourceRules = []*rule[containerCheck]{
		&ephemeralStorageLimit,
		&memoryLimitIgnored,
		&memoryLimitPowerShell,
		&memoryLimitRounded,
		&requestsOnly,
	}

	conflictRules = []*rule[conflictCheck]{
		&mountCollision,
		&mountCollisionUnverified,
		&mountNested,
		&mountOverImplicit,
	}

	mountRules = []*rule[mountCheck]{
		&mountBelowHPC,
		&mountName,
		&mountOverHostDirectory,
	}

	// mountPathRules are tried where a mountPath is refused or oddly written.
	mountPathRules = []*rule[mountCheck]{
		&mountPathBareDrive,
		&mountPathCharacters,
		&mountPathColon,
		&mountPathDevice,
		&mountPathDriveRelative,
		&mountPathDriveRoot,
		&mountPathDriveUnverified,
		&mountPathNUL,
		&mountPathRequired,
		&mountPathServer,
		&mountPathUntidy,
		&mountPathVariable,
	}

	// mountOptionRules are tried where a mount has any option set.
	mountOptionRules = []*rule[mountCheck]{
		&mountPropagationBidirectional,
		&mountPropagationIgnored,
		&mountRecursiveReadOnly,
		&mountSubPath,
		&readOnlyNotEnforced,
		&recursiveReadOnlyUnsupported,
		&subPathGoesStale,
	}

	commandRules = []*rule[commandCheck]{
		&commandBuiltin,
		&commandDrivePath,
		&commandExtension,
		&commandHostPath,
		&commandLength,
		&commandLiteralRoot,
		&commandMetacharacter,
		&commandMountPath,
		&commandNewline,
		&commandPosixPath,
		&commandPosixShell,
		&commandProgram,
		&commandPwsh,
		&commandQuotes,
		&commandRelativePath,
		&commandSandboxValue,
		&commandSandboxVariable,
		&commandScript,
		&commandServiceAccount,
		&commandTokenCopy,
		&commandVariable,
		&envKubeconfig,
		&execVariable,
	}

	envRules = []*rule[envCheck]{
		&envEmpty,
		&envPathReplaced,
		&envSandboxOverridden,
		&envTokenUnexpanded,
	}

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
