package registers

import (
	"net/http"
	"net/url"

	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/policy/register"
	"quanxiang/registers"
	"quanxiang/web/ui"
)

// publicView is where everybody looks an entry up.
type publicView struct {
	Lede  string
	Cite  string
	Form  ui.Form
	Asked bool
	Rows  []ui.Row
	Pager ui.Pager
	Empty string
	Lists []ui.Link
	Data  string // where the register is to be had as data, or ""
	Until bool   // what is shown is taken off in time, and can be objected to
}

func (k *Pages) showPublic(w http.ResponseWriter, r *http.Request) error {
	m := k.Engine.For(r)
	reg, err := k.Registers.Register(r.PathValue("register"))
	if err != nil {
		return err
	}
	words := r.URL.Query().Get("q")
	list, err := k.Registers.PublicList(r.Context(), reg.ID, words, gov.Page{After: r.URL.Query().Get("after"), Limit: pageSize})
	if err != nil {
		return err
	}
	lede := m.T("registers.public_lede")
	if len(reg.Shows) > 0 {
		lede = m.T("registers.shown_lede")
	}
	out := publicView{Lede: lede, Until: len(reg.Kinds) > 0, Cite: reg.Cite, Asked: words != "" || len(reg.Shows) > 0, Empty: m.T("registers.public_none"), Form: ui.Form{ID: "find", Action: PublicRoot + "/" + reg.ID, Inline: true, Submit: m.T("search.go"), Fields: []ui.Field{
		{Name: "q", Kind: "search", Label: searched(m, reg), Hint: m.T("registers.search_hint"), Value: words, Wide: true}}}}
	out.Lists = k.lists(m, reg)
	if reg.Data != nil {
		out.Data = DataRoot + "/" + reg.ID
	}
	for _, e := range list.Items {
		row := k.row(m, reg, e, publicPath(reg.ID, e.Key))
		for _, id := range []string{reg.Since, reg.Until} { // of a list that is shown whole
			if f, ok := reg.Field(id); ok && len(reg.Shows) > 0 && e.Values[id] != nil {
				row.Meta = append(row.Meta, f.Label.In(m.Lang())+" "+k.words(f, e.Values[id], m.Lang()))
			}
		}
		out.Rows = append(out.Rows, row)
	}
	out.Pager = ui.PagerOf(r, gov.List[ui.Row]{Items: out.Rows, Next: list.Next, Total: -1})
	return k.public.Render(w, r, http.StatusOK, ui.Frame{Section: "credit", Title: publicTitle(m, reg), NoIndex: words != ""}, out)
}

// indexView is which registers everybody may look into.
type indexView struct{ Table ui.Table }

func (k *Pages) showIndex(w http.ResponseWriter, r *http.Request) error {
	m := k.Engine.For(r)
	t := ui.Table{Caption: m.T("registers.index"), Columns: []ui.Column{{Label: m.T("registers.index_what"), Main: true}, {Label: m.T("registers.index_lists")}, {Label: m.T("data.link")}, {Label: m.T("registers.index_basis")}}}
	for _, reg := range k.Pack.Registers {
		if !reg.Public() && reg.Data == nil {
			continue
		}
		what, lists, data := ui.TextCell(reg.Title.In(m.Lang())), ui.Cell{}, ui.Cell{}
		if reg.Public() {
			what = ui.Cell{Links: []ui.Link{{Href: PublicRoot + "/" + url.PathEscape(reg.ID), Label: publicTitle(m, reg)}}}
		}
		for _, kind := range reg.Kinds {
			if kind.List != nil {
				lists.Links = append(lists.Links, ui.Link{Href: listPath(reg.ID, kind.ID), Label: kind.Title.In(m.Lang())})
			}
		}
		if reg.Data != nil {
			data.Links = []ui.Link{{Href: DataRoot + "/" + url.PathEscape(reg.ID), Label: "CSV · JSON"}}
		}
		t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{what, lists, data, ui.TextCell(reg.Cite)}})
	}
	return k.index.Render(w, r, http.StatusOK, ui.Frame{Section: "credit", Title: m.T("registers.index"), Description: m.T("registers.index_lede")}, indexView{t})
}

