package money

import (
	"regexp"
	"strings"

	"quanxiang/gov"
)

// Narrow writes full-width digits and signs, and the spaces and minus signs of
// typesetters, as ASCII ones: what an input method leaves in a form.
func Narrow(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '￥':
			return '¥'
		case r == '−':
			return '-'
		case r == '\t' || r == '\u00a0' || r == '\u2009' || r == '\u202f' || r == '\u3000':
			return ' '
		}
		return r
	}, s)
}

var grouped = regexp.MustCompile(`^[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?$`)

// Ungroup takes the commas out of a number that parts its thousands by them. The
// second result is false if commas are elsewhere: "1,5" may be meant as one and a half.
func Ungroup(s string) (string, bool) {
	if !strings.Contains(s, ",") {
		return s, true
	}
	return strings.ReplaceAll(s, ",", ""), grouped.MatchString(s)
}

// part is a number and what it counts: a small coin, or yuan by thousands, 万, 亿.
var part = regexp.MustCompile(`^([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?: [0-9]{3})+|[0-9]+)(\.[0-9]+)? ?(?:(角|分|fen)|(万亿|亿|千万|百万|万|千)?(元整?|yuan)?) ?`)

var counted = map[string]Fen{"角": Jiao, "分": 1, "fen": 1, "": Yuan, "千": 1000 * Yuan, "万": Wan, "百万": 100 * Wan, "千万": 1000 * Wan, "亿": Yi, "万亿": Wan * Yi / Yuan}

var together = strings.NewReplacer(",", "", " ", "")

var before = regexp.MustCompile(`^([+-]?) ?(?:¥|人民币)? ?`)

// Typed reads an amount as people type it into forms, cells and statements of
// facts: 12000, 12,000.50元, １２，０００, 1.5万, 3亿5000万元, 5元5角, ¥800. A number
// without a unit counts bare; with bare 0 it is refused. Several units go down, and
// the last is said. What could be meant in two ways is refused, so are parts of a
// fen. The error is Invalid and says what is understood.
func Typed(text string, bare Fen) (Fen, *gov.Error) {
	wrong := func() (Fen, *gov.Error) {
		return 0, gov.Errorf(gov.Invalid, "“%s”不是金额，可写 12,000.50元、1.5万元、3亿5000万元", "%q is not an amount; write 12,000.50元, 1.5万元 or 3亿5000万元", text)
	}
	s := strings.TrimSpace(Narrow(text))
	head := before.FindStringSubmatch(s)
	s = s[len(head[0]):]
	var sum, last Fen
	yuan := false // the unit before was yuan, which only coins follow
	for s != "" || last == 0 {
		m := part.FindStringSubmatch(s)
		if m == nil {
			return wrong()
		}
		s = s[len(m[0]):]
		number, fraction, unit := together.Replace(m[1]), m[2], counted[m[3]+m[4]]
		if m[3]+m[4]+m[5] == "" {
			switch {
			case last != 0 || s != "":
				return wrong()
			case bare == 0:
				return 0, gov.Errorf(gov.Invalid, "“%[1]s”没有单位，应写作 %[1]s元 或 %[1]s万元", "%[1]q has no unit; write %[1]s元 or %[1]s万元", strings.TrimSpace(text))
			}
			unit = bare
		}
		if s != "" && fraction != "" || last != 0 && (unit >= last || yuan && unit >= Yuan) {
			return wrong()
		}
		v, ok := Decimal(number+fraction, int64(unit))
		if _, far := Decimal(number, int64(unit)); !ok && far && fraction != "" {
			return 0, gov.Errorf(gov.Invalid, "“%s”不是整数分", "%q is not a whole number of fen", text)
		}
		if !ok || Fen(v) > 1<<63-1-sum {
			return 0, gov.Errorf(gov.Invalid, "“%s”太大", "%q is too large", text)
		}
		if last != 0 && Fen(v) >= last {
			return wrong()
		}
		sum, last, yuan = sum+Fen(v), unit, m[5] != ""
	}
	if head[1] == "-" {
		sum = -sum
	}
	return sum, nil
}
