// Package visits is the page of who is being inspected: by the code the inspectors show
// at the door they see who came and for which items, check that this visit was drawn
// and not chosen, and say what they want to have said (西政办发〔2016〕15号 四（四）).
// It is open to whoever has the code, from check-in on, and works without a script.
package visits

import (
	"embed"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"quanxiang/cases"
	"quanxiang/draw/lot"
	"quanxiang/gov"
	"quanxiang/inspections/visits"
	"quanxiang/policy"
	"quanxiang/web/progress"
	"quanxiang/web/ui"
)

//go:embed templates
var templates embed.FS

// Root is where the addresses begin: Root/TOKEN.
const Root = "/visits"

// Deps is what the pages stand on.
type Deps struct {
	Engine *ui.Engine
	Visits *visits.Visits
	Pack   *policy.Pack
	Clock  gov.Clock
}

// Pages answers them.
type Pages struct {
	Deps
	page *ui.Template[view]
}

// New parses the template. An error is a mistake in it.
func New(d Deps) (*Pages, error) {
	k := &Pages{Deps: d}
	return k, ui.LoadInto(d.Engine, templates, &k.page, "visit")
}

// Mount adds the routes.
func (k *Pages) Mount(mux *http.ServeMux) {
	for pattern, h := range map[string]func(http.ResponseWriter, *http.Request) error{
		"GET " + Root + "/{token}":              k.show,
		"POST " + Root + "/{token}/{act}":       k.tell,
		"GET " + Root + "/{token}/proofs/{nth}": k.proof,
	} {
		mux.Handle(pattern, k.Engine.Handle(func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Set("Cache-Control", "no-store")
			w.Header().Set("Referrer-Policy", "no-referrer") // the address is what lets one in
			return h(w, r)
		}))
	}
}

// view is what the template sees.
type view struct {
	visits.Seen
	Done     string
	Team     []member
	Units    []string // those of whose inspectors none is shown
	Groups   []group
	Proofs   []proof
	Draw     string // where the draw is, "" as long as there is no proof of it
	Result   string // where what was found is, once it is public
	Hears    string // who deals with a complaint
	Say      *ui.Form
	Complain *ui.Form
}

// member is an inspector with what the draw says of them.
type member struct {
	visits.Badge
	Unit  string
	Over  bool // the certificate has ended
	Drawn bool // the proofs name the certificate
	Other bool // the proofs name others: somebody stands in for who was drawn
}

// group is the items of one department.
type group struct {
	Unit  string
	Items []string
}

// proof is one department's proof and what checking it here gave.
type proof struct {
	Department string
	Holds      bool
	Why        string // when it does not
	Href       string
	Draw       uint32
	Root       string
}

const (
	keyInput  = "key"
	textInput = "text"
	doneInput = "done"
)

func (k *Pages) show(w http.ResponseWriter, r *http.Request) error {
	return k.render(w, r, http.StatusOK, "", nil)
}

// render shows the page, with a form as it was sent and what is wrong with it.
func (k *Pages) render(w http.ResponseWriter, r *http.Request, status int, act string, wrong error) error {
	m, token := k.Engine.For(r), r.PathValue("token")
	seen, err := k.Visits.Look(r.Context(), token, k.Clock())
	if err != nil {
		return err
	}
	v := view{Seen: seen}
	name := func(id string) string {
		if u, ok := k.Pack.Unit(id); ok {
			return u.Name.In(m.Lang())
		}
		return id
	}
	for _, id := range seen.Units {
		v.Units = append(v.Units, name(id))
	}
	for _, row := range seen.Items {
		unit := row.Group
		if unit == "" && row.Unit != "" {
			unit = name(row.Unit)
		}
		if n := len(v.Groups); n == 0 || v.Groups[n-1].Unit != unit {
			v.Groups = append(v.Groups, group{Unit: unit})
		}
		g := &v.Groups[len(v.Groups)-1]
		g.Items = append(g.Items, row.Title)
	}
	for i := range seen.Proofs {
		p := &seen.Proofs[i]
		one := proof{Department: p.Department, Draw: p.Opening.Draw, Href: Root + "/" + token + "/proofs/" + strconv.Itoa(i+1), Root: hex.EncodeToString(p.Opening.Plan[:])}
		err := p.Opening.Check(p.Roots)
		if one.Holds = err == nil; err != nil {
			one.Why = gov.TextOf(err, m.Lang())
		}
		v.Proofs = append(v.Proofs, one)
	}
	v.Team = team(seen, v.Proofs, gov.DateOf(k.Clock()), name)
	v.Units = slices.DeleteFunc(v.Units, func(unit string) bool {
		return slices.ContainsFunc(v.Team, func(m member) bool { return m.Unit == unit })
	})
	if len(v.Proofs) > 0 {
		v.Draw = "/draws/" + seen.Plan
	}
	if seen.Public {
		v.Result = progress.CasePath(seen.Number)
	}
	var hears []string
	for _, t := range seen.Hears {
		hears = append(hears, t.In(m.Lang()))
	}
	v.Hears = strings.Join(hears, m.T("list.separator"))
	if done := r.URL.Query().Get(doneInput); done == visits.SayAction || done == visits.ComplainAction {
		v.Done = m.T("visits.done." + done)
	}
	for _, x := range []struct {
		act  string
		form **ui.Form
	}{{visits.SayAction, &v.Say}, {visits.ComplainAction, &v.Complain}} {
		if slices.Contains(seen.May, x.act) {
			*x.form = k.form(m, r, x.act, x.act == act, wrong)
		}
	}
	f := ui.Frame{Title: m.T("visits.title"), NoIndex: true}
	return k.page.Render(w, r, status, f, v)
}

