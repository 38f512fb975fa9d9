package syntax

// Lang is the language of the words in a file.
type Lang uint8

// The languages a rule file may be written in.
const (
	Chinese Lang = iota
	English
)

// Key is a word of the language, however it is spelt.
type Key uint8

// The words, as docs/spec/rules.md lists them.
const (
	NoKey Key = iota
	KDocument
	KAmend
	KContinued
	KTitle
	KPublished
	KForce
	KValid
	KClauses
	KRound
	KInput
	KMoney
	KRatio
	KCount
	KDate
	KChoice
	KYesNo
	KText
	KList
	KEvidence
	KBy
	KYearly
	KRange
	KTo
	KAtMost
	KDecimals
	KVerify
	KUnique
	KDefine
	KBenefit
	KFor
	KNature
	KCondition
	KGate
	KFixed
	KShare
	KAt
	KUnit
	KTier
	KMatch
	KCases
	KEvery
	KSum
	KBest
	KEach
	KGrant
	KPart
	KPay
	KOn
	KAbove
	KAs
	KPer
	KElse
	KNone
	KCap
	KEver
	KWhen
	KReaching
	KLessPaid
	KOnce
	KLasting
	KInstalments
	KDiscretion
	KReading
	KHalfUp
	KDown
	KUp
	KHalfEven
	KRoundTo
	KExclude
	KExcludeNature
	KHighest
	KFirst
	KChosen
	KAllYears
	KJointCap
	KOver
	KUncomputed
	KBecause
	KRelated
	KWith
	KQuestion
	KAdopted
	KOther
	KPending
	KRuled
	KExample
	KYear
	KEmpty
	KLike
	KGiven
	KPaid
	KKeyed
	KExpect
	KNeeds
	KEdge
	KGives
	KRefused
	KFrom
	KBecomes
	KAnd
	KOr
	KNot
	KIs
	KIsNot
	KIn
	KLeast
	KMore
	KLess
	KMost
	KSince
	KAfter
	KBefore
	KUntil
	KNo
	KLastYear
	KYearBefore
	KFullYears
	KNumber
	KTotal
	KLimited
	KAmount
	KGranted
	KYearStart
	KYearEnd
)

// word is a row of the one table of spellings.
type word struct {
	key      Key
	spelt    [2]string // by Lang
	reserved bool      // in expressions: never a name
	symbol   string    // the English spelling is a sign, read in every file
}

