// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"cmp"
	"errors"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/hostprocess-go/sdk/volumes"
)

// maxTerminationMessage is the size of a container's message that the kubelet reads.
const maxTerminationMessage = 4096

// WriteTerminationMessage writes the termination message of the container, which
// Kubernetes shows in the pod's status (kubectl describe) when the container has
// exited. It replaces an earlier message. mountPath is the container's
// terminationMessagePath; if it is empty, the default is /dev/termination-log.
//
// The kubelet reads the last 4096 bytes, and less if the containers of the pod have
// written more than 12 KiB together. Of a longer message, only the end is written, from
// the start of a character; bytes that aren't UTF-8 become U+FFFD.
//
// The kubelet itself mounts the file, in every mode, and WriteTerminationMessage
// doesn't create it: if it doesn't exist, the error is that of Path.
//
// Sources:
// https://github.com/kubernetes/kubernetes/blob/v1.34.0/pkg/kubelet/kuberuntime/kuberuntime_container.go (makeMounts, getTerminationMessage)
// https://github.com/kubernetes/kubernetes/blob/v1.34.0/pkg/kubelet/container/runtime.go (MaxContainerTerminationMessageLength)
func (r Root) WriteTerminationMessage(mountPath, message string) error {
	mountPath = cmp.Or(mountPath, volumes.DefaultTerminationLog)
	if rest := strings.TrimLeft(mountPath, `/\`); r.windows() && len(rest) < len(mountPath) {
		mountPath = "/" + rest // the kubelet puts a drive before it, which makes several separators one
	}
	path, err := r.Path(mountPath)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return err
	}
	_, err = file.WriteString(end(strings.ToValidUTF8(message, "\ufffd"), maxTerminationMessage))
	return errors.Join(err, file.Close())
}

// end returns the last characters of s, at most the given number of bytes.
func end(s string, most int) string {
	if len(s) <= most {
		return s
	}
	s = s[len(s)-most:]
	for !utf8.RuneStart(s[0]) {
		s = s[1:]
	}
	return s
}
