package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"quanxiang/demo"
	"quanxiang/gov"
)

// Those who hold a draw, and those who plan for two departments. Witnesses and seal
// holders are several.
var (
	drawer   = role{"双随机办公室人员", 0}
	planners = []role{{"经办人", 3}, {"经办人", 5}}
	heads    = []role{{"单位负责人", 2}, {"单位负责人", 3}}
)

// lottery is a draw from its proposals to its list.
type lottery struct {
	*testing.T
	plan    string // address
	number  string
	evening string // the day of the lotteries
}

// TestJointDraw takes two departments' proposals to a frozen plan, and holds its draw:
// witnesses commit and reveal, results of lotteries are entered and signed, seal holders
// show their elements, and the list is there for everybody to verify.
func TestJointDraw(t *testing.T) {
	t.Parallel()
	d := &lottery{T: t}
	d.propose()
	d.freeze()
	d.arrange()
	everybody := []role{{"抽取见证人", 0}, {"抽取见证人", 1}, {"抽取见证人", 2}, {"抽取密封持有人", 0}, {"抽取密封持有人", 1}, {"审计员", 0}, {"审计员", 1}, drawer}
	for i, who := range everybody { // each brings a key
		d.give(who, fmt.Sprintf("key-%d", i))
	}
	d.give(drawer, "plan")
	for i := range 3 {
		d.give(everybody[i], fmt.Sprintf("commit-%d", i))
	}
	d.forward("commitments")
	for i := range 3 {
		d.give(everybody[i], fmt.Sprintf("reveal-%d", i))
	}
	d.forward("outside")
	for i, value := range []string{"快乐8|" + d.evening + "|01,02,03,04,05,06,07,08,09,10,11,12,13,14,15,16,17,18,19,20", "双色球|" + d.evening + "|01,02,03,04,05,06|07"} {
		d.outside(i, value)
		d.give(drawer, fmt.Sprintf("outside-%d", i))
		d.give(everybody[i], fmt.Sprintf("outside-witness-%d", i))
	}
	d.give(everybody[3], "seal-0")
	d.give(everybody[4], "seal-1")
	d.public()
}

// put fills in inputs of a form by their names; a blank ticks boxes by their labels.
func (b *reader) put(form string, values map[string]string) {
	b.Helper()
	for name, v := range values {
		if !value[bool](b, fmt.Sprintf(`(() => {
			const all = [...document.querySelectorAll(%q)], v = %q;
			if (!all.length) return false;
			if (all[0].type === "checkbox" || all[0].type === "radio") {
				const some = all.filter(e => e.value === v || e.closest("label, .choice")?.textContent.includes(v));
				some.forEach(e => { e.checked = true });
				return some.length > 0;
			}
			if (all[0].tagName === "SELECT") {
				const some = [...all[0].options], o = some.find(o => o.value === v) ?? some.find(o => o.text.includes(v));
				if (!o) return false;
				all[0].value = o.value;
				return true;
			}
			all[0].value = v;
			return true;
		})()`, fmt.Sprintf("form#%s [name=%q]", form, name), v)) {
			b.Fatalf("%s: nothing of %s is %q", b.here(), name, v)
		}
	}
}

// submit sends a form.
func (b *reader) submit(form string) {
	b.Helper()
	b.click(fmt.Sprintf("form#%s .form-actions button", form))
	if got := b.text("main .error-summary"); got != "" {
		b.Fatalf("%s: %s", form, got)
	}
}

// propose: the clerks of two departments propose what they would inspect.
func (d *lottery) propose() {
	d.Helper()
	for i, who := range planners {
		b := as(d.T, who)
		b.open("/desk/inspections/propose", http.StatusOK)
		b.put("propose", map[string]string{"title": fmt.Sprintf("摄影和洗衣行业抽查%d", i+1), "items": "检查", "filter": "trade in ['摄影', '洗衣']", "count": "2"})
		if i == 0 {
			b.both("draw-propose")
		}
		b.submit("propose")
		b.clean()
	}
}

