package site

import (
	"net/http"

	"quanxiang/cases/casework"
	"quanxiang/gov"
	"quanxiang/inspections/visits"
	"quanxiang/web/desk"
	"quanxiang/web/ui"
	theirs "quanxiang/web/visits"
)

// codeInput is the code of a subject, typed or read with the camera.
const codeInput = "code"

// doorView is the page that is held out to the subject of a visit.
type doorView struct {
	Back string
	Name string
	Link string
	QR   ui.QR
}

// find opens the visit of one's own whose subject has a code, and says clearly when
// there is none.
func (k *Site) find(w http.ResponseWriter, v *visit) error {
	list, _, err := k.Work.Errands(v.Context(), v.Standing)
	if err != nil {
		return err
	}
	code := v.URL.Query().Get(codeInput)
	e, err := visits.Find(list, code)
	if gov.CodeOf(err) == gov.NotFound {
		return k.showList(w, v, http.StatusNotFound, code, err)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, v.Request, k.next(e), http.StatusSeeOther)
	return nil
}

// next is where a case is gone on with.
func (k *Site) next(e casework.Errand) string {
	if len(e.Confirm) == 0 && len(e.Actions) > 0 {
		return actPath(e.ID, e.Actions[0].ID)
	}
	return desk.CasePath(e.ID)
}

// shows reports that there is a code to be shown of a case.
func (k *Site) shows(v *visit, id gov.ID) bool {
	if k.Visits == nil {
		return false
	}
	_, err := k.Visits.Shown(v.Context(), id, v.At)
	return err == nil
}

// showDoor shows the code by which the subject comes in, to the team alone.
func (k *Site) showDoor(w http.ResponseWriter, v *visit) error {
	id, err := gov.ParseID(v.PathValue("id"))
	if err != nil || k.Visits == nil {
		return errNoPage
	}
	sheet, err := k.Work.Sheet(v.Context(), v.Standing, id)
	if err != nil {
		return err
	}
	if !sheet.Party {
		return errNoPage
	}
	token, err := k.Visits.Shown(v.Context(), id, v.At)
	if err != nil {
		return err
	}
	view := doorView{Back: Root, Name: sheet.Subject, Link: k.Base + theirs.Root + "/" + token}
	if view.QR, err = ui.NewQR(view.Link); err != nil {
		return err
	}
	return k.door.Render(w, v.Request, http.StatusOK, frame(v.T("onsite.door_title")), view)
}
