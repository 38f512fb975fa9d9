package desk

import (
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"quanxiang/cases/casework"
	"quanxiang/gov"
	"quanxiang/web/caseform"
)

// saved lists the visitor's filters, and offers to save the one in use.
func (k *Desk) saved(v *visit, q question, view *workView) error {
	list, err := k.Filters.List(v.Context(), v.Person)
	if err != nil {
		return err
	}
	for _, f := range list {
		view.Saved = append(view.Saved, savedView{ID: f.ID.String(), Name: f.Name, Href: f.Query})
	}
	if v.URL.RawQuery != "" {
		values := v.URL.Query()
		values.Del("after")
		values.Del("lang")
		view.Save = &saveView{Query: withQuery(v.URL.Path, values)}
	}
	return nil
}

// maxFilterName is how many characters the name of a filter has at most.
const maxFilterName = 30

// listAddress reads the address of a list of the desk: nothing else is saved or
// returned to.
func listAddress(s string) (*url.URL, bool) {
	u, err := url.Parse(s)
	if err != nil || u.IsAbs() || u.Host != "" || len(s) > 1000 {
		return nil, false
	}
	return u, u.Path == Root || u.Path == Root+"/"+unitList || u.Path == Root+"/"+allList
}

func (k *Desk) saveFilter(w http.ResponseWriter, v *visit) error {
	if err := caseform.ReadForm(w, v.Request, MaxBody); err != nil {
		return err
	}
	u, ok := listAddress(v.PostForm.Get("query"))
	if !ok {
		return gov.Errorf(gov.Invalid, "这个筛选无法保存。", "This filter cannot be saved.")
	}
	name := strings.TrimSpace(v.PostForm.Get("name"))
	var err error
	if n := utf8.RuneCountInString(name); n == 0 || n > maxFilterName || strings.ContainsAny(name, "\n\r") {
		err = gov.Errorf(gov.Invalid, "请给筛选起一个名称，最多 %d 个字", "give the filter a name of at most %d characters", maxFilterName)
	} else {
		err = k.Filters.Save(v.Context(), v.Standing.Actor(), v.Person, casework.Filter{ID: gov.NewID(k.Clock()), Name: name, Query: u.RequestURI()})
	}
	if code := gov.CodeOf(err); code == gov.Invalid || code == gov.Conflict {
		at := *v.Request
		at.URL = u
		again := *v
		again.Request = &at
		return k.showWork(w, &again, http.StatusUnprocessableEntity, gov.TextOf(err, v.Lang()))
	}
	if err != nil {
		return err
	}
	http.Redirect(w, v.Request, u.RequestURI(), http.StatusSeeOther)
	return nil
}

func (k *Desk) dropFilter(w http.ResponseWriter, v *visit) error {
	if err := caseform.ReadForm(w, v.Request, MaxBody); err != nil {
		return err
	}
	id, err := gov.ParseID(v.PostForm.Get("id"))
	if err != nil {
		return gov.Errorf(gov.NotFound, "没有这个筛选。", "There is no such filter.")
	}
	if err := k.Filters.Drop(v.Context(), v.Standing.Actor(), v.Person, id); err != nil && gov.CodeOf(err) != gov.NotFound {
		return err // one that is gone already is what was asked for
	}
	back := Root
	if u, ok := listAddress(v.PostForm.Get("back")); ok {
		back = u.RequestURI()
	}
	http.Redirect(w, v.Request, back, http.StatusSeeOther)
	return nil
}
