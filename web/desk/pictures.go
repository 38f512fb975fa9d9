package desk

import (
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"quanxiang/cases/docket"
	"quanxiang/files/photo"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/web/caseform"
	"quanxiang/web/ui"
)

// pictureView is a picture among the files of a case.
type pictureView struct {
	Name  string
	Href  string
	Thumb string
	Note  string // size
	Copy  bool   // it is a masked copy
	Fit   bool   // everybody may be shown it
	Mask  string // where it is made fit to be shown, "" for who may not
	Facts []value
	Of    []string  // the fields that hold it: what it shows, before or afterwards
	Alike []ui.Link // cases with a picture that looks the same, the first of them
	More  string    // how many cases more, or ""
}

// mostAlike is how many cases are named that have a picture like one: a few tell that
// it is an old one.
const mostAlike = 5

// maskView is the page on which a picture is made fit to be shown.
type maskView struct {
	Head          *headView
	Picture       pictureView
	Width, Height int
	Boxes         []box
	Error         string
}

// box is one field of the grid that stands for drawing where no script runs.
type box struct {
	Area  string
	Label string
	On    bool
}

// The grid over a picture.
const (
	gridColumns = 12
	gridRows    = 9
)

const areaInput, fitInput = "area", "fit"

// pictures are those of a case the visitor sees, as they came.
func (k *Desk) pictures(v *visit, o *open) ([]pictureView, error) {
	may := k.Work.MayMask(v.Context(), v.Standing, o.ID) == nil
	var list []pictureView
	for _, a := range o.attached {
		if a.Picture == nil {
			continue
		}
		p := k.picture(v, o.at, a, may)
		others, err := k.Work.Alike(v.Context(), v.Standing, o.ID, a)
		if err != nil {
			return nil, err
		}
		for _, id := range slices.Sorted(maps.Keys(others)) {
			label := others[id]
			if id == o.ID.String() {
				label = v.T("desk.picture_here")
			}
			if len(p.Alike) < mostAlike {
				p.Alike = append(p.Alike, ui.Link{Href: Root + "/cases/" + id + "#pictures", Label: label})
			}
		}
		if n := len(others) - mostAlike; n > 0 {
			p.More = v.T("desk.picture_alike_more", "n", n)
		}
		for _, f := range o.Fields {
			if f.Field.Type == procedure.FilesField && !f.Sealed && slices.Contains(listOf(f.Value), string(a.Key)) {
				p.Of = append(p.Of, f.Field.Label.In(v.Lang()))
			}
		}
		list = append(list, p)
	}
	return list, nil
}

// listOf is the value of a field that holds several.
func listOf(v any) []string {
	list, _ := v.([]string)
	return list
}

func (k *Desk) picture(v *visit, at string, a docket.Attachment, may bool) pictureView {
	href := at + "/files/" + string(a.Key)
	p := pictureView{Name: a.Name, Href: href, Thumb: href + "/small", Note: caseform.Size(a.Size), Copy: a.Picture.Of != "", Fit: a.Picture.Fit != 0}
	if may {
		p.Mask = href + "/mask"
	}
	fact := func(label, text string) {
		p.Facts = append(p.Facts, value{Label: label, Texts: []string{text}})
	}
	if a.Picture.Taken != 0 {
		fact(v.T("desk.picture_taken"), time.UnixMilli(a.Picture.Taken).In(gov.China).Format("2006-01-02 15:04"))
	}
	if a.Picture.Place != "" {
		fact(v.T("desk.picture_place"), a.Picture.Place)
	}
	return p
}

// small sends the small picture of a picture.
func (k *Desk) small(w http.ResponseWriter, v *visit) error {
	id, err := caseID(v)
	if err != nil {
		return err
	}
	a, r, err := k.Work.Thumb(v.Context(), v.Standing, id, v.PathValue("sha"))
	if err != nil {
		return err
	}
	defer r.Close()
	fileHeaders(w, a)
	_, _ = io.Copy(w, r) // the reader may leave; what was sent is right
	return nil
}

// maskForm shows a picture with what may be done before everybody sees it.
func (k *Desk) maskForm(w http.ResponseWriter, v *visit) error {
	return k.showMask(w, v, http.StatusOK, nil)
}

// showMask shows the page, again with what is wrong.
func (k *Desk) showMask(w http.ResponseWriter, v *visit, status int, wrong error) error {
	o, err := k.load(v)
	if err != nil {
		return err
	}
	a, err := k.Work.Picture(v.Context(), v.Standing, o.ID, v.PathValue("sha"))
	if err != nil {
		return err
	}
	if err := k.Work.MayMask(v.Context(), v.Standing, o.ID); err != nil {
		return err
	}
	h := k.head(v, o)
	h.Crumbs = append(h.Crumbs, ui.Link{Href: o.at, Label: o.Number})
	view := maskView{Head: &h, Picture: k.picture(v, o.at, a, true), Width: a.Picture.Width, Height: a.Picture.Height}
	if wrong != nil {
		view.Error = gov.TextOf(wrong, v.Lang())
	}
	chosen := map[string]bool{}
	for _, s := range v.PostForm[areaInput] {
		chosen[s] = true
	}
	for row := range gridRows {
		for column := range gridColumns {
			x, y := column*photo.Whole/gridColumns, row*photo.Whole/gridRows
			area := photo.Area{X: x, Y: y, W: (column+1)*photo.Whole/gridColumns - x, H: (row+1)*photo.Whole/gridRows - y}.String()
			view.Boxes = append(view.Boxes, box{area, v.T("desk.mask_box", "row", strconv.Itoa(row+1), "column", strconv.Itoa(column+1)), chosen[area]})
		}
	}
	f := frame(v.T("desk.mask_title") + " " + o.Number)
	f.Script = "mask.js"
	return k.pages.mask.Render(w, v.Request, status, f, view)
}

// mask makes a masked copy of a picture.
func (k *Desk) mask(w http.ResponseWriter, v *visit) error {
	if err := caseform.ReadForm(w, v.Request, MaxBody); err != nil {
		return err
	}
	id, err := caseID(v)
	if err != nil {
		return err
	}
	var areas []photo.Area
	for _, s := range v.PostForm[areaInput] {
		a, err := photo.ParseArea(s)
		if err != nil {
			return k.showMask(w, v, http.StatusUnprocessableEntity, err)
		}
		areas = append(areas, a)
	}
	_, err = k.Work.Mask(v.Context(), v.Standing, id, v.PathValue("sha"), areas)
	if gov.CodeOf(err) == gov.Invalid {
		return k.showMask(w, v, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, v.Request, CasePath(id)+"#pictures", http.StatusSeeOther)
	return nil
}

// fit notes that a picture may be shown to everybody as it is, or may not.
func (k *Desk) fit(w http.ResponseWriter, v *visit) error {
	if err := caseform.ReadForm(w, v.Request, MaxBody); err != nil {
		return err
	}
	id, err := caseID(v)
	if err != nil {
		return err
	}
	if err := k.Work.FitPicture(v.Context(), v.Standing, id, v.PathValue("sha"), v.PostForm.Get(fitInput) == "1"); err != nil {
		return err
	}
	http.Redirect(w, v.Request, CasePath(id)+"#pictures", http.StatusSeeOther)
	return nil
}
