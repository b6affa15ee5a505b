// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package validate

// The catalogue: every rule, by what it looks at, in the order in which it is
// tried. A new rule is one line here and one file of its own.
var (
	workloadRules = []*rule[workloadCheck]{}

	metadataRules = []*rule[metadataCheck]{}

	podRules = []*rule[podCheck]{
		&hostNetwork,
		&hostProcessMixed,
		&hostUsers,
		&hostnameOverride,
		&linuxOnlyField,
		&osName,
		&podResources,
		&runAsNonRoot,
	}

	optionsRules = []*rule[optionsCheck]{
		&gmsaCredentialSpec,
		&gmsaCredentialSpecName,
		&osLinux,
	}

	volumeRules = []*rule[volumeCheck]{
		&emptyDirHugePages,
		&emptyDirMemory,
		&imageVolumeUnverified,
		&namedPipeDirectory,
		&namedPipeMount,
		&unixSocketMount,
	}

	containerRules = []*rule[containerCheck]{
		&hostPort,
		&hostProcessMismatch,
		&mountPathDuplicate,
		&runAsUserNameMissing,
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
		&mountPathCharacters,
		&mountPathRequired,
		&mountPathUntidy,
		&mountPropagationBidirectional,
		&mountPropagationIgnored,
		&mountRecursiveReadOnly,
		&mountSubPath,
		&readOnlyNotEnforced,
		&recursiveReadOnlyUnsupported,
		&subPathGoesStale,
	}

	mountPathRules = []*rule[mountCheck]{
		&mountPathBareDrive,
		&mountPathColon,
		&mountPathDevice,
		&mountPathDriveRelative,
		&mountPathDriveRoot,
		&mountPathDriveUnverified,
		&mountPathNUL,
		&mountPathServer,
	}

	commandRules = []*rule[commandCheck]{}

	envRules = []*rule[envCheck]{}
)
