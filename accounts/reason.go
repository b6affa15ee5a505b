// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package accounts

// Reason is the reason why no HostProcess container can run as a name. The constants
// below are all there are; their text is stable. The zero value, "", is no
// reason.
type Reason string

// Why the API server rejects a name. It checks the name as a whole first, then the
// part before the backslash, then the part after it or the name without one.
// Source:
// https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/apis/core/validation/validation.go#L8904
const (
	// ReasonEmpty: the name, or its part after the backslash, is empty.
	ReasonEmpty Reason = "empty"

	// ReasonControlCharacter: the name contains a control character, or one
	// of the separators U+2028 and U+2029. The API server rejects the ASCII
	// ones only. The others come from YAML, which in double quotes takes a
	// backslash and N, L or P for one such character, as in
	// "NT AUTHORITY\Local Service". [Parse] also rejects the name of a local
	// group that contains one, although nothing forbids it.
	ReasonControlCharacter Reason = "control-character"

	// ReasonBackslashes: the name has more than one backslash.
	ReasonBackslashes Reason = "backslashes"

	// ReasonTooLong: the part before the backslash is longer than 255 bytes,
	// or the rest longer than 104 bytes.
	ReasonTooLong Reason = "too-long"

	// ReasonDomainFormat: the part before the backslash is neither a NetBIOS
	// name of 1 to 15 characters nor a DNS name.
	ReasonDomainFormat Reason = "domain-format"

	// ReasonDotsAndSpaces: the name, or its part after the backslash, consists
	// of dots and spaces.
	ReasonDotsAndSpaces Reason = "dots-and-spaces"

	// ReasonIllegalCharacter: the name, or its part after the backslash,
	// contains one of "/:;|=,+*?<>@[]. A name with an @ is usually a user
	// principal name, user@domain, which no node can log on either.
	ReasonIllegalCharacter Reason = "illegal-character"
)

// Why a node can't run a container as a name that the API server accepts. Unless
// another source is given, the reason follows from the runtime's logon code:
// https://github.com/microsoft/hcsshim/blob/v0.12.9/internal/jobcontainers/logon.go
const (
	// ReasonContainerUser: the name is ContainerUser or
	// ContainerAdministrator. Windows has these accounts only inside a
	// container that isn't a HostProcess container:
	// https://github.com/microsoft/hcsshim/issues/1050
	ReasonContainerUser Reason = "container-user"

	// ReasonUnknownService: the name is under NT AUTHORITY, but none of the
	// three service accounts.
	ReasonUnknownService Reason = "unknown-service"

	// ReasonDomainSpelling: the part before the backslash is another spelling
	// of NT AUTHORITY, such as nt authority or NTAUTHORITY.
	ReasonDomainSpelling Reason = "domain-spelling"

	// ReasonMissingDomain: the name is that of a service account without
	// NT AUTHORITY in front, as in SYSTEM, LocalSystem or Local Service.
	// [Parse] also rejects a local group with such a name, which would work.
	ReasonMissingDomain Reason = "missing-domain"

	// ReasonLocalPrefix: the name starts with BUILTIN\ or .\, which mean
	// "on this host". The runtime looks for a local group with the whole text
	// as its name. The API server itself rejects .\ as a malformed domain.
	ReasonLocalPrefix Reason = "local-prefix"

	// ReasonNeedsPassword: the name is that of a domain user, a user of the
	// host, or a managed service account (its name ends in $). Their logon
	// needs a password, for which Kubernetes has no field. This covers every
	// DOMAIN\name without a reason of its own, where DOMAIN can be a domain or
	// the host's name (so HOST\group too); every name that ends in $; and the
	// users of every host, Administrator, Guest and DefaultAccount. Other
	// users of the host look like groups, and [Parse] accepts them as such. It
	// rejects a local group whose name ends in $, although that would work.
	ReasonNeedsPassword Reason = "needs-password"

	// ReasonNumber: the name is an integer, which containerd takes for the
	// user ID of a Linux user, so that no Windows account is ever set:
	// https://github.com/containerd/containerd/blob/v1.7.35/oci/spec_opts.go#L635
	// To some versions, a negative number, or one above 2147483647, is an ordinary
	// name, so a local group of that name would work there. [Parse] rejects it
	// too.
	ReasonNumber Reason = "number"

	// ReasonTrailingPeriod: the name ends in a period, which the name of a local
	// group can't:
	// https://github.com/MicrosoftDocs/sdk-api/blob/01397c928b240d956b80a22d04fdf80910c6aede/sdk-api-src/content/lmaccess/nf-lmaccess-netlocalgroupadd.md
	ReasonTrailingPeriod Reason = "trailing-period"

	// ReasonInvalidUTF8: the name isn't valid UTF-8, which a manifest must be.
	ReasonInvalidUTF8 Reason = "invalid-utf8"
)

// ReasonNotCanonical is a reason of [Account.Validate] only: the name means an
// account, but [Parse] returns another value for it. A service account has only
// one valid spelling, and a group's name isn't a valid ServiceAccount.
const ReasonNotCanonical Reason = "not-canonical"
