// Package source reads the YAML files of a pack strictly and keeps every
// value's position. It knows YAML and Go structs, no domain.
//
// YAML is cut down to what a reviewer can read at a glance: one document of
// mappings, lists and scalars, without anchors, aliases, tags or merge keys.
// Decoding goes by the struct tags of the target, so any room's type can be
// read the same way:
//
//	yaml:"name"        the key; "-" skips the field, ",inline" embeds a struct
//	pack:"required"    the key must be there and must not be empty
//
// Every mistake becomes a problem with file, line and column; none stops the
// search for the next.
package source
