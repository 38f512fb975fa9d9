package source

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"quanxiang/gov"
)

// MaxBytes is the largest file that is read. A YAML node takes some hundred
// bytes of memory for two of text, so this also bounds memory; a longer list
// is split over several files.
const MaxBytes = 1 << 20

// maxDepth is how deep mappings and lists may nest.
const maxDepth = 32

// File is one parsed YAML file.
type File struct {
	Name string // as problems show it
	root *yaml.Node
}

// Parse reads a file's text. The File is nil when the text is not YAML at all;
// otherwise it can be decoded even if there are problems.
func Parse(name string, data []byte) (*File, Problems) {
	var p Problems
	if len(data) > MaxBytes {
		p = append(p, gov.Errorf(gov.TooLarge, "文件有 %d 字节，超过上限 %d 字节；请拆成几个文件",
			"the file has %d bytes, over the limit of %d; split it into several", len(data), MaxBytes).At(gov.Pos{File: name}))
		return nil, p
	}
	if checkText(name, data, &p); len(p) > 0 {
		return nil, p
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, next yaml.Node
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) || err == nil && isNull(doc.Content[0]) {
		p.Add(gov.Pos{File: name, Line: 1, Column: 1}, "文件是空的", "the file is empty")
		return nil, p
	} else if err != nil {
		addSyntax(&p, name, err)
		return nil, p
	}
	f := &File{Name: name, root: doc.Content[0]}
	if err := dec.Decode(&next); err == nil {
		p.Add(f.at(&next), "一个文件只能有一个 YAML 文档，不能再用“---”", "a file holds one YAML document; this begins another")
	} else if !errors.Is(err, io.EOF) {
		addSyntax(&p, name, err)
	}
	f.lint(f.root, 0, &p)
	return f, p
}

// checkText finds bytes that are not UTF-8 and characters that have no place
// in a text file.
func checkText(name string, data []byte, p *Problems) {
	line, col := 1, 1
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		at := gov.Pos{File: name, Line: line, Column: col}
		switch {
		case r == utf8.RuneError && n == 1:
			p.Add(at, "不是 UTF-8 编码（字节 %#02x）；请另存为 UTF-8", "not UTF-8 (byte %#02x); save the file as UTF-8", data[i])
			return // the rest of a file in another encoding would be noise
		case r < ' ' && r != '\n' && r != '\r' && r != '\t', r == 0x7f, r >= 0x80 && r < 0xa0 && r != 0x85:
			p.Add(at, "含有控制字符 %U", "contains the control character %U", r)
			return
		}
		i, col = i+n, col+1
		if r == '\n' {
			line, col = line+1, 1
		}
	}
}

// yamlLine picks the line number out of the parser's error text, its only
// carrier.
var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

// parserSays matches the errors of the library's parser, as opposed to those of
// its scanner: they name the line where the broken list or mapping begins.
var parserSays = regexp.MustCompile(`^did not find expected (<|node|'-'|key|',')|^found (undefined tag handle|duplicate|incompatible)`)

// syntaxZH words the parser's commoner errors in Chinese.
var syntaxZH = map[string]string{
	"mapping values are not allowed in this context":               "这里不能再出现“键: 值”（检查缩进，或给含冒号的文字加引号）",
	"did not find expected key":                                    "这里应当是一个键（检查缩进）",
	"did not find expected '-' indicator":                          "这里应当是列表项“- ”（检查缩进）",
	"did not find expected ',' or ']'":                             "列表缺“,”或“]”",
	"did not find expected ',' or '}'":                             "映射缺“,”或“}”",
	"could not find expected ':'":                                  "键后面缺“:”",
	"found character that cannot start any token":                  "这个字符不能用在这里（制表符、@、` 等须加引号）",
	"found a tab character that violates indentation":              "缩进不能用制表符",
	"found a tab character where an indentation space is expected": "缩进不能用制表符",
	"found unexpected end of stream":                               "引号没有结束",
	"found unknown escape character":                               "双引号里有不认识的转义",
	"block sequence entries are not allowed in this context":       "这里不能开始列表",
	"did not find expected node content":                           "这里应当有一个值",
}

func addSyntax(p *Problems, name string, err error) {
	pos, msg := gov.Pos{File: name, Line: 1}, err.Error()
	if m := yamlLine.FindStringSubmatch(msg); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil {
			pos.Line = n
			if parserSays.MatchString(m[2]) {
				pos.Line++ // the library counts these lines from 0
			}
		}
		msg = m[2]
	}
	zh := syntaxZH[msg]
	if zh == "" {
		zh = msg
	}
	p.Add(pos, "YAML 语法错误：%[1]s", "YAML syntax: %[2]s", zh, msg)
}

// lint finds what is legal YAML but not allowed in a pack.
func (f *File) lint(n *yaml.Node, depth int, p *Problems) {
	if depth > maxDepth {
		p.Add(f.at(n), "嵌套超过 %d 层", "nested deeper than %d levels", maxDepth)
		return
	}
	if n.Anchor != "" {
		p.Add(f.at(n), "不能用锚点“&%s”；请把内容写全", "anchors such as &%s are not allowed; write the content out", n.Anchor)
	}
	if n.Style&yaml.TaggedStyle != 0 {
		p.Add(f.at(n), "不能用类型标签“%s”", "tags such as %s are not allowed", n.Tag)
	}
	switch n.Kind {
	case yaml.AliasNode:
		p.Add(f.at(n), "不能用别名“*%s”；请把内容写全", "aliases such as *%s are not allowed; write the content out", n.Value)
	case yaml.SequenceNode:
		for _, c := range n.Content {
			f.lint(c, depth+1, p)
		}
	case yaml.MappingNode:
		first := map[string]*yaml.Node{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			k, v := n.Content[i], n.Content[i+1]
			switch old := first[k.Value]; {
			case k.Kind != yaml.ScalarNode || k.Tag == "!!merge":
				p.Add(f.at(k), "键必须是普通文字", "a key must be plain text")
			case old != nil:
				p.Add(f.at(k), "键“%s”重复，第 %d 行已有", "duplicate key %q, first on line %d", k.Value, old.Line)
			default:
				first[k.Value] = k
			}
			f.lint(v, depth+1, p)
		}
	}
}

func (f *File) at(n *yaml.Node) gov.Pos {
	return gov.Pos{File: f.Name, Line: n.Line, Column: n.Column}
}

// isNull reports whether a value was left out or written as ~ or null.
func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }
