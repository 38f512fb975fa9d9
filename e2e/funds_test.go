package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// Those who keep and who sign the money of support programmes.
var (
	finance = role{"扶持资金管理人员", 0}
	signer  = role{"拨付签发人", 0}
)

// prepare makes a batch of the payments whose line says something, or of those that do
// not say it, and returns its address.
func (b *reader) prepare(title, says string, those bool) (batch string) {
	b.Helper()
	b.open("/desk/funds/batches/new", http.StatusOK)
	if n := value[int](b, fmt.Sprintf(`(() => {
		const all = [...document.querySelectorAll("form#prepare [name=ids]")];
		all.forEach((e) => { e.checked = e.checked && e.closest("label, .choice").textContent.includes(%q) === %v });
		return all.filter((e) => e.checked).length;
	})()`, says, those)); n == 0 {
		b.Fatalf("nothing can be paid: %s", b.text("main"))
	}
	b.put("prepare", map[string]string{"title": title})
	b.submit("prepare")
	return strings.TrimPrefix(b.here(), site)
}

// answer brings in what the finance system says of a batch and returns what the page says.
func (b *reader) answer(batch, name string, lines ...string) string {
	b.Helper()
	file := filepath.Join(b.TempDir(), name)
	text := "付款编号,金额（元）,结果,付款日期,失败原因\n" + strings.Join(lines, "\n") + "\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	b.open(batch, http.StatusOK)
	b.do(chromedp.SetUploadFiles(chromedp.CSS("form#answer [type=file]"), []string{absolute(b.T, file)}))
	b.submit("answer")
	return b.text("main .note")
}

// payments are the numbers and sums of a batch on its page.
func (b *reader) payments() [][]string {
	b.Helper()
	return value[[][]string](b, `[...document.querySelectorAll("section[aria-labelledby=payments] tbody tr")].map(r => [r.querySelector(".cell-lead").innerText.trim(), r.querySelector(".num").innerText.trim()])`)
}

// TestFunds takes promises to their payees: an officer prepares a batch, another person
// signs it, the officer fetches the file and brings in what the finance system answered;
// a wrong answer is told row by row, and the same answer again changes nothing.
func TestFunds(t *testing.T) {
	t.Parallel()
	b := as(t, finance)
	b.open("/desk/funds", http.StatusOK)
	b.both("funds")
	b.open("/desk/funds/batches/new", http.StatusOK)
	b.both("funds-prepare")
	// Those of applications are paid where an application is followed to its end.
	batch := b.prepare("试验拨付", "FC", false)
	if got := b.text(".page-head"); !strings.Contains(got, "待签发") {
		t.Fatalf("the prepared batch is %q", got)
	}
	if value[bool](b, `document.querySelector("form#sign") !== null`) {
		t.Error("who prepared the batch is offered to sign it")
	}
	b.clean()

	s := as(t, signer)
	s.open(batch, http.StatusOK)
	s.both("funds-sign")
	s.submit("sign")
	if got := s.text(".page-head"); !strings.Contains(got, "已签发") {
		t.Fatalf("the signed batch is %q", got)
	}
	s.clean()

	b.open(batch, http.StatusOK)
	rows := b.payments()
	if len(rows) == 0 {
		t.Fatal("the batch pays nobody")
	}
	digest := b.text("section[aria-labelledby=out] tbody tr code")
	if len(digest) != 64 {
		t.Errorf("the digest of the file is %q", digest)
	}
	if status, file := b.request(http.MethodPost, b.attribute("form#fetch-csv", "action"), url.Values{"reason": {"试验"}}); status != http.StatusOK || len(file) == 0 {
		t.Errorf("the file is answered with %d and %d bytes", status, len(file))
	}
	var wrong, right []string
	for _, r := range rows {
		sum := strings.ReplaceAll(r[1], ",", "")
		wrong = append(wrong, fmt.Sprintf("%s,%s,不知道,,", r[0], sum))
		right = append(right, fmt.Sprintf("%s,%s,已付,2026-01-05,", r[0], sum))
	}
	if got := b.answer(batch, "wrong.csv", wrong...); !strings.Contains(got, "什么都没有记账") {
		t.Errorf("a wrong answer is %q", got)
	}
	if got := b.text("section[aria-labelledby=problems]"); !strings.Contains(got, "不知道") {
		t.Errorf("the mistakes are %q", got)
	}
	b.both("funds-answer")
	for range 2 {
		if got := b.answer(batch, "right.csv", right...); !strings.Contains(got, "全部记账") {
			t.Errorf("a right answer is %q", got)
		}
	}
	b.open(batch, http.StatusOK)
	if got := b.text(".page-head"); !strings.Contains(got, "已回单") {
		t.Errorf("the answered batch is %q", got)
	}
	b.both("funds-paid")
	b.clean()
}
