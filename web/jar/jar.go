// Package jar keeps the cookies of the site. None says who somebody is: all are
// random, sealed or digests.
package jar

import "net/http"

// Jar sets and reads cookies; over HTTPS they are bound to this host.
type Jar struct{ HTTPS bool }

// Name is a cookie's name as it is sent. Over https it has the prefix that keeps
// other hosts of the domain from setting it (RFC 6265bis, 4.1.3.2).
func (j Jar) Name(name string) string {
	if j.HTTPS {
		return "__Host-" + name
	}
	return name
}

// Get reads a cookie; "" without it.
func (j Jar) Get(r *http.Request, name string) string {
	c, err := r.Cookie(j.Name(name))
	if err != nil {
		return ""
	}
	return c.Value
}

// Set sets a cookie for so many seconds; 0 until the browser closes, -1 deletes
// it.
func (j Jar) Set(w http.ResponseWriter, name, value string, age int) {
	http.SetCookie(w, &http.Cookie{Name: j.Name(name), Value: value, Path: "/", MaxAge: age,
		HttpOnly: true, Secure: j.HTTPS, SameSite: http.SameSiteLaxMode})
}
