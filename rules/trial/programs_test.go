package trial

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"quanxiang/gov/problems"
	"quanxiang/rules/check"
	"quanxiang/rules/columns"
	"quanxiang/rules/eval"
	"quanxiang/rules/ir"
	"quanxiang/rules/madeup"
	"quanxiang/rules/syntax"
)

// author writes rule files of which every kind of amount, limit and condition is
// put together at random. They mean nothing; evaluators must agree on them.
type author struct {
	*rand.Rand
	out      strings.Builder
	benefits []string
}

func (a *author) of(list ...string) string { return list[a.IntN(len(list))] }

func (a *author) line(depth int, s string) {
	a.out.WriteString(strings.Repeat("  ", depth) + s + "\n")
}

// facts that everybody has; the widest need 128 bits in a comparison with a
// share.
const factsOfAuthors = `申报 企业
  种类 ：选项（红，黄，绿，蓝）
  开办 ：日期
  收入 ：金额 按年 范围 0元 至 500亿元
  增减 ：金额 按年 范围 -500亿元 至 500亿元
  巨额 ：金额 范围 0元 至 10000亿元
  比率 ：比例 范围 0% 至 300%
  件数 ：数量（件） 范围 0件 至 1000件
  级数 ：数量（级） 范围 0级 至 9级
  面积 ：数量（平方米） 小数 2 范围 0平方米 至 10万平方米
  在册 ：是否
  项目 ：清单 至多 10项
    名 ：文字
    类 ：选项（红，黄，绿，蓝）
    额 ：金额 范围 -1亿元 至 10亿元
    数 ：数量（个） 范围 0个 至 500个
    率 ：比例 范围 0% 至 100%
    优 ：是否
  人员 ：清单 至多 10项
    名 ：文字
    额 ：金额 范围 0元 至 10亿元
    起 ：日期
`

func (a *author) amountOf() string {
	return fmt.Sprint(1+a.IntN(99), a.of("万元", "万元", "0万元", "000元", "1分", ".5元"))
}

func (a *author) ratio() string {
	return a.of("50%", "3%", "7.25%", "100%", "33.333333%", "1:0.5", "120%")
}

// money is an amount in the facts, or in those of an entry of projects.
func (a *author) money(depth int, entry string) string {
	if depth > 2 {
		return a.of("收入", "增减", a.amountOf())
	}
	if entry != "" && a.IntN(2) == 0 {
		return entry + ".额"
	}
	switch a.IntN(9) {
	case 0:
		return "（" + a.money(depth+1, entry) + " 的 " + a.ratio() + "）"
	case 1:
		return "（" + a.money(depth+1, entry) + " + " + a.money(depth+1, entry) + "）"
	case 2:
		return "（" + a.money(depth+1, entry) + " - " + a.money(depth+1, entry) + "）"
	case 3:
		return "限额（" + a.money(depth+1, entry) + "，" + a.money(depth+1, entry) + "）"
	case 4:
		return a.of("上年 收入", "前年 增减")
	case 5:
		if entry == "" {
			return "总和（项目 作 和 当 " + a.cond(depth+1, "和") + "：和.额）"
		}
		// a list within a list
		return a.of("总和（人员 作 员 当 员.名 是 "+entry+".名：员.额）", "总和（人员 作 员：限额（员.额，"+entry+".额））", "总和（人员 作 员：员.额）")
	case 6:
		return "（收入 的 比率）"
	}
	return a.of("收入", "增减", a.amountOf())
}

func (a *author) cond(depth int, entry string) string {
	if depth < 3 {
		switch a.IntN(6) {
		case 0:
			return "（" + a.cond(depth+1, entry) + " 且 " + a.cond(depth+1, entry) + "）"
		case 1:
			return "（" + a.cond(depth+1, entry) + " 或 " + a.cond(depth+1, entry) + "）"
		case 2:
			return "非 （" + a.cond(depth+1, entry) + "）"
		}
	}
	compare := a.of("达到", "超过", "低于", "不超过")
	if entry != "" && a.IntN(2) == 0 {
		return a.of(entry+".类 是 红", entry+".优", entry+".数 "+compare+" 5个", entry+".额 "+compare+" "+a.amountOf(), entry+".类 属于 （黄，蓝）", entry+".率 "+compare+" 50%")
	}
	if entry == "" && a.IntN(6) == 0 {
		return a.of("数目（项目 作 数 当 数.优） "+compare+" 1项", "数目（项目） "+compare+" 2项")
	}
	return a.of("在册", "种类 是 红", "种类 不是 蓝", "种类 属于 （红，绿）", "级数 "+compare+" 3级", "件数 "+compare+" 20件", "面积 "+compare+" 100平方米",
		"满年（开办） "+compare+" "+a.of("3年", "5年"), "满年（开办，年初） "+compare+" 2年", "开办 早于 2010-06-01", "收入 "+compare+" "+a.amountOf(),
		"增减 "+compare+" 收入 的 "+a.ratio(), "收入 "+compare+" 上年 收入 的 110%", "巨额 "+compare+" 收入 的 比率", "收入 的 3% "+compare+" 增减 的 7% + 1万元",
		"比率 "+compare+" 80%", "数目（人员） "+compare+" 2人")
}

