package akn_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quanxiang/gazette"
	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/library/akn"
	"quanxiang/library/librarytest"
	"quanxiang/packs"
	"quanxiang/policy"
	"quanxiang/store"
	"quanxiang/store/storetest"
)

// shared is the folder beside the repository with schemas and the real gazette.
const shared = "../../../shared"

// need skips the test where a shared file is absent, and fails it in CI.
func need(t *testing.T, path string) string {
	t.Helper()
	full := filepath.Join(shared, path)
	if _, err := os.Stat(full); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is needed in CI: %v", path, err)
		}
		t.Skipf("%s is not here", path)
	}
	return full
}

// views imports a gazette and returns the page of each of its documents.
func views(t *testing.T, read func(p *policy.Pack) *gazette.Gazette) []*library.View {
	t.Helper()
	fsys, _ := packs.FS("xicheng")
	pack, err := policy.Load(fsys, ".")
	if err != nil {
		t.Fatal(err)
	}
	db := storetest.Open(t, storetest.DSN(t, store.SQLite), nil)
	l := library.New(db.Library(pack.District), pack, func() time.Time { return time.Date(2016, 12, 1, 9, 0, 0, 0, gov.China) })
	report, err := l.Import(t.Context(), gov.Actor{Kind: gov.OperatorActor}, read(pack), library.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var list []*library.View
	for _, d := range report.Documents {
		v, err := l.Document(t.Context(), d.Slug, 0, gov.Date{})
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, v)
	}
	return list
}

func sampleViews(t *testing.T) []*library.View {
	return views(t, func(*policy.Pack) *gazette.Gazette { return librarytest.Sample() })
}

// realViews are those of the real gazette, none where it is not.
func realViews(t *testing.T) []*library.View {
	if librarytest.RealFile(t) == "" {
		return nil
	}
	return views(t, func(p *policy.Pack) *gazette.Gazette { return librarytest.Real(t, p) })
}

func export(t *testing.T, v *library.View) []byte {
	t.Helper()
	b, err := akn.Export("110102", v)
	if err != nil {
		t.Fatalf("%s: %v", v.Number, err)
	}
	return b
}

// Every document of the sample and of the real gazette validates against the
// schema of the standard.
func TestExportValidates(t *testing.T) {
	t.Parallel()
	schema := need(t, "schemas/akomantoso30.xsd")
	lint, err := exec.LookPath("xmllint")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("xmllint (libxml2-utils) is needed in CI")
		}
		t.Skip("xmllint is not installed")
	}
	list := sampleViews(t)
	t.Run("real", func(t *testing.T) { list = append(list, realViews(t)...) })
	dir := t.TempDir()
	args := []string{"--nonet", "--noout", "--schema", schema}
	for i, v := range list {
		name := filepath.Join(dir, fmt.Sprintf("%d-%s.xml", i, v.Slug))
		if err := os.WriteFile(name, export(t, v), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, name)
	}
	if out, err := exec.Command(lint, args...).CombinedOutput(); err != nil {
		t.Errorf("xmllint: %v\n%.6000s", err, out)
	}
}

// What is on the page is in the export: every element under its own eId, every
// paragraph's text, every row of a table.
func TestExportIsWhole(t *testing.T) {
	t.Parallel()
	list := append(sampleViews(t), realViews(t)...)
	for _, v := range list {
		ids, text := scan(t, export(t, v))
		articles := 0
		for _, p := range v.Parts {
			library.Walk(p.Elements, 0, func(e *library.Element, _ int) {
				if ids[e.ID] != 1 {
					t.Errorf("%s: eId %s stands %d times", v.Number, e.ID, ids[e.ID])
				}
				if e.Type == gazette.ArticleNode {
					articles++
				}
				if !strings.Contains(text, e.Text) || !strings.Contains(text, e.Heading) {
					t.Errorf("%s: %s: its text is not in the export", v.Number, e.ID)
				}
			})
		}
		for id, n := range ids {
			if n != 1 {
				t.Errorf("%s: eId %s stands %d times", v.Number, id, n)
			}
		}
		for _, it := range v.Items {
			if it.Scope == library.TaskScope && ids[it.Anchor] == 0 {
				continue // a numbered paragraph, checked with the elements above
			}
			if !strings.Contains(squeeze(text), squeeze(it.Text)) {
				t.Errorf("%s: %s %q is not in the export", v.Number, it.Anchor, it.Text)
			}
		}
	}
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

// scan counts the eIds of a document and collects its text.
func scan(t *testing.T, b []byte) (ids map[string]int, text string) {
	t.Helper()
	ids = map[string]int{}
	var s strings.Builder
	for d := xml.NewDecoder(bytes.NewReader(b)); ; {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return ids, s.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			for _, a := range tok.Attr {
				if a.Name.Local == "eId" {
					ids[a.Value]++
				}
			}
		case xml.CharData:
			s.Write(tok)
		}
	}
}

