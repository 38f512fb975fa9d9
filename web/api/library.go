package api

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"quanxiang/gazette"
	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/policy"
)

// Paging are the parameters of every list.
type Paging struct {
	After string `query:"after" maxLength:"200" doc:"api.param.after"`
	Limit int    `query:"limit" minimum:"0" maximum:"200" doc:"api.param.limit" example:"20"`
}

func (p Paging) page() gov.Page { return gov.Page{After: p.After, Limit: p.Limit} }

// list is a piece of a list; Next is the parameter after of the following one.
type list[T any] struct {
	Items []T    `json:"items"`
	Total int    `json:"total"`
	Next  string `json:"next,omitempty"`
}

type answer[T any] struct{ Body T }

// defaultLimit is how many items a page holds when the client does not say.
const defaultLimit = 20

// pieceOf cuts a page out of a list that is held whole. Its cursor is the
// number of items before the page.
func pieceOf[T any](all []T, p Paging) (*answer[list[T]], error) {
	start := 0
	if p.After != "" {
		n, err := strconv.Atoi(p.After)
		if err != nil || n < 0 {
			return nil, gov.Errorf(gov.Invalid, "“%s”不是上一页返回的 next", "%q is no next of the page before", p.After).On("after")
		}
		start = min(n, len(all))
	}
	end := min(start+cmp.Or(p.Limit, defaultLimit), len(all))
	out := list[T]{Items: append([]T{}, all[start:end]...), Total: len(all)}
	if end < len(all) {
		out.Next = strconv.Itoa(end)
	}
	return &answer[list[T]]{out}, nil
}

// Filter are the parameters that restrict documents.
type Filter struct {
	Series string `query:"series" doc:"api.param.series"`
	Year   int    `query:"year" minimum:"0" maximum:"9999" doc:"api.param.year"`
	Kind   string `query:"kind" doc:"api.param.kind"`
	Status string `query:"status" doc:"api.param.status"`
	Unit   string `query:"unit" doc:"api.param.unit"`
	AsOf   string `query:"as_of" doc:"api.param.as_of"`
}

// parse reads the parameters whose form huma does not check.
func (f Filter) parse(pack *policy.Pack) (status library.Status, asOf gov.Date, err error) {
	if f.Status != "" {
		if status, err = library.ParseStatus(f.Status); err != nil {
			return "", gov.Date{}, err
		}
	}
	if f.Unit != "" {
		if _, ok := pack.Unit(f.Unit); !ok {
			return "", gov.Date{}, gov.Errorf(gov.Invalid, "没有“%s”这个单位", "there is no unit %q", f.Unit).On("unit")
		}
	}
	asOf, err = dateOf("as_of", f.AsOf)
	return status, asOf, err
}

// dateOf reads a date parameter; the zero date when it is absent.
func dateOf(name, value string) (gov.Date, error) {
	d, err := gov.ParseDate(value)
	if err != nil {
		return d, gov.Errorf(gov.Invalid, "“%s”不是有效日期，应写作 2016-09-15", "%q is not a date; write 2016-09-15", value).On(name)
	}
	return d, nil
}

// DocumentHead is a document in a list.
type DocumentHead struct {
	Slug       string         `json:"slug"`
	Number     string         `json:"number"`
	Title      string         `json:"title"`
	Kind       string         `json:"kind,omitempty"`
	Issuers    []string       `json:"issuers,omitempty"`
	Signed     gov.Date       `json:"signed,omitzero"`
	Printed    gov.Date       `json:"printed,omitzero"`
	Effective  gov.Date       `json:"effective,omitzero"`
	ValidUntil gov.Date       `json:"valid_until,omitzero"`
	Version    int            `json:"version"`
	Stub       bool           `json:"stub"`
	Status     library.Status `json:"status"`
	Since      gov.Date       `json:"since,omitzero"`
	RepealedBy string         `json:"repealed_by,omitempty"`
	Tasks      int            `json:"tasks"`
	Indicators int            `json:"indicators"`
	Projects   int            `json:"projects"`
	Imported   time.Time      `json:"imported"`
	URL        string         `json:"url"`
}

