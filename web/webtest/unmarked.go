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
// the page says it is in another language. Its head, which shows in a window's
// title, may quote the documents.
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
			if x.Name.Local == "head" {
				lang = "zh-CN"
			}
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
			langs = append(langs, lang)
		case xml.EndElement:
			langs = langs[:len(langs)-1]
		case xml.CharData:
			note(langs[len(langs)-1], string(x))
		}
	}
}
