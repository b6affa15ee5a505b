// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	admissionv1 "k8s.io/api/admission/v1"
)

var (
	load   = flag.Int("load", 4, "how many of each hostile review are sent at once; eight times as many valid ones")
	cgroup = flag.String("cgroup", "", "a folder for a control group with the memory limit of the manifest, such as /sys/fs/cgroup/operator; it is made and removed")
)

// hostileReviews are the most expensive reviews. None may be allowed.
func hostileReviews(t *testing.T) map[string]string {
	list := func(element string, n int) string {
		return strings.TrimSuffix(strings.Repeat(element+",", n), ",")
	}
	in := func(list, elements string) string {
		return strings.Replace(badPod, `"workingDir"`, `"`+list+`":[`+elements+`],"workingDir"`, 1)
	}
	text := in("env", `{"name":"A","value":"`+strings.Repeat("%a% $env:b ", 254_000)+`"}`)
	mounts := in("volumeMounts", list(`{"name":"n","mountPath":"C:"}`, maxElements/3-100))
	reviews := map[string]string{
		"2.8 MB of text":                createOf(t, text),
		"2.8 MB of variables":           createOf(t, in("env", list(`{"name":"A","value":"1234567890"}`, 82_000))),
		"0.3 MB of empty containers":    createOf(t, many(badPod, 100_000)),
		"as many empty containers":      createOf(t, many(badPod, maxElements/2-100)),
		"as many mounts":                createOf(t, mounts),
		"as many empty ports":           createOf(t, in("ports", list(`{}`, maxElements/2-100))),
		"an update of 2.8 MB of text":   reviewOf(t, admissionv1.AdmissionRequest{Kind: podKind, Operation: admissionv1.Update, Object: raw(text), OldObject: raw(strings.Replace(text, `"hostNetwork":false`, `"hostNetwork":true`, 1))}),
		"7 MB of groups":                strings.Replace(createOf(t, badPod), `"userInfo":{}`, `"userInfo":{"groups":[`+list(`""`, 2_400_000)+`]}`, 1),
		"7 MB of space":                 createOf(t, badPod) + strings.Repeat(" ", maxBody-4096),
		"8 MB":                          createOf(t, badPod) + strings.Repeat(" ", 8<<20),
		"a small one, the usual denial": createOf(t, badPod),
	}
	return reviews
}

// TestLoad sends many of the most expensive reviews concurrently, with slow clients,
// certificate changes and restarts, under the memory limit of the manifest. No bad pod is
// admitted, the operator isn't killed, and valid reviews are answered.
func TestLoad(t *testing.T) {
	p := newProgram(t)
	limit := readManifests(t).deployment.Spec.Template.Spec.Containers[0].Resources.Limits.Memory().Value()
	if *cgroup != "" {
		makeGroup(t, *cgroup, limit)
		p.cgroup = *cgroup
	}
	p.start(t)
	t.Logf("%-40s peak %s", "started", p.peak(t, limit))
	hostile, valid := hostileReviews(t), createOf(t, goodPod)
	all := func(names ...string) (list []string) {
		for _, name := range names {
			list = append(list, slices.Repeat([]string{hostile[name]}, *load)...)
		}
		return list
	}
	var names []string
	for name, review := range hostile {
		names = append(names, name)
		t.Logf("%-40s %v, peak %s", "one of "+name, p.send(t, review), p.peak(t, limit))
	}
	slices.Sort(names)
	for _, name := range names {
		t.Logf("%-40s %v, peak %s", fmt.Sprint(*load, " of ", name), p.send(t, all(name)...), p.peak(t, limit))
	}
	t.Logf("%-40s %v, peak %s", fmt.Sprint(8**load, " valid"), p.mustAllow(t, slices.Repeat([]string{valid}, 8**load)), p.peak(t, limit))
	t.Logf("%-40s %v, peak %s", fmt.Sprint(*load, " of each"), p.send(t, all(names...)...), p.peak(t, limit))

	free := p.slowClients(32 * *load)
	t.Logf("%-40s %v, peak %s", fmt.Sprint(8**load, " valid, ", 32**load, " slow clients"), p.mustAllow(t, slices.Repeat([]string{valid}, 8**load)), p.peak(t, limit))
	free()

	// Certificates, and the restart of one of two replicas, in the middle of everything.
	var group sync.WaitGroup
	group.Go(func() {
		for serial := range int64(5) {
			p.writeCertificate(t, serial+2)
			time.Sleep(50 * time.Millisecond)
		}
	})
	group.Go(func() {
		t.Logf("%-40s %v", fmt.Sprint(*load, " of each, new certificates"), p.send(t, all(names...)...))
	})
	t.Logf("%-40s %v", fmt.Sprint(8**load, " valid beside both"), p.mustAllow(t, slices.Repeat([]string{valid}, 8**load)))
	group.Wait()
	t.Logf("%-40s peak %s", "", p.peak(t, limit))
	group.Go(func() {
		t.Logf("%-40s %v", fmt.Sprint(*load, " of each, a restart"), p.send(t, all(names...)...))
	})
	time.Sleep(500 * time.Millisecond)
	p.stop(t)
	p.start(t)
	group.Wait()
	t.Logf("%-40s %v, peak %s", fmt.Sprint(8**load, " valid afterwards"), p.mustAllow(t, slices.Repeat([]string{valid}, 8**load)), p.peak(t, limit))
	p.stop(t)
}

