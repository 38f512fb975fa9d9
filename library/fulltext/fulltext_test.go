package fulltext

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNormalise(t *testing.T) {
	t.Parallel()
	tests := []struct{ why, in, want string }{
		{"blanks the PDF put inside Chinese", "有效期 5 年，百 万 庄", "有效期5年,百万庄"},
		{"blanks between Latin words part them", "GB/T  9704 format", "gb/t 9704 format"},
		{"no-break and ideographic blanks", "西城\u00a0区\u3000政府", "西城区政府"},
		{"full width and case", "ＷｉＦｉ ＰＭ２．５", "wifi pm2.5"},
		{"every bracket of a document number", "西政发[2016]8号 ﹝2016﹞8 【2016】8 (2016)8 （2016）8", "西政发〔2016〕8号〔2016〕8〔2016〕8〔2016〕8〔2016〕8"},
		{"round brackets elsewhere stay", "计划（2016年）", "计划(2016年)"},
		{"dashes and quotes", "“十三五”2016——2020 ----", "\"十三五\"2016-2020-"},
		{"paragraphs stay apart", "停车\n车场", "停车\n车场"},
		{"zero-width characters vanish", "停\u200b车\ufeff场", "停车场"},
	}
	for _, tt := range tests {
		if got := Normalise(tt.in).String(); got != tt.want {
			t.Errorf("%s: Normalise(%q) = %q, want %q", tt.why, tt.in, got, tt.want)
		}
	}
}

func TestPrintGivesBackTheOriginal(t *testing.T) {
	t.Parallel()
	const print = "加强 停 车 管理，实现ＷｉＦｉ覆盖"
	text := Normalise(print)
	for _, tt := range []struct{ word, want string }{
		{"停车管理", "停 车 管理"}, {"wifi", "ＷｉＦｉ"}, {"，", "，"},
	} {
		p, _ := NewPhrase(tt.word)
		found := p.Find(text.Runes)
		if len(found) != 1 {
			t.Fatalf("%q found %d times", tt.word, len(found))
		}
		from, until := text.Print(found[0].I, found[0].J)
		if got := print[from:until]; got != tt.want {
			t.Errorf("print of %q = %q, want %q", tt.word, got, tt.want)
		}
	}
}

func TestTerms(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text  string
		terms string
		query string // terms as a query word, "*" after an open end
	}{
		{"停车场", "停车 车场 场", "停车 车场"},
		{"停", "停", "停*"},
		{"2020年", "2020 年", "2020 年*"},
		{"pm2.5", "pm 2 0x2e 5", "pm 2 0x2e 5"},
		{"wifi", "wifi", "wifi*"},
		{"规定,办", "规定 定 0x2c 办", "规定 定 0x2c 办*"},
		{"路\U00030edd", "路 0x30edd", "路 0x30edd"}, // Extension G: see TestLateCharacters
	}
	for _, tt := range tests {
		if got := strings.Join(Terms([]rune(tt.text)), " "); got != tt.terms {
			t.Errorf("Terms(%q) = %q, want %q", tt.text, got, tt.terms)
		}
		p, _ := NewPhrase(tt.text)
		got := strings.Join(p.Terms, " ")
		if p.Prefix {
			got += "*"
		}
		if got != tt.query {
			t.Errorf("query terms of %q = %q, want %q", tt.text, got, tt.query)
		}
	}
}

