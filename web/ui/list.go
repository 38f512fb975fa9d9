package ui

import (
	"net/http"
	"net/url"
	"slices"

	"quanxiang/gov"
)

// Chip is a word in a coloured frame. Tone is one of good, bad, warn, info,
// quiet; the word alone carries the meaning.
type Chip struct {
	Label string
	Tone  string
}

// Chips are chips in a row, each word once: where a state and a colour have the
// same name, it is said by the first of them.
func Chips(list ...Chip) []Chip {
	var out []Chip
	for _, c := range list {
		if !slices.ContainsFunc(out, func(o Chip) bool { return o.Label == c.Label }) {
			out = append(out, c)
		}
	}
	return out
}

// Row is one line of a list: the whole line is a link, the date stands at the
// right.
type Row struct {
	Href  string
	Title string
	Lead  string // before the title, such as the document number
	Meta  []string
	Chips []Chip
	Date  gov.Date
	Note  string // instead of or beside the date: "12 days left"
}

// Pager leads to the next piece of a list by keyset.
type Pager struct {
	Shown int
	Total int // -1 when it was not counted
	First string
	Next  string
}

// PagerOf builds the links of a list from the request that asked for it.
func PagerOf[T any](r *http.Request, l gov.List[T]) Pager {
	p := Pager{Shown: len(l.Items), Total: l.Total}
	q := r.URL.Query()
	q.Del("lang")
	if q.Get("after") != "" {
		q.Del("after")
		p.First = address(r.URL.Path, q)
	}
	if l.Next != "" {
		q.Set("after", l.Next)
		p.Next = address(r.URL.Path, q)
	}
	return p
}

func address(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// With is the address of a path with those parameters that have a value.
func With(path string, pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return address(path, q)
}
