package gogen

import (
	"encoding/binary"

	"quanxiang/rules/eval"
)

// Record appends facts, all of them known, as a program of Source reads them.
// Ten million of them are compared before a release, and as JSON most of the time
// went into reading them.
func Record(b []byte, f *eval.Facts) []byte {
	number := func(n int) { b = binary.AppendVarint(b, int64(n)) }
	values := func(list []eval.Value) {
		number(len(list))
		for _, v := range list {
			b = binary.AppendVarint(b, v.Low)
		}
	}
	text := func(s string) {
		number(len(s))
		b = append(b, s...)
	}
	number(int(f.Input))
	number(f.Year)
	values(f.Slots)
	number(len(f.Lists))
	for i := range f.Lists {
		l := &f.Lists[i]
		number(l.Len)
		number(len(l.Columns))
		for _, c := range l.Columns {
			values(c)
		}
	}
	number(len(f.Texts))
	for _, s := range f.Texts {
		text(s)
	}
	number(len(f.Paid))
	for _, p := range f.Paid {
		number(p.Year)
		number(int(p.Benefit))
		text(p.Key)
		b = binary.AppendVarint(b, p.Amount)
	}
	return b
}
