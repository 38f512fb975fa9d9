package desk

import (
	"io"
	"mime"
	"net/http"
	"strconv"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/web/caseform"
)

// typed reads what was typed for an action of a case and attaches the files
// that came with it. A file that cannot be attached is a mistake at its field.
func (k *Desk) typed(v *visit, o *open, a *procedure.Action) (casework.Typed, cases.Mistakes, error) {
	maker := caseform.Maker{Messages: v.Messages, Under: o.Under, Shown: o.Fields}
	typed := maker.Read(v.PostForm, a)
	wrong, err := caseform.AttachAll(v.Request, o.Under.Procedure, a, typed, k.attachTo(v, o.ID))
	return typed, wrong, err
}

// attachTo attaches files to a case, or to one yet to be begun, by the right of
// the visitor.
func (k *Desk) attachTo(v *visit, id gov.ID) caseform.Attach {
	return func(name string, file io.ReaderAt, size int64, wish ...casework.Keep) (docket.Attachment, error) {
		return k.Work.Attach(v.Context(), v.Standing, id, name, file, size, wish...)
	}
}

// file sends an attachment to who may read it, to be saved and never to be run
// by the browser within the site.
func (k *Desk) file(w http.ResponseWriter, v *visit) (err error) {
	id, err := caseID(v)
	if err != nil {
		return err
	}
	a, r, err := k.Work.Open(v.Context(), v.Standing, id, v.PathValue("sha"))
	if err != nil {
		return err
	}
	defer r.Close()
	fileHeaders(w, a)
	w.Header().Set("Content-Length", strconv.FormatInt(a.Size, 10))
	_, _ = io.Copy(w, r) // the reader may leave; what was sent is right
	return nil
}

// fileHeaders say what is sent, and keep a browser from running it.
func fileHeaders(w http.ResponseWriter, a docket.Attachment) {
	h := w.Header()
	h.Set("Content-Type", a.Type)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": a.Name}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("X-Content-Type-Options", "nosniff")
}
