package library

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"

	"quanxiang/gov"
	"quanxiang/library/fulltext"
)

// Query is a search. Zero fields do not restrict it.
type Query struct {
	Words    string // all must be found in one passage; units under any of their names
	Document string // slug: in this document alone
	Series   string
	Year     int
	Kind     string
	Status   Status
	Unit     string   // id: items in which the unit has a part, and the documents they stand in
	Scope    string   // name of a Scope, or "" for all
	AsOf     gov.Date // for Status and the order of hits; zero is today

	// PerDocument is how many hits of one document are listed before the rest
	// is only counted: 0 is three, or all when Document is set; -1 is all.
	PerDocument int
}

// Hit is one search result: the title of a document, a node of it or an item.
type Hit struct {
	Document Summary
	Scope    Scope
	Anchor   string // on the document's page; "" for the document itself
	Title    []Mark // of the document
	Heading  []Mark // of the node; an item's text
	Snippet  []Mark // text around the hit
	More     int    // on the last listed hit of a document: how many more it has
}

// Mark is a run of text, hit or not.
type Mark struct {
	Text string
	Hit  bool
}

// perDocument is how many hits of a document are listed when the query does
// not say.
const perDocument = 3

// worstClass is the class of a hit in running text.
const worstClass = 3

// candidate is a hit before its text is fetched.
type candidate struct {
	key   Key
	doc   *Summary
	place int // of the document in the order of lists; even, so that a cursor fits between
	class int // 0 title, 1 heading, 2 item, worstClass text
	best  int // lowest class among the hits of its document
	more  int
}

// Search finds passages. Documents are ordered by their best hit (title before
// heading before task before running text), those in force before the others,
// then the last signed first; the hits of a document stand together, in the
// same order of kinds and then as they are read. Total counts every hit. Without
// words it lists the documents that pass the filters.
func (l *Library) Search(ctx context.Context, q Query, page gov.Page) (gov.List[Hit], error) {
	var none gov.List[Hit]
	if q.Scope != "" {
		if _, err := ParseScope(q.Scope); err != nil {
			return none, err
		}
	}
	words := fulltext.Parse(q.Words, spellings(l.pack))
	docs, err := l.summaries(ctx, Filter{
		Series: q.Series, Year: q.Year, Kind: q.Kind, Status: q.Status, Unit: q.Unit, AsOf: q.AsOf, Stubs: len(words) > 0,
	})
	if err != nil {
		return none, err
	}
	found, err := l.candidates(ctx, q, words, docs)
	if err != nil {
		return none, err
	}
	listed := order(found, q)
	cut := pageAfter(listed, docs, page)
	cut.Total = len(found)
	hits, err := l.hits(ctx, words, cut.Items)
	return gov.List[Hit]{Items: hits, Next: cut.Next, Total: cut.Total}, err
}

// candidates are the hits that pass the query's filters, one for each node or
// item, by document and then as they are read.
func (l *Library) candidates(ctx context.Context, q Query, words fulltext.Query, docs []Summary) ([]candidate, error) {
	at := make(map[int]int, len(docs)) // index in docs by ordinal
	for i := range docs {
		if q.Document == "" || docs[i].Slug == q.Document {
			at[docs[i].Ordinal] = i
		}
	}
	if len(words) == 0 {
		var list []candidate
		for n, i := range at {
			list = append(list, candidate{key: Key{Ordinal: n}, doc: &docs[i], place: 2 * i})
		}
		return list, nil
	}
	var own map[Key]bool
	if q.Unit != "" {
		own = map[Key]bool{}
		for _, id := range l.standsFor(q.Unit) {
			items, err := l.store.Items(ctx, id)
			if err != nil {
				return nil, err
			}
			slugs := map[string]int{}
			for i := range docs {
				slugs[docs[i].Slug] = docs[i].Ordinal
			}
			for _, it := range items {
				own[Key{Ordinal: slugs[it.Slug], Scope: it.Scope, Seq: it.Seq}] = true
			}
		}
	}
	all, err := l.store.Match(ctx, words, false)
	if err != nil {
		return nil, err
	}
	heads, err := l.store.Match(ctx, words, true)
	if err != nil {
		return nil, err
	}
	// Sorted, the passages of a node or item are neighbours, of which the first
	// stands for it, and those of a document are too. A common word is found in
	// tens of thousands, so what follows looks at each once.
	slices.SortFunc(all, compareKeys)
	slices.SortFunc(heads, compareKeys)
	list := make([]candidate, 0, len(all))
	last := Key{Ordinal: -1}
	i, known := 0, false // the document of last
	for _, k := range all {
		whole := k.whole()
		if whole == last {
			continue
		}
		if k.Ordinal != last.Ordinal {
			i, known = at[k.Ordinal]
		}
		last = whole
		if !known || q.Scope != "" && k.Scope.String() != q.Scope ||
			own != nil && k.Scope >= TaskScope && !own[whole] {
			continue
		}
		for len(heads) > 0 && compareKeys(heads[0].whole(), whole) < 0 {
			heads = heads[1:]
		}
		c := candidate{key: k, doc: &docs[i], place: 2 * i, class: worstClass}
		switch {
		case k.Scope >= TaskScope:
			c.class = 2
		case len(heads) > 0 && heads[0].whole() == whole:
			c.class = int(k.Scope)
		}
		list = append(list, c)
	}
	return list, nil
}

