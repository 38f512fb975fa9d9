// Package privacy protects personal data at rest and on the screen: it seals
// values so that a copy of the database says nothing about persons, makes blind
// indexes so that sealed values can still be found by equality, writes values
// masked as officials do, and checks the numbers by which China knows persons
// and bodies.
//
// A value is sealed for one [Place], a column of a row of a district. Put
// anywhere else it does not open, so whoever can write to the database cannot
// show one person's data under another's name. The keys are a [Keyring], which
// lies in a file outside the database; docs/spec/privacy.md is normative for
// keyring, envelope and index.
//
// The package is pure but for one thing: Seal and NewKeyring draw randomness
// from the system themselves, since a nonce chosen by a caller is the mistake
// that breaks the cipher.
package privacy
