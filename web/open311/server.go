package open311

import (
	"context"
	"log/slog"
	"net/http"
	"path"
	"strings"
	"time"

	"quanxiang/gov"
	"quanxiang/people/apikeys"
	"quanxiang/web/ui"
)

// Top is the address under which everything of the protocol lies, Root that of
// its endpoint. Clients append a resource to it with a slash or without.
const (
	Top  = "/open311/"
	Root = Top + "v2/"
)

// Keys tells whose an API key is.
type Keys interface {
	// Use returns the key with a secret and notes that it was used, or returns
	// Unknown for one that is not, or no longer, valid.
	Use(ctx context.Context, secret string) (apikeys.Key, error)
}

// Filings remembers the identities of what was sent.
type Filings interface {
	// Identify returns the identity kept under a name, or keeps a new one for a
	// time that begins anew whenever it is asked for. again reports that it was
	// there. It returns Conflict for a name kept with another content. However
	// many ask at once, and whatever is killed in between, all are told one
	// identity.
	Identify(ctx context.Context, name, content string, fresh gov.ID, lasts time.Duration) (id gov.ID, again bool, err error)
}

// How long what was sent is remembered after it was sent last. FixMyStreet
// tries again after five minutes, then every half hour.
const (
	sameLasts  = time.Hour           // a report that says the same
	namedLasts = 30 * 24 * time.Hour // what the client gave a name
)

// Deps is everything the endpoint stands on.
type Deps struct {
	Desk         Desk
	Keys         Keys
	Filings      Filings
	Secret       []byte // key of the digests of what was sent
	Jurisdiction string // jurisdiction_id
	Contact      gov.Text
	KeyService   gov.Text  // how to come by an API key
	Changed      time.Time // when services or attributes changed last
	BaseURL      string    // scheme and host without a slash at the end
	Clock        gov.Clock
	Log          *slog.Logger
}

// Server answers under Top.
type Server struct {
	Deps
	rates rates
}

// New makes a server.
func New(d Deps) *Server { return &Server{Deps: d, rates: rates{counts: map[gov.ID]count{}}} }

// Mount adds the endpoint to the site's routes.
func (s *Server) Mount(mux *http.ServeMux) { mux.Handle(Top, s) }

// Straighten makes one slash of several in addresses of the endpoint, before a
// ServeMux answers them with another address: what is posted would not follow.
func Straighten(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, Top) && strings.Contains(r.URL.Path, "//") {
			u := *r.URL
			u.Path, u.RawPath = path.Clean(u.Path), ""
			c := *r
			c.URL = &u
			r = &c
		}
		next.ServeHTTP(w, r)
	})
}

// answer is what a handler found.
type answer struct {
	root   string // name of the root element
	tree   tree
	status int // 0 is 200 for what was read, which clients may keep
}

// call is a request that was taken apart.
type call struct {
	*http.Request
	w      http.ResponseWriter
	lang   gov.Lang
	format Format
	id     string // of the resource, "" for all
}

// resource is what an address names.
type resource struct {
	get  func(*Server, *call) (answer, error)
	post func(*Server, *call) (answer, error)
}

// resources by the path behind Root; a slash at the end is for those with an id.
var resources = map[string]resource{
	"discovery":             {get: (*Server).discovery},
	"services":              {get: (*Server).services},
	"services/":             {get: (*Server).definition},
	"requests":              {get: (*Server).requests, post: (*Server).file},
	"requests/":             {get: (*Server).request},
	"tokens/":               {get: (*Server).token},
	"servicerequestupdates": {get: (*Server).updates, post: (*Server).postUpdate},
}

