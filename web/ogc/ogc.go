package ogc

import (
	"bytes"
	"context"
	"embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/web/api"
	"quanxiang/web/ui"
)

//go:embed templates
var templates embed.FS

// Root is where the layers stand.
const Root = "/ogc"

// conformsTo are the classes of Part 1 this implements.
var conformsTo = []string{
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
}

const crs84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"

// Media types of answers.
const (
	kindJSON    = "application/json"
	kindGeoJSON = "application/geo+json"
	kindOpenAPI = "application/vnd.oai.openapi+json;version=3.0"
	kindSchema  = "application/schema+json"
	kindHTML    = "text/html"
)

// Deps is everything the layers stand on.
type Deps struct {
	Engine  *ui.Engine
	Pack    *policy.Pack
	Layers  []Layer // of other rooms, behind those of the pack
	BaseURL string  // scheme and host, for links
	Log     *slog.Logger
}

// Features answers under Root.
type Features struct {
	Deps
	layers []Layer
	page   *ui.Template[view]
}

// New makes the layers. An error is a mistake in the embedded template or a
// layer without a message.
func New(d Deps) (*Features, error) {
	page, err := ui.Load[view](d.Engine, templates, "templates/ogc.html")
	if err != nil {
		return nil, err
	}
	f := &Features{Deps: d, layers: append(packLayers(d.Pack), d.Layers...), page: page}
	for _, l := range f.layers {
		for _, key := range []string{"ogc.layer.", "ogc.about."} {
			if !d.Engine.Messages(gov.ZH).Has(key + l.ID) {
				return nil, fmt.Errorf("layer %s has no message %s%s", l.ID, key, l.ID)
			}
		}
	}
	return f, nil
}

// Mount adds the routes.
func (f *Features) Mount(mux *http.ServeMux) {
	for path, h := range map[string]ui.Handler{
		"":                                   f.landing,
		"/{$}":                               f.landing,
		"/conformance":                       f.conformance,
		"/api":                               f.openAPI,
		"/collections":                       f.collections,
		"/collections/{layer}":               f.collection,
		"/collections/{layer}/schema":        f.schema,
		"/collections/{layer}/items":         f.items,
		"/collections/{layer}/items/{id...}": f.item,
	} {
		mux.Handle("GET "+Root+path, f.handle(h))
	}
}

// handle lets pages of other sites read, since everything here is public, and
// answers errors as problems or pages.
func (f *Features) handle(h ui.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept")
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
		if err := h(w, r); err != nil {
			f.ShowError(w, r, err)
		}
	})
}

// ShowError answers a request below Root that failed. The standard wants 400 for
// every mistake in a parameter.
func (f *Features) ShowError(w http.ResponseWriter, r *http.Request, err error) {
	if html, _ := wantsHTML(r); html {
		if e, ok := errors.AsType[*gov.Error](err); ok && e.Code == gov.Invalid {
			err = &ui.HTTPError{Status: http.StatusBadRequest, Text: e.Text}
		}
		f.Engine.ShowError(w, r, err)
		return
	}
	p := api.NewProblem(r.Context(), err)
	if p.Status == http.StatusUnprocessableEntity {
		p.Status, p.Title = http.StatusBadRequest, http.StatusText(http.StatusBadRequest)
	}
	if p.Code == gov.Internal {
		f.Log.ErrorContext(r.Context(), "layer failed", "request", ui.RequestID(r.Context()), "err", err)
	}
	p.Answer(w, err)
}

// link is a link of an answer.
type link struct {
	Href  string `json:"href"`
	Rel   string `json:"rel"`
	Type  string `json:"type"`
	Title string `json:"title,omitempty"`
}

// at is the whole address of a path below Root.
func (f *Features) at(path string, query url.Values) string {
	u := f.BaseURL + Root + path
	if len(query) > 0 {
		u += "?" + query.Encode()
	}
	return u
}

// both are the links of an answer to itself in the format it has and in the
// other one.
func (f *Features) both(r *http.Request, html bool, kind string) []link {
	path, q := strings.TrimPrefix(r.URL.EscapedPath(), Root), r.URL.Query()
	q.Del("f")
	self := link{f.at(path, with(q, "f", "json")), "self", kind, ""}
	other := link{f.at(path, with(q, "f", "html")), "alternate", kindHTML, ""}
	if html {
		self.Rel, other.Rel = other.Rel, self.Rel
	}
	return []link{self, other}
}

func with(q url.Values, name, value string) url.Values {
	c := url.Values{}
	for k, v := range q {
		c[k] = v
	}
	c.Set(name, value)
	return c
}

