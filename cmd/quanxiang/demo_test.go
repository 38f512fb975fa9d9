package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/demo"
)

// demonstrating runs a command that serves a data folder until visit returns,
// and returns what it printed.
func demonstrating(t *testing.T, visit func(site string), args ...string) string {
	t.Helper()
	out, errs := &output{}, &output{}
	e := &cli.Env{Stdin: strings.NewReader(""), Stdout: out, Stderr: errs, Getenv: func(k string) string {
		return map[string]string{"QUANXIANG_LANG": "en"}[k]
	}}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan int, 1)
	go func() { ended <- run(ctx, e, append(args, "--addr", "localhost:0")) }()
	running := regexp.MustCompile(`(?m)^Running: (\S+)$`)
	site := ""
	eventually(t, "the site runs", func() bool {
		select {
		case code := <-ended:
			t.Fatalf("exit %d: %s", code, errs)
		default:
		}
		if m := running.FindStringSubmatch(out.String()); m != nil {
			site = m[1]
		}
		return site != ""
	})
	visit(site)
	cancel()
	if code := <-ended; code != cli.OK {
		t.Errorf("exit %d: %s", code, errs)
	}
	return out.String()
}

// oneClick presses the button of a login and looks at the desk behind it.
func oneClick(t *testing.T, site string, l demo.Login) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	for _, ask := range []func() (*http.Response, error){
		func() (*http.Response, error) { return browser.PostForm(site+"/demo", url.Values{"login": {l.Login}}) },
		func() (*http.Response, error) { return browser.Get(site + "/desk") },
	} {
		eventually(t, "the site has time", func() bool {
			r, err := ask()
			if err != nil {
				t.Fatal(err)
			}
			page, err := io.ReadAll(r.Body)
			if r.Body.Close(); r.StatusCode == http.StatusServiceUnavailable { // a busy machine: it asks to come again
				return false
			}
			if err != nil || r.StatusCode != http.StatusOK || !strings.Contains(string(page), l.Person) {
				t.Fatalf("%s: %s, %v: %s is not logged in", r.Request.URL, r.Status, err, l.Login)
			}
			return true
		})
	}
}

// heldDraws verifies the transcripts of the draws that were held, and of the one that is
// not over.
func heldDraws(t *testing.T, site string) {
	t.Helper()
	var list []struct{ Number, Stage, Transcript string }
	if err := json.Unmarshal([]byte(get(t, site+"/draws.json")), &list); err != nil {
		t.Fatal(err)
	}
	stages := map[string]int{}
	for _, d := range list {
		stages[d.Stage]++
		file := filepath.Join(t.TempDir(), d.Number+".jsonl")
		if err := os.WriteFile(file, []byte(get(t, site+d.Transcript)), 0o600); err != nil {
			t.Fatal(err)
		}
		code, out, errs := quanxiang(t, "draw", "verify", file)
		if valid := code == cli.OK && strings.Contains(out, "VALID plan "+d.Number+" attempt 1 attested by 2 auditors"); valid != (d.Stage == "released") {
			t.Errorf("%s, at %q, is %q %s", d.Number, d.Stage, out, errs)
		}
	}
	if len(list) != 4 || stages["released"] != 3 || stages["reveals"] != 1 {
		t.Errorf("draws stand at %v", stages)
	}
}

// absent fails the test unless a page is not there.
func absent(t *testing.T, url string) {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	if r.Body.Close(); r.StatusCode != http.StatusNotFound {
		t.Errorf("%s: %s", url, r.Status)
	}
}

func TestDemo(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	out := demonstrating(t, func(site string) {
		filled, err := demo.ReadFilled(filepath.Join(data, filledFile))
		if err != nil {
			t.Fatal(err)
		}
		page := get(t, site+"/demo?lang=en")
		for _, l := range filled.Logins {
			if !strings.Contains(page, l.Login) || !strings.Contains(page, l.Role.EN) {
				t.Errorf("the page does not list %+v", l)
			}
		}
		if len(filled.Logins) < 10 || !strings.Contains(page, demo.Password) {
			t.Errorf("%d logins", len(filled.Logins))
		}
		oneClick(t, site, filled.Logins[0])
		heldDraws(t, site)
		if home := get(t, site+"/"); !strings.Contains(home, `href="/demo"`) {
			t.Error("the home page does not lead to the logins")
		}
	}, "demo", "--data", data, "--reports", "20", "--subjects", "1200")
	if !strings.Contains(out, "Invented") || !strings.Contains(out, "10 documents") {
		t.Errorf("no summary in %q", out)
	}

	// Its folder is shown again as it was left, and by no other command.
	out = demonstrating(t, func(site string) { get(t, site+"/demo") }, "demo", "--data", data)
	if strings.Contains(out, "Invented") {
		t.Errorf("filled twice: %q", out)
	}
	demonstrating(t, func(site string) {
		absent(t, site+"/demo")
		if strings.Contains(get(t, site+"/"), `href="/demo"`) {
			t.Error("a site in use says that it is a demonstration")
		}
	}, "serve", "--data", data)
	if code, _, errs := quanxiang(t, "ledger", "verify", "--data", data); code != cli.OK {
		t.Errorf("exit %d: %s", code, errs)
	}
	healthy(t, data)
}

// healthy fails the test unless an installation lacks nothing, so that a backup of it is
// whole.
func healthy(t *testing.T, data string) {
	t.Helper()
	if code, out, errs := quanxiang(t, "doctor", "--data", data); code != cli.OK {
		t.Errorf("the doctor finds faults: exit %d: %s%s", code, out, errs)
	}
	if code, _, errs := quanxiang(t, "backup", "--data", data, filepath.Join(t.TempDir(), "all.qxbak")); code != cli.OK {
		t.Errorf("the backup: exit %d: %s", code, errs)
	}
}

func TestDemoBare(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	demonstrating(t, func(site string) {
		absent(t, site+"/demo")
		get(t, site+"/documents/xzf-2017-3")
	}, "demo", "--bare", "--data", data)
	healthy(t, data)
}

// Invented people must not get into an installation in use.
func TestDemoRefusesAnotherFolder(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	if code, _, errs := quanxiang(t, "init", "--data", data); code != cli.OK {
		t.Fatalf("exit %d: %s", code, errs)
	}
	code, _, errs := quanxiang(t, "demo", "--data", data, "--addr", "localhost:0")
	if code != cli.Failed || !strings.Contains(errs, "no complete demonstration") {
		t.Errorf("exit %d: %s", code, errs)
	}
}
