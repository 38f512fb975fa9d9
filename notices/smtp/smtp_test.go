package smtp_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/big"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/textproto"
	"strings"
	"sync"
	"testing"
	"time"

	"quanxiang/gov"
	"quanxiang/notices"
	"quanxiang/notices/smtp"
)

// server is a mail server as RFC 5321 has it, as much of one as a client needs:
// STARTTLS or TLS from the start, AUTH PLAIN, and addresses it refuses.
type server struct {
	address  string
	secure   bool // TLS from the start
	starttls bool
	tls      *tls.Config
	roots    *x509.CertPool
	answers  map[string]int // code to RCPT, by address
	noSender bool           // nobody may send
	dropAt   string         // the connection is cut when this is said

	mu    sync.Mutex
	mails []string // as they came
	users []string // who logged in, "user password"
	plain int      // commands MAIL that came without TLS
}

// serve starts a server on this machine and stops it with the test.
func serve(t *testing.T, s *server) *server {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	cert := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, cert, cert, &key.PublicKey, key)
	must(t, err)
	s.tls = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	cert, err = x509.ParseCertificate(der)
	must(t, err)
	s.roots = x509.NewCertPool()
	s.roots.AddCert(cert)
	l, err := net.Listen("tcp", "localhost:0")
	must(t, err)
	_, port, err := net.SplitHostPort(l.Addr().String())
	must(t, err)
	s.address = "smtp://localhost:" + port
	if s.secure {
		s.address = "smtps://localhost:" + port
	}
	var talks sync.WaitGroup
	talks.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			talks.Go(func() {
				defer conn.Close()
				s.talk(conn)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		talks.Wait()
	})
	return s
}

// talk answers one client until it leaves.
func (s *server) talk(conn net.Conn) {
	secured := s.secure
	if secured {
		conn = tls.Server(conn, s.tls)
	}
	in := textproto.NewReader(bufio.NewReader(conn))
	say := func(lines ...string) { fmt.Fprint(conn, strings.Join(lines, "\r\n")+"\r\n") }
	say("220 mail.example")
	for {
		line, err := in.ReadLine()
		if err != nil || s.dropAt != "" && strings.HasPrefix(line, s.dropAt) {
			return
		}
		verb, rest, _ := strings.Cut(line, " ")
		switch strings.ToUpper(verb) {
		case "EHLO":
			lines := []string{"250-mail.example", "250-AUTH PLAIN"}
			if s.starttls && !secured {
				lines = append(lines, "250-STARTTLS")
			}
			say(append(lines, "250 8BITMIME")...)
		case "STARTTLS":
			say("220 go on")
			conn, secured = tls.Server(conn, s.tls), true
			in = textproto.NewReader(bufio.NewReader(conn))
		case "AUTH":
			text, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(rest, "PLAIN "))
			user := strings.Join(strings.Split(string(text), "\x00")[1:], " ")
			if strings.HasSuffix(user, "wrong") {
				say("535 5.7.8 no: " + user)
				continue
			}
			s.note(func() { s.users = append(s.users, user) })
			say("235 welcome")
		case "MAIL":
			if !secured {
				s.note(func() { s.plain++ })
			}
			if s.noSender {
				say("550 5.7.1 " + rest)
				continue
			}
			say("250 ok")
		case "RCPT":
			to := strings.Trim(strings.TrimPrefix(strings.ToUpper(rest), "TO:"), "<>")
			if code := s.answers[strings.ToLower(to)]; code != 0 {
				say(fmt.Sprintf("%d no such mailbox: %s", code, to))
				continue
			}
			say("250 ok")
		case "DATA":
			say("354 go on")
			text, err := io.ReadAll(in.DotReader())
			if err != nil {
				return
			}
			s.note(func() { s.mails = append(s.mails, string(text)) })
			say("250 taken")
		case "RSET":
			say("250 ok")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("502 what?")
		}
	}
}

