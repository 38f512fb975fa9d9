package apply

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/gov/problems"
	"quanxiang/rules/calculate"
	"quanxiang/rules/ir"
	"quanxiang/support/apply"
	"quanxiang/web/caseform"
	"quanxiang/web/factform"
	"quanxiang/web/ui"
)

// topicView is the form of one benefit with what it comes to beside it.
type topicView struct {
	Crumbs  []ui.Link
	Row     topicRow
	Known   []factView // what registers decide, or a reviewer set
	Office  []string   // facts an office sets
	Form    ui.Form
	Done    bool
	Back    string
	Missing []string
}

// Inputs of the form of a topic.
const (
	topicInput = "benefit"
	fileInput  = "file."
	dropInput  = "drop."
)

func topicQuery(benefit string) string { return url.Values{topicInput: {benefit}}.Encode() }

// topicFacts are the facts of a benefit that its applicant tells: those that still decide
// something, and those there are.
func topicFacts(h apply.Held, benefit string) (list []int32) {
	p := h.Pack.Rules
	b := p.Benefit(docOf(benefit), nameOf(benefit))
	if b == ir.None {
		return nil
	}
	i := slices.IndexFunc(h.Outcome.Benefits, func(x calculate.Benefit) bool { return x.Benefit == benefit })
	for k := range p.Fields {
		f := &p.Fields[k]
		if f.Input != p.Input(h.Claim.Applicant) || f.Column != ir.None || f.By != "" || !calculate.Uses(p, b, int32(k)) {
			continue
		}
		there, given := h.Claim.Fact(f.Name)
		if there.Locked || there.Source == apply.Corrected {
			continue
		}
		needed := i >= 0 && slices.ContainsFunc(h.Outcome.Benefits[i].Needs, func(n string) bool { return n == f.Name || strings.HasPrefix(n, f.Name+".") })
		if given || needed {
			list = append(list, int32(k))
		}
	}
	return list
}

func docOf(benefit string) string  { doc, _, _ := strings.Cut(benefit, "."); return doc }
func nameOf(benefit string) string { _, name, _ := strings.Cut(benefit, "."); return name }

func (k *Apply) topicPage(w http.ResponseWriter, v *visit) error {
	if !v.signed {
		return signIn(w, v)
	}
	o, h, s, err := k.theirs(v)
	if err != nil {
		return err
	}
	if may(s) == "" {
		return see(w, v, path(s.ID))
	}
	a := asker(h, url.Values{})
	for _, f := range h.Claim.Facts {
		if i := h.Pack.Rules.FieldOf(a.Input, "", f.Name); i != ir.None {
			a.Enter(i, f.Value)
		}
	}
	return k.showTopic(w, v, o, h, s, v.URL.Query().Get(topicInput), a, http.StatusOK, nil)
}

func asker(h apply.Held, q url.Values) *factform.Asker {
	return &factform.Asker{Own: true, Rules: h.Pack.Rules, Input: h.Pack.Rules.Input(h.Claim.Applicant), Year: h.Claim.Year, Q: q}
}

// only leaves out all benefits but one, for the years that it reads.
func only(p *ir.Program, benefit string) []bool {
	without := make([]bool, len(p.Benefits))
	for i := range without {
		without[i] = p.Benefits[i].Key() != benefit
	}
	return without
}

func (k *Apply) showTopic(w http.ResponseWriter, v *visit, o apply.Organisation, h apply.Held, s casework.Sheet, benefit string, a *factform.Asker, status int, failed error) error {
	p := h.Pack.Rules
	if p.Benefit(docOf(benefit), nameOf(benefit)) == ir.None {
		return gov.Errorf(gov.NotFound, "没有这个页面。", "There is no such page.")
	}
	all := oneView{Editable: true}
	k.told(v, &all, h)
	view := topicView{Crumbs: append(crumbs(v), ui.Link{Href: path(s.ID), Label: s.Number}), Back: path(s.ID)}
	for _, r := range slices.Concat(all.Topics, all.None) {
		if r.Name == strings.Replace(benefit, ".", " · ", 1) {
			view.Row = r
		}
	}
	files, err := k.Support.Files(v.Context(), o, s.ID)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, f := range files {
		names[string(f.Key)] = f.Name
	}
	b := p.Benefit(docOf(benefit), nameOf(benefit))
	for _, f := range h.Claim.Facts {
		if i := p.FieldOf(a.Input, "", f.Name); (f.Locked || f.Source != apply.Stated) && i != ir.None && calculate.Uses(p, b, i) {
			view.Known = append(view.Known, k.fact(v, h, f, names, path(s.ID)))
		}
	}
	view.Form = ui.Form{ID: "facts", Action: path(s.ID) + "/facts", Post: true, File: true, Submit: v.T("apply.save"), Fields: append(k.keys(v, h), ui.Field{Name: topicInput, Kind: "hidden", Value: benefit})}
	fields := topicFacts(h, benefit)
	for _, i := range fields {
		f := &p.Fields[i]
		view.Form.Fields = append(view.Form.Fields, a.Inputs(v.Messages, i, only(p, benefit))...)
		there, _ := h.Claim.Fact(f.Name)
		if proof := evidence(p, i); proof != "" {
			if len(there.Files) > 0 {
				x := ui.Field{Name: dropInput + f.Name, Kind: "checks", Label: v.T("apply.evidence_there", "fact", f.Name), Hint: v.T("apply.evidence_drop")}
				for _, key := range there.Files {
					x.Options = append(x.Options, ui.Option{Value: key, Label: names[key]})
				}
				view.Form.Fields = append(view.Form.Fields, x)
			}
			view.Form.Fields = append(view.Form.Fields, ui.Field{Name: fileInput + f.Name, Kind: "file", Label: v.T("apply.evidence", "fact", f.Name), Hint: proof})
		}
	}
	for i := range p.Fields {
		if f := &p.Fields[i]; f.Input == a.Input && f.By != "" && calculate.Uses(p, b, int32(i)) && f.Column == ir.None {
			if _, known := h.Claim.Fact(f.Name); !known {
				view.Office = append(view.Office, v.T("apply.office_sets", "fact", f.Name, "office", f.By))
			}
		}
	}
	view.Done = len(fields) == 0
	if failed != nil {
		if err := wrong(&view, v, failed); err != nil {
			return err
		}
	}
	return k.topic.Render(w, v.Request, status, frame(strings.Replace(benefit, ".", " · ", 1)), view)
}

