package webtest

import (
	"context"
	"quanxiang/gov"
	"quanxiang/library"
	"quanxiang/library/fulltext"
	"slices"
)

type memory struct {
	heads    map[string]library.Document
	versions []library.Version
	links    map[string][]library.Link
	items    map[string][]library.Item
	passages map[string][]library.Passage
	events   []library.Event
}

func newMemory() *memory {
	return &memory{heads: map[string]library.Document{}, links: map[string][]library.Link{}, items: map[string][]library.Item{}, passages: map[string][]library.Passage{}}
}
func (m *memory) Update(ctx context.Context, fn func(context.Context, library.Tx) error) error {
	return fn(ctx, m)
}
func (m *memory) Heads(context.Context) ([]library.Document, error) {
	var l []library.Document
	for _, d := range m.heads {
		l = append(l, d)
	}
	return l, nil
}
func (m *memory) Head(_ context.Context, slug string) (*library.Document, error) {
	d, ok := m.heads[slug]
	if !ok {
		return nil, gov.Errorf(gov.NotFound, "没有文件“%s”。", "There is no document %q.", slug)
	}
	return &d, nil
}
func (m *memory) Versions(_ context.Context, slug string) ([]library.Version, error) {
	var l []library.Version
	for _, v := range m.versions {
		if v.Slug == slug {
			v.Content = nil
			l = append(l, v)
		}
	}
	slices.Reverse(l)
	return l, nil
}
func (m *memory) Version(_ context.Context, slug string, n int) (*library.Version, error) {
	for _, v := range m.versions {
		if v.Slug == slug && v.Version == n {
			return &v, nil
		}
	}
	return nil, gov.Errorf(gov.NotFound, "没有这个版本", "no such version")
}
func (m *memory) Links(_ context.Context, slug string) ([]library.Link, error) {
	var l []library.Link
	for _, ls := range m.links {
		for _, x := range ls {
			if x.From == slug || x.To == slug {
				l = append(l, x)
			}
		}
	}
	return l, nil
}
func (m *memory) Items(_ context.Context, unit string) ([]library.Item, error) {
	var l []library.Item
	for _, is := range m.items {
		for _, it := range is {
			var ps []library.Party
			for _, p := range it.Parties {
				if p.Unit == unit {
					ps = append(ps, p)
				}
			}
			if ps != nil {
				it.Parties = ps
				l = append(l, it)
			}
		}
	}
	return l, nil
}
func (m *memory) Match(_ context.Context, q fulltext.Query, heads bool) ([]library.Key, error) {
	var l []library.Key
	for _, ps := range m.passages {
		for _, p := range ps {
			s := p.Head + "\n" + p.Body
			if heads {
				s = p.Head
			}
			if _, all := q.Find(fulltext.Normalise(s).Runes); all {
				l = append(l, p.Key)
			}
		}
	}
	return l, nil
}
func (m *memory) Passages(_ context.Context, keys []library.Key) ([]library.Passage, error) {
	var l []library.Passage
	for _, ps := range m.passages {
		for _, p := range ps {
			if slices.Contains(keys, p.Key) {
				l = append(l, p)
			}
		}
	}
	return l, nil
}
func (m *memory) NextOrdinal(context.Context) (int, error) { return len(m.heads) + 1, nil }
func (m *memory) SaveHead(_ context.Context, d *library.Document) error {
	m.heads[d.Slug] = *d
	return nil
}
func (m *memory) SaveVersion(_ context.Context, v *library.Version) error {
	m.versions = append(m.versions, *v)
	return nil
}
func (m *memory) Replace(_ context.Context, d *library.Document, links []library.Link, items []library.Item, passages []library.Passage) error {
	m.links[d.Slug], m.items[d.Slug], m.passages[d.Slug] = links, items, passages
	return nil
}
func (m *memory) Record(_ context.Context, _ gov.Actor, e library.Event) error {
	m.events = append(m.events, e)
	return nil
}
