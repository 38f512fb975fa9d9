package syntax

import (
	"strings"

	"quanxiang/gov"
	"quanxiang/rules/money"
)

// Clause is a citation: a document ("" for the file's own) and a path in it,
// article first: "3", "3/2" its second paragraph, "7(1)2" sub-item 2 of item (一).
type Clause struct {
	Doc  string
	Path string
	Pos  gov.Pos
}

// Article is the number of the article.
func (c Clause) Article() string {
	if i := strings.IndexAny(c.Path, "/("); i >= 0 {
		return c.Path[:i]
	}
	return c.Path
}

// Within reports whether the clause is d or part of it.
func (c Clause) Within(d Clause) bool {
	rest, ok := strings.CutPrefix(c.Path, d.Path)
	return ok && c.Doc == d.Doc && (rest == "" || rest[0] == '/' || rest[0] == '(' || strings.HasSuffix(d.Path, ")"))
}

// String is the citation as files write it, without @.
func (c Clause) String() string {
	if c.Doc != "" {
		return c.Doc + ":" + c.Path
	}
	return c.Path
}

// Name is a name with its place.
type Name struct {
	Text string
	Pos  gov.Pos
}

// Note is what may end a line: a label and citations.
type Note struct {
	Label    string
	Cites    []Clause
	LabelP   gov.Pos
	Readings []Name // what the line rests on
}

// LiteralKind says what a written value is.
type LiteralKind uint8

// The kinds of values.
const (
	NoLiteral LiteralKind = iota
	MoneyLiteral
	RateLiteral // money for a unit
	RatioLiteral
	CountLiteral
	DateLiteral
	TextLiteral
	YesNoLiteral
)

// Literal is a value as written.
type Literal struct {
	Kind     LiteralKind
	Value    int64 // fen, hundred-millionths, days since 1970, 0 or 1, or a count times a power of ten
	Decimals int   // of a count
	Unit     string
	Per      []string // units of a rate
	Text     string   // as written; the text of a text
	Pos      gov.Pos
}

// ExprKind says what an expression does.
type ExprKind uint8

// The kinds of expressions.
const (
	Value   ExprKind = iota // Literal
	Path                    // Name, with Field of an entry, or Doc of another document
	Earlier                 // Args[0] in an earlier year; Years is 1 or 2
	Share                   // Args[0] 的 Args[1]
	Add
	Sub
	Mul
	Compare // by Key
	In      // Args[0] 属于 Names
	And
	Or
	Not
	Call // of Key: Args; Names for 获得; over Name as Var, where Where
)

// Expr is an expression.
type Expr struct {
	Kind    ExprKind
	Key     Key
	Pos     gov.Pos
	Args    []*Expr
	Literal Literal
	Name    string
	Field   string
	Doc     string
	Years   int
	Names   []Name
	Refs    []*Expr // the benefits 获得 names
	Var     string
	Where   *Expr
}

// Document is the head of a file.
type Document struct {
	Pos       gov.Pos
	Short     Name
	Number    string
	Title     string
	Published gov.Date
	Force     gov.Date
	Until     gov.Date // last day, zero if unknown
	Rounding  money.Rounding
	Clauses   int64 // number of articles, 0 if not said
	Cites     []Clause
}

// Field is a fact that is asked for.
type Field struct {
	Name     Name
	Type     Key // KMoney … KList
	Unit     string
	Choices  []Name
	Evidence string
	By       string
	Yearly   bool
	Low      *Literal
	High     *Literal
	Limit    int64 // entries of a list
	Decimals int
	Fields   []*Field // of a list
}

// Verify is a condition that facts must not fail: they would contradict each other.
type Verify struct {
	Pos  gov.Pos
	List Name // whose entries it is about, each by itself; empty for the applicant
	Var  Name
	Key  []Name // fields of an entry in which no two may be the same; then there is no Var nor Expr
	Expr *Expr
	Text string // what is wrong where it does not hold
}

// Input is the facts of one kind of applicant.
type Input struct {
	Name     Name
	Fields   []*Field
	Verifies []*Verify
}

// Define names an expression.
type Define struct {
	Name Name
	Expr *Expr
	Note
}

// Benefit is one entitlement.
type Benefit struct {
	Pos    gov.Pos
	Name   Name
	For    Name
	Nature Name
	Body   *Block
	Note
}

// OnceFor tells whether the benefit is paid once only for each value of a field of a
// list: once for each standard.
func (b *Benefit) OnceFor(list, field string) bool {
	return b.Body.onceFor("", "", list, field)
}

// onceFor looks below a line that goes through the entries of the list over as v.
func (b *Block) onceFor(over, v, list, field string) bool {
	if b == nil {
		return false
	}
	for _, l := range b.Limits {
		if l.Kind == KOnce && l.Per != nil && over == list && l.Per.Name == v && l.Per.Field == field {
			return true
		}
	}
	return b.Amount.onceFor(over, v, list, field)
}

func (a *Amount) onceFor(over, v, list, field string) bool {
	if a == nil {
		return false
	}
	if a.List.Text != "" {
		over, v = a.List.Text, a.Var.Text
	}
	for _, i := range a.Items {
		if i.onceFor(over, v, list, field) {
			return true
		}
	}
	return a.Body.onceFor(over, v, list, field)
}

