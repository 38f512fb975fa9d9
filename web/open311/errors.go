package open311

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"quanxiang/cases"
	"quanxiang/gov"
	"quanxiang/web/ui"
)

// problem is one of the errors of an answer. Code begins with the HTTP status
// it asks for; docs/spec/open311.md lists them.
type problem struct {
	code string
	text gov.Text
}

// problems is a failed request: everything that was wrong with it, at least one
// thing. The first decides the status.
type problems []problem

func (p problems) Error() string {
	var all []string
	for _, x := range p {
		all = append(all, x.code+" "+x.text.EN)
	}
	return strings.Join(all, "; ")
}

// wrong is a failure for one reason.
func wrong(code, zh, en string, args ...any) problems {
	return problems{{code, gov.Textf(zh, en, args...)}}
}

// The codes of errors. The specification asks for a code that is at least the
// status; what follows the point says which of the reasons for it.
const (
	codeInvalid       = "400"   // anything else about the request
	codeNoService     = "400.1" // no service_code
	codeNoPlace       = "400.2" // no lat and long, address or address_id
	codeAttribute     = "400.3" // an attribute is missing, unknown or unfit
	codeTooLong       = "400.4" // description is too long
	codeTime          = "400.5" // a date without zone, or none
	codeRange         = "400.6" // the dates are too far apart, or the wrong way round
	codePaging        = "400.7" // page or page_size
	codeBody          = "400.8" // the body cannot be read
	codeReplayed      = "400.9" // an Idempotency-Key was used for something else
	codeKey           = "403.1" // no api_key, or none that is valid
	codeForbidden     = "403"   // a page of another site made the request
	codeNotFound      = "404"   // no such address
	codeNoSuchService = "404.1" // service_code
	codeNoSuchRequest = "404.2" // service_request_id or token
	codeJurisdiction  = "404.3" // jurisdiction_id
	codeMethod        = "405"   // the address does not take the method
	codeClosed        = "409"   // the request takes no updates now
	codeTooLarge      = "413"   // more bytes than are read
	codeTooMany       = "429"   // more requests than the key may make
	codeInternal      = "500"   // ours
	codeUnavailable   = "503"   // for now
)

// problemsOf is what the sender may know of an error.
func problemsOf(err error) problems {
	if p, ok := errors.AsType[problems](err); ok {
		return p
	}
	if h, ok := errors.AsType[*ui.HTTPError](err); ok {
		return problems{{strconv.Itoa(h.Status), h.Text}}
	}
	if list, ok := errors.AsType[cases.Mistakes](err); ok {
		var all problems
		for _, e := range list {
			all = append(all, problemsOf(e)...)
		}
		return all
	}
	code, ok := map[gov.Code]string{
		gov.Invalid: codeInvalid, gov.Unsupported: codeInvalid, gov.NotFound: codeNotFound, gov.Conflict: codeClosed, gov.Forbidden: codeForbidden,
		gov.Unknown: codeKey, gov.TooLarge: codeTooLarge, gov.Unavailable: codeUnavailable,
	}[ui.CodeFor(err)]
	if !ok {
		code = codeInternal
	}
	t := gov.Text{ZH: gov.TextOf(err, gov.ZH), EN: gov.TextOf(err, gov.EN)}
	if e, ok := errors.AsType[*gov.Error](err); ok && e.Field != "" && code == codeInvalid {
		t = gov.Textf("%[1]s：%[2]s", "%[1]s: %[3]s", e.Field, t.ZH, t.EN)
		switch {
		case strings.HasPrefix(e.Field, "attribute["):
			code = codeAttribute
		case e.Field == "lat" || e.Field == "address_string":
			code = codeNoPlace
		}
	}
	if code == codeTooLarge && gov.CodeOf(err) != gov.TooLarge {
		t = gov.Text{ZH: "请求内容过大。", EN: "The request is too large."}
	}
	if code == codeUnavailable && gov.CodeOf(err) != gov.Unavailable {
		t = gov.Text{ZH: "处理超时，请稍后再试。", EN: "It took too long. Please try again later."}
	}
	return problems{{code, t}}
}

// status is the HTTP status of a failed request.
func (p problems) status() int {
	whole, _, _ := strings.Cut(p[0].code, ".")
	n, err := strconv.Atoi(whole)
	if err != nil || n < 400 || n > 599 {
		return http.StatusInternalServerError
	}
	return n
}

// tree is the answer, always a list.
func (p problems) tree(lang gov.Lang) tree {
	l := list{each: "error"}
	for _, x := range p {
		l.items = append(l.items, object{{"code", leaf{x.code}}, {"description", leaf{x.text.In(lang)}}})
	}
	return l
}