// whole is the first passage of the node or item of k.
func (k Key) whole() Key {
	k.Part = 0
	return k
}

func compareKeys(a, b Key) int {
	switch {
	case a.Ordinal != b.Ordinal:
		return a.Ordinal - b.Ordinal
	case a.Scope != b.Scope:
		return int(a.Scope - b.Scope)
	case a.Seq != b.Seq:
		return a.Seq - b.Seq
	}
	return a.Part - b.Part
}

// order sorts candidates that come by document and then by key, as candidates
// returns them. It keeps the hits of a document together and lists as many of
// each as the query wants.
func order(found []candidate, q Query) []candidate {
	limit := q.PerDocument
	if limit == 0 && q.Document == "" {
		limit = perDocument
	}
	if limit <= 0 {
		limit = len(found)
	}
	var groups [][]candidate // one for each document
	for i := 0; i < len(found); {
		j, best := i, found[i].class
		for j < len(found) && found[j].doc == found[i].doc {
			best = min(best, found[j].class)
			j++
		}
		found[i].best = best
		groups = append(groups, found[i:j])
		i = j
	}
	slices.SortFunc(groups, func(a, b []candidate) int { return compareDocuments(&a[0], &b[0]) })
	var list []candidate
	for _, g := range groups {
		best, n := g[0].best, 0
		for class := best; class <= worstClass && n < limit; class++ {
			for _, c := range g {
				if c.class != class || n == limit {
					continue
				}
				c.best = best
				list = append(list, c)
				n++
			}
		}
		list[len(list)-1].more = len(g) - n
	}
	return list
}

// compareDocuments orders candidates of different documents.
func compareDocuments(a, b *candidate) int {
	return cmp.Or(a.best-b.best, force(a.doc)-force(b.doc), a.place-b.place)
}

func compareCandidates(a, b *candidate) int {
	return cmp.Or(compareDocuments(a, b), a.class-b.class, compareKeys(a.key, b.key))
}

// force orders documents by what a reader wants first.
func force(s *Summary) int {
	switch s.State.Status {
	case InForce:
		return 0
	case NotYet:
		return 1
	case UnknownStatus:
		return 3
	}
	return 2
}

// cursor is the place of a candidate in the order of the list.
func (c *candidate) cursor() string {
	return fmt.Sprintf("%d.%d.%s.%d.%d.%d", c.best, force(c.doc), c.doc.listKey(), c.class, c.key.Scope, c.key.Seq)
}

// pageAfter cuts a page out of ordered candidates. A cursor names the place of
// the last hit shown, so the next page begins behind it even if that hit is gone.
func pageAfter(all []candidate, docs []Summary, page gov.Page) gov.List[candidate] {
	start := 0
	if page.After != "" {
		var last candidate
		last.doc = &Summary{}
		var status int
		var key string
		if _, err := fmt.Sscanf(strings.ReplaceAll(page.After, ".", " "), "%d %d %s %d %d %d",
			&last.best, &status, &key, &last.class, &last.key.Scope, &last.key.Seq); err == nil {
			i := sort.Search(len(docs), func(i int) bool { return docs[i].listKey() <= key })
			last.place = 2*i - 1 // where the document stood, if it is gone
			if i < len(docs) && docs[i].listKey() == key {
				last.place, last.key.Ordinal = 2*i, docs[i].Ordinal
			}
			last.key.Part = MaxPart
			last.doc.State.Status = []Status{InForce, NotYet, Repealed, UnknownStatus}[min(max(status, 0), 3)]
			start = sort.Search(len(all), func(i int) bool { return compareCandidates(&all[i], &last) > 0 })
		}
	}
	end := min(start+pageSize(page), len(all))
	list := gov.List[candidate]{Items: all[start:end]}
	if end > start && end < len(all) {
		list.Next = all[end-1].cursor()
	}
	return list
}

