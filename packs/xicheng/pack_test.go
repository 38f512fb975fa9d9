package xicheng_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quanxiang/packs"
	"quanxiang/policy"
)

// load compiles the reference pack as the binary carries it.
func load(t *testing.T) *policy.Pack {
	t.Helper()
	fsys, ok := packs.FS("xicheng")
	if !ok {
		t.Fatal("the binary carries no pack xicheng")
	}
	p, err := policy.Load(fsys, ".")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// realGazette reads the gazette of 2016, which is kept beside the repository.
func realGazette(t *testing.T) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "gazette", "xicheng-2016.txt"))
	if os.IsNotExist(err) && os.Getenv("CI") != "true" {
		t.Skip("the real gazette is not beside the repository")
	}
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestPack(t *testing.T) {
	t.Parallel()
	p := load(t)
	if len(p.Warnings) > 0 {
		t.Errorf("warnings: %v", p.Warnings)
	}
	kinds := map[policy.UnitKind]int{}
	for _, u := range p.Units {
		kinds[u.Kind]++
		if u.Name.EN == "" {
			t.Errorf("unit %s has no English name", u.ID)
		}
		if u.Cite == "" {
			t.Errorf("unit %s is not cited", u.ID)
		}
	}
	for _, post := range p.Posts {
		if post.Name.EN == "" || post.Cite == "" {
			t.Errorf("post %s lacks its English name or its place", post.ID)
		}
	}
	granted := map[policy.Act]bool{}
	for _, role := range p.Roles {
		if role.Name.EN == "" {
			t.Errorf("role %s has no English name", role.ID)
		}
		for _, act := range role.Grants {
			granted[act] = true
		}
	}
	for _, act := range policy.Acts() {
		if !granted[act] {
			t.Errorf("no role grants %s", act)
		}
	}
	if got := kinds[policy.StreetOffice]; got != 15 {
		t.Errorf("street offices: got %d, want 15", got)
	}
	streets := p.Children("110102")
	if len(streets) != 15 {
		t.Errorf("streets: got %d, want 15", len(streets))
	}
	group, ok := p.FindUnit("各街道办事处")
	if !ok {
		t.Fatal("各街道办事处 is unknown")
	}
	var served []string
	for _, id := range p.Members(group.ID) {
		u, _ := p.Unit(id)
		if u.Kind != policy.StreetOffice {
			t.Errorf("%s of the group of all streets is no street office", id)
		}
		served = append(served, u.Area)
	}
	slices.Sort(served)
	var codes []string
	for _, a := range streets {
		codes = append(codes, a.Code)
	}
	if diff := cmp.Diff(codes, served); diff != "" {
		t.Errorf("the group of all streets does not serve each street once (-streets +served):\n%s", diff)
	}
}

// The units the documents name most, in the spellings they use.
func TestNames(t *testing.T) {
	t.Parallel()
	p := load(t)
	for print, name := range map[string]string{
		"区发改委":              "区发展改革委",
		"区住建委":              "区住房城市建设委",
		"区卫计委":              "区卫生计生委",
		"区安监局":              "区安全监管局",
		"区政府办":              "区政府办公室",
		"区环境办":              "区环境建设办",
		"西城食药监管分局":          "区食药监局",
		"区综合行政服务中心":         "区行政服务中心",
		"中关村西城园管委会":         "西城园管委会",
		"区科信委（区知识产权局）":      "区科信委",
		"西城规划分局(区历史名城保护办)":  "西城规划分局",
		"区园林绿化局（区绿化办）":      "区园林绿化局",
		"区密码管理局（区委机要局）":     "区密码管理局",
		"北京市西城区人民政府办公室":     "区政府办公室",
		"广安门外街道":            "广外街道",
		"各街道办事处":            "各街道",
		"北京市西城区人民政府牛街街道办事处": "牛街街道",
		"清洁空气行动计划各相关单位":     "清洁空气行动计划各相关单位",
		"“清洁空气行动计划”各相关单位":   "清洁空气行动计划各相关单位",
		"质量发展纲要领导小组各成员单位":   "质量发展纲要领导小组成员单位",
		"北京市国土资源局西城分局":      "西城国土分局",
		"区 市 政 市 容 委":       "区市政市容委",
	} {
		u, ok := p.FindUnit(print)
		if !ok || u.Name.ZH != name {
			t.Errorf("FindUnit(%q) = %q, %v; want %q", print, u.Name.ZH, ok, name)
		}
	}
	// Misprints of the gazette are for the reader to note, not names.
	for _, misprint := range []string{"区市市政市容委", "国有产审计"} {
		if u, ok := p.FindUnit(misprint); ok {
			t.Errorf("the misprint %q is a name of %s", misprint, u.ID)
		}
	}
}

