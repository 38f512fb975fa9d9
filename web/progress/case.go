package progress

import (
	"io"
	"net/http"
	"slices"
	"strings"

	"quanxiang/cases/casework"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/web/explain"
	"quanxiang/web/story"
	"quanxiang/web/ui"
)

// matterView is a case as everybody sees it.
type matterView struct {
	Crumbs  []ui.Link
	Number  string
	Chips   []ui.Chip
	Due     gov.Date
	Hour    string // within the day, "" for its end
	Left    string // how many working days
	Facts   []story.Fact
	Moments []story.Moment

	Pictures []ui.Link

	Met    string    // how many have reported the same
	Follow []ui.Link // ways to be told more
	Join   string    // where somebody says that they have met with it, too, "" where nobody can
}

// Among is the page on which everybody finds a case of a procedure among the others
// of it, and the part of the navigation that is: by their documents, or on the map.
func Among(m *ui.Messages, work *casework.Casework, p *procedure.Procedure) (page ui.Link, section string) {
	same := func(x *procedure.Procedure) bool { return x.ID == p.ID }
	if !slices.ContainsFunc(Kinds(work.Pack()), func(k Kind) bool { return same(k.Procedure) }) && slices.ContainsFunc(work.Atlas().Layers(), same) {
		return ui.Link{Href: ui.With(MapPath, "procedure", p.ID), Label: m.T("nav.map")}, "map"
	}
	return ui.Link{Href: Root, Label: m.T("progress.title")}, "progress"
}

func (p *Progress) showCase(w http.ResponseWriter, r *http.Request) error {
	ctx, m, now := r.Context(), p.Engine.For(r), p.Clock()
	c, err := p.Casework.PublicCase(ctx, r.PathValue("number"), now)
	if err != nil {
		return err
	}
	history, err := p.Casework.PublicHistory(ctx, c.ID, now)
	if err != nil {
		return err
	}
	s := story.New(m, c, &p.Pack.Gazette)
	title := c.Subject
	among, section := Among(m, p.Casework, c.Under.Procedure)
	v := matterView{
		Crumbs: []ui.Link{{Href: "/", Label: m.T("nav.home")}, among},
		Number: c.Number, Chips: []ui.Chip{{Label: c.State.Name.In(m.Lang()), Tone: "info"}}, Facts: s.Facts(c.Fields),
	}
	if c.Colour != nil {
		v.Chips = ui.Chips(v.Chips[0], s.Words.Chip(c.Colour))
	}
	for _, d := range c.Deadlines {
		if d.Clock != c.Under.Procedure.Due || !d.Stopped.IsZero() || d.At.IsZero() || c.Ended != 0 {
			continue
		}
		v.Due, v.Hour = d.LastDay(), explain.Hour(d.At)
		v.Left = explain.DueOf(m, p.Calendar(ctx), d.At.UnixMilli(), now).Left
	}
	v.Follow = p.followLinks(m, c)
	if len(c.Took) > 0 {
		v.Met = m.T("progress.met", "n", len(c.Took)+1)
	}
	if _, err := p.Casework.Joinable(ctx, c.Number, now); err == nil {
		v.Join = "/join/" + c.Number
	} else if code := gov.CodeOf(err); code != gov.Conflict && code != gov.NotFound {
		return err
	}
	pictures, err := p.Casework.PublicPictures(ctx, c.ID, now)
	if err != nil {
		return err
	}
	for i, a := range pictures {
		v.Pictures = append(v.Pictures, ui.Link{Href: PicturePath(c.Number, string(a.Key)), Label: m.T("progress.picture", "n", i+1)})
	}
	for _, e := range slices.Backward(history) {
		v.Moments = append(v.Moments, s.Moment(e))
	}
	f := ui.Frame{Section: section, Title: title, Description: m.T("progress.case_description", "title", title)}
	return p.matter.Render(w, r, http.StatusOK, f, v)
}

// showPicture sends a picture of a case that is fit to be shown, or its small
// one.
func (p *Progress) showPicture(w http.ResponseWriter, r *http.Request) error {
	ctx, now := r.Context(), p.Clock()
	c, err := p.Casework.PublicCase(ctx, r.PathValue("number"), now)
	if err != nil {
		return err
	}
	a, file, err := p.Casework.OpenPublic(ctx, c.ID, r.PathValue("sha"), strings.HasSuffix(r.URL.Path, "/small"), now)
	if err != nil {
		return err
	}
	defer file.Close()
	h := w.Header()
	h.Set("Content-Type", a.Type)
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "no-cache") // it may be withdrawn
	_, _ = io.Copy(w, file)            // the reader may leave; what was sent is right
	return nil
}