// layer is the layer with an id, or NotFound.
func (f *Features) layer(id string) (Layer, error) {
	i := slices.IndexFunc(f.layers, func(l Layer) bool { return l.ID == id })
	if i < 0 {
		return Layer{}, gov.Errorf(gov.NotFound, "没有这个图层。", "There is no such layer.")
	}
	return f.layers[i], nil
}

// send answers with JSON, or with a page.
func (f *Features) send(w http.ResponseWriter, r *http.Request, html bool, kind string, body any, v view) error {
	if html {
		return f.page.Render(w, r, http.StatusOK, ui.Frame{Title: v.Title, Section: "map", Description: v.Lede}, v)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(body); err != nil {
		return fmt.Errorf("write layer: %w", err)
	}
	w.Header().Set("Content-Language", string(ui.PrefsOf(r.Context()).Lang))
	return ui.Send(w, r, kind, b.Bytes())
}

func (f *Features) landing(w http.ResponseWriter, r *http.Request) error {
	html, err := wantsHTML(r)
	if err := errors.Join(err, only(r.URL.Query())); err != nil {
		return err
	}
	m := f.Engine.For(r)
	body := struct {
		Title       string `json:"title"`
		Description string `json:"description"`
		Links       []link `json:"links"`
	}{m.T("ogc.title", "district", f.Pack.Name), m.T("ogc.about"), append(f.both(r, html, kindJSON),
		link{f.at("/api", nil), "service-desc", kindOpenAPI, m.T("ogc.api")},
		link{f.at("", with(nil, "f", "html")), "service-doc", kindHTML, m.T("ogc.title", "district", f.Pack.Name)},
		link{f.at("/conformance", nil), "conformance", kindJSON, m.T("ogc.conformance")},
		link{f.at("/collections", nil), "data", kindJSON, m.T("ogc.collections")},
	)}
	v := view{Title: body.Title, Lede: body.Description, Links: []ui.Link{
		{Href: Root + "/collections?f=html", Label: m.T("ogc.collections")},
		{Href: Root + "/conformance?f=html", Label: m.T("ogc.conformance")},
		{Href: Root + "/api", Label: m.T("ogc.api")},
		{Href: "/map", Label: m.T("map.title")},
	}}
	return f.send(w, r, html, kindJSON, body, v)
}

func (f *Features) conformance(w http.ResponseWriter, r *http.Request) error {
	html, err := wantsHTML(r)
	if err := errors.Join(err, only(r.URL.Query())); err != nil {
		return err
	}
	m := f.Engine.For(r)
	v := view{Title: m.T("ogc.conformance"), Crumbs: f.crumbs(m), Lede: m.T("ogc.conformance_about"), Codes: conformsTo}
	return f.send(w, r, html, kindJSON, map[string]any{"conformsTo": conformsTo, "links": f.both(r, html, kindJSON)}, v)
}

// description is a layer as the standard describes a collection.
type description struct {
	ID          string         `json:"id"`
	Title       string         `json:"title"`
	Description string         `json:"description"`
	ItemType    string         `json:"itemType"`
	CRS         []string       `json:"crs"`
	Extent      map[string]any `json:"extent,omitempty"`
	Links       []link         `json:"links"`
}

func (f *Features) describe(ctx context.Context, m *ui.Messages, l Layer) description {
	path := "/collections/" + l.ID
	d := description{ID: l.ID, Title: m.Of("ogc.layer.", l.ID), Description: m.Of("ogc.about.", l.ID), ItemType: "feature", CRS: []string{crs84},
		Links: []link{
			{f.at(path+"/items", nil), "items", kindGeoJSON, m.Of("ogc.layer.", l.ID)}, // bare: GDAL puts a slash and an id behind it
			{f.at(path+"/items", with(nil, "f", "html")), "items", kindHTML, m.Of("ogc.layer.", l.ID)},
			{f.at(path+"/schema", nil), "describedBy", kindSchema, m.Of("ogc.layer.", l.ID)}, // relations have no case, but for GDAL
		}}
	if b, ok := l.Source.Extent(ctx); ok {
		d.Extent = map[string]any{"spatial": map[string]any{"bbox": [][]float64{{b.West, b.South, b.East, b.North}}, "crs": crs84}}
	}
	return d
}

func (f *Features) collections(w http.ResponseWriter, r *http.Request) error {
	html, err := wantsHTML(r)
	if err := errors.Join(err, only(r.URL.Query())); err != nil {
		return err
	}
	m := f.Engine.For(r)
	v := view{Title: m.T("ogc.collections"), Lede: m.T("ogc.about"), Crumbs: f.crumbs(m)}
	list := make([]description, len(f.layers))
	for i, l := range f.layers {
		list[i] = f.describe(r.Context(), m, l)
		list[i].Links = append(list[i].Links, link{f.at("/collections/"+l.ID, with(nil, "f", "json")), "self", kindJSON, list[i].Title})
		v.Links = append(v.Links, ui.Link{Href: Root + "/collections/" + l.ID + "?f=html", Label: list[i].Title, Note: list[i].Description})
	}
	return f.send(w, r, html, kindJSON, map[string]any{"links": f.both(r, html, kindJSON), "collections": list}, v)
}

func (f *Features) collection(w http.ResponseWriter, r *http.Request) error {
	html, err := wantsHTML(r)
	if err := errors.Join(err, only(r.URL.Query())); err != nil {
		return err
	}
	l, err := f.layer(r.PathValue("layer"))
	if err != nil {
		return err
	}
	m := f.Engine.For(r)
	d := f.describe(r.Context(), m, l)
	d.Links = append(d.Links, f.both(r, html, kindJSON)...)
	v := view{Title: d.Title, Lede: d.Description, Crumbs: f.crumbs(m), Codes: []string{crs84}, Links: []ui.Link{
		{Href: Root + "/collections/" + l.ID + "/items?f=html", Label: m.T("ogc.items")},
		{Href: Root + "/collections/" + l.ID + "/items?f=json", Label: "GeoJSON"},
	}}
	return f.send(w, r, html, kindJSON, d, v)
}

// featureCollection is a page of features.
type featureCollection struct {
	Type     string        `json:"type"`
	Matched  *int          `json:"numberMatched,omitempty"`
	Returned int           `json:"numberReturned"`
	Links    []link        `json:"links"`
	Features []geo.Feature `json:"features"`
}

func (f *Features) items(w http.ResponseWriter, r *http.Request) error {
	html, err := wantsHTML(r)
	if err != nil {
		return err
	}
	l, err := f.layer(r.PathValue("layer"))
	if err != nil {
		return err
	}
	q, err := readQuery(r, l)
	if err != nil {
		return err
	}
	p, err := l.Source.Features(r.Context(), q)
	if err != nil {
		return err
	}
	m := f.Engine.For(r)
	body := featureCollection{Type: "FeatureCollection", Returned: len(p.Features), Features: p.Features, Links: f.both(r, html, kindGeoJSON)}
	if body.Features == nil {
		body.Features = []geo.Feature{}
	}
	if p.Matched >= 0 {
		body.Matched = &p.Matched
	}
	path := "/collections/" + l.ID
	body.Links = append(body.Links, link{f.at(path, nil), "collection", kindJSON, m.Of("ogc.layer.", l.ID)})
	v := view{Title: m.Of("ogc.layer.", l.ID), Lede: m.Of("ogc.about.", l.ID), Crumbs: f.crumbs(m), Table: f.table(m, l, p.Features)}
	v.Pager.Shown, v.Pager.Total = len(p.Features), p.Matched
	if p.Next != "" {
		next := with(r.URL.Query(), "after", base64.RawURLEncoding.EncodeToString([]byte(p.Next)))
		kind := kindGeoJSON
		if html {
			kind = kindHTML
		}
		body.Links = append(body.Links, link{f.at(path+"/items", next), "next", kind, ""})
		v.Pager.Next = Root + path + "/items?" + next.Encode()
	}
	return f.send(w, r, html, kindGeoJSON, body, v)
}

func (f *Features) item(w http.ResponseWriter, r *http.Request) error {
	html, err := wantsHTML(r)
	if err := errors.Join(err, only(r.URL.Query())); err != nil {
		return err
	}
	l, err := f.layer(r.PathValue("layer"))
	if err != nil {
		return err
	}
	x, err := l.Source.Feature(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	m := f.Engine.For(r)
	title := m.Of("ogc.layer.", l.ID)
	x.Foreign = map[string]any{"links": append(f.both(r, html, kindGeoJSON), link{f.at("/collections/"+l.ID, nil), "collection", kindJSON, title})}
	v := view{Title: title + " " + x.ID, Crumbs: append(f.crumbs(m), ui.Link{Href: Root + "/collections/" + l.ID + "/items?f=html", Label: title})}
	v.Facts = facts(l, x)
	return f.send(w, r, html, kindGeoJSON, x, v)
}
