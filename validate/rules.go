// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

// The catalogue: every rule, by its subject. A new rule is one line here and one file of
// its own.
var (
	workloadRules = grouped[workloadCheck](
		&daemonSetSurgePorts,
		&deploymentSurgePorts,
		&tolerationsMissing,
	)

	metadataRules = grouped[metadataCheck](
		&inheritUserAnnotation,
		&osLabel,
		&rootfsLocationAnnotation,
		&rootfsLocationBackslash,
	)

	podRules = grouped[podCheck](
		&architectureSelection,
		&commandCopyDirectory,
		&controlCharacter,
		&dnsConfigIgnored,
		&dnsPolicyClusterFirst,
		&dnsPolicyHostNet,
		&hostAliasesIgnored,
		&hostnameIgnored,
		&hostnameOverride,
		&hostNetwork,
		&hostProcessContainerLevel,
		&hostProcessMixed,
		&hostUsers,
		&linuxOnlyField,
		&linuxOnlyFieldIgnored,
		&osMissing,
		&osName,
		&osSelectionBetaLabel,
		&osSelectionContradictory,
		&osSelectionMissing,
		&podResources,
		&podResourcesRefused,
		&portDuplicate,
		&runAsNonRoot,
		&runAsUserHangs,
		&runtimeClass,
		&supplementalGroupsPolicy,
		&templateExpression,
	)

	optionsRules = grouped[optionsCheck](
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
	)

	volumeRules = grouped[volumeCheck](
		&emptyDirHugePages,
		&emptyDirMemory,
		&hostPathType,
		&hostPathVariable,
		&imageVolumeUnverified,
		&linuxHostPath,
		&namedPipeDirectory,
		&namedPipeMount,
		&namedPipeSingleBackslash,
		&unixSocketMount,
	)

	containerRules = grouped[containerCheck](
		&cpuLimitSmall,
		&envEmpty,
		&envLiteralRoot,
		&envMountDirectory,
		&envMountPath,
		&envNameCase,
		&envSandboxVariable,
		&ephemeralStorageLimit,
		&execProbeTimeout,
		&hostPort,
		&hostProcessMismatch,
		&hugePages,
		&imageEntrypoint,
		&imageWindowsBuild,
		&localSystemUnneeded,
		&memoryLimitIgnored,
		&memoryLimitPowerShell,
		&memoryLimitRounded,
		&memoryLimitSmall,
		&mountPathDuplicate,
		&nodeKubeconfig,
		&portForward,
		&probeHost,
		&requestsOnly,
		&runAsUserNameMissing,
		&sandboxVariableMangled,
		&socketPathWithoutDrive,
		&stopSignal,
		&subPathSeveral,
		&terminationMessageLost,
		&volumeDevicesUnsupported,
		&workingDirOnHost,
		&workingDirRelative,
		&workingDirRequired,
		&workingDirRerooted,
		&workingDirSeparator,
		&workingDirUnset,
		&workingDirVariable,
		&workingDirWritable,
	)

	mountRules = grouped[mountCheck](
		&mountBelowHPC,
		&mountName,
		&mountOverHostDirectory,
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
		&mountPropagationBidirectional,
		&mountPropagationIgnored,
		&mountRecursiveReadOnly,
		&mountSubPath,
		&readOnlyNotEnforced,
		&recursiveReadOnlyUnsupported,
		&subPathBackslash,
		&subPathGoesStale,
	)

	conflictRules = grouped[conflictCheck](
		&mountCollision,
		&mountCollisionUnverified,
		&mountNested,
		&mountOverImplicit,
	)

	envRules = grouped[envCheck](
		&envNameBlank,
		&envPathReplaced,
		&envPathSpoilt,
		&envRelativePath,
		&envSandboxOverridden,
		&envTokenUnexpanded,
		&envVariableUnexpanded,
		&envZeroByte,
	)

	commandRules = grouped[commandCheck](
		&commandBuiltin,
		&commandConsole,
		&commandDrivePath,
		&commandEncodedScript,
		&commandEscapedQuotes,
		&commandExtension,
		&commandFileArguments,
		&commandHostPath,
		&commandLength,
		&commandLinuxProgram,
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
		&commandScriptBlock,
		&commandServiceAccount,
		&commandSlashPath,
		&commandStartProcessExtension,
		&commandTokenCopy,
		&commandVariable,
		&commandWritesMount,
		&envKubeconfig,
		&execVariable,
	)

	// scriptRules are those of commandRules that are about what a script does, however
	// PowerShell gets it. They see a script after -EncodedCommand decoded.
	scriptRules = grouped[commandCheck](
		&commandLinuxProgram,
		&commandLiteralRoot,
		&commandMountPath,
		&commandRelativePath,
		&commandSandboxVariable,
		&commandScriptBlock,
		&commandServiceAccount,
		&commandStartProcessExtension,
		&commandTokenCopy,
		&commandWritesMount,
		&envKubeconfig,
	)

	namespaceRules = grouped[namespaceCheck](
		&namespacePodSecurityAudit,
		&namespacePodSecurityEnforce,
		&namespacePodSecurityLabel,
		&namespacePodSecurityWarn,
	)

	nodeRules = grouped[nodeCheck](
		&nodeArchitecture,
		&nodeName,
		&nodeOS,
		&nodeRuntime,
		&nodeSelection,
		&nodeState,
		&nodeTaint,
	)
)
