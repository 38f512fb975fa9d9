package privacy_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"quanxiang/gov"
	"quanxiang/privacy"
)

// fixed is the keyring of docs/spec/privacy.md: bytes 0 to 31 and 32 to 63.
const fixed = `# example
index AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=
seal ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=
`

// envelope is the one of docs/spec/privacy.md.
func envelope(t testing.TB) []byte {
	t.Helper()
	b, err := hex.DecodeString("01b7130b7d904f088973c909a5ca3c2cdbf7ec76088c3f57ac54e5eda2b707463890161b2b6a0853975f49cf45a0eb3078eb91befe5568de")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var mobile = privacy.Place{District: "110102", Table: "persons", Column: "mobile", Key: "7"}

func ring(t *testing.T, text string) *privacy.Keyring {
	t.Helper()
	k, err := privacy.ParseKeyring(text)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// What is stored today must open for as long as there are records.
func TestFormatsStay(t *testing.T) {
	t.Parallel()
	k := ring(t, fixed)
	if got, err := k.Open(mobile, envelope(t)); err != nil || string(got) != "13812345678" {
		t.Errorf("Open = %q, %v", got, err)
	}
	// The two values below were computed by a second program.
	if got := fmt.Sprintf("%x", k.Index(mobile, "138 1234 5678")); got != "3bfa7053c560c34eb21f954706c5bedf" {
		t.Errorf("Index = %s", got)
	}
	if got := fmt.Sprintf("%x", k.Derive("sessions")); got != "3bb188115b2ea494a3f8084cd005ae61ba133a81bd5fc80193183bf8df7181b9" {
		t.Errorf("Derive = %s", got)
	}
}

func TestSealOpensOnlyWhereItBelongs(t *testing.T) {
	t.Parallel()
	k := ring(t, fixed)
	sealed := k.Seal(mobile, []byte("13812345678"))
	if len(sealed) != 11+privacy.Overhead {
		t.Errorf("%d bytes", len(sealed))
	}
	if again := k.Seal(mobile, []byte("13812345678")); bytes.Equal(sealed, again) {
		t.Error("sealing twice shows that the values are equal")
	}
	for _, at := range []privacy.Place{
		{District: "110101", Table: "persons", Column: "mobile", Key: "7"},
		{District: "110102", Table: "person", Column: "smobile", Key: "7"},
		{District: "110102", Table: "persons", Column: "email", Key: "7"},
		{District: "110102", Table: "persons", Column: "mobile", Key: "8"},
	} {
		if _, err := k.Open(at, sealed); gov.CodeOf(err) != gov.Conflict {
			t.Errorf("opened at %+v: %v", at, err)
		}
	}
	for i := range sealed {
		damaged := bytes.Clone(sealed)
		damaged[i] ^= 1
		if _, err := k.Open(mobile, damaged); err == nil {
			t.Errorf("opened with byte %d changed", i)
		}
	}
	for n := range sealed {
		if _, err := k.Open(mobile, sealed[:n]); err == nil {
			t.Errorf("opened the first %d bytes", n)
		}
	}
}

func TestRotation(t *testing.T) {
	t.Parallel()
	old := privacy.NewKeyring()
	sealed := old.Seal(mobile, []byte("x"))
	rotated := ring(t, old.Rotate().Text())
	if got, err := rotated.Open(mobile, sealed); err != nil || string(got) != "x" {
		t.Errorf("the older key no longer opens: %q, %v", got, err)
	}
	if old.Stale(sealed) || !rotated.Stale(sealed) || rotated.Stale(rotated.Seal(mobile, nil)) {
		t.Error("Stale is true of what an older key sealed, and of nothing else")
	}
	if _, err := old.Open(mobile, rotated.Seal(mobile, nil)); gov.CodeOf(err) != gov.NotFound {
		t.Errorf("a key that is not there: %v, want NotFound", err)
	}
	both := rotated.Indexes(mobile, "x")
	if len(both) != 2 || !bytes.Equal(both[1], old.Index(mobile, "x")) || !bytes.Equal(both[0], rotated.Index(mobile, "x")) || bytes.Equal(both[0], both[1]) {
		t.Errorf("the indexes after a rotation: %x", both)
	}
	if !bytes.Equal(old.Derive("x"), rotated.Derive("x")) {
		t.Error("a rotation changes what is derived")
	}
	again := ring(t, rotated.Rotate().Text())
	if len(again.IDs()) != 3 || len(again.Indexes(mobile, "x")) != 3 {
		t.Errorf("after another rotation: %v", again.IDs())
	}
	newest := ring(t, rotated.Newest().Text())
	if ids := newest.IDs(); len(ids) != 1 || ids[0] != rotated.IDs()[0] || ids[0] != privacy.SealedBy(rotated.Seal(mobile, nil)) {
		t.Errorf("the keys kept: %v", ids)
	}
	if _, err := newest.Open(mobile, sealed); gov.CodeOf(err) != gov.NotFound {
		t.Errorf("what a dropped key sealed: %v, want NotFound", err)
	}
	if got := newest.Indexes(mobile, "x"); len(got) != 1 || !bytes.Equal(got[0], both[0]) {
		t.Errorf("the indexes of the keys kept: %x", got)
	}
}

// A keyring that follows its file seals with a new key at once, opens what others
// sealed with it, and takes no keys of another installation. What was pinned seals
// and indexes under one key all the time.
func TestFollow(t *testing.T) {
	t.Parallel()
	k := ring(t, fixed)
	var file *privacy.Keyring
	k.Follow(func() *privacy.Keyring { return file })
	before, pinned := k.Seal(mobile, []byte("x")), k.Pin()
	file = privacy.NewKeyring()
	if got := k.Seal(mobile, nil); k.Stale(got) || privacy.SealedBy(got) != ring(t, fixed).IDs()[0] {
		t.Error("keys of another installation were taken")
	}
	file = ring(t, fixed).Rotate()
	sealed := file.Seal(mobile, []byte("y"))
	if got, err := pinned.Open(mobile, sealed); err != nil || string(got) != "y" {
		t.Errorf("what a newer key sealed: %q, %v", got, err)
	}
	if got := k.Seal(mobile, nil); file.Stale(got) {
		t.Error("sealed with the older key")
	}
	if got := pinned.Seal(mobile, nil); privacy.SealedBy(got) != privacy.SealedBy(before) || len(pinned.Indexes(mobile, "x")) != 1 {
		t.Error("what was pinned moved")
	}
	if p := k.Pin(); file.Stale(p.Seal(mobile, nil)) || !bytes.Equal(p.Index(mobile, "x"), file.Index(mobile, "x")) {
		t.Error("what is pinned now is of before")
	}
	file = ring(t, fixed)
	if k.Stale(sealed) || k.Stale(k.Seal(mobile, nil)) || len(k.IDs()) != 2 {
		t.Error("keys of before the rotation were taken")
	}
	if privacy.SealedBy(nil) != "" || privacy.SealedBy(before[:20]) != "" {
		t.Error("what is no envelope was sealed by a key")
	}
}

func TestIndexSeparatesColumns(t *testing.T) {
	t.Parallel()
	k := ring(t, fixed)
	seen := map[string]bool{}
	for _, at := range []privacy.Place{
		{District: "110102", Table: "persons", Column: "mobile"},
		{District: "110101", Table: "persons", Column: "mobile"},
		{District: "110102", Table: "cases", Column: "mobile"},
		{District: "110102", Table: "persons", Column: "email"},
		{District: "110102", Table: "person", Column: "smobile"},
	} {
		i := k.Index(at, "value")
		if len(i) != privacy.IndexLen || seen[string(i)] {
			t.Errorf("%+v: %x", at, i)
		}
		seen[string(i)] = true
	}
	a, b := mobile, mobile
	b.Key = "8"
	if !bytes.Equal(k.Index(a, "Ａ b"), k.Index(b, "ab")) {
		t.Error("width, blanks, case or the row change an index")
	}
	if bytes.Equal(k.Derive("a"), k.Derive("b")) {
		t.Error("two purposes share a key")
	}
}

func TestKeyringKeepsItsSecret(t *testing.T) {
	t.Parallel()
	k := ring(t, fixed)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		if got := fmt.Sprintf(verb, k); got != "keyring" {
			t.Errorf("%s prints %q", verb, got)
		}
	}
	if back := ring(t, k.Text()); back.Text() != k.Text() {
		t.Error("Text does not read back")
	}
	index, seal, _ := strings.Cut(strings.TrimPrefix(fixed, "# example\n"), "\n")
	for why, text := range map[string]string{
		"empty":       "",
		"no index":    seal,
		"no seal":     index,
		"two indexes": index + "\n" + index + "\n" + seal,
		"seal twice":  fixed + seal,
		"blind twice": fixed + strings.Repeat("blind"+strings.TrimPrefix(index, "index")+"\n", 2),
		"short":       index + "\nseal AAAA",
		"not base64":  index + "\nseal " + strings.Repeat("-", 44),
		"unknown":     fixed + "sign AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
	} {
		_, err := privacy.ParseKeyring(text)
		if gov.CodeOf(err) != gov.Invalid {
			t.Errorf("%s: %v, want Invalid", why, err)
		}
		if strings.Contains(fmt.Sprint(err), "AAEC") || strings.Contains(fmt.Sprint(err), "ICEi") {
			t.Errorf("%s: the error repeats a key: %v", why, err)
		}
	}
}

func TestMasks(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		mask     func(string) string
		in, want string
	}{
		{privacy.MaskName, "张三", "张*"},
		{privacy.MaskName, " 王小明 ", "王**"},
		{privacy.MaskName, "欧阳明日", "欧阳**"},
		{privacy.MaskName, "欧阳", "欧*"}, // a surname of one character and a given name
		{privacy.MaskName, "诸葛亮", "诸葛*"},
		{privacy.MaskName, "阿卜杜拉·艾合买提", "阿***"},
		{privacy.MaskName, "John Smith", "J***"},
		{privacy.MaskName, "张", "*"},
		{privacy.MaskName, "", ""},
		{privacy.MaskPhone, "13812345678", "138****5678"},
		{privacy.MaskPhone, "+86 138-1234-5678", "138****5678"},
		{privacy.MaskPhone, "010-66551234", "****34"},
		{privacy.MaskPhone, "110", "****0"},
		{privacy.MaskPhone, "1", "****"},
		{privacy.MaskPhone, "", ""},
		{privacy.MaskEmail, "zhang.san@example.cn", "z***@example.cn"},
		{privacy.MaskEmail, "\"a@b\"@example.cn", "\"***@example.cn"},
		{privacy.MaskEmail, "@example.cn", "****"},
		{privacy.MaskEmail, "zhang", "****"},
		{privacy.MaskAccount, "6222 0000 0000 1234", "****1234"},
		{privacy.MaskAccount, "1234", "****4"},
	} {
		if got := tt.mask(tt.in); got != tt.want {
			t.Errorf("%q is shown as %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestMobile(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"13812345678", "+86 138 1234 5678", "0086-138-1234-5678", "8613812345678", "１３８１２３４５６７８"} {
		if got, err := privacy.ParseMobile(in); err != nil || got != "13812345678" {
			t.Errorf("ParseMobile(%q) = %q, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "1381234567", "138123456789", "12812345678", "23812345678", "1381234567a", "+1 3812345678", "01012345678"} {
		if got, err := privacy.ParseMobile(in); gov.CodeOf(err) != gov.Invalid {
			t.Errorf("ParseMobile(%q) = %q, %v, want Invalid", in, got, err)
		}
	}
}

// A number is kept in one spelling, however it was written, and its kind is known.
func TestParsePhone(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"138 1234 5678": "13812345678", "010-66001234": "010-66001234", "（010）66001234": "010-66001234", "01066001234": "010-66001234",
		"010-6600-1234": "010-66001234", "+86 10 6600 1234": "010-66001234", "0086-010-66001234": "010-66001234", "66001234": "66001234",
		"0311-8600123": "0311-8600123", "031186001234": "0311-86001234", "010-66001234-801": "010-66001234-801", "010 66001234 转 801": "010-66001234-801",
		"400-810-1234": "400-8101234",
	} {
		got, mobile, err := privacy.ParsePhone(in)
		if err != nil || got != want || mobile != (in[0] == '1') {
			t.Errorf("ParsePhone(%q) = %q, %t, %v, want %q", in, got, mobile, err, want)
		}
		if again, _, err := privacy.ParsePhone(got); err != nil || again != got {
			t.Errorf("%q is not read as it is kept: %q, %v", got, again, err)
		}
	}
	for _, in := range []string{"", "12341", "1234567", "010", "010-1234567", "0011-66001234", "010-660012345678", "六六〇〇", "13812345678901", "010-66001234-1234567"} {
		if got, _, err := privacy.ParsePhone(in); gov.CodeOf(err) != gov.Invalid {
			t.Errorf("ParsePhone(%q) = %q, %v, want Invalid", in, got, err)
		}
	}
}

func TestResidentID(t *testing.T) {
	t.Parallel()
	// The examples of GB 11643-1999.
	for _, tt := range []struct {
		in, born string
		female   bool
	}{
		{"11010519491231002X", "1949-12-31", true},
		{"440524188001010014", "1880-01-01", false},
		{"44052418800101001 4", "1880-01-01", false},
		{"11010519491231002x", "1949-12-31", true},
	} {
		r, err := privacy.ParseResidentID(tt.in)
		if err != nil || r.Born.String() != tt.born || r.Female != tt.female || len(r.Number) != 18 || r.Region != r.Number[:6] {
			t.Errorf("ParseResidentID(%q) = %+v, %v", tt.in, r, err)
		}
	}
	for in, want := range map[string]string{
		"":                    "18",
		"110105491231002":     "2013",
		"110105194912310021":  "check character",
		"110105194902310023":  "date of birth",
		"990105194912310020":  "region",
		"1101051949123100X2":  "18",
		"11010519491231002Y":  "18",
		"11010519491231002XX": "18",
	} {
		_, err := privacy.ParseResidentID(in)
		if gov.CodeOf(err) != gov.Invalid || !strings.Contains(gov.TextOf(err, gov.EN), want) {
			t.Errorf("ParseResidentID(%q): %v, want %q", in, err, want)
		}
		if in != "" && strings.Contains(fmt.Sprint(err), in) {
			t.Errorf("the error repeats the number: %v", err)
		}
	}
}

// Every single wrong digit and every swap of neighbours is found: that is what
// the check character is for.
func TestResidentIDFindsSlips(t *testing.T) {
	t.Parallel()
	const good = "11010519491231002X"
	for i := range 17 {
		for d := byte('0'); d <= '9'; d++ {
			bad := []byte(good)
			if bad[i] == d {
				continue
			}
			bad[i] = d
			if _, err := privacy.ParseResidentID(string(bad)); err == nil {
				t.Errorf("%s passes", bad)
			}
		}
		bad := []byte(good)
		if bad[i], bad[i+1] = bad[i+1], bad[i]; string(bad) == good {
			continue
		}
		if _, err := privacy.ParseResidentID(string(bad)); err == nil {
			t.Errorf("%s passes", bad)
		}
	}
}

func TestCreditCode(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		in, doubt string
	}{
		{"91350100M000100Y43", ""}, // the example of GB 32100-2015
		{"91350100m000100y43", ""},
		{"91350100M0001TGQXM", "check character"}, // an early code that is law and does not fit
		{"91350100M000100Y44", "unified"},
	} {
		c, err := privacy.ParseCreditCode(tt.in)
		if err != nil || len(c.Code) != 18 {
			t.Errorf("ParseCreditCode(%q) = %+v, %v", tt.in, c, err)
			continue
		}
		if (c.Doubt == nil) != (tt.doubt == "") || tt.doubt != "" && !strings.Contains(gov.TextOf(c.Doubt, gov.EN), tt.doubt) {
			t.Errorf("ParseCreditCode(%q) doubts %v, want %q", tt.in, c.Doubt, tt.doubt)
		}
	}
	for _, in := range []string{"", "91350100M000100Y4", "91350100M000100Y433", "9135O100M000100Y43", "91350100M000100Z43", "91A50100M000100Y43", "91350100M000100中"} {
		if c, err := privacy.ParseCreditCode(in); gov.CodeOf(err) != gov.Invalid {
			t.Errorf("ParseCreditCode(%q) = %+v, %v, want Invalid", in, c, err)
		}
	}
}

func FuzzNumbers(f *testing.F) {
	for _, s := range []string{"+86 138-1234-5678", "11010519491231002X", "91350100M000100Y43", "张三", "İ", "¨x", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if n := privacy.Normal(s); privacy.Normal(n) != n {
			t.Errorf("Normal(%q) = %q is not normal", s, n)
		}
		if m, err := privacy.ParseMobile(s); err == nil {
			if again, err := privacy.ParseMobile(m); err != nil || again != m {
				t.Errorf("%q reads as %q, which reads as %q, %v", s, m, again, err)
			}
		}
		if r, err := privacy.ParseResidentID(s); err == nil {
			if again, err := privacy.ParseResidentID(r.Number); err != nil || again != r || !r.Born.Valid() {
				t.Errorf("%q reads as %+v, which reads as %+v, %v", s, r, again, err)
			}
		}
		if c, err := privacy.ParseCreditCode(s); err == nil && len(c.Code) != 18 {
			t.Errorf("%q reads as %q", s, c.Code)
		}
		for _, mask := range []func(string) string{privacy.MaskName, privacy.MaskPhone, privacy.MaskEmail, privacy.MaskAccount} {
			if shown := mask(s); len([]rune(s)) > 1 && strings.TrimSpace(s) != "" && shown == s && !strings.Contains(s, "*") {
				t.Errorf("%q is not masked", s)
			}
		}
	})
}

func FuzzOpen(f *testing.F) {
	k, err := privacy.ParseKeyring(fixed)
	if err != nil {
		f.Fatal(err)
	}
	good := envelope(f)
	f.Add(good)
	f.Add(good[:10])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		if v, err := k.Open(mobile, b); err == nil && !bytes.Equal(b, good) {
			t.Errorf("%x opens as %q", b, v)
		}
	})
}