func (a *API) head(s library.Summary) DocumentHead {
	return DocumentHead{
		Slug: s.Slug, Number: s.Number, Title: s.Title, Kind: s.Kind, Issuers: s.Issuers,
		Signed: s.Signed, Printed: s.Printed, Effective: s.Effective, ValidUntil: s.ValidUntil,
		Version: s.Version, Stub: s.Stub(), Status: s.State.Status, Since: s.State.Since, RepealedBy: s.State.By,
		Tasks: s.Tasks, Indicators: s.Indicators, Projects: s.Projects,
		Imported: time.UnixMilli(s.ImportedAt).In(gov.China), URL: a.BaseURL + "/documents/" + s.Slug,
	}
}

func (a *API) heads(all []library.Summary) []DocumentHead {
	out := make([]DocumentHead, len(all))
	for i, s := range all {
		out[i] = a.head(s)
	}
	return out
}

// citation is a line of the citation graph.
type citation struct {
	Number string `json:"number,omitempty"`
	Title  string `json:"title,omitempty"`
	Slug   string `json:"slug,omitempty"`
	Anchor string `json:"anchor,omitempty"`
}

func citations(all []library.Reference) []citation {
	out := make([]citation, len(all))
	for i, r := range all {
		out[i] = citation{r.Number, r.Title, r.Slug, r.Anchor}
	}
	return out
}

// version is one reading of a document.
type version struct {
	Version  int       `json:"version"`
	Digest   string    `json:"digest"`
	Source   string    `json:"source"`
	Event    gov.ID    `json:"event"`
	Imported time.Time `json:"imported"`
}

// fullDocument is a document with its text.
type fullDocument struct {
	DocumentHead
	Reason   string            `json:"reason"`
	Repeals  []citation        `json:"repeals"`
	Repealed []citation        `json:"repealed_by_documents"`
	Cites    []citation        `json:"cites"`
	CitedBy  []citation        `json:"cited_by"`
	Versions []version         `json:"versions"`
	Content  *gazette.Document `json:"content,omitempty"`
}

// DocumentInput asks for a document.
type DocumentInput struct {
	Slug    string `path:"slug" doc:"api.param.slug" example:"xzf-2017-3"`
	Version int    `query:"version" minimum:"0" doc:"api.param.version"`
	AsOf    string `query:"as_of" doc:"api.param.as_of"`
}

// contentInput asks for one of a document's lists.
type contentInput struct {
	DocumentInput
	Paging
}

// hit is one search result.
type hit struct {
	Document DocumentHead `json:"document"`
	Scope    scopeText    `json:"scope"`
	Anchor   string       `json:"anchor,omitempty"`
	Heading  string       `json:"heading,omitempty"`
	Snippet  []mark       `json:"snippet"`
	More     int          `json:"more,omitempty"`
}

type mark struct {
	Text string `json:"text"`
	Hit  bool   `json:"hit,omitempty"`
}

func (a *API) libraryOperations(h huma.API) {
	operation(a, h, http.MethodGet, "/api/v1/documents", "listDocuments", "library", a.listDocuments)
	operation(a, h, http.MethodGet, "/api/v1/documents/{slug}", "getDocument", "library", a.getDocument)
	operation(a, h, http.MethodGet, "/api/v1/documents/{slug}/tasks", "listTasks", "library",
		content(a, func(d *gazette.Document) []gazette.Task { return d.Tasks }))
	operation(a, h, http.MethodGet, "/api/v1/documents/{slug}/indicators", "listIndicators", "library",
		content(a, func(d *gazette.Document) []gazette.Indicator { return d.Indicators }))
	operation(a, h, http.MethodGet, "/api/v1/documents/{slug}/projects", "listProjects", "library",
		content(a, func(d *gazette.Document) []gazette.Project { return d.Projects }))
	operation(a, h, http.MethodGet, "/api/v1/search", "search", "library", a.search)
}

