// Package ceremony is the page on which a public draw is held: what has happened,
// whose turn it is, and what whoever looks can do now. Every step is a plain form. A
// second view of the same is for the wall of the room.
package ceremony

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"quanxiang/draw"
	"quanxiang/draw/lot"
	"quanxiang/draw/party"
	"quanxiang/gov"
	"quanxiang/inspections/ceremony"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/web/door"
	"quanxiang/web/draws"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

//go:embed templates
var templates embed.FS

// Root is where draws are listed, Path where one is held.
const (
	Root      = "/desk/inspections/ceremonies"
	inspector = "/desk/inspections/plans/"
)

// Path is where the draw of a plan is held.
func Path(plan gov.ID) string { return inspector + plan.String() + "/ceremony" }

// maxAnswer bounds an answer file: a plan of 64 departments to be signed is not in it.
const maxAnswer = 1 << 20

// Deps is everything the pages stand on.
type Deps struct {
	Engine  *ui.Engine
	Pack    *policy.Pack
	Draws   *ceremony.Ceremonies
	Holders func(ctx context.Context, by people.Standing, role string, places ...people.Place) ([]people.Person, error)

	// Forward, if not nil, puts the clock of draws forward to an instant, as a
	// demonstration may.
	Forward func(time.Time)
	Relay   *Relay // of drand's values; nil: they are pasted
}

// Pages answers the pages.
type Pages struct {
	Deps
	list  *ui.Template[listView]
	page  *ui.Template[pageView]
	wall  *ui.Template[pageView]
	setup *ui.Template[setupView]
}

// New parses the templates. An error is a mistake in them.
func New(d Deps) (*Pages, error) {
	k := &Pages{Deps: d}
	return k, errors.Join(ui.LoadInto(d.Engine, templates, &k.list, "list"), ui.LoadInto(d.Engine, templates, &k.page, "page"),
		ui.LoadInto(d.Engine, templates, &k.wall, "wall"), ui.LoadInto(d.Engine, templates, &k.setup, "setup"))
}

// Mount adds the routes.
func (k *Pages) Mount(mux *http.ServeMux) {
	const one = inspector + "{plan}/ceremony"
	for pattern, h := range map[string]ui.Handler{
		"GET " + Root:                  k.showList,
		"GET " + one:                   k.show,
		"GET " + one + "/wall":         k.showWall,
		"GET " + one + "/setup":        k.showSetup,
		"POST " + one + "/setup":       k.arrange,
		"POST " + one + "/key":         k.key,
		"POST " + one + "/act":         k.act,
		"GET " + one + "/request/{by}": k.request,
		"POST " + one + "/answer/{by}": k.answer,
		"POST " + one + "/ask":         k.ask,
		"POST " + one + "/fetch":       k.fetch,
		"POST " + one + "/withdraw":    k.withdraw,
		"POST " + one + "/forward":     k.forward,
		"POST " + one + "/attest/{n}":  k.attest,
		"GET " + one + "/transcript":   k.transcript,
		"GET " + one + "/sealed":       k.sealed,
	} {
		mux.Handle(pattern, k.Engine.Handle(door.Require(func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Set("Cache-Control", "no-store")
			return h(w, r)
		})))
	}
}

func frame(title string) ui.Frame { return ui.Frame{Section: "draws", Title: title, NoIndex: true} }

func planOf(r *http.Request) (gov.ID, error) {
	id, err := gov.ParseID(r.PathValue("plan"))
	if err != nil {
		return id, gov.Errorf(gov.NotFound, "没有这个页面。", "There is no such page.").Because(err)
	}
	return id, nil
}

// listView is the draws somebody has part in.
type listView struct {
	Crumbs []ui.Link
	Table  ui.Table
}

func (k *Pages) showList(w http.ResponseWriter, r *http.Request) error {
	m, by := k.Engine.For(r), who.Of(r.Context()).Standing
	list, err := k.Draws.Involved(r.Context(), by)
	if err != nil {
		return err
	}
	out := listView{Crumbs: []ui.Link{{Href: "/desk", Label: m.T("desk.title")}}, Table: ui.Table{Caption: m.T("staff.draws"), Columns: []ui.Column{
		{Label: m.T("ceremony.number"), Main: true}, {Label: m.T("ceremony.state")}, {Label: m.T("ceremony.attempt"), Number: true}, {Label: m.T("ceremony.records"), Number: true}, {Label: m.T("ceremony.voids"), Number: true}}}}
	for _, c := range list {
		out.Table.Rows = append(out.Table.Rows, ui.TableRow{Cells: []ui.Cell{
			{Links: []ui.Link{{Href: Path(c.ID), Label: c.Number}}}, {Chips: []ui.Chip{draws.StageChip(m, c.Stage)}}, ui.TextCell(m.Number(c.Attempt)), ui.TextCell(m.Number(int(c.Records))), ui.TextCell(m.Number(c.Voids))}})
	}
	return k.list.Render(w, r, http.StatusOK, frame(m.T("staff.draws")), out)
}

