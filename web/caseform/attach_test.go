package caseform

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/files/kind"
	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/policy/procedure"
)

// What is sent to a field of photographs in vain is refused with what that field takes.
func TestAttachRefusesByField(t *testing.T) {
	t.Parallel()
	p, _ := packtest.Xicheng(t).Procedure("incubator")
	var a *procedure.Action
	var photos *procedure.Field
	for i := range p.Actions {
		for _, ask := range p.Actions[i].Asks {
			if f, _ := p.Field(ask.Field); f.Accept == "image" {
				a, photos = &p.Actions[i], f
			}
		}
	}
	if a == nil {
		t.Fatal("no action of the incubators asks for photographs")
	}
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile(Name(photos.ID), "a.svg")
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(part, `<svg xmlns="http://www.w3.org/2000/svg"></svg>`)
	w.Close()
	r := httptest.NewRequest(http.MethodPost, "/", &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	if err := r.ParseMultipartForm(1 << 20); err != nil {
		t.Fatal(err)
	}
	wrong, err := AttachAll(r, p, a, casework.Typed{}, func(name string, file io.ReaderAt, size int64, _ ...casework.Keep) (docket.Attachment, error) {
		_, err := kind.Of(name, file, size)
		return docket.Attachment{}, err
	})
	if err != nil || len(wrong) != 1 || wrong[0].Field != photos.ID {
		t.Fatalf("%v, %v", wrong, err)
	}
	if text := wrong[0].Text.In(gov.ZH); !strings.Contains(text, "JPEG") || strings.Contains(text, "PDF") {
		t.Errorf("told %s", text)
	}
}
