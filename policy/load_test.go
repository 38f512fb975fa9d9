package policy_test

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/policytest"
)

func TestLoadGood(t *testing.T) {
	t.Parallel()
	p, err := policy.Load(os.DirFS("testdata"), "good")
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Warnings) > 0 {
		t.Errorf("warnings: %v", p.Warnings)
	}
	if p.ID != "good" || p.District != "990102" || p.Version != "1.10" || p.Name.In(gov.EN) != "Sample District" {
		t.Errorf("header = %q %q %q %v", p.ID, p.District, p.Version, p.Name)
	}
	for _, name := range []string{"区发展改革委", "区发改委", "样例区发展和改革委员会", "区 发 改 委", "区科信委(区知识产权局)", "区科信委（区知识产权局）"} {
		if u, ok := p.FindUnit(name); !ok || u.ID != "fgw" {
			t.Errorf("FindUnit(%q) = %q, %v; want fgw", name, u.ID, ok)
		}
	}
	if _, ok := p.FindUnit("区发展"); ok {
		t.Error("FindUnit finds part of a name")
	}
	if diff := cmp.Diff([]string{"xijie", "dongjie", "fgw"}, p.Members("everyone")); diff != "" {
		t.Errorf("Members opens groups, each unit once (-want +got):\n%s", diff)
	}
	if p.Members("fgw") != nil {
		t.Error("a department has no members")
	}
	var streets []string
	for _, a := range p.Children("990102") {
		streets = append(streets, a.Name.ZH)
	}
	if diff := cmp.Diff([]string{"西街道", "东街道"}, streets); diff != "" {
		t.Errorf("Children come by code (-want +got):\n%s", diff)
	}
	if got := p.Subordinates("fgw"); len(got) != 1 || got[0].ID != "liangshi" {
		t.Errorf("Subordinates = %v", got)
	}
	if d, ok := p.Document("样政发﹝2015﹞ 8 号"); !ok || d.By != "样政发〔2016〕3号" || d.Signed != (gov.Date{Year: 2015, Month: 5, Day: 20}) {
		t.Errorf("Document = %+v, %v", d, ok)
	}
	if post, ok := p.Post("fgw-head"); !ok || post.Unit != "fgw" {
		t.Errorf("Post = %+v, %v", post, ok)
	}
	if a, ok := p.Area("990102001"); !ok || a.Tile != [2]int{1, 1} {
		t.Errorf("Area = %+v, %v", a, ok)
	}
	if r, ok := p.Role("clerk"); !ok || r.Scope != policy.UnitScope || len(r.Grants) != 2 || r.Grants[1].Name().In(gov.EN) != "handle cases" {
		t.Errorf("Role = %+v, %v", r, ok)
	}
	if !p.RolesConflict("auditor", "administrator") || !p.RolesConflict("administrator", "auditor") || p.RolesConflict("clerk", "auditor") || p.RolesConflict("auditor", "nobody") {
		t.Error("RolesConflict holds in both directions, for what is stated and nothing else")
	}
	lex := p.Gazette.Units
	if len(lex) != len(p.Units) || !slices.Contains(lex[0].Aliases, "区发改委") || !slices.Contains(lex[0].Aliases, "样例区发展和改革委员会") || !lex[4].Group {
		t.Errorf("the reader's units = %+v", lex)
	}
	if len(p.Gazette.Series) != 1 || p.Gazette.Series[0].Slug != "yzf" || len(p.Gazette.Labels.Lead) != 2 {
		t.Errorf("gazette.yaml = %+v", p.Gazette)
	}
}

// TestLoadMistakes loads packs whose lines say what is wrong with them. Every
// expected problem must be reported on its line, in both languages, and
// nothing else.
func TestLoadMistakes(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"units", "areas", "roles", "documents", "types", "yaml"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := policy.Load(os.DirFS("testdata"), name)
			problems, ok := err.(policy.Problems)
			if !ok {
				t.Fatalf("Load = %v, want problems", err)
			}
			policytest.Compare(t, os.DirFS("testdata/"+name), problems, "*.yaml")
		})
	}
}

