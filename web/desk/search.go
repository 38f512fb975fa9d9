package desk

import (
	"net/http"
	"strings"

	"quanxiang/gov"
	"quanxiang/web/ui"
)

// searchView is what was looked for and not found.
type searchView struct {
	Crumbs []ui.Link
	Form   ui.Form
	Text   string
}

// search leads to the case with a number.
func (k *Desk) search(w http.ResponseWriter, v *visit) error {
	number := strings.ToUpper(strings.Join(strings.Fields(v.URL.Query().Get("q")), ""))
	view := searchView{Crumbs: []ui.Link{{Href: Root, Label: v.T("desk.title")}}, Form: ui.Form{
		ID: "find", Action: Root + "/search", Submit: v.T("search.go"),
		Fields: []ui.Field{{Name: "q", Kind: "search", Label: v.T("desk.search_number"), Hint: v.T("desk.search_hint"), Value: number}},
	}}
	if number != "" {
		id, err := k.Work.Find(v.Context(), v.Standing, number)
		if err == nil {
			http.Redirect(w, v.Request, Root+"/cases/"+id.String(), http.StatusSeeOther)
			return nil
		}
		if gov.CodeOf(err) != gov.NotFound {
			return err
		}
		view.Text = v.T("desk.search_none", "number", number)
	}
	return k.pages.search.Render(w, v.Request, http.StatusOK, frame(v.T("desk.search")), view)
}
