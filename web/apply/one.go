package apply

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/gov"
	"quanxiang/policy/applying"
	"quanxiang/policy/procedure"
	"quanxiang/rules/calculate"
	"quanxiang/rules/explain"
	"quanxiang/support/apply"
	"quanxiang/web/factform"
	"quanxiang/web/story"
	"quanxiang/web/ui"
)

// oneView is an application as its organisation sees it.
type oneView struct {
	Crumbs    []ui.Link
	Number    string
	Name      string
	Code      string
	About     string
	Chips     []ui.Chip
	Alert     string
	Done      string
	Receipt   string // of what was just handed in: entry of the ledger
	Missing   []string
	Editable  bool
	TotalOf   string // what the total is
	Total     string
	TotalNote string
	Paid      string // when and where the money went, or where it is to go
	Topics    []topicRow
	None      []topicRow // benefits that come to nothing as things stand
	Excluded  []excludedView
	Facts     []factView
	Account   string // masked, "" where none was told
	PayTo     ui.Form
	Submit    ui.Form
	Withdraw  ui.Form
	Letters   []letterView
	Moments   []story.Moment
	Files     []ui.Link
}

// topicRow is a benefit with how far its form is filled in.
type topicRow struct {
	Href, Name, Amount string
	Clauses            string
	Chip               ui.Chip
	Needs              string
	Steps              []string
}

type excludedView struct{ Name, Amount, Why, Clauses string }

// factView is a fact with where it comes from.
type factView struct {
	Name, Value, Source, Note string
	Locked                    bool
	Files                     []ui.Link
}

type letterView struct {
	Name string
	At   int64
	Body []string
}

func (k *Apply) show(w http.ResponseWriter, v *visit) error {
	return k.showOne(w, v, http.StatusOK, nil)
}

func (k *Apply) showOne(w http.ResponseWriter, v *visit, status int, failed error) error {
	if !v.signed {
		return signIn(w, v)
	}
	o, h, s, err := k.theirs(v)
	if err != nil {
		return err
	}
	view := oneView{Crumbs: crumbs(v), Number: s.Number, Name: h.Claim.Name, Code: h.Claim.Code, Chips: []ui.Chip{{Label: s.State.Name.In(v.Lang()), Tone: tone(s.State.Kind)}},
		About: strings.Join(h.Claim.Documents, v.T("list.separator")) + " · " + strconv.Itoa(h.Claim.Year)}
	if failed != nil {
		if view.Alert, err = said(v, failed); err != nil {
			return err
		}
	}
	act := may(s)
	view.Editable = act != ""
	k.told(v, &view, h)
	files, err := k.Support.Files(v.Context(), o, s.ID)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, f := range files {
		names[string(f.Key)] = f.Name
	}
	for _, f := range h.Claim.Facts {
		view.Facts = append(view.Facts, k.fact(v, h, f, names, path(s.ID)))
	}
	if p, ok, err := k.Support.Account(v.Context(), h.Claim); err != nil {
		return err
	} else if ok {
		view.Account = p.Bank + " " + p.Account
	}
	paid(v, &view, s)
	if act != "" {
		view.PayTo = ui.Form{ID: "pay-to", Action: path(s.ID) + "/account", Post: true, Plain: true, Submit: v.T("apply.save"), Fields: append(k.keys(v, h),
			ui.Field{Name: "bank", Kind: "text", Label: v.T("apply.bank"), Value: v.PostFormValue("bank"), Required: true},
			ui.Field{Name: "account", Kind: "text", Label: v.T("apply.account"), Hint: v.T("apply.account_hint"), Value: v.PostFormValue("account"), Autocomplete: "off", Required: true})}
		view.Submit = ui.Form{ID: "submit", Action: path(s.ID) + "/submit", Post: true, Submit: v.T("apply.submit"), Fields: k.keys(v, h)}
		if act == apply.ResubmitAct {
			view.Submit.Submit = v.T("apply.resubmit")
		}
	}
	if slices.ContainsFunc(s.Options, func(o cases.Option) bool { return o.Action.ID == apply.WithdrawAct && o.Why == nil }) {
		view.Withdraw = ui.Form{ID: "withdraw", Action: path(s.ID) + "/withdraw", Post: true, Danger: true, Submit: v.T("apply.withdraw"), Fields: k.keys(v, h)}
	}
	history, err := k.Support.OwnHistory(v.Context(), o, s.ID)
	if err != nil {
		return err
	}
	k.history(v, &view, s, history)
	for _, f := range s.Fields {
		if text, ok := f.Value.(string); ok && f.Field.ID == "missing" && act == apply.ResubmitAct {
			view.Missing = strings.Split(text, "\n")
		}
	}
	if key := v.URL.Query().Get("handed"); key != "" {
		if id, err := gov.ParseID(key); err == nil {
			view.Done, view.Receipt = v.T("apply.handed", "number", s.Number), "/ledger/events/"+id.String()
		}
	}
	return k.one.Render(w, v.Request, status, frame(h.Claim.Name), view)
}

