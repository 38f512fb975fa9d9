// Package hooks tells other systems that a public case has come to something:
// signed requests to addresses an administrator entered (Standard Webhooks 1.0).
// docs/spec/webhooks.md is normative.
//
// A step of a case leaves a mark in its own transaction if any subscription
// wants to hear of such cases. A job then writes, for each event of the step the
// public may read, one [Delivery] for each subscription that wants it: its body
// holds what the public page shows, and nothing else. Another job sends what is
// due, again after a while when the other side does not take it, and gives up
// after some days; what was given up stays to be looked at and sent again by
// hand. A subscription nobody answered for [FailsFor] is stopped.
//
// The addresses are typed by people and lead anywhere, so requests go to public
// addresses only ([Client]): the address is looked at when the connection is
// made, whatever a name resolved to before.
package hooks