// limits are on the line of an amount.
func (a *author) limits(entry string) string {
	s := ""
	if a.IntN(3) == 0 {
		s += "，上限 " + a.of("收入", "增减", "收入 的 "+a.ratio(), "收入 的 比率")
	}
	if a.IntN(5) == 0 {
		s += "，当 " + a.cond(1, entry)
	}
	return s
}

// amount writes an amount and what belongs to it.
func (a *author) amount(depth, nest int, entry string) {
	rows := func(value func() string) {
		switch a.IntN(3) {
		case 0:
			a.line(depth+1, "红，绿 ："+value()+" @1")
			a.line(depth+1, "黄 且 "+a.cond(2, entry)+" ："+value()+" @1")
			a.line(depth+1, "其余 ：无")
		default:
			a.line(depth+1, "红 ："+value()+" @1")
			a.line(depth+1, "其余 ："+value()+" @1")
		}
	}
	subject := "种类"
	if entry != "" {
		subject = entry + ".类"
	}
	kind := a.IntN(12)
	if nest > 2 {
		kind = a.IntN(7)
	}
	switch kind {
	case 0:
		a.line(depth, "定额 "+a.amountOf()+a.limits(entry)+" @1")
	case 1:
		a.line(depth, "按 "+a.money(0, entry)+" 的 "+a.of(a.ratio(), "比率")+a.of("", "", "，取整 去尾 到 1元", "，取整 进一 到 1分", "，取整 四舍六入 到 1角", "，取整 四舍五入 到 100元")+a.limits(entry)+" @1")
	case 2:
		a.line(depth, "单价 "+a.amountOf()+"/件 × 件数"+a.of("", "，达到 3件", "，至多 40件")+a.limits(entry)+" @1")
	case 3:
		a.line(depth, "单价 2元/平方米·级 × 面积 × 级数"+a.limits(entry)+" @1")
	case 4:
		a.line(depth, "每满 "+a.of("30件 给 2万元 计 件数", "7件 给 1元 计 件数 超出 20件", "500万元 给 5万元 计 收入", "3万元 给 1角 计 增减 超出 10万元")+a.limits(entry)+" @1")
	case 5:
		a.line(depth, "对照 "+subject+a.limits(entry))
		rows(a.amountOf)
	case 6:
		low, middle := 1+a.IntN(50), 60+a.IntN(900)
		a.line(depth, "分档 收入"+a.limits(entry))
		a.line(depth+1, fmt.Sprintf("达到 %d万元 且 %s ：%s @1", middle, a.cond(2, entry), a.amountOf()))
		a.line(depth+1, fmt.Sprintf("达到 %d万元 低于 %d万元 ：%s @1", low, middle, a.amountOf()))
		a.line(depth+1, "其余 ："+a.of("无", a.amountOf()+" @1"))
	case 7:
		a.line(depth, "分情形"+a.limits(entry))
		a.line(depth+1, a.cond(1, entry)+" ："+a.amountOf()+" @1")
		a.line(depth+1, a.cond(1, entry)+" ："+a.amountOf()+" @1")
		a.line(depth+1, "其余 ：无")
	case 8, 9:
		a.line(depth, a.of("合计", "择优"))
		for range 1 + a.IntN(3) {
			a.amount(depth+1, nest+1, entry)
		}
	default:
		if entry != "" {
			a.line(depth, "定额 "+a.amountOf()+" @1")
			return
		}
		list, end := "逐项 项目 作 项", a.of("", "一次性 每 项.名", "扣除已领 每 项.类", "为期 2年 每 项.名", "上限 50万元 每 项.名", "上限 3万元 每 项.类 累计", "上限 20万元 每 项.名 累计 3年")
		if a.IntN(3) == 0 {
			list, end = "择优 项目 作 项 每 项."+a.of("名", "类"), a.of("", "扣除已领 每 项.名", "一次性 每 项.类")
		}
		a.line(depth, list)
		if a.IntN(2) == 0 {
			a.line(depth+1, "条件 "+a.cond(0, "项")+" @1")
		}
		a.amount(depth+1, nest+2, "项")
		if end != "" {
			a.line(depth+1, end+" @1")
		}
	}
}

func (a *author) benefit(n int) {
	name := fmt.Sprintf("支持%c", 'A'+n)
	a.line(0, "支持 "+name+" @1")
	a.line(1, "性质 性质"+name)
	if a.IntN(2) == 0 {
		a.line(1, "条件 "+a.cond(0, "")+" @1")
	}
	if n > 0 && a.IntN(5) == 0 {
		a.line(1, "条件 获得（"+a.of(a.benefits...)+"） @1")
	}
	a.amount(1, 0, "")
	for _, limit := range []string{"上限 " + a.of("收入 的 1%", "增减 + 3万元", a.amountOf()) + "，当 " + a.cond(0, ""), "上限 60万元 累计", "上限 80万元 累计 2年", "一次性", "扣除已领", "为期 3年", "分期 3期"} {
		if a.IntN(8) == 0 {
			a.line(1, limit+" @1")
		}
	}
	a.benefits = append(a.benefits, name)
}