var words = []word{
	{KDocument, [2]string{"文件", "document"}, false, ""},
	{KAmend, [2]string{"修订", "amend"}, false, ""},
	{KContinued, [2]string{"续", "continued"}, false, ""},
	{KTitle, [2]string{"名称", "title"}, false, ""},
	{KPublished, [2]string{"公布", "published"}, false, ""},
	{KForce, [2]string{"施行", "force"}, false, ""},
	{KValid, [2]string{"有效", "valid"}, false, ""},
	{KClauses, [2]string{"共", "clauses"}, false, ""},
	{KRound, [2]string{"取整", "round"}, false, ""},
	{KInput, [2]string{"申报", "input"}, false, ""},
	{KMoney, [2]string{"金额", "money"}, false, ""},
	{KRatio, [2]string{"比例", "ratio"}, false, ""},
	{KCount, [2]string{"数量", "count"}, false, ""},
	{KDate, [2]string{"日期", "date"}, false, ""},
	{KChoice, [2]string{"选项", "choice"}, false, ""},
	{KYesNo, [2]string{"是否", "yesno"}, false, ""},
	{KText, [2]string{"文字", "text"}, false, ""},
	{KList, [2]string{"清单", "list"}, false, ""},
	{KEvidence, [2]string{"证明", "evidence"}, false, ""},
	{KBy, [2]string{"由", "by"}, false, ""},
	{KYearly, [2]string{"按年", "yearly"}, false, ""},
	{KRange, [2]string{"范围", "range"}, false, ""},
	{KTo, [2]string{"至", "to"}, false, ""},
	{KAtMost, [2]string{"至多", "atmost"}, false, ""},
	{KDecimals, [2]string{"小数", "decimals"}, false, ""},
	{KVerify, [2]string{"核对", "verify"}, false, ""},
	{KUnique, [2]string{"唯一", "unique"}, false, ""},
	{KDefine, [2]string{"定义", "define"}, false, ""},
	{KBenefit, [2]string{"支持", "benefit"}, false, ""},
	{KFor, [2]string{"给", "for"}, false, ""},
	{KNature, [2]string{"性质", "nature"}, false, ""},
	{KCondition, [2]string{"条件", "condition"}, false, ""},
	{KGate, [2]string{"门槛", "gate"}, false, ""},
	{KFixed, [2]string{"定额", "fixed"}, false, ""},
	{KShare, [2]string{"按", "share"}, false, ""},
	{KAt, [2]string{"的", "at"}, true, ""},
	{KUnit, [2]string{"单价", "unit"}, false, ""},
	{KTier, [2]string{"分档", "tier"}, false, ""},
	{KMatch, [2]string{"对照", "match"}, false, ""},
	{KCases, [2]string{"分情形", "cases"}, false, ""},
	{KEvery, [2]string{"每满", "every"}, false, ""},
	{KSum, [2]string{"合计", "sum"}, false, ""},
	{KBest, [2]string{"择优", "best"}, false, ""},
	{KEach, [2]string{"逐项", "each"}, false, ""},
	{KGrant, [2]string{"授予", "grant"}, false, ""},
	{KPart, [2]string{"分项", "part"}, false, ""},
	{KPay, [2]string{"给", "pay"}, false, ""},
	{KOn, [2]string{"计", "on"}, false, ""},
	{KAbove, [2]string{"超出", "above"}, false, ""},
	{KAs, [2]string{"作", "as"}, true, ""},
	{KPer, [2]string{"每", "per"}, false, ""},
	{KElse, [2]string{"其余", "else"}, false, ""},
	{KNone, [2]string{"无", "none"}, false, ""},
	{KCap, [2]string{"上限", "cap"}, false, ""},
	{KEver, [2]string{"累计", "ever"}, false, ""},
	{KWhen, [2]string{"当", "when"}, true, ""},
	{KReaching, [2]string{"达到", "reaching"}, false, ""},
	{KLessPaid, [2]string{"扣除已领", "lesspaid"}, false, ""},
	{KOnce, [2]string{"一次性", "once"}, false, ""},
	{KLasting, [2]string{"为期", "lasting"}, false, ""},
	{KInstalments, [2]string{"分期", "instalments"}, false, ""},
	{KDiscretion, [2]string{"酌定", "discretion"}, false, ""},
	{KReading, [2]string{"解读", "reading"}, false, ""},
	{KHalfUp, [2]string{"四舍五入", "halfup"}, false, ""},
	{KDown, [2]string{"去尾", "down"}, false, ""},
	{KUp, [2]string{"进一", "up"}, false, ""},
	{KHalfEven, [2]string{"四舍六入", "halfeven"}, false, ""},
	{KRoundTo, [2]string{"到", "to"}, false, ""},
	{KExclude, [2]string{"互斥", "exclude"}, false, ""},
	{KExcludeNature, [2]string{"同类互斥", "excludenature"}, false, ""},
	{KHighest, [2]string{"取高", "highest"}, false, ""},
	{KFirst, [2]string{"取先", "first"}, false, ""},
	{KChosen, [2]string{"自选", "chosen"}, false, ""},
	{KAllYears, [2]string{"历年", "allyears"}, false, ""},
	{KJointCap, [2]string{"共同上限", "jointcap"}, false, ""},
	{KOver, [2]string{"于", "over"}, false, ""},
	{KUncomputed, [2]string{"不计算", "uncomputed"}, false, ""},
	{KBecause, [2]string{"因", "because"}, false, ""},
	{KRelated, [2]string{"相当", "related"}, false, ""},
	{KWith, [2]string{"与", "to"}, false, ""},
	{KQuestion, [2]string{"问", "question"}, false, ""},
	{KAdopted, [2]string{"采", "adopted"}, false, ""},
	{KOther, [2]string{"另", "other"}, false, ""},
	{KPending, [2]string{"待定", "pending"}, false, ""},
	{KRuled, [2]string{"已定", "ruled"}, false, ""},
	{KExample, [2]string{"例", "example"}, false, ""},
	{KYear, [2]string{"年度", "year"}, false, ""},
	{KEmpty, [2]string{"空", "empty"}, false, ""},
	{KLike, [2]string{"同", "like"}, false, ""},
	{KGiven, [2]string{"已知", "given"}, false, ""},
	{KPaid, [2]string{"已领", "paid"}, false, ""},
	{KKeyed, [2]string{"为", "key"}, false, ""},
	{KExpect, [2]string{"应得", "expect"}, false, ""},
	{KNeeds, [2]string{"需", "needs"}, false, ""},
	{KEdge, [2]string{"边界", "edge"}, false, ""},
	{KGives, [2]string{"得", "gives"}, false, ""},
	{KRefused, [2]string{"不符", "refused"}, false, ""},
	{KFrom, [2]string{"自", "from"}, false, ""},
	{KBecomes, [2]string{"改为", "becomes"}, false, ""},
	{KAnd, [2]string{"且", "and"}, true, ""},
	{KOr, [2]string{"或", "or"}, true, ""},
	{KNot, [2]string{"非", "not"}, true, ""},
	{KIs, [2]string{"是", "is"}, true, "="},
	{KIsNot, [2]string{"不是", "isnot"}, true, "!="},
	{KIn, [2]string{"属于", "in"}, true, ""},
	{KLeast, [2]string{"达到", ">="}, true, ">="},
	{KMore, [2]string{"超过", ">"}, true, ">"},
	{KLess, [2]string{"低于", "<"}, true, "<"},
	{KMost, [2]string{"不超过", "<="}, true, "<="},
	{KSince, [2]string{"不早于", "since"}, true, ""},
	{KAfter, [2]string{"晚于", "after"}, true, ""},
	{KBefore, [2]string{"早于", "before"}, true, ""},
	{KUntil, [2]string{"不晚于", "until"}, true, ""},
	{KNo, [2]string{"否", "no"}, true, ""},
	{KLastYear, [2]string{"上年", "lastyear"}, true, ""},
	{KYearBefore, [2]string{"前年", "yearbefore"}, true, ""},
	{KFullYears, [2]string{"满年", "fullyears"}, true, ""},
	{KNumber, [2]string{"数目", "number"}, true, ""},
	{KTotal, [2]string{"总和", "total"}, true, ""},
	{KLimited, [2]string{"限额", "limited"}, true, ""},
	{KAmount, [2]string{"所得", "amount"}, true, ""},
	{KGranted, [2]string{"获得", "granted"}, true, ""},
	{KYearStart, [2]string{"年初", "yearstart"}, true, ""},
	{KYearEnd, [2]string{"年末", "yearend"}, true, ""},
}

// yes is the English spelling of the value that Chinese spells like KIs.
const yes = "yes"

// spellings finds what words mean: spelling → keys, by language.
var spellings = func() (t [2]map[string][]Key) {
	for l := range t {
		t[l] = map[string][]Key{}
		for _, w := range words {
			t[l][w.spelt[l]] = append(t[l][w.spelt[l]], w.key)
			if w.symbol != "" && w.symbol != w.spelt[l] {
				t[l][w.symbol] = append(t[l][w.symbol], w.key)
			}
		}
	}
	t[English][yes] = append(t[English][yes], KIs)
	return t
}()

// reserved are the words that are never names, by language.
var reserved = func() (t [2]map[string]bool) {
	for l := range t {
		t[l] = map[string]bool{}
		for _, w := range words {
			if w.reserved {
				t[l][w.spelt[l]] = true
			}
		}
	}
	t[English][yes] = true
	return t
}()

// Spelt is the word in a language.
func (k Key) Spelt(l Lang) string {
	for _, w := range words {
		if w.key == k {
			return w.spelt[l]
		}
	}
	return ""
}

// Has reports whether a text is a word of the language, which may be a name elsewhere.
func (l Lang) Has(text string) bool { return len(spellings[l][text]) > 0 }
