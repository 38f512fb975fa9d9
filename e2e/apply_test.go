package e2e

import (
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"quanxiang/demo/applicants"
)

// of finds somebody by role and unit on the start page.
func roleIn(t *testing.T, name, unit string) role {
	t.Helper()
	n := 0
	for _, l := range filled.Logins {
		if l.Role.ZH != name {
			continue
		}
		if l.Unit.ZH == unit {
			return role{name, n}
		}
		n++
	}
	t.Fatalf("the start page lists no %s of %s", name, unit)
	return role{}
}

// fills puts values into the inputs of the form on the page by their names.
func (b *reader) enters(values map[string]string) {
	b.Helper()
	for name, v := range values {
		if !value[bool](b, fmt.Sprintf(`(() => { const e = document.querySelector("main form [name=" + CSS.escape(%q) + "]"); if (!e) return false; e.value = %q; return e.value === %q })()`, name, v, v)) {
			b.Fatalf("%s cannot be filled in as %q on %s:\n%s", name, v, b.here(), b.text("main"))
		}
	}
}

// says fails the test unless the page says all of it.
func (b *reader) says(words ...string) {
	b.Helper()
	main := b.text("main")
	for _, w := range words {
		if !strings.Contains(main, w) {
			b.Errorf("%s does not say %s:\n%s", b.here(), w, main)
		}
	}
}

const next = "main form .form-actions button"