// find tells which resource an address names. The format is known even when
// there is no such resource.
func find(address string) (res resource, id string, f Format, ok bool) {
	f = XML
	rest, under := strings.CutPrefix(address, Root)
	if !under {
		if rest = strings.TrimPrefix(address, Top); !strings.HasPrefix(rest, "discovery.") {
			rest = "?" + rest
		}
	}
	dot := strings.LastIndexByte(rest, '.')
	if dot < 0 {
		return res, "", f, false
	}
	known := true
	switch strings.ToLower(rest[dot+1:]) {
	case "xml":
	case "json":
		f = JSON
	default:
		known = false
	}
	rest = rest[:dot]
	if slash := strings.IndexByte(rest, '/'); slash >= 0 {
		rest, id = rest[:slash+1], rest[slash+1:]
	}
	res, there := resources[rest]
	return res, id, f, there && known && (id != "") == strings.HasSuffix(rest, "/")
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	res, id, f, ok := find(r.URL.Path)
	c := &call{r, w, ui.PrefsOf(r.Context()).Lang, f, id}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*") // what is read here is everybody's
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	if !ok {
		s.fail(c, wrong(codeNotFound, "没有这个地址，资源应以 .xml 或 .json 结尾", "there is no such address; resources end in .xml or .json"))
		return
	}
	allow := "GET, HEAD, OPTIONS"
	if res.post != nil {
		allow = "GET, HEAD, POST, OPTIONS"
	}
	var a answer
	var err error
	switch {
	case r.Method == http.MethodOptions:
		h.Set("Allow", allow)
		h.Set("Access-Control-Allow-Methods", "GET, HEAD") // not POST: a key does not belong into a page of the web
		h.Set("Access-Control-Allow-Headers", "Accept-Language, If-None-Match")
		h.Set("Access-Control-Max-Age", "86400")
		w.WriteHeader(http.StatusNoContent)
		return
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		a, err = res.get(s, c)
	case r.Method == http.MethodPost && res.post != nil:
		a, err = res.post(s, c)
	default:
		h.Set("Allow", allow)
		err = wrong(codeMethod, "这个地址不接受 %s 请求", "this address does not accept %s requests", r.Method)
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	s.write(c, a)
}

// ShowError answers a request that failed before it came here.
func (s *Server) ShowError(w http.ResponseWriter, r *http.Request, err error) {
	_, _, f, _ := find(r.URL.Path)
	s.fail(&call{Request: r, w: w, lang: ui.PrefsOf(r.Context()).Lang, format: f}, err)
}

// fail answers with what was wrong.
func (s *Server) fail(c *call, err error) {
	p := problemsOf(err)
	if p.status() == http.StatusInternalServerError {
		s.Log.ErrorContext(c.Context(), "open311 request failed", "request", ui.RequestID(c.Context()), "err", err)
	}
	c.w.Header().Set("Cache-Control", "no-store")
	s.write(c, answer{"errors", p.tree(c.lang), p.status()})
}

// write writes an answer; one that the client has already is only named.
func (s *Server) write(c *call, a answer) {
	body := encode(c.format, a.root, a.tree)
	c.w.Header().Set("Content-Language", string(c.lang))
	var err error
	if a.status == 0 {
		err = ui.Send(c.w, c.Request, c.format.mediaType(), body)
	} else {
		err = ui.SendOnce(c.w, a.status, c.format.mediaType(), body)
	}
	if err != nil { // the client is gone; nobody is left to tell
		s.Log.DebugContext(c.Context(), "open311 answer not taken", "request", ui.RequestID(c.Context()), "err", err)
	}
}

// query are the parameters of a GET. It returns an error for another district.
func (s *Server) query(c *call) (*params, error) {
	p := &params{values: c.URL.Query()}
	return p, s.here(p)
}

// here returns an error when another district is asked for.
func (s *Server) here(p *params) error {
	if j := p.one("jurisdiction_id"); j != "" && !strings.EqualFold(j, s.Jurisdiction) {
		return wrong(codeJurisdiction, "没有 jurisdiction_id %[1]q，本处为 %[2]q", "there is no jurisdiction_id %[1]q; this is %[2]q", j, s.Jurisdiction)
	}
	return nil
}

// noted gives what the Desk did not find the code of what was looked for.
func noted(err error, code string) error {
	if gov.CodeOf(err) != gov.NotFound {
		return err
	}
	return problems{{code, gov.Text{ZH: gov.TextOf(err, gov.ZH), EN: gov.TextOf(err, gov.EN)}}}
}
