package policy

import (
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Number is a document number (文号) in its parts: 西政发〔2016〕8号. Of an order
// (国务院令第711号) the year is 0.
type Number struct {
	Series string // 西政发
	Year   int    // 2016
	Serial int    // 8
}

// GB/T 9704-2012, 7.2.5: the full year in 〔〕, no 第, no leading zero.
var (
	numberForm = regexp.MustCompile(`^(\p{Han}{1,16})〔((?:19|20)\d\d)〕([1-9]\d{0,4})号$`)
	orderForm  = regexp.MustCompile(`^(\p{Han}{1,24}令)第([1-9]\d{0,4})号$`)
)

// ParseNumber reads a document number in its normal form.
func ParseNumber(s string) (Number, bool) {
	if m := numberForm.FindStringSubmatch(s); m != nil {
		year, _ := strconv.Atoi(m[2]) // four digits by the expression
		serial, _ := strconv.Atoi(m[3])
		return Number{m[1], year, serial}, true
	}
	if m := orderForm.FindStringSubmatch(s); m != nil {
		serial, _ := strconv.Atoi(m[2])
		return Number{Series: m[1], Serial: serial}, true
	}
	return Number{}, false
}

// String is the normal form.
func (n Number) String() string {
	if n.Year == 0 {
		return n.Series + "第" + strconv.Itoa(n.Serial) + "号"
	}
	return n.Series + "〔" + strconv.Itoa(n.Year) + "〕" + strconv.Itoa(n.Serial) + "号"
}

// looseForm is what people type for a document number.
var looseForm = regexp.MustCompile(`^(\p{Han}+)[〔(\[【<〈《{]?((?:19|20)\d\d)年?[〕)\]】>〉》}]?第?0*([1-9]\d{0,4})号?$`)

// NormalNumber brings a document number into its normal form: 〔〕 whatever the
// brackets, no blanks, no 第, no leading zeros. It returns "" when s is no
// document number.
func NormalNumber(s string) string {
	s = fold(s)
	if _, ok := ParseNumber(s); ok {
		return s
	}
	if m := looseForm.FindStringSubmatch(s); m != nil {
		return m[1] + "〔" + m[2] + "〕" + m[3] + "号"
	}
	return ""
}

// fold makes spellings of a name comparable: compatibility characters unified
// (full-width letters and brackets, 〔 for ﹝), blanks and zero-width characters
// dropped.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r <= ' ', r == 0x200b, r == 0x200c, r == 0x200d, r == 0xfeff, r == 0x3000, r == 0xad:
			return -1
		}
		return r
	}, norm.NFKC.String(s))
}
