// Package invent makes subjects of a market up, with what departments would have
// recorded about them, for demonstrations and measurements. Codes have the form of
// real ones and belong to nobody; names say that they are invented. It knows the
// register of the reference pack.
package invent

import (
	"fmt"
	"math/rand/v2"
	"strconv"

	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/privacy"
)

// Register is the register of subjects.
const Register = "market"

// Table is rows that one unit pushes, led by a head.
type Table struct {
	Register string
	Kind     string // "" for entries
	Unit     string
	Rows     [][]string
}

// Tables gathers rows into tables of one register.
type Tables struct {
	Register string
	List     []Table
}

// Add adds a row to the table of a kind and unit.
func (l *Tables) Add(kind, unit string, head []string, row ...string) {
	for i := range l.List {
		if t := &l.List[i]; t.Kind == kind && t.Unit == unit {
			t.Rows = append(t.Rows, row)
			return
		}
	}
	l.List = append(l.List, Table{Register: l.Register, Kind: kind, Unit: unit, Rows: [][]string{head, row}})
}

var (
	plants = []string{"云杉", "白桦", "银杏", "海棠", "丁香", "玉兰", "石榴", "木槿", "紫藤", "梧桐", "榆叶", "雪松", "连翘", "芍药", "合欢", "栾树"}
	trades = []string{"餐饮", "食品零售", "理发", "书店", "旅馆", "诊所", "教育咨询", "软件开发", "物业管理", "广告", "家政", "文化传播", "维修", "药店", "洗衣", "摄影"}
	causes = []string{"未亮照经营", "食品标签不合规定", "消防通道堵塞", "餐厨垃圾未分类", "广告内容失实", "未按规定公示价格", "超范围经营", "室外堆放物品"}
	topics = []string{"双随机抽查", "食品安全检查", "消防安全检查", "年报公示核查", "价格检查", "卫生检查"}
)

// kinds of subject: prefix of their codes, form, unit that registers them, ending of
// their names, and how many of a hundred they are.
var kinds = []struct {
	prefix, form, unit, ending string
	share                      int
}{
	{"91", "企业", "gsfj", "有限公司", 55}, {"92", "个体工商户", "gsfj", "店", 36}, {"52", "社会组织", "mzj", "服务中心", 6}, {"12", "事业单位", "bianban", "站", 3},
}

// letters of organisation codes that are not digits.
const letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// code is the code of the nth subject of a kind.
func code(prefix string, district gov.District, n int) (string, error) {
	body := make([]byte, 8)
	for i := range body {
		body[7-i] = letters[n%len(letters)]
		n /= len(letters)
	}
	body[0], body[1] = 'X', 'N' // of no series that is given out
	return privacy.CompleteCreditCode(prefix + string(district) + string(body))
}