func (s *server) note(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func client(t *testing.T, s *server, user, password string) *smtp.Client {
	t.Helper()
	c, err := smtp.New(smtp.Config{Address: s.address, From: "noreply@policy.example", User: user, Password: password, Roots: s.roots})
	must(t, err)
	return c
}

func letter(to, subject, body string) notices.Mail {
	at := time.Date(2016, 10, 10, 8, 30, 0, 0, gov.China)
	return notices.Mail{ID: gov.NewID(at), To: to, From: "西城区", Subject: subject, Body: body, Lang: gov.ZH, At: at}
}

// send sends mails and returns what became of each: 0, a code, or -1 for
// nothing.
func send(t *testing.T, c *smtp.Client, list ...notices.Mail) ([]int, error) {
	t.Helper()
	became := make([]int, len(list))
	for i := range became {
		became[i] = -1
	}
	err := c.Send(t.Context(), list, func(n int, refused error) error {
		became[n] = 0
		if r, ok := errors.AsType[*notices.Refusal](refused); ok {
			became[n] = r.Code
		}
		return nil
	})
	return became, err
}

// A mail arrives whole and in Chinese, over a line nobody listens on, from who
// logged in.
func TestSend(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]*server{"STARTTLS": {starttls: true}, "TLS from the start": {secure: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			serve(t, s)
			body := "任务 RW2016-0001“印刷”\n.点开头的一行\n" + strings.Repeat("很长", 600) + "\n"
			m := letter("wang@mail.example", "RW2016-0001：轮到您办理\r\nBcc: all@mail.example", body)
			m.Stop = "https://policy.example/stop/x"
			codes, err := send(t, client(t, s, "robot", "secret"), m)
			must(t, err)
			if codes[0] != 0 || len(s.mails) != 1 || s.plain != 0 || len(s.users) != 1 || s.users[0] != "robot secret" {
				t.Fatalf("%v: %d mails, %d in the clear, by %v", codes, len(s.mails), s.plain, s.users)
			}
			for line := range strings.Lines(s.mails[0]) {
				if len(line) > 100 || strings.IndexFunc(line, func(r rune) bool { return r > 126 }) >= 0 {
					t.Errorf("not every server takes the line %q", line)
				}
			}
			got, err := mail.ReadMessage(strings.NewReader(s.mails[0]))
			must(t, err)
			subject, err := new(mime.WordDecoder).DecodeHeader(got.Header.Get("Subject"))
			must(t, err)
			if subject != "RW2016-0001：轮到您办理  Bcc: all@mail.example" || got.Header.Get("Bcc") != "" {
				t.Errorf("the subject is %q, Bcc %q", subject, got.Header.Get("Bcc"))
			}
			from, err := mail.ParseAddress(got.Header.Get("From"))
			must(t, err)
			if from.Name != "西城区" || from.Address != "noreply@policy.example" || got.Header.Get("To") != "<wang@mail.example>" {
				t.Errorf("from %v to %s", from, got.Header.Get("To"))
			}
			if id := got.Header.Get("Message-ID"); id != "<"+m.ID.String()+"@policy.example>" || got.Header.Get("Auto-Submitted") != "auto-generated" {
				t.Errorf("it is %s", id)
			}
			if got.Header.Get("List-Unsubscribe") != "<"+m.Stop+">" || got.Header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
				t.Errorf("it is ended by %v", got.Header)
			}
			text, err := io.ReadAll(quotedprintable.NewReader(got.Body))
			must(t, err)
			if strings.ReplaceAll(string(text), "\r\n", "\n") != body {
				t.Errorf("arrived as\n%s", text)
			}
		})
	}
}

// One mail that is refused does not keep the others from going out, and the
// server's words, which repeat the address, are nowhere in what is told of it.
func TestRefused(t *testing.T) {
	t.Parallel()
	s := serve(t, &server{starttls: true, answers: map[string]int{"full@mail.example": 452, "unknown@mail.example": 550}})
	codes, err := send(t, client(t, s, "", ""), letter("full@mail.example", "一", "一"), letter("unknown@mail.example", "二", "二"),
		letter("no address", "三", "三"), letter("<a@mail.example>, <b@mail.example>", "四", "四"), letter("fine@mail.example", "五", "五"))
	must(t, err)
	if fmt.Sprint(codes) != "[452 550 553 553 0]" || len(s.mails) != 1 {
		t.Errorf("became %v; %d mails", codes, len(s.mails))
	}
	for _, r := range []*notices.Refusal{{Code: 452}, {Code: 550}} {
		if strings.Contains(r.Error(), "@") || r.Permanent() != (r.Code == 550) {
			t.Errorf("%v is said to be permanent: %v", r, r.Permanent())
		}
	}
}

