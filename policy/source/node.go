package source

import (
	"reflect"

	"go.yaml.in/yaml/v3"

	"quanxiang/gov"
)

// Node is a place in a file, for checks that come after decoding. Asking for
// what is not there stays at the nearest place that is.
type Node struct {
	file *File
	node *yaml.Node
}

// Root is the outermost mapping of the file.
func (f *File) Root() Node { return Node{f, f.root} }

// Field is the value of a key.
func (n Node) Field(key string) Node {
	if n.node == nil || n.node.Kind != yaml.MappingNode {
		return n
	}
	for i := 0; i+1 < len(n.node.Content); i += 2 {
		if n.node.Content[i].Value == key {
			return Node{n.file, n.node.Content[i+1]}
		}
	}
	return n
}

// Item is an element of a list, counted from 0.
func (n Node) Item(i int) Node {
	if n.node == nil || n.node.Kind != yaml.SequenceNode || i < 0 || i >= len(n.node.Content) {
		return n
	}
	return Node{n.file, n.node.Content[i]}
}

// Pos is where the value begins.
func (n Node) Pos() gov.Pos {
	if n.node == nil {
		return gov.Pos{}
	}
	return n.file.at(n.node)
}

// Raw is a value whose type other parts of the file decide: Decode leaves it
// as it is.
type Raw struct{ Node }

// Decode fills into, a pointer, from the value and reports what does not fit,
// as File.Decode does.
func (r Raw) Decode(into any) Problems {
	d := decoder{file: r.file}
	d.value(r.node, reflect.ValueOf(into).Elem())
	return d.problems
}