// Codes are the codes of n subjects, in their order.
func Codes(d gov.District, n int) ([]string, error) {
	list := make([]string, n)
	for i := range list {
		var err error
		if list[i], err = code(kinds[kindOf(i)].prefix, d, i); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// kindOf is the kind of the nth subject.
func kindOf(n int) int {
	at := n * 37 % 100
	for i, k := range kinds {
		if at -= k.share; at < 0 {
			return i
		}
	}
	return 0
}

// maker makes tables.
type maker struct {
	*rand.Rand
	day     gov.Date
	streets []policy.Area
	Tables
	serial int
}

// before is a day up to some days before the newest.
func (m *maker) before(days int) string { return m.day.Add(-m.IntN(days)).String() }

// number is the number of a document that nobody wrote.
func (m *maker) number(word string) string {
	m.serial++
	return fmt.Sprintf("虚构%s〔%d〕%d号", word, m.day.Year, m.serial)
}

// numbers is how many documents there can be about a subject.
const numbers = 10

// Market makes n subjects behind the first ones, and the records about them up to a
// day, the same for the same seed. Tables of subjects come first.
func Market(p *policy.Pack, first, n int, day gov.Date, seed uint64) ([]Table, error) {
	m := &maker{Rand: rand.New(rand.NewPCG(seed, 12+uint64(first))), day: day, streets: p.AreasOf(policy.StreetLevel), Tables: Tables{Register: Register}, serial: first * numbers}
	codes, err := Codes(p.District, first+n)
	if err != nil {
		return nil, err
	}
	codes = codes[first:]
	addresses := make([]string, n)
	for i, c := range codes {
		addresses[i] = m.subject(first+i, c)
	}
	for i, c := range codes {
		m.records(first+i, c, addresses[i])
	}
	return m.List, nil
}

var subjectHead = []string{"key", "name", "form", "old_number", "founded", "status", "area", "address", "trade", "capital", "head"}

// subject makes a subject and returns its address.
func (m *maker) subject(i int, code string) string {
	k := kinds[kindOf(i)]
	trade := trades[m.IntN(len(trades))]
	name := fmt.Sprintf("虚构%s%s第%d%s", plants[m.IntN(len(plants))], trade, i+1, k.ending)
	founded := m.day.Add(-200 - m.IntN(6000))
	old := ""
	if founded.Year < 2015 {
		old = fmt.Sprintf("1101020%08d", i+1)
	}
	street, area := "虚构街", ""
	if len(m.streets) > 0 {
		s := m.streets[m.IntN(len(m.streets))]
		street, area = s.Name.ZH+"虚构路", s.Code
	}
	address := fmt.Sprintf("%s%d号", street, 1+m.IntN(300))
	status := "存续"
	if m.IntN(60) == 0 {
		status = "吊销"
	}
	m.Add("", k.unit, subjectHead, code, name, k.form, old, founded.String(), status, area, address, trade, strconv.Itoa(10000*(1+m.IntN(500))), fmt.Sprintf("虚构负责人%d", i+1))
	return address
}

// records makes what units recorded about a subject. Some say of its address
// something else.
func (m *maker) records(i int, code, address string) {
	k := kinds[kindOf(i)]
	elsewhere := address
	if m.IntN(25) == 0 {
		elsewhere = fmt.Sprintf("虚构巷%d号", 1+m.IntN(90))
	}
	m.Add("registration", k.unit, []string{"subject", "number", "date", "matter", "address"}, code, m.number("登"), m.before(900), "变更登记", address)
	if m.IntN(4) == 0 {
		on := m.day.Add(-m.IntN(700))
		m.Add("licence", "syj", []string{"subject", "number", "date", "expires", "content"}, code, m.number("许"), on.String(), on.Add(365+m.IntN(1400)).String(), "食品经营许可")
	}
	if m.IntN(3) > 0 {
		units := []string{"gsfj", "syj", "xfzd", "wjw"}
		m.Add("inspection", units[m.IntN(len(units))], []string{"subject", "number", "date", "matter", "result", "address", "notes"}, code, m.number("查"), m.before(700),
			topics[m.IntN(len(topics))], []string{"未发现问题", "未发现问题", "未发现问题", "责令改正", "立案查处"}[m.IntN(5)], elsewhere, "虚构的检查记录。")
	}
	troubled := i%17 == 0
	if troubled || m.IntN(30) == 0 {
		units := []string{"gsfj", "syj", "cgj", "xfzd"}
		for range 1 + m.IntN(2) {
			m.Add("penalty", units[m.IntN(len(units))], []string{"subject", "number", "date", "violation", "amount"}, code, m.number("罚"), m.before(1000), causes[m.IntN(len(causes))],
				strconv.Itoa(1000*(1+m.IntN(80))))
		}
	}
	if troubled && m.IntN(3) == 0 {
		removed := ""
		if m.IntN(2) == 0 {
			removed = m.before(60)
		}
		m.Add("abnormal", k.unit, []string{"subject", "number", "date", "removed", "reason"}, code, m.number("异"), m.day.Add(-60-m.IntN(400)).String(), removed,
			[]string{"未按期公示年度报告", "通过登记住所无法联系"}[m.IntN(2)])
	}
	if i%211 == 0 {
		m.Add("serious", "gsfj", []string{"subject", "number", "date", "reason"}, code, m.number("黑"), m.before(300), "被列入经营异常名录届满三年仍未履行义务")
	}
	if m.IntN(12) == 0 {
		m.Add("complaint", "gsfj", []string{"subject", "number", "date", "matter", "upheld"}, code, m.number("诉"), m.before(400), "服务质量", []string{"是", "否"}[m.IntN(2)])
	}
	if kindOf(i) == 0 {
		grade := []string{"A 级", "B 级", "B 级", "B 级", "C 级", "D 级"}[m.IntN(6)]
		m.Add("tax", "gshj", []string{"subject", "year", "date", "grade", "address"}, code, strconv.Itoa(m.day.Year-1), m.day.Add(-120-m.IntN(30)).String(), grade, elsewhere)
		m.Add("insurance", "rsj", []string{"subject", "month", "date", "state", "insured"}, code, m.day.String()[:7], m.before(28), []string{"正常缴纳", "正常缴纳", "正常缴纳", "欠缴"}[m.IntN(4)], strconv.Itoa(1+m.IntN(60)))
	}
	if m.IntN(20) == 0 {
		m.Add("honour", "gsfj", []string{"subject", "number", "date", "title"}, code, m.number("表"), m.before(900), "虚构的诚信经营示范店")
	}
}
