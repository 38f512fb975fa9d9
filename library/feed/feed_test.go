package feed

import (
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"

	"quanxiang/gov"
	"quanxiang/library"
)

func document() library.Document {
	return library.Document{
		Slug: "xzf-2016-16", Number: "西政发〔2016〕16号", Title: "示范</script>办法", Issuers: []string{"区政府"}, ImportedAt: 1480554000000,
		Lifecycle: library.Lifecycle{Signed: gov.Date{Year: 2016, Month: 10, Day: 11}, Effective: gov.Date{Year: 2016, Month: 11, Day: 1},
			ValidUntil: gov.Date{Year: 2021, Month: 10, Day: 31}, Known: true},
	}
}

func TestLegislation(t *testing.T) {
	t.Parallel()
	v := &library.View{Document: document()}
	v.State = v.On(gov.Date{Year: 2017, Month: 1, Day: 1})
	b, err := Legislation("https://example.org", "110102", v)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(b), "</script>") {
		t.Error("the description can end its script element")
	}
	var got map[string]any
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{
		"legislationIdentifier": "西政发〔2016〕16号", "legislationLegalForce": "https://schema.org/InForce",
		"legislationDate": "2016-10-11", "temporalCoverage": "2016-11-01/2021-10-31", "@id": "https://example.org/documents/xzf-2016-16",
	} {
		if got[key] != want {
			t.Errorf("%s = %v, want %s", key, got[key], want)
		}
	}
}

func TestAtom(t *testing.T) {
	t.Parallel()
	b, err := Atom("https://example.org", "/feed.atom", gov.ZH, "文件", []library.Summary{{Document: document()}})
	if err != nil {
		t.Fatal(err)
	}
	var got atom
	if err := xml.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Entries) != 1 || got.Entries[0].Title != "示范</script>办法" || got.Updated != "2016-12-01T09:00:00+08:00" {
		t.Errorf("feed: %+v", got)
	}
}
