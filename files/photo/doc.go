// Package photo makes of a picture somebody sent a picture that can be kept: it
// is told by its content, measured before it is decoded, turned upright, made
// smaller and encoded anew, so that nothing but its pixels comes through. What
// the camera wrote about when and where it was taken is handed back apart; the
// caller decides whether to keep it.
//
// Whoever sends a picture is not trusted. A header that claims more than the
// limits is refused before a decoder sees it ([MaxPixels], [MaxMemory], the
// number of scans of a progressive JPEG), whatever stands behind, beside or
// between the pixels is dropped (a page or an archive that is a picture as well,
// a film behind a photograph, a preview of the picture before it was masked), and
// one picture is decoded at a time ([Darkroom]).
//
// The same bytes give the same bytes on every machine: the arithmetic is that of
// whole numbers. Averages are taken of the encoded values, not of light, and
// profiles of colour are not applied: a picture of wide gamut turns out a little
// pale.
package photo
