package supervision

import (
	"fmt"

	"quanxiang/cases"
	"quanxiang/registers"
)

// item is an item of the catalogue as its department drafts it. The names are those
// of laws; what is asked is invented.
type item struct {
	unit, code, title, whom, content, method, basis string
	share, often                                    int64
	never                                           string // why it is not drawn, "" when it is
}

var items = []item{
	{"syj", "SYJ-101", "餐饮服务单位日常检查", "any", "许可、后厨卫生、原料索证和留样", "onsite", "食品安全法", 10, 2, ""},
	{"syj", "SYJ-102", "药品零售企业检查", "enterprise", "处方药销售和药师在岗", "onsite", "药品管理法", 8, 1, ""},
	{"gsfj", "GSFJ-101", "企业年度报告公示信息检查", "enterprise", "年报与登记是否一致", "document", "企业信息公示暂行条例", 3, 1, ""},
	{"rsj", "RSJ-101", "用人单位遵守劳动保障法律检查", "any", "劳动合同、工资支付和参保", "onsite", "劳动保障监察条例", 5, 1, ""},
	{"ajj", "AJJ-101", "危险化学品经营单位检查", "enterprise", "储存条件和应急预案", "onsite", "安全生产法", 0, 0, "数量少、风险高，每年全部检查，不实行随机抽查。"},
	{"wjw", "WJW-101", "公共场所卫生检查", "any", "用品消毒和空气质量", "sampling", "公共场所卫生管理条例", 6, 2, ""},
}

// filings are the items on their way: all but the last two are filed.
func filings() (list []story) {
	for i, it := range items {
		v := cases.Values{"code": it.code, "title": it.title, "unit": it.unit, "whom": it.whom, "content": it.content, "method": it.method, "basis": it.basis,
			"mode": "random", "share": it.share, "often": it.often, "from": "2017-01-01"}
		if it.never != "" {
			v["mode"], v["why_never"] = "never", it.never
			delete(v, "share")
			delete(v, "often")
		}
		moves := []move{{it.unit, "clerk", "draft", v}, {it.unit, "lead", "submit", nil}, {"fzb", "clerk", "pass", cases.Values{"opinion": "依据充分，同意备案。"}}, {"fzb", "lead", "file", nil}}
		if left := len(items) - i; left <= 2 {
			moves = moves[:left+1]
		}
		list = append(list, story{"item_filing", moves})
	}
	return list
}

// accused brings a violation of a subject to where the party was told.
func accused(e registers.Entry, violation string) []move {
	return []move{
		{"syj", "clerk", "report", cases.Values{"subject_name": e.Name, "subject": e.Key, "unit": "syj", "violation": violation, "source": "日常检查"}},
		{"syj", "lead", "accept", nil},
		{"syj", "clerk", "conclude", cases.Values{"facts": "现场检查发现货架上有三种食品超过保质期，已登记保存。", "basis": "食品安全法", "proposed": "没收过期食品，罚款五千元。"}},
		{"syj", "lead", "tell", nil},
	}
}

// penalty is a violation that was punished, up to its end.
func penalty(e registers.Entry, today string) story {
	return story{"penalty", append(accused(e, "经营超过保质期的食品"),
		move{"syj", "clerk", "state_case", cases.Values{"statement": "承认违法，已经整改。", "waived": true}},
		move{"syj", "clerk", "put", nil},
		move{"syj", "lead", "decide", cases.Values{"decision_number": "虚构食药罚〔2016〕101号", "amount": int64(500000), "decision": "没收过期食品，罚款五千元。"}},
		move{"syj", "clerk", "serve", cases.Values{"served_on": today, "served_how": "direct"}},
		move{"syj", "clerk", "finish", cases.Values{"outcome": "done"}})}
}

// waiting is one whose party has its time to be heard.
func waiting(e registers.Entry) story {
	return story{"penalty", accused(e, "未按规定建立进货查验记录")}
}

// listing is a subject on the list of serious violations that mended itself.
func listing(e registers.Entry) story {
	return story{"blacklist", []move{
		{"rsj", "clerk", "propose", cases.Values{"subject_name": e.Name, "subject": e.Key, "unit": "rsj", "ground": "拖欠工资数额较大，逾期未支付"}},
		{"rsj", "lead", "tell", nil},
		{"rsj", "clerk", "hear", cases.Values{"statement": "资金周转困难，正在筹款。"}},
		{"rsj", "lead", "list", cases.Values{"decision_number": "虚构人社列〔2016〕11号"}},
		{"rsj", "clerk", "apply", cases.Values{"repair": "拖欠的工资已全部付清，附银行回单。"}},
		{"rsj", "lead", "agree", cases.Values{"reply": "经核实已付清，同意移出。"}},
	}}
}

// signal is a risk one department tells another of, answered or not.
func signal(e registers.Entry, answered bool) story {
	moves := []move{
		{"gsfj", "clerk", "send", cases.Values{"what": fmt.Sprintf("%s：多次被投诉", e.Name), "subject": e.Key, "from_unit": "gsfj", "unit": "syj", "why": "近三个月投诉较多，涉及食品质量，请核查。"}},
		{"syj", "clerk", "report", cases.Values{"answer": "inspected", "done": "已现场检查，责令改正两项问题。"}},
		{"gsfj", "clerk", "confirm", nil},
	}
	if !answered {
		moves = moves[:1]
	}
	return story{"signal", moves}
}
