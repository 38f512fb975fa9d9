// Package installation knows what stands in a data folder: the ledger's key and
// newest checkpoint, the keys that seal personal data, the whole files, the
// database or where it is, and the marker of an unfinished restore. Examine tells what is wrong with it.
package installation