// wrong tells each mistake at its input.
func wrong(view *topicView, v *visit, err error) error {
	list, ok := errors.AsType[problems.List](err)
	if !ok {
		e, single := errors.AsType[*gov.Error](err)
		if !single {
			return err
		}
		list = problems.List{e}
	}
	for _, e := range list {
		text := e.Text.In(v.Lang())
		for _, sep := range []string{"：", ": "} {
			if rest, ok := strings.CutPrefix(text, e.Field+sep); ok {
				text = rest
			}
		}
		i := slices.IndexFunc(view.Form.Fields, func(x ui.Field) bool { return x.Name == e.Field && x.Kind != "hidden" })
		if i < 0 {
			if _, err := said(v, e); err != nil {
				return err
			}
			view.Missing = append(view.Missing, text)
			continue
		}
		view.Form.Fields[i].Error, view.Form.Fields[i].Whole = text, strings.HasPrefix(e.Field, factform.CountPrefix)
	}
	return nil
}

// evidence says what proves a fact or the entries of a list, "" for nothing.
func evidence(p *ir.Program, field int32) string {
	f := &p.Fields[field]
	if f.Type != ir.List {
		return f.Evidence
	}
	var list []string
	for _, c := range p.Lists[f.List].Fields {
		if e := p.Fields[c].Evidence; e != "" && !slices.Contains(list, e) {
			list = append(list, e)
		}
	}
	return strings.Join(list, "、")
}

// save keeps what was entered of a topic. Mistakes are told at the inputs, and what was
// typed stays.
func (k *Apply) save(w http.ResponseWriter, v *visit) error {
	if err := caseform.ReadForm(w, v.Request, MaxBody); err != nil {
		return err
	}
	if !v.signed {
		return signIn(w, v)
	}
	o, h, s, err := k.theirs(v)
	if err != nil {
		return err
	}
	benefit := v.PostFormValue(topicInput)
	a := asker(h, url.Values{})
	for name, list := range v.PostForm {
		for _, x := range list {
			if x = strings.TrimSpace(x); x != "" {
				a.Q.Add(name, x)
			}
		}
	}
	key, version, err := stepOf(v)
	var edits []apply.Edit
	if err == nil {
		edits, err = k.edits(v, o, h, s, benefit, a)
	}
	if err == nil {
		err = k.Support.Save(v.Context(), o, s.ID, version, key, edits)
	}
	if err != nil {
		return k.showTopic(w, v, o, h, s, benefit, a, http.StatusUnprocessableEntity, err)
	}
	if _, h, _, err = k.theirs(v); err != nil {
		return err
	}
	i := slices.IndexFunc(h.Outcome.Benefits, func(x calculate.Benefit) bool { return x.Benefit == benefit })
	if ready, _ := apply.Ready(h.Pack.Rules, h.Claim, h.Outcome); i >= 0 && h.Outcome.Benefits[i].Most > 0 && !slices.Contains(ready, benefit) {
		return see(w, v, path(s.ID)+"/facts?"+topicQuery(benefit)) // something is still asked
	}
	return see(w, v, path(s.ID))
}

// edits reads what was entered and attaches the files that came with it.
func (k *Apply) edits(v *visit, o apply.Organisation, h apply.Held, s casework.Sheet, benefit string, a *factform.Asker) (edits []apply.Edit, err error) {
	for _, i := range topicFacts(h, benefit) {
		f := &h.Pack.Rules.Fields[i]
		e := apply.Edit{Name: f.Name, Drop: v.PostForm[dropInput+f.Name]}
		if e.Value, err = a.Read(i); err != nil {
			return nil, err
		}
		keys, mistakes, err := caseform.AttachInput(v.Request, fileInput+f.Name, fileInput+f.Name, func(name string, file io.ReaderAt, size int64, _ ...casework.Keep) (docket.Attachment, error) {
			return k.Support.Attach(v.Context(), o, s.ID, name, file, size)
		})
		if err != nil {
			return nil, err
		}
		if len(mistakes) > 0 {
			return nil, problems.List(mistakes)
		}
		e.Add = keys
		edits = append(edits, e)
	}
	return edits, nil
}

// file sends a file of the organisation's application.
func (k *Apply) file(w http.ResponseWriter, v *visit) error {
	if !v.signed {
		return signIn(w, v)
	}
	o, _, s, err := k.theirs(v)
	if err != nil {
		return err
	}
	a, body, err := k.Support.Open(v.Context(), o, s.ID, v.PathValue("sha"))
	if err != nil {
		return err
	}
	defer body.Close()
	head := w.Header()
	head.Set("Content-Type", a.Type)
	head.Set("Content-Length", strconv.FormatInt(a.Size, 10))
	head.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": a.Name}))
	head.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	_, _ = io.Copy(w, body) // the reader may leave; what was sent is right
	return nil
}