// TestApply is a small company that finds 250,000 yuan on a telephone, applies with what
// it typed, is asked for more once, reviewed and announced, is excluded from a second
// grant of the same nature with the clause, told, and paid.
func TestApply(t *testing.T) {
	t.Parallel()
	began := time.Now()
	b := newReader(t)
	b.do(chromedp.EmulateViewport(390, 844))
	b.open("/programmes", http.StatusOK)
	b.open("/programmes/calculate?for=企业&b=16号.贷款贴息&b=18号.贷款贴息&year=2017", http.StatusOK)
	b.enters(map[string]string{"facts.认定": "认定企业", "facts.出版园认定": "yes", "n.贷款": "1"})
	b.click(next)
	b.enters(map[string]string{"facts.贷款[0].实付利息": "50万元", "facts.贷款[0].基准利息": "50万元", "facts.贷款[0].经投融资平台": "yes", "facts.贷款[0].用于创业创新": "yes"})
	b.click(next)
	b.says("25万元", "不能同时享受", "18号 第十四条")
	if took := time.Since(began); took > 2*time.Minute {
		t.Errorf("it took %v to find", took)
	}
	b.shoot("apply-calculator.jpg")
	b.checkAxe()

	// Nothing is kept before somebody is signed in and says so; what was typed comes along.
	b.click(`a[href^="/apply/new"]`)
	b.says("什么都没有保存", "50万元")
	b.shoot("apply-begin.jpg")
	b.checkAxe()
	b.click(`a.button[href^="/my/login"]`)
	b.enters(map[string]string{"address": applicants.Address})
	b.proves("form#login .form-actions button", applicants.Address)
	b.says("50万元", "代表哪个单位")
	b.shoot("apply-keep.jpg")
	b.click(next)
	at := strings.SplitN(b.here(), "?", 2)[0]
	if !strings.HasPrefix(at, "/apply/") {
		t.Fatalf("the draft is at %s", at)
	}
	b.says("草稿", "贷款贴息", "50万元", "待主管单位核定")
	b.shoot("apply-draft.jpg")
	b.checkAxe()
	if status := b.follow(chromedp.Click(chromedp.CSS("form#submit .form-actions button"))); status != http.StatusUnprocessableEntity {
		t.Errorf("without evidence: status %d", status)
	}
	b.says("还没有证明材料：贷款")
	b.take(http.StatusUnprocessableEntity)
	b.open(at+"/facts?benefit=16号.贷款贴息", http.StatusOK)
	b.do(chromedp.SetUploadFiles(chromedp.CSS(`input[name="file.贷款"]`), []string{absolute(t, filepath.Join("..", "docs", "images", "phone.png"))}))
	b.shoot("apply-topic.jpg")
	b.checkAxe()
	b.click("form#facts .form-actions button")
	b.enters(map[string]string{"bank": "虚构银行西城支行", "account": "9011010200020170901"})
	b.click("form#pay-to .form-actions button")
	b.says("****901")
	b.click("form#submit .form-actions button")
	b.says("已提交", "待形式审查", "下载")
	b.shoot("apply-receipt.jpg")
	b.checkAxe()
	b.clean()

	// The unit in charge asks for more, once, and sets what is its to set.
	page := strings.Replace(at, "/apply/", "/desk/cases/", 1)
	clerk := as(t, roleIn(t, "经办人", "西城园管委会"))
	clerk.actWith(page, "ask", "一次性告知补正", map[string]string{"missing": "付息凭证缺银行业务章"})
	b.open(at, http.StatusOK)
	b.says("需要补正", "缺银行业务章")
	b.shoot("apply-missing.jpg")
	b.click("form#submit .form-actions button")
	clerk.actWith(page, "accept", "形式审查通过", map[string]string{"opinion": "材料齐全"})
	claim := strings.Replace(at, "/apply/", "/desk/claims/", 1)
	for fact, v := range map[string]string{"认定": "认定企业", "出版园认定": "yes"} {
		clerk.open(claim, http.StatusOK)
		if value[bool](clerk, fmt.Sprintf(`![...document.querySelectorAll("a[href*=correct]")].some((a) => new URL(a.href).searchParams.get("fact") === %q)`, fact)) {
			continue // a register says so
		}
		clerk.open(claim+"/correct?fact="+fact, http.StatusOK)
		clerk.enters(map[string]string{"facts." + fact: v, "why": "园区名录和审核认定文件"})
		clerk.click("form#correct .form-actions button")
	}
	clerk.says("25万元", "园区名录和审核认定文件", "不同时支持")
	clerk.shoot("apply-claim.jpg")
	clerk.checkAxe()
	clerk.open(page, http.StatusOK)
	reviews := value[[]string](clerk, `[...document.querySelectorAll("section[aria-labelledby=children] table a")].map((a) => a.getAttribute("href"))`)
	for _, unit := range []string{"区科信委", "区财政局"} {
		reviewer := as(t, roleIn(t, "审核人", unit))
		for _, r := range reviews {
			reviewer.open(r, http.StatusOK)
			if value[bool](reviewer, `!document.querySelector("[name=f-verdict]")`) {
				continue
			}
			reviewer.click(`a[href^="/desk/claims/"]`)
			reviewer.says("25万元")
			reviewer.open(r+"/do/give", http.StatusOK)
			reviewer.enters(map[string]string{"f-opinion": "条件符合"})
			reviewer.choose("verdict", "同意")
			if status := reviewer.send(); status != http.StatusOK {
				t.Fatalf("review: status %d", status)
			}
		}
	}
	clerk.actWith(page, "list", "列入上会名单", nil)
	clerk.open("/desk/claims", http.StatusOK)
	clerk.says("上会名单", "25万元")
	clerk.shoot("apply-list.jpg")
	clerk.checkAxe()
	head := as(t, roleIn(t, "单位负责人", "西城园管委会"))
	head.actWith(page, "announce", "会议通过，公示", map[string]string{"committee": "第4次会议通过"})

	// Everybody sees what is proposed and may object; the applicant reads the clause.
	anyone := newReader(t)
	anyone.do(chromedp.EmulateViewport(390, 844))
	anyone.open("/programmes/announced", http.StatusOK)
	anyone.says("正在公示", "25万元")
	anyone.shoot("apply-announced.jpg")
	anyone.checkAxe()
	anyone.click(`a[href^="/report/notice_objection/"]`)
	if got := value[string](anyone, `document.querySelector("[name=f-application]").value`); !strings.HasPrefix(got, "FC") {
		t.Errorf("the objection is about %q", got)
	}
	if status, atom := anyone.fetch("/programmes/announced.atom"); status != http.StatusOK || !strings.Contains(string(atom), "公示至") || !strings.Contains(string(atom), "25万元") {
		t.Errorf("the feed of what is announced is answered with %d: %.300s", status, atom)
	}
	anyone.clean()
	b.open(at, http.StatusOK)
	b.says("公示中", "第二十八条", "性质相同")
	b.shoot("apply-announced-own.jpg")
	b.checkAxe()

	// When the notice is over it is decided, and the money is promised in the same step.
	head.waits(page, "公示期满", "决定给予支持")
	head.actWith(page, "decide", "决定给予支持", map[string]string{"decision_number": "西园管发〔虚构〕2号"})
	head.open(claim+"?replay=1", http.StatusOK)
	head.says("逐字节相同", "25万元")
	head.checkAxe()
	b.open(at, http.StatusOK)
	b.says("待拨付", "决定支持合计", "****901", "扶持资金决定书", "性质相同")
	number := b.text(".doc-number span")
	b.shoot("apply-decided-own.jpg")
	b.checkAxe()
	told(t, number, "决定")

	// One prepares the payment, another signs it, the finance system answers.
	officer := as(t, finance)
	batch := officer.prepare("申请拨付", number, true)
	payer := as(t, signer)
	payer.open(batch, http.StatusOK)
	payer.says(number, "250,000")
	payer.submit("sign")
	officer.open(batch, http.StatusOK)
	rows := officer.payments()
	if len(rows) != 1 || rows[0][1] != "250,000" {
		t.Fatalf("the batch pays %v", rows)
	}
	if got := officer.answer(batch, "answer.csv", rows[0][0]+",250000.00,已付,2026-01-05,"); !strings.Contains(got, "全部记账") {
		t.Errorf("the answer is %q", got)
	}

	// The company sees on its telephone that it is paid, is told so, and everybody sees it too.
	b.waits(at, "已拨付", "2026年1月5日", "25万元", "****901")
	b.shoot("apply-paid.jpg")
	b.checkAxe()
	b.checkReflow()
	told(t, number, "已拨付")
	b.open("/apply", http.StatusOK)
	b.says(number, "已拨付")
	b.shoot("apply-own-list.jpg")
	b.open("/programmes/announced", http.StatusOK)
	if got := value[string](b, fmt.Sprintf(`[...document.querySelectorAll(".programme-row")].find((e) => e.innerText.includes(%q))?.innerText ?? ""`, number)); !strings.Contains(got, "已拨付") {
		t.Errorf("everybody reads %q", got)
	}
	b.clean()
}

// waits opens a page until it says all of it: time or a job has to bring it.
func (b *reader) waits(address string, words ...string) {
	b.Helper()
	eventually(b, address+" says "+strings.Join(words, ", "), func() (bool, string) {
		b.open(address, http.StatusOK)
		main := b.text("main")
		return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(main, w) }), main
	})
}

// told waits until the demonstration would have sent a message about a case that says
// something.
func told(t *testing.T, number, word string) {
	t.Helper()
	eventually(t, "somebody is told "+word+" of "+number, func() (bool, string) {
		all := string(get(t, "/demo/messages"))
		return slices.ContainsFunc(strings.Split(all, "<li"), func(m string) bool { return strings.Contains(m, number) && strings.Contains(m, word) }), all
	})
}
