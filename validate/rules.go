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
		&hostNetwork,
		&hostProcessContainerLevel,
		&hostProcessMixed,
		&osMissing,
		&osName,
		&podResources,
		&podResourcesRefused,
		&runtimeClass,
	}

	// linuxRules are tried where a field is set that is meant for Linux.
	linuxRules = []*rule[podCheck]{
		&hostUsers,
		&linuxOnlyField,
		&linuxOnlyFieldIgnored,
		&runAsNonRoot,
		&runAsUserHangs,
		&supplementalGroupsPolicy,
	}

	// nameRules are tried where the pod says anything of the names it has or
	// looks up.
	nameRules = []*rule[podCheck]{
		&dnsConfigIgnored,
		&dnsPolicyClusterFirst,
		&dnsPolicyHostNet,
		&hostAliasesIgnored,
		&hostnameIgnored,
		&hostnameOverride,
	}

	// selectionRules are tried where the pod selects nodes by anything else than
	// kubernetes.io/os: windows.
	selectionRules = []*rule[podCheck]{
		&osSelectionBetaLabel,
		&osSelectionContradictory,
		&osSelectionMissing,
	}

	optionsRules = []*rule[optionsCheck]{
		&osLinux,
	}

	// gmsaRules are tried where there is a credential spec.
	gmsaRules = []*rule[optionsCheck]{
		&gmsaCredentialSpec,
		&gmsaCredentialSpecName,
		&gmsaIgnored,
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

	// volumeRules are tried where a volume is an image, or an emptyDir with a
	// medium.
	volumeRules = []*rule[volumeCheck]{
		&emptyDirHugePages,
		&emptyDirMemory,
		&imageVolumeUnverified,
	}

	// hostPathRules are tried where a volume is a hostPath.
	hostPathRules = []*rule[volumeCheck]{
		&hostPathVariable,
		&namedPipeDirectory,
		&namedPipeMount,
		&unixSocketMount,
	}

	// identityRules are tried where a container has windowsOptions of its own, or
	// the pod has no account for it, or the most powerful one.
	identityRules = []*rule[containerCheck]{
		&hostProcessMismatch,
		&localSystemUnneeded,
		&runAsUserNameMissing,
	}

	// portRules are tried where a container has ports.
	portRules = []*rule[containerCheck]{
		&hostPort,
		&portForward,
	}

	// handlerRules are tried where a container has probes or hooks.
	handlerRules = []*rule[containerCheck]{
		&probeHost,
		&stopSignal,
	}

	// workingDirRules are tried where the workingDir is not the container's root.
	workingDirRules = []*rule[containerCheck]{
		&imageEntrypoint,
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
		&requestsOnly,
	}

	// memoryRules are tried where a container has a memory limit.
	memoryRules = []*rule[memoryCheck]{
		&memoryLimitIgnored,
		&memoryLimitPowerShell,
		&memoryLimitRounded,
	}

	// mountListRules, as all rules about mounts, are tried where the mounts of a
	// container are not all plain.
	mountListRules = []*rule[containerCheck]{
		&mountPathDuplicate,
		&volumeDevicesUnsupported,
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

	// envListRules, as all rules about env, are tried where the variables of a
	// container are not all plain.
	envListRules = []*rule[containerCheck]{
		&envLiteralRoot,
		&envMountDirectory,
		&envMountPath,
		&envNameCase,
		&envSandboxVariable,
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
