package akn

import (
	"bytes"
	"encoding/xml"
	"slices"
	"strings"

	"quanxiang/gov"
)

// writer writes XML elements, one to a line, and watches over eIds: the schema
// does not ask for them on hierarchical elements, we do.
type writer struct {
	buf   bytes.Buffer
	open  []string
	ids   map[string]bool
	fault error
}

// addressed elements must have an eId.
var addressed = []string{
	"part", "chapter", "section", "subsection", "article", "paragraph", "point", "subparagraph", "clause", "subclause",
	"hcontainer", "component", "attachment",
}

// start opens an element; attributes are name and value in turn.
func (w *writer) start(name string, attrs ...string) {
	w.indent()
	w.tag(name, attrs, ">")
	w.buf.WriteByte('\n')
	w.open = append(w.open, name)
}

// end closes the element opened last.
func (w *writer) end() {
	name := w.open[len(w.open)-1]
	w.open = w.open[:len(w.open)-1]
	w.indent()
	w.buf.WriteString("</" + name + ">\n")
}

// empty writes an element without content.
func (w *writer) empty(name string, attrs ...string) {
	w.indent()
	w.tag(name, attrs, "/>")
	w.buf.WriteByte('\n')
}

// text writes an element that holds text, if there is any.
func (w *writer) text(name, text string, attrs ...string) {
	if text == "" {
		return
	}
	w.indent()
	w.tag(name, attrs, ">")
	w.escape(text)
	w.buf.WriteString("</" + name + ">\n")
}

func (w *writer) tag(name string, attrs []string, end string) {
	w.buf.WriteString("<" + name)
	id := ""
	for i := 0; i < len(attrs); i += 2 {
		if attrs[i] == "eId" {
			id = attrs[i+1]
		}
		w.buf.WriteString(" " + attrs[i] + `="`)
		w.escape(attrs[i+1])
		w.buf.WriteByte('"')
	}
	switch {
	case id == "" && slices.Contains(addressed, name):
		w.fail(gov.Errorf(gov.Internal, "元素 %s 没有 eId", "element %s has no eId", name))
	case id != "" && w.ids[id]:
		w.fail(gov.Errorf(gov.Internal, "eId %s 重复", "eId %s is not unique", id))
	case strings.ContainsAny(id, " \t\n"):
		w.fail(gov.Errorf(gov.Internal, "eId %q 含空白", "eId %q has a blank in it", id))
	}
	w.ids[id] = true
	w.buf.WriteString(end)
}

func (w *writer) fail(err error) {
	if w.fault == nil {
		w.fault = err
	}
}

func (w *writer) escape(s string) {
	// A bytes.Buffer does not fail. Characters XML cannot hold become U+FFFD.
	_ = xml.EscapeText(&w.buf, []byte(s))
}

func (w *writer) indent() {
	for range w.open {
		w.buf.WriteString("  ")
	}
}