const header = "id: p\ndistrict: 990102\nname: 样例区\nversion: 1\n"

// pack makes a folder p out of file names and texts.
func pack(files ...string) fstest.MapFS {
	fsys := fstest.MapFS{"p/pack.yaml": &fstest.MapFile{Data: []byte(header)}}
	for i := 0; i < len(files); i += 2 {
		fsys["p/"+files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return fsys
}

// TestLoadFiles covers what a comment in the file cannot mark: files that are
// no YAML, and the folder as a whole.
func TestLoadFiles(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		fsys fstest.MapFS
		want string // regexp over the English report
	}{
		{"no pack.yaml", fstest.MapFS{"p/units.yaml": {Data: []byte("units:\n  - {id: a, name: 甲, kind: outside}\n")}}, `^pack.yaml: this file is missing$`},
		{"empty file", pack("units.yaml", "# nothing\n"), `^units.yaml:1:1: the file is empty$`},
		{"syntax", pack("units.yaml", "units:\n  - {id: a\nposts: 3\n"), `^units.yaml:2: YAML syntax: did not find expected ',' or '}'`},
		{"unclosed quote", pack("units.yaml", "units:\n  - 'a\n"), `^units.yaml:\d: YAML syntax: found unexpected end of stream`},
		{"tab", pack("units.yaml", "units:\n\t- a\n"), `^units.yaml:2: YAML syntax`},
		{"GB18030", pack("units.yaml", "units:\n  - \xc7\xf8\xb3\xa4\n"), `^units.yaml:2:5: not UTF-8 \(byte 0xc7\)`},
		{"NUL", pack("units.yaml", "units: \x00\n"), `^units.yaml:1:8: contains the control character U\+0000`},
		{"two documents", pack("units.yaml", "units:\n  - {id: a, name: 甲, kind: outside}\n---\nunits: []\n"), `^units.yaml:[34]:1: a file holds one YAML document`},
		{"too large", pack("units.yaml", "# "+strings.Repeat("x", 1<<20)), `^units.yaml: the file has 1048578 bytes, over the limit`},
		{"too deep", pack("units.yaml", "units: "+strings.Repeat("[", 200)+strings.Repeat("]", 200)), `nested deeper than 32 levels`},
		{"laughs", pack("units.yaml", "a: &a [x, x]\nb: &b [*a, *a]\nunits: [*b, *b]\n"), `anchors such as &a`},
		{"folder name", fstest.MapFS{"q/pack.yaml": {Data: []byte(header)}}, `^pack.yaml:1:5: pack id "p" differs from the folder's name "q" \(did you mean "q"\?\)$`},
		{"district code", fstest.MapFS{"p/pack.yaml": {Data: []byte(strings.Replace(header, "990102", "9901", 1))}}, `^pack.yaml:2:11: "9901" is not a six-digit`},
		{"link", fstest.MapFS{"p/pack.yaml": {Data: []byte(header)}, "p/units.yaml": {Mode: fs.ModeSymlink, Data: []byte("/etc/passwd")}}, `^units.yaml: not a regular file`},
		{"references into a broken file are not called wrong", pack("units.yaml", "units: [", "posts.yaml", "posts:\n  - {id: a, name: 甲, unit: fgw}\n"), `^units.yaml:\d: YAML syntax: .*$`},
		{"roles that nobody could be given", pack("roles.yaml", "roles:\n  - {id: a, name: 甲, scope: unit, grants: [handle]}\n"),
			`^roles.yaml:2:5: no role grants "manage-logins", so nobody could be given any role\nroles.yaml:2:5: no role grants "manage-posts".*$`},
		{"rules of a document", pack("programmes/a.rule", "文件 甲 “样政发〔2016〕3号”\n  施行 2016-11-01\n", "programmes/b.rule", "续 乙\n", "programmes/c.rule", "支持\n"),
			`^programmes/a.rule:1:1: there is no document "样政发〔2016〕3号"\nprogrammes/b.rule:1:\d: no rule file is called "乙"\nprogrammes/c.rule:1:1: a rule file begins with`},
		{"rules with other days", pack("documents.yaml", "documents:\n  - {number: 样政发〔2016〕3号, title: 样, effective: 2016-10-01, valid_until: 2021-10-31}\n",
			"programmes/a.rule", "文件 甲 “样政发〔2016〕3号”\n  施行 2016-11-01\n", "programmes/b.rule", "文件 甲 “样政发〔2016〕3号”\n  施行 2016-11-01\n"),
			`(?m)^programmes/a.rule:1:1: 样政发〔2016〕3号: in force 2016-11-01, the list of documents says 2016-10-01\nprogrammes/a.rule:1:1: 样政发〔2016〕3号: valid until —, the list of documents says 2021-10-31\nprogrammes/b.rule:1:1: "甲" has a rule file already`},
		{"a mistake in every file, in order", pack("areas.yaml", "area: []\n", "posts.yaml", "posts: 1\n", "documents/a.yaml", "documents:\n  - {number: x}\n"),
			`(?s)^areas.yaml.*\ndocuments/a.yaml.*\nposts.yaml`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := "p"
			if _, ok := tt.fsys["q/pack.yaml"]; ok {
				dir = "q"
			}
			p, err := policy.Load(tt.fsys, dir)
			if err == nil || p != nil {
				t.Fatalf("Load = %v, %v; want problems", p, err)
			}
			if !regexp.MustCompile(tt.want).MatchString(err.Error()) {
				t.Errorf("got  %q\nwant %s", err, tt.want)
			}
			if code := gov.CodeOf(err); code != gov.Invalid && code != gov.TooLarge {
				t.Errorf("code = %s", code)
			}
		})
	}
}

