// Package clause says at which address a place of a document is shown.
package clause

import (
	"strings"

	"quanxiang/library"
)

// listed are the items of documents that have a page of their own beside the text.
var listed = []library.Scope{library.TaskScope, library.IndicatorScope, library.ProjectScope}

// Path is the address of a place of a document, written slug#anchor as the library
// writes it: an item of a table stands in the list of its kind, everything else in
// the text.
func Path(address string) string {
	slug, anchor, ok := strings.Cut(address, "#")
	if !ok || anchor == "" {
		return "/documents/" + slug
	}
	for _, s := range listed {
		if strings.HasPrefix(anchor, s.String()+"-") {
			return "/documents/" + slug + "/" + s.String() + "s#" + anchor
		}
	}
	return "/documents/" + address
}
