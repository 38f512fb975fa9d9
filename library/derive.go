package library

import (
	"cmp"
	"strconv"
	"strings"

	"quanxiang/gazette"
	"quanxiang/library/fulltext"
	"quanxiang/policy"
)

// links are the references of a document: what it repeals and then what else it
// cites, each target once.
func (l *Library) links(slug string, d *gazette.Document) []Link {
	var list []Link
	seen := map[string]bool{slug: true}
	add := func(rel Relation, refs []gazette.Reference) {
		for _, r := range refs {
			link := Link{From: slug, Seq: len(list), Relation: rel, Number: r.Number, Title: r.Title, Line: r.Line}
			key := r.Title
			if r.Number != "" {
				link.To = SlugOf(&l.pack.Gazette, r.Number, r.Title)
				key = link.To
			}
			if key == "" || seen[key] {
				continue
			}
			seen[key] = true
			list = append(list, link)
		}
	}
	add(Repeals, d.Repeals)
	add(Cites, d.Cites)
	return list
}

// items are the tasks, indicators and projects of a document with the parts
// units have in them.
func (l *Library) items(slug string, d *gazette.Document) []Item {
	var list []Item
	anchors := map[string]int{}
	anchor := func(scope Scope, no string, seq int) string {
		a := scope.String() + "-" + strings.ReplaceAll(cmp.Or(no, strconv.Itoa(seq+1)), " ", "")
		anchors[a]++
		if n := anchors[a]; n > 1 {
			a += "_" + strconv.Itoa(n)
		}
		return a
	}
	for i, t := range d.Tasks {
		it := Item{Slug: slug, Scope: TaskScope, Seq: i, Anchor: anchor(TaskScope, t.No, i), No: t.No, Section: t.Section, Text: t.Text}
		if t.Due != nil {
			it.Start, it.End, it.Due = t.Due.Start, t.Due.End, t.Due.Text
		}
		it.Parties = l.parties(it.Parties, Lead, t.Lead)
		it.Parties = l.parties(it.Parties, Support, t.Support)
		it.Parties = l.parties(it.Parties, Responsible, t.Units)
		list = append(list, it)
	}
	for i, n := range d.Indicators {
		list = append(list, Item{
			Slug: slug, Scope: IndicatorScope, Seq: i, Anchor: anchor(IndicatorScope, n.No, i), No: n.No, Section: n.Goal, Text: n.Name,
			Parties: l.parties(nil, Responsible, n.Units),
		})
	}
	for i, p := range d.Projects {
		list = append(list, Item{
			Slug: slug, Scope: ProjectScope, Seq: i, Anchor: anchor(ProjectScope, p.No, i), No: p.No, Section: p.Category, Text: p.Name, Due: p.Expected,
			Parties: l.streets(p.Streets),
		})
	}
	return list
}

func (l *Library) parties(list []Party, role Role, refs []gazette.UnitRef) []Party {
	for _, r := range refs {
		p := Party{Role: role, Name: r.Name, Raw: r.Raw, Scope: r.Scope}
		if u, ok := l.pack.FindUnit(r.Name); ok && !r.Unresolved {
			p.Unit = u.ID
		}
		list = append(list, p)
	}
	return list
}

// streets makes the street offices of a project responsible for it, by the
// name of the street.
func (l *Library) streets(names []string) []Party {
	var list []Party
	for _, n := range names {
		for _, spelling := range []string{n, n + "街道", n + "街道办事处"} {
			if u, ok := l.pack.FindUnit(spelling); ok {
				list = append(list, Party{Role: Responsible, Unit: u.ID, Name: u.Name.ZH, Raw: n})
				break
			}
		}
	}
	return list
}

// Bounds of a passage. PostgreSQL keeps at most 256 positions of one term in a
// text, and positions up to 16,383; a phrase beyond them would not be found.
const (
	maxPassage = 2000 // characters
	maxRepeats = 250  // of one term
)

// passages are the rows of the search index for a document.
func passages(head *Document, d *gazette.Document, parts []Part, items []Item) []Passage {
	var list []Passage
	add := func(scope Scope, seq int, anchor, title string, paragraphs []string) {
		for part, body := range chunks(paragraphs) {
			list = append(list, Passage{
				Key:  Key{Ordinal: head.Ordinal, Scope: scope, Seq: min(seq, MaxSeq), Part: min(part, MaxPart)},
				Slug: head.Slug, Anchor: anchor, Head: title, Body: body,
			})
		}
	}

	titles := append([]string{head.Number, head.Title}, d.AltTitles...)
	for _, in := range d.Instruments {
		titles = append(titles, in.Title)
	}
	facts := append([]string{d.Kind}, d.Issuers...)
	if d.Approval != nil {
		facts = append(facts, d.Approval.Body, d.Approval.Meeting)
	}
	add(DocumentScope, 0, "", lines(titles), append(facts, d.Interpreter))

	told := map[string]bool{} // printed text that an item repeats in full
	for _, it := range items {
		text := itemText(d, it)
		for _, p := range text {
			told[fulltext.Normalise(p).String()] = true
		}
		add(it.Scope, it.Seq, it.Anchor, "", text)
	}
	seq := 0
	for _, p := range parts {
		var own []string // paragraphs of the part before its first heading
		for i := range p.Elements {
			if e := &p.Elements[i]; e.Type == ParagraphElement {
				own = append(own, elementText(e, told)...)
			}
		}
		if p.Kind == AttachmentPart || p.Kind == InstrumentPart || len(own) > 0 {
			title := ""
			if p.Kind == AttachmentPart || p.Kind == InstrumentPart {
				title = lines([]string{p.Number, p.Title})
			}
			add(NodeScope, seq, p.ID, title, own)
			seq++
		}
		Walk(p.Elements, 0, func(e *Element, _ int) {
			if e.Type == ParagraphElement || e.Type == PointElement || e.Type == SubpointElement {
				return // told with the node above
			}
			var body []string
			for i := range e.Children {
				if c := &e.Children[i]; c.Type == ParagraphElement {
					body = append(body, elementText(c, told)...)
				}
			}
			add(NodeScope, seq, e.ID, strings.TrimSpace(e.Number+" "+e.Heading), body)
			seq++
		})
	}
	return list
}

