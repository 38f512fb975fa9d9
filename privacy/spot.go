package privacy

import (
	"regexp"

	"golang.org/x/text/unicode/norm"
)

// Kind is a sort of personal number.
type Kind string

// The kinds that can be told by their form alone.
const (
	Mobile     Kind = "mobile"
	ResidentNo Kind = "resident-id"
)

// numbers is what may be a personal number: digits in a row, perhaps parted as
// people write mobile numbers.
var numbers = regexp.MustCompile(`\+?[0-9]+(?:[ -][0-9]+)*[Xx]?`)

// Spot tells which kinds of personal numbers stand in a text: mobile numbers, and
// identity numbers whose last digit is right. Names and addresses have no form by
// which they could be told.
func Spot(text string) (kinds []Kind) {
	var mobile, id bool
	for _, s := range numbers.FindAllString(norm.NFKC.String(text), -1) {
		if _, err := ParseMobile(s); err == nil {
			mobile = true
		}
		if _, err := ParseResidentID(s); err == nil {
			id = true
		}
	}
	if mobile {
		kinds = append(kinds, Mobile)
	}
	if id {
		kinds = append(kinds, ResidentNo)
	}
	return kinds
}