// Han characters of later Unicode versions are unknown to the databases'
// tokenizers; they must still be found, alone and inside a word.
func TestLateCharacters(t *testing.T) {
	t.Parallel()
	text := Normalise("李\U00030edd路停车").Runes // Extension G
	for _, w := range []string{"\U00030edd", "李\U00030edd", "\U00030edd路", "李\U00030edd路停"} {
		p, ok := NewPhrase(w)
		if !ok || !phraseMatch(Terms(text), p) {
			t.Errorf("%q not found through terms %q", w, p.Terms)
		}
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		why, in string
		want    []string
	}{
		{"words parted by blanks", " 停车  绿化 ", []string{"停车", "绿化"}},
		{"a number is one word in any bracket", "西政发 [2016] 8 号 停车", []string{"西政发〔2016〕8号", "停车"}},
		{"round full-width brackets", "西政发（2016）8号", []string{"西政发〔2016〕8号"}},
		{"quotes keep blanks", `"GB 32100" 代码`, []string{"gb 32100", "代码"}},
		{"the same word twice is one", "停车 停车", []string{"停车"}},
		{"nothing to search", " \u200b ", nil},
	}
	for _, tt := range tests {
		var got []string
		for _, w := range Parse(tt.in, nil) {
			got = append(got, string(w[0].Runes))
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%s: Parse(%q) (-want +got):\n%s", tt.why, tt.in, d)
		}
	}
	if n := len(Parse(strings.Repeat("甲乙 ", 5000), nil)); n != 1 {
		t.Errorf("a long query has %d words", n)
	}
}

func TestParseSpellings(t *testing.T) {
	t.Parallel()
	q := Parse("区发改委 停车", func(w string) []string {
		if w == "区发改委" {
			return []string{"区发展改革委", "区发改委"}
		}
		return nil
	})
	found, all := q.Find(Normalise("由区发展改革委牵头治理停车").Runes)
	if want := []Range{{1, 7}, {11, 13}}; !all || !slices.Equal(found, want) {
		t.Errorf("Find = %v, %v; want %v", found, all, want)
	}
}

func TestFindKeepsNumbersWhole(t *testing.T) {
	t.Parallel()
	tests := []struct {
		word, text string
		want       bool
	}{
		{"500件", "4500件", false},
		{"500件", "完成500件", true},
		{"20", "2016年", false},
		{"fi", "wifi", false},
		{"wi", "wifi", true},
		{"2020年", "到2020年底", true},
		{"停车车场", "停车,车场", false},
	}
	for _, tt := range tests {
		p, _ := NewPhrase(tt.word)
		text := Normalise(tt.text).Runes
		if got := len(p.Find(text)) > 0; got != tt.want {
			t.Errorf("%q in %q: %v, want %v", tt.word, tt.text, got, tt.want)
		}
		if got := phraseMatch(Terms(text), p); got != tt.want {
			t.Errorf("%q in %q through terms: %v, want %v", tt.word, tt.text, got, tt.want)
		}
	}
}

// phraseMatch is what a database does with a phrase of terms.
func phraseMatch(terms []string, p Phrase) bool {
	n := len(p.Terms)
	for i := 0; n > 0 && i+n <= len(terms); i++ {
		hit := slices.Equal(terms[i:i+n-1], p.Terms[:n-1])
		last := terms[i+n-1]
		if hit && (last == p.Terms[n-1] || p.Prefix && strings.HasPrefix(last, p.Terms[n-1])) {
			return true
		}
	}
	return false
}

// FuzzTermsFindWhatReadingFinds is the claim of the package: a phrase of terms
// and a look at the text agree, for any word and for any piece of the text.
func FuzzTermsFindWhatReadingFinds(f *testing.F) {
	f.Add("到2020年，PM2.5下降 30%以上\n停车、绿化", "2020年", uint8(3), uint8(4))
	f.Add("停车,车场", "停车车场", uint8(1), uint8(3))
	f.Add("甲𫝆乙 a1b2 é", "é", uint8(0), uint8(2))
	f.Add("西政发〔2016〕8 号", "发(2016)8号", uint8(2), uint8(9))
	f.Add("x0x2cx , 0x2c", "0x2c", uint8(1), uint8(3))
	f.Fuzz(func(t *testing.T, print, word string, at, length uint8) {
		text := Normalise(print).Runes
		terms := Terms(text)
		words := []string{word}
		if n := len(text); n > 0 {
			i := int(at) % n
			words = append(words, string(text[i:min(n, i+int(length))]))
		}
		for _, w := range words {
			p, ok := NewPhrase(w)
			if !ok {
				continue
			}
			read := len(p.Find(text)) > 0
			if got := phraseMatch(terms, p); got != read {
				t.Errorf("%q in %q: terms %q find %v in %q, reading finds %v", w, print, p.Terms, got, terms, read)
			}
		}
	})
}
