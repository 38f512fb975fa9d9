package desk

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"quanxiang/cases"
	"quanxiang/gov"
	"quanxiang/web/caseform"
	"quanxiang/web/ui"
)

// remarkForm is the form of a remark with files.
func remarkForm(v *visit, o *open) *ui.Form {
	return &ui.Form{ID: "remark", Post: true, File: true, Action: o.at + "/remark", Submit: v.T("desk.remark_send"), Fields: []ui.Field{
		{Name: noteInput, Kind: "prose", Label: v.T("desk.remark_note")},
		{Name: filesInput, Kind: "files", Label: v.T("desk.remark_files")},
		{Name: versionInput, Kind: "hidden", Value: strconv.FormatInt(o.Version, 10)},
		{Name: keyInput, Kind: "hidden", Value: gov.NewID(v.At).String()},
	}}
}

// remark adds a remark. It is welcome whatever has happened since.
func (k *Desk) remark(w http.ResponseWriter, v *visit) error {
	if err := caseform.ReadForm(w, v.Request, MaxBody); err != nil {
		return err
	}
	o, err := k.load(v)
	if err != nil {
		return err
	}
	step, err := readStep(v, o.ID)
	if err != nil {
		return err
	}
	seen := step
	step.Version = 0
	note := v.PostForm.Get(noteInput)
	keys, wrong, err := caseform.AttachInput(v.Request, filesInput, filesInput, k.attachTo(v, o.ID))
	if err != nil {
		return err
	}
	kept := slices.DeleteFunc(v.PostForm[filesInput], func(key string) bool { return key == "" }) // browsers send an input without a file as an empty text
	keys = append(kept, keys...)
	if len(wrong) == 0 {
		err = k.Work.Remark(v.Context(), v.Standing, step, note, keys)
		if err == nil {
			return seeDone(w, v, o, seen)
		}
		if !errors.As(err, &wrong) {
			return k.failed(w, v, err, func(view *sheetView) { keepRemark(v, view, note, nil) })
		}
	}
	o, err = k.load(v)
	if err != nil {
		return err
	}
	return k.showSheet(w, v, o, http.StatusUnprocessableEntity, func(view *sheetView) {
		keepRemark(v, view, note, keys)
		if view.Remark == nil {
			return
		}
		for _, key := range keys {
			a := o.files[key]
			view.Remark.Fields[1].Options = append(view.Remark.Fields[1].Options, ui.Option{Value: key, Label: a.Name, Note: caseform.Size(a.Size)})
		}
		caseform.Mend(view.Remark.Fields, wrong, v.Lang())
	})
}

// keepRemark keeps what was typed in the form of a remark.
func keepRemark(v *visit, view *sheetView, note string, keys []string) {
	if view.Remark == nil {
		return
	}
	view.Remark.Fields[0].Value, view.Remark.Fields[1].Values = note, keys
	keepStep(v, view.Remark)
}

// failed shows a case with why something could not be done on it.
func (k *Desk) failed(w http.ResponseWriter, v *visit, why error, keep func(*sheetView)) error {
	code := gov.CodeOf(why)
	if code != gov.Conflict && code != gov.Forbidden && code != gov.Invalid {
		return why
	}
	o, err := k.load(v)
	if err != nil {
		return err
	}
	return k.showSheet(w, v, o, ui.Status(code), func(view *sheetView) {
		view.Alert = &alert{Tone: "bad", Title: v.T("desk.not_done"), Lines: []string{gov.TextOf(why, v.Lang())}}
		keep(view)
	})
}

// answer agrees to a request, refuses it or takes it back.
func (k *Desk) answer(w http.ResponseWriter, v *visit) error {
	if err := caseform.ReadForm(w, v.Request, MaxBody); err != nil {
		return err
	}
	o, err := k.load(v)
	if err != nil {
		return err
	}
	step, err := readStep(v, o.ID)
	if err != nil {
		return err
	}
	seq, err := strconv.ParseInt(v.PathValue("seq"), 10, 64)
	if err != nil {
		return gov.Errorf(gov.NotFound, "没有这个页面。", "There is no such page.")
	}
	note := v.PostForm.Get(noteInput)
	err = k.Work.Answer(v.Context(), v.Standing, step, seq, v.PostForm.Get("answer") == "agree", strings.TrimSpace(note))
	if err == nil {
		return seeDone(w, v, o, step)
	}
	var wrong cases.Mistakes
	if !errors.As(err, &wrong) {
		return k.failed(w, v, err, func(view *sheetView) { keepReason(view, seq, note, "") })
	}
	return k.showSheet(w, v, o, http.StatusUnprocessableEntity, func(view *sheetView) {
		keepReason(view, seq, note, wrong[0].Text.In(v.Lang()))
	})
}

func keepReason(view *sheetView, seq int64, note, mistake string) {
	for i := range view.Pending {
		if view.Pending[i].Seq == seq {
			view.Pending[i].Typed, view.Pending[i].Error = note, mistake
		}
	}
}