// stubPassages make a document that is known by name findable by it.
func stubPassages(head *Document) []Passage {
	return []Passage{{Key: Key{Ordinal: head.Ordinal}, Slug: head.Slug, Head: lines([]string{head.Number, head.Title})}}
}

// elementText is the text of a paragraph and of its points, without what an
// item of the document tells in the same words.
func elementText(e *Element, told map[string]bool) []string {
	var list []string
	if t := e.Number + e.Text; t != "" && !told[fulltext.Normalise(e.Text).String()] {
		list = append(list, t)
	}
	for i := range e.Children {
		list = append(list, elementText(&e.Children[i], told)...)
	}
	return list
}

// itemText is what of an item can be searched: its text, then the units and
// deadlines as printed.
func itemText(d *gazette.Document, it Item) []string {
	list := []string{it.Text}
	switch it.Scope {
	case TaskScope:
		t := d.Tasks[it.Seq]
		list = append(list, it.No, t.Section)
		for _, ld := range t.Leaders {
			list = append(list, ld.Post+ld.Name)
		}
		list = append(list, t.Locations...)
		for _, r := range t.Recurrence {
			list = append(list, r.Text)
		}
	case IndicatorScope:
		n := d.Indicators[it.Seq]
		list = append(list, it.No, n.Goal, n.Unit, n.Baseline, n.Target, n.Definition, n.Comparison)
	case ProjectScope:
		p := d.Projects[it.Seq]
		list = append(list, it.No, p.Category, p.Type, p.Place, p.Scale, p.Investment, p.Start, p.Expected, p.Source)
	}
	list = append(list, it.Due)
	for _, p := range it.Parties {
		list = append(list, p.Name+p.Scope)
		if p.Raw != "" && p.Raw != p.Name {
			list = append(list, p.Raw)
		}
	}
	return list
}

// lines joins what is not empty, one to a line.
func lines(list []string) string {
	var kept []string
	for _, s := range list {
		if s != "" {
			kept = append(kept, s)
		}
	}
	return strings.Join(kept, "\n")
}

// chunks joins paragraphs into bodies that keep within the bounds of a passage.
// It cuts between paragraphs; a paragraph too long for one passage is cut after
// a sentence, or after any character when there is none in sight.
func chunks(paragraphs []string) []string {
	var list []string
	var body []string
	size := 0
	count := map[string]int{}
	flush := func() {
		list = append(list, strings.Join(body, "\n"))
		body, size = nil, 0
		clear(count)
	}
	for _, p := range paragraphs {
		for _, piece := range pieces(p) {
			text := fulltext.Normalise(piece).Runes
			if len(text) == 0 {
				continue
			}
			terms := fulltext.Terms(text)
			full := size+len(text) > maxPassage
			for _, t := range terms {
				count[t]++
				full = full || count[t] > maxRepeats
			}
			if full && len(body) > 0 {
				flush()
				for _, t := range terms {
					count[t]++
				}
			}
			body = append(body, piece)
			size += len(text)
		}
	}
	if len(body) > 0 || len(list) == 0 {
		flush()
	}
	return list
}

// pieces cuts a paragraph that is too long for a passage.
func pieces(p string) []string {
	runes := []rune(p)
	var list []string
	for len(runes) > 0 {
		n := len(runes)
		if !fits(runes) {
			n = min(n, maxRepeats) // no term can repeat more often than there are characters
			for k := n; k > n/2; k-- {
				if strings.ContainsRune("。；！？", runes[k-1]) {
					n = k
					break
				}
			}
		}
		list = append(list, string(runes[:n]))
		runes = runes[n:]
	}
	return list
}

func fits(runes []rune) bool {
	if len(runes) <= maxRepeats {
		return true
	}
	text := fulltext.Normalise(string(runes)).Runes
	if len(text) > maxPassage {
		return false
	}
	count := map[string]int{}
	for _, t := range fulltext.Terms(text) {
		if count[t]++; count[t] > maxRepeats {
			return false
		}
	}
	return true
}

// spellings returns the search synonyms the pack's units give: who asks for a
// unit by one of its names finds it under all of them.
func spellings(pack *policy.Pack) func(word string) []string {
	return func(word string) []string {
		var list []string
		for _, name := range []string{word, "区" + word} {
			if u, ok := pack.FindUnit(name); ok {
				list = append(list, u.Name.ZH, u.Full.ZH)
				list = append(list, u.Aliases...)
			}
		}
		return list
	}
}
