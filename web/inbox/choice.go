package inbox

import (
	"net/http"
	"strconv"

	"quanxiang/cases"
	"quanxiang/gov"
	"quanxiang/notices"
	"quanxiang/web/ui"
)

// choiceView is the page on which somebody says what they are told by mail.
type choiceView struct {
	Crumbs []ui.Link
	Alert  string
	Form   ui.Form
}

// ways in the order of the form.
var ways = []notices.Way{notices.NoMail, notices.AtOnce, notices.Daily}

// form asks for a choice. Its fields are named as the errors of a choice name
// them.
func (x *Inbox) form(v visit, c notices.Choice) ui.Form {
	f := ui.Form{ID: "choice", Action: choicePath, Post: true, Submit: v.m.T("inbox.choose"), Fields: []ui.Field{
		{Name: "revision", Kind: "hidden", Value: strconv.Itoa(c.Revision)},
	}}
	if x.Notices.Sender == nil {
		f.Lines = append(f.Lines, ui.Line{Text: v.m.T("inbox.no_server"), Tone: "warn"})
	}
	for _, why := range notices.Reasons {
		one := ui.Field{Name: string(why), Kind: "select", Label: notices.Reason(why).In(v.m.Lang()), Value: string(c.Mail[why])}
		for _, w := range ways {
			one.Options = append(one.Options, ui.Option{Value: string(w), Label: v.m.Of("inbox.way.", w)})
		}
		f.Fields = append(f.Fields, one)
	}
	lang := ui.Field{Name: "lang", Kind: "select", Label: v.m.T("inbox.lang"), Value: string(c.Lang)}
	for _, l := range ui.Languages {
		lang.Options = append(lang.Options, ui.Option{Value: string(l), Label: v.m.Of("inbox.lang.", l)})
	}
	f.Fields = append(f.Fields, lang)
	return f
}

func (x *Inbox) showChoice(v visit) error {
	c, err := x.Notices.Choice(v.Context(), v.by.Person)
	if err != nil {
		return err
	}
	return x.renderChoice(v, http.StatusOK, choiceView{Form: x.form(v, c)})
}

func (x *Inbox) renderChoice(v visit, status int, view choiceView) error {
	view.Crumbs = crumbs(v.m, ui.Link{Href: Path, Label: v.m.T("inbox.title")})
	return x.choice.Render(v.w, v.Request, status, frame(v.m.T("inbox.choice")), view)
}

// choose keeps a choice. One that was changed elsewhere meanwhile is shown as
// it is now, and nothing is kept.
func (x *Inbox) choose(v visit) error {
	c := notices.Choice{Person: v.by.Person, Lang: gov.Lang(v.PostFormValue("lang")), Mail: map[cases.Notice]notices.Way{}}
	for _, why := range notices.Reasons {
		c.Mail[why] = notices.Way(v.PostFormValue(string(why)))
	}
	var err error
	if c.Revision, err = strconv.Atoi(v.PostFormValue("revision")); err != nil {
		return gov.Errorf(gov.Invalid, "表单内容无法识别。", "The form cannot be read.").Because(err)
	}
	err = x.Notices.SetChoice(v.Context(), c)
	switch gov.CodeOf(err) {
	case gov.Conflict:
		now, err := x.Notices.Choice(v.Context(), v.by.Person)
		if err != nil {
			return err
		}
		return x.renderChoice(v, http.StatusConflict, choiceView{Alert: v.m.T("inbox.changed"), Form: x.form(v, now)})
	case gov.Invalid:
		view := choiceView{Form: x.form(v, c)}
		if !view.Form.Fail(err, v.m.Lang()) {
			return err
		}
		return x.renderChoice(v, http.StatusUnprocessableEntity, view)
	}
	if err != nil {
		return err
	}
	return see(v, ui.With(Path, "done", "chosen"))
}
