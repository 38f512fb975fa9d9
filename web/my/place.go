package my

import (
	"cmp"
	"net/http"
	"strings"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
	"quanxiang/web/caseform"
	"quanxiang/web/ui"
)

// Suffixes of the inputs beside a field.
const (
	systemSuffix    = ".system"    // of a point: the system of coordinates in which it was picked
	suggestedSuffix = ".suggested" // of an entry: picked among those the words suggest
)

// point is the field that says where what is reported is, nil where the
// procedure asks for none.
func (s *sheet) point() *procedure.Field {
	for _, ask := range s.start.Action.Asks {
		if f, _ := s.under.Procedure.Field(ask.Field); f.Type == procedure.PointField {
			return f
		}
	}
	return nil
}

// places are the fields by which a place is told: the point, what follows from
// it and what says it in words.
func (s *sheet) places(point *procedure.Field) (list []*procedure.Field) {
	if point == nil {
		return nil
	}
	for _, ask := range s.start.Action.Asks {
		if f, _ := s.under.Procedure.Field(ask.Field); f == point || f.At == point.ID {
			list = append(list, f)
		}
	}
	return list
}

// read takes what was typed out of the form. A place picked on a map that shows
// the ground shifted is put back to where it is; a suggestion that was picked
// stands before what the list says.
func (s *sheet) read() (wrong cases.Mistakes) {
	form := s.PostForm
	for _, ask := range s.start.Action.Asks {
		f, _ := s.under.Procedure.Field(ask.Field)
		name := caseform.Name(f.ID)
		switch f.Type {
		case procedure.PointField:
			if picked := form.Get(name + systemSuffix); picked != "" && form.Get(name) != "" {
				p, err := pickedAt(form.Get(name), picked)
				if e, ok := err.(*gov.Error); ok {
					wrong = append(wrong, e.On(f.ID))
					form.Del(name)
				} else {
					form.Set(name, p.String())
				}
			}
		case procedure.EntryField:
			if code := form.Get(name + suggestedSuffix); code != "" {
				form.Set(name, code)
			}
		}
	}
	s.typed = caseform.Maker{Messages: s.Messages, Under: s.under}.Read(form, s.start.Action)
	return wrong
}

// pickedAt is a place picked in a system of coordinates.
func pickedAt(text, system string) (geo.Point, error) {
	sys, err := geo.ParseSystem(system)
	if err != nil {
		return geo.Point{}, err
	}
	p, err := geo.ParsePoint(text)
	return sys.From(p), err
}

// placed says what is wrong with where a report is, nil for nothing: it has to
// say where, and what is outside the district is for others.
func (k *My) placed(s *sheet, values cases.Values) *gov.Error {
	point := s.point()
	if point == nil {
		return nil
	}
	if text := values.Text(point.ID); text != "" {
		p, err := geo.ParsePoint(text)
		if err != nil || s.under.Pack.Covers(p) {
			return nil // what cannot be read was said before
		}
		return k.outside(s.under.Pack.Name).On(point.ID)
	}
	for _, f := range s.places(point) {
		if len(s.typed[f.ID]) > 0 || values[f.ID] != nil {
			return nil
		}
	}
	return gov.Errorf(gov.Invalid, "请说明在哪里：在地图上标出、写明地址，或从列表中选择，任选一种", "say where it is: mark it on the map, write the address, or choose from the list; one of them is enough").On(point.ID)
}

// outside says that a place is not in the district, and whom to call.
func (k *My) outside(district gov.Text) *gov.Error {
	if to := k.Pack.Elsewhere; to.Phone != "" {
		return gov.Errorf(gov.Invalid, "标出的位置不在%[1]s内，这里办不了。请拨打 %[2]s（%[3]s）。如果其实在区内，请重新标出，或删去标出的位置，从列表中选择",
			"the place you marked is outside %[4]s and cannot be dealt with here. Call %[2]s, %[5]s. If it is inside after all, mark it again, or take the mark away and choose from the list",
			district.ZH, to.Phone, to.Name.ZH, district.In(gov.EN), to.Name.In(gov.EN))
	}
	return gov.Errorf(gov.Invalid, "标出的位置不在%[1]s内，这里办不了。如果其实在区内，请重新标出，或删去标出的位置，从列表中选择",
		"the place you marked is outside %[2]s and cannot be dealt with here. If it is inside after all, mark it again, or take the mark away and choose from the list", district.ZH, district.In(gov.EN))
}

