// Package paper is what stands on the paper of a gazette: the bytes of a file as
// text, its lines with what they tell of the layout (where paragraphs and cells
// end, where a page begins), the paragraphs they make, and the marks with which
// official Chinese print numbers, quotes and dates. It knows no document.
package paper