// Condition is what must hold for a block to give anything.
type Condition struct {
	Pos  gov.Pos
	Gate bool
	Expr *Expr
	Note
}

// Block is conditions, one amount, and limits in order.
type Block struct {
	Pos        gov.Pos
	Conditions []*Condition
	Amount     *Amount
	Limits     []*Limit
}

// Amount is a line that says how much.
type Amount struct {
	Pos    gov.Pos
	Kind   Key
	Base   *Expr   // 定额, 按
	Ratio  *Expr   // 按 … 的
	Table  *Table  // instead of Ratio, or of 分档, 对照, 分情形
	Factor []*Expr // 单价: the rate and the quantities
	Step   *Expr   // 每满
	Pay    *Expr
	On     *Expr
	Above  *Expr
	List   Name // 逐项, 择优
	Var    Name
	Per    *Expr
	Grant  string
	Items  []*Amount // 合计, 择优
	Body   *Block    // 逐项, 择优 每, 分项
	Limits []*Limit  // on the same line
	Note
}

// Table is rows of values.
type Table struct {
	Pos     gov.Pos
	Kind    Key
	Subject *Expr
	Rows    []*Row
}

// Row is a row of a table.
type Row struct {
	Pos   gov.Pos
	Edges []Edge // 分档: one or two
	Names []Name // 对照
	Cond  *Expr  // 分情形, or after 且
	Else  bool
	Value *Expr // nil for 无
	Note
}

// Edge is an edge of a tier.
type Edge struct {
	Key   Key
	Value *Expr
	Pos   gov.Pos
}

// Limit is what is done to an amount.
type Limit struct {
	Pos      gov.Pos
	Kind     Key
	Expr     *Expr
	Per      *Expr
	Ever     bool
	Years    int64
	When     *Expr // of a cap
	Rounding money.Rounding
	Reading  Name
	Note
}

// Exclude says that of several benefits only some may be had.
type Exclude struct {
	Pos      gov.Pos
	ByNature bool
	Names    []*Expr // benefits
	Docs     []Name  // documents, with ByNature
	Choose   Key     // KHighest, KFirst, KChosen
	AllYears bool    // with ByNature: what is given once is not given again by another of them
	Note
}

// JointCap is one limit on several benefits.
type JointCap struct {
	Pos   gov.Pos
	Expr  *Expr
	Names []*Expr
	Note
}

// Uncomputed are clauses without rules.
type Uncomputed struct {
	Pos     gov.Pos
	Cites   []Clause
	Because string
}

// Related are two clauses of one nature.
type Related struct {
	Pos      gov.Pos
	One, Two Clause
	How      string
}

// Reading is a choice the text leaves open.
type Reading struct {
	Name     Name
	Question string
	Adopted  string
	Others   []string
	By       string
	Ruled    gov.Date // zero while pending
	Ruling   string
	Note
}

// Fact is a fact of an example.
type Fact struct {
	Name    Name
	Years   int      // back
	Low     *Literal // the value, or the lower end
	High    *Literal
	Choice  Name
	Entries [][]Fact
	IsList  bool
	Rest    bool // 其余 为 空: whatever is not said
}

// Paid is a payment of an earlier year.
type Paid struct {
	Year    int
	Benefit *Expr
	Amount  Literal
	Key     string
}

// Expect is what an example must come to.
type Expect struct {
	Pos     gov.Pos
	Benefit *Expr // nil for the total
	Low     *Literal
	High    *Literal
	Granted Key // KGrant or KNone for a grant
	Needs   []Name
	Because []Clause
}

// EdgeCase is three results around an edge.
type EdgeCase struct {
	Pos     gov.Pos
	Field   *Expr // a fact, or one of the first entry of a list
	At      Literal
	Benefit *Expr
	Want    [3]Literal
}

// Example is facts and what they come to.
type Example struct {
	Pos    gov.Pos
	Name   string
	Doc    string // short name of the document it is an example of
	Year   int
	Like   Name
	Facts  []Fact
	Paid   []Paid
	Expect []Expect
	Edges  []EdgeCase
	Refuse []Name // what is wrong with its facts, in the words of 核对
}

// Change is a number that an amendment changes.
type Change struct {
	Pos   gov.Pos
	Cite  Clause
	Old   Literal
	New   Literal
	Label string
}

// Amend is the head and the changes of an amendment.
type Amend struct {
	Pos       gov.Pos
	Short     Name
	From      gov.Date
	Published gov.Date
	Number    string
	Changes   []Change
}

// File is a rule file.
type File struct {
	Source     *Source
	Document   *Document
	Amend      *Amend
	Continues  Name // the document a further file is of
	Inputs     []*Input
	Defines    []*Define
	Benefits   []*Benefit
	Excludes   []*Exclude
	JointCaps  []*JointCap
	Uncomputed []*Uncomputed
	Related    []*Related
	Readings   []*Reading
	Examples   []*Example
}

// Short is the short name of the document the file is of.
func (f *File) Short() string {
	switch {
	case f.Document != nil:
		return f.Document.Short.Text
	case f.Amend != nil:
		return f.Amend.Short.Text
	}
	return f.Continues.Text
}