// nearAnswer is what the script of the form is told of a place.
type nearAnswer struct {
	At      string            `json:"at"`    // as it is kept
	Shown   [2]float64        `json:"shown"` // where the map shows it
	Areas   map[string]string `json:"areas"` // by input: the code
	Said    string            `json:"said"`
	Outside string            `json:"outside,omitempty"`
	Rows    []nearRow         `json:"rows"`
}

// near tells the script of the form about a place: where it is, and what was
// reported near it.
func (k *My) near(w http.ResponseWriter, v *visit) error {
	s := &sheet{visit: v}
	var err error
	if s.start, s.under, err = k.way(v); err != nil {
		return err
	}
	point := s.point()
	if point == nil {
		return gov.Errorf(gov.NotFound, "没有这个页面。", "There is no such page.")
	}
	q := v.URL.Query()
	p, err := pickedAt(q.Get("at"), cmp.Or(q.Get("system"), string(geo.CGCS2000))) // what is typed is of no map
	if err != nil {
		return err
	}
	shown := k.mapSystem().To(p)
	answer := nearAnswer{At: p.String(), Shown: [2]float64{shown.Lat, shown.Lon}, Areas: map[string]string{}, Rows: []nearRow{}}
	s.typed = casework.Typed{point.ID: {p.String()}}
	if !s.under.Pack.Covers(p) {
		answer.Outside = k.outside(s.under.Pack.Name).Text.In(v.Lang())
		return sendJSON(w, v, answer)
	}
	for _, f := range s.places(point) {
		if area, ok := k.areaAt(s, f); ok {
			answer.Areas[caseform.Name(f.ID)] = area
		}
	}
	answer.Said = k.said(s)
	if answer.Rows, err = k.nearRows(s); err != nil {
		return err
	}
	return sendJSON(w, v, answer)
}

func (k *My) mapSystem() geo.System {
	if k.Map == nil {
		return geo.CGCS2000
	}
	return k.Map.System()
}

// said is a place in words: its areas, the largest first, and what was written.
func (k *My) said(s *sheet) string {
	point := s.point()
	if point == nil {
		return ""
	}
	var parts, words []string
	for _, f := range s.places(point) {
		switch {
		case f.Type == procedure.TextField:
			words = append(words, s.typed[f.ID]...)
		case f.Type == procedure.AreaField:
			if code, ok := k.areaAt(s, f); ok {
				a, _ := s.under.Pack.Area(code)
				parts = append(parts, a.Name.In(s.Lang()))
			}
		}
	}
	if typed := s.typed[point.ID]; len(parts) > 0 && len(typed) > 0 { // the cell is no field of theirs, but it says more than a number
		if p, err := geo.ParsePoint(typed[0]); err == nil {
			if cell, ok := s.under.Pack.AreaAt(p, policy.CellLevel); ok {
				parts = append(parts, cell.Name.In(s.Lang()))
			}
		}
	}
	parts = append(parts, words...)
	if len(parts) == 0 {
		parts = s.typed[point.ID]
	}
	return strings.Join(parts, " · ")
}

// suggestedEntries are the entries of a field's list that the words of a report
// suggest.
func (k *My) suggestedEntries(s *sheet, f *procedure.Field, text string) (list []ui.Option) {
	for _, e := range f.List().Suggest(text, gov.DateOf(k.Clock()), mostSuggested) {
		list = append(list, ui.Option{Value: e.Code, Label: e.Name.In(s.Lang())})
	}
	return list
}

// mostSuggested is how many entries are suggested.
const mostSuggested = 5

// classesAnswer is what the script of the form is told of words.
type classesAnswer struct {
	Fields map[string][]classOption `json:"fields"` // by input
}

type classOption struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// classes tells the script of the form which entries words suggest. They are
// posted, so that they stand in no address.
func (k *My) classes(w http.ResponseWriter, v *visit) error {
	s := &sheet{visit: v}
	var err error
	if s.start, s.under, err = k.way(v); err != nil {
		return err
	}
	answer := classesAnswer{Fields: map[string][]classOption{}}
	for _, ask := range s.start.Action.Asks {
		f, _ := s.under.Procedure.Field(ask.Field)
		if f.Type != procedure.EntryField {
			continue
		}
		options := []classOption{}
		for _, o := range k.suggestedEntries(s, f, v.PostFormValue("text")) {
			options = append(options, classOption{o.Value, o.Label})
		}
		answer.Fields[caseform.Name(f.ID)] = options
	}
	return sendJSON(w, v, answer)
}
