// Package place names the places at which a list of records goes on.
package place

import (
	"encoding/base64"
	"encoding/json"

	"quanxiang/gov"
)

// Encode names a record, by its day, unit and key, as the place behind which a list goes
// on.
func Encode(at [3]string) string {
	b, err := json.Marshal(at)
	if err != nil {
		panic("registers: three texts make no JSON: " + err.Error()) // never
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// Decode reads what Encode wrote; "" is the beginning.
func Decode(text string) (at [3]string, err error) {
	if text == "" {
		return at, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(b, &at)
	}
	if err != nil {
		return at, gov.Errorf(gov.Invalid, "列表的位置不对", "this is no place in the list").Because(err)
	}
	return at, nil
}