func TestExportSaysWhatIsKnown(t *testing.T) {
	t.Parallel()
	v := sampleViews(t)[0]
	got := string(export(t, v))
	for _, want := range []string{
		`<FRBRuri value="/akn/cn-110102/act/xzf/2016/16"/>`,
		`<FRBRthis value="/akn/cn-110102/act/xzf/2016/16/zho@2016-10-11/!main"/>`,
		`<FRBRalias name="文号" value="西政发〔2016〕16号"/>`,
		`<FRBRdate date="2016-10-12" name="印发日期"/>`,
		`<eventRef eId="eref_3" date="2016-11-01" type="generation"`,
		`<timeInterval start="#eref_3" refersTo="#inforce" end="#eref_4"/>`,
		`<textualMod type="repeal" eId="am_1">`,
		`href="/akn/cn-110102/act/xzf/2012/15"`,
		`<act name="办法"`,
		`<point eId="chp_1__art_2__para_1__point_2">`,
		`<article eId="chp_1__art_1">`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the export lacks %s", want)
		}
	}
}

func TestExportOfAStub(t *testing.T) {
	t.Parallel()
	if _, err := akn.Export("110102", &library.View{}); gov.CodeOf(err) != gov.NotFound {
		t.Errorf("a stub: %v", err)
	}
}

// eID is what the naming convention lets the eIds of a regulation be.
var eID = regexp.MustCompile(`^(?:part_[0-9]+__)?(?:chp_[0-9]+__)?(?:sec_[0-9]+__)?art_[0-9]+(?:__para_[0-9]+(?:__point_[0-9]+(?:__subpara_[0-9]+)?)?)?$`)

// The six regulations of the real gazette have 142 articles with 110 points,
// each under an eId that names its chapter, article and paragraph, and numbers
// articles through the chapters as the print does.
func TestRealArticles(t *testing.T) {
	t.Parallel()
	articles, points := map[string]int{}, 0
	for _, v := range realViews(t) {
		ids, _ := scan(t, export(t, v))
		for id := range ids {
			at := strings.Index("__"+id, "__art_")
			if at < 0 {
				continue
			}
			last := id[strings.LastIndex("__"+id, "__"):]
			switch {
			case !strings.HasPrefix(last, "num") && !strings.HasPrefix(last, "content") && !strings.HasPrefix(last, "intro") && !eID.MatchString(id):
				t.Errorf("%s: eId %s", v.Number, id)
			case strings.HasPrefix(last, "art_"):
				articles[v.Number]++
			case strings.HasPrefix(last, "point_"):
				points++
			}
		}
		for n := range articles[v.Number] {
			found := false
			for id := range ids {
				found = found || strings.HasSuffix("__"+id, fmt.Sprintf("__art_%d", n+1))
			}
			if !found {
				t.Errorf("%s: no eId of article %d", v.Number, n+1)
			}
		}
	}
	want := map[string]int{"西政发〔2016〕9号": 40, "西政发〔2016〕10号": 28, "西政发〔2016〕16号": 30, "西政发〔2016〕17号": 15, "西政发〔2016〕18号": 16, "西政办发〔2016〕17号": 13}
	if diff := cmp.Diff(want, articles); diff != "" {
		t.Errorf("articles (-want +got)\n%s", diff)
	}
	if points != 110 {
		t.Errorf("%d points, want 110", points)
	}
}
