package ceremony_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"quanxiang/gov"
	"quanxiang/inspections/ceremony/ceremonytest"
	pages "quanxiang/web/ceremony"
)

// A relay is believed as far as what it says proves itself.
func TestRelay(t *testing.T) {
	t.Parallel()
	const chain = "/52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971/public/"
	said := func(signature string) string { return fmt.Sprintf(`{"round":1,"signature":%q}`, signature) }
	answers := map[string]string{chain + "657413": said(ceremonytest.Drand), chain + "657415": said(ceremonytest.Drand), chain + "657416": "<html>", chain + "657418": said("")}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch text, ok := answers[r.URL.Path]; {
		case ok:
			fmt.Fprint(w, text)
		case strings.HasSuffix(r.URL.Path, "657417"):
			http.Error(w, "broken", http.StatusInternalServerError)
		default:
			http.NotFound(w, r)
		}
	}))
	relay := &pages.Relay{URL: srv.URL + "/", Client: srv.Client()}
	if got, err := relay.Fetch(t.Context(), 657413); err != nil || got != ceremonytest.Drand {
		t.Errorf("%q, %v", got, err)
	}
	for round, want := range map[int64]gov.Code{657414: gov.Conflict, 657415: gov.Unavailable, 657416: gov.Unavailable, 657417: gov.Unavailable, 657418: gov.Unavailable} {
		if got, err := relay.Fetch(t.Context(), round); gov.CodeOf(err) != want || got != "" {
			t.Errorf("round %d: %q, %v, want %s", round, got, err, want)
		}
	}
	srv.Close()
	if _, err := relay.Fetch(t.Context(), 657413); gov.CodeOf(err) != gov.Unavailable || !strings.Contains(gov.TextOf(err, gov.ZH), "粘贴") {
		t.Errorf("nobody answers: %v", err)
	}
}
