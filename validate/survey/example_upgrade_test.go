// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package survey_test

import (
	"fmt"
	"time"

	"github.com/hostprocess-go/sdk/validate/survey"
)

// A report says what the nodes run that nobody supports any more.
func ExampleSurvey_Unsupported() {
	var s survey.Survey
	for _, n := range pools() {
		s.Add(n)
	}
	today := time.Date(2026, time.November, 30, 0, 0, 0, 0, time.UTC) // time.Now() in a program
	for _, u := range s.Unsupported(today) {
		fmt.Println(u)
	}
	fmt.Println(len(s.Unsupported(today.AddDate(3, 0, 0))), "in three years")
	// Output:
	// 1 node runs containerd 1.6.8, unsupported since August 23, 2025
	// 2 nodes run containerd 1.7.13+azure, unsupported since September 2026
	// 3 in three years
}
