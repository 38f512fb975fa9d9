package desk

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"quanxiang/gov"
	"quanxiang/web/ui"
)

// letterView is a letter as it is printed: who it goes to and its day stand
// apart from the text (GB/T 9704, 7.3.2 and 7.3.5).
type letterView struct {
	Back string
	Name string
	To   string // "" of a letter that names nobody in its first line
	Text []string
	Sign string // its last line where that is its day, or ""
}

// letterLines takes a letter that was made on a day apart.
func letterLines(body string, day gov.Date) (v letterView) {
	v.Text = strings.Split(strings.TrimSpace(body), "\n")
	if strings.HasSuffix(v.Text[0], "：") {
		v.To, v.Text = v.Text[0], v.Text[1:]
	}
	if n := len(v.Text); n > 0 && strings.TrimSpace(v.Text[n-1]) == day.In(gov.ZH) {
		v.Sign, v.Text = v.Text[n-1], v.Text[:n-1]
	}
	return v
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
	view := letterLines(l.Body, gov.DateOf(time.UnixMilli(history[seq-1].At)))
	view.Back, view.Name = CasePath(id), l.Name.ZH
	return k.pages.letter.Render(w, v.Request, http.StatusOK, ui.Frame{Section: "desk", Title: l.Name.In(v.Lang()), NoIndex: true, Print: true}, view)
}
