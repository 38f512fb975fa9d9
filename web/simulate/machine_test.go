package simulate_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"quanxiang/files"
	"quanxiang/gov"
	"quanxiang/packs/packtest"
	"quanxiang/people"
	"quanxiang/people/apikeys"
	"quanxiang/policy"
	"quanxiang/privacy"
	"quanxiang/support/invent"
	"quanxiang/support/runs"
	"quanxiang/web/keygate"
	"quanxiang/web/simulate"
	"quanxiang/web/ui"
	"quanxiang/web/webtest"
)

// A program with a key for simulations tries an amendment and reads the result; a key for
// something else, or one that has asked too often, is refused, and what it did says its
// name.
func TestProgram(t *testing.T) {
	t.Parallel()
	d := webtest.OpenDesk(t, packtest.Xicheng(t))
	tries := &runs.Runs{Store: d.DB.Simulations(d.Pack.District), Files: runs.Folder(files.NewFolder(t.TempDir())), Pack: func() *policy.Pack { return d.Pack }, Clock: webtest.Clock}
	keys := apikeys.New(apikeys.Config{Store: d.People, Pack: func() *policy.Pack { return d.Pack }, Clock: webtest.Clock, Keys: privacy.NewKeyring()})
	var file bytes.Buffer
	_, err := invent.Population(context.Background(), &file, invent.Options{Pack: d.Pack, Year: 2017, N: 300, Seed: 2})
	must(t, err)

	// The command line adds a population, as it has the files anyhow; it cannot ask.
	operator := people.Operator("root", webtest.Now)
	p, err := tries.Add(t.Context(), operator, "虚构一批", 0, &file)
	must(t, err)

	mux := http.NewServeMux()
	(&simulate.Machine{Runs: tries, BaseURL: "https://policy.example", Gate: keygate.NewGate(keys, webtest.Clock)}).Mount(mux)
	srv := httptest.NewServer(ui.WithPrefs(webtest.As(people.Public(webtest.Now), mux)))
	defer srv.Close()
	enrol := func(scope apikeys.Scope, rate int) webtest.Program {
		id, _, err := keys.Make(t.Context(), operator, apikeys.Key{Name: "政策研究系统", Unit: "fgw", Contact: "x", Rate: rate, Scope: scope})
		must(t, err)
		return webtest.Program{T: t, Client: srv.Client(), URL: srv.URL, Key: id, Signing: keys.Signing(id), At: webtest.Now}
	}
	body := func(cap string) string {
		b, err := json.Marshal(map[string]any{"amendment": "修订 16号 自 2017-01-01 “拟稿”\n  公布 2016-12-20\n  @3/2 100万元 改为 " + cap + "\n", "year": 2017, "programmes": []string{"16"}, "population": p.ID.String()})
		must(t, err)
		return string(b)
	}
	good := enrol(apikeys.Simulating, 100)
	late, forged, few := good, good, enrol(apikeys.Simulating, 1)
	late.At, forged.Signing = late.At.Add(-time.Hour), few.Signing
	for name, c := range map[string]struct {
		who  webtest.Program
		want int
	}{"another scope": {enrol(apikeys.Reading, 100), 403}, "registers": {enrol(apikeys.Registers, 100), 403}, "too late": {late, 401}, "signed with another's secret": {forged, 401}, "its only request": {few, 200}} {
		if status, text := c.who.Send("GET", "/api/v1/populations", ""); status != c.want {
			t.Errorf("%s: %d %s", name, status, text)
		}
	}
	if status, _ := few.Send("GET", "/api/v1/populations", ""); status != http.StatusTooManyRequests {
		t.Errorf("a request more than the key may: %d", status)
	}

	var asked struct{ ID, State, Digest string }
	status, text := good.Send("POST", "/api/v1/simulate", body("80万元"))
	must(t, json.Unmarshal([]byte(text), &asked))
	if status != http.StatusOK || asked.State != "waiting" {
		t.Fatalf("asked: %d %s", status, text)
	}
	id, err := gov.ParseID(asked.ID)
	must(t, err)
	must(t, tries.Compute(t.Context(), id))
	if status, text = good.Send("GET", "/api/v1/simulations/"+asked.ID, ""); status != 200 || !strings.Contains(text, `"state":"done"`) || !strings.Contains(text, `"rows":300`) {
		t.Errorf("got %d %.300s", status, text)
	}
	if status, text = good.Send("POST", "/api/v1/simulate", body("80万圆")); status != http.StatusUnprocessableEntity || !strings.Contains(text, "3:") {
		t.Errorf("a mistake: %d %s", status, text)
	}
	officer := webtest.Staff(t, d.Pack, "fgw", "policy-officer", "", webtest.Now)
	x, _, err := tries.Get(t.Context(), officer, id)
	must(t, err)
	if x.By != "政策研究系统" || !x.Person.IsZero() {
		t.Errorf("it was asked by %q %s", x.By, x.Person)
	}

	// The same question of an officer is the same result, byte for byte.
	again, err := tries.Ask(t.Context(), officer, runs.Run{Amendment: x.Amendment, Year: 2017, Docs: []string{"16"}, Population: p.ID})
	must(t, err)
	if again.State != runs.Done || again.Digest != x.Digest || again.Result != x.Result {
		t.Errorf("asked again: %s", fmt.Sprint(again.State, again.Digest, x.Digest))
	}
}
