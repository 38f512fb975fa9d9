package smtp

import (
	"bytes"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"time"

	"quanxiang/gov"
	"quanxiang/notices"
)

// compose writes a mail as it goes over the line. The same mail sent twice, by a
// program that died before it noted that the first was taken, bears the same
// Message-ID.
func compose(from, to string, m notices.Mail) ([]byte, error) {
	_, host, _ := strings.Cut(from, "@")
	var b bytes.Buffer
	headers := [][2]string{
		{"From", (&mail.Address{Name: oneLine(m.From), Address: from}).String()},
		{"To", (&mail.Address{Address: to}).String()},
		{"Subject", strings.ReplaceAll(mime.BEncoding.Encode("utf-8", oneLine(m.Subject)), "?= =?", "?=\r\n =?")},
		{"Date", m.At.In(gov.China).Format(time.RFC1123Z)},
		{"Message-ID", fmt.Sprintf("<%s@%s>", m.ID, host)},
		{"Content-Language", string(m.Lang)},
		{"Auto-Submitted", "auto-generated"}, // RFC 3834: no holiday replies
		{"MIME-Version", "1.0"},
		{"Content-Type", "text/plain; charset=utf-8"},
		{"Content-Transfer-Encoding", "quoted-printable"},
	}
	if m.Stop != "" {
		headers = append(headers, [2]string{"List-Unsubscribe", "<" + oneLine(m.Stop) + ">"})
		if strings.HasPrefix(m.Stop, "https:") { // RFC 8058, section 3.1, wants no other
			headers = append(headers, [2]string{"List-Unsubscribe-Post", "List-Unsubscribe=One-Click"})
		}
	}
	for _, h := range headers {
		fmt.Fprintf(&b, "%s: %s\r\n", h[0], h[1])
	}
	b.WriteString("\r\n")
	w := quotedprintable.NewWriter(&b)
	if _, err := w.Write([]byte(strings.ReplaceAll(m.Body, "\n", "\r\n"))); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// oneLine keeps the text of a header from becoming another header.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\r' || r == '\n' {
			return ' '
		}
		return r
	}, s)
}
