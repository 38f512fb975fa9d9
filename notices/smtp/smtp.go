package smtp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/smtp"
	"net/textproto"
	"net/url"
	"time"

	"quanxiang/gov"
	"quanxiang/notices"
)

// timeout bounds the talk about one mail, and the opening of a connection.
const timeout = 30 * time.Second

// Config says which server takes the mails.
type Config struct {
	Address  string // smtp://host[:587] or smtps://host[:465]
	From     string // the sender's bare address
	User     string // "" sends without logging in
	Password string
	Roots    *x509.CertPool // nil for the system's
}

// Client sends mails through one server.
type Client struct {
	Config
	host, port string
	secure     bool // TLS from the start
	local      bool // the server is on this machine
}

var _ notices.Sender = (*Client)(nil)

// New checks a configuration. It returns an Invalid error for what cannot be
// one.
func New(c Config) (*Client, error) {
	u, err := url.Parse(c.Address)
	if err != nil || u.Host == "" || u.User != nil || (u.Scheme != "smtp" && u.Scheme != "smtps") {
		return nil, gov.Errorf(gov.Invalid, "邮件服务器地址应如 smtp://mail.example:587 或 smtps://mail.example", "a mail server's address is like smtp://mail.example:587 or smtps://mail.example")
	}
	from, err := mail.ParseAddress(c.From)
	if err != nil || from.Name != "" {
		return nil, gov.Errorf(gov.Invalid, "发件地址“%s”不是邮件地址", "the sender's address %q is none", c.From)
	}
	c.From = from.Address
	client := &Client{Config: c, host: u.Hostname(), port: u.Port(), secure: u.Scheme == "smtps"}
	if client.port == "" {
		client.port = map[bool]string{true: "465", false: "587"}[client.secure]
	}
	ip := net.ParseIP(client.host)
	client.local = client.host == "localhost" || ip != nil && ip.IsLoopback()
	return client, nil
}

// Send implements notices.Sender.
func (c *Client) Send(ctx context.Context, list []notices.Mail, done func(n int, refused error) error) error {
	conn, s, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()                                      // after Quit it is closed already
	stop := context.AfterFunc(ctx, func() { conn.Close() }) // a silent server must not outlast ctx
	defer stop()
	for n, m := range list {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := conn.SetDeadline(time.Now().Add(timeout)); err != nil {
			return unreachable(err)
		}
		err := c.sendOne(s, m)
		refused, isRefusal := refusal(err)
		switch {
		case err == nil:
			err = done(n, nil)
		case isRefusal && refused.Code != 421: // 421 ends the connection, RFC 5321, 3.8
			if err = done(n, refused); err == nil {
				if reset := s.Reset(); reset != nil {
					return unreachable(reset)
				}
			}
		case gov.CodeOf(err) == gov.Unavailable:
		default:
			return unreachable(err)
		}
		if err != nil {
			return err
		}
	}
	if err := s.Quit(); err != nil {
		return unreachable(err) // what was sent was confirmed mail by mail
	}
	return nil
}

// open connects to the server.
func (c *Client) open(ctx context.Context) (net.Conn, *smtp.Client, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(c.host, c.port))
	if err != nil {
		return nil, nil, unreachable(err)
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	s, err := c.greet(conn)
	if err != nil {
		conn.Close()
		return nil, nil, err
	}
	return conn, s, nil
}

// greet secures a connection and logs in.
func (c *Client) greet(conn net.Conn) (*smtp.Client, error) {
	secret := &tls.Config{ServerName: c.host, RootCAs: c.Roots, MinVersion: tls.VersionTLS12}
	talk := conn
	if c.secure {
		talk = tls.Client(conn, secret)
	}
	s, err := smtp.NewClient(talk, c.host)
	if err != nil {
		return nil, unreachable(err)
	}
	if offered, _ := s.Extension("STARTTLS"); !c.secure && offered {
		if err := s.StartTLS(secret); err != nil {
			return nil, unreachable(err)
		}
	} else if !c.secure && !c.local {
		return nil, gov.Errorf(gov.Unavailable, "邮件服务器不提供 STARTTLS，未发送", "the mail server offers no STARTTLS; nothing was sent")
	}
	if c.User != "" {
		if err := s.Auth(smtp.PlainAuth("", c.User, c.Password, c.host)); err != nil {
			return nil, unreachable(err)
		}
	}
	return s, nil
}

// sendOne hands over one mail.
func (c *Client) sendOne(s *smtp.Client, m notices.Mail) error {
	to, err := mail.ParseAddress(m.To)
	if err != nil || to.Name != "" {
		return &notices.Refusal{Code: 553} // as a server says of a name that cannot be a mailbox
	}
	text, err := compose(c.From, to.Address, m)
	if err != nil {
		return err
	}
	if err := s.Mail(c.From); err != nil {
		return unreachable(err) // it refuses the sender, not this mail
	}
	if err := s.Rcpt(to.Address); err != nil {
		return err
	}
	w, err := s.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	return w.Close() // the server takes the mail, or not
}

// refusal is what a server answered about a mail.
func refusal(err error) (*notices.Refusal, bool) {
	if r, ok := errors.AsType[*notices.Refusal](err); ok {
		return r, true
	}
	if p, ok := errors.AsType[*textproto.Error](err); ok && p.Code >= 400 {
		return &notices.Refusal{Code: p.Code}, true
	}
	return nil, false
}

// unreachable is about a server with which no mail can be sent. Of what a server
// said it keeps the code alone: its words may repeat an address.
func unreachable(err error) error {
	if p, ok := errors.AsType[*textproto.Error](err); ok {
		err = fmt.Errorf("it answered %d", p.Code)
	}
	return gov.Errorf(gov.Unavailable, "邮件服务器不可用：%v", "the mail server cannot be used: %v", err)
}
