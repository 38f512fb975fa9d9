// Package feed describes documents of the library to machines: schema.org
// Legislation as JSON-LD for the head of a page, and Atom feeds (RFC 4287) of
// new documents and of other things. It is pure; base is the public address of the site without a
// slash at its end.
package feed

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"time"

	"quanxiang/gov"
	"quanxiang/library"
)

// Path is the address of a document's page on the site.
func Path(slug string) string { return "/documents/" + slug }

type thing struct {
	Type string `json:"@type"`
	ID   string `json:"@id,omitempty"`
	Name string `json:"name,omitempty"`
}

type legislation struct {
	Context      string  `json:"@context"`
	Type         string  `json:"@type"`
	ID           string  `json:"@id"`
	Identifier   string  `json:"legislationIdentifier,omitempty"`
	Name         string  `json:"name"`
	Language     string  `json:"inLanguage"`
	Kind         string  `json:"legislationType,omitempty"`
	PassedBy     []thing `json:"legislationPassedBy,omitempty"`
	Date         string  `json:"legislationDate,omitempty"`
	DateVersion  string  `json:"legislationDateVersion,omitempty"`
	Published    string  `json:"datePublished,omitempty"`
	Starts       string  `json:"temporalCoverage,omitempty"`
	Force        string  `json:"legislationLegalForce,omitempty"`
	Repeals      []thing `json:"legislationRepeals,omitempty"`
	Jurisdiction string  `json:"legislationJurisdiction"`
}

// Legislation is the schema.org/Legislation description of a document as of
// the date its view was made for. It is safe inside a script element.
func Legislation(base string, d gov.District, v *library.View) ([]byte, error) {
	l := legislation{
		Context: "https://schema.org", Type: "Legislation", ID: base + Path(v.Slug), Identifier: v.Number, Name: v.Title,
		Language: "zh-CN", Kind: v.Kind, Date: v.Signed.String(), DateVersion: v.Signed.String(), Published: v.Printed.String(),
		Jurisdiction: "CN-" + string(d),
	}
	if v.State.Status == library.InForce {
		l.Force = "https://schema.org/InForce"
	} else if v.State.Status != library.UnknownStatus {
		l.Force = "https://schema.org/NotInForce"
	}
	if !v.Effective.IsZero() {
		l.Starts = v.Effective.String() + "/" // ISO 8601 interval; open without an end
		if last := v.Last(); !last.IsZero() {
			l.Starts += last.String()
		} else {
			l.Starts += ".."
		}
	}
	for _, issuer := range v.Issuers {
		l.PassedBy = append(l.PassedBy, thing{Type: "GovernmentOrganization", Name: issuer})
	}
	for _, r := range v.Repeals {
		t := thing{Type: "Legislation", Name: r.Title}
		if r.Found {
			t.ID = base + Path(r.Slug)
		}
		l.Repeals = append(l.Repeals, t)
	}
	b, err := json.Marshal(l) // escapes <, > and &
	if err != nil {
		return nil, fmt.Errorf("describe %s: %w", v.Slug, err)
	}
	return b, nil
}

type link struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
}

type author struct {
	Name string `xml:"name"`
}

type entry struct {
	ID        string   `xml:"id"`
	Title     string   `xml:"title"`
	Updated   string   `xml:"updated"`
	Published string   `xml:"published,omitempty"`
	Link      link     `xml:"link"`
	Authors   []author `xml:"author"`
	Summary   string   `xml:"summary"`
}

type atom struct {
	XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string   `xml:"xml:lang,attr"`
	ID      string   `xml:"id"`
	Title   string   `xml:"title"`
	Updated string   `xml:"updated"`
	Links   []link   `xml:"link"`
	Author  author   `xml:"author"`
	Entries []entry  `xml:"entry"`
}

// Entry is a thing a feed tells of.
type Entry struct {
	ID        gov.ID
	Title     string
	Path      string // of its page on the site
	Summary   string
	Updated   int64     // Unix ms
	Published time.Time // zero for not known
	Authors   []string
}

// Feed is an Atom feed as it is written.
type Feed struct {
	Base  string // public address of the site
	Self  string // path of the feed
	About string // path of the page it follows
	Lang  gov.Lang
	Title string
}

// Atom is a feed of documents in the order given. self is the feed's own path.
func Atom(base, self string, lang gov.Lang, title string, list []library.Summary) ([]byte, error) {
	entries := make([]Entry, len(list))
	for i, s := range list {
		entries[i] = Entry{ID: s.ID, Title: s.Title, Path: Path(s.Slug), Summary: s.Number + " " + s.State.Status.Text().In(lang), Updated: s.ImportedAt, Authors: s.Issuers}
		if !s.Signed.IsZero() {
			entries[i].Published = s.Signed.Time()
		}
	}
	return Feed{base, self, "/", lang, title}.Write(entries)
}

// Write writes a feed of entries in the order given.
func (x Feed) Write(list []Entry) ([]byte, error) {
	f := atom{
		Lang: string(x.Lang), ID: x.Base + x.Self, Title: x.Title, Author: author{x.Title},
		Links: []link{{"self", x.Base + x.Self}, {"alternate", x.Base + x.About}},
	}
	latest := int64(0)
	for _, s := range list {
		latest = max(latest, s.Updated)
		e := entry{ID: "urn:uuid:" + s.ID.String(), Title: s.Title, Updated: instant(s.Updated), Link: link{"alternate", x.Base + s.Path}, Summary: s.Summary}
		if !s.Published.IsZero() {
			e.Published = s.Published.Format(time.RFC3339)
		}
		for _, name := range s.Authors {
			e.Authors = append(e.Authors, author{name})
		}
		f.Entries = append(f.Entries, e)
	}
	f.Updated = instant(latest)
	b, err := xml.MarshalIndent(f, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write feed %s: %w", x.Self, err)
	}
	return append([]byte(xml.Header), b...), nil
}

func instant(ms int64) string { return time.UnixMilli(ms).In(gov.China).Format(time.RFC3339) }
