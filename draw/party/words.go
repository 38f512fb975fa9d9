package party

import (
	"strings"

	"quanxiang/canon"
	"quanxiang/draw/record"
	"quanxiang/gov"
)

// Words says what a request asks, one line each, read from the request itself and
// not from what a page says of it.
func (r *Request) Words() (out []gov.Text) {
	for _, a := range r.Asks {
		switch a.Kind {
		case AskKey:
			out = append(out, gov.Textf("登记您在计划 %[1]s 中作为 %[2]s 的公钥", "give your public key as %[2]s of plan %[1]s", r.Plan, r.By))
		case AskCommit:
			out = append(out, gov.Textf("对您的秘密作出承诺（秘密本身不交出）", "commit to your secret, which is not handed over"))
		case AskReveal:
			out = append(out, gov.Textf("公布您承诺过的秘密：只在承诺截止以后交出", "reveal the secret you committed to: only after commitments closed"))
		case AskElement:
			out = append(out, gov.Textf("交出密封链第 %d 段：谁有了它，也就有了前面各段", "give element %d of your chain: who has it has all earlier ones", a.Use+1))
		case AskSign:
			out = append(out, gov.Textf("签署：%[1]s", "sign: %[2]s", a.words(gov.ZH), a.words(gov.EN)))
		}
	}
	return out
}

// words says what a record to be signed holds.
func (a *Ask) words(l gov.Lang) string {
	if a.Type == record.TypePlan {
		var p record.Plan
		if canon.Unmarshal(a.Body, &p) == nil {
			return planWords(&p).In(l)
		}
	}
	names := map[record.Type]gov.Text{
		record.TypeOutside:    {ZH: "外部随机值", EN: "the outside value"},
		record.TypeDraw:       {ZH: "抽取结果的指纹（名单未公开）", EN: "the fingerprint of who was drawn (the list stays hidden)"},
		record.TypeAssign:     {ZH: "检查组的指纹", EN: "the fingerprint of the teams"},
		record.TypeVoid:       {ZH: "作废", EN: "a void"},
		record.TypeSubstitute: {ZH: "替补的指纹", EN: "the fingerprint of a substitute"},
		record.TypeRecuse:     {ZH: "检查人员回避后的替换", EN: "who stands in after a recusal"},
		record.TypePublish:    {ZH: "结果已公布", EN: "where results were published"},
		record.TypeRelease:    {ZH: "公开全部数据", EN: "the release of the data"},
		record.TypeAttest:     {ZH: "审计意见", EN: "an auditor's word"},
	}
	text := string(a.Type)
	if name, ok := names[a.Type]; ok {
		text = name.In(l)
	}
	for _, member := range []string{"value", "scope", "reason", "where", "kind", "verdict", "digest"} {
		if v, ok := canon.Member(a.Body, member); ok && v != "" {
			text += "  " + member + "=" + v
		}
	}
	return text
}

// planWords says what a plan draws.
func planWords(p *record.Plan) gov.Text {
	var zh, en strings.Builder
	for i := range p.Frames {
		f := &p.Frames[i]
		var n int64
		for j := range f.Strata {
			n += f.Strata[j].Quota()
		}
		t := gov.Textf("；%[1]s：%[2]d 户中抽 %[3]d 户", "; %[1]s: %[3]d of %[2]d", f.Name, f.Frame.Size, n)
		zh.WriteString(t.ZH)
		en.WriteString(t.EN)
	}
	return gov.Textf("抽取计划 %[1]s（第 %[2]d 次），见证人 %[3]d 位，密封持有人 %[4]d 位%[5]s", "plan %[1]s, attempt %[2]d, %[3]d witnesses, %[4]d seal holders%[6]s",
		p.ID, p.Attempt, len(p.Witnesses), len(p.Seals), zh.String(), en.String())
}