// A pack can be made again of its files, wherever they were kept and in
// whatever order they come back.
func TestMadeOfItsFiles(t *testing.T) {
	t.Parallel()
	p, err := policy.Load(os.DirFS("testdata"), "good")
	if err != nil {
		t.Fatal(err)
	}
	files := slices.Clone(p.Files)
	slices.Reverse(files)
	again, err := policy.LoadFiles(files)
	if err != nil {
		t.Fatal(err)
	}
	if again.ID != p.ID || again.Hash != p.Hash || len(again.Units) != len(p.Units) || len(again.Procedures) != len(p.Procedures) {
		t.Errorf("made again it is %s %s", again.ID, again.Hash)
	}
	if sum := fmt.Sprintf("%x", sha256.Sum256(policy.Listing(p.Files))); sum != p.Hash {
		t.Errorf("the list hashes to %s, the pack to %s", sum, p.Hash)
	}
	files[0].Content = append(slices.Clone(files[0].Content), '\n')
	if other, err := policy.LoadFiles(files); err != nil || other.Hash == p.Hash {
		t.Errorf("with one byte more it is the same pack, %v", err)
	}
}

func TestLoadNoFolder(t *testing.T) {
	t.Parallel()
	if _, err := policy.Load(os.DirFS("testdata"), "absent"); gov.CodeOf(err) != gov.NotFound {
		t.Errorf("Load(absent) = %v, want NotFound", err)
	}
}

// Slips that do not stop the pack from working are warnings.
func TestWarnings(t *testing.T) {
	t.Parallel()
	p, err := policy.Load(pack(
		"units.yaml", "units:\n  - {id: a, name: 甲, kind: outside, aliases: [甲]}\n",
		"unit.yaml", "units: []\n", "posts.yml", "posts: []\n", "notes/x.txt", "x", ".git/config", "x", "README.md", "x",
		"areas.yaml", "areas:\n  - {code: 990102, name: 区, level: district}\n  - {code: 990102001, name: 西街道, level: street, parent: 990102}\n",
		"gazette.yaml", "series:\n  - {code: 样政发}\n",
	), "p")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`areas.yaml:3:5: no unit serves the street "西街道"`,
		`gazette.yaml:2:5: no document belongs to the series "样政发"`,
		`notes/x.txt: the pack has no use for this file`,
		`posts.yml: the pack has no use for this file (did you mean "posts.yaml"?)`,
		`unit.yaml: the pack has no use for this file (did you mean "units.yaml"?)`,
		`units.yaml:2:47: the alias "甲" is superfluous: the unit already has that name`,
	}
	if diff := cmp.Diff(want, strings.Split(p.Warnings.Error(), "\n")); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

