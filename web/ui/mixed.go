package ui

import (
	"html/template"
	"strings"
	"unicode"

	"quanxiang/gov"
)

// chinese reports whether a character is a Han character or the punctuation
// and full-width forms that go with them.
func chinese(r rune) bool {
	return unicode.Is(unicode.Han, r) || r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xffef || r == '〔' || r == '〕'
}

// foreign reports whether a text holds Chinese on a page that is in another
// language and so must be marked.
func foreign(s string, l gov.Lang) bool {
	return l != gov.ZH && strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// mixed writes a text that may quote the documents: on a page in another
// language its Chinese is marked, so that screen readers and fonts follow. A
// quotation runs from Chinese to Chinese, over the figures and signs between;
// letters end it.
func mixed(s string, l gov.Lang) template.HTML {
	if !foreign(s, l) {
		return template.HTML(template.HTMLEscapeString(s))
	}
	var b strings.Builder
	plain := 0 // where the text not yet written begins
	from, to := -1, -1
	end := func() {
		if from < 0 {
			return
		}
		b.WriteString(template.HTMLEscapeString(s[plain:from]))
		b.WriteString(`<span lang="` + string(gov.ZH) + `">` + template.HTMLEscapeString(s[from:to]) + `</span>`)
		plain, from = to, -1
	}
	for i, r := range s {
		switch {
		case chinese(r):
			if from < 0 {
				from = i
			}
			to = i + len(string(r))
		case unicode.IsLetter(r):
			end()
		}
	}
	end()
	b.WriteString(template.HTMLEscapeString(s[plain:]))
	return template.HTML(b.String())
}
