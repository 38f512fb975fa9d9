package privacy

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"quanxiang/gov"
)

// ParseMobile reads a Chinese mobile number, with or without country code,
// blanks and hyphens, and returns its eleven digits. It returns an Invalid
// error for anything else.
func ParseMobile(s string) (string, error) {
	n := strings.NewReplacer("-", "", "‑", "", "—", "", "(", "", ")", "").Replace(Normal(s))
	for _, code := range []string{"+86", "0086", "86"} {
		if rest, ok := strings.CutPrefix(n, code); ok && len(rest) == 11 {
			n = rest
			break
		}
	}
	if len(n) != 11 || !isDigits(n) || n[0] != '1' || n[1] < '3' {
		return "", gov.Errorf(gov.Invalid, "不是有效的手机号码：应为 1 开头的 11 位数字", "not a mobile number: 11 digits beginning with 1")
	}
	return n, nil
}

// landline is a fixed number: the area code of three or four digits, which may be
// left out, a number of seven or eight, and an extension; or one of the country's
// service numbers (400, 800).
var landline = regexp.MustCompile(`^(?:(0(?:10|2\d|[3-9]\d{2}))?([2-8]\d{6,7})|([48]00)(\d{7}))(?:(?:x|ext|转)(\d{1,6}))?$`)

// ParsePhone reads a telephone number of either kind: a mobile number as
// ParseMobile does, or a fixed one, with or without country code, blanks, hyphens
// and brackets, which it returns with hyphens behind its area code and before its
// extension: 010-66001234-801. It returns an Invalid error for anything else.
func ParsePhone(s string) (number string, mobile bool, err error) {
	if m, err := ParseMobile(s); err == nil {
		return m, true, nil
	}
	n := strings.ToLower(Normal(s))
	for _, code := range []string{"+86", "0086"} {
		if rest, ok := strings.CutPrefix(n, code); ok {
			if n = strings.TrimLeft(rest, "-"); !strings.HasPrefix(n, "0") {
				n = "0" + n
			}
			break
		}
	}
	parts := strings.FieldsFunc(n, func(r rune) bool { return strings.ContainsRune("-‑—()", r) })
	joined := strings.Join(parts, "")
	if p := len(parts); p > 1 && !landline.MatchString(joined) { // the last part is an extension
		joined = strings.Join(parts[:p-1], "") + "x" + parts[p-1]
	}
	m := landline.FindStringSubmatch(joined)
	if m == nil {
		return "", false, gov.Errorf(gov.Invalid, "不是有效的电话号码：应为 11 位手机号码，或带区号的固定电话，如 010-66001234", "not a telephone number: a mobile number of 11 digits, or a fixed one with its area code such as 010-66001234")
	}
	var out []string
	for _, part := range m[1:] {
		if part != "" {
			out = append(out, part)
		}
	}
	return strings.Join(out, "-"), false, nil
}

// Resident is what a resident id says (GB 11643-1999).
type Resident struct {
	Number string // 18 characters, the last a digit or X
	Region string // six digits of GB/T 2260 at the time of the first issue
	Born   gov.Date
	Female bool
}

// provinces are the first two digits a resident id may have: GB/T 2260, and
// 83 of the residence permit for residents of Taiwan.
const provinces = " 11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83 "

// ParseResidentID checks length, digits, region, date of birth and the check
// character. It returns an Invalid error that says which is wrong and does not
// repeat the number.
func ParseResidentID(s string) (Resident, error) {
	n := strings.ToUpper(Normal(s))
	invalid := func(zh, en string) (Resident, error) {
		return Resident{}, &gov.Error{Code: gov.Invalid, Text: gov.Text{ZH: zh, EN: en}}
	}
	switch {
	case len(n) == 15 && isDigits(n):
		return invalid("15 位身份证号码自 2013 年起停用，请填 18 位", "resident ids of 15 digits went out of use in 2013; give the one of 18")
	case len(n) != 18 || !isDigits(n[:17]) || n[17] != 'X' && !isDigits(n[17:]):
		return invalid("身份证号码应为 18 位：17 位数字和一位校验码", "a resident id has 18 characters: 17 digits and a check character")
	case !strings.Contains(provinces, " "+n[:2]+" "):
		return invalid("身份证号码的地区代码无效", "the region of the resident id does not exist")
	}
	born, err := gov.ParseDate(n[6:10] + "-" + n[10:12] + "-" + n[12:14])
	if err != nil || born.Year < 1850 {
		return invalid("身份证号码中的出生日期无效", "the date of birth in the resident id does not exist")
	}
	if n[17] != residentCheck(n[:17]) {
		return invalid("身份证号码的校验码不符，请核对", "the check character of the resident id does not fit; compare it with the card")
	}
	return Resident{Number: n, Region: n[:6], Born: born, Female: (n[16]-'0')%2 == 0}, nil
}