// The hash is what "sha256sum | sha256sum" prints, so anyone can recompute it.
func TestHash(t *testing.T) {
	t.Parallel()
	load := func(fsys fs.FS) string {
		p, err := policy.Load(fsys, "p")
		if err != nil {
			t.Fatal(err)
		}
		return p.Hash
	}
	base := load(pack())
	const want = "dec174803106bbfd888d1b49dbbc14674e8eb51b8b59f5fa0f9d2cd90a7b6a48"
	if base != want {
		t.Errorf("hash = %s, want %s", base, want)
	}
	if load(pack("README.md", "x", "pack_test.go", "x", ".hidden", "x")) != base {
		t.Error("what is not part of the pack changes its hash")
	}
	if load(pack("demo/a.txt", "x")) == base || load(pack("demo/a.txt", "x")) == load(pack("demo/b.txt", "x")) {
		t.Error("the hash does not cover every file's name and content")
	}
}

func TestNormalNumber(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"西政发〔2016〕8号":   "西政发〔2016〕8号",
		"西政发﹝2016﹞ 8 号": "西政发〔2016〕8号",
		"西政发[2016]第08号": "西政发〔2016〕8号",
		"西政办发（2016）19号": "西政办发〔2016〕19号",
		"西政办发２０１６年19":   "西政办发〔2016〕19号",
		"国务院令第711号":     "国务院令第711号",
		"西政发〔2016〕0号":   "",
		"西政发〔1816〕8号":   "",
		"〔2016〕8号":      "",
		"":              "",
	} {
		if got := policy.NormalNumber(in); got != want {
			t.Errorf("NormalNumber(%q) = %q, want %q", in, got, want)
		}
		if n, ok := policy.ParseNumber(want); ok && n.String() != want {
			t.Errorf("ParseNumber(%q) prints %q", want, n)
		}
	}
}

// FuzzLoad: whatever the files hold, Load returns a pack or problems with
// places, and the same ones every time.
func FuzzLoad(f *testing.F) {
	for _, dir := range []string{"good", "units", "areas", "documents", "types", "yaml"} {
		for _, name := range []string{"units", "areas", "documents", "gazette"} {
			if b, err := os.ReadFile("testdata/" + dir + "/" + name + ".yaml"); err == nil {
				f.Add(b, b)
			}
		}
	}
	f.Fuzz(func(t *testing.T, a, b []byte) {
		fsys := pack("units.yaml", string(a), "areas.yaml", string(a), "documents.yaml", string(b), "gazette.yaml", string(b))
		p, err := policy.Load(fsys, "p")
		if (p == nil) == (err == nil) {
			t.Fatal("neither a pack nor an error, or both")
		}
		if err == nil {
			for _, u := range p.Units {
				if found, ok := p.FindUnit(u.Name.ZH); !ok || found.ID != u.ID {
					t.Fatalf("unit %q is not found by its name", u.ID)
				}
			}
			return
		}
		problems, ok := err.(policy.Problems)
		if !ok {
			t.Fatalf("error is not problems: %v", err)
		}
		for _, e := range problems {
			if e.Pos.File == "" || e.Text.ZH == "" || e.Text.EN == "" || strings.Contains(e.Text.EN, "%!") {
				t.Fatalf("problem without place or text: %#v", e)
			}
		}
		if _, again := policy.Load(fsys, "p"); again.Error() != err.Error() {
			t.Fatal("the report depends on chance")
		}
	})
}
