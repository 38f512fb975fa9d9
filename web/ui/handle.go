package ui

import (
	"context"
	"errors"
	"net/http"

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

// ErrorView is the error page.
type ErrorView struct {
	Code gov.Code
	Text string // what the reader may know
	Ref  string // the request id, to quote when asking for help
}

// ShowError writes the error page with the status of the error's code. An error
// without a code is logged here and shown as an apology.
func (e *Engine) ShowError(w http.ResponseWriter, r *http.Request, err error) {
	code := CodeFor(err)
	ref := RequestID(r.Context())
	if code == gov.Internal {
		e.log.ErrorContext(r.Context(), "request failed", "pattern", r.Pattern, "request", ref, "err", err)
	}
	lang := PrefsOf(r.Context()).Lang
	view := ErrorView{Code: code, Ref: ref}
	if code != gov.CodeOf(err) { // the error of a limit, not of a room
		view.Text = e.messages[lang].Of("error.limit.", code)
	} else {
		view.Text = gov.TextOf(err, lang)
	}
	f := Frame{Title: e.messages[lang].Of("error.title.", code), NoIndex: true}
	w.Header().Set("Cache-Control", "no-store")
	if err := e.errors.Render(w, r, Status(code), f, view); err != nil && !errors.Is(err, errClientGone) {
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
