// Package open311 answers GeoReport v2, the protocol by which other programs
// file reports with a district and follow them, with the extensions clients in
// use rely on. docs/spec/open311.md describes the endpoint.
//
// A request is read by the format its address asks for, becomes a call of the
// Desk, and the answer becomes a tree that is written as XML or JSON by one set
// of rules. The package knows the protocol and no case: what services and
// requests are is the Desk's matter. Every failure is answered as a list of
// errors in the format that was asked for, whatever went wrong.
//
// Clients try again whenever they do not understand an answer. A report
// therefore has a fingerprint, by which a Filings gives the same report the
// same identity, so that the Desk makes one case of it.
package open311
