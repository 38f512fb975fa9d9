package gazette

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"quanxiang/gazette/paper"
	"quanxiang/gov"
)

// Actions of a document.
const (
	actionIssue   = "印发"
	actionForward = "转发"
	actionRepeal  = "废止"
	actionDirect  = "直接发布"
)

// The kinds of document (文种) and of instrument, longest first where one ends
// with another.
var (
	documentKinds = []string{"实施意见", "指导意见", "意见", "通知", "决定", "决议", "命令", "公报", "公告", "通告",
		"通报", "议案", "报告", "请示", "批复", "函", "纪要", "令"}
	instrumentKinds = []string{"实施细则", "细则", "实施意见", "指导意见", "意见", "办法", "规定", "条例", "规则", "规范",
		"规划纲要", "规划", "纲要", "方案", "计划", "要点", "规程", "制度", "章程", "预案", "标准", "目录", "清单", "措施",
		"公约", "守则", "决定", "通知"}
)

// trialMark is the bracket at the end of a title that says its text is on
// trial, or says a period.
var titleBracket = regexp.MustCompile(`[（(]([^（）()]*)[）)]$`)

func kindOf(title string, kinds []string) string {
	for {
		m := titleBracket.FindStringIndex(title)
		if m == nil {
			break
		}
		title = title[:m[0]]
	}
	for _, k := range kinds {
		if strings.HasSuffix(title, k) {
			return k
		}
	}
	return ""
}

func documentKind(title string) string {
	if strings.Count(title, "《") != strings.Count(title, "》") {
		return "" // broken off inside a title
	}
	return kindOf(title, documentKinds)
}

// instrumentKind is the kind of a norm and whether it is on trial.
func instrumentKind(title string) (kind, trial string) {
	kind = kindOf(title, instrumentKinds)
	if m := titleBracket.FindStringSubmatch(title); m != nil && (m[1] == "试行" || m[1] == "暂行") {
		return kind, m[1]
	}
	if strings.Contains(title, "暂行"+kind) {
		return kind, "暂行"
	}
	if strings.Contains(title, "试行"+kind) {
		return kind, "试行"
	}
	return kind, ""
}

var actionWord = regexp.MustCompile(`(?:^|关于|政府|办公室|办公厅|委员会|局|委|办)(印发|发布|公布|下发|转发|批转|废止)`)

// action reads from the title what the document does. Titles quoted in it do
// not count.
func action(title string) string {
	m := actionWord.FindStringSubmatch(paper.Unquoted(title))
	if m == nil {
		return actionDirect
	}
	switch m[1] {
	case "转发", "批转":
		return actionForward
	case "废止":
		return actionRepeal
	}
	return actionIssue
}

var issuedTitle = regexp.MustCompile(`(?:印发|发布|公布|下发|转发|批转)(.+?)(?:等?有关文件|等文件)?的?通知$`)

// titled is the name of what the title of a notice says it issues; a forwarded
// text is named by the organ that made it too, which is kept.
func titled(title string) string {
	m := issuedTitle.FindStringSubmatch(title)
	if m == nil {
		return ""
	}
	t := m[1]
	if q := paper.Quoted(t); len(q) == 1 && q[0][0] == len("《") && q[0][1] == len(t)-len("》") {
		t = t[q[0][0]:q[0][1]]
	}
	return t
}

// instrumentTitles finds what a notice promulgates and records it: the titles
// between 现将 and 印发 or 转发, or the last title before 现将此……转发, or else
// what the title of the notice says.
func instrumentTitles(d *Document, notice []paper.Paragraph) (titles []string) {
	if d.Action != actionIssue && d.Action != actionForward {
		return nil
	}
	for _, p := range notice {
		from := strings.Index(p.Text, "现将")
		if from < 0 {
			continue
		}
		to := len(p.Text)
		if i := lastVerb(p.Text[from:]); i > 0 {
			to = from + i
		}
		var before string
		for _, q := range paper.Quoted(p.Text) {
			switch {
			case q[0] > from && q[1] < to:
				titles = append(titles, paper.Squeeze(p.Text[q[0]:q[1]]))
			case q[1] < from:
				before = paper.Squeeze(p.Text[q[0]:q[1]])
			}
		}
		if titles == nil && before != "" {
			titles = []string{before}
		}
		break
	}
	titles = titles[:min(len(titles), maxInstruments)]
	said := titled(d.Title)
	if titles == nil && said != "" {
		titles = []string{said}
	}
	for _, t := range titles {
		kind, trial := instrumentKind(t)
		d.Instruments = append(d.Instruments, Instrument{Title: t, Kind: kind, Trial: trial})
	}
	switch {
	case said == "" || len(titles) == 0:
	case len(titles) > 1:
		for _, t := range titles {
			d.alt(t)
		}
	case d.Action == actionIssue && paper.PlainTitle(said) != paper.PlainTitle(titles[0]):
		d.alt(titles[0])
	}
	return titles
}

