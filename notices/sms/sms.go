// Package sms hands text messages to the gateway of a provider over HTTP. Every
// provider wants them in another form, so the form is configured: address,
// headers, and a template of the body.
package sms

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"text/template"
	"time"

	"quanxiang/gov"
	"quanxiang/notices"
)

// Sender hands over text messages.
type Sender interface {
	// Send hands over one message to a mobile number of eleven digits. It returns
	// a *notices.Refusal when the gateway did not take this message, and
	// Unavailable when it cannot be used at all. id names the message, so that a
	// gateway can tell one that comes twice.
	Send(ctx context.Context, id gov.ID, to, text string) error
}

// Config says how a gateway wants its messages. It is read from a JSON file.
type Config struct {
	URL     string            `json:"url"`     // https, or http on this machine
	Headers map[string]string `json:"headers"` // such as Content-Type and what the provider calls its key
	Body    string            `json:"body"`    // template: {{.To}}, {{.Text}}, {{.ID}}; json and query write them as such

	// Secret signs each request: the header X-Signature is the HMAC-SHA-256 in hex
	// of the header X-Timestamp, a line feed and the body. "" signs nothing.
	Secret string `json:"secret"`

	// Accepted is what an answer with status 200 holds when the message was taken;
	// "" takes the status for it. Many gateways answer 200 to everything.
	Accepted string `json:"accepted"`
}

const (
	timeout   = 10 * time.Second
	maxAnswer = 64 << 10 // bytes that are read of an answer
)

// Gateway sends through one gateway.
type Gateway struct {
	c      Config
	body   *template.Template
	client *http.Client
	clock  gov.Clock
}

var _ Sender = (*Gateway)(nil)

// message is what a template is given.
type message struct{ To, Text, ID string }

// Parse reads a configuration. It returns an Invalid error for what cannot be one.
func Parse(text []byte, clock gov.Clock) (*Gateway, error) {
	var c Config
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return nil, gov.Errorf(gov.Invalid, "短信网关的配置不是所要的 JSON", "the configuration of the SMS gateway is not the JSON it should be").Because(err)
	}
	return New(c, clock)
}

// New checks a configuration.
func New(c Config, clock gov.Clock) (*Gateway, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !local(u.Hostname())) {
		return nil, gov.Errorf(gov.Invalid, "短信网关的地址应以 https:// 开头（本机可用 http://）", "the address of the SMS gateway begins with https:// (http:// on this machine)")
	}
	body, err := template.New("body").Option("missingkey=error").Funcs(template.FuncMap{
		"json": func(s string) (string, error) { b, err := json.Marshal(s); return string(b), err }, "query": url.QueryEscape,
	}).Parse(c.Body)
	if err == nil {
		err = body.Execute(io.Discard, message{"13800000000", "x", "x"})
	}
	if err != nil {
		return nil, gov.Errorf(gov.Invalid, "短信网关的 body 模板有误", "the body template of the SMS gateway is wrong").Because(err)
	}
	g := &Gateway{c: c, body: body, clock: clock, client: &http.Client{
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // a number goes to the gateway alone
	}}
	return g, nil
}

func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Send implements Sender.
func (g *Gateway) Send(ctx context.Context, id gov.ID, to, text string) error {
	var body bytes.Buffer
	if err := g.body.Execute(&body, message{to, text, id.String()}); err != nil {
		return fmt.Errorf("write a text message: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, g.c.URL, bytes.NewReader(body.Bytes()))
	if err != nil {
		return fmt.Errorf("call the SMS gateway: %w", err)
	}
	for name, value := range g.c.Headers {
		r.Header.Set(name, value)
	}
	if g.c.Secret != "" {
		stamp := strconv.FormatInt(g.clock().Unix(), 10)
		r.Header.Set("X-Timestamp", stamp)
		r.Header.Set("X-Signature", Sign(g.c.Secret, stamp, body.Bytes()))
	}
	answer, err := g.client.Do(r)
	if err != nil {
		return gov.Errorf(gov.Unavailable, "短信网关不可用", "the SMS gateway cannot be used").Because(withoutURL(err))
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	switch {
	case err != nil:
		return gov.Errorf(gov.Unavailable, "短信网关不可用", "the SMS gateway cannot be used").Because(withoutURL(err))
	case answer.StatusCode >= 500 || answer.StatusCode == http.StatusTooManyRequests || answer.StatusCode == http.StatusRequestTimeout ||
		answer.StatusCode == http.StatusUnauthorized || answer.StatusCode == http.StatusForbidden || answer.StatusCode/100 == 3:
		return gov.Errorf(gov.Unavailable, "短信网关不可用：它答复 %d", "the SMS gateway cannot be used: it answered %d", answer.StatusCode)
	case answer.StatusCode/100 != 2:
		return &notices.Refusal{Code: 550} // as a mail server says of a mailbox it does not have
	case g.c.Accepted != "" && !strings.Contains(string(said), g.c.Accepted):
		return &notices.Refusal{Code: 450} // what it said may repeat the number, so it is kept nowhere
	}
	return nil
}

// Sign is the signature of a request.
func Sign(secret, stamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(stamp + "\n"))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

// withoutURL leaves out of an error the address, which may hold a key.
func withoutURL(err error) error {
	if u, ok := err.(*url.Error); ok {
		return u.Err
	}
	return err
}
