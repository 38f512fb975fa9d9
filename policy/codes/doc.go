// Package codes is the code lists of a pack: typed tables whose columns the
// file itself declares, such as the classes of what can be reported and the
// standards by which it is handled. See docs/spec/pack.md.
//
// A list is decoded from its file, then Read makes its entries, then Link
// follows what they refer to. After that nobody changes it.
package codes