// done leads back to the page after a step, or shows it with the mistake.
func (k *Pages) done(w http.ResponseWriter, r *http.Request, id gov.ID, err error) error {
	code := gov.CodeOf(err)
	if err != nil && (code == gov.Internal || errors.Is(err, people.ErrProof)) {
		return err
	}
	if err != nil {
		return k.render(w, r, id, ui.Status(code), err)
	}
	http.Redirect(w, r, Path(id), http.StatusSeeOther)
	return nil
}

// typed leaves what was typed into a form that was refused where it was.
func typed(forms []ui.Form, r *http.Request) {
	for i := range forms {
		if forms[i].ID != askForm(r.PostFormValue("op")) {
			continue
		}
		for j := range forms[i].Fields {
			if f := &forms[i].Fields[j]; r.PostForm.Has(f.Name) {
				f.Value = r.PostFormValue(f.Name)
			}
		}
	}
}

// askForm is the id of the form by which who leads asks for something.
func askForm(op string) string { return "ask-" + op }

// key makes or unlocks somebody's account key, or locks it.
func (k *Pages) key(w http.ResponseWriter, r *http.Request) error {
	id, err := planOf(r)
	if err != nil {
		return err
	}
	by, passphrase := who.Of(r.Context()).Standing, r.PostFormValue("passphrase")
	switch r.PostFormValue("do") {
	case "make":
		random := make([]byte, party.Random)
		rand.Read(random) // never fails since Go 1.24
		if passphrase != r.PostFormValue("again") {
			err = gov.Errorf(gov.Invalid, "两次输入的口令不同", "the passphrases differ")
			break
		}
		err = k.Draws.Safe.Make(r.Context(), by, passphrase, random)
	case "lock":
		k.Draws.Safe.Lock(by.Person)
	default:
		err = k.Draws.Safe.Unlock(r.Context(), by, passphrase)
	}
	return k.done(w, r, id, err)
}

func (k *Pages) act(w http.ResponseWriter, r *http.Request) error {
	id, err := planOf(r)
	if err != nil {
		return err
	}
	return k.done(w, r, id, k.Draws.Act(r.Context(), who.Of(r.Context()).Standing, id, r.PostFormValue("by")))
}

func (k *Pages) request(w http.ResponseWriter, r *http.Request) error {
	id, err := planOf(r)
	if err != nil {
		return err
	}
	q, err := k.Draws.Request(r.Context(), who.Of(r.Context()).Standing, id, r.PathValue("by"))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", `attachment; filename="`+q.Plan+"-"+q.By+`-request.json"`)
	return ui.SendOnce(w, http.StatusOK, "application/json", q.Bytes())
}

func (k *Pages) answer(w http.ResponseWriter, r *http.Request) error {
	id, err := planOf(r)
	if err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxAnswer)
	f, _, err := r.FormFile("file")
	if err != nil {
		return k.done(w, r, id, gov.Errorf(gov.Invalid, "请选择答复文件", "choose the answer file").Because(err))
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err == nil {
		err = k.Draws.Answer(r.Context(), who.Of(r.Context()).Standing, id, r.PathValue("by"), b)
	}
	return k.done(w, r, id, err)
}

// ask puts what the authority decided into the queue.
func (k *Pages) ask(w http.ResponseWriter, r *http.Request) error {
	id, err := planOf(r)
	if err != nil {
		return err
	}
	i := ceremony.Intent{Op: r.PostFormValue("op"), Value: strings.TrimSpace(r.PostFormValue("value")), Reason: strings.TrimSpace(r.PostFormValue("reason")), Where: strings.TrimSpace(r.PostFormValue("where"))}
	by := who.Of(r.Context()).Standing
	switch i.Op {
	case ceremony.OpOutside:
		i.N, _ = strconv.Atoi(r.PostFormValue("witness")) // none is the first
	case ceremony.OpVoid, ceremony.OpAbandon:
		if i.Op == ceremony.OpVoid {
			err = uid(r.PostFormValue("uid"), &i.UID)
		}
		if err == nil {
			i.Official, err = official(r.PostFormValue("official"))
		}
		i.Evidence = evidence(r.PostFormValue("evidence"))
	case ceremony.OpRecuse:
		i.Frame, i.Visit, i.Slot, err = slot(r.PostFormValue("slot"))
		i.Evidence = evidence(r.PostFormValue("evidence"))
	}
	if err == nil {
		err = k.Draws.Ask(r.Context(), by, id, i)
	}
	return k.done(w, r, id, err)
}

