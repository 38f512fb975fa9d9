package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestDraws: a transcript is dropped and verified in the browser, and so is one
// that somebody changed.
func TestDraws(t *testing.T) {
	t.Parallel()
	b := newReader(t)
	b.open("/draws/verify", http.StatusOK)
	if !value[bool](b, `document.querySelector(".draws") !== null`) {
		if os.Getenv("CI") == "true" {
			t.Fatal("the program was built without the verifier for browsers: make verifier")
		}
		t.Skip("the program was built without the verifier for browsers: make verifier")
	}
	sample := absolute(t, filepath.Join("..", "draw", "testdata", "joint.jsonl"))
	transcript, err := os.ReadFile(sample)
	if err != nil {
		t.Fatal(err)
	}
	forged := filepath.Join(t.TempDir(), "forged.jsonl")
	if err := os.WriteFile(forged, []byte(strings.Replace(string(transcript), "none-found", "none-fined", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.SetUploadFiles(chromedp.CSS(".draws-transcript"), []string{sample}), chromedp.WaitVisible(chromedp.CSS(".draws-answer .note-good")))
	if got := b.text(".draws-verdict"); got != "有效" {
		t.Errorf("the sample is %q", got)
	}
	b.shoot("draws-1280.jpg")
	b.do(chromedp.SetUploadFiles(chromedp.CSS(".draws-transcript"), []string{forged}), chromedp.WaitVisible(chromedp.CSS(".draws-answer .note-bad")))
	if got := b.text(".draws-answer .note-bad"); !strings.Contains(got, "第 15 条记录不成立") {
		t.Errorf("the forged one: %q", got)
	}
	b.clean()
}
