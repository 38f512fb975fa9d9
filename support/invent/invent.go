// Package invent makes up populations of enterprises for demonstrations, measurements
// and drafts that are tried before real facts are at hand. It knows the facts of the
// reference pack; of facts it does not know it makes something up that fits their type.
// Names say that they are invented, codes have the form of real ones and belong to
// nobody. An enterprise depends on the seed and its number alone.
package invent

import (
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strconv"

	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/privacy"
	"quanxiang/rules/eval"
	"quanxiang/rules/facts"
	"quanxiang/rules/ir"
	"quanxiang/rules/population"
	"quanxiang/rules/syntax"
)

// Applicant is whom invented populations are of.
const Applicant = "企业"

// Options say what is made up.
type Options struct {
	Pack     *policy.Pack // has rules
	Year     int
	N        int
	Seed     uint64
	Progress func(rows int64)
}

// every is how many enterprises there are between two reports of progress.
const every = 20_000

// Population writes a snapshot of enterprises that do not exist, as it makes them.
func Population(ctx context.Context, w io.Writer, o Options) (population.Identity, error) {
	p := o.Pack.Rules
	input := p.Input(Applicant)
	if input == ir.None {
		return population.Identity{}, gov.Errorf(gov.Invalid, "规则里没有申报者“%s”", "the rules know no applicant %q", Applicant)
	}
	out, err := population.NewWriter(w, p, input, o.Year, nil, population.Invented, strconv.FormatUint(o.Seed, 10))
	if err != nil {
		return population.Identity{}, err
	}
	m := &maker{p: p, input: input, year: o.Year, seed: o.Seed, district: o.Pack.District}
	for _, a := range o.Pack.AreasOf(policy.StreetLevel) {
		m.streets = append(m.streets, a.Name.ZH)
	}
	m.prepare()
	var sizeNames, tradeNames []string
	for _, s := range sizes {
		sizeNames = append(sizeNames, s.name)
	}
	for _, t := range trades {
		tradeNames = append(tradeNames, t.name)
	}
	out.Declare(m.streets, tradeNames, sizeNames)
	for i := range o.N {
		if i%every == 0 {
			if err := ctx.Err(); err != nil {
				return population.Identity{}, err
			}
			if o.Progress != nil {
				o.Progress(int64(i))
			}
		}
		f, row, err := m.enterprise(i)
		if err != nil {
			return population.Identity{}, err
		}
		if err := out.Add(f, row); err != nil {
			return population.Identity{}, err
		}
	}
	return out.Close()
}

// maker makes enterprises.
type maker struct {
	*rand.Rand
	p        *ir.Program
	input    int32
	year     int
	seed     uint64
	district gov.District
	streets  []string

	scale   float64 // of amounts, by the size of the enterprise at hand
	nothing *eval.Facts
	f       *eval.Facts
	at      map[string]int32 // facts by name
	plain   []int32          // scalars that nothing below gives a shape
	lists   []int32
	known   map[string]bool
}

// size classes: share in a thousand, income in yuan from and to, and how amounts of
// projects, loans and the like compare with those of a small enterprise.
var sizes = []struct {
	name     string
	share    int
	from, to float64
	scale    float64
}{{"微型", 620, 1.5e5, 3e6, .15}, {"小型", 280, 3e6, 4e7, 1}, {"中型", 80, 4e7, 8e8, 4}, {"大型", 20, 8e8, 3e10, 12}}

// trades: how much of the income goes into research, and how likely things of
// science and of publishing are.
var trades = []struct {
	name     string
	share    int
	research float64
	science  int // in a hundred
	books    int
}{
	{"软件和信息技术", 16, .14, 70, 4}, {"科学研究和技术服务", 12, .12, 65, 2}, {"文化和出版", 9, .03, 15, 60}, {"设计服务", 8, .05, 30, 10}, {"金融", 6, .02, 10, 0},
	{"制造", 5, .07, 45, 0}, {"批发和零售", 18, .005, 4, 1}, {"商务服务", 14, .02, 10, 3}, {"房地产和物业", 5, .002, 2, 0}, {"住宿和餐饮", 7, .001, 1, 0},
}

var plants = []string{"云杉", "白桦", "银杏", "海棠", "丁香", "玉兰", "石榴", "木槿", "紫藤", "梧桐", "榆叶", "雪松", "连翘", "芍药", "合欢", "栾树"}