func TestDocuments(t *testing.T) {
	t.Parallel()
	p := load(t)
	printed, repealed, cited := 0, map[string]bool{}, map[string]bool{}
	for _, d := range p.Documents {
		if d.Title == "" {
			t.Errorf("%s has no title", d.Number)
		}
		if d.Action != "" {
			printed++
		}
		for _, n := range d.Repeals {
			repealed[n] = true
			old, ok := p.Document(n)
			if !ok || old.Status != policy.Repealed {
				t.Errorf("%s repeals %s, which the pack does not know as repealed", d.Number, n)
			}
		}
		for _, n := range d.Cites {
			cited[n] = true
			if _, ok := p.Document(n); !ok {
				t.Errorf("%s cites %s, which the pack does not know", d.Number, n)
			}
		}
		if !d.ValidUntil.IsZero() && d.ValidUntil != d.Effective.AddYears(5).Add(-1) {
			t.Errorf("%s: in force %s to %s is not five years", d.Number, d.Effective, d.ValidUntil)
		}
		if d.By != "" {
			by, _ := p.Document(d.By)
			if !slices.Contains(by.Repeals, d.Number) {
				t.Errorf("%s is repealed by %s, which does not say so", d.Number, d.By)
			}
		}
	}
	if got, want := [3]int{printed, len(repealed), len(cited)}, [3]int{24, 7, 26}; got != want {
		t.Errorf("documents printed, repealed, cited: got %v, want %v", got, want)
	}
}

var (
	unitLabel = regexp.MustCompile(`(?:主责单位|牵头单位|牵头部门|配合部门|公开主责部门|解读主责部门|解读主责单位|牵头落实单位|栏目设计单位)[:：]`)
	listEnd   = regexp.MustCompile(`[。；;]|公开主责部门|公开位置|公开时限|牵头领导|配合部门`)
)

// TestGazetteUnits finds the labelled lists of units in the real gazette
// without the reader and looks every name up.
func TestGazetteUnits(t *testing.T) {
	t.Parallel()
	p := load(t)
	lists, names := 0, 0
	for _, par := range paragraphs(realGazette(t)) {
		for _, at := range unitLabel.FindAllStringIndex(par, -1) {
			list := par[at[1]:]
			if end := listEnd.FindStringIndex(list); end != nil {
				list = list[:end[0]]
			}
			lists++
			for name := range strings.FieldsFuncSeq(list, func(r rune) bool { return strings.ContainsRune("、，,", r) }) {
				if strings.HasSuffix(name, "）") && !strings.Contains(name, "（") {
					name = strings.TrimSuffix(name, "）")
				}
				names++
				if _, ok := p.FindUnit(name); !ok {
					t.Errorf("no unit has the name %q", name)
				}
			}
		}
	}
	if lists < 230 || names < 700 {
		t.Errorf("found %d lists with %d names; the gazette has more", lists, names)
	}
}

// paragraphs joins the lines of the raw text: a paragraph ends with a line
// that ends with a blank.
func paragraphs(data []byte) []string {
	var out []string
	var cur strings.Builder
	for line := range bytes.Lines(data) {
		text := strings.ReplaceAll(strings.TrimRight(string(line), "\r\n"), "\u00a0", " ")
		if strings.TrimSpace(text) == "" {
			continue
		}
		joined := strings.Join(strings.Fields(text), "")
		cur.WriteString(strings.NewReplacer("(", "（", ")", "）").Replace(joined))
		if strings.HasSuffix(text, " ") {
			out = append(out, cur.String())
			cur.Reset()
		}
	}
	return append(out, cur.String())
}
