package lot

import (
	"bytes"
	"encoding/hex"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"quanxiang/gov"
)

// UIDSize is the length of a UID in bytes.
const UIDSize = 20

// UID names whatever is drawn or draws: a firm, an inspector, a place. Its
// length is fixed so that a ticket is one compression.
type UID [UIDSize]byte

// Scheme says which register an id is of.
type Scheme uint8

// The schemes.
const (
	Credit    Scheme = 1 // unified social credit code, GB 32100-2015
	OldNumber Scheme = 2 // registration number from before the code
	Inspector Scheme = 3 // number of an inspector's certificate
	Place     Scheme = 4
	Batch     Scheme = 5 // of products
	Equipment Scheme = 6
)

// longID marks a UID that holds the hash of an id.
const longID = 0xff

// maxID is the length of the longest id a UID holds as it is.
const maxID = 18

// NewUID packs an id. Ids of more than 18 bytes are hashed with the plan's
// suite. It refuses ids that are empty, not in form NFC or with control
// characters, and credit codes whose check character is wrong.
func (s Suite) NewUID(scheme Scheme, id string) (u UID, err error) {
	if scheme < Credit || scheme > Equipment {
		return u, gov.Errorf(gov.Invalid, "没有 %d 类标识", "there is no scheme %d of identifiers", scheme)
	}
	if id == "" || !norm.NFC.IsNormalString(id) || strings.ContainsFunc(id, unicode.IsControl) {
		return u, gov.Errorf(gov.Invalid, "标识“%.40s”为空或含有不允许的字符", "the identifier %.40q is empty or has characters it must not have", id)
	}
	if scheme == Credit && !creditCode(id) {
		return u, gov.Errorf(gov.Invalid, "“%.40s”不是统一社会信用代码", "%.40q is no unified social credit code", id)
	}
	u[0] = byte(scheme)
	if len(id) <= maxID {
		u[1] = byte(len(id))
		copy(u[2:], id)
		return u, nil
	}
	u[1] = longID
	sum := s.TH("uid", u[:1], []byte(id))
	copy(u[2:], sum[:])
	return u, nil
}

// Check refuses bytes that NewUID would not have made.
func (u *UID) Check() error {
	scheme, n := Scheme(u[0]), int(u[1])
	ok := scheme >= Credit && scheme <= Equipment
	switch {
	case scheme == Credit:
		ok = n == maxID && creditBytes(u[2:])
	case n == longID:
	case n == 0 || n > maxID:
		ok = false
	default:
		for _, c := range u[2+n:] {
			ok = ok && c == 0
		}
	}
	if !ok {
		return gov.Errorf(gov.Invalid, "%s 不是标识", "%s is no identifier", hex.EncodeToString(u[:]))
	}
	return nil
}

// ID is the id as it was given, or "" when the UID holds its hash.
func (u UID) ID() string {
	if n := int(u[1]); n <= maxID {
		return string(u[2 : 2+n])
	}
	return ""
}

// String is the hex form.
func (u UID) String() string { return hex.EncodeToString(u[:]) }

// Compare orders UIDs by their bytes.
func (u UID) Compare(o UID) int { return bytes.Compare(u[:], o[:]) }

// creditAlphabet are the characters of GB 32100-2015, by value.
const creditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

var (
	creditValue = func() (t [256]int8) {
		for i := range t {
			t[i] = int8(strings.IndexByte(creditAlphabet, byte(i)))
		}
		return t
	}()
	creditWeight = [17]int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}
)

func creditCode(id string) bool { return len(id) == maxID && creditBytes([]byte(id)) }

// creditBytes checks the last of 18 characters against the others.
func creditBytes(id []byte) bool {
	sum := 0
	for i, w := range creditWeight {
		v := creditValue[id[i]]
		if v < 0 {
			return false
		}
		sum += int(v) * w
	}
	return creditValue[id[17]] == int8((31-sum%31)%31)
}