// maxInstruments and maxAttachments bound what one document can have.
const (
	maxInstruments = 20
	maxAttachments = 200
)

// lastVerb is where the verb of issuing stands outside titles.
func lastVerb(s string) int {
	at := -1
	titles := paper.Quoted(s)
	for _, verb := range []string{"印发", "转发", "发给", "下发"} {
		for i := 0; ; {
			j := strings.Index(s[i:], verb)
			if j < 0 {
				break
			}
			i += j + len(verb)
			pos := i - len(verb)
			if !slices.ContainsFunc(titles, func(q [2]int) bool { return pos >= q[0] && pos < q[1] }) {
				at = max(at, pos)
			}
		}
	}
	return at
}

var (
	approvedBy = regexp.MustCompile(`经(第[0-9]+次([^，。；]{2,20}?)(?:常务会议|专题会议|全体会议|办公会议|办公会|常务会|会议))[^，。；]{0,8}(?:同意|通过|批准)`)
	approved   = regexp.MustCompile(`经([^，。；经]{2,20}?)(?:研究|审议|审定)?(?:同意|批准)`)

	fromDay  = regexp.MustCompile(`本[^，。；]{1,12}?自((?:19|20)[0-9]{2}年[0-9]{1,2}月[0-9]{1,2}日)(?:零时)?起?(?:正式|开始)?(?:施行|实施|执行|生效|试行)`)
	onIssue  = regexp.MustCompile(`(?:本[^，。；]{1,12}?)?自(?:本[^，。；]{1,6})?((?:发布|公布|印发|颁布|下发)之日)起[^，。；]{0,4}(?:施行|实施|执行|生效|试行|废止)`)
	duration = regexp.MustCompile(`有效期限?(?:为)?([0-9]{1,2}|[一二三四五六七八九十]{1,3})年`)
	validTo  = regexp.MustCompile(`有效期限?(?:截)?(?:至|到)((?:19|20)[0-9]{2}年[0-9]{1,2}月[0-9]{1,2}日)`)
	explains = regexp.MustCompile(`由([^，。；：]{2,30}?)(?:负责)?(?:进行)?(?:负责|予以)?解释|(?:^第[一二三四五六七八九十百]+条|^|[。；])([^，。；：]{2,30}?)负责(?:对)?本[^，。；：]{1,8}?的?解释`)
	prevails = regexp.MustCompile(`与本[^，。；]{1,12}(?:不一致|不相一致|相抵触|不符|有抵触)的?，[^。；]{0,10}本[^，。；]{1,12}(?:为准|执行)`)
)

// longParagraph is more than any paragraph holds, in bytes: what is longer is
// damage or malice, and searching it would take time out of proportion.
const longParagraph = 1 << 16

