package door

import (
	"net/http"
	"slices"
	"strings"

	"quanxiang/gov"
	"quanxiang/web/ui"
	"quanxiang/web/who"
)

// Fields of the page that asks for a proof of identity. Beside them the page
// carries the fields of the form that was sent when the proof was missing.
const (
	proofCode = "proof.code"
	proofTo   = "proof.to" // where that form goes once more
)

// maxCarried is how many bytes of a form are carried through a proof; whoever
// sends more sends it again themselves.
const maxCarried = 64 << 10

// askForProof answers a request whose act needs a fresh proof of identity. A
// page that was asked for is shown afterwards; a form that was sent is carried
// along and sent again, so that nothing has to be typed twice.
func (d *Door) askForProof(w http.ResponseWriter, r *http.Request, cause error) bool {
	fields := carried(r)
	if r.Method != http.MethodPost || fields == nil {
		http.Redirect(w, r, ui.With("/account/prove", "next", back(r)), http.StatusSeeOther)
		return true
	}
	fields = append(fields, ui.Field{Name: proofTo, Kind: "hidden", Value: r.URL.RequestURI()})
	v, err := d.proveStep(r, fields, back(r))
	if err != nil {
		return false
	}
	m := d.Engine.For(r)
	v.Lede = gov.TextOf(cause, m.Lang())
	return d.pages.step.Render(w, r, http.StatusForbidden, frame(m.T("prove.title")), v) == nil
}

// carried are the fields of a form as hidden ones, without the proof's own; nil
// when they cannot be carried: a file, or too much.
func carried(r *http.Request) []ui.Field {
	if r.MultipartForm != nil || r.ParseForm() != nil || strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		return nil
	}
	size := 0
	fields := []ui.Field{}
	for name, values := range r.PostForm {
		for _, v := range values {
			if name != proofCode && name != proofTo {
				fields = append(fields, ui.Field{Name: name, Kind: "hidden", Value: v})
				size += len(name) + len(v)
			}
		}
	}
	if size > maxCarried {
		return nil
	}
	slices.SortStableFunc(fields, func(a, b ui.Field) int { return strings.Compare(a.Name, b.Name) })
	return fields
}

// proveStep is the page that asks for the second factor in a whole session, with
// the fields it carries. Whoever has none shows the provider's.
func (d *Door) proveStep(r *http.Request, fields []ui.Field, next string) (stepView, error) {
	m := d.Engine.For(r)
	mine, err := d.Office.Mine(r.Context(), who.Of(r.Context()).Token)
	if err != nil {
		return stepView{}, err
	}
	v := stepView{Crumbs: crumbs(m), Lede: m.T("prove.lede")}
	if mine.Second {
		v.Form = ui.Form{ID: "prove", Action: "/account/prove", Post: true, Submit: m.T("prove.go"), Fields: append([]ui.Field{codeField(m, proofCode)}, fields...)}
	}
	if d.Provider != nil && mine.Issuer != "" {
		v.Other = []ui.Link{{Href: ui.With("/login/identity", "for", forProof, "next", next), Label: d.providerName(m)}}
	}
	return v, nil
}

func (d *Door) provePage(w http.ResponseWriter, r *http.Request) error {
	next := nextOf(r, "")
	v, err := d.proveStep(r, hidden("next", next), next)
	if err != nil {
		return err
	}
	return d.step(w, r, d.Engine.For(r).T("prove.title"), v)
}

// prove takes the second factor in a whole session. The status 307 lets the
// browser send the carried form to where it was going, by the same method.
func (d *Door) prove(w http.ResponseWriter, r *http.Request) error {
	to := r.PostFormValue(proofTo)
	o, err := d.Office.ShowCode(r.Context(), who.Of(r.Context()).Token, r.PostFormValue(proofCode), d.visitor(r))
	if err != nil {
		v, broken := d.proveStep(r, append(carried(r), hidden(proofTo, to)...), nextOf(r, ""))
		if broken != nil {
			return broken
		}
		return d.again(w, r, d.Engine.For(r).T("prove.title"), v, proofCode, err)
	}
	d.keep(w, o)
	if to != "" {
		w.Header().Set("Cache-Control", staffCache)
		http.Redirect(w, r, ui.LocalPath(to), http.StatusTemporaryRedirect)
		return nil
	}
	return see(w, r, nextOf(r, "/account"))
}