// freeze: the office joins the proposals, another person of each department agrees, and
// the office freezes the plan.
func (d *lottery) freeze() {
	d.Helper()
	b := as(d.T, drawer)
	b.open("/desk/inspections/join", http.StatusOK)
	today := time.Now()
	b.put("join", map[string]string{"title": "摄影和洗衣行业联合抽查", "proposals": "摄影和洗衣行业抽查", "first": today.AddDate(0, 0, 5).Format(time.DateOnly), "last": today.AddDate(0, 0, 15).Format(time.DateOnly)})
	b.both("draw-join")
	b.submit("join")
	d.plan = b.here()
	b.until("the plan is counted", `document.querySelector(".plan-fate, .plan-frames, main table") !== null`)
	for _, who := range heads {
		head := as(d.T, who)
		head.open(d.plan, http.StatusOK)
		head.both("draw-agree")
		head.click(`form[id^="agree-"] .form-actions button`)
		head.clean()
	}
	b.open(d.plan, http.StatusOK)
	b.both("draw-plan")
	b.click(`form[action$="/freeze"] .form-actions button`)
	eventually(b, "the plan is frozen", func() (bool, string) {
		b.open(d.plan, http.StatusOK)
		return value[bool](b, `document.querySelector('main a[href$="/ceremony"]') !== null`), b.text("main")
	})
	b.both("draw-frozen")
	b.clean()
}

// arrange: the office names the parties, times and lotteries.
func (d *lottery) arrange() {
	d.Helper()
	b := as(d.T, drawer)
	b.open(d.plan+"/ceremony", http.StatusOK)
	b.both("draw-setup")
	person := func(who role) string { return who.of(d.T).Person }
	v := map[string]string{"authority0name": "区双随机办公室", "authority0person": person(drawer), "source": "lottery"}
	day := time.Now().In(gov.China).AddDate(0, 0, 1) // the lotteries of tomorrow evening, and what follows them
	d.evening = day.Format(time.DateOnly)
	v["kl8"], v["ssq"] = "2026334 "+d.evening, "2026138 "+d.evening
	for name, at := range map[string]string{"t1": "10:00", "t2": "11:00", "t3": "22:00", "t4": "23:00"} {
		v[name] = d.evening + "T" + at
	}
	for i := range 3 {
		v[fmt.Sprintf("witness%dname", i)], v[fmt.Sprintf("witness%dperson", i)] = fmt.Sprintf("见证单位%d", i+1), person(role{"抽取见证人", i})
	}
	for i := range 2 {
		v[fmt.Sprintf("seal%dname", i)], v[fmt.Sprintf("seal%dperson", i)] = fmt.Sprintf("密封单位%d", i+1), person(role{"抽取密封持有人", i})
		v[fmt.Sprintf("auditor%dname", i)], v[fmt.Sprintf("auditor%dperson", i)] = fmt.Sprintf("审计单位%d", i+1), person(role{"审计员", i})
	}
	b.put("setup", v)
	b.submit("setup")
	d.number = strings.Fields(b.text("main h1"))[1]
	b.clean()
}

// give lets somebody give what is asked of them, with the key of the account: everybody
// who was a party before has one.
func (d *lottery) give(who role, name string) {
	d.Helper()
	b := as(d.T, who)
	b.open(d.plan+"/ceremony", http.StatusOK)
	for pass, open := range map[string]string{"#pass": "unlock", "#new-pass": "make"} {
		if value[bool](b, fmt.Sprintf(`document.querySelector(%q) !== null`, pass)) {
			value[int](b, fmt.Sprintf(`document.querySelectorAll("#pass, #new-pass, #new-again").forEach(e => { e.value = %q }), 0`, demo.Password))
			b.click(fmt.Sprintf(`form[action$="/key"]:has([value=%q]) button`, open))
			break
		}
	}
	if !value[bool](b, `document.querySelector('form[action$="/act"]') !== null`) {
		d.Fatalf("%s: nothing is asked of %s: %s", name, who.of(d.T).Person, b.text("main .ceremony-next"))
	}
	if strings.HasSuffix(name, "-0") {
		b.both("draw-" + name)
	}
	b.click(`form[action$="/act"] button`)
	if got := b.text("main .error-summary"); got != "" {
		d.Fatalf("%s: %s", name, got)
	}
	b.clean()
}

// forward lets the demonstration's clock be where the draw waits for.
func (d *lottery) forward(name string) {
	d.Helper()
	b := as(d.T, drawer)
	b.open(d.plan+"/ceremony", http.StatusOK)
	b.both("draw-wait-" + name)
	b.click(`form[action$="/forward"] button`)
	b.clean()
}