// may is the act by which the application can be handed in now, "" for none.
func may(s casework.Sheet) string {
	for _, o := range s.Options {
		if o.Why == nil && (o.Action.ID == apply.SubmitAct || o.Action.ID == apply.ResubmitAct) {
			return o.Action.ID
		}
	}
	return ""
}

// keys are the inputs that name a step and what was seen.
func (k *Apply) keys(v *visit, h apply.Held) []ui.Field {
	return []ui.Field{{Name: keyInput, Kind: "hidden", Value: gov.NewID(k.Clock()).String()}, {Name: versionInput, Kind: "hidden", Value: strconv.FormatInt(h.Claim.Version, 10)}}
}

// amount writes an amount as people do.
func amount(v *visit, a calculate.Amount) string {
	switch {
	case a.Known():
		return v.Money(a.Least)
	case a.Most > 1_000_000_000_00:
		return v.T("programmes.open")
	case a.Least == 0:
		return v.T("programmes.up_to", "most", v.Money(a.Most))
	}
	return v.T("programmes.between", "least", v.Money(a.Least), "most", v.Money(a.Most))
}

func cited(v *visit, clauses []string) string {
	list := make([]string, len(clauses))
	for i, c := range clauses {
		doc, at, _ := strings.Cut(c, ":")
		list[i] = doc + " " + explain.Citation(at, v.Lang())
	}
	return strings.Join(list, v.T("list.separator"))
}

// told is what the claim comes to, benefit by benefit.
func (k *Apply) told(v *visit, view *oneView, h apply.Held) {
	out := h.Outcome
	ready, _ := apply.Ready(h.Pack.Rules, h.Claim, out)
	sum := calculate.Amount{}
	out2 := slices.Clone(out.Benefits)
	slices.SortStableFunc(out2, func(a, b calculate.Benefit) int { return int(min(1, max(-1, b.Most-a.Most))) })
	for _, b := range out2 {
		row := topicRow{Name: strings.Replace(b.Benefit, ".", " · ", 1), Amount: amount(v, b.Amount), Clauses: cited(v, b.Clauses), Needs: strings.Join(b.Needs, v.T("list.separator"))}
		if b.Title != "" {
			row.Amount = b.Title
		}
		if view.Editable {
			row.Href = path(h.Claim.ID) + "/facts?" + topicQuery(b.Benefit)
		}
		for _, s := range b.Trace {
			if s.Decides() {
				row.Steps = append(row.Steps, s.Words(v.Lang())+" "+cited(v, s.Clauses))
			}
		}
		switch {
		case b.Most == 0:
			row.Amount, row.Chip = "", ui.Chip{Label: v.T("programmes.none"), Tone: "quiet"}
			view.None = append(view.None, row)
			continue
		case slices.Contains(ready, b.Benefit) && len(b.Needs) == 0:
			row.Chip = ui.Chip{Label: v.T("apply.filled"), Tone: "good"}
		case slices.Contains(ready, b.Benefit):
			row.Chip = ui.Chip{Label: v.T("apply.office"), Tone: "good"}
		default:
			row.Chip = ui.Chip{Label: v.T("apply.open"), Tone: "warn"}
		}
		if slices.Contains(ready, b.Benefit) && b.Title == "" {
			sum.Least, sum.Most = sum.Least+b.Least, sum.Most+b.Most
		}
		view.Topics = append(view.Topics, row)
	}
	slices.SortStableFunc(view.Topics, func(a, b topicRow) int {
		rank := func(r topicRow) int {
			if r.Chip.Tone == "good" {
				return 0
			}
			return 1
		}
		return rank(a) - rank(b)
	})
	if view.Editable {
		view.TotalOf, view.Total, view.TotalNote = v.T("apply.total"), amount(v, sum), v.T("apply.total_note", "n", len(ready))
	} else if len(out.Needs) > 0 {
		view.TotalOf, view.Total = v.T("apply.total_asked"), amount(v, sum)
	} else {
		view.TotalOf, view.Total = v.T("apply.total_asked"), v.Money(apply.Sum(out))
	}
	for _, x := range out.Excluded {
		e := excludedView{Name: strings.Replace(x.Benefit, ".", " · ", 1), Amount: amount(v, x.Amount), Clauses: cited(v, x.Clauses), Why: v.T("apply.excluded_same")}
		if x.Before {
			e.Why = v.T("apply.excluded_before", "by", x.By)
		}
		view.Excluded = append(view.Excluded, e)
	}
}

