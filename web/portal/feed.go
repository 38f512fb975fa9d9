package portal

import (
	"bytes"
	"encoding/xml"
	"net/http"
	"time"

	"quanxiang/gov"
	"quanxiang/library/akn"
	"quanxiang/library/feed"
	"quanxiang/web/ui"
)

// newest is how many documents the feed holds.
const newest = 30

func (p *Portal) robots(w http.ResponseWriter, r *http.Request) error {
	return ui.Send(w, r, "text/plain; charset=utf-8",
		[]byte("User-agent: *\nDisallow: /search\nDisallow: /ledger/tile/\nSitemap: "+p.BaseURL+"/sitemap.xml\n"))
}

// sitemapURL is an entry of the sitemap (sitemaps.org 0.9).
type sitemapURL struct {
	Loc     string `xml:"loc"`
	LastMod string `xml:"lastmod,omitempty"`
}

func (p *Portal) sitemap(w http.ResponseWriter, r *http.Request) error {
	set := struct {
		XMLName xml.Name     `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
		URLs    []sitemapURL `xml:"url"`
	}{}
	add := func(path, mod string) { set.URLs = append(set.URLs, sitemapURL{p.BaseURL + path, mod}) }
	for _, path := range []string{"/", "/documents", "/units", "/procedures", "/expiring", "/ledger", "/tools/deadline", "/about", "/accessibility", "/privacy", "/api"} {
		add(path, "")
	}
	for _, u := range p.Pack.Units {
		add("/units/"+u.ID, "")
	}
	for _, x := range p.Pack.Procedures {
		add("/procedures/"+x.ID, "")
	}
	docs, err := p.Library.Recent(r.Context(), maxSitemap)
	if err != nil {
		return err
	}
	for _, d := range docs {
		add("/documents/"+d.Slug, time.UnixMilli(d.ImportedAt).In(gov.China).Format(time.DateOnly))
	}
	return sendXML(w, r, "application/xml; charset=utf-8", set)
}

// maxSitemap keeps the sitemap within the format's 50,000 addresses.
const maxSitemap = 40_000

// atom is the feed of the newest documents (RFC 4287).
func (p *Portal) atom(w http.ResponseWriter, r *http.Request) error {
	docs, err := p.Library.Recent(r.Context(), newest)
	if err != nil {
		return err
	}
	m := p.Engine.For(r)
	b, err := feed.Atom(p.BaseURL, "/feed.atom", m.Lang(), m.T("feed.title", "district", p.Pack.Name), docs)
	if err != nil {
		return err
	}
	return ui.Send(w, r, "application/atom+xml; charset=utf-8", b)
}

// akomaNtoso is a document in Akoma Ntoso 3.0.
func (p *Portal) akomaNtoso(w http.ResponseWriter, r *http.Request) error {
	d, err := p.Library.Document(r.Context(), r.PathValue("slug"), 0, gov.Date{})
	if err != nil {
		return err
	}
	b, err := akn.Export(p.Pack.District, d)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", `attachment; filename="`+d.Slug+`.akn.xml"`)
	return ui.Send(w, r, "application/akn+xml; charset=utf-8", b)
}

// openSearch lets a browser add the site's search.
func (p *Portal) openSearch(w http.ResponseWriter, r *http.Request) error {
	type address struct {
		Type     string `xml:"type,attr"`
		Template string `xml:"template,attr"`
	}
	name := p.Engine.For(r).T("site.title", "district", p.Pack.Name)
	return sendXML(w, r, "application/opensearchdescription+xml; charset=utf-8", struct {
		XMLName     xml.Name `xml:"http://a9.com/-/spec/opensearch/1.1/ OpenSearchDescription"`
		ShortName   string
		Description string
		URL         address `xml:"Url"`
	}{ShortName: shorten(name, 16), Description: name, URL: address{"text/html", p.BaseURL + "/search?q={searchTerms}"}})
}

// shorten cuts a name to n characters, the limit of the format.
func shorten(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

func sendXML(w http.ResponseWriter, r *http.Request, kind string, v any) error {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	enc := xml.NewEncoder(&b)
	enc.Indent("", " ")
	if err := enc.Encode(v); err != nil {
		return err
	}
	return ui.Send(w, r, kind, b.Bytes())
}

// siteLD describes the site to search engines (schema.org).
func (p *Portal) siteLD() any {
	return map[string]any{
		"@context": "https://schema.org", "@type": "WebSite", "name": p.Pack.Name.ZH, "url": p.BaseURL + "/",
		"inLanguage": ui.Languages,
		"potentialAction": map[string]any{"@type": "SearchAction", "target": p.BaseURL + "/search?q={q}",
			"query-input": "required name=q"},
	}
}
