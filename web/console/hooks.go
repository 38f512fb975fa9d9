package console

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"quanxiang/gov"
	"quanxiang/notices/hooks"
	"quanxiang/policy"
	"quanxiang/web/ui"
)

const hooksPath = Root + "/hooks"

// maxDead is how many deliveries that were given up are listed.
const maxDead = 100

// hooksView lists the subscriptions of other systems, and what was given up.
type hooksView struct {
	Head  head
	Hooks ui.Table
	Dead  []deadView
}

// deadView is a delivery that was given up.
type deadView struct {
	ID     string
	At     int64
	Event  string
	About  string
	Answer string
	Again  string // where it is sent again
}

// secretView shows a secret, once.
type secretView struct {
	Head   head
	About  string
	Secret string
	Back   string
}

func (c *Console) showHooks(v visit) error {
	list, err := c.Hooks.List(v.ctx(), v.by)
	if err != nil {
		return err
	}
	dead, err := c.Hooks.GivenUp(v.ctx(), v.by, maxDead)
	if err != nil {
		return err
	}
	view := hooksView{Head: headOf(v, "hooks")}
	t := ui.Table{Caption: v.m.T("console.hooks.title"), Columns: []ui.Column{
		{Label: v.m.T("console.hooks.about"), Main: true}, {Label: v.m.T("console.hooks.url")}, {Label: v.m.T("console.hooks.state"), Narrow: true},
		{Label: v.m.T("console.hooks.answered"), Narrow: true}, {Label: v.m.T("console.hooks.waiting"), Number: true}, {Label: v.m.T("console.hooks.given_up"), Number: true},
	}}
	about := map[gov.ID]string{}
	for _, h := range list {
		about[h.ID] = h.About
		answered := v.m.T("console.hooks.never")
		if h.Answered != 0 {
			answered = v.m.Minute(h.Answered)
		}
		t.Rows = append(t.Rows, ui.TableRow{Cells: []ui.Cell{
			{Links: []ui.Link{{Href: hooksPath + "/" + h.ID.String(), Label: h.About}}}, {Code: h.URL}, {Chips: []ui.Chip{hookChip(v, h)}},
			ui.TextCell(answered), ui.TextCell(strconv.Itoa(h.Waiting)), ui.TextCell(strconv.Itoa(h.GivenUp)),
		}})
	}
	view.Hooks = t
	for _, d := range dead {
		answer := v.m.T("console.hooks.no_answer")
		if d.Answer != 0 {
			answer = strconv.Itoa(d.Answer)
		}
		view.Dead = append(view.Dead, deadView{d.ID.String(), d.At, d.Event, about[d.Hook], answer, hooksPath + "/deliveries/" + d.ID.String() + "/again"})
	}
	return c.pages.hooks.Render(v.w, v.Request, http.StatusOK, frame(v.m.T("console.hooks.title")), view)
}

// hookChip says how a subscription is.
func hookChip(v visit, h hooks.Listed) ui.Chip {
	switch {
	case h.Stopped != "":
		return ui.Chip{Label: v.m.Of("console.hooks.stopped.", h.Stopped), Tone: "bad"}
	case !h.Active:
		return ui.Chip{Label: v.m.T("console.hooks.off"), Tone: "quiet"}
	case h.Failing != 0:
		return ui.Chip{Label: v.m.T("console.hooks.failing"), Tone: "warn"}
	}
	return ui.Chip{Label: v.m.T("console.hooks.on"), Tone: "good"}
}

// hookForm asks for a subscription.
func (c *Console) hookForm(v visit, h hooks.Hook) ui.Form {
	events := ui.Field{Name: "events", Kind: "checks", Label: v.m.T("console.hooks.events"), Hint: v.m.T("console.hooks.events_hint"), Values: h.Events}
	for _, e := range hooks.EventsOf(c.Pack) {
		name := e.Name.In(v.lang())
		if e.Name.IsZero() {
			name = v.m.T("console.hooks.all")
		}
		events.Options = append(events.Options, ui.Option{Value: e.Type, Label: name, Group: e.Procedure.In(v.lang())})
	}
	active := "on"
	if h.Revision != 0 && !h.Active {
		active = "off"
	}
	return ui.Form{ID: "hook", Post: true, Submit: v.m.T("console.hooks.save"), Fields: []ui.Field{
		{Name: "revision", Kind: "hidden", Value: strconv.Itoa(h.Revision)},
		{Name: "about", Kind: "text", Label: v.m.T("console.hooks.about"), Required: true, Hint: v.m.T("console.hooks.about_hint"), Value: h.About},
		{Name: "url", Kind: "text", Label: v.m.T("console.hooks.url"), Required: true, Hint: v.m.T("console.hooks.url_hint"), Value: h.URL},
		events,
		{Name: "active", Kind: "radio", Label: v.m.T("console.hooks.state"), Value: active, Options: []ui.Option{
			{Value: "on", Label: v.m.T("console.hooks.on")}, {Value: "off", Label: v.m.T("console.hooks.off")}}},
	}}
}

