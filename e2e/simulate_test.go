package e2e

import (
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// policyOfficer tries amendments of support programmes.
var policyOfficer = role{"政策拟定人员", 0}

// million is a population that the command line makes up and adds to the installation
// while it runs.
const million = "百万家虚构企业"

func addMillion(t *testing.T) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "million.qxp")
	for _, args := range [][]string{{"population", "invent", "--rows", "1000000", file}, {"population", "add", "--name", million, "--data", data, file}} {
		if out, err := exec.Command(binary, args...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
}

// TestSimulate is a policy officer who edits a limit in an amendment, sees a mistake at
// its line, corrects it, simulates it on a million enterprises, watches how far it has
// come, and reads who gains, at a desk and on a telephone.
func TestSimulate(t *testing.T) {
	t.Parallel()
	addMillion(t)
	b := as(t, policyOfficer)
	b.open("/desk/simulate", http.StatusOK)
	if got := b.text("main"); !strings.Contains(got, "降低单项配套上限") || !strings.Contains(got, "已完成") {
		t.Errorf("the demonstration's simulation is not there: %s", got)
	}
	b.open("/desk/simulate/new", http.StatusOK)
	const text = `textarea[name=amendment]`
	write := func(amendment string) int {
		b.do(chromedp.SetValue(chromedp.CSS(text), amendment))
		return b.follow(chromedp.Click(chromedp.CSS("#simulate button")))
	}
	const head = "修订 16号 自 2017-01-01 “试改”\n  公布 2016-12-20\n"
	if status := write(head + "  @3/2 100万圆 改为 150万元\n"); status != http.StatusUnprocessableEntity {
		t.Errorf("a mistake is answered %d", status)
	}
	if got := b.text(".simulate-wrong"); !strings.Contains(got, "100万圆 改为 150万元") || value[int](b, `[...document.querySelectorAll(".simulate-lines > li")].findIndex((l) => l.classList.contains("simulate-wrong"))`) != 2 {
		t.Errorf("the line that is wrong: %q", got)
	}
	if got := value[string](b, `document.querySelector("`+text+`").value`); !strings.Contains(got, "100万圆") {
		t.Errorf("what was typed is lost: %q", got)
	}
	b.checkAxe()
	b.shoot("simulate-mistake-1280.jpg")
	b.take(http.StatusUnprocessableEntity)
	b.put("simulate", map[string]string{"population": million})
	if status := write(head + "  @3/2 100万元 改为 150万元\n"); status != http.StatusOK {
		t.Fatalf("asked: %d", status)
	}
	if !value[bool](b, `document.querySelector("main progress, #winners") !== null`) {
		t.Errorf("nothing tells how far it has come: %.300s", b.text("main"))
	}
	b.do(chromedp.WaitVisible(chromedp.CSS("#winners"))) // the page looks again by itself
	if got := b.text("main"); !strings.Contains(got, "100万元 → 150万元") || !strings.Contains(got, "没有人少得") || !strings.Contains(got, "1,000,000") {
		t.Errorf("the result: %.600s", got)
	}
	at := b.here()
	for _, width := range []int64{1280, 390} {
		b.do(chromedp.EmulateViewport(width, 844))
		b.open(at, http.StatusOK)
		b.do(chromedp.Click(chromedp.CSS(".simulate-people summary"))) // opens in place
		if got := b.text(".simulate-people details[open]"); !strings.Contains(got, "虚构") || !strings.Contains(got, "第三条第二款") {
			t.Errorf("the first of the winners at %d: %q", width, got)
		}
		if wide := value[bool](b, `document.documentElement.scrollWidth > document.documentElement.clientWidth`); wide {
			t.Errorf("the result scrolls sideways at %d", width)
		}
		b.checkAxe()
	}
	b.shoot("simulate-390.jpg")
	b.clean()
}
