package work

import (
	"strings"
	"unicode/utf8"

	"quanxiang/gazette/paper"
	"quanxiang/gazette/roster"
)

// labelKind is the field that a label introduces.
type labelKind int

const (
	leaderLabel labelKind = iota + 1
	leadLabel
	supportLabel
	unitsLabel
	dueLabel
	locationLabel
)

// label is a label as printed, with its colon.
type label struct {
	kind    labelKind
	printed string
}

// eachLabel calls f for every label wording of the lexicon until it returns false.
func (r *Reader) eachLabel(f func(labelKind, string) bool) {
	l := &r.labels
	for i, words := range [][]string{l.Leader, l.Lead, l.Support, l.Units, l.Due, l.Location} {
		for _, w := range words {
			if w != "" && !f(leaderLabel+labelKind(i), w) {
				return
			}
		}
	}
}

// cutLabel reads the label at the front of a paragraph, the longest that fits.
func (r *Reader) cutLabel(s string) (l label, rest string) {
	size := 0
	r.eachLabel(func(k labelKind, w string) bool {
		if len(w) > size && strings.HasPrefix(s, w) {
			for _, colon := range []string{"：", ":"} {
				if strings.HasPrefix(s[len(w):], colon) {
					size = len(w)
					l = label{k, w + colon}
					rest = s[len(w)+len(colon):]
				}
			}
		}
		return true
	})
	return l, rest
}

// nextLabel finds the first label inside s, what follows it and where it is.
func (r *Reader) nextLabel(s string) (l label, rest string, at int) {
	at = len(s)
	r.eachLabel(func(_ labelKind, w string) bool {
		for from := 0; ; {
			i := strings.Index(s[from:], w)
			if i < 0 || from+i > at {
				return true
			}
			if found, after := r.cutLabel(s[from+i:]); found.kind != 0 && (from+i < at || len(found.printed) > len(l.printed)) {
				l, rest, at = found, after, from+i
				return true
			}
			from += i + len(w)
		}
	})
	return l, rest, at
}

// duty is a list of units with what they have to do.
type duty struct {
	kind  labelKind
	units []roster.UnitRef
}

// dutyBracket is a pair of brackets that assigns units.
type dutyBracket struct {
	end    int // offset after it
	duties []duty
}

// dutyBrackets finds the brackets in a text that assign units:
// （区商务委、区科信委负责落实）.
func (r *Reader) dutyBrackets(s string) []dutyBracket {
	var out []dutyBracket
	open := -1
	for i, c := range s {
		switch c {
		case '（', '(':
			open = i
		case '）', ')':
			if open < 0 {
				continue
			}
			inner := s[open+utf8.RuneLen(paper.FirstOf(s[open:])) : i]
			if duties := r.dutiesIn(inner, strings.TrimRight(s[:open], " ")); len(duties) > 0 {
				end := i + utf8.RuneLen(c)
				for strings.HasPrefix(s[end:], "。") || strings.HasPrefix(s[end:], "；") {
					end += len("。")
				}
				out = append(out, dutyBracket{end, duties})
			}
			open = -1
		}
	}
	return out
}

// dutiesIn reads what stands between such brackets. Clauses end with a word for
// the duty; without one the brackets must follow a whole sentence and hold
// nothing but units.
func (r *Reader) dutiesIn(s, before string) []duty {
	var out []duty
	clause := ""
	if len(s) > roster.LongestPiece*4 {
		return nil
	}
	for _, part := range strings.Split(s, "，") {
		if clause != "" {
			clause += "，"
		}
		clause += part
		names, kind := r.cutDuty(clause)
		if kind == 0 {
			continue
		}
		units, _ := r.units.List(names)
		if fit := r.units.Fit(names, len(names), roster.Fits{}); fit.Known == 0 && fit.Bad > 0 || len(units) == 0 {
			return nil
		}
		out, clause = append(out, duty{kind, units}), ""
	}
	if clause == "" {
		return out
	}
	if fit := r.units.Fit(clause, 1, roster.Fits{}); fit.Bad == 0 && fit.Known > 0 && len(out) == 0 && paper.EndsWith(before, "。；") {
		units, _ := r.units.List(clause)
		return []duty{{unitsLabel, units}}
	}
	return nil
}

// cutDuty cuts the word for a duty off a clause.
func (r *Reader) cutDuty(s string) (names string, kind labelKind) {
	best := ""
	for i, words := range [][]string{r.duties.Lead, r.duties.Support, r.duties.Units} {
		for _, w := range words {
			if len(w) > len(best) && strings.HasSuffix(s, w) {
				best, kind = w, leadLabel+labelKind(i)
			}
		}
	}
	return strings.TrimSuffix(s, best), kind
}
