package fund

import (
	"strconv"

	"quanxiang/gov"
	"quanxiang/rules/money"
)

func yuan(fen int64, l gov.Lang) string { return money.Fen(fen).As(l) }

// PotID is the id of a pot.
func PotID(programme string, year int, item string) string {
	return programme + "/" + strconv.Itoa(year) + "/" + item
}

// potName is a pot in words.
func potName(p Pot) gov.Text {
	t := gov.Textf("%[1]s %[2]d 年", "%[1]s for %[2]d", p.Programme, p.Year)
	if p.Item != "" {
		t.ZH, t.EN = t.ZH+"“"+p.Item+"”", t.EN+" ("+p.Item+")"
	}
	return t
}
