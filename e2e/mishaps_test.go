package e2e

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"quanxiang/gov"
)

// enter makes a duty of the lead unit by the form of a new case and returns its
// page. It waits to be confirmed.
func enter(t *testing.T, title string) string {
	t.Helper()
	b := as(t, officerA)
	b.open("/desk/new/duty/enter", http.StatusOK)
	b.write("title", title)
	b.write("text", title+"的全部内容")
	b.choose("lead", lead.of(t).Unit.ZH)
	b.write("end", gov.DateOf(time.Now()).AddYears(1).String())
	if status := b.send(); status != http.StatusOK {
		t.Fatalf("a new duty is answered with %d: %s", status, b.text("main [role=alert]"))
	}
	b.clean()
	address, _, _ := strings.Cut(b.here(), "?")
	return address
}

// TestTwoAtOnce: two officers have the same form open. The second one learns
// what the first one did, keeps what was typed, and goes on where that is still
// possible.
func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	const demand, other = "请本周内答复", "请于月底前补报"
	duty := enter(t, "核对两份台账")
	first, second := as(t, officerA), as(t, officerB)
	for _, b := range []*reader{first, second} {
		b.open(duty+"/do/confirm", http.StatusOK)
	}
	second.write("title", "核对三份台账")
	if status := first.send(); status != http.StatusOK {
		t.Fatalf("the first confirmation is answered with %d", status)
	}
	if status := second.send(); status != http.StatusConflict {
		t.Errorf("the second confirmation is answered with %d, want 409", status)
	}
	for selector, want := range map[string]string{".case-alert": "没有办理", ".case-news": officerA.of(t).Person, ".case-step .summary": "核对三份台账"} {
		if got := second.text(selector); !strings.Contains(got, want) {
			t.Errorf("a step that is no longer possible: %s says %q, want %q", selector, got, want)
		}
	}
	if n := value[int](second, `document.querySelectorAll("form#step").length`); n != 0 {
		t.Error("there is a form for what can be done no more")
	}
	second.shoot("mishap-gone.jpg")
	second.take(http.StatusConflict)

	for _, b := range []*reader{first, second} {
		b.open(duty+"/do/urge", http.StatusOK)
	}
	first.write("demand", demand)
	second.write("demand", other)
	if status := first.send(); status != http.StatusOK {
		t.Fatalf("the first one who urges is answered with %d", status)
	}
	if status := second.send(); status != http.StatusConflict {
		t.Errorf("the second one who urges is answered with %d, want 409", status)
	}
	if got := second.text(".case-news"); !strings.Contains(got, demand) {
		t.Errorf("the news are %q, want what the first one asked for", got)
	}
	if got := value[string](second, `document.querySelector("[name=f-demand]")?.value ?? ""`); got != other {
		t.Errorf("of what was typed %q is kept", got)
	}
	second.shoot("mishap-stale.jpg")
	second.checkLanguage("zh-CN")
	second.checkAxe()
	second.take(http.StatusConflict)
	if status := second.send(); status != http.StatusOK {
		t.Errorf("sent once more, the form is answered with %d", status)
	}
	first.clean()
	second.clean()
}

// TestDoubleClick: a form that is sent twice does its step once.
func TestDoubleClick(t *testing.T) {
	t.Parallel()
	b := as(t, officerA)
	duty := enter(t, "清点库存物资")
	b.open(duty+"/do/confirm", http.StatusOK)
	if status := b.follow(chromedp.DoubleClick(chromedp.CSS("form#step .form-actions button"))); status != http.StatusOK {
		t.Fatalf("the answer is %d: %s", status, b.text("main [role=alert]"))
	}
	b.open(duty, http.StatusOK)
	if n := value[int](b, `[...document.querySelectorAll(".happening-head strong")].filter(e => e.textContent.includes("确认并下达")).length`); n != 1 {
		t.Errorf("the duty was confirmed %d times", n)
	}
}

