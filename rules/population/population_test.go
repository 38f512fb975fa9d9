package population_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"strings"
	"testing"

	"quanxiang/canon"
	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/rules/columns"
	"quanxiang/rules/ir"
	"quanxiang/rules/population"
	"quanxiang/support/invent"
)

func made(t testing.TB, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := invent.Population(context.Background(), &b, invent.Options{Pack: packtest.Xicheng(t), Year: 2017, N: n, Seed: 3}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// use does everything that is done with a snapshot.
func use(data []byte, p *ir.Program) error {
	s, err := population.Open(data)
	if err != nil {
		return err
	}
	if err := s.Export(io.Discard); err != nil {
		return err
	}
	b, err := s.Bind(p, 2018, nil)
	if err != nil {
		return err
	}
	m, err := columns.New(columns.Want{Input: b.Input}, p)
	if err != nil {
		return err
	}
	for n := range s.Chunks {
		c, err := s.Chunk(n)
		if err != nil {
			return err
		}
		t, err := b.Table(c)
		if err != nil {
			return err
		}
		if err := m.Each(t, 0, t.Rows, func(*columns.Block) error { return nil }); err != nil {
			return err
		}
	}
	return nil
}

// parts takes a snapshot apart into its chunks and its index.
func parts(t testing.TB, data []byte) ([]byte, population.Index) {
	t.Helper()
	n := binary.LittleEndian.Uint64(data[len(data)-16:])
	at := len(data) - 16 - int(n)
	var x population.Index
	if err := canon.Unmarshal(data[at:len(data)-16], &x); err != nil {
		t.Fatal(err)
	}
	return bytes.Clone(data[:at]), x
}

// whole puts it together again, with digests that are right.
func whole(chunks []byte, x population.Index) []byte {
	at := int64(8)
	for i := range x.Chunks {
		if e := &x.Chunks[i]; e.Bytes >= 0 && at+e.Bytes <= int64(len(chunks)) {
			e.SHA256 = sha256.Sum256(chunks[at : at+e.Bytes])
			if at += e.Bytes; e.Words >= 0 && at+e.Words <= int64(len(chunks)) {
				e.Digest = sha256.Sum256(chunks[at : at+e.Words])
				at += e.Words
			}
		}
	}
	body := canon.Marshal(x)
	return append(binary.LittleEndian.AppendUint64(append(bytes.Clone(chunks), body...), uint64(len(body))), "QXPOPEND"...)
}

// What is not as it must be is refused with the place, whatever the digests say.
func TestRefused(t *testing.T) {
	t.Parallel()
	data, p := made(t, 40), packtest.Xicheng(t).Rules
	if err := use(data, p); err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(data)
	flipped[20] ^= 1
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"empty":   {nil, "no snapshot"},
		"another": {[]byte(strings.Repeat("{}", 40)), "no snapshot"},
		"cut":     {data[:len(data)-3], "cut off"},
		"flipped": {flipped, "digest"},
	} {
		if err := use(c.data, p); gov.CodeOf(err) != gov.Invalid || !strings.Contains(gov.TextOf(err, gov.EN), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, change := range map[string]func(x *population.Index, chunks []byte){
		"version 2":                        func(x *population.Index, _ []byte) { x.Version = 2 },
		"rows more than there are":         func(x *population.Index, _ []byte) { x.Rows++ },
		"a chunk of no rows":               func(x *population.Index, _ []byte) { x.Chunks[0].Rows = 0 },
		"a chunk longer than the file":     func(x *population.Index, _ []byte) { x.Chunks[0].Bytes += 8 },
		"a width that is none":             func(x *population.Index, _ []byte) { x.Chunks[0].Widths = "3" + x.Chunks[0].Widths[1:] },
		"entries that are not there":       func(x *population.Index, _ []byte) { x.Chunks[0].Items[0]++ },
		"exceptions beyond the rows":       func(x *population.Index, _ []byte) { x.Chunks[0].Few = append(x.Chunks[0].Few, 50) },
		"a negative number of entries":     func(x *population.Index, _ []byte) { x.Chunks[0].Items[1] = -1 },
		"a group that is none":             func(x *population.Index, _ []byte) { x.Groups[0].ID = "planet" },
		"no names of groups":               func(x *population.Index, _ []byte) { x.Groups[1].Names = x.Groups[1].Names[:1] },
		"a fact twice":                     func(x *population.Index, _ []byte) { x.Facts[1].Name = x.Facts[0].Name },
		"a type that is none":              func(x *population.Index, _ []byte) { x.Facts[0].Type = "colour" },
		"another kind of applicant":        func(x *population.Index, _ []byte) { x.Applicant = "外星人" },
		"a fact the rules read is missing": func(x *population.Index, _ []byte) { x.Facts[3].Name = "另一个" },
		"another unit":                     func(x *population.Index, _ []byte) { at(x, "发明专利").Unit = "吨" },
		"fewer choices than are used":      func(x *population.Index, _ []byte) { f := at(x, "认定"); f.Choices = f.Choices[:1] },
		"a group beyond its names":         func(_ *population.Index, chunks []byte) { chunks[8] = 200 },
	} {
		chunks, x := parts(t, data)
		change(&x, chunks)
		if err := use(whole(chunks, x), p); gov.CodeOf(err) != gov.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func at(x *population.Index, name string) *population.Fact {
	for i := range x.Facts {
		if x.Facts[i].Name == name {
			return &x.Facts[i]
		}
	}
	return nil
}

// Lines that are wrong are told by their number, applicants of whom something is
// missing are counted apart, the rest are rows.
func TestImport(t *testing.T) {
	t.Parallel()
	p := packtest.Xicheng(t).Rules
	lines := `{"code":"A","name":"甲","groups":{"street":"德胜街道","size":"小型"},"applicant":"企业","year":2017,"facts":{"成立日期":"2010-01-01","落地日期":"2010-01-01","运营起始":"2010-01-01","认定":"认定企业"},"paid":[{"year":2016,"benefit":"16号.配套资金","amount":"10万元","key":"某人"}]}
{"applicant":"企业","year":2017,"facts":{"成立日期":null,"落地日期":"2010-01-01","运营起始":"2010-01-01"}}

{"applicant":"企业","year":2017,"facts":{"成立日期":"2010-01-01","没有的事实":"1元"}}
{"applicant":"个人","year":2017}
{"applicant":"企业","year":2017,"groups":{"planet":"火星"}}
{"applicant":"企业","year":2017,"facts":{"成立日期":"2010-01-01","落地日期":"2010-01-01","运营起始":"2010-01-01","职工人数":"40人","大专以上职工":"41人"}}
`
	var out bytes.Buffer
	told := map[int]string{}
	_, x, err := population.Import(context.Background(), strings.NewReader(lines), &out, population.Statements{Program: p, Applicant: "企业", Year: 2017, Rest: true,
		Tell: func(line int, err error) { told[line] = err.Error() }})
	if err != nil || x.Rows != 1 || x.Apart != 1 || x.Wrong != 4 || len(x.Lacked) != 1 || x.Lacked[0].Fact != "成立日期" {
		t.Fatalf("%v: %d rows, %d apart, %d wrong, lacked %v", err, x.Rows, x.Apart, x.Wrong, x.Lacked)
	}
	for line, want := range map[int]string{4: "没有的事实", 5: "applicant", 6: "planet", 7: "facts.大专以上职工: the facts do not agree: 大专以上职工, 职工人数: "} {
		if !strings.Contains(told[line], want) {
			t.Errorf("line %d: %q", line, told[line])
		}
	}
	if bytes.Contains(out.Bytes(), []byte("某人")) {
		t.Error("the snapshot holds the word a payment was made for")
	}
	s, err := population.Open(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	line, err := s.Line(0)
	if err != nil || !bytes.Contains(line, []byte(`"street":"德胜街道"`)) || !bytes.Contains(line, []byte(`"paid":[{"year":2016,"benefit":"16号.配套资金","amount":"100000元","key":"#1"}]`)) {
		t.Errorf("%v: %s", err, line)
	}
	if _, err := s.Line(1); gov.CodeOf(err) != gov.NotFound {
		t.Errorf("row 2: %v", err)
	}
}

// No file makes the reader panic or read beyond its end.
func FuzzOpen(f *testing.F) {
	data, p := made(f, 3), packtest.Xicheng(f).Rules
	f.Add(data)
	f.Add(data[:100])
	f.Add([]byte("QXPOP\x00\x01\n{}\x02\x00\x00\x00\x00\x00\x00\x00QXPOPEND"))
	f.Fuzz(func(t *testing.T, data []byte) { _ = use(data, p) })
}

// Nor does one whose digests are right.
func FuzzChunk(f *testing.F) {
	data, p := made(f, 3), packtest.Xicheng(f).Rules
	chunks, _ := parts(f, data)
	for i := 8; i < len(chunks); i += 97 {
		f.Add(i, byte(255), -1, byte(0))
		f.Add(i, byte(1), i%7, byte("8adh"[i%4]))
	}
	f.Fuzz(func(t *testing.T, i int, v byte, column int, width byte) {
		chunks, x := parts(t, data)
		if i >= 8 && i < len(chunks) {
			chunks[i] = v
		}
		if e := &x.Chunks[0]; column >= 0 && column < len(e.Widths) {
			b := []byte(e.Widths)
			b[column] = width
			e.Widths = string(b)
		}
		_ = use(whole(chunks, x), p)
	})
}
