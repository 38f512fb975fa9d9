package procedure

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"quanxiang/gov"
)

// Ask is a field an action fills in: "reason", or "reason!" when it must not
// be empty.
type Ask struct {
	Field    string
	Required bool
}

// UnmarshalText reads the form packs write.
func (a *Ask) UnmarshalText(b []byte) error {
	name, required := strings.CutSuffix(string(b), "!")
	*a = Ask{name, required}
	return nil
}

// Number is how the cases of a procedure are numbered: "RW{year}-{seq:4}".
// Numbers of a year run without regard to what became of the case; a gap means
// that someone began a case and did not finish.
type Number struct {
	before, between string
	width           int
	yearly          bool
}

var numberForm = regexp.MustCompile(`^([A-Z][A-Z0-9-]*)(?:\{year\}([A-Z0-9-]*))?\{seq:([1-9])\}$`)

// UnmarshalText reads the form packs write. A letter in front keeps numbers
// apart from amounts and years.
func (n *Number) UnmarshalText(b []byte) error {
	m := numberForm.FindStringSubmatch(string(b))
	if m == nil {
		return gov.Errorf(gov.Invalid, "“%s”不是编号格式，应写作 RW{year}-{seq:4}", "%q is no form of number; write RW{year}-{seq:4}", b)
	}
	width, err := strconv.Atoi(m[3])
	if err != nil {
		return fmt.Errorf("width of a number: %w", err)
	}
	*n = Number{before: m[1], between: m[2], width: width, yearly: strings.Contains(string(b), "{year}")}
	return nil
}

// Series is what a sequence counts within: the numbers of one year, or all.
func (n Number) Series(year int) string {
	if !n.yearly {
		return n.before
	}
	return n.before + strconv.Itoa(year) + n.between
}

// Write is the number of the nth case of a year.
func (n Number) Write(year, seq int) string {
	return fmt.Sprintf("%s%0*d", n.Series(year), n.width, seq)
}

// IsZero reports that no form was given.
func (n Number) IsZero() bool { return n.before == "" }