// terms reads what the text says about its own life: approval, first and last
// day in force, what it repeals and cites, who interprets it.
func (r *reading) terms() {
	d := &r.doc
	var stated, issue *Effective
	for si := range r.sections {
		s := &r.sections[si]
		for _, p := range s.paras {
			if len(p.Text) > longParagraph {
				r.note("layout", p.Span()[0], "这一段过长，没有在其中查找引用和期限", "this paragraph is too long; it was not searched for references and dates")
				continue
			}
			d.Cites = append(d.Cites, references(p)...)
			if s.typ != AttachmentNode {
				d.Repeals = append(d.Repeals, repealed(p)...)
			}
			if s.typ == PreambleNode && d.Approval == nil {
				d.Approval = approval(p)
			}
			if s.typ == AttachmentNode || !termed(p.Text) {
				continue
			}
			t := paper.Compact(p.Text)
			if m := fromDay.FindStringSubmatch(t); m != nil && stated == nil {
				if day, _, ok := paper.LeadingDate(m[1]); ok {
					stated = &Effective{day, BasisStated, m[0], p.LineOf("自")}
				}
			} else if m := onIssue.FindStringSubmatch(t); m != nil && issue == nil {
				issue = &Effective{d.Signed, BasisSigned, m[0], p.LineOf(m[1])}
				if !d.Printed.IsZero() {
					issue.Date, issue.Basis = d.Printed, BasisPrinted
				}
			}
			if d.Validity == nil && strings.Contains(t, "有效期") && (stated != nil || issue != nil || strings.Contains(t, "本")) {
				d.validity(p, t, stated, issue)
			}
			if m := explains.FindStringSubmatch(t); m != nil && d.Interpreter == "" && strings.Contains(t, "本") {
				d.Interpreter = m[1] + m[2]
			}
			if m := prevails.FindString(t); m != "" && d.Supersedes == nil {
				d.Supersedes = &Passage{Lines: p.Span(), Text: m}
			}
		}
	}
	switch {
	case stated != nil:
		d.Effective = stated
	case issue != nil && !issue.Date.IsZero():
		d.Effective = issue
	case !d.Signed.IsZero():
		d.Effective = &Effective{Date: d.Signed, Basis: BasisSigned}
	}
	for _, s := range r.sections {
		for _, p := range paper.Paragraphs(s.head) {
			d.Cites = append(d.Cites, references(p)...)
		}
	}
	d.Repeals, d.Cites = distinct(d.Repeals), distinct(d.Cites)
	d.Cites = slices.DeleteFunc(d.Cites, func(c Reference) bool { return c.Number == d.Number })
	d.PlanEnd = r.planEnd()
	r.ownWording()
}

var calledThis = regexp.MustCompile(`^[（(]以下简称“?本`)

// ownWording finds how the text itself names the instrument:
// 《……》（以下简称本规划）.
func (r *reading) ownWording() {
	for _, s := range r.sections {
		if s.typ != InstrumentNode {
			continue
		}
		for _, p := range s.paras[:min(len(s.paras), 12)] {
			for _, q := range paper.Quoted(p.Text) {
				after := p.Text[q[1]+len("》"):]
				if !calledThis.MatchString(paper.Compact(after[:min(len(after), 60)])) {
					continue
				}
				t := paper.Squeeze(p.Text[q[0]:q[1]])
				for _, in := range r.doc.Instruments {
					if l := paper.Likeness(t, in.Title); l > 0.7 && l < 1 {
						r.doc.alt(t)
					}
				}
			}
		}
	}
}

