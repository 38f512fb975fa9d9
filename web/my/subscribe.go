package my

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"quanxiang/cases/atlas"
	"quanxiang/cases/docket"
	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
	"quanxiang/residents"
	"quanxiang/web/progress"
	"quanxiang/web/ui"
)

// Inputs of a subscription.
const (
	caseInput   = "case" // number of a case
	areaInput   = "area"
	atInput     = "at"
	withinInput = "within"
	kindInput   = "kind"
	paceInput   = "pace"
)

// The choices of how far around a point, in metres, and how often.
var distances = []int{100, 300, 500, 1000}

const dailyPace = "daily"

// wish is a subscription somebody is about to make.
type wish struct {
	subject residents.Subject
	number  string // of a case
	layer   *procedure.Procedure
}

// wish reads what an address asks to subscribe to. A wish without a subject is a
// place yet to be chosen.
func (k *My) wish(v *visit, q url.Values) (wish, error) {
	if number := q.Get(caseInput); number != "" {
		c, err := k.Casework.PublicCase(v.Context(), number, k.Clock())
		return wish{subject: residents.Subject{Case: c.ID}, number: c.Number}, err
	}
	x := wish{}
	for _, p := range k.Casework.Atlas().Layers() {
		if id := q.Get("procedure"); x.layer == nil && (id == "" || id == p.ID) {
			x.layer = p
		}
	}
	if x.layer == nil {
		return x, gov.Errorf(gov.NotFound, "没有这个页面。", "There is no such page.")
	}
	x.subject = residents.Subject{Procedure: x.layer.ID, Area: q.Get(areaInput), Kind: q.Get(kindInput)}
	if text := q.Get(atInput); text != "" {
		at, err := geo.ParsePoint(text)
		if err != nil {
			return x, err
		}
		if !k.Casework.Pack().Covers(at) {
			return x, k.outside(k.Casework.Pack().Name)
		}
		x.subject.At, x.subject.Within, x.subject.Area = at, residents.LeastWithin, ""
		if n, err := strconv.Atoi(q.Get(withinInput)); err == nil {
			x.subject.Within = n
		}
	}
	return x, nil
}

// step is the page on which a wish is made.
func (k *My) subscribeStep(v *visit, x wish, typed url.Values) (stepView, error) {
	view := stepView{Crumbs: []ui.Link{{Href: "/", Label: v.T("nav.home")}, {Href: "/map", Label: v.T("nav.map")}},
		Rules: []string{v.T("subscribe.rule_confirm"), v.T("subscribe.rule_stop"), v.T("subscribe.rule_kept")},
		Form:  ui.Form{ID: "subscribe", Action: progress.SubscribePath, Post: true, Submit: v.T("subscribe.go")}}
	hidden := func(name, value string) {
		view.Form.Fields = append(view.Form.Fields, ui.Field{Kind: "hidden", Name: name, Value: value})
	}
	var err error
	switch {
	case x.number != "":
		view.Crumbs = append(view.Crumbs, ui.Link{Href: progress.CasePath(x.number), Label: x.number})
		if view.Lede, err = k.Register.Bulletin.Words(v.Context(), x.subject, v.Lang()); err != nil {
			return view, err
		}
		hidden(caseInput, x.number)
	case x.subject.Within > 0:
		near := x.subject
		near.Kind = ""
		view.Lede = v.T("subscribe.place_lede")
		field := ui.Field{Name: withinInput, Kind: "select", Label: v.T("subscribe.within", "at", k.placeName(v, near.At)), Value: "300"}
		for _, n := range distances {
			field.Options = append(field.Options, ui.Option{Value: strconv.Itoa(n), Label: v.T("subscribe.metres", "n", n)})
		}
		hidden(atInput, near.At.String())
		view.Form.Fields = append(view.Form.Fields, field)
	default:
		view.Lede = v.T("subscribe.place_lede")
		view.Form.Fields = append(view.Form.Fields, k.areaChoice(v))
	}
	if x.layer != nil {
		hidden("procedure", x.layer.ID)
		if f := atlas.Kinds(x.layer); f != nil {
			field := ui.Field{Name: kindInput, Kind: "select", Label: f.Label.In(v.Lang()), Options: []ui.Option{{Label: v.T("filter.all")}}}
			var there []string
			for _, e := range f.List().Entries {
				if h := docket.Heading(f, e.Code); !f.List().Heads(e.Code) && !slices.Contains(there, h) {
					head, _ := f.List().Entry(h)
					there = append(there, h)
					field.Options = append(field.Options, ui.Option{Value: h, Label: head.Name.In(v.Lang())})
				}
			}
			view.Form.Fields = append(view.Form.Fields, field)
		}
		view.Other = append(view.Other, ui.Link{Href: progress.PlaceFeedPath(x.subject), Label: v.T("progress.feed")})
	}
	email := ui.Field{Name: emailInput, Kind: "text", Label: v.T("my.email"), Autocomplete: "email", Required: true}
	if v.signed && v.session.Address.Channel == residents.Email {
		email.Value = v.session.Address.Value
		view.Rules[0] = v.T("subscribe.rule_signed")
	}
	view.Form.Fields = append(view.Form.Fields, email, ui.Field{Name: paceInput, Kind: "radio", Label: v.T("subscribe.pace"), Options: []ui.Option{
		{Label: v.T("subscribe.hourly")}, {Value: dailyPace, Label: v.T("subscribe.daily")}}})
	view.Form.Fill(typed)
	return view, nil
}