// prepare sorts the facts of the program.
func (m *maker) prepare() {
	m.nothing = eval.NewFacts(m.p, m.input, m.year)
	facts.Nothing(m.p, m.nothing, false)
	m.at, m.known = map[string]int32{}, map[string]bool{}
	for _, n := range []string{"认定", "机构类型", "成立日期", "落地日期", "年收入", "主营业务收入", "研发投入", "孵化加速基地", "孵化平台", "出版园认定", "重点产业", "初创期", "高成长前十", "传统机构新设", "高新企业面积", "改造面积", "改造核定比例", "补贴天数", "核心区租用天数"} {
		m.known[n] = true
	}
	for i := range m.p.Fields {
		d := &m.p.Fields[i]
		if d.Input != m.input || d.Column != ir.None {
			continue
		}
		m.at[d.Name] = int32(i)
		switch {
		case d.Type == ir.List:
			m.lists = append(m.lists, int32(i))
		case !m.known[d.Name]:
			m.plain = append(m.plain, int32(i))
		}
	}
}

// letters of organisation codes that are not digits.
const letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"

func (m *maker) code(n int) (string, error) {
	body := make([]byte, 8)
	for i := range body {
		body[7-i] = letters[n%len(letters)]
		n /= len(letters)
	}
	body[0], body[1] = 'X', 'M' // of no series that is given out
	return privacy.CompleteCreditCode("91" + string(m.district) + string(body))
}

// between is a number whose logarithm is evenly spread.
func (m *maker) between(from, to float64) float64 {
	return math.Exp(math.Log(from) + m.Float64()*(math.Log(to)-math.Log(from)))
}

// set gives a fact a value, years back; facts the rules do not have are passed over.
func (m *maker) set(name string, back int32, v int64) {
	if i, ok := m.at[name]; ok {
		d := &m.p.Fields[i]
		v = min(max(v, d.Min), d.Max)
		m.f.Set(i, back, eval.Value{Low: v, High: v})
	}
}

func (m *maker) yes(name string, in1000 int) bool {
	y := m.IntN(1000) < in1000
	if y {
		m.set(name, 0, 1)
	}
	return y
}

// choice sets one of the choices by its weight.
func (m *maker) choice(name string, weights ...int) int {
	at := m.pick(weights)
	m.set(name, 0, int64(at))
	return at
}

func (m *maker) pick(weights []int) int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	at := m.IntN(sum)
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return 0
}

// round is an amount in fen from yuan: whole hundreds of yuan as books have it, or to the fen.
func (m *maker) round(yuan float64) int64 {
	if m.IntN(3) == 0 {
		return int64(yuan * 100)
	}
	return int64(yuan/100) * 10_000
}

// enterprise makes the nth enterprise.
func (m *maker) enterprise(n int) (*eval.Facts, population.Row, error) {
	m.Rand = rand.New(rand.NewPCG(m.seed, uint64(n)+1))
	m.f = m.nothing.Clone()
	code, err := m.code(n)
	if err != nil {
		return nil, population.Row{}, err
	}
	weights := make([]int, len(trades))
	for i := range trades {
		weights[i] = trades[i].share
	}
	t := trades[m.pick(weights)]
	weights = weights[:0]
	for i := range sizes {
		weights = append(weights, sizes[i].share)
	}
	s := sizes[m.pick(weights)]
	m.scale = s.scale
	street := ""
	if len(m.streets) > 0 {
		street = m.streets[int(float64(len(m.streets))*m.Float64()*m.Float64())]
	}
	row := population.Row{Code: code, Name: fmt.Sprintf("虚构%s%s第%d有限公司", plants[m.IntN(len(plants))], t.name, n+1), Groups: [3]string{street, t.name, s.name}}

	income := m.between(s.from, s.to)
	for back := range int32(3) {
		m.set("年收入", back, m.round(income))
		m.set("主营业务收入", back, m.round(income*(.8+.2*m.Float64())))
		m.set("研发投入", back, m.round(income*t.research*2*m.Float64()))
		income /= .75 + .7*m.Float64()
	}
	founded := gov.Date{Year: m.year, Month: 6, Day: 30}.Add(-100 - int(8000*m.Float64()*m.Float64()))
	m.set("成立日期", 0, syntax.Days(founded))
	m.set("落地日期", 0, syntax.Days(founded.Add(m.IntN(400)-200)))
	science := m.IntN(100) < t.science
	books := m.IntN(100) < t.books
	if science {
		m.choice("认定", 45, 35, 2, 18)
	} else {
		m.choice("认定", 2, 10, 1, 87)
	}
	if t.name == "金融" {
		m.choice("机构类型", 20, 30, 10, 40)
	} else {
		m.choice("机构类型", 0, 0, 0, 1)
	}
	m.choice("重点产业", 1, 1, 1, 1, 6)
	m.yes("初创期", 150)
	m.yes("高成长前十", 1)
	base := m.yes("孵化加速基地", 3)
	platform := m.yes("孵化平台", 3)
	park := books && m.yes("出版园认定", 500)
	often := 12 // in a thousand: an enterprise without any of this
	switch {
	case base || platform:
		often = 700
	case park:
		often = 350
	case science:
		often = 90
	}
	m.rest(often, base || platform || park)
	if err := m.agree(); err != nil {
		return nil, population.Row{}, err
	}
	m.paid(science || park)
	return m.f, row, nil
}
