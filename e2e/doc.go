// Package e2e drives the built program in a real browser, as a reader would:
// every page type at phone and desktop width, checked by axe-core, for sideways
// scrolling, console errors and the language; and the ways through the site.
package e2e
