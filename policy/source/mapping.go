package source

import (
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// field is a struct field that a key fills.
type field struct {
	key      string
	index    []int
	required bool
}

// fieldsOf lists the fields of a struct type in order.
func fieldsOf(t reflect.Type) []field {
	var list []field
	for i := range t.NumField() {
		sf := t.Field(i)
		key, option, _ := strings.Cut(sf.Tag.Get("yaml"), ",")
		switch {
		case key == "-" || !sf.IsExported():
			continue
		case option == "inline":
			for _, f := range fieldsOf(sf.Type) {
				f.index = append([]int{i}, f.index...)
				list = append(list, f)
			}
			continue
		case key == "":
			key = strings.ToLower(sf.Name)
		}
		// A text without its Chinese wording says nothing to most readers.
		required := sf.Tag.Get("pack") == "required" || t == textType && key == "zh"
		list = append(list, field{key, []int{i}, required})
	}
	return list
}

func (d *decoder) mapping(n *yaml.Node, v reflect.Value) {
	if !d.kind(n, yaml.MappingNode) {
		return
	}
	fields := fieldsOf(v.Type())
	keys := make([]string, len(fields))
	for i, f := range fields {
		keys[i] = f.key
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, c := n.Content[i], n.Content[i+1]
		at := slices.Index(keys, k.Value)
		if k.Kind != yaml.ScalarNode || k.Tag == "!!merge" || seen[k.Value] {
			continue // reported by Parse
		}
		if at < 0 {
			guess := Suggest(k.Value, keys)
			if guess == "" && len(keys) <= 8 {
				d.add(k, "未知字段“%[1]s”；这里可用：%[2]s", "unknown field %[1]q; known here: %[3]s", k.Value,
					strings.Join(keys, "、"), strings.Join(keys, ", "))
				continue
			}
			d.problems.AddGuess(d.file.at(k), guess, "未知字段“%s”", "unknown field %q", k.Value)
			continue
		}
		seen[k.Value] = true
		d.value(c, v.FieldByIndex(fields[at].index))
		if fields[at].required && isEmpty(c) {
			d.add(c, "“%s”不能为空", "%q must not be empty", k.Value)
		}
	}
	for _, f := range fields {
		if f.required && !seen[f.key] {
			d.add(n, "缺少“%s”", "%q is missing", f.key)
		}
	}
}

// isEmpty reports a value that is there but says nothing.
func isEmpty(n *yaml.Node) bool {
	if n.Kind == yaml.ScalarNode {
		return n.Value == "" && !isNull(n) // a null is already reported
	}
	return n.Kind != yaml.AliasNode && len(n.Content) == 0
}
