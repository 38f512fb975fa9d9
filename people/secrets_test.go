package people

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"quanxiang/gov"
)

// cheap keeps the tests quick; the format is the same.
var cheap = Cost{Memory: 64, Passes: 1, Threads: 1}

// The test values of RFC 6238, appendix B, cut to six digits.
func TestTOTPVectors(t *testing.T) {
	t.Parallel()
	secret := []byte("12345678901234567890")
	for at, want := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		if got := totpAt(secret, at/30); got != want {
			t.Errorf("at %d: %s, want %s", at, got, want)
		}
	}
	for _, tt := range []struct {
		code string
		at   int64
		ok   bool
	}{
		{"287082", 59, true}, {" 287 082 ", 59, true}, {"287082", 89, true}, {"287082", 29, true}, {"287082", 119, false}, {"", 59, false}, {"94287082", 59, false},
	} {
		step, ok := matchTOTP(secret, tt.code, time.Unix(tt.at, 0))
		if ok != tt.ok || ok && step != 1 {
			t.Errorf("matchTOTP(%q) at %d = %d, %v, want %v", tt.code, tt.at, step, ok, tt.ok)
		}
	}
	e := newEnrolment(secret, "全响应 西城", "li.ming")
	if e.Secret != "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" || !strings.HasPrefix(e.URI, "otpauth://totp/%E5%85%A8") || strings.Contains(e.URI, "+") || !strings.Contains(e.URI, "secret="+e.Secret) {
		t.Errorf("%+v", e)
	}
}

func TestHasher(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h := NewHasher(cheap)
	hash, err := h.Hash(ctx, "e\u0301t\u00e9 à la mer")
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Fatalf("Hash = %s, %v", hash, err)
	}
	for password, want := range map[string]bool{"\u00e9te\u0301 à la mer": true, "été à la mer ": false, "": false} {
		if ok, err := h.Check(ctx, password, hash); ok != want || err != nil {
			t.Errorf("Check(%q) = %v, %v, want %v", password, ok, err, want)
		}
	}
	if again, _ := h.Hash(ctx, "x"); again == hash {
		t.Error("two hashes share a salt")
	}
	for _, password := range []string{"", "\x00"} {
		if ok, err := h.Check(ctx, password, ""); ok || err != nil {
			t.Errorf("nobody's hash fits %q: %v, %v", password, ok, err)
		}
	}
	if h.Outdated(hash) || !NewHasher(Cost{Memory: 128, Passes: 1, Threads: 1}).Outdated(hash) {
		t.Error("Outdated is true of another cost, and of nothing else")
	}
	// The reference implementation's test value for version 0x13.
	const reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if ok, err := h.Check(ctx, "password", reference); !ok || err != nil {
		t.Errorf("the reference hash: %v, %v", ok, err)
	}
	done, cancel := context.WithCancel(ctx)
	cancel()
	for range cap(h.turns) {
		h.turns <- struct{}{}
	}
	if _, err := h.Check(done, "x", hash); !errors.Is(err, context.Canceled) {
		t.Errorf("waiting past the end of the request: %v", err)
	}
}

func FuzzParsePHC(f *testing.F) {
	for _, s := range []string{
		"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=4294967295,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=65536,t=0,p=0$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$AAAA", "$", "",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, salt, sum, err := parsePHC(s)
		if err != nil {
			return
		}
		if c.Memory > maxMemory || c.Passes > maxPasses || c.Threads > maxThreads || c.Threads == 0 || c.Passes == 0 {
			t.Errorf("%q asks for %+v", s, c)
		}
		if back := phc(c, salt, sum); back != s {
			t.Errorf("%q writes back as %q", s, back)
		}
	})
}