// hits fetches the text of candidates and marks what was found. A passage that
// changed since it was matched is left out.
func (l *Library) hits(ctx context.Context, words fulltext.Query, list []candidate) ([]Hit, error) {
	keys := make([]Key, len(list))
	for i, c := range list {
		keys[i] = c.key
	}
	texts := map[Key]Passage{}
	if len(words) > 0 {
		found, err := l.store.Passages(ctx, keys)
		if err != nil {
			return nil, err
		}
		for _, p := range found {
			texts[p.Key] = p
		}
	}
	hits := make([]Hit, 0, len(list))
	for _, c := range list {
		h := Hit{Document: *c.doc, Scope: c.key.Scope, More: c.more, Title: mark(c.doc.Title, words)}
		if len(words) > 0 {
			p, ok := texts[c.key]
			if _, all := words.Find(fulltext.Normalise(p.Head + "\n" + p.Body).Runes); !ok || !all {
				continue
			}
			h.Anchor = p.Anchor
			switch text, facts, _ := strings.Cut(p.Body, "\n"); {
			case c.key.Scope >= TaskScope && c.key.Part == 0:
				// An item is headed by its text; what else is known of it is shown
				// only when something was found there.
				h.Heading, h.Snippet = snippet(text, words), found(snippet(facts, words))
			case c.key.Scope != DocumentScope:
				h.Heading, h.Snippet = mark(strings.ReplaceAll(p.Head, "\n", " "), words), snippet(p.Body, words)
			default:
				h.Snippet = snippet(p.Body, words)
			}
		}
		hits = append(hits, h)
	}
	return hits, nil
}

// found is the text if there is a hit in it.
func found(text []Mark) []Mark {
	if slices.ContainsFunc(text, func(m Mark) bool { return m.Hit }) {
		return text
	}
	return nil
}

// mark cuts a short text into hits and what lies between.
func mark(s string, words fulltext.Query) []Mark {
	text := fulltext.Normalise(s)
	found, _ := words.Find(text.Runes)
	return marks(s, text, found, 0, len(s))
}

// Lengths of a snippet in characters.
const (
	snippetLength = 90
	snippetLead   = 20 // shown before the first hit
)

// snippet is the stretch of a text with the most hits.
func snippet(s string, words fulltext.Query) []Mark {
	text := fulltext.Normalise(s)
	found, _ := words.Find(text.Runes)
	n := len(text.Runes)
	if n == 0 {
		return nil
	}
	first, most := 0, 0
	for i, r := range found {
		k := 0
		for _, o := range found[i:] {
			if o.J <= r.I+snippetLength-snippetLead {
				k++
			}
		}
		if k > most {
			first, most = max(0, r.I-snippetLead), k
		}
	}
	end := min(n, first+snippetLength)
	for _, r := range found {
		if r.I < end && r.J > end {
			end = r.J // a hit is never cut
		}
	}
	from, until := text.Print(first, end)
	list := marks(s, text, found, from, until)
	if first > 0 {
		list = append([]Mark{{Text: "…"}}, list...)
	}
	if end < n {
		list = append(list, Mark{Text: "…"})
	}
	return list
}

// marks cuts the bytes from..until of a text at its hits. Line breaks become
// blanks.
func marks(s string, text fulltext.Text, found []fulltext.Range, from, until int) []Mark {
	var list []Mark
	add := func(part string, hit bool) {
		if part != "" {
			list = append(list, Mark{strings.ReplaceAll(part, "\n", " "), hit})
		}
	}
	for _, r := range found {
		a, b := text.Print(r.I, r.J)
		if a < from || b > until {
			continue
		}
		add(s[from:a], false)
		add(s[a:b], true)
		from = b
	}
	add(s[from:until], false)
	return list
}