// outcome is the outcome of reviews.
type outcome struct {
	allowed, denied, refused, failed int64
	failure                          error // of those without an answer
	times                            []time.Duration
}

func (o outcome) String() string {
	slices.Sort(o.times)
	at := func(n int) time.Duration { return o.times[len(o.times)*n/100].Round(100 * time.Microsecond) }
	return fmt.Sprintf("%d allowed, %d denied, %d refused, %d without an answer; p50 %v, p99 %v", o.allowed, o.denied, o.refused, o.failed, at(50), at(99))
}

// send sends reviews concurrently, none of which may be allowed.
func (p *program) send(t *testing.T, reviews ...string) outcome {
	o := p.sendAll(reviews)
	if o.allowed > 0 {
		t.Errorf("%d of %d were allowed", o.allowed, len(reviews))
	}
	return o
}

// mustAllow sends reviews concurrently, all of which must be allowed.
func (p *program) mustAllow(t *testing.T, reviews []string) outcome {
	o := p.sendAll(reviews)
	if o.allowed != int64(len(reviews)) {
		t.Errorf("of %d valid ones: %v: %v", len(reviews), o, o.failure)
	}
	return o
}

func (p *program) sendAll(reviews []string) outcome {
	var allowed, denied, refused, failed atomic.Int64
	times, errs := make([]time.Duration, len(reviews)), make([]error, len(reviews))
	client := newClient(false)
	defer client.CloseIdleConnections()
	var group sync.WaitGroup
	for i, review := range reviews {
		group.Go(func() {
			begin := time.Now()
			answer, _, err := p.review(client, review)
			times[i], errs[i] = time.Since(begin), err
			switch {
			case err != nil:
				failed.Add(1)
			case strings.Contains(answer, `"allowed":true`):
				allowed.Add(1)
			case strings.Contains(answer, `"allowed":false`):
				denied.Add(1)
			default:
				refused.Add(1)
			}
		})
	}
	group.Wait()
	return outcome{allowed.Load(), denied.Load(), refused.Load(), failed.Load(), errors.Join(errs...), times}
}

// slowClients connect and then do nothing, never end their headers, or send a part of the
// body that they announce; of those, half ask for a place among the large ones.
func (p *program) slowClients(n int) (free func()) {
	ctx, cancel := context.WithCancel(context.Background())
	dialer := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}}
	const head = "POST /validate HTTP/1.1\r\nHost: webhook\r\nContent-Type: application/json\r\n"
	texts := []string{"", head + "X: " + strings.Repeat("x", 12<<10), head + "Content-Length: 7000000\r\n\r\n{", head + "Content-Length: 60000\r\n\r\n{" + strings.Repeat(" ", 50_000)}
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			c, err := dialer.DialContext(ctx, "tcp", p.address)
			if err != nil {
				return // it waits for a connection until the end
			}
			defer c.Close()
			if _, err := io.WriteString(c, texts[i%len(texts)]); err == nil {
				<-ctx.Done()
			}
		})
	}
	time.Sleep(200 * time.Millisecond)
	return func() { cancel(); group.Wait() }
}

// peak returns the peak memory of the operator, which must be below the limit.
func (p *program) peak(t *testing.T, limit int64) string {
	t.Helper()
	if runtime.GOOS != "linux" {
		return "unknown: only Linux tells"
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.running.Process.Pid))
	if err != nil {
		t.Fatal(err, p.output)
	}
	var kib int64
	_, rest, found := strings.Cut(string(status), "VmHWM:")
	if _, err := fmt.Sscan(rest, &kib); err != nil || !found {
		t.Fatalf("it was killed: %v, %s", err, p.output)
	}
	// Pages of the program's file count here; the kernel drops them before it kills.
	if *cgroup == "" && kib<<10 > limit+32<<20 {
		t.Errorf("peak %d MiB", kib>>10)
	}
	text := fmt.Sprintf("%d MiB resident", kib>>10)
	for _, file := range []string{"memory.peak", "memory.max_usage_in_bytes"} {
		if data, err := os.ReadFile(filepath.Join(*cgroup, file)); err == nil && *cgroup != "" {
			text += fmt.Sprintf(", %s %s", file, strings.TrimSpace(string(data)))
		}
	}
	return text
}

// makeGroup makes a control group of version 2, or of version 1, until the test ends.
func makeGroup(t *testing.T, dir string, limit int64) {
	t.Helper()
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for range 100 { // until the kernel knows that its processes have ended
			if err := os.Remove(dir); err == nil || errors.Is(err, os.ErrNotExist) {
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
		t.Errorf("%s can't be removed", dir)
	})
	for _, file := range []string{"memory.max", "memory.limit_in_bytes"} {
		if os.WriteFile(filepath.Join(dir, file), fmt.Append(nil, limit), 0) == nil {
			return
		}
	}
	t.Fatalf("%s takes no memory limit", dir)
}
