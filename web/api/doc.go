// Package api is the machine's surface: JSON under /api/v1, its OpenAPI 3.1
// description in both languages and a reference page made from it. It uses huma
// for typed operations; every error is an RFC 9457 problem with the same codes
// and words as the pages.
//
// Texts of the description are keys of the message catalogues ("api....") until
// Document replaces them.
package api
