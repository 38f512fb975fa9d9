package problems

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"quanxiang/gov"
)

// JSON says where JSON breaks off, in characters as people count them; err is what
// reading it came to.
func JSON(data []byte, err error) error {
	var wrong *json.SyntaxError
	switch {
	case errors.Is(err, io.EOF):
		return gov.Errorf(gov.Invalid, "没有内容：应是 JSON", "there is nothing: expected JSON")
	case errors.As(err, &wrong) && !strings.HasPrefix(wrong.Error(), "unexpected end"):
		return gov.Errorf(gov.Invalid, "JSON 在第 %d 个字符处读不懂", "cannot read the JSON at character %d", utf8.RuneCount(data[:max(wrong.Offset, 1)]))
	}
	return gov.Errorf(gov.Invalid, "JSON 没有写完", "the JSON ends too early")
}
