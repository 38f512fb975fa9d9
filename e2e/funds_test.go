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
	b.put("prepare", map[string]string{"title": "试验拨付"})
	b.submit("prepare")
	batch := strings.TrimPrefix(b.here(), site)
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
	rows := value[[][]string](b, `[...document.querySelectorAll("section[aria-labelledby=payments] tbody tr")].map(r => [r.querySelector(".cell-lead").innerText.trim(), r.querySelector(".num").innerText.trim()])`)
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
	send := func(name string, lines ...string) string {
		file := filepath.Join(t.TempDir(), name)
		text := "付款编号,金额（元）,结果,付款日期,失败原因\n" + strings.Join(lines, "\n") + "\n"
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		b.open(batch, http.StatusOK)
		b.do(chromedp.SetUploadFiles(chromedp.CSS("form#answer [type=file]"), []string{absolute(t, file)}))
		b.submit("answer")
		return b.text("main .note")
	}
	var wrong, right []string
	for _, r := range rows {
		sum := strings.ReplaceAll(r[1], ",", "")
		wrong = append(wrong, fmt.Sprintf("%s,%s,不知道,,", r[0], sum))
		right = append(right, fmt.Sprintf("%s,%s,已付,2026-01-05,", r[0], sum))
	}
	if got := send("wrong.csv", wrong...); !strings.Contains(got, "什么都没有记账") {
		t.Errorf("a wrong answer is %q", got)
	}
	if got := b.text("section[aria-labelledby=problems]"); !strings.Contains(got, "不知道") {
		t.Errorf("the mistakes are %q", got)
	}
	b.both("funds-answer")
	for range 2 {
		if got := send("right.csv", right...); !strings.Contains(got, "全部记账") {
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
