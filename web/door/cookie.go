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

// cookie reads one of the door's cookies; "" without it.
func (d *Door) cookie(r *http.Request, name string) string { return d.jar.Get(r, name) }

// setCookie sets one of the door's cookies; see jar.Set.
func (d *Door) setCookie(w http.ResponseWriter, name, value string, age int) {
	d.jar.Set(w, name, value, age)
}

// keep gives the browser the tokens of a session that was opened.
func (d *Door) keep(w http.ResponseWriter, o people.Opened) {
	d.setCookie(w, sessionCookie, o.Token, 0)
	if o.Device != "" {
		d.setCookie(w, deviceCookie, o.Device, deviceAge)
	}
}