// termed reports whether a paragraph may hold one of the clauses; it spares
// most paragraphs the expressions.
func termed(s string) bool {
	if !strings.Contains(s, "本") {
		return false
	}
	for _, w := range []string{"自", "有效期", "解释", "与本"} {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// approval reads 经第139次区政府常务会议研究同意 or 经区政府同意.
func approval(p paper.Paragraph) *Approval {
	t := paper.Compact(p.Text)
	if m := approvedBy.FindStringSubmatch(t); m != nil {
		return &Approval{Body: m[2], Meeting: m[1], Line: p.LineOf("经第")}
	}
	if m := approved.FindStringSubmatch(t); m != nil && (organ(m[1]) || strings.HasSuffix(m[1], "区委")) {
		return &Approval{Body: m[1], Line: p.LineOf("经")}
	}
	return nil
}

// validity reads 有效期5年 or 有效期至……. Five years from the first day in force
// end on the day before that day five years later.
func (d *Document) validity(p paper.Paragraph, t string, stated, issue *Effective) {
	if m := validTo.FindStringSubmatch(t); m != nil {
		day, _, _ := paper.LeadingDate(m[1])
		d.ValidUntil, d.Validity = day, &Passage{Lines: p.Span(), Text: m[0]}
		return
	}
	m := duration.FindStringSubmatch(t)
	from := stated
	if from == nil {
		from = issue
	}
	if m == nil || from == nil || from.Date.IsZero() || !ownValidity(t) {
		return
	}
	n, _ := paper.HanNumber(m[1])
	d.ValidUntil, d.Validity = from.Date.AddYears(n).Add(-1), &Passage{Lines: p.Span(), Text: m[0]}
}

// ownValidity reports whether the sentence with 有效期 is about the document:
// it says 本办法 or from which day, not the validity of some permit.
func ownValidity(t string) bool {
	i := strings.Index(t, "有效期")
	sentence := t[:i]
	if j := strings.LastIndex(sentence, "。"); j >= 0 {
		sentence = sentence[j+len("。"):]
	}
	return strings.HasPrefix(sentence, "本") || strings.Contains(sentence, "自") && strings.Contains(sentence, "本")
}

var (
	planPeriod = regexp.MustCompile(`本[^，。；]{2,6}(?:实施)?期限?为((?:19|20)[0-9]{2})年?[-—－～至到]+((?:19|20)[0-9]{2})年`)
	titleSpan  = regexp.MustCompile(`[（(](?:19|20)[0-9]{2}(?:[.．年][0-9]{1,2}月?)?[-—－～至到]+((?:19|20)[0-9]{2})(?:[.．年]([0-9]{1,2})月?)?年?[）)]`)
	fivePlan   = regexp.MustCompile(`“?十([一二三四五六七八九])”?五”?时期|第十([一二三四五六七八九])个五年`)
	yearPlan   = regexp.MustCompile(`((?:19|20)[0-9]{2})年(?:度)?[^，。]{0,12}(?:计划|方案|要点|安排)$`)
)

// planEnd is the end of the period an instrument covers: stated, in its title,
// or that of the five-year plan it belongs to. The twelfth plan ran from 2011
// to 2015.
func (r *reading) planEnd() gov.Date {
	for _, s := range r.sections {
		for _, p := range s.paras[:min(len(s.paras), 40)] {
			if m := planPeriod.FindStringSubmatch(paper.Compact(p.Text)); m != nil {
				return yearEnd(m[2])
			}
		}
	}
	for _, in := range r.doc.Instruments {
		if m := titleSpan.FindStringSubmatch(in.Title); m != nil {
			if m[2] == "" {
				return yearEnd(m[1])
			}
			year, _ := strconv.Atoi(m[1])
			month, _ := strconv.Atoi(m[2])
			if month >= 1 && month <= 12 {
				return gov.DateOf(gov.Date{Year: year, Month: time.Month(month), Day: 1}.Time().AddDate(0, 1, -1))
			}
		}
		if m := fivePlan.FindStringSubmatch(in.Title); m != nil {
			n, _ := paper.HanNumber(m[1] + m[2])
			return yearEnd(strconv.Itoa(2005 + 5*n))
		}
		if m := yearPlan.FindStringSubmatch(in.Title); m != nil {
			return yearEnd(m[1])
		}
	}
	return gov.Date{}
}

func yearEnd(year string) gov.Date {
	y, _ := strconv.Atoi(year)
	return gov.Date{Year: y, Month: time.December, Day: 31}
}

// contacts reads the note in brackets after the signature 附注 (联系人……, 此件公开
// 发布) and returns the lines after it.
func (r *reading) contacts(ls []paper.Line) []paper.Line {
	if len(ls) == 0 || !strings.HasPrefix(ls[0].Text, "（") && !strings.HasPrefix(ls[0].Text, "(") || ordinalOf(ls[0].Text).typ != "" {
		return ls
	}
	n := 1
	for n < len(ls) && n < 8 && !paper.EndsWith(ls[n-1].Text, "）)") {
		n++
	}
	if !paper.EndsWith(ls[n-1].Text, "）)") {
		return ls
	}
	r.take(ls[:n])
	for _, l := range ls[:n] {
		for _, part := range cutList(strings.Trim(l.Text, "（）()"), "；;。") {
			if c, ok := contact(part); ok {
				c.Line = l.No
				r.doc.Contacts = append(r.doc.Contacts, c)
			} else {
				r.doc.Remarks = append(r.doc.Remarks, Passage{Lines: Span{l.No, l.No}, Text: part})
			}
		}
	}
	return ls[n:]
}

var phone = regexp.MustCompile(`(?:联系)?电话 ?[:：]? ?([0-9][0-9 、,，-]{5,40})`)

// contact reads 联系人：区政府办  某某  联系电话：8…….
func contact(s string) (Contact, bool) {
	m := phone.FindStringSubmatchIndex(s)
	if m == nil {
		return Contact{}, false
	}
	c := Contact{Phone: strings.TrimFunc(s[m[2]:m[3]], paper.IsBlank)}
	who := strings.TrimLeft(s[:m[0]], " ")
	for _, w := range []string{"联系人：", "联系人:", "联系单位：", "联系单位:"} {
		who = strings.TrimPrefix(who, w)
	}
	for _, w := range strings.FieldsFunc(who, func(r rune) bool { return r == ' ' || r == '，' || r == '、' || r == ',' }) {
		if n := utf8.RuneCountInString(w); c.Unit == "" && (n > 3 || organ(w)) {
			c.Unit = w
		} else {
			c.Person = strings.TrimSpace(c.Person + " " + w)
		}
	}
	return c, true
}