// hookOf is the subscription an address names, as the visitor may see it.
func (c *Console) hookOf(v visit) (hooks.Listed, error) {
	list, err := c.Hooks.List(v.ctx(), v.by)
	if err != nil {
		return hooks.Listed{}, err
	}
	i := slices.IndexFunc(list, func(h hooks.Listed) bool { return h.ID.String() == v.PathValue("id") })
	if i < 0 {
		return hooks.Listed{}, gov.Errorf(gov.NotFound, "没有这个订阅", "there is no such subscription")
	}
	return list[i], nil
}

func hooksCrumbs(v visit) []ui.Link {
	return []ui.Link{{Href: Root, Label: v.m.T("console.title")}, {Href: hooksPath, Label: v.m.T("console.hooks.title")}}
}

// showHook shows the form of a subscription that is there.
func (c *Console) showHook(v visit) error {
	h, err := c.hookOf(v)
	if err != nil {
		return err
	}
	return c.renderHook(v, http.StatusOK, h, c.hookForm(v, h.Hook), "")
}

func (c *Console) renderHook(v visit, status int, h hooks.Listed, f ui.Form, problem string) error {
	view := hookView{Head: headOf(v, "hooks", hooksCrumbs(v)...), Title: h.About, Problem: problem, Form: f}
	if h.Revision == 0 {
		view.Title, view.Lead = v.m.T("console.hooks.new"), v.m.T("console.hooks.lead")
	} else {
		view.Rotate = hooksPath + "/" + h.ID.String() + "/rotate"
		chip := hookChip(v, h)
		view.State = &chip
	}
	return c.pages.hook.Render(v.w, v.Request, status, frame(view.Title), view)
}

// hookView is the page of one subscription.
type hookView struct {
	Head    head
	Title   string
	Lead    string
	State   *ui.Chip
	Problem string
	Form    ui.Form
	Rotate  string // where it gets a new secret, "" of a new one
}

func (c *Console) newHook(v visit) error {
	if _, err := c.Hooks.List(v.ctx(), v.by); err != nil { // who may not is told at once
		return err
	}
	return c.renderHook(v, http.StatusOK, hooks.Listed{}, c.hookForm(v, hooks.Hook{}), "")
}

// addHook makes a subscription and shows its secret.
func (c *Console) addHook(v visit) error {
	q, err := v.posted()
	if err != nil {
		return err
	}
	h := typedHook(q)
	_, secret, err := c.Hooks.Add(v.ctx(), v.by, h)
	if err != nil {
		return c.hookAgain(v, hooks.Listed{}, q, err)
	}
	return c.showSecret(v, h.About, secret)
}

func (c *Console) changeHook(v visit) error {
	q, err := v.posted()
	if err != nil {
		return err
	}
	kept, err := c.hookOf(v)
	if err != nil {
		return err
	}
	h := typedHook(q)
	h.ID = kept.ID
	if h.Revision, err = strconv.Atoi(q.Get("revision")); err != nil || h.Revision < 1 {
		return gov.Errorf(gov.Invalid, "表单内容无法识别。", "The form cannot be read.").Because(err)
	}
	if err := c.Hooks.Change(v.ctx(), v.by, h); err != nil {
		return c.hookAgain(v, kept, q, err)
	}
	return v.see(hooksPath, "hook")
}

// hookAgain shows the form with what was typed and what is wrong with it.
func (c *Console) hookAgain(v visit, h hooks.Listed, q url.Values, err error) error {
	typed := typedHook(q)
	typed.Revision = h.Revision
	f := c.hookForm(v, typed)
	problem, status, err := place(v, &f, err)
	if err != nil {
		return err
	}
	return c.renderHook(v, status, h, f, problem)
}

func typedHook(q url.Values) hooks.Hook {
	return hooks.Hook{URL: q.Get("url"), About: q.Get("about"), Events: q["events"], Active: q.Get("active") != "off"}
}

func (c *Console) rotateHook(v visit) error {
	h, err := c.hookOf(v)
	if err != nil {
		return err
	}
	secret, err := c.Hooks.Rotate(v.ctx(), v.by, h.ID)
	if err != nil {
		return err
	}
	return c.showSecret(v, h.About, secret)
}

// showSecret shows a secret. No later page does.
func (c *Console) showSecret(v visit, about, secret string) error {
	view := secretView{Head: headOf(v, "hooks", hooksCrumbs(v)...), About: about, Secret: secret, Back: hooksPath}
	return c.pages.secret.Render(v.w, v.Request, http.StatusOK, frame(v.m.T("console.hooks.secret")), view)
}

func (c *Console) resendHook(v visit) error {
	id, err := gov.ParseID(v.PathValue("delivery"))
	if err != nil {
		return err
	}
	if err := c.Hooks.Again(v.ctx(), v.by, id); err != nil {
		return err
	}
	return v.see(hooksPath, "resent")
}

// hooksTask tells of subscriptions the program stopped.
func (c *Console) hooksTask(v visit) (n int, err error) {
	if c.Hooks == nil || !v.may(policy.ManageLogins) {
		return 0, nil
	}
	list, err := c.Hooks.List(v.ctx(), v.by)
	for _, h := range list {
		if h.Stopped != "" {
			n++
		}
	}
	return n, err
}
