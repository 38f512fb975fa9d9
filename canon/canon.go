// Package canon reads and writes the canonical JSON of ledger and draw: RFC 8785
// restricted to objects, arrays, strings, truth values and integers. One value
// has one spelling, and Unmarshal refuses every other, so that what was hashed
// and what is read can never differ.
//
// Values are Go structs whose fields have a json tag: string, bool, int64, Hex,
// []byte (base64), arrays of bytes (hex), slices and structs. A pointer is a
// member that may be left out; every other member must be there, and no other
// may.
package canon

import "quanxiang/gov"

// maxDepth bounds the nesting of what is read.
const maxDepth = 16

// maxInt is the greatest integer every reader of JSON keeps exact.
const maxInt = 1<<53 - 1

// Hex is a string of hex of any length, such as a hash that may be missing.
type Hex []byte

// Raw is the canonical bytes of a value, kept as they are.
type Raw []byte

func refuse(at int, what string) error {
	return gov.Errorf(gov.Invalid, "第 %[1]d 字节起不是规范的 JSON（%[2]s）", "not canonical JSON from byte %[1]d on: %[2]s", at, what)
}
