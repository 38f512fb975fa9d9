package desk

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/web/caseform"
	"quanxiang/web/ui"
)

// typed reads what was typed for an action of a case and attaches the files
// that came with it. A file that cannot be attached is a mistake at its field.
func (k *Desk) typed(v *visit, o *open, a *procedure.Action) (casework.Typed, cases.Mistakes, error) {
	maker := caseform.Maker{Messages: v.Messages, Under: o.Under, Shown: o.Fields}
	typed := maker.Read(v.PostForm, a)
	wrong, err := k.attachAll(v, o.ID, o.Under.Procedure, a, typed)
	return typed, wrong, err
}

// attachAll attaches the files sent for the fields of an action to a case, or to
// one yet to be begun, and names them among what was typed.
func (k *Desk) attachAll(v *visit, id gov.ID, p *procedure.Procedure, a *procedure.Action, typed casework.Typed) (cases.Mistakes, error) {
	var wrong cases.Mistakes
	for _, ask := range a.Asks {
		f, _ := p.Field(ask.Field)
		if f.Type != procedure.FilesField {
			continue
		}
		keys, mistakes, err := k.attach(v, id, caseform.Name(f.ID), f.ID)
		if err != nil {
			return nil, err
		}
		for _, key := range keys {
			if !slices.Contains(typed[f.ID], key) {
				typed[f.ID] = append(typed[f.ID], key)
			}
		}
		wrong = append(wrong, mistakes...)
	}
	return wrong, nil
}

// attach attaches the files sent under an input. The mistakes are about field.
func (k *Desk) attach(v *visit, id gov.ID, input, field string) (keys []string, wrong cases.Mistakes, err error) {
	if v.MultipartForm == nil {
		return nil, nil, nil
	}
	var keep []casework.Keep
	if v.PostForm.Get(input+ui.PlaceSuffix) != "" {
		keep = append(keep, casework.KeepPlace)
	}
	for _, h := range v.MultipartForm.File[input] {
		if h.Filename == "" && h.Size == 0 {
			continue
		}
		key, err := k.attachOne(v, id, h, keep)
		if known, ok := errors.AsType[*gov.Error](err); ok && (known.Code == gov.Unsupported || known.Code == gov.TooLarge || known.Code == gov.Forbidden) {
			if known.Code == gov.Unsupported {
				known = gov.Errorf(gov.Unsupported, "“%[1]s”：%[2]s", "%[1]q: %[3]s", h.Filename, known.Text.ZH, known.Text.In(gov.EN))
			}
			wrong = append(wrong, known.On(field))
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		keys = append(keys, key)
	}
	return keys, wrong, nil
}

func (k *Desk) attachOne(v *visit, id gov.ID, h *multipart.FileHeader, keep []casework.Keep) (_ string, err error) {
	f, err := h.Open()
	if err != nil {
		return "", fmt.Errorf("open an upload: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	a, err := k.Work.Attach(v.Context(), v.Standing, id, h.Filename, f, h.Size, keep...)
	return string(a.Key), err
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
