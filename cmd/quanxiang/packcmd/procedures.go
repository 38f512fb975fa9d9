package packcmd

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/policy/procedure"
	"quanxiang/policy/procedure/diagram"
	"quanxiang/policy/source"
	"quanxiang/web/api"
)

// limitOf is the limit of a clock in words.
func limitOf(k procedure.Clock, l gov.Lang) string {
	switch {
	case k.Until != "":
		return gov.Textf("至“%s”", "until %s", k.Until).In(l)
	case k.Limit.N > 0:
		return k.Limit.Text().In(l)
	}
	list := make([]string, len(k.Limits))
	for i, c := range k.Limits {
		if list[i] = c.Limit.Text().In(l); c.When != "" {
			list[i] += " (" + c.When + ")"
		}
	}
	return strings.Join(list, "; ")
}

// showProcedure prints one procedure in the words of the pack, or its picture.
func showProcedure(e *cli.Env, pack *policy.Pack, id, format string, svg bool) error {
	p, ok := pack.Procedure(id)
	if !ok {
		ids := make([]string, len(pack.Procedures))
		for i, p := range pack.Procedures {
			ids[i] = p.ID
		}
		guess := source.Suggest(id, ids)
		if guess == "" {
			return gov.Errorf(gov.NotFound, "政策包没有程序“%s”。", "The pack has no procedure %q.", id)
		}
		return gov.Errorf(gov.NotFound, "政策包没有程序“%[1]s”（是不是“%[2]s”？）。", "The pack has no procedure %[1]q (did you mean %[2]q?).", id, guess)
	}
	if svg {
		_, err := e.Stdout.Write(diagram.SVG(p, diagram.Options{Lang: e.Lang, Alone: true}))
		return err
	}
	if format == "json" {
		return cli.PrintJSON(e.Stdout, api.ProcedureOf(p))
	}
	s := shower{p: p, lang: e.Lang, w: tabwriter.NewWriter(e.Stdout, 0, 0, 2, ' ', 0)}
	s.show()
	if err := s.w.Flush(); err != nil {
		return fmt.Errorf("print procedure: %w", err)
	}
	return nil
}

// shower prints a procedure as tables.
type shower struct {
	p    *procedure.Procedure
	lang gov.Lang
	w    *tabwriter.Writer
}

func (s shower) row(cells ...string) {
	fmt.Fprintln(s.w, strings.TrimRight(strings.Join(cells, "\t"), "\t"))
}

func (s shower) head(zh, en string) { s.row(); s.row("[" + gov.Text{ZH: zh, EN: en}.In(s.lang) + "]") }

func (s shower) show() {
	p := s.p
	s.row(p.ID, p.Title.In(s.lang), p.Cite)
	s.head("字段", "fields")
	for i := range p.Fields {
		f := &p.Fields[i]
		open := f.Level().Name().In(s.lang)
		if len(f.Named) > 0 {
			open = s.parties(f.Named)
		}
		if len(f.Once) > 0 {
			open = gov.Textf("%[1]s（到过“%[2]s”之后）", "%[1]s (once it was %[3]s)", open, s.states(f.Once), s.states(f.Once)).In(s.lang)
		}
		if f.Sealed {
			open = gov.Textf("密封，启封后%s", "sealed, then %s", open).In(s.lang)
		}
		s.row(f.ID, string(f.Type), f.Label.In(s.lang), open)
	}
	s.head("关系人", "parties")
	for _, x := range p.Parties {
		s.row(x.ID, x.Name.In(s.lang), x.Who.String())
	}
	s.head("动作", "actions")
	for i := range p.Actions {
		s.action(&p.Actions[i])
	}
	if len(p.Clocks) > 0 {
		s.head("时钟", "clocks")
	}
	for _, k := range p.Clocks {
		line := []string{k.ID, k.Name.In(s.lang), limitOf(k, s.lang),
			gov.Textf("从“%[1]s”到“%[2]s”", "from %[1]s to %[2]s", s.marks(k.From), s.marks(k.To)).In(s.lang)}
		if len(k.Pause) > 0 {
			line = append(line, gov.Textf("“%s”时暂停", "paused in %s", s.states(k.Pause)).In(s.lang))
		}
		s.row(line...)
	}
}

// action prints who does what, where it leads, and under which conditions.
func (s shower) action(a *procedure.Action) {
	to := gov.Text{ZH: "（不变）", EN: "(stays)"}.In(s.lang)
	if a.To != "" {
		to = s.states([]string{a.To})
	}
	who := s.parties(a.Who())
	if a.Auto != nil || who == "" {
		who = strings.Trim(who+"、"+gov.Text{ZH: "系统", EN: "the system"}.In(s.lang), "、")
	}
	if len(a.Approve) > 0 {
		who += gov.Textf("，须经%s同意", ", with the consent of %s", s.parties(a.Approve)).In(s.lang)
	}
	if a.Together != nil {
		who += gov.Textf("，其中 %d 人同做", ", %d of them together", a.Together.Need).In(s.lang)
	}
	s.row(a.ID, a.Name.In(s.lang), s.states(a.At)+" → "+to, who)
	for _, w := range a.When {
		s.row("", "", gov.Textf("否则：%s", "else: %s", w.Why.In(s.lang)).In(s.lang))
	}
}

func (s shower) parties(ids []string) string {
	return s.names(ids, func(id string) string {
		x, _ := s.p.Party(id)
		return x.Name.In(s.lang)
	})
}

func (s shower) states(ids []string) string {
	return s.names(ids, func(id string) string {
		if x, ok := s.p.State(id); ok {
			return x.Name.In(s.lang)
		}
		return gov.Text{ZH: "开始", EN: "beginning"}.In(s.lang)
	})
}

// marks names actions and states.
func (s shower) marks(ids []string) string {
	return s.names(ids, func(id string) string {
		if a, ok := s.p.Action(id); ok {
			return a.Name.In(s.lang)
		}
		return s.states([]string{id})
	})
}

func (s shower) names(ids []string, name func(string) string) string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = name(id)
	}
	return strings.Join(list, gov.Text{ZH: "、", EN: ", "}.In(s.lang))
}
