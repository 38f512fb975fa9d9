package gov

import "fmt"

// Lang is a language of the interface.
type Lang string

// The languages Quanxiang speaks. Chinese is the default everywhere.
const (
	ZH Lang = "zh-CN"
	EN Lang = "en"
)

// Text is one statement in both languages. Packs may leave EN empty, then the
// Chinese text serves for both; the program's own texts never do.
type Text struct {
	ZH string `yaml:"zh" json:"zh"`
	EN string `yaml:"en" json:"en,omitempty"`
}

// In returns the text in a language.
func (t Text) In(l Lang) string {
	if l == EN && t.EN != "" {
		return t.EN
	}
	return t.ZH
}

// IsZero reports whether there is no text at all.
func (t Text) IsZero() bool { return t == Text{} }

// Textf formats both languages with the same arguments; use %[n]v where the
// order of words differs.
func Textf(zh, en string, args ...any) Text {
	if len(args) == 0 {
		return Text{zh, en}
	}
	return Text{fmt.Sprintf(zh, args...), fmt.Sprintf(en, args...)}
}
