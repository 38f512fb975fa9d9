// Package ui is the look and the grammar of every page: layout, style sheets,
// message catalogues, preferences, forms, lists, tables and the error page.
//
// A page is a template file checked against its view struct: Load pairs the
// two, Render executes into a buffer first, so a page is sent whole or not at
// all. Templates are parsed once per language. The package knows no domain.
package ui
