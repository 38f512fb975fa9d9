package facts

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"quanxiang/gov"
	"quanxiang/gov/problems"
	"quanxiang/rules/check"
	"quanxiang/rules/eval"
	"quanxiang/rules/ir"
	"quanxiang/rules/money"
	"quanxiang/rules/syntax"
)

// maxJSON bounds a statement of facts.
const maxJSON = 64 << 20

// reader reads JSON facts; mistakes are collected with their paths.
type reader struct {
	p    *ir.Program
	f    *eval.Facts
	list problems.List
	by   map[int32]bool // facts that were stated by years
}

func (r *reader) bad(path, zh, en string, args ...any) {
	if !r.list.Full() {
		r.list = append(r.list, gov.Errorf(gov.Invalid, path+"："+zh, path+": "+en, args...).On(path))
	}
}

// member is a member of an object, in order.
type member struct {
	name  string
	value json.RawMessage
}

// members reads an object; a name that appears twice is reported, since two
// statements may contradict each other.
func (r *reader) members(path string, data []byte) []member {
	dec := json.NewDecoder(bytes.NewReader(data))
	t, err := dec.Token()
	if d, ok := t.(json.Delim); err != nil || !ok || d != '{' {
		r.bad(path, "这里应是一个对象", "expected an object")
		return nil
	}
	var list []member
	for dec.More() {
		k, err := dec.Token()
		if err != nil {
			r.bad(path, "JSON 读不懂", "cannot read the JSON")
			return nil
		}
		m := member{name: k.(string)}
		if err := dec.Decode(&m.value); err != nil {
			r.bad(path, "JSON 读不懂", "cannot read the JSON")
			return nil
		}
		if slices.ContainsFunc(list, func(o member) bool { return o.name == m.name }) {
			r.bad(join(path, m.name), "写了两次", "stated twice")
			continue
		}
		list = append(list, m)
	}
	return list
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// Read reads facts:
//
//	{"applicant": "企业", "year": 2017,
//	 "facts": {"年收入": "8亿元", "主营业务收入": {"2017": "5亿元", "2016": "4亿元"},
//	           "研发投入": {"from": "0元", "to": "1亿元"}, "项目": [{"来源": "国家", "所获资金": "150万元"}]},
//	 "paid": [{"year": 2016, "benefit": "配套资金", "amount": "10万元", "key": "…"}]}
//
// Amounts and counts are strings with their unit; null is unknown. "programmes"
// is a list of the documents applied under, as Docs reads them; "id" is a mark of
// the sender's own and not looked at.
func Read(p *ir.Program, data []byte) (*eval.Facts, error) { return ReadFor(p, data, Options{}) }

// Options narrow what facts are read for.
type Options struct {
	Year int      // the year applied for where the facts name none, and no other; 0 asks the facts
	Docs []string // short names of the documents applied under where the facts name none; none means all

	// Rest takes what is not stated at all as nothing: 0, no, no entries, the last
	// choice, as 其余 为 空 does in examples. Dates stay unknown, and so does what is
	// null.
	Rest bool

	// Own leaves unknown, of what Rest takes, what an office finds out: an applicant
	// cannot say that there is none of it.
	Own bool

	// Verified takes facts that contradict each other as they are: those of a statement that
	// was read before, joined with others.
	Verified bool

	// Extra are further members that may be there and are not looked at.
	Extra []string
}

// Docs are the short names of the documents that words mean: "16", "16号" or the
// number as printed.
func Docs(p *ir.Program, words []string) ([]string, error) {
	var out, known []string
	for _, w := range words {
		w = strings.TrimSpace(w)
		i := slices.IndexFunc(p.Docs, func(d ir.DocInfo) bool { return w == d.Short || w+"号" == d.Short || w == d.Number })
		if i < 0 {
			for _, d := range p.Docs {
				known = append(known, d.Short)
			}
			return nil, gov.Errorf(gov.Invalid, "没有“%[1]s”的规则，有的是：%[2]s", "there are no rules of %[1]q; there are: %[3]s", w, strings.Join(known, "、"), strings.Join(known, ", ")).On("programmes")
		}
		if !slices.Contains(out, p.Docs[i].Short) {
			out = append(out, p.Docs[i].Short)
		}
	}
	return out, nil
}

// ReadFor is Read for the documents of the options.
func ReadFor(p *ir.Program, data []byte, o Options) (*eval.Facts, error) {
	r := &reader{p: p, by: map[int32]bool{}}
	if len(data) > maxJSON {
		return nil, gov.Errorf(gov.TooLarge, "事实超过 64 MB", "the facts are over 64 MB")
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	var whole json.RawMessage
	if err := dec.Decode(&whole); err != nil {
		return nil, problems.JSON(data, err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, gov.Errorf(gov.Invalid, "JSON 之后还有内容", "there is something after the JSON")
	}
	top := map[string]json.RawMessage{}
	known := append([]string{"applicant", "year", "programmes", "facts", "paid", "id"}, o.Extra...)
	for _, m := range r.members("", whole) {
		if slices.Contains(known, m.name) {
			top[m.name] = m.value
		} else {
			r.guess(m.name, m.name, known, "没有“%s”这一项", "unknown member %q")
		}
	}
	var name string
	year := 0
	if json.Unmarshal(top["applicant"], &name) != nil {
		r.bad("applicant", "没有写明申报者", "the kind of applicant is missing")
	} else if p.Input(name) == ir.None {
		r.guess("applicant", name, p.Inputs, "没有申报者“%s”", "there is no kind of applicant %q")
	}
	if top["year"] == nil {
		year = o.Year
	} else if json.Unmarshal(top["year"], &year) != nil {
		year = 0
	} else if o.Year != 0 && year != o.Year {
		r.bad("year", "这里是 %d 年，要算的是 %d 年", "this is for %d, what is asked for is %d", year, o.Year)
	}
	if year < 1990 || year > 2100 {
		r.bad("year", "应是申报年度，如 2017", "expected the year applied for, like 2017")
	}
	if top["programmes"] != nil {
		var words []string
		if json.Unmarshal(top["programmes"], &words) != nil {
			r.bad("programmes", "应是清单，如 [\"16号\"]", "expected a list like [\"16号\"]")
		} else if docs, err := Docs(p, words); err != nil {
			r.bad("programmes", "%[1]s", "%[2]s", gov.TextOf(err, gov.ZH), gov.TextOf(err, gov.EN))
		} else {
			o.Docs = docs
		}
	}
	if year != 0 {
		for _, t := range outside(p, o.Docs, year) {
			r.list = append(r.list, (&gov.Error{Code: gov.Invalid, Text: gov.Text{ZH: "year：" + t.ZH, EN: "year: " + t.EN}}).On("year"))
		}
	}
	if len(r.list) > 0 {
		return nil, r.list
	}
	r.f = eval.NewFacts(p, p.Input(name), year)
	if len(o.Docs) > 0 {
		r.f.Without = make([]bool, len(p.Benefits))
		for i := range p.Benefits {
			r.f.Without[i] = !slices.Contains(o.Docs, p.Benefits[i].Doc)
		}
	}
	if top["facts"] != nil {
		for _, m := range r.members("facts", top["facts"]) {
			r.fact(m)
		}
	}
	var wrong []contradiction
	if !o.Verified {
		wrong = contradictions(p, r.f)
	}
	for _, c := range wrong {
		path := r.pathOf(&c)
		if !r.list.Full() {
			r.list = append(r.list, (&gov.Error{Code: gov.Invalid, Text: gov.Text{ZH: path + "：" + c.text.ZH, EN: path + ": " + c.text.EN}}).On(path))
		}
	}
	if o.Rest {
		// Behind what is verified: what nobody stated contradicts nothing.
		Nothing(p, r.f, o.Own)
	}
	if top["paid"] != nil {
		r.paid(top["paid"])
	}
	if err := r.list.Err(); err != nil {
		return nil, err
	}
	return r.f, nil
}

func (r *reader) guess(path, word string, known []string, zh, en string) {
	if g := problems.Suggest(word, known); g != "" {
		zh, en = zh+"（是不是“"+g+"”？）", en+" (did you mean \""+g+"\"?)"
	}
	r.bad(path, strings.ReplaceAll(zh, "%s", "%[1]s"), strings.ReplaceAll(en, "%q", "%[1]q"), word)
}

// names are the facts of the applicant, or the fields of a list.
func names(p *ir.Program, input, list int32) (out []string) {
	for i := range p.Fields {
		f := &p.Fields[i]
		if f.Input == input && (list == ir.None && f.Column == ir.None || list != ir.None && f.Column != ir.None && f.List == list) {
			out = append(out, f.Name)
		}
	}
	return out
}

// outside says of which documents a year is before or after the validity.
func outside(p *ir.Program, docs []string, year int) (list []gov.Text) {
	for _, d := range p.Docs {
		if len(docs) > 0 && !slices.Contains(docs, d.Short) {
			continue
		}
		if year < d.Force.Year || !d.Until.IsZero() && year > d.Until.Year {
			from, until := gov.Textf("%s 起", "from %s", d.Force), gov.Text{}
			if !d.Until.IsZero() {
				from, until = gov.Textf("%s", "%s", d.Force), gov.Textf(" 至 %s", " to %s", d.Until)
			}
			list = append(list, gov.Text{
				ZH: fmt.Sprintf("%d 年度不在“%s”的有效期内（%s%s）", year, d.Number, from.ZH, until.ZH),
				EN: fmt.Sprintf("the year %d is outside the validity of %s (%s%s)", year, d.Number, from.EN, until.EN),
			})
		}
	}
	return list
}

// fact reads one fact.
func (r *reader) fact(m member) {
	path := "facts." + m.name
	i := r.p.FieldOf(r.f.Input, "", m.name)
	if i == ir.None {
		r.guess(path, m.name, names(r.p, r.f.Input, ir.None), "没有“%s”这个事实", "there is no fact %q")
		return
	}
	f := &r.p.Fields[i]
	if string(m.value) == "null" {
		r.forget(i, f)
		return
	}
	if f.Type == ir.List {
		r.entries(path, f, m.value)
		return
	}
	if f.Yearly && len(m.value) > 0 && m.value[0] == '{' && !bytes.Contains(m.value, []byte(`"from"`)) {
		r.by[i] = true
		for _, y := range r.members(path, m.value) {
			year, err := strconv.Atoi(y.name)
			back := r.f.Year - year
			if err != nil || back < 0 || back > 2 {
				r.bad(join(path, y.name), "应是 %d 至 %d 的年份", "expected a year from %d to %d", r.f.Year-2, r.f.Year)
				continue
			}
			if v, ok := r.value(join(path, y.name), f, y.value); ok {
				r.f.Set(i, int32(back), v)
			}
		}
		return
	}
	if v, ok := r.value(path, f, m.value); ok {
		r.f.Set(i, 0, v)
	}
}

// forget makes a fact unknown, which is another thing than not to state it when
// what is not stated is nothing.
func (r *reader) forget(i int32, f *ir.FieldInfo) {
	if f.Type == ir.List {
		r.f.Forget(f.List)
		return
	}
	years := int32(0)
	if f.Yearly {
		years = 2
	}
	for y := range years + 1 {
		r.f.Set(i, y, eval.Value{Low: f.Min, High: f.Max})
	}
}

// entries reads a list.
func (r *reader) entries(path string, f *ir.FieldInfo, data json.RawMessage) {
	var rows []json.RawMessage
	if json.Unmarshal(data, &rows) != nil {
		r.bad(path, "应是清单", "expected a list")
		return
	}
	info := &r.p.Lists[f.List]
	if int64(len(rows)) > info.Limit {
		r.bad(path, "清单有 %d 项，多于 %d 项", "the list has %d entries, more than %d", len(rows), info.Limit)
		return
	}
	l := r.f.SetList(f.List, len(rows))
	for k, row := range rows {
		at := fmt.Sprintf("%s[%d]", path, k)
		for _, m := range r.members(at, row) {
			i := r.p.FieldOf(r.f.Input, f.Name, m.name)
			if i == ir.None {
				r.guess(join(at, m.name), m.name, names(r.p, r.f.Input, f.List), "清单的项没有“%s”", "an entry has no %q")
				continue
			}
			if string(m.value) == "null" {
				continue
			}
			if v, ok := r.value(join(at, m.name), &r.p.Fields[i], m.value); ok {
				l.Columns[r.p.Fields[i].Column][k] = v
			}
		}
	}
}

// value reads a value or a range.
func (r *reader) value(path string, f *ir.FieldInfo, data json.RawMessage) (eval.Value, bool) {
	if len(data) > 0 && data[0] == '{' {
		ends := map[string]int64{}
		for _, m := range r.members(path, data) {
			if m.name != "from" && m.name != "to" {
				r.guess(join(path, m.name), m.name, []string{"from", "to"}, "范围没有“%s”", "a range has no %q")
				return eval.Value{}, false
			}
			v, ok := r.one(join(path, m.name), f, m.value)
			if !ok {
				return eval.Value{}, false
			}
			ends[m.name] = v
		}
		low, okLow := ends["from"]
		high, okHigh := ends["to"]
		if !okLow {
			low = f.Min
		}
		if !okHigh {
			high = f.Max
		}
		if low > high {
			r.bad(path, "范围的下限大于上限", "the range ends before it begins")
			return eval.Value{}, false
		}
		if f.Type == ir.Choice || f.Type == ir.Text || f.Type == ir.Bool {
			r.bad(path, "这个事实不能是范围", "this fact cannot be a range")
			return eval.Value{}, false
		}
		return eval.Value{Low: low, High: high}, true
	}
	v, ok := r.one(path, f, data)
	return eval.Value{Low: v, High: v}, ok
}

// one reads one value.
func (r *reader) one(path string, f *ir.FieldInfo, data json.RawMessage) (int64, bool) {
	if f.Type == ir.Bool {
		var b bool
		if json.Unmarshal(data, &b) != nil {
			r.bad(path, "应是 true 或 false", "expected true or false")
			return 0, false
		}
		if b {
			return 1, true
		}
		return 0, true
	}
	var s string
	if json.Unmarshal(data, &s) != nil {
		if f.Type == ir.Count {
			s = string(data) // a plain number is a count
		} else {
			r.bad(path, "应是加引号的文字，金额带单位，如 \"150万元\"", "expected a string; amounts carry their unit, like \"150万元\"")
			return 0, false
		}
	}
	return r.text(path, f, s)
}

// text reads a value as people write it.
func (r *reader) text(path string, f *ir.FieldInfo, s string) (int64, bool) {
	switch f.Type {
	case ir.Text:
		return r.f.Text(s), true
	case ir.Choice:
		k := slices.Index(f.Choices, s)
		if k < 0 {
			r.guess(path, s, f.Choices, "“%s”不是其中的选项", "%q is none of the choices")
			return 0, false
		}
		return int64(k), true
	case ir.Date:
		d, err := gov.ParseDate(s)
		if err != nil || d.IsZero() {
			r.bad(path, "“%s”不是日期，应写作 2016-09-15", "%q is no date; write 2016-09-15", s)
			return 0, false
		}
		if d.Year > r.f.Year {
			r.bad(path, "%s 晚于申报年度 %d", "%s is after the year applied for, %d", s, r.f.Year)
			return 0, false
		}
		return r.within(path, f, syntax.Days(d), s)
	case ir.Money:
		v, err := money.Typed(s, 0)
		if err != nil {
			r.bad(path, "%[1]s", "%[2]s", err.Text.ZH, err.Text.EN)
			return 0, false
		}
		return r.within(path, f, int64(v), s)
	}
	body, negative := strings.CutPrefix(strings.TrimSpace(s), "-")
	l, wrong := syntax.ReadQuantity(body)
	if !wrong.IsZero() {
		r.bad(path, "%s", "%s", s)
		r.list[len(r.list)-1].Text = gov.Text{ZH: path + "：" + wrong.ZH, EN: path + ": " + wrong.EN}
		return 0, false
	}
	v, ok := check.ValueAs(l, f)
	if !ok {
		want := map[ir.Type]string{ir.Ratio: "12.5%", ir.Count: "3" + f.Unit}[f.Type]
		if f.Type == ir.Count && f.Decimals == 0 && strings.Contains(body, ".") {
			r.bad(path, "“%[1]s”应是整数，如 %[2]s", "%[1]q has to be a whole number, like %[2]s", s, want)
			return 0, false
		}
		r.bad(path, "“%[1]s”的单位不对，应如 %[2]s", "%[1]q has the wrong unit; write it like %[2]s", s, want)
		return 0, false
	}
	if negative {
		v = -v
	}
	return r.within(path, f, v, s)
}

func (r *reader) within(path string, f *ir.FieldInfo, v int64, s string) (int64, bool) {
	if v < f.Min || v > f.Max {
		if v < 0 && f.Min == 0 {
			r.bad(path, "“%s”不能为负", "%q must not be negative", s)
		} else {
			r.bad(path, "“%s”超出这个事实的范围", "%q is outside the range of this fact", s)
		}
		return 0, false
	}
	return v, true
}
