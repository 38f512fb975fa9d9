package supply_test

import (
	"io/fs"
	"os"
	"testing"
	"testing/fstest"

	"quanxiang/gov"
	"quanxiang/packs"
	"quanxiang/policy"
	"quanxiang/policy/policytest"
	"quanxiang/policy/supply"
)

// TestMistakes loads the reference pack with a file of sources that says what is wrong
// with it.
func TestMistakes(t *testing.T) {
	t.Parallel()
	mistakes, err := os.ReadFile("testdata/sources.yaml")
	if err != nil {
		t.Fatal(err)
	}
	fsys, _ := packs.FS("xicheng")
	var files []policy.File
	err = fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(fsys, name)
		if name == "programmes/sources.yaml" {
			data = mistakes
		}
		files = append(files, policy.File{Path: name, Content: data})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = policy.LoadFiles(files)
	problems, ok := err.(policy.Problems)
	if !ok {
		t.Fatalf("Load = %v, want problems", err)
	}
	policytest.Compare(t, fstest.MapFS{"programmes/sources.yaml": {Data: mistakes}}, problems, "programmes/sources.yaml")
}

// A day of a year that a year has not is the last of its month; none is the last of the
// year.
func TestDay(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"12-31": "2017-12-31", "02-29": "2017-02-28", "06-30": "2017-06-30", "01-01": "2017-01-01"} {
		var d supply.Day
		if err := d.UnmarshalText([]byte(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		back, err := d.MarshalText()
		if got := d.Of(2017).String(); got != want || err != nil || string(back) != text {
			t.Errorf("%s of 2017 is %s, want %s; written %s, %v", text, got, want, back, err)
		}
	}
	if got := (supply.Day{}).Of(2016).String(); got != "2016-12-31" {
		t.Errorf("no day: %s", got)
	}
	for _, text := range []string{"13-01", "2-3", "02-30", "", "12-31 "} {
		if err := new(supply.Day).UnmarshalText([]byte(text)); gov.CodeOf(err) != gov.Invalid {
			t.Errorf("%q is taken: %v", text, err)
		}
	}
}
