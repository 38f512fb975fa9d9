// Package apply is where an organisation applies for support: from the result of the
// calculator to a draft, a form for each benefit that asks only what still decides, what
// proves it, the result beside it, and what becomes of it. Somebody signs in by a code and
// acts for an organisation once a unit has let them; until then nothing is kept. Everybody
// sees what is announced.
package apply

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"slices"

	"quanxiang/calendar"
	"quanxiang/cases/casework"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/residents"
	"quanxiang/support/apply"
	"quanxiang/web/my"
	"quanxiang/web/ui"
)

//go:embed templates
var templates embed.FS

// Addresses of the room.
const (
	Root      = my.ApplyRoot
	Announced = "/programmes/announced"
	FeedPath  = Announced + ".atom"
)

// MaxBody is how many bytes a form with files may send.
const MaxBody = 3*casework.MaxFile + 1<<20

// Deps is everything the pages stand on.
type Deps struct {
	Engine   *ui.Engine
	Pack     *policy.Pack // has applications
	Support  *apply.Applications
	Casework *casework.Casework
	Register *residents.Register
	My       *my.My // who signed in
	Calendar func(ctx context.Context) calendar.Calendar

	// Entitled lists where an organisation reads how it stands by what registers say of
	// entries that are its own; nil: nowhere.
	Entitled func(ctx context.Context, o apply.Organisation) ([]ui.Link, error)
	Clock    gov.Clock
	BaseURL  string // public address of the site, for the feed
}

// Apply answers the pages.
type Apply struct {
	Deps
	list      *ui.Template[listView]
	begin     *ui.Template[beginView]
	one       *ui.Template[oneView]
	topic     *ui.Template[topicView]
	announced *ui.Template[announcedView]
}

// New parses the templates. An error is a mistake in them.
func New(d Deps) (*Apply, error) {
	k := &Apply{Deps: d}
	return k, errors.Join(
		ui.LoadInto(d.Engine, templates, &k.list, "list"),
		ui.LoadInto(d.Engine, templates, &k.begin, "begin"),
		ui.LoadInto(d.Engine, templates, &k.one, "one"),
		ui.LoadInto(d.Engine, templates, &k.topic, "topic"),
		ui.LoadInto(d.Engine, templates, &k.announced, "announced"),
	)
}

// Mount adds the routes.
func (k *Apply) Mount(mux *http.ServeMux) {
	for pattern, h := range map[string]func(http.ResponseWriter, *visit) error{
		"GET " + Root:                       k.showList,
		"GET " + Root + "/new":              k.beginPage,
		"POST " + Root + "/new":             k.beginNow,
		"GET " + Root + "/{id}":             k.show,
		"POST " + Root + "/{id}/submit":     k.submit,
		"POST " + Root + "/{id}/withdraw":   k.withdraw,
		"POST " + Root + "/{id}/account":    k.payTo,
		"GET " + Root + "/{id}/facts":       k.topicPage,
		"POST " + Root + "/{id}/facts":      k.save,
		"GET " + Root + "/{id}/files/{sha}": k.file,
	} {
		mux.Handle(pattern, k.known(h))
	}
	mux.Handle("GET "+Announced, k.Engine.Handle(k.showAnnounced))
	mux.Handle("GET "+FeedPath, k.Engine.Handle(k.feed))
}

// visit is a request with what its browser has shown.
type visit struct {
	*http.Request
	*ui.Messages
	signed  bool
	session residents.Session
	for_    []apply.Organisation // whom they may act for
	asked   int                  // representations that wait
}

// known finds out who asks and for whom they may act.
func (k *Apply) known(h func(http.ResponseWriter, *visit) error) http.Handler {
	return k.Engine.Handle(func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Cache-Control", "private, no-store")
		v := &visit{Request: r, Messages: k.Engine.For(r)}
		var err error
		if v.session, v.signed, err = k.My.Session(w, r); err != nil {
			return err
		}
		if v.signed {
			if v.for_, v.asked, err = k.My.Organisations(r.Context(), v.session); err != nil {
				return err
			}
		}
		return h(w, v)
	})
}

var errNotTheirs = gov.Errorf(gov.NotFound, "没有这件申请，或者您现在不能代表它的单位。", "There is no such application, or you may not act for its organisation now.")

// theirs is the application an address names, of an organisation the visitor acts for.
func (k *Apply) theirs(v *visit) (o apply.Organisation, h apply.Held, s casework.Sheet, err error) {
	id, err := gov.ParseID(v.PathValue("id"))
	if err != nil {
		return o, h, s, errNotTheirs
	}
	for _, o := range v.for_ {
		h, s, err := k.Support.Own(v.Context(), o, id)
		if gov.CodeOf(err) == gov.NotFound {
			continue
		}
		return o, h, s, err
	}
	return o, h, s, errNotTheirs
}

// signIn leads to where somebody signs in, and back here.
func signIn(w http.ResponseWriter, v *visit) error {
	return see(w, v, my.LoginPath(v.URL.RequestURI()))
}

func see(w http.ResponseWriter, v *visit, to string) error {
	http.Redirect(w, v.Request, to, http.StatusSeeOther)
	return nil
}

func path(id gov.ID) string { return Root + "/" + id.String() }

func frame(title string) ui.Frame {
	return ui.Frame{Title: title, Section: "programmes", NoIndex: true}
}

func crumbs(v *visit) []ui.Link { return []ui.Link{{Href: Root, Label: v.T("apply.home")}} }

// representPath is where somebody asks to act for an organisation.
func (k *Apply) representPath() string {
	p, _ := k.Pack.Procedure(k.Pack.Applications.Representation)
	i := slices.IndexFunc(k.Casework.PublicStarts(k.Clock()), func(s casework.Start) bool { return s.Procedure == p })
	if i < 0 {
		return ""
	}
	return my.ReportRoot + "/" + p.ID + "/" + k.Casework.PublicStarts(k.Clock())[i].Action.ID
}

// objectPath is where somebody objects to what is announced.
func (k *Apply) objectPath(number string) string {
	for _, s := range k.Casework.PublicStarts(k.Clock()) {
		if s.Procedure.ID == k.Pack.Applications.Objection {
			return ui.With(my.ReportRoot+"/"+s.Procedure.ID+"/"+s.Action.ID, s.Procedure.Under, number)
		}
	}
	return ""
}
