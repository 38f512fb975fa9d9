package ui

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"quanxiang/gov"
)

// Handler answers a request or returns why it cannot. It must not write before
// it can no longer fail.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Handle adapts a Handler: its error becomes the error page.
func (e *Engine) Handle(h Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := h(w, r)
		if err == nil || errors.Is(err, errClientGone) {
			return
		}
		e.ShowError(w, r, err)
	})
}

// HTTPError is a mistake in how a request was made that no room knows of: an
// address that cannot be read, a method a page does not have.
type HTTPError struct {
	Status int
	Allow  string   // the methods there are, for 405
	Text   gov.Text // what the client may know
}

func (e *HTTPError) Error() string { return e.Text.EN }

// NotHere is the error of an address that answers nothing, or not to this
// method: mux knows which. The pattern "/" is no answer.
func NotHere(mux *http.ServeMux, r *http.Request) error {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		probe := r.Clone(r.Context())
		probe.Method = method
		if _, pattern := mux.Handler(probe); pattern == "" || pattern == "/" || method == r.Method {
			continue
		}
		allowed = append(allowed, method)
		if method == http.MethodGet {
			allowed = append(allowed, http.MethodHead)
		}
	}
	if allowed == nil || r.Method == http.MethodHead {
		return gov.Errorf(gov.NotFound, "没有这个页面。", "There is no such page.")
	}
	return &HTTPError{Status: http.StatusMethodNotAllowed, Allow: strings.Join(allowed, ", "), Text: gov.Textf(
		"这个地址不接受 %s 请求。", "This address does not accept %s requests.", r.Method)}
}

// Malformed is the error of a query that cannot be read as text, or nil: a bad
// escape, bytes that are no UTF-8, control characters no database stores.
func Malformed(r *http.Request) error {
	q, err := url.ParseQuery(r.URL.RawQuery)
	bad := func(s string) bool { return !utf8.ValidString(s) || strings.ContainsRune(s, 0) }
	wrong := err != nil || bad(r.URL.Path)
	for k, list := range q {
		wrong = wrong || bad(k) || slices.ContainsFunc(list, bad)
	}
	if !wrong {
		return nil
	}
	return &HTTPError{Status: http.StatusBadRequest, Text: gov.Text{
		ZH: "网址中有无法识别的字符，可能复制时缺了一段。", EN: "The address holds characters that cannot be read. A part may have been lost in copying."}}
}

// ErrorView is the error page.
type ErrorView struct {
	Code gov.Code
	Text string // what the reader may know
	Ref  string // the request id, to quote when asking for help
}

// Divert sets what is asked about every error before it becomes a page, and
// reports that it has answered instead: the door leads to what is missing.
func (e *Engine) Divert(f func(http.ResponseWriter, *http.Request, error) bool) { e.divert = f }

// ShowError writes the error page with the status of the error's code. An error
// without a code is logged here and shown as an apology.
func (e *Engine) ShowError(w http.ResponseWriter, r *http.Request, err error) {
	if e.divert != nil && e.divert(w, r, err) {
		return
	}
	code, status := CodeFor(err), Status(CodeFor(err))
	ref := RequestID(r.Context())
	lang := PrefsOf(r.Context()).Lang
	view, title := ErrorView{Code: code, Ref: ref}, "error.title."+string(code)
	if h, ok := errors.AsType[*HTTPError](err); ok {
		status, view.Code, view.Text = h.Status, gov.Invalid, h.Text.In(lang)
		title = "error.title.malformed"
		if h.Allow != "" {
			w.Header().Set("Allow", h.Allow)
			title = "error.title.method"
		}
	} else if code != gov.CodeOf(err) { // the error of a limit, not of a room
		view.Text = e.messages[lang].Of("error.limit.", code)
	} else {
		view.Text = gov.TextOf(err, lang)
	}
	if view.Code == gov.Internal {
		e.log.ErrorContext(r.Context(), "request failed", "pattern", r.Pattern, "request", ref, "err", err)
	}
	f := Frame{Title: e.messages[lang].T(title), NoIndex: true}
	w.Header().Set("Cache-Control", "no-store")
	if err := e.errors.Render(w, r, status, f, view); err != nil && !errors.Is(err, errClientGone) {
		e.log.ErrorContext(r.Context(), "error page failed", "request", ref, "err", err)
		http.Error(w, view.Text, http.StatusInternalServerError)
	}
}

// CodeFor is the code a surface answers an error with: a request that ran out
// of time is Unavailable, whatever was interrupted.
func CodeFor(err error) gov.Code {
	if errors.Is(err, context.DeadlineExceeded) {
		return gov.Unavailable
	}
	var tooBig *http.MaxBytesError
	if errors.As(err, &tooBig) {
		return gov.TooLarge
	}
	return gov.CodeOf(err)
}

// Status is the HTTP status of a code.
func Status(c gov.Code) int {
	switch c {
	case gov.Invalid:
		return http.StatusUnprocessableEntity
	case gov.NotFound:
		return http.StatusNotFound
	case gov.Conflict:
		return http.StatusConflict
	case gov.Forbidden:
		return http.StatusForbidden
	case gov.Unknown:
		return http.StatusUnauthorized
	case gov.TooLarge:
		return http.StatusRequestEntityTooLarge
	case gov.Unsupported:
		return http.StatusUnsupportedMediaType
	case gov.Unavailable:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

type requestKey struct{}

// WithRequestID stores the id of a request in its context.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestKey{}, id)
}

// RequestID is the id of the request a context belongs to, or "".
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}
