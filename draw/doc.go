// Package draw is the public draw SSJ1 (双随机): who is inspected and by whom is
// drawn by lot so that nobody knows the lot before, nobody could have aimed it,
// and afterwards anyone can compute it again from one file.
// docs/spec/draw.md is normative.
//
// [Verify] reads a transcript and says VALID, INVALID at a record, or what is
// missing. [Campaign] is the platform's side: it writes the records.
// [Opening] is one firm's proof. Encodings are in draw/lot and canon, trees
// in draw/frame, the designs in draw/design, the assignment of inspectors in
// draw/teams, outside values in draw/outside, records in draw/record.
//
// Nothing here touches a clock, a file, a network or randomness: outsiders may
// import it, and it runs in a browser.
package draw
