// Package spec carries what programs need of the specifications: the second verifier
// of draws, which plans name by its digest and the site hands out.
package spec

import _ "embed"

// Verifier is ssj1_verify.py.
//
//go:embed ssj1_verify.py
var Verifier []byte