// paid says what became of the money of a decision.
func paid(v *visit, view *oneView, s casework.Sheet) {
	account := cmp.Or(view.Account, v.T("apply.no_account"))
	switch s.State.ID {
	case applying.Decided:
		view.TotalOf, view.Paid = v.T("apply.total_granted"), v.T("apply.to_pay", "account", account)
	case applying.Paid:
		view.TotalOf = v.T("apply.total_granted")
		for _, f := range s.Fields {
			if text, ok := f.Value.(string); ok && f.Field.ID == applying.PaidOn {
				day, err := gov.ParseDate(text)
				if err != nil {
					continue // the history says what was entered
				}
				view.Paid = v.T("apply.paid", "day", day.In(v.Lang()), "account", account)
			}
		}
	}
}

// fact is a fact in words.
func (k *Apply) fact(v *visit, h apply.Held, f apply.Fact, names map[string]string, at string) factView {
	x := factView{Name: f.Name, Value: k.value(v, h, f), Locked: f.Locked, Note: f.Why}
	switch f.Source {
	case apply.Register:
		x.Source, x.Note = v.T("apply.source_register"), f.From.In(v.Lang())
	case apply.Corrected:
		x.Source = v.T("apply.source_reviewer")
	default:
		x.Source = v.T("apply.source_applicant")
	}
	for _, key := range f.Files {
		x.Files = append(x.Files, ui.Link{Href: at + "/files/" + key, Label: names[key]})
	}
	return x
}

// value is the value of a fact in words.
func (k *Apply) value(v *visit, h apply.Held, f apply.Fact) string {
	return factform.Words(v.Messages, h.Pack.Rules, h.Claim.Applicant, h.Claim.Year, f.Name, f.Value)
}

// history is what happened, with the letters.
func (k *Apply) history(v *visit, view *oneView, s casework.Sheet, list []casework.Entry) {
	tell := story.New(v.Messages, s, &k.Pack.Gazette)
	for _, e := range slices.Backward(list) {
		if e.Kind == cases.Acted && (e.Action == apply.SaveAct || e.Action == apply.ReckonAct) {
			continue // each save of a draft is in the record of the claim, and what it comes to now stands above
		}
		for name := range e.Set {
			if f, ok := s.Under.Procedure.Field(name); ok && (f.Type == procedure.ContactField || f.Type == procedure.FilesField) {
				delete(e.Set, name)
			}
		}
		if e.Letter != nil {
			view.Letters = append(view.Letters, letterView{Name: e.Letter.Name.In(v.Lang()), At: e.At, Body: strings.Split(e.Letter.Body, "\n")})
		}
		view.Moments = append(view.Moments, tell.Moment(e))
	}
}

// stepOf reads which step a form names, and what was seen.
func stepOf(v *visit) (key gov.ID, version int64, err error) {
	key, err = gov.ParseID(v.PostFormValue(keyInput))
	if err == nil {
		version, err = strconv.ParseInt(v.PostFormValue(versionInput), 10, 64)
	}
	if err != nil {
		err = gov.Errorf(gov.Invalid, "表单内容不完整，请打开页面重新填写。", "The form is not whole; open the page again and fill it in.").Because(err)
	}
	return key, version, err
}

func (k *Apply) submit(w http.ResponseWriter, v *visit) error {
	if !v.signed {
		return signIn(w, v)
	}
	o, _, s, err := k.theirs(v)
	if err != nil {
		return err
	}
	key, version, err := stepOf(v)
	if err == nil {
		act := may(s)
		if act == "" {
			err = gov.Errorf(gov.Conflict, "这件申请现在不能提交", "the application cannot be handed in now")
		} else {
			err = k.Support.Submit(v.Context(), o, s.ID, version, key, act)
		}
	}
	if err != nil {
		return k.showOne(w, v, http.StatusUnprocessableEntity, err)
	}
	return see(w, v, ui.With(path(s.ID), "handed", key.String()))
}

func (k *Apply) withdraw(w http.ResponseWriter, v *visit) error {
	if !v.signed {
		return signIn(w, v)
	}
	o, _, s, err := k.theirs(v)
	if err != nil {
		return err
	}
	key, _, err := stepOf(v)
	if err == nil {
		err = k.Support.Withdraw(v.Context(), o, s.ID, key)
	}
	if err != nil {
		return k.showOne(w, v, http.StatusUnprocessableEntity, err)
	}
	return see(w, v, path(s.ID))
}

// payTo keeps the account money is to go to.
func (k *Apply) payTo(w http.ResponseWriter, v *visit) error {
	if !v.signed {
		return signIn(w, v)
	}
	o, _, s, err := k.theirs(v)
	if err != nil {
		return err
	}
	key, version, err := stepOf(v)
	if err == nil {
		err = k.Support.PayTo(v.Context(), o, s.ID, version, key, v.PostFormValue("bank"), v.PostFormValue("account"))
	}
	if err != nil {
		return k.showOne(w, v, http.StatusUnprocessableEntity, err)
	}
	return see(w, v, path(s.ID))
}
