package register

import (
	"fmt"
	"slices"
	"strings"

	"quanxiang/gov"
	"quanxiang/privacy"
)

// maxKey bounds a free key, in characters.
const maxKey = 40

// ParseKey reads a key by the scheme of a register. doubt says why its check does
// not fit, which refuses nothing.
func (r *Register) ParseKey(text string) (key string, wrong *gov.Error, doubt error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", gov.Errorf(gov.Invalid, "请填写“%[1]s”", "fill in %[2]q", r.Key.Label.ZH, r.Key.Label.In(gov.EN)), nil
	}
	if r.Key.Scheme == CreditCode {
		c, err := privacy.ParseCreditCode(text)
		if err != nil {
			return "", gov.Errorf(gov.Invalid, "%[1]s", "%[2]s", gov.TextOf(err, gov.ZH), gov.TextOf(err, gov.EN)), nil
		}
		return c.Code, nil, c.Doubt
	}
	if len(text) > maxKey || strings.ContainsFunc(text, func(r rune) bool {
		return !(r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r == '-')
	}) {
		return "", gov.Errorf(gov.Invalid, "“%[1]s”应由字母、数字和连字符组成，不超过 %[3]d 个字符", "%[2]q is letters, digits and hyphens, at most %[3]d characters",
			r.Key.Label.ZH, r.Key.Label.In(gov.EN), maxKey), nil
	}
	return text, nil, nil
}

// KeySeparator is between the parts of what names a record. It can be seen, so that it
// passes through forms and addresses; nobody writes it.
const KeySeparator = "␟"

// KeyText is what names a record as people read it.
func KeyText(key string) string { return strings.ReplaceAll(key, KeySeparator, " ") }

// subjectKey among the fields that name a record stands for the entry it is about.
const subjectKey = "subject"

// BySubject reports that a record is known by the entry it is about as well: a rating of a
// year, of which every entry has one.
func (k *Kind) BySubject() bool { return slices.Contains(k.Key, subjectKey) }

// NameOf is what names a record of values within its unit and kind, and where the
// kind is known by the entry as well, within that.
func (k *Kind) NameOf(values map[string]any) string {
	var parts []string
	for _, id := range k.Key {
		if id != subjectKey {
			parts = append(parts, fmt.Sprint(values[id]))
		}
	}
	return strings.Join(parts, KeySeparator)
}
