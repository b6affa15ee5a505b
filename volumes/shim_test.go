// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package volumes_test

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/hostprocess-go/sdk/volumes"
)

// recordedStart is what the code of the shim made of a process; the file is
// explained where it is.
type recordedStart struct {
	Shim []string
	Bind bool
	Env  []string
	Cwd  string
	Dir  string
	Got  []string
}

// shimOf says which version of hcsshim comes with a version of containerd.
var shimOf = map[string]string{"0.9.12": "containerd://1.6.39", "0.11.7": "containerd://1.7.35", "0.12.9": "containerd://2.0.14", "0.15.0": "containerd://2.4.2"}

func recordedStarts(t *testing.T) []recordedStart {
	t.Helper()
	f, err := os.Open("../internal/cmdline/testdata/shim.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []recordedStart
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var r recordedStart
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	if len(all) < 265 {
		t.Fatalf("only %d records", len(all))
	}
	return all
}

// recordedID is the ID of the container of each record.
var recordedID = strings.Repeat("0123456789abcdef", 4)

// mode is the mode in which the record was made.
func (r recordedStart) mode() volumes.Mode {
	switch {
	case r.Bind:
		return volumes.ModeBind
	case slices.Contains(r.Shim, "0.9.12"):
		return volumes.ModeSymlink16
	}
	return volumes.ModeSymlinkHPC
}

// tally counts what was compared, what disagreed, and where that is meant.
type tally struct{ compared, disagreed, meant int }

func (c *tally) add(agrees bool) {
	c.compared++
	if !agrees {
		c.disagreed++
	}
}

// compareDir compares the working directory. Two disagreements are meant:
//
//   - without a directory the shim takes the root, but containerd always names one,
//     and WorkingDir knows which;
//   - with the bind filter the shim takes a relative directory as it is, which is
//     then below the shim's own; WorkingDir refuses it.
func (r recordedStart) compareDir(c *tally, runtime volumes.Runtime, mode volumes.Mode) {
	root := mode.Root(recordedID)
	got, err := runtime.WorkingDir(mode, root, r.Cwd)
	switch {
	case r.Cwd == "":
		c.meant++
		c.add(r.Dir == root+`\`)
	case err != nil:
		c.meant++
		c.add(mode == volumes.ModeBind && r.Dir == r.Cwd && err.(*volumes.PathError).Reason == volumes.ReasonRelativeDir)
	default:
		c.add(got == r.Dir)
	}
}

// compareEnv compares the values, but for that of PATH, which wasn't recorded, and
// where chance decides between two spellings of a name.
func (r recordedStart) compareEnv(c *tally, runtime volumes.Runtime, mode volumes.Mode) {
	values := map[string]string{}
	spellings := map[string][]string{}
	for _, entry := range r.Env {
		name, value, _ := strings.Cut(entry, "=")
		if _, set := runtime.EnvValue(value, ""); set {
			values[name] = value
			spellings[strings.ToLower(name)] = append(spellings[strings.ToLower(name)], name)
		}
	}
	for folded, names := range spellings {
		if folded == "path" || folded == "container_sandbox_mount_point" || len(slices.Compact(names)) > 1 {
			continue
		}
		value, _ := runtime.EnvValue(values[names[0]], mode.Root(recordedID))
		c.add(slices.Contains(r.Got, names[0]+"="+value))
	}
}

func TestRecordedStarts(t *testing.T) {
	var dirs, env tally
	for _, r := range recordedStarts(t) {
		for _, version := range r.Shim {
			runtime := mustParseRuntime(t, shimOf[version])
			for _, what := range []struct {
				name    string
				compare func(*tally, volumes.Runtime, volumes.Mode)
				sum     *tally
			}{{"directory", r.compareDir, &dirs}, {"environment", r.compareEnv, &env}} {
				before := what.sum.disagreed
				if what.compare(what.sum, runtime, r.mode()); what.sum.disagreed > before {
					t.Errorf("%s, mode %s: another %s than recorded: %+v", runtime, r.mode(), what.name, r)
				}
			}
		}
	}
	t.Logf("working directories %+v, variables %+v", dirs, env)
	if dirs.compared < 637 || dirs.meant > 276 || env.compared < 632 || env.meant > 0 {
		t.Error("fewer than there were are compared, or fewer agree")
	}
}

// Judged as another version's, the records have to disagree: in every directory,
// and in the variables that have a token in them.
func TestRecordedStartsOfOtherVersions(t *testing.T) {
	all := recordedStarts(t)
	for _, wrong := range []struct {
		runtime        string
		mode, recorded volumes.Mode
		dirs, env      int // that disagree at least
	}{
		{"containerd://1.6.39", volumes.ModeSymlink16, volumes.ModeBind, 110, 13},
		{"containerd://1.6.39", volumes.ModeSymlink16, volumes.ModeSymlinkHPC, 76, 13},
		{"containerd://2.0.14", volumes.ModeSymlinkHPC, volumes.ModeSymlink16, 79, 12},
		{"containerd://2.0.14", volumes.ModeSymlinkHPC, volumes.ModeBind, 110, 13},
		{"containerd://2.0.14", volumes.ModeBind, volumes.ModeSymlink16, 79, 12},
		{"containerd://2.0.14", volumes.ModeBind, volumes.ModeSymlinkHPC, 76, 13},
		{"containerd://1.6.6", volumes.ModeSymlink16, volumes.ModeSymlink16, 0, 12}, // puts nothing in values
	} {
		runtime := mustParseRuntime(t, wrong.runtime)
		var dirs, env tally
		for _, r := range all {
			if r.mode() == wrong.recorded {
				r.compareDir(&dirs, runtime, wrong.mode)
				r.compareEnv(&env, runtime, wrong.mode)
			}
		}
		t.Logf("%s, mode %s, of records of %s: %+v, %+v", runtime, wrong.mode, wrong.recorded, dirs, env)
		if dirs.disagreed < wrong.dirs || env.disagreed < wrong.env {
			t.Errorf("%s, mode %s, of records of %s: %+v, %+v", runtime, wrong.mode, wrong.recorded, dirs, env)
		}
	}
}
