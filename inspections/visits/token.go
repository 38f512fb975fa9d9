package visits

import (
	"crypto/subtle"
	"encoding/base32"
	"strings"

	"quanxiang/gov"
)

// secret is how many bytes of the door stand in a token: the random ones of a UUIDv7,
// of which 74 bits cannot be guessed.
const secret = 10

// letters are those of tokens: no two of them are taken for each other, and a code
// with capitals alone is drawn smaller.
var letters = base32.StdEncoding.WithPadding(base32.NoPadding)

// spell is the token of a visit and its door.
func spell(id, door gov.ID) string {
	return letters.EncodeToString(append(id[:], door[len(door)-secret:]...))
}

// parse is the visit a token is of, whatever else it says.
func parse(token string) (id gov.ID, ok bool) {
	b, err := letters.DecodeString(strings.ToUpper(token))
	if err != nil || len(b) != len(id)+secret {
		return gov.ID{}, false
	}
	copy(id[:], b)
	return id, true
}

func equal(want, token string) bool {
	return subtle.ConstantTimeCompare([]byte(want), []byte(strings.ToUpper(token))) == 1
}
