package registercmd

import (
	"cmp"
	"context"
	"errors"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/gov"
	"quanxiang/policy/register"
	"quanxiang/registers"
)

// may asks whether an entry may receive something.
func (f family) may(ctx context.Context, e *cli.Env, args []string) (err error) {
	fs := e.Flags("register may", "KEY")
	open := f.open(e, fs)
	var q registers.Question
	fs.StringVar(&q.Register, "register", "market", gov.Text{ZH: "名录编号", EN: "id of the register"}.In(e.Lang))
	fs.StringVar(&q.Receive, "receive", "", gov.Text{ZH: "拟办理的事项，如 support", EN: "what is to be received, such as support"}.In(e.Lang))
	fs.StringVar(&q.Purpose, "purpose", "", gov.Text{ZH: "查阅用途，如 support", EN: "for what it is asked, such as support"}.In(e.Lang))
	fs.StringVar(&q.Note, "note", "", gov.Text{ZH: "具体事项，如申报编号", EN: "more exactly: the number of an application"}.In(e.Lang))
	unit := fs.String("unit", "", gov.Text{ZH: "为哪个单位查询", EN: "the unit it is asked for"}.In(e.Lang))
	on := fs.String("on", "", gov.Text{ZH: "查询日期，不写为今天", EN: "the day it is asked for, today without it"}.In(e.Lang))
	format := cli.FormatFlag(e, fs)
	rest, err := cli.ParseExactly(fs, args, 1)
	if err != nil {
		return err
	}
	if err := errors.Join(cli.BadFormat(e, *format), cli.Needed(fs, "receive", "purpose", "unit")); err != nil {
		return err
	}
	if q.Key = rest[0]; *on != "" {
		if q.On, err = gov.ParseDate(*on); err != nil {
			return err
		}
	}
	d, err := open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	c, err := d.Registers.May(ctx, registers.Asker{Actor: d.By.Actor(), Unit: *unit}, q)
	if err != nil {
		return err
	}
	if err := d.Sequence(ctx); err != nil {
		return err
	}
	if *format == "json" {
		return cli.PrintJSON(e.Stdout, c)
	}
	words := map[register.Effect]gov.Text{
		register.Clear: {ZH: "未发现限制", EN: "nothing stands against it"}, register.Heed: {ZH: "从严审查", EN: "look closely"}, register.Refuse: {ZH: "不予办理", EN: "refuse"}}
	e.Say("%[1]s %[2]s %[3]s：%[4]s", "%[1]s %[2]s on %[3]s: %[5]s", c.Key, c.Name, c.On, words[c.Answer.Effect].ZH, words[c.Answer.Effect].EN)
	for _, x := range c.Answer.Reasons {
		ends := gov.Text{ZH: "持续", EN: "no end"}
		if !x.Until.IsZero() {
			ends = gov.Text{ZH: "至 " + x.Until.String(), EN: "until " + x.Until.String()}
		}
		e.Say("  %[1]s（%[3]s）%[4]s，%[5]s", "  %[2]s (%[3]s) %[4]s, %[6]s", x.Name.ZH, x.Name.In(gov.EN), x.Basis, cmp.Or(x.Ref, x.Class), ends.ZH, ends.EN)
	}
	return nil
}
