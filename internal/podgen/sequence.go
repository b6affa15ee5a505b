// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package podgen

import (
	"math/rand/v2"
	"slices"

	"github.com/hostprocess-go/sdk/accounts"
	"github.com/hostprocess-go/sdk/hostprocess"
)

// Sequence is a sequence of calls. Each number is one call with its arguments.
// Numbers can be taken out, to find the calls that matter.
type Sequence []uint64

// Random returns a sequence of up to most calls.
func Random(r *rand.Rand, most int) Sequence {
	s := make(Sequence, 1+r.IntN(most))
	for i := range s {
		s[i] = r.Uint64()
	}
	return s
}

// Pod makes the calls on a new pod.
func (s Sequence) Pod() hostprocess.Pod {
	return s.Change(hostprocess.NewPod(accounts.LocalService))
}

// Change makes the calls on a pod.
func (s Sequence) Change(p hostprocess.Pod) hostprocess.Pod {
	st := &state{values: &values{rand.New(rand.NewPCG(0, 1))}, pod: p}
	for _, number := range s {
		st.Rand = rand.New(rand.NewPCG(number, 1))
		if st.container == nil || st.IntN(2) == 0 {
			podCalls[st.IntN(len(podCalls))](st)
		} else {
			c := containerCalls[st.IntN(len(containerCalls))](st, *st.container)
			st.container = &c
		}
	}
	st.finish()
	return st.pod
}

// Shrink takes out calls as long as the pod still fails.
func (s Sequence) Shrink(fails func(hostprocess.Pod) bool) Sequence {
	for i := 0; i < len(s); {
		if shorter := slices.Delete(slices.Clone(s), i, i+1); fails(shorter.Pod()) {
			s = shorter
		} else {
			i++
		}
	}
	return s
}

// state is a pod in the making, and the container that isn't in it yet.
type state struct {
	*values
	pod       hostprocess.Pod
	container *hostprocess.Container
}

// finish puts the container into the pod.
func (s *state) finish() {
	if s.container == nil {
		return
	}
	switch s.IntN(8) {
	case 0, 1:
		s.pod = s.pod.WithInitContainers(*s.container)
	case 2:
		s.pod = s.pod.WithSidecars(*s.container)
	default:
		s.pod = s.pod.WithContainers(*s.container)
	}
	s.container = nil
}