// What is no fault of a mail is the server's, and says nothing of whom it was
// to; the mails that were not taken stay as they were.
func TestUnreachable(t *testing.T) {
	t.Parallel()
	two := []notices.Mail{letter("one@mail.example", "一", "一"), letter("two@mail.example", "二", "二")}
	for name, c := range map[string]struct {
		server *server
		user   string
		roots  bool
		want   string
		codes  string
	}{
		"a wrong password":          {&server{starttls: true}, "wrong", true, "it answered 535", "[-1 -1]"},
		"a certificate of nobody":   {&server{starttls: true}, "", false, "certificate", "[-1 -1]"},
		"a sender that may not":     {&server{starttls: true, noSender: true}, "", true, "it answered 550", "[-1 -1]"},
		"a connection that is cut":  {&server{starttls: true, dropAt: "RCPT"}, "", true, "EOF", "[-1 -1]"},
		"a server that closes down": {&server{starttls: true, answers: map[string]int{"two@mail.example": 421}}, "", true, "it answered 421", "[0 -1]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, c.server)
			if !c.roots {
				s.roots = x509.NewCertPool()
			}
			codes, err := send(t, client(t, s, c.user, "wrong"), two...)
			if gov.CodeOf(err) != gov.Unavailable || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "@") {
				t.Errorf("%v", err)
			}
			if fmt.Sprint(codes) != c.codes {
				t.Errorf("became %v", codes)
			}
		})
	}
	l, err := net.Listen("tcp", "localhost:0")
	must(t, err)
	s := &server{address: "smtp://" + l.Addr().String()}
	must(t, l.Close())
	if _, err := send(t, client(t, s, "", ""), two...); gov.CodeOf(err) != gov.Unavailable {
		t.Errorf("nobody there: %v", err)
	}
}

// A server elsewhere that offers no TLS gets nothing; one on this machine may.
func TestPlain(t *testing.T) {
	t.Parallel()
	s := serve(t, &server{})
	codes, err := send(t, client(t, s, "", ""), letter("one@mail.example", "一", "一"))
	must(t, err)
	if codes[0] != 0 || len(s.mails) != 1 || s.plain != 1 {
		t.Errorf("became %v", codes)
	}
}

// Sending ends when it is to end, also while the server is silent.
func TestCancelled(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "localhost:0")
	must(t, err)
	t.Cleanup(func() { l.Close() })
	c := client(t, &server{address: "smtp://" + l.Addr().String()}, "", "")
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		conn, err := l.Accept()
		if err == nil {
			cancel()
			defer conn.Close()
			io.Copy(io.Discard, conn)
		}
	}()
	if err := c.Send(ctx, []notices.Mail{letter("one@mail.example", "一", "一")}, func(int, error) error { return nil }); err == nil {
		t.Error("it was sent")
	}
}

func TestNew(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"", "mail.example", "http://mail.example", "smtp://", "smtp://user:word@mail.example", "smtp://mail.example:x"} {
		if _, err := smtp.New(smtp.Config{Address: address, From: "a@mail.example"}); gov.CodeOf(err) != gov.Invalid {
			t.Errorf("the server %q: %v", address, err)
		}
	}
	for _, from := range []string{"", "nobody", "N <a@mail.example>", "a@mail.example\r\nBcc: b@mail.example"} {
		if _, err := smtp.New(smtp.Config{Address: "smtp://mail.example", From: from}); gov.CodeOf(err) != gov.Invalid {
			t.Errorf("from %q: %v", from, err)
		}
	}
}
