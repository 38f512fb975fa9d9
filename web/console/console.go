package console

import (
	"context"
	"embed"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"quanxiang/gov"
	"quanxiang/notices/hooks"
	"quanxiang/people"
	"quanxiang/people/apikeys"
	"quanxiang/policy"
	"quanxiang/registers"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

//go:embed templates
var templates embed.FS

// Root is the address under which every page of the console lies.
const Root = "/console"

const (
	personsPath  = Root + "/persons"
	importPath   = personsPath + "/import"
	newPath      = personsPath + "/new"
	secondPath   = Root + "/second"
	matrixPath   = Root + "/matrix"
	areasPath    = Root + "/areas"
	securityPath = Root + "/security"
	looksPath    = Root + "/looks"
	keysPath     = Root + "/keys"
	newKeyPath   = keysPath + "/new"
)

// Deps is everything the console stands on.
type Deps struct {
	Engine    *ui.Engine
	Pack      *policy.Pack
	Office    *people.Office
	Keys      *apikeys.Keys // of other programs
	Registers *registers.Registers
	Hooks     *hooks.Hooks // nil: no other system is told of anything
	Clock     gov.Clock
	BaseURL   string // scheme and host without a slash at the end, for the addresses of one-time links
}

// Console answers the pages under Root.
type Console struct {
	Deps
	pages pages
}

// pages are the templates with the view each is executed with.
type pages struct {
	overview *ui.Template[overviewView]
	persons  *ui.Template[personsView]
	upload   *ui.Template[importView]
	person   *ui.Template[personView]
	form     *ui.Template[formView]
	link     *ui.Template[linkView]
	matrix   *ui.Template[matrixView]
	areas    *ui.Template[areasView]
	log      *ui.Template[logView]
	keys     *ui.Template[keysView]
	key      *ui.Template[keyView]
	hooks    *ui.Template[hooksView]
	hook     *ui.Template[hookView]
	secret   *ui.Template[secretView]
}

// New parses the console's templates. An error is a mistake in them.
func New(d Deps) (*Console, error) {
	c := &Console{Deps: d}
	g := &c.pages
	return c, errors.Join(
		ui.LoadInto(d.Engine, templates, &g.overview, "overview"),
		ui.LoadInto(d.Engine, templates, &g.persons, "persons"),
		ui.LoadInto(d.Engine, templates, &g.upload, "import"),
		ui.LoadInto(d.Engine, templates, &g.person, "person"),
		ui.LoadInto(d.Engine, templates, &g.form, "form"),
		ui.LoadInto(d.Engine, templates, &g.link, "link"),
		ui.LoadInto(d.Engine, templates, &g.matrix, "matrix"),
		ui.LoadInto(d.Engine, templates, &g.areas, "areas"),
		ui.LoadInto(d.Engine, templates, &g.log, "log"),
		ui.LoadInto(d.Engine, templates, &g.keys, "keys"),
		ui.LoadInto(d.Engine, templates, &g.key, "key"),
		ui.LoadInto(d.Engine, templates, &g.hooks, "hooks"),
		ui.LoadInto(d.Engine, templates, &g.hook, "hook"),
		ui.LoadInto(d.Engine, templates, &g.secret, "secret"),
	)
}

// Mount adds the console's routes.
func (c *Console) Mount(mux *http.ServeMux) {
	routes := map[string]func(visit) error{
		"GET " + Root:                          c.overview,
		"GET " + personsPath:                   c.persons,
		"GET " + personsPath + ".csv":          c.personsFile,
		"GET " + personsPath + ".xlsx":         c.personsFile,
		"GET " + importPath:                    c.showImport,
		"POST " + importPath:                   c.load,
		"GET " + newPath:                       c.newPerson,
		"POST " + newPath:                      c.enterPerson,
		"GET " + personsPath + "/{id}":         c.person,
		"GET " + personsPath + "/{id}/{act}":   c.showAction,
		"POST " + personsPath + "/{id}/{act}":  c.doAction,
		"POST " + personsPath + "/{id}/invite": c.invite,
		"GET " + secondPath:                    c.showSecond,
		"POST " + secondPath:                   c.second,
		"GET " + matrixPath:                    c.matrix,
		"GET " + areasPath:                     c.showAreas,
		"POST " + areasPath:                    c.checkAreas,
		"GET " + securityPath:                  c.security,
		"GET " + looksPath:                     c.looks,
		"GET " + registerLooksPath:             c.registerLooks,
		"GET " + registerLooksPath + ".csv":    c.registerLooks,
		"GET " + registerLooksPath + ".xlsx":   c.registerLooks,
		"GET " + keysPath:                      c.keys,
		"GET " + newKeyPath:                    c.newKey,
		"POST " + newKeyPath:                   c.makeKey,
		"GET " + keysPath + "/{id}/revoke":     c.showRevoke,
		"POST " + keysPath + "/{id}/revoke":    c.revoke,
	}
	if c.Hooks != nil {
		maps.Copy(routes, map[string]func(visit) error{
			"GET " + hooksPath:                                   c.showHooks,
			"GET " + hooksPath + "/new":                          c.newHook,
			"POST " + hooksPath + "/new":                         c.addHook,
			"GET " + hooksPath + "/{id}":                         c.showHook,
			"POST " + hooksPath + "/{id}":                        c.changeHook,
			"POST " + hooksPath + "/{id}/rotate":                 c.rotateHook,
			"POST " + hooksPath + "/deliveries/{delivery}/again": c.resendHook,
		})
	}
	for pattern, h := range routes {
		mux.Handle(pattern, c.Engine.Handle(c.visited(h)))
	}
}

// visit is a request with who makes it, in their language.
type visit struct {
	*http.Request
	w  http.ResponseWriter
	m  *ui.Messages
	by people.Standing

	listens bool // the console keeps subscriptions of other systems
}

// visited makes a ui.Handler. No page of the console is kept by a browser or a
// cache: what it shows is about persons, and true of one moment.
func (c *Console) visited(h func(visit) error) ui.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Cache-Control", "no-store")
		return h(visit{r, w, c.Engine.For(r), who.Of(r.Context()).Standing, c.Hooks != nil})
	}
}