// team holds the inspectors against the proofs that hold: whose certificate the draw
// named before anybody could know of the visit.
func team(seen visits.Seen, checked []proof, day gov.Date, name func(string) string) (list []member) {
	for _, b := range seen.Team {
		one := member{Badge: b, Over: !b.Until.IsZero() && b.Until.Before(day)}
		if b.Unit != "" {
			one.Unit = name(b.Unit)
		}
		for i, p := range checked {
			if !p.Holds || b.Certificate == "" {
				continue
			}
			o := &seen.Proofs[i].Opening
			named := slices.ContainsFunc(o.Team, func(u lot.UID) bool { return u.ID() == b.Certificate })
			if long, err := o.Suite.NewUID(lot.Inspector, b.Certificate); err == nil { // of a number that is hashed
				named = named || slices.Contains(o.Team, long)
			}
			one.Drawn, one.Other = one.Drawn || named, true
		}
		one.Other = one.Other && !one.Drawn
		list = append(list, one)
	}
	return list
}

func (k *Pages) form(m *ui.Messages, r *http.Request, act string, sent bool, wrong error) *ui.Form {
	key := gov.NewID(k.Clock()).String()
	f := &ui.Form{ID: act, Post: true, Action: Root + "/" + r.PathValue("token") + "/" + act, Submit: m.T("visits." + act + "_go"),
		Fields: []ui.Field{{Name: textInput, Kind: "prose", Label: m.T("visits." + act + "_label"), Hint: m.T("visits." + act + "_hint"), Required: true}}}
	if sent {
		f.Fill(r.PostForm)
		key = r.PostForm.Get(keyInput) // the same act
		if wrong != nil {
			f.Fields[0].Error, f.Fields[0].Whole = gov.TextOf(wrong, m.Lang()), true
		}
	}
	f.Fields = append(f.Fields, ui.Field{Kind: "hidden", Name: keyInput, Value: key})
	return f
}

func (k *Pages) tell(w http.ResponseWriter, r *http.Request) error {
	act := r.PathValue("act")
	if act != visits.SayAction && act != visits.ComplainAction {
		return gov.Errorf(gov.NotFound, "没有这个页面。", "There is no such page.")
	}
	if err := r.ParseForm(); err != nil {
		return gov.Errorf(gov.Invalid, "表单内容无法识别。", "The form cannot be read.").Because(err)
	}
	key, err := gov.ParseID(r.PostForm.Get(keyInput))
	if err != nil {
		return gov.Errorf(gov.Invalid, "表单内容不完整，请打开页面重新填写。", "The form is not whole; open the page again and fill it in.")
	}
	err = k.Visits.Tell(r.Context(), r.PathValue("token"), act, r.PostForm.Get(textInput), key, k.Clock())
	if mistakes := (cases.Mistakes)(nil); errors.As(err, &mistakes) || gov.CodeOf(err) == gov.Conflict {
		return k.render(w, r, http.StatusUnprocessableEntity, act, err)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, Root+"/"+r.PathValue("token")+"?"+doneInput+"="+act, http.StatusSeeOther)
	return nil
}

// proof hands the bytes of an opening out, to be checked with the command line.
func (k *Pages) proof(w http.ResponseWriter, r *http.Request) error {
	seen, err := k.Visits.Look(r.Context(), r.PathValue("token"), k.Clock())
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(r.PathValue("nth"))
	if err != nil || n < 1 || n > len(seen.Proofs) {
		return gov.Errorf(gov.NotFound, "没有这份证明。", "There is no such proof.")
	}
	w.Header().Set("Content-Disposition", `attachment; filename="opening-`+seen.Number+"-"+strconv.Itoa(n)+`.bin"`)
	return ui.SendOnce(w, http.StatusOK, "application/octet-stream", seen.Proofs[n-1].Opening.Bytes())
}
