package webtest

import (
	"encoding/xml"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// Unmarked lists the texts of a page, and of its labels, that hold Chinese where
// the page says it is in another language. The title cannot be marked.
func Unmarked(t testing.TB, page string) []string {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	langs := []string{""}
	var stray []string
	note := func(lang, text string) {
		if lang != "zh-CN" && strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			stray = append(stray, strings.TrimSpace(text))
		}
	}
	for {
		token, err := d.Token()
		if err == io.EOF {
			return stray
		}
		check(t, err)
		switch x := token.(type) {
		case xml.StartElement:
			lang := langs[len(langs)-1]
			for _, a := range x.Attr {
				if a.Name.Local == "lang" {
					lang = a.Value
				}
			}
			for _, a := range x.Attr {
				if slices.Contains([]string{"aria-label", "title", "alt", "placeholder"}, a.Name.Local) {
					note(lang, a.Value)
				}
			}
			if x.Name.Local == "title" {
				lang = "zh-CN"
			}
			langs = append(langs, lang)
		case xml.EndElement:
			langs = langs[:len(langs)-1]
		case xml.CharData:
			note(langs[len(langs)-1], string(x))
		}
	}
}