// ctx is the request's context.
func (v visit) ctx() context.Context { return v.Context() }

// lang is the reader's language.
func (v visit) lang() gov.Lang { return v.m.Lang() }

// may reports that the standing grants one of the acts somewhere: what the
// pages offer goes by it, what the office allows does not.
func (v visit) may(acts ...policy.Act) bool {
	return slices.ContainsFunc(v.by.Acts(), func(a policy.Act) bool { return slices.Contains(acts, a) })
}

// posted reads the fields of a form that was sent.
func (v visit) posted() (url.Values, error) {
	if err := v.ParseForm(); err != nil {
		return nil, gov.Errorf(gov.Invalid, "表单内容无法识别。", "The form cannot be read.").Because(err)
	}
	return v.PostForm, nil
}

// see sends the browser to the page that shows what was done; done is a key of
// the messages "console.done.".
func (v visit) see(path, done string) error {
	http.Redirect(v.w, v.Request, ui.With(path, "done", done), http.StatusSeeOther)
	return nil
}

// head is what every page of the console begins with.
type head struct {
	Crumbs []ui.Link
	Tabs   []tab
	Done   string // what was just done, or ""
}

// tab is one part of the console.
type tab struct {
	Href    string
	Label   string
	Current bool
}

// headOf is the head of a page of a part; crumbs lead to it.
func headOf(v visit, part string, crumbs ...ui.Link) head {
	h := head{Crumbs: crumbs}
	if crumbs == nil && part != "overview" {
		h.Crumbs = []ui.Link{{Href: Root, Label: v.m.T("console.title")}}
	}
	for _, t := range []struct {
		part, href string
		acts       []policy.Act
	}{
		{"overview", Root, []policy.Act{policy.ManageLogins, policy.ManagePosts, policy.ReadLooks}},
		{"persons", personsPath, []policy.Act{policy.ManageLogins, policy.ManagePosts}},
		{"import", importPath, []policy.Act{policy.ManageLogins}},
		{"second", secondPath, []policy.Act{policy.ManageLogins}},
		{"matrix", matrixPath, []policy.Act{policy.ManageLogins, policy.ManagePosts, policy.ReadLooks}},
		{"areas", areasPath, []policy.Act{policy.LoadPack}},
		{"security", securityPath, []policy.Act{policy.ReadLooks}},
		{"looks", looksPath, []policy.Act{policy.ReadLooks}},
		{"register-looks", registerLooksPath, []policy.Act{policy.ReadLooks}},
		{"keys", keysPath, []policy.Act{policy.ManageLogins}},
		{"hooks", hooksPath, []policy.Act{policy.ManageLogins}},
	} {
		if v.may(t.acts...) && (t.part != "hooks" || v.listens) {
			h.Tabs = append(h.Tabs, tab{t.href, v.m.Of("console.part.", t.part), t.part == part})
		}
	}
	if key := "console.done." + v.URL.Query().Get("done"); v.m.Has(key) {
		h.Done = v.m.T(key)
	}
	return h
}

// frame is the frame of a page of the console.
func frame(title string) ui.Frame { return ui.Frame{Section: "console", Title: title, NoIndex: true} }

// fact is a labelled value.
type fact struct {
	Label string
	Text  string
	Chip  *ui.Chip
}

// today is the civil date in China.
func (c *Console) today() gov.Date { return gov.DateOf(c.Clock()) }

// place puts an error where the reader can mend it: at its field, or above the
// form when it is about none of them. It returns the status of the page, or the
// error when it is nothing to mend here.
func place(v visit, f *ui.Form, err error) (problem string, status int, _ error) {
	e, ok := errors.AsType[*gov.Error](err)
	if !ok || errors.Is(err, people.ErrProof) {
		return "", 0, err
	}
	if e.Field == "period" { // no field of its own: it begins where the days do
		e = e.On("from")
	}
	switch {
	case f.Fail(e, v.lang()):
		return "", http.StatusUnprocessableEntity, nil
	case e.Code == gov.Conflict || e.Code == gov.Invalid:
		return e.Text.In(v.lang()), ui.Status(e.Code), nil
	}
	return "", 0, err
}

// date reads a day of a form; the zero date when it is absent.
func date(q url.Values, name string) (gov.Date, error) {
	d, err := gov.ParseDate(q.Get(name))
	if e, ok := errors.AsType[*gov.Error](err); ok {
		return d, e.On(name)
	}
	return d, err
}

// onField puts an error of the office about a thing the reader typed to the
// field they typed it into.
func onField(err error, name string, codes ...gov.Code) error {
	if e, ok := errors.AsType[*gov.Error](err); ok && slices.Contains(codes, e.Code) {
		return e.On(name)
	}
	return err
}