// uid reads a subject as the page names it.
func uid(text string, u *lot.UID) error {
	b, err := hexBytes(text, lot.UIDSize)
	if err == nil {
		*u = lot.UID(b)
		err = u.Check()
	}
	if err != nil {
		return gov.Errorf(gov.Invalid, "请选择检查对象", "choose a subject").Because(err)
	}
	return nil
}

// official is who decides, by the number of their certificate.
func official(number string) (lot.UID, error) {
	return lot.SHA256.NewUID(lot.Inspector, strings.TrimSpace(number))
}

// evidence binds to a text that says what shows it; the text stays with the authority.
func evidence(text string) lot.Hash {
	return lot.SHA256.TH("evidence", []byte(strings.TrimSpace(text)))
}

func slot(text string) (frame, visit, n int, err error) {
	parts := strings.Split(text, "/")
	if len(parts) == 3 {
		var errs [3]error
		frame, errs[0] = strconv.Atoi(parts[0])
		visit, errs[1] = strconv.Atoi(parts[1])
		n, errs[2] = strconv.Atoi(parts[2])
		if err = errors.Join(errs[:]...); err == nil {
			return frame, visit, n, nil
		}
	}
	return 0, 0, 0, gov.Errorf(gov.Invalid, "请选择检查人员", "choose an inspector").Because(err)
}

func (k *Pages) withdraw(w http.ResponseWriter, r *http.Request) error {
	id, err := planOf(r)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(r.PostFormValue("n"))
	if err == nil {
		err = k.Draws.Withdraw(r.Context(), who.Of(r.Context()).Standing, id, n)
	}
	return k.done(w, r, id, err)
}

// forward puts the clock of a demonstration's draws behind the instant that the draw
// waits for.
func (k *Pages) forward(w http.ResponseWriter, r *http.Request) error {
	id, err := planOf(r)
	if err != nil {
		return err
	}
	v, err := k.Draws.View(r.Context(), who.Of(r.Context()).Standing, id)
	if err != nil {
		return err
	}
	_, until, _ := next(k.Engine.For(r), &v)
	if !k.waits(&v, until) {
		return k.done(w, r, id, gov.Errorf(gov.Conflict, "现在不等时间", "no time is waited for now"))
	}
	k.Forward(time.UnixMilli(until).Add(time.Second))
	return k.done(w, r, id, k.Draws.Advance(r.Context(), id))
}

// waits reports that a demonstration's draw waits for nothing but an instant, and whoever
// looks leads it: for the close of commitments, or for the outside values.
func (k *Pages) waits(v *ceremony.View, until int64) bool {
	return k.Forward != nil && v.Leads && until > k.Draws.Clock().UnixMilli() && len(v.Asks) == 0 && len(v.Ceremony.State.Queue) == 0 && (v.Status.Stage == draw.Commits || v.Status.Stage == draw.Reveals)
}

func (k *Pages) attest(w http.ResponseWriter, r *http.Request) error {
	id, err := planOf(r)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil {
		return gov.Errorf(gov.NotFound, "没有这个页面。", "There is no such page.").Because(err)
	}
	return k.done(w, r, id, k.Draws.Attest(r.Context(), who.Of(r.Context()).Standing, id, n, draw.Kind(r.PostFormValue("verdict"))))
}

// transcript is the file as it stands, to whoever may see the page.
func (k *Pages) transcript(w http.ResponseWriter, r *http.Request) error {
	id, err := planOf(r)
	if err != nil {
		return err
	}
	v, err := k.Draws.View(r.Context(), who.Of(r.Context()).Standing, id)
	if err != nil {
		return err
	}
	b, err := k.Draws.Transcript(r.Context(), id)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", `attachment; filename="`+v.Ceremony.Number+`.jsonl"`)
	return ui.SendOnce(w, http.StatusOK, "application/jsonl", b)
}

func (k *Pages) sealed(w http.ResponseWriter, r *http.Request) error {
	id, err := planOf(r)
	if err != nil {
		return err
	}
	b, err := k.Draws.Sealed(r.Context(), who.Of(r.Context()).Standing, id)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", `attachment; filename="sealed.json"`)
	return ui.SendOnce(w, http.StatusOK, "application/json", b)
}
