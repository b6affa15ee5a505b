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

	volumeRules = []*rule[volumeCheck]{}

	containerRules = []*rule[containerCheck]{
		&envLiteralRoot,
		&envMountPath,
		&envSandboxVariable,
		&hostPort,
		&hostProcessMismatch,
		&mountPathDuplicate,
		&runAsUserNameMissing,
	}

	mountRules = []*rule[mountCheck]{
		&mountName,
		&mountPathRequired,
		&mountRecursiveReadOnly,
		&mountSubPath,
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
		&execVariable,
	}

	envRules = []*rule[envCheck]{}
)