// TestBadAttachments: a file that is too large and one that is not what its name
// says are refused in words; everything else that was filled in stays, and the
// form can be sent with a good file.
func TestBadAttachments(t *testing.T) {
	t.Parallel()
	const report = "已走访全部十五个点位"
	duty := enter(t, "走访全部点位")
	officer := as(t, officerB)
	officer.open(duty+"/do/confirm", http.StatusOK)
	officer.send()
	b := as(t, clerk)
	b.act(duty, "accept", "签收", nothing)

	dir := t.TempDir()
	large, disguised, good := filepath.Join(dir, "现场记录.pdf"), filepath.Join(dir, "总结.pdf"), filepath.Join(dir, "清单.csv")
	for name, content := range map[string][]byte{large: append([]byte("%PDF-1.7\n"), make([]byte, 21<<20)...), disguised: []byte("MZ\x90\x00 no document"), good: []byte("点位,结果\n一,已走访\n")} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b.open(duty+"/do/update", http.StatusOK)
	b.write("progress", "60")
	b.write("report", report)
	for _, bad := range []struct{ file, says string }{{large, "超过 20 MB"}, {disguised, "可执行程序"}} {
		b.attach("evidence", bad.file)
		if status := b.send(); status != http.StatusUnprocessableEntity {
			t.Errorf("%s is answered with %d, want 422", filepath.Base(bad.file), status)
		}
		if got := b.text(".error-summary"); !strings.Contains(got, bad.says) || !strings.Contains(got, filepath.Base(bad.file)) {
			t.Errorf("%s: the page says %q, want the file's name and %s", filepath.Base(bad.file), got, bad.says)
		}
		for field, want := range map[string]string{"progress": "60", "report": report} {
			if got := value[string](b, fmt.Sprintf(`document.querySelector("[name=f-%s]").value`, field)); got != want {
				t.Errorf("%s: of %s %q is kept", filepath.Base(bad.file), field, got)
			}
		}
		b.shoot("mishap-" + filepath.Base(bad.file) + ".jpg")
		b.take(http.StatusUnprocessableEntity)
	}
	b.attach("evidence", good)
	if status := b.send(); status != http.StatusOK {
		t.Errorf("with a good file the answer is %d: %s", status, b.text("main [role=alert]"))
	}
	if got := b.text(".timeline"); !strings.Contains(got, "清单.csv") {
		t.Error("the history does not show the good file")
	}
	b.clean()
}

// TestTableImport begins cases from a table whose second row is wrong, on a
// telephone: the good row is begun behind the page, the report names the bad one.
func TestTableImport(t *testing.T) {
	t.Parallel()
	table := filepath.Join(t.TempDir(), "table.csv")
	if err := os.WriteFile(table, []byte("任务名称,任务内容,牵头单位,完成期限\n整治背街小巷,逐条整治,区发展改革委,2027-06-30\n没有这样的单位,试,区魔法委,2027-06-30\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	b := as(t, officerA)
	b.do(chromedp.EmulateViewport(390, 844))
	b.open("/desk/import/duty/enter", http.StatusOK)
	b.do(chromedp.SetUploadFiles(chromedp.CSS("main input[type=file]"), []string{table}))
	if status := b.follow(chromedp.Click(chromedp.CSS("main form .form-actions button"))); status != http.StatusUnprocessableEntity {
		t.Errorf("a table with a bad row is answered with %d", status)
	}
	if got := b.text("main"); !strings.Contains(got, "区魔法委") {
		t.Errorf("of the bad row the page says %q", got)
	}
	b.shoot("import-checked.jpg")
	b.checkAxe()
	b.take(http.StatusUnprocessableEntity)
	if status := b.follow(chromedp.Click(chromedp.CSS("form#load .form-actions button"))); status != http.StatusOK {
		t.Fatalf("beginning the good rows is answered with %d", status)
	}
	run := value[string](b, `location.pathname`)
	b.shoot("import-run.jpg")
	eventually(t, "the import ends", func() (bool, string) {
		b.open(run, http.StatusOK)
		return value[bool](b, `document.querySelector("progress.run") === null`), b.text("main")
	})
	if got := b.text("main"); !strings.Contains(got, "整治背街小巷") && !strings.Contains(got, "RW") {
		t.Errorf("the report says %q", got)
	}
	b.checkAxe()
	b.shoot("import-done-390.jpg")
	b.do(chromedp.EmulateViewport(1280, 900))
	b.shoot("import-done-1280.jpg")
	b.clean()
}
