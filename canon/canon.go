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
	return gov.Errorf(gov.Invalid, "第 %[1]d 字节起不是规范的 JSON：%[2]s", "not canonical JSON from byte %[1]d on: %[3]s", at, inChinese(what), what)
}

// chinese are the words of errors.
var chinese = map[string]string{
	"something follows": "后面还有内容", "nested too deep": "嵌套太深", "no value": "这里应是一个值", "no name of a member": "这里应是成员名", "a name that is not plain ASCII": "成员名不是 ASCII 字符",
	"members out of order": "成员没有按次序写", "no colon": "缺少冒号", "an object without end": "对象没有结束", "an array without end": "数组没有结束", "a number without digits": "数没有数字",
	"a number that is no plain integer": "不是通常写法的整数", "a string without end": "字符串没有结束", "a string that is not in form NFC": "字符串不是 NFC 形式", "an escape that is not the shortest": "转义不是最短的写法",
	"a control character": "有控制字符", "not UTF-8": "不是 UTF-8", "a string": "字符串", "true or false": "true 或 false", "an integer": "整数", "an integer in its range": "范围之内的整数", "hex of its length": "规定长度的十六进制数",
	"hex": "十六进制数", "base64": "base64", "an array of its length": "规定长度的数组", "an object": "对象",
}

func inChinese(what string) string {
	if zh, ok := chinese[what]; ok {
		return zh
	}
	return what
}
