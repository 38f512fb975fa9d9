package sms_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"quanxiang/gov"
	"quanxiang/notices"
	"quanxiang/notices/sms"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, gov.China)

func clock() time.Time { return noon }

// gateway answers as it is told and keeps what it got.
type gateway struct {
	status int
	answer string
	got    *http.Request
	body   string
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		panic(err)
	}
	g.got, g.body = r, string(b)
	if g.status/100 == 3 {
		w.Header().Set("Location", "/elsewhere")
	}
	w.WriteHeader(g.status)
	if _, err := io.WriteString(w, g.answer); err != nil {
		panic(err)
	}
}

// A message arrives in the provider's form, signed, whatever is in its text.
func TestSend(t *testing.T) {
	t.Parallel()
	g := &gateway{status: 200, answer: `{"code":"OK"}`}
	srv := httptest.NewServer(g)
	defer srv.Close()
	s, err := sms.New(sms.Config{
		URL: srv.URL + "/send", Headers: map[string]string{"Content-Type": "application/json", "X-Key": "k"},
		Body: `{"phone":{{json .To}},"text":{{json .Text}},"ref":"{{.ID}}"}`, Secret: "s", Accepted: `"code":"OK"`,
	}, clock)
	if err != nil {
		t.Fatal(err)
	}
	id := gov.NewID(noon)
	if err := s.Send(t.Context(), id, "15400000001", `验证码 "123456"`); err != nil {
		t.Fatal(err)
	}
	if want := `{"phone":"15400000001","text":"验证码 \"123456\"","ref":"` + id.String() + `"}`; g.body != want {
		t.Errorf("the gateway got %s, want %s", g.body, want)
	}
	h := g.got.Header
	if h.Get("X-Key") != "k" || h.Get("X-Timestamp") != strconv.FormatInt(noon.Unix(), 10) || h.Get("X-Signature") != sms.Sign("s", h.Get("X-Timestamp"), []byte(g.body)) {
		t.Errorf("headers: %v", h)
	}
}

// What is wrong with a message is told from what is wrong with the gateway: the
// one costs the message an attempt, the other does not.
func TestAnswers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status  int
		answer  string
		refused int // 0 for none
		code    gov.Code
	}{
		{200, `{"code":"OK"}`, 0, ""}, {202, `OK`, 0, ""},
		{200, `{"code":"LIMIT","to":"15400000001"}`, 450, ""},
		{400, "", 550, ""}, {404, "", 550, ""},
		{401, "", 0, gov.Unavailable}, {403, "", 0, gov.Unavailable}, {429, "", 0, gov.Unavailable}, {500, "", 0, gov.Unavailable}, {302, "", 0, gov.Unavailable},
	} {
		g := &gateway{status: c.status, answer: c.answer}
		srv := httptest.NewServer(g)
		s, err := sms.New(sms.Config{URL: srv.URL, Body: "to={{query .To}}", Accepted: "OK"}, clock)
		if err != nil {
			t.Fatal(err)
		}
		err = s.Send(t.Context(), gov.NewID(noon), "15400000001", "x")
		srv.Close()
		refusal, refused := errors.AsType[*notices.Refusal](err)
		switch {
		case c.refused != 0 && (!refused || refusal.Code != c.refused), c.refused == 0 && gov.CodeOf(err) != c.code:
			t.Errorf("%d %s: %v", c.status, c.answer, err)
		case err != nil && strings.Contains(err.Error(), "1540000"):
			t.Errorf("the error tells the number: %v", err)
		}
	}
}

// A gateway that is silent does not outlast whoever waits, and an address that
// holds a key is in no error.
func TestUnreachable(t *testing.T) {
	t.Parallel()
	s, err := sms.New(sms.Config{URL: "http://127.0.0.1:1/?key=secret", Body: "{{.To}}"}, clock)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, ctx := range []context.Context{ctx, t.Context()} {
		if err := s.Send(ctx, gov.NewID(noon), "15400000001", "x"); gov.CodeOf(err) != gov.Unavailable || strings.Contains(err.Error(), "secret") {
			t.Errorf("%v", err)
		}
	}
}

func TestConfig(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		``, `{"url":"https://sms.example","body":"x","colour":"red"}`, `{"url":"http://sms.example","body":"x"}`, `{"url":"sms.example","body":"x"}`,
		`{"url":"https://sms.example","body":"{{.Number}}"}`, `{"url":"https://sms.example","body":"{{"}`,
	} {
		if _, err := sms.Parse([]byte(text), clock); gov.CodeOf(err) != gov.Invalid {
			t.Errorf("%s: %v", text, err)
		}
	}
	if _, err := sms.Parse([]byte(`{"url":"https://sms.example/v1","headers":{"Authorization":"Bearer x"},"body":"{{.To}}"}`), clock); err != nil {
		t.Error(err)
	}
}
