package passwords

import (
	"context"
	"errors"
	"strings"
	"testing"

	"quanxiang/gov"
)

// cheap keeps the tests quick; the format is the same.
var cheap = Cost{Memory: 64, Passes: 1, Threads: 1}

func TestHasher(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	h := New(cheap)
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
	if h.Outdated(hash) || !New(Cost{Memory: 128, Passes: 1, Threads: 1}).Outdated(hash) {
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

func TestCheck(t *testing.T) {
	t.Parallel()
	names := []string{"li.xiaoming", "李小明", "xm2016", "13812345678", "lixm@example.cn"}
	for _, good := range []string{
		"correct horse battery", "湖边第七棵柳树朝南开花了吗", "vQ8#kz0!pTr2", "mei tian zou lu shang ban", "Tr0ub4dor&3-zebra",
	} {
		if err := Check(good, names...); err != nil {
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
		err := Check(bad, names...)
		if want == "" {
			continue // only must not panic
		}
		if gov.CodeOf(err) != gov.Invalid || !strings.Contains(gov.TextOf(err, gov.EN), want) {
			t.Errorf("%q: %v, want %q", bad, err, want)
		}
	}
}