func (a *API) listDocuments(ctx context.Context, in *struct {
	Filter
	Stubs bool `query:"stubs" doc:"api.param.stubs"`
	Paging
}) (*answer[list[DocumentHead]], error) {
	status, asOf, err := in.parse(a.Pack)
	if err != nil {
		return nil, err
	}
	docs, err := a.Library.Documents(ctx, library.Filter{
		Series: in.Series, Year: in.Year, Kind: in.Kind, Status: status, Unit: in.Unit, AsOf: asOf, Stubs: in.Stubs,
	}, in.page())
	if err != nil {
		return nil, err
	}
	return &answer[list[DocumentHead]]{list[DocumentHead]{a.heads(docs.Items), docs.Total, docs.Next}}, nil
}

func (a *API) view(ctx context.Context, in *DocumentInput) (*library.View, error) {
	asOf, err := dateOf("as_of", in.AsOf)
	if err != nil {
		return nil, err
	}
	return a.Library.Document(ctx, in.Slug, in.Version, asOf)
}

func (a *API) getDocument(ctx context.Context, in *DocumentInput) (*answer[fullDocument], error) {
	v, err := a.view(ctx, in)
	if err != nil {
		return nil, err
	}
	out := fullDocument{
		DocumentHead: a.head(library.Summary{Document: v.Document, State: v.State}), Reason: v.State.Reason.ZH,
		Repeals: citations(v.Repeals), Repealed: citations(v.Repealed), Cites: citations(v.Cites), CitedBy: citations(v.CitedBy),
		Versions: make([]version, len(v.Versions)), Content: withoutPersons(v.Content),
	}
	for i, x := range v.Versions {
		out.Versions[i] = version{x.Version, x.Digest, x.Source, x.Event, time.UnixMilli(x.ImportedAt).In(gov.China)}
	}
	return &answer[fullDocument]{out}, nil
}

// withoutPersons is a document's content without the names of its contacts,
// which the portal leaves out too.
func withoutPersons(d *gazette.Document) *gazette.Document {
	if d == nil {
		return nil
	}
	c := *d
	c.Contacts = make([]gazette.Contact, len(d.Contacts))
	for i, x := range d.Contacts {
		x.Person = ""
		c.Contacts[i] = x
	}
	return &c
}

// content answers with one of the lists a document holds.
func content[T any](a *API, of func(*gazette.Document) []T) func(context.Context, *contentInput) (*answer[list[T]], error) {
	return func(ctx context.Context, in *contentInput) (*answer[list[T]], error) {
		v, err := a.view(ctx, &in.DocumentInput)
		if err != nil {
			return nil, err
		}
		if v.Content == nil {
			return pieceOf[T](nil, in.Paging)
		}
		return pieceOf(of(v.Content), in.Paging)
	}
}

func (a *API) search(ctx context.Context, in *struct {
	Words string `query:"q" maxLength:"200" doc:"api.param.q" example:"停车"`
	Scope string `query:"scope" doc:"api.param.scope"`
	Filter
	Paging
}) (*answer[list[hit]], error) {
	status, asOf, err := in.parse(a.Pack)
	if err != nil {
		return nil, err
	}
	found, err := a.Library.Search(ctx, library.Query{
		Words: in.Words, Scope: in.Scope, Series: in.Series, Year: in.Year, Kind: in.Kind, Status: status, Unit: in.Unit, AsOf: asOf,
	}, in.page())
	if err != nil {
		return nil, err
	}
	out := list[hit]{Items: make([]hit, len(found.Items)), Total: found.Total, Next: found.Next}
	for i, x := range found.Items {
		one := hit{Document: a.head(x.Document), Scope: scopeText(x.Scope.String()), Anchor: x.Anchor, More: x.More, Snippet: make([]mark, len(x.Snippet))}
		for _, m := range x.Heading {
			one.Heading += m.Text
		}
		for j, m := range x.Snippet {
			one.Snippet[j] = mark(m)
		}
		out.Items[i] = one
	}
	return &answer[list[hit]]{out}, nil
}
