package roster

import (
	"slices"
	"strings"
	"unicode/utf8"

	"quanxiang/gazette/paper"
)

// Resolver knows the units of a district and finds them in print.
type Resolver struct {
	names   map[string]string // normalised spelling -> canonical name
	streets map[string]string // short name of a street office -> canonical name
	last    map[rune]bool     // characters with which spellings end
	short   map[string]string // spelling without its last character -> canonical name, "" for several
	reach   map[string]int    // runes of the longest spelling by its first two characters
	longest int               // runes of the longest spelling
}

// New is a resolver that knows these units.
func New(units []Unit) *Resolver {
	r := &Resolver{names: map[string]string{}, streets: map[string]string{}, short: map[string]string{}, reach: map[string]int{}, last: map[rune]bool{}}
	for _, u := range units {
		for _, name := range append([]string{u.Name}, u.Aliases...) {
			key := unitKey(name)
			if _, taken := r.names[key]; taken && key != unitKey(u.Name) {
				continue // a canonical name wins over another unit's alias
			}
			r.names[key] = u.Name
			c, _ := utf8.DecodeLastRuneInString(key)
			r.last[c] = true
			n := utf8.RuneCountInString(key)
			r.longest = max(r.longest, n)
			r.reach[firstTwo(key)] = max(r.reach[firstTwo(key)], n)
			if !u.Group && IsStreetName(u.Name) {
				r.streets[streetShort(key)] = u.Name
			}
		}
	}
	for key, name := range r.names {
		for _, end := range []string{"局", "委", "办", "会", "院", "所", "队", "部"} {
			if t, ok := strings.CutSuffix(key, end); ok {
				if known, taken := r.short[t]; taken && known != name {
					name = ""
				}
				r.short[t] = name
			}
		}
	}
	return r
}

// named finds the unit with a spelling.
func (r *Resolver) named(s string) (name string, ok bool) {
	if name, ok = r.names[s]; ok {
		return name, ok
	}
	if paper.HasBlank(s) || halfBracket(s) {
		name, ok = r.names[unitKey(s)]
	}
	return name, ok
}

// unitKey is the form in which spellings are compared: no blanks, full-width
// brackets.
func unitKey(s string) string {
	s = paper.Squeeze(s)
	if halfBracket(s) {
		s = strings.ReplaceAll(strings.ReplaceAll(s, "(", "（"), ")", "）")
	}
	return s
}

// firstTwo is the first two characters of s.
func firstTwo(s string) string {
	_, n := utf8.DecodeRuneInString(s)
	_, m := utf8.DecodeRuneInString(s[n:])
	return s[:n+m]
}

func halfBracket(s string) bool {
	return strings.IndexByte(s, '(') >= 0 || strings.IndexByte(s, ')') >= 0
}

// IsStreetName reports whether a name is that of a street office, a town or a
// township: what a district is divided into.
func IsStreetName(s string) bool {
	for _, end := range []string{"街道", "街道办事处", "街道办", "镇", "乡"} {
		if strings.HasSuffix(s, end) {
			return true
		}
	}
	return false
}

// streetShort is the name of a street office without its kind: 什刹海.
func streetShort(s string) string {
	for _, end := range []string{"街道办事处", "街道办", "街道"} {
		if t, ok := strings.CutSuffix(s, end); ok {
			return t
		}
	}
	return s
}

// IsSeparator tells the marks that part the names of a list. 及 and 和 part them
// too, but only where a unit stands beside them (see split).
func IsSeparator(c rune) bool {
	switch c {
	case '、', '，', ',', '；', ';', '。':
		return true
	}
	return false
}

// List reads a printed list of units. Glue is what stands between the names,
// so that names, scopes and glue together are the print again.
func (r *Resolver) List(printed string) (refs []UnitRef, glue string) {
	s := paper.Squeeze(printed)
	from, depth := 0, 0
	add := func(piece string) {
		if piece == "" {
			return
		}
		got, more := r.piece(piece)
		refs, glue = append(refs, got...), glue+more
	}
	for i, c := range s {
		switch {
		case c == '（' || c == '(':
			depth++
		case c == '）' || c == ')':
			depth = max(0, depth-1)
		case depth == 0 && IsSeparator(c):
			add(s[from:i])
			glue += string(c)
			from = i + utf8.RuneLen(c)
		}
	}
	add(s[from:])
	return refs, glue
}

// LongestPiece is how many bytes between two separators may be a unit, or a few
// printed without a separator. It bounds the work on text that is no list.
const LongestPiece = 600

