package applying_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/policy"
	"quanxiang/policy/policytest"
)

const file = "applications.yaml"

// load loads the reference pack with another file about applications.
func load(t *testing.T, data string) policy.Problems {
	t.Helper()
	all := packtest.Copy(t, packtest.Files(t))
	all[file] = &fstest.MapFile{Data: []byte(data)}
	_, err := policy.Load(all, ".")
	if err == nil {
		return nil
	}
	problems, ok := err.(policy.Problems)
	if !ok {
		t.Fatal(err)
	}
	return problems
}

// A file says what is wrong with it at its lines, all of it at once.
func TestMistakes(t *testing.T) {
	t.Parallel()
	mistakes, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	policytest.Compare(t, fstest.MapFS{file: {Data: mistakes}}, load(t, string(mistakes)), file)
}

// An organisation is a party by a field of the register that says who may act for it, and
// only where somebody may be let.
func TestActing(t *testing.T) {
	t.Parallel()
	const at = "procedures/incubator_teams.yaml"
	says := func(all fstest.MapFS, words string) {
		t.Helper()
		_, err := policy.Load(all, ".")
		problems, _ := err.(policy.Problems)
		if !slices.ContainsFunc(problems, func(p *gov.Error) bool { return p.Pos.File == at && strings.Contains(p.Text.EN, words) }) {
			t.Errorf("%v, wanted %s with %q", err, at, words)
		}
	}
	all := packtest.Copy(t, packtest.Files(t))
	text := string(all[at].Data)
	all[at] = &fstest.MapFile{Data: []byte(strings.Replace(text, "{id: operator, type: subject, of: market,", "{id: operator, type: subject, of: incubators,", 1))}
	says(all, "should be of the register \"market\"")
	all = packtest.Copy(t, packtest.Files(t))
	delete(all, file)
	says(all, "no applications.yaml")
}

// Who deals with what is found by the short name of a document.
func TestProgramme(t *testing.T) {
	t.Parallel()
	r := packtest.Xicheng(t).Applications
	if p, ok := r.Programme("18号"); !ok || p.Unit != "xcy" || len(p.Reviewers) != 2 {
		t.Errorf("18号: %+v %v", p, ok)
	}
	if p, ok := r.Programme("8号"); ok {
		t.Errorf("8号 is applied for at %+v", p)
	}
}