// areaChoice asks for a street or a community.
func (k *My) areaChoice(v *visit) ui.Field {
	pack := k.Casework.Pack()
	field := ui.Field{Name: areaInput, Kind: "select", Label: v.T("subscribe.area"), Required: true, Options: []ui.Option{{Label: v.T("subscribe.choose")}}}
	for _, a := range pack.AreasOf(policy.DistrictLevel) {
		field.Options = append(field.Options, ui.Option{Value: a.Code, Label: a.Name.In(v.Lang())})
	}
	for _, street := range pack.AreasOf(policy.StreetLevel) {
		group := street.Name.In(v.Lang())
		field.Options = append(field.Options, ui.Option{Value: street.Code, Label: v.T("subscribe.whole", "area", group), Group: group})
		for _, c := range pack.AreasOf(policy.CommunityLevel) {
			if c.Parent == street.Code {
				field.Options = append(field.Options, ui.Option{Value: c.Code, Label: c.Name.In(v.Lang()), Group: group})
			}
		}
	}
	return field
}

// placeName is where a point is in words: the smallest area that is known by name.
func (k *My) placeName(v *visit, at geo.Point) string {
	if a, ok := k.Casework.Pack().Neighbourhood(at); ok {
		return a.Name.In(v.Lang())
	}
	return at.String()
}

func (k *My) subscribePage(w http.ResponseWriter, v *visit) error {
	x, err := k.wish(v, v.URL.Query())
	if err != nil {
		return err
	}
	view, err := k.subscribeStep(v, x, v.URL.Query())
	if err != nil {
		return err
	}
	k.device(w, v)
	return k.showStep(w, v, v.T("subscribe.title"), view, "", nil)
}

// subscribe takes a wish. What is answered is the same for every address.
func (k *My) subscribe(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return gov.Errorf(gov.Invalid, "表单无法读取", "the form cannot be read").Because(err)
	}
	x, err := k.wish(v, v.PostForm)
	if err != nil {
		return err
	}
	k.device(w, v)
	var proven residents.Address
	if v.signed {
		proven = v.session.Address
	}
	mistake, field := error(nil), emailInput
	if x.subject, mistake = x.subject.Normal(); mistake != nil {
		field = areaInput
	} else if _, err := k.Register.Bulletin.Words(v.Context(), x.subject, v.Lang()); err != nil {
		mistake, field = err, areaInput
	} else {
		mistake = k.Register.Subscribe(v.Context(), x.subject, v.PostFormValue(emailInput), v.PostFormValue(paceInput) == dailyPace, v.Lang(), k.visitor(v.Request), proven)
	}
	if mistake != nil {
		view, err := k.subscribeStep(v, x, v.PostForm)
		if err != nil {
			return err
		}
		return k.showStep(w, v, v.T("subscribe.title"), view, field, mistake)
	}
	done := v.T("subscribe.asked")
	if typed, err := residents.ParseAddress(v.PostFormValue(emailInput)); err == nil && typed == proven {
		done = v.T("subscribe.begun")
	}
	back := ui.Link{Href: "/map", Label: v.T("nav.map")}
	if x.number != "" {
		back = ui.Link{Href: progress.CasePath(x.number), Label: x.number}
	}
	return k.step.Render(w, v.Request, http.StatusOK, frame(v.T("subscribe.title")), stepView{Done: done, Other: []ui.Link{back}})
}

// confirmPage asks once more: programs that look through mails open their links,
// and press nothing.
func (k *My) confirmPage(w http.ResponseWriter, v *visit) error {
	s, err := k.Register.Unconfirmed(v.Context(), v.PathValue("token"))
	if err != nil {
		return err
	}
	words, err := k.Register.Bulletin.Words(v.Context(), s.Subject, v.Lang())
	if err != nil {
		return err
	}
	w.Header().Set("Referrer-Policy", "no-referrer")
	view := stepView{Lede: words, Form: ui.Form{ID: "confirm", Post: true, Action: v.URL.Path, Submit: v.T("subscribe.confirm")}}
	return k.showStep(w, v, v.T("subscribe.confirm_title"), view, "", nil)
}