// piece reads what stands between two separators: as a rule one unit.
func (r *Resolver) piece(s string) (refs []UnitRef, glue string) {
	if len(s) > LongestPiece {
		return []UnitRef{{Name: s, Unresolved: true}}, ""
	}
	if ref, ok := r.one(s); ok {
		return []UnitRef{ref.UnitRef}, ref.glue
	}
	if left, rest, ok := cutEtc(s); ok { // 区财政局等; 西城国土分局等监管部门
		if ref, ok := r.one(left); ok {
			if rest == "" && ref.Scope != "" {
				return []UnitRef{ref.UnitRef}, ref.glue + "等"
			}
			if rest == "" {
				ref.Raw = s
				return []UnitRef{ref.UnitRef}, ""
			}
			more, g := r.piece(rest)
			return append([]UnitRef{ref.UnitRef}, more...), ref.glue + "等" + g
		}
	}
	for _, and := range []string{"及", "以及", "和", "与"} {
		if refs, glue, ok := r.split(s, and); ok {
			return refs, glue
		}
	}
	if refs, glue, ok := r.run(s); ok {
		return refs, glue
	}
	return []UnitRef{{Name: s, Unresolved: true}}, ""
}

// cutEtc parts "A等B" at a 等 that closes a list rather than being part of a name.
func cutEtc(s string) (left, rest string, ok bool) {
	i := strings.Index(s, "等")
	if i <= 0 {
		return "", "", false
	}
	return s[:i], s[i+len("等"):], true
}

// split parts a piece at a conjunction if a known unit stands on one side.
// 及 joins nothing but names in such lists, so there it always parts.
func (r *Resolver) split(s, and string) ([]UnitRef, string, bool) {
	for from := 0; ; {
		i := strings.Index(s[from:], and)
		if i < 0 {
			return nil, "", false
		}
		i += from
		left, right := s[:i], s[i+len(and):]
		from = i + len(and)
		if left == "" || right == "" {
			continue
		}
		a, leftKnown := r.one(left)
		_, rightKnown := r.one(right)
		if !leftKnown && !rightKnown && and != "及" {
			continue
		}
		refs, glue := []UnitRef{a.UnitRef}, a.glue
		if !leftKnown {
			refs, glue = r.piece(left)
		}
		more, g := r.piece(right)
		return append(refs, more...), glue + and + g, true
	}
}

// run reads units printed one after the other without a separator, as happens
// where a line ends after a name: 区财政局/区卫生计生委.
func (r *Resolver) run(s string) (refs []UnitRef, glue string, ok bool) {
	for s != "" {
		ref, size := r.prefix(s)
		if size == 0 {
			return nil, "", false
		}
		refs, glue, s = append(refs, ref.UnitRef), glue+ref.glue, s[size:]
	}
	return refs, glue, true
}

// prefix finds the longest unit at the front of s, with a parenthesis that
// belongs to it.
func (r *Resolver) prefix(s string) (ref printedUnit, size int) {
	longest := r.reach[firstTwo(s)]
	if paper.HasBlank(s) || halfBracket(s) {
		longest = r.longest
	}
	for n, i := 0, 0; i < len(s) && n < longest; n++ {
		_, width := utf8.DecodeRuneInString(s[i:])
		i += width
		if _, ok := r.named(s[:i]); ok {
			size = i
		}
	}
	if size == 0 {
		return printedUnit{}, 0
	}
	if rest := s[size:]; strings.HasPrefix(rest, "（") || strings.HasPrefix(rest, "(") {
		if end := strings.IndexAny(rest, "）)"); end > 0 {
			_, n := utf8.DecodeRuneInString(rest[end:])
			size += end + n
		}
	}
	ref, ok := r.one(s[:size])
	if !ok {
		return printedUnit{}, 0
	}
	return ref, size
}

// printedUnit is a unit with the characters of the print that are in none of
// its fields: the brackets round a scope.
type printedUnit struct {
	UnitRef
	glue string
}

// one reads a piece that is exactly one unit: its name, its name with a
// co-name or a scope in brackets, or its name short of the last character.
func (r *Resolver) one(s string) (printedUnit, bool) {
	if name, ok := r.named(s); ok {
		return printedUnit{UnitRef: refTo(name, s)}, true
	}
	if base, inner, brackets, ok := cutBracket(s); ok {
		name, known := r.named(base)
		if !known {
			return printedUnit{}, false
		}
		if r.isUnit(inner) {
			return printedUnit{UnitRef: UnitRef{Name: name, Raw: s}}, true
		}
		ref := refTo(name, base)
		ref.Scope = inner
		return printedUnit{ref, brackets}, true
	}
	return r.clipped(s)
}

func refTo(name, printed string) UnitRef {
	ref := UnitRef{Name: name}
	if printed != name {
		ref.Raw = printed
	}
	return ref
}

// isUnit tells a co-name from a scope.
func (r *Resolver) isUnit(s string) bool {
	if _, ok := r.named(s); ok {
		return true
	}
	for _, end := range []string{"局", "办", "委", "中心", "指挥部", "办公室"} {
		if strings.HasSuffix(s, end) {
			return true
		}
	}
	return false
}

// clipped accepts a name that lost its last character in print (区财政 for
// 区财政局) if only one unit can be meant.
func (r *Resolver) clipped(s string) (printedUnit, bool) {
	if utf8.RuneCountInString(s) < 3 {
		return printedUnit{}, false
	}
	found := r.short[unitKey(s)]
	return printedUnit{UnitRef: UnitRef{Name: found, Raw: s}}, found != ""
}

