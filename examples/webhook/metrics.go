// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// families are the counters that there are, by name.
var families = [...]struct{ name, help string }{
	{"certificate_loads_total", "How often the files of the certificate were new, by result."},
	{"refused_requests_total", "Requests that were no AdmissionReview, by HTTP status."},
	{"reviews_total", "AdmissionReviews that were answered."},
}

// metrics are counters. The zero value is ready to use, by many goroutines.
type metrics struct {
	mu     sync.Mutex
	counts map[string]uint64 // by name and labels, as they are written
}

// count adds one to a counter with labels, given as name, value, name, value.
// The values must be words of this program.
func (m *metrics) count(name string, labels ...string) {
	var pairs []string
	for i := 0; i+1 < len(labels); i += 2 {
		pairs = append(pairs, fmt.Sprintf("%s=%q", labels[i], labels[i+1]))
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.counts == nil {
		m.counts = map[string]uint64{}
	}
	m.counts[name+"{"+strings.Join(pairs, ",")+"}"]++
}

// ServeHTTP writes the counters in the text format of Prometheus.
//
// Source: https://prometheus.io/docs/instrumenting/exposition_formats/
func (m *metrics) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	m.mu.Lock()
	counts := maps.Clone(m.counts)
	m.mu.Unlock()
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	series := slices.Sorted(maps.Keys(counts))
	for _, family := range families {
		fmt.Fprintf(w, "# HELP hostprocess_webhook_%s %s\n# TYPE hostprocess_webhook_%[1]s counter\n", family.name, family.help)
		for _, s := range series {
			if strings.HasPrefix(s, family.name+"{") {
				fmt.Fprintf(w, "hostprocess_webhook_%s %d\n", s, counts[s])
			}
		}
	}
}
