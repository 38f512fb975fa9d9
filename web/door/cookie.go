package door

import (
	"net/http"

	"quanxiang/people"
)

// Cookies of the door. None says who somebody is: all are random or sealed.
const (
	sessionCookie = "session"    // until the browser closes; the server ends it sooner
	deviceCookie  = "device"     // of a browser in which someone logged in completely, see people
	linkCookie    = "invitation" // a one-time link on its way from the address to the form
	flowCookie    = "identity"   // a login at the identity provider that is under way
)

// deviceAge is how long a browser stays a familiar device, in seconds.
const deviceAge = 365 * 24 * 60 * 60

// cookieName is a cookie's name as it is sent. Over https it has the prefix
// that keeps other hosts of the domain from setting it (RFC 6265bis, 4.1.3.2).
func (d *Door) cookieName(name string) string {
	if d.https {
		return "__Host-" + name
	}
	return name
}

// cookie reads one of the door's cookies; "" without it.
func (d *Door) cookie(r *http.Request, name string) string {
	c, err := r.Cookie(d.cookieName(name))
	if err != nil {
		return ""
	}
	return c.Value
}

// setCookie sets one of the door's cookies for so many seconds; 0 until the
// browser closes, -1 deletes it.
func (d *Door) setCookie(w http.ResponseWriter, name, value string, age int) {
	http.SetCookie(w, &http.Cookie{Name: d.cookieName(name), Value: value, Path: "/", MaxAge: age,
		HttpOnly: true, Secure: d.https, SameSite: http.SameSiteLaxMode})
}

// keep gives the browser the tokens of a session that was opened.
func (d *Door) keep(w http.ResponseWriter, o people.Opened) {
	d.setCookie(w, sessionCookie, o.Token, 0)
	if o.Device != "" {
		d.setCookie(w, deviceCookie, o.Device, deviceAge)
	}
}
