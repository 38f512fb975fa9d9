package progress_test

import (
	"encoding/xml"
	"net/http/httptest"
	"strings"
	"testing"

	"quanxiang/cases/docket"
	"quanxiang/web/progress"
)

// A feed tells of the public cases what happened last, and of nothing else.
func TestFeed(t *testing.T) {
	t.Parallel()
	k := open(t)
	type atom struct {
		Title string `xml:"title"`
		Links []struct {
			Rel  string `xml:"rel,attr"`
			Href string `xml:"href,attr"`
		} `xml:"link"`
		Updated string `xml:"updated"`
		Entries []struct {
			ID      string `xml:"id"`
			Title   string `xml:"title"`
			Summary string `xml:"summary"`
			Updated string `xml:"updated"`
		} `xml:"entry"`
	}
	read := func(path string) (f atom) {
		t.Helper()
		body := k.page(path)
		check(t, xml.Unmarshal([]byte(body), &f))
		for _, secret := range []string{"机密", "未下达", k.rows[3].Number, k.rows[4].Number} {
			if strings.Contains(body, secret) {
				t.Errorf("%s tells %q", path, secret)
			}
		}
		return f
	}
	all := read("/progress/feeds/duty.atom")
	if !strings.HasPrefix(all.Title, "西城区") { // among others' feeds it has to say whose it is
		t.Errorf("the feed is called %q", all.Title)
	}
	if len(all.Entries) != 2 || all.Links[0].Href != "https://policy.example/progress/feeds/duty.atom" || all.Updated != all.Entries[0].Updated {
		t.Fatalf("%+v", all)
	}
	if e := all.Entries[0]; !strings.Contains(e.Summary, k.rows[1].Number) || !strings.Contains(e.Summary, "已办结 · 核验办结") || !strings.HasPrefix(e.ID, "urn:uuid:") {
		t.Errorf("the newest: %+v", e)
	}
	if all.Entries[1].Updated > all.Entries[0].Updated {
		t.Error("the newest is not the first")
	}
	unit := progress.FeedPath("duty", docket.Facet{Field: "lead", Value: "fgw"})
	if of := read(unit); len(of.Entries) != 2 || of.Links[0].Href != "https://policy.example"+unit {
		t.Errorf("of a unit: %+v", of)
	}
	if of := read("/progress/feeds/duty.atom?lead=czj"); len(of.Entries) != 0 {
		t.Errorf("of another unit: %+v", of)
	}
	for _, path := range []string{"/progress/feeds/duty", "/progress/feeds/nothing.atom", "/progress/feeds/duty.atom?leaders=deputy-executive"} { // the last is for the staff
		if code, _ := k.get(path); code != 404 {
			t.Errorf("%s answers %d", path, code)
		}
	}
	// What has not changed is not sent again.
	w := httptest.NewRecorder()
	k.site.ServeHTTP(w, httptest.NewRequest("GET", unit, nil))
	r := httptest.NewRequest("GET", unit, nil)
	r.Header.Set("If-None-Match", w.Header().Get("ETag"))
	w = httptest.NewRecorder()
	k.site.ServeHTTP(w, r)
	if w.Code != 304 || w.Body.Len() != 0 {
		t.Errorf("asked again: %d with %d bytes", w.Code, w.Body.Len())
	}
}