// outside: the office enters a lottery's result, which a witness signs with it.
func (d *lottery) outside(witness int, text string) {
	d.Helper()
	b := as(d.T, drawer)
	b.open(d.plan+"/ceremony", http.StatusOK)
	b.put("ask-outside", map[string]string{"value": text, "witness": fmt.Sprint(witness)})
	b.both(fmt.Sprintf("draw-outside-form-%d", witness))
	b.submit("ask-outside")
	b.clean()
}

// public: the list is drawn, everybody sees how it came about, and the file holds so far.
func (d *lottery) public() {
	d.Helper()
	b := as(d.T, drawer)
	b.open(d.plan+"/ceremony", http.StatusOK)
	if got := b.text("main .chip"); got != "检查进行中" {
		d.Errorf("after the draw it is %q", got)
	}
	b.both("draw-drawn")
	b.clean()
	b = newReader(d.T)
	b.open("/draws/"+d.number, http.StatusOK)
	b.both("draw-public")
	for _, c := range list(d.T) {
		if c.Number == d.number && (c.Stage != "visits" || c.Records != 12) {
			d.Errorf("%s is at %q with %d records", c.Number, c.Stage, c.Records)
		}
	}
	if !b.verifier() {
		return
	}
	b.click(`main a[href^="/draws/verify?draw="]`)
	b.do(chromedp.WaitVisible(chromedp.CSS(".draws-answer .note-warn"))) // it holds, and results are to come
	b.both("draw-so-far")
	b.clean()
}

// verifier reports whether the program has the verifier for browsers, as it must in CI.
func (b *reader) verifier() bool {
	b.Helper()
	there := value[bool](b, `document.querySelector('main a[href^="/draws/verify?draw="]') !== null`)
	if !there && os.Getenv("CI") == "true" {
		b.Fatal("the program was built without the verifier for browsers: make verifier")
	}
	return there
}

// drawn is a draw of the public list.
type drawn struct {
	Number, Stage, Transcript string
	Records                   int
}

func list(t *testing.T) (all []drawn) {
	t.Helper()
	if err := json.Unmarshal(get(t, "/draws.json"), &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestPublishedDraw verifies a draw whose results are published in the browser, from its
// page; and so a file in which somebody changed one byte.
func TestPublishedDraw(t *testing.T) {
	t.Parallel()
	b := newReader(t)
	all := list(t)
	over := all[len(all)-1] // the first that was held
	b.open("/draws/"+over.Number, http.StatusOK)
	if got := b.text("main .chip"); got != "已公布" {
		t.Fatalf("%s is %q", over.Number, got)
	}
	b.both("draws-published")
	if !b.verifier() {
		t.Skip("the program was built without the verifier for browsers: make verifier")
	}
	transcript := get(t, over.Transcript)
	at := bytes.LastIndex(transcript, []byte(`"type":"result"`))
	forged := bytes.Clone(transcript)
	forged[bytes.LastIndex(transcript[:at], []byte(`"outcome":"`))+len(`"outcome":"`)] ^= 1
	record := bytes.Count(transcript[:at], []byte("\n"))
	files := t.TempDir()
	for name, content := range map[string][]byte{"good.jsonl": transcript, "forged.jsonl": forged} {
		if err := os.WriteFile(filepath.Join(files, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b.click(`main a[href^="/draws/verify?draw="]`)
	b.do(chromedp.WaitVisible(chromedp.CSS(".draws-answer .note-good")))
	b.both("draws-verified")
	b.open("/draws/verify", http.StatusOK)
	for _, x := range []struct{ file, tone, want string }{
		{"good.jsonl", "good", "有效"}, {"forged.jsonl", "bad", fmt.Sprintf("%d 号记录", record)},
	} {
		b.do(chromedp.SetUploadFiles(chromedp.CSS(".draws-transcript"), []string{filepath.Join(files, x.file)}), chromedp.WaitVisible(chromedp.CSS(".draws-answer .note-"+x.tone)))
		if got := b.text(".draws-answer"); !strings.Contains(got, x.want) {
			t.Errorf("%s: %q, want %s", x.file, got, x.want)
		}
	}
	b.both("draws-forged")
	b.clean()
}