// program writes a file: benefits, exclusions in chains, stars and rings, and
// joint limits over some of them.
func (a *author) program() string {
	a.out.Reset()
	a.benefits = nil
	a.line(0, "文件 样 “样〔2016〕1号”")
	a.line(1, "公布 2016-10-11")
	a.line(1, "施行 2016-11-01 @1")
	a.line(1, "取整 "+a.of("四舍五入 到 1分", "去尾 到 1分", "进一 到 1角", "四舍六入 到 1分", "四舍五入 到 1元"))
	a.out.WriteString(factsOfAuthors)
	for n := range 3 + a.IntN(8) {
		a.benefit(n)
	}
	for range a.IntN(6) {
		x, y := a.of(a.benefits...), a.of(a.benefits...)
		if x != y {
			a.line(0, "互斥 "+x+"，"+y+" "+a.of("取高", "取高", "取先", "自选")+" @1")
		}
	}
	if a.IntN(2) == 0 {
		a.Shuffle(len(a.benefits), func(i, j int) { a.benefits[i], a.benefits[j] = a.benefits[j], a.benefits[i] })
		a.line(0, "共同上限 "+a.of("60万元", "收入 的 3%", "增减")+" 于 "+strings.Join(a.benefits[:2+a.IntN(len(a.benefits)-1)], "，")+" @1")
	}
	return a.out.String()
}

// compiled compiles a text, nil if it is wrong.
func compiled(text string) (*ir.Program, error) {
	var list problems.List
	f := syntax.Parse("random.rule", []byte(text), &list)
	if err := list.Err(); err != nil {
		return nil, err
	}
	p, _, err := check.Compile([]*syntax.File{f}, check.When{})
	return p, err
}

// Evaluators agree on rules that nobody wrote.
func TestRandomPrograms(t *testing.T) {
	t.Parallel()
	a := &author{Rand: rand.New(rand.NewPCG(54, 1))}
	ops := map[ir.Op]int{}
	good, paying, text := 0, 0, ""
	defer func() {
		if t.Failed() {
			t.Log(text)
		}
	}()
	for n := range 200 {
		text = a.program()
		p, err := compiled(text)
		if err != nil {
			continue // limits that never bind and sums that are too large are mistakes
		}
		good++
		for i := range p.Nodes {
			ops[p.Nodes[i].Op]++
		}
		maker := madeup.New(p, 0, a.Rand)
		maker.Entries = a.IntN(7)
		var records []*eval.Facts
		for range 150 {
			records = append(records, maker.Facts())
		}
		paying += agree(t, p, columns.Want{}, records)
		agree(t, p, columns.Want{Benefits: []int32{int32(a.IntN(len(p.Benefits)))}}, records)
		if good%60 == 1 { // compiling Go takes its time
			t.Run(fmt.Sprint(n), func(t *testing.T) { asGo(t, p, records) })
		}
	}
	if good < 100 || paying < 40*good {
		t.Errorf("%d of 200 programs were right and paid %d amounts: the test tests little", good, paying)
	}
	for op := ir.Const; op <= ir.Pass; op++ {
		if ops[op] == 0 && op != ir.Amount {
			t.Errorf("no program has operation %d", op)
		}
	}
}

// asGo compares closures, columns and generated Go.
func asGo(t *testing.T, p *ir.Program, records []*eval.Facts) {
	in, out, end := generated(t, p)
	defer end()
	c, err := columns.New(columns.Want{}, p)
	if err != nil {
		t.Fatal(err)
	}
	x := &three{sha256.New(), sha256.New(), sha256.New(), 0}
	x.compare(t, p, eval.New(p), c, records, in, out)
}

// A joint limit below nothing leaves nothing to its members and nothing else: an
// exclusion between others of the group is decided as without it.
func TestJointLimitBelowNothing(t *testing.T) {
	t.Parallel()
	p, err := compiled("文件 样 “样〔2016〕1号”\n  公布 2016-10-11\n  施行 2016-11-01 @1\n" + factsOfAuthors + `
支持 甲 @1
  性质 一
  定额 3元 @1
支持 乙 @1
  性质 二
  定额 2元 @1
支持 丙 @1
  性质 三
  定额 1元 @1
互斥 甲，乙 取高 @1
互斥 甲，丙 取先 @1
共同上限 增减 于 乙，丙 @1
`)
	if err != nil {
		t.Fatal(err)
	}
	f := madeup.New(p, 0, rand.New(rand.NewPCG(1, 1))).Facts()
	f.Set(p.FieldOf(0, "", "增减"), 0, eval.Value{Low: -500, High: -500})
	for i, o := range eval.New(p).Run(f, false).Outcomes {
		if want := []int64{300, 0, 0}[i]; o.Final.Low != want || !o.Final.Known() {
			t.Errorf("%s is %v, want %d", p.Benefits[i].Key(), o.Final, want)
		}
	}
	agree(t, p, columns.Want{}, []*eval.Facts{f})
}
