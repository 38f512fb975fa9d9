package e2e

import (
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"quanxiang/demo/incubators"
)

var toActing = regexp.MustCompile(`/acting/cases/[0-9a-f-]{36}`)

// The operator of an incubator hands in its half-yearly data on a phone, from the notice
// that reminds it to the state in which the park has taken them, and reads how its
// certificate stands (西政发〔2016〕17号 第四条、第十三条).
func TestOperator(t *testing.T) {
	t.Parallel()
	b := newReader(t)
	b.do(chromedp.EmulateViewport(390, 844))
	b.open("/apply", http.StatusOK)
	b.click(`a.button[href^="/my/login"]`)
	b.enters(map[string]string{"address": incubators.Address})
	b.proves("form#login .form-actions button", incubators.Address)
	b.says("虚构云帆孵化基地 2021-H1", "待报送", "请您处理", "剩", "虚构云帆孵化基地 2020 年度报告", "已报送")
	b.shoot("operator-list.jpg")
	b.checkAxe()
	b.checkReflow()
	at := value[string](b, `[...document.querySelectorAll('a[href^="/my/cases/"]')].find((a) => a.textContent.includes("2021-H1")).getAttribute("href")`)
	page := strings.Replace(at, "/my/", "/desk/", 1)

	// The park reminds it, and the notice leads to what is to be done.
	clerk := as(t, roleIn(t, "经办人", "西城园管委会"))
	clerk.actWith(page, "remind", "催报", map[string]string{"reason": "请附收入汇总表"})
	notice := ""
	eventually(t, "there is a notice of "+at, func() (bool, string) {
		all := sentTo(t, incubators.Address)
		for _, m := range all { // among other news
			if strings.Contains(m, strings.TrimPrefix(at, "/my")) {
				notice = m
			}
		}
		return notice != "", strings.Join(all, "\n")
	})
	if !strings.Contains(notice, "您代表的单位") || strings.Contains(notice, "云帆") {
		t.Errorf("the notice: %s", notice)
	}
	b.open(toActing.FindString(notice), http.StatusOK)
	if b.here() != at {
		t.Fatalf("the notice leads to %s, not %s", b.here(), at)
	}
	b.says("催报函", "请附收入汇总表", "请您处理", "报送期限")
	b.shoot("operator-due.jpg")
	b.checkAxe()
	b.click(`a.button[href$="/do/hand_in"]`)
	b.enters(map[string]string{"f-firms": "22", "f-people": "260"})
	if status := b.follow(chromedp.Click(chromedp.CSS("form#step .form-actions button"))); status != http.StatusUnprocessableEntity {
		t.Errorf("without the income: status %d", status)
	}
	b.says("入驻企业收入")
	b.take(http.StatusUnprocessableEntity)
	b.enters(map[string]string{"f-income": "280000000", "f-rights": "55"})
	b.do(chromedp.SetUploadFiles(chromedp.CSS(`input[type="file"]`), []string{absolute(t, filepath.Join("..", "docs", "images", "phone.png"))}))
	b.shoot("operator-form.jpg")
	b.checkAxe()
	b.click("form#step .form-actions button")
	b.says("已报送", "2.8亿元", "phone", "下载")
	b.shoot("operator-handed-in.jpg")
	b.checkAxe()

	// The park has it in its list, reads it and takes it.
	clerk.open("/desk", http.StatusOK)
	clerk.open(page, http.StatusOK)
	clerk.says("已报送", "2.8亿元", "phone")
	clerk.actWith(page, "take", "审核记入", nil)
	b.open(at, http.StatusOK)
	b.says("已记入名录")
	b.open("/apply", http.StatusOK)
	b.says("已办结")

	b.open("/acting/entitled/incubators/JD2017-01?year=2018", http.StatusOK)
	b.says("基地认定", "17号 第四条", "符合")
	b.shoot("operator-entitled.jpg")
	b.checkAxe()
	b.checkReflow()
	if status, _ := b.fetch("/acting/entitled/incubators/JD2017-02"); status != http.StatusNotFound {
		t.Errorf("another's incubator is answered with %d", status)
	}
	b.take(http.StatusNotFound)
	b.clean()
	clerk.clean()
}