// residentCheck is the check character of 17 digits: ISO 7064 MOD 11-2, so the
// digit at place i weighs 2^(17-i) mod 11.
func residentCheck(digits string) byte {
	sum := 0
	for _, d := range []byte(digits) {
		sum = (sum + int(d-'0')) * 2 % 11
	}
	return "10X98765432"[sum]
}

// CreditCode is a unified social credit code (GB 32100-2015).
type CreditCode struct {
	Code string // 18 characters
	// Doubt is an Invalid error when a check character does not fit, else nil.
	// It warns and refuses nothing: some codes of the first pilots do not fit
	// and are law all the same.
	Doubt error
}

const (
	codeAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY" // GB 32100: no I, O, S, V, Z
	bodyAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// ParseCreditCode checks length and letters, which is an Invalid error, and the
// two check characters, which is a doubt: the whole code's and that of the
// organisation code (GB 11714) at places 9 to 17.
func ParseCreditCode(s string) (CreditCode, error) {
	n := strings.ToUpper(Normal(s))
	if len(n) != 18 || strings.Trim(n, codeAlphabet) != "" || !isDigits(n[2:8]) {
		if utf8.RuneCountInString(n) == 18 && strings.ContainsAny(n, "IOSVZ") {
			return CreditCode{}, gov.Errorf(gov.Invalid, "统一社会信用代码不用字母 I、O、S、V、Z，请核对", "a unified social credit code has no letter I, O, S, V or Z; compare it")
		}
		return CreditCode{}, gov.Errorf(gov.Invalid, "统一社会信用代码应为 18 位数字或大写字母，第 3 至 8 位为数字", "a unified social credit code has 18 digits or capital letters, digits at places 3 to 8")
	}
	c := CreditCode{Code: n}
	switch {
	case n[17] != creditCheck(n[:17]):
		c.Doubt = gov.Errorf(gov.Invalid, "统一社会信用代码的校验码不符，请核对", "the check character of the unified social credit code does not fit; compare it")
	case n[16] != bodyCheck(n[8:16]):
		c.Doubt = gov.Errorf(gov.Invalid, "其中的组织机构代码校验码不符，请核对", "the check character of the organisation code within does not fit; compare it")
	}
	return c, nil
}

// CompleteCreditCode adds the two check characters to the first sixteen characters
// of a code: for codes that are invented, and say so.
func CompleteCreditCode(first string) (string, error) {
	if len(first) != 16 || strings.Trim(first, codeAlphabet) != "" {
		return "", gov.Errorf(gov.Invalid, "应为 16 位", "16 characters are needed")
	}
	code := first + string(bodyCheck(first[8:]))
	return code + string(creditCheck(code)), nil
}

// creditCheck is the check character of 17: the character at place i weighs
// 3^(i-1) mod 31.
func creditCheck(code string) byte {
	sum, weight := 0, 1
	for i := range len(code) {
		sum += strings.IndexByte(codeAlphabet, code[i]) * weight
		weight = weight * 3 % 31
	}
	return codeAlphabet[(31-sum%31)%31]
}

// bodyCheck is the check character of an organisation code of eight.
func bodyCheck(code string) byte {
	sum := 0
	for i, weight := range []int{3, 7, 9, 10, 5, 8, 4, 2} {
		sum += strings.IndexByte(bodyAlphabet, code[i]) * weight
	}
	return "0123456789X0"[11-sum%11]
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