// cutBracket parts "A（B）" into A, B and the two brackets.
func cutBracket(s string) (base, inner, brackets string, ok bool) {
	if !strings.HasSuffix(s, "）") && !strings.HasSuffix(s, ")") {
		return "", "", "", false
	}
	open := strings.IndexAny(s, "（(")
	if open <= 0 {
		return "", "", "", false
	}
	_, n := utf8.DecodeRuneInString(s[open:])
	last, m := utf8.DecodeLastRuneInString(s)
	inner = s[open+n : len(s)-m]
	if inner == "" || strings.ContainsAny(inner, "（(）)") {
		return "", "", "", false
	}
	return s[:open], inner, s[open:open+n] + string(last), true
}

// street finds the street office a short printed form means: 展览路街道,
// 展览路, 广外; "" if there is none. 展览路北, a part of a street's area, counts
// as the street.
func (r *Resolver) street(s string) string {
	short := streetShort(unitKey(s))
	if name, ok := r.streets[short]; ok {
		return name
	}
	for _, side := range []string{"东", "西", "南", "北", "中"} {
		if t, ok := strings.CutSuffix(short, side); ok {
			return r.streets[t]
		}
	}
	return ""
}

// StreetsIn is the street offices a word names: as a rule one, several where a
// line break took the place of the separator.
func (r *Resolver) StreetsIn(s string) []string {
	if name := r.street(s); name != "" {
		return []string{name}
	}
	var names []string
	for rest := s; rest != ""; {
		i := strings.Index(rest, "街道")
		if i < 0 {
			return nil
		}
		name := r.street(rest[:i])
		if name == "" {
			return nil
		}
		names, rest = append(names, name), rest[i+len("街道"):]
	}
	return names
}

// Fit is how well a text reads as a list of units: the number of characters
// in no unit, with one for every name clipped or not parted from the one
// before, and the number of units known. Generic names (各…, …单位, …部门) are
// neither.
type Fit struct{ Bad, Known int }

// Fits remembers how pieces read: the same words come up in many readings of a
// row.
type Fits map[string]Fit

// Fit reads a text as a list of units and stops when it is as bad as the limit.
func (r *Resolver) Fit(s string, limit int, seen Fits) (f Fit) {
	from, depth := 0, 0
	add := func(piece string) {
		if piece == "" {
			return
		}
		if len(piece) > 3*max(2*r.longest, 40) {
			f.Bad += len(piece) / 3 // too long for any unit
			return
		}
		p, ok := seen[piece]
		if !ok {
			p = r.fitPiece(piece)
			seen[piece] = p
		}
		f.Bad, f.Known = f.Bad+p.Bad, f.Known+p.Known
	}
	for i, c := range s {
		switch {
		case c == '（' || c == '(':
			depth++
		case c == '）' || c == ')':
			depth = max(0, depth-1)
		case depth == 0 && IsSeparator(c):
			add(s[from:i])
			from = i + utf8.RuneLen(c)
			if f.Bad >= limit {
				return f
			}
		}
	}
	add(s[from:])
	return f
}

func (r *Resolver) fitPiece(s string) (f Fit) {
	if utf8.RuneCountInString(s) > max(2*r.longest, 40) {
		return Fit{Bad: utf8.RuneCountInString(s)}
	}
	refs, glue := r.piece(s)
	if missing := len(refs) - 1 - utf8.RuneCountInString(glue); missing > 0 {
		f.Bad += missing
	}
	for _, ref := range refs {
		switch {
		case !ref.Unresolved:
			f.Known++
			if ref.Raw != "" && len(ref.Raw) < len(ref.Name) && !r.Listed(ref.Raw) {
				f.Bad++
			}
		case !genericUnit(ref.Name):
			f.Bad += utf8.RuneCountInString(ref.Name)
		}
	}
	return f
}

// Listed reports whether a spelling is in the lexicon.
func (r *Resolver) Listed(s string) bool {
	_, ok := r.named(s)
	return ok
}

// MayClose is a quick test whether a text can end with a unit.
func (r *Resolver) MayClose(s string) bool {
	c, _ := utf8.DecodeLastRuneInString(s)
	return r.last[c] || strings.ContainsRune("）)、", c)
}

// genericUnit recognises words that stand for units without naming one.
func genericUnit(s string) bool {
	for _, end := range []string{"单位", "部门", "街道", "办事处", "委办局", "机构", "大厅", "小组", "成员", "领导小组", "街道办", "社区"} {
		if strings.HasSuffix(s, end) {
			return true
		}
	}
	return false
}

// StreetList is the street offices that a cell names, by canonical name, each
// once. Words that name none stay as printed; "/" is none.
func (r *Resolver) StreetList(text string) []string {
	out := []string{}
	add := func(s string) {
		if s != "" && s != "/" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	for _, w := range strings.FieldsFunc(text, IsSeparator) {
		if i := strings.Index(w, "等"); i > 0 {
			w = w[:i] // 展览路、天桥等街道
		}
		if names := r.StreetsIn(w); names != nil {
			for _, name := range names {
				add(name)
			}
		} else if name, ok := r.named(w); ok {
			add(name)
		} else {
			add(w)
		}
	}
	return out
}
