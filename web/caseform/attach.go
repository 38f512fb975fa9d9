package caseform

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"slices"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/files/kind"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/web/ui"
)

// Attach keeps one file that came with a form, by the right of who sent it; see
// casework.Casework.Attach and ResidentAttach.
type Attach func(name string, file io.ReaderAt, size int64, wish ...casework.Keep) (docket.Attachment, error)

// AttachAll attaches the files sent for the fields of an action and names them
// among what was typed. A file that cannot be attached is a mistake at its field.
// The form was read before, by ReadForm.
func AttachAll(r *http.Request, p *procedure.Procedure, a *procedure.Action, typed casework.Typed, attach Attach) (wrong cases.Mistakes, err error) {
	for _, ask := range a.Asks {
		f, _ := p.Field(ask.Field)
		if f.Type != procedure.FilesField {
			continue
		}
		keys, mistakes, err := AttachInput(r, Name(f.ID), f.ID, func(name string, file io.ReaderAt, size int64, wish ...casework.Keep) (docket.Attachment, error) {
			a, err := attach(name, file, size, wish...)
			return a, kind.For(err, f.Accept)
		})
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

// AttachInput attaches the files sent under one input and returns their keys. The
// mistakes are about field.
func AttachInput(r *http.Request, input, field string, attach Attach) (keys []string, wrong cases.Mistakes, err error) {
	if r.MultipartForm == nil {
		return nil, nil, nil
	}
	var wish []casework.Keep
	if r.PostForm.Get(input+ui.PlaceSuffix) != "" {
		wish = append(wish, casework.KeepPlace)
	}
	for _, h := range r.MultipartForm.File[input] {
		if h.Filename == "" && h.Size == 0 {
			continue // an input in which no file was chosen
		}
		key, err := attachOne(h, attach, wish)
		if e, ok := errors.AsType[*gov.Error](err); ok && slices.Contains([]gov.Code{gov.Unsupported, gov.TooLarge, gov.Forbidden}, e.Code) {
			wrong = append(wrong, gov.Errorf(e.Code, "“%[1]s”：%[2]s", "%[1]q: %[3]s", h.Filename, e.Text.ZH, e.Text.In(gov.EN)).On(field))
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		keys = append(keys, key)
	}
	return keys, wrong, nil
}

func attachOne(h *multipart.FileHeader, attach Attach, wish []casework.Keep) (key string, err error) {
	f, err := h.Open()
	if err != nil {
		return "", fmt.Errorf("open an upload: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	a, err := attach(h.Filename, f, h.Size, wish...)
	return string(a.Key), err
}