func TestCheckPassword(t *testing.T) {
	t.Parallel()
	names := []string{"li.xiaoming", "李小明", "xm2016", "13812345678", "lixm@example.cn"}
	for _, good := range []string{
		"correct horse battery", "湖边第七棵柳树朝南开花了吗", "vQ8#kz0!pTr2", "mei tian zou lu shang ban", "Tr0ub4dor&3-zebra",
	} {
		if err := CheckPassword(good, names...); err != nil {
			t.Errorf("%q is refused: %v", good, err)
		}
	}
	for bad, want := range map[string]string{
		"short":                     "12 characters",
		"elevenchars":               "12 characters",
		"十一个字的密码不够长啊":               "12 characters",
		strings.Repeat("ab1c", 33):  "at most",
		"bad\x00characters":         "typed",
		"bad\xff\xffcharacters":     "typed",
		"Password2024!":             "too common",
		"P@ssw0rd1234":              "too common",
		"qwertyuiop[]":              "too common",
		"1qaz2wsx3edc":              "too common",
		"123456789012":              "too common",
		"aaaaaaaaaaaaaaa":           "too common",
		"abcabcabcabcabc":           "too common",
		"xkxkxkxkxkxkxk":            "too common",
		"Xicheng@2016gov":           "too common",
		"quanxiangying888":          "too common",
		"woaini5201314":             "too common",
		"西城区政府办公室2016北京":            "too common",
		"lixiaoming2016":            "login or the name",
		"Li.Xiaoming.123456":        "login or the name",
		"李小明李小明李小明123":              "login or the name",
		"13812345678abc":            "login or the name",
		"ｐａｓｓｗｏｒｄ２０２４":              "too common",
		"\u0130stanbul1234password": "",
	} {
		err := CheckPassword(bad, names...)
		if want == "" {
			continue // only must not panic
		}
		if gov.CodeOf(err) != gov.Invalid || !strings.Contains(gov.TextOf(err, gov.EN), want) {
			t.Errorf("%q: %v, want %q", bad, err, want)
		}
	}
}

func TestGuard(t *testing.T) {
	t.Parallel()
	now := time.UnixMilli(1_474_000_000_000)
	var g Guard
	want := []time.Duration{0, 0, 0, 0, 30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, longestWait, longestWait}
	for i, w := range want {
		g = g.Failed(now)
		if got := g.Wait(now, freeTries); got != w {
			t.Errorf("after %d failures the wait is %v, want %v", i+1, got, w)
		}
	}
	for range 1000 {
		g = g.Failed(now)
	}
	if got := g.Wait(now, freeTries); got != longestWait {
		t.Errorf("after a thousand failures the wait is %v: an official would be locked out", got)
	}
	if got := g.Wait(now.Add(longestWait), freeTries); got != 0 {
		t.Errorf("past the wait there is still %v", got)
	}
	if got := g.Wait(now.Add(-time.Hour), freeTries); got != longestWait {
		t.Errorf("a clock put back makes the wait %v", got)
	}
	if g := g.Failed(now.Add(ForgetAfter)); g.Failures != 1 {
		t.Errorf("a day later there are still %d failures", g.Failures)
	}
}

func TestPeriods(t *testing.T) {
	t.Parallel()
	d := func(day int) gov.Date { return gov.Date{Year: 2016, Month: 9, Day: day} }
	var open gov.Date
	for _, tt := range []struct {
		p, q  Period
		meets bool
	}{
		{Period{d(1), d(5)}, Period{d(5), d(9)}, false},
		{Period{d(1), d(5)}, Period{d(4), d(9)}, true},
		{Period{d(1), open}, Period{d(9), open}, true},
		{Period{d(1), open}, Period{d(1), d(2)}, true},
		{Period{d(3), open}, Period{d(1), d(3)}, false},
		{Period{d(3), d(3)}, Period{d(1), d(9)}, false}, // ended before it began
	} {
		if tt.p.Meets(tt.q) != tt.meets || tt.q.Meets(tt.p) != tt.meets {
			t.Errorf("%v and %v meet: want %v", tt.p, tt.q, tt.meets)
		}
	}
	for _, bad := range []Period{{}, {open, d(2)}, {d(2), d(2)}, {d(2), d(1)}, {d(31), open}, {d(2), gov.Date{Year: 2016, Month: 9, Day: 31}}} {
		if gov.CodeOf(bad.Check()) != gov.Invalid {
			t.Errorf("%v passes", bad)
		}
	}
}