func (k *My) confirmSubscription(w http.ResponseWriter, v *visit) error {
	s, err := k.Register.ConfirmSubscription(v.Context(), v.PathValue("token"))
	if err != nil {
		return err
	}
	return see(w, v, residents.SubscriptionsPath+k.Register.ManageToken(s.ID)+"?begun=1")
}

// stopPage has one button, for those whose mail program has none.
func (k *My) stopPage(w http.ResponseWriter, v *visit) error {
	w.Header().Set("Referrer-Policy", "no-referrer")
	view := stepView{Lede: v.T("subscribe.stop_lede"), Form: ui.Form{ID: "stop", Post: true, Action: v.URL.Path, Submit: v.T("subscribe.stop")},
		Other: []ui.Link{{Href: residents.SubscriptionsPath + v.PathValue("token"), Label: v.T("subscribe.mine")}}}
	return k.showStep(w, v, v.T("subscribe.stop_title"), view, "", nil)
}

// stop ends a subscription, for its reader or for their mail program (RFC 8058).
func (k *My) stop(w http.ResponseWriter, v *visit) error {
	if err := k.Register.Stop(v.Context(), v.PathValue("token")); err != nil {
		return err
	}
	return k.step.Render(w, v.Request, http.StatusOK, frame(v.T("subscribe.stop_title")), stepView{Done: v.T("subscribe.stopped"), Other: []ui.Link{{Href: "/", Label: v.T("nav.home")}}})
}

// followedView is what an address is told.
type followedView struct {
	Done string
	Path string
	Rows []followedRow
}

type followedRow struct {
	ID    string
	Words string
	Href  string // where it is to be seen, or ""
	Daily bool
}

// subscriptions lists what an address is told, by the token of its mails.
func (k *My) subscriptions(w http.ResponseWriter, v *visit) error {
	list, err := k.Register.Subscriptions(v.Context(), v.PathValue("token"))
	if err != nil {
		return err
	}
	w.Header().Set("Referrer-Policy", "no-referrer")
	view := followedView{Path: residents.SubscriptionsPath + v.PathValue("token")}
	switch q := v.URL.Query(); {
	case q.Get("begun") != "":
		view.Done = v.T("subscribe.begun")
	case q.Get("done") != "":
		view.Done = v.T("subscribe.changed")
	}
	if view.Rows, err = k.followedRows(v.Context(), v, list); err != nil {
		return err
	}
	return k.followedPage.Render(w, v.Request, http.StatusOK, frame(v.T("subscribe.mine")), view)
}

func (k *My) followedRows(ctx context.Context, v *visit, list []residents.Subscription) (rows []followedRow, err error) {
	for _, s := range list {
		row := followedRow{ID: s.ID.String(), Daily: s.Daily}
		row.Words, err = k.Register.Bulletin.Words(ctx, s.Subject, v.Lang())
		switch {
		case gov.CodeOf(err) == gov.NotFound:
			row.Words = v.T("subscribe.withdrawn")
		case err != nil:
			return nil, err
		case !s.Subject.Case.IsZero():
			c, err := k.Casework.PublicSheet(ctx, s.Subject.Case, k.Clock())
			if err != nil {
				return nil, err
			}
			row.Href = progress.CasePath(c.Number)
		default:
			row.Href = ui.With("/map", "procedure", s.Subject.Procedure, "kind", s.Subject.Kind)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// changeSubscription ends one of them or all, or sets how often it sends mails.
func (k *My) changeSubscription(w http.ResponseWriter, v *visit) error {
	token, do := v.PathValue("token"), v.PostFormValue("do")
	if do == "all" {
		if err := k.Register.EndAll(v.Context(), token); err != nil {
			return err
		}
		return k.step.Render(w, v.Request, http.StatusOK, frame(v.T("subscribe.stop_title")), stepView{Done: v.T("subscribe.all_stopped"), Other: []ui.Link{{Href: "/", Label: v.T("nav.home")}}})
	}
	id, err := gov.ParseID(v.PostFormValue("id"))
	if err != nil {
		return gov.Errorf(gov.NotFound, "没有这个订阅", "there is no such subscription")
	}
	list, err := k.Register.Subscriptions(v.Context(), token)
	if err != nil {
		return err
	}
	// The page goes on under the token of one that lasts.
	rest := slices.IndexFunc(list, func(s residents.Subscription) bool { return s.ID != id })
	if err := k.Register.Change(v.Context(), token, id, do == dailyPace, do == "end"); err != nil {
		return err
	}
	switch {
	case do == "end" && rest < 0:
		return k.step.Render(w, v.Request, http.StatusOK, frame(v.T("subscribe.stop_title")), stepView{Done: v.T("subscribe.stopped"), Other: []ui.Link{{Href: "/", Label: v.T("nav.home")}}})
	case do == "end":
		token = k.Register.ManageToken(list[rest].ID)
	}
	return see(w, v, residents.SubscriptionsPath+token+"?done=1")
}
