// Package door logs people in and out over HTTP and tells every other surface
// who is asking. People.Office decides and records; the door keeps the cookies,
// shows the pages, and sends whoever lacks something to where it is had.
//
// Identify stands around the whole site and puts a who.Visit into each
// request's context. A handler that is for the staff is wrapped in Require, or
// simply returns the error of people.Can: the door turns an Unknown error into
// the way to the login page, and one because of people.ErrProof into the page
// that asks for the second factor again, and afterwards into what was wanted.
package door
