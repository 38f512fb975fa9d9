// Package smtp hands mails to a mail server (RFC 5321): over TLS from the start
// (smtps), or with STARTTLS (smtp), which must be there unless the server is on
// this machine. It puts what is Chinese into the forms every server takes (RFC
// 2047, quoted-printable) and never lets text of a mail become a header.
package smtp
