package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"quanxiang/gov"
	"quanxiang/gov/problems"
	"quanxiang/web/ui"
)

// Problem is an error for machines (RFC 9457). Code is for programs, Detail
// for people.
type Problem struct {
	Type    string   `json:"type"`
	Title   string   `json:"title"`
	Status  int      `json:"status"`
	Detail  string   `json:"detail"`
	Code    gov.Code `json:"code"`
	Field   string   `json:"field,omitempty"`
	Request string   `json:"request,omitempty"`

	// Errors are all mistakes where there are several; Detail is the first.
	Errors []Fault `json:"errors,omitempty"`
}

// Fault is one of several things wrong with a request.
type Fault struct {
	Field  string `json:"field"`
	Detail string `json:"detail"`
}

// Error and GetStatus make a Problem an error huma answers with.
func (p *Problem) Error() string { return p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is the media type of the answer.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// NewProblem is what a machine may know of an error, in the reader's language.
func NewProblem(ctx context.Context, err error) *Problem {
	lang := ui.PrefsOf(ctx).Lang
	code := ui.CodeFor(err)
	p := &Problem{Type: "about:blank", Code: code, Status: ui.Status(code), Request: ui.RequestID(ctx)}
	p.Detail = gov.TextOf(err, lang)
	if h, ok := errors.AsType[*ui.HTTPError](err); ok {
		p.Code, p.Status, p.Detail = gov.Invalid, h.Status, h.Text.In(lang)
	}
	p.Title = http.StatusText(p.Status)
	if e, ok := errors.AsType[*gov.Error](err); ok {
		p.Field = e.Field
	}
	if list, ok := errors.AsType[problems.List](err); ok && len(list) > 1 {
		for _, e := range list {
			p.Errors = append(p.Errors, Fault{e.Field, gov.TextOf(e, lang)})
		}
	}
	return p
}

// problemOf turns the mistakes huma finds itself, parameters and bodies of the
// wrong form, into a Problem.
func problemOf(h huma.Context, status int, msg string, errs ...error) huma.StatusError {
	var ctx context.Context = context.Background()
	if h != nil {
		ctx = h.Context()
	}
	p := NewProblem(ctx, gov.Errorf(gov.Invalid, "请求的形式不对。", "The request is malformed."))
	switch status {
	case http.StatusBadRequest:
		for _, err := range errs {
			if d, ok := errors.AsType[*huma.ErrorDetail](err); ok && d.Location == "body" {
				p = NewProblem(ctx, unreadable(d))
			}
		}
	case http.StatusRequestEntityTooLarge:
		p = NewProblem(ctx, gov.Errorf(gov.TooLarge, "提交的内容超过了本站的限制。", "What was sent is over the limit of this site."))
	case http.StatusUnsupportedMediaType:
		p = NewProblem(ctx, gov.Errorf(gov.Unsupported, "请求内容应为 application/json。", "The body must be application/json."))
	default:
		for _, err := range errs {
			if d, ok := errors.AsType[*huma.ErrorDetail](err); ok {
				p = NewProblem(ctx, badInput(d))
				break
			}
		}
	}
	if status >= http.StatusInternalServerError {
		p = NewProblem(ctx, errors.New(msg))
	}
	p.Status, p.Title = status, http.StatusText(status)
	return p
}

// installProblems makes huma answer with Problems. Its constructors are
// variables of its package, so they are set once for the process: a second API
// must not write what the first is reading.
var installProblems = sync.OnceFunc(func() {
	huma.NewErrorWithContext = problemOf
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return problemOf(nil, status, msg, errs...)
	}
})

// unreadable says where a body is no JSON. huma has its text only.
func unreadable(d *huma.ErrorDetail) error {
	body, _ := d.Value.(string)
	var x any
	err := json.NewDecoder(strings.NewReader(body)).Decode(&x)
	if err == nil {
		return gov.Errorf(gov.Invalid, "请求的形式不对。", "The request is malformed.")
	}
	return problems.JSON([]byte(body), err)
}

// badInput says which part of a request is wrong. Only short values are
// repeated: a body may be long, and is known to its sender.
func badInput(d *huma.ErrorDetail) error {
	_, name, ok := strings.Cut(d.Location, ".")
	if !ok {
		name = d.Location
	}
	if v, ok := d.Value.(string); ok && v != "" && len(v) <= 100 {
		return gov.Errorf(gov.Invalid, "“%s”的值不对：%s。", "The value of %q is wrong: %s.", name, v).On(name)
	}
	return gov.Errorf(gov.Invalid, "“%s”缺少或形式不对。", "%q is missing or malformed.", name).On(name)
}

// ShowError answers a request below Root that no operation could take.
func (a *API) ShowError(w http.ResponseWriter, r *http.Request, err error) {
	NewProblem(r.Context(), err).Answer(w, err)
}

// Answer answers a request with the problem that an error is.
func (p *Problem) Answer(w http.ResponseWriter, err error) {
	h := w.Header()
	if e, ok := errors.AsType[*ui.HTTPError](err); ok && e.Allow != "" {
		h.Set("Allow", e.Allow)
	}
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	// An error here means that the client is gone: there is no one to tell.
	_ = json.NewEncoder(w).Encode(p)
}
