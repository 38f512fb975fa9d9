package desk

import (
	"net/http"
	"strconv"
	"strings"

	"quanxiang/gov"
	"quanxiang/web/ui"
)

// letterView is a letter as it is printed.
type letterView struct {
	Back  string
	Name  string
	Lines []string
}

func (k *Desk) letter(w http.ResponseWriter, v *visit) error {
	id, err := caseID(v)
	if err != nil {
		return err
	}
	history, err := k.Work.History(v.Context(), v.Standing, id)
	if err != nil {
		return err
	}
	seq, err := strconv.Atoi(v.PathValue("seq"))
	if err != nil || seq < 1 || seq > len(history) || history[seq-1].Letter == nil {
		return gov.Errorf(gov.NotFound, "没有这封文书，或者它不对您开放。", "There is no such letter, or it is not open to you.")
	}
	l := history[seq-1].Letter
	view := letterView{Back: Root + "/cases/" + id.String(), Name: l.Name.ZH, Lines: strings.Split(strings.TrimSpace(l.Body), "\n")}
	return k.pages.letter.Render(w, v.Request, http.StatusOK, ui.Frame{Section: "desk", Title: l.Name.In(v.Lang()), NoIndex: true, Print: true}, view)
}