// toIndex leads from the roots of open data to the one list there is.
func (k *Pages) toIndex(w http.ResponseWriter, r *http.Request) error {
	http.Redirect(w, r, PublicRoot, http.StatusSeeOther)
	return nil
}

// publicTitle is what the public page of a register is called: a list that is shown
// whole by its name.
func publicTitle(m *ui.Messages, reg *register.Register) string {
	if len(reg.Shows) > 0 {
		return reg.Title.In(m.Lang())
	}
	return m.T("registers.public", "register", reg.Title.In(m.Lang()))
}

// creditView is an entry as everybody may see it.
type creditView struct {
	Crumbs   []ui.Link
	Key      string
	KeyLabel string
	Doubt    string
	Facts    []fact
	Object   string // where somebody says that the entry is wrong
	Groups   []group
	None     []string // kinds of which there is no public record
}

// group is the public records of a kind.
type group struct {
	ID      string
	Title   string
	How     string // how long such records stand here
	Records []record
}

func (k *Pages) showCredit(w http.ResponseWriter, r *http.Request) error {
	m := k.Engine.For(r)
	s, err := k.Registers.Public(r.Context(), r.PathValue("register"), r.PathValue("key"))
	if err != nil {
		return err
	}
	l, reg := m.Lang(), s.Register
	out := creditView{Crumbs: []ui.Link{{Href: "/", Label: m.T("nav.home")}, {Href: PublicRoot + "/" + reg.ID, Label: publicTitle(m, reg)}},
		Key: s.Entry.Key, KeyLabel: reg.Key.Label.In(l), Facts: k.facts(m, reg.Fields, s.Entry.Values, reg.Name), Object: k.objection(reg, s.Entry, s.Entry.Unit, "", "")}
	if s.Entry.Doubt {
		out.Doubt = m.T("registers.doubt_why")
	}
	today := gov.DateOf(k.Clock())
	for i := range reg.Kinds {
		kind := &reg.Kinds[i]
		if kind.Public.IsZero() {
			continue
		}
		g := group{ID: "kind-" + kind.ID, Title: kind.Title.In(l), How: m.T("registers.public_for", "span", kind.Public.Text().In(l))}
		for _, rec := range s.Records {
			if rec.Kind != kind.ID {
				continue
			}
			one := k.record(m, reg, rec, today)
			one.Contested = s.Contested(rec)
			one.Object = k.objection(reg, s.Entry, rec.Unit, kind.Title.ZH+" "+register.KeyText(rec.Key), rec.Ref())
			g.Records = append(g.Records, one)
		}
		if len(g.Records) == 0 {
			out.None = append(out.None, g.Title)
			continue
		}
		out.Groups = append(out.Groups, g)
	}
	return k.credit.Render(w, r, http.StatusOK, ui.Frame{Section: "credit", Title: s.Entry.Name, NoIndex: true}, out)
}

// objection is where somebody begins a case about an entry or a record, with what it
// is about filled in, or "".
func (k *Pages) objection(reg *register.Register, e registers.Entry, unit, what, ref string) string {
	p, ok := k.Pack.Procedure(reg.Objects)
	if !ok {
		return ""
	}
	for i := range p.Actions {
		a := &p.Actions[i]
		if a.At[0] != procedure.New || len(a.By) == 0 {
			continue
		}
		about := e.Name + " " + e.Key
		if what != "" {
			about += " " + what
		}
		q := url.Values{reg.About: {about}}
		if reg.Names != "" && ref != "" {
			q.Set(reg.Names, ref)
		}
		if p.Unit != "" {
			q.Set(p.Unit, unit)
		}
		return "/report/" + p.ID + "/" + a.ID + "?" + q.Encode()
	}
	return ""
}
