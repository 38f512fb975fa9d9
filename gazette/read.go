package gazette

import (
	"encoding/hex"
	"io"
	"strings"

	"quanxiang/gazette/paper"
	"quanxiang/gazette/roster"
	"quanxiang/gazette/work"
	"quanxiang/gov"
)

// Read understands the text of a gazette. Name is the file's name for messages
// and Source. The errors are *gov.Error with the place in the file: TooLarge
// over a limit, Unsupported for a file that is no text or in another encoding,
// Invalid for an empty file, for broken characters and for a text in which no
// document of the district begins. Errors of src are returned as they are.
func Read(src io.Reader, name string, lex Lexicon, limits paper.Limits) (*Gazette, error) {
	data, sum, err := paper.Load(src, name, limits)
	if err != nil {
		return nil, err
	}
	g := &Gazette{
		Source:       Source{Name: name, SHA256: hex.EncodeToString(sum), Bytes: int64(len(data))},
		Documents:    []Document{},
		Unattributed: []Passage{},
		Checks:       []Check{},
	}
	text, encoding, err := paper.Decode(data, name)
	if err != nil {
		return nil, err
	}
	g.Source.Encoding = encoding
	raw := strings.Split(text, "\n")
	if raw[len(raw)-1] == "" {
		raw = raw[:len(raw)-1]
	}
	g.Source.Lines = len(raw)
	ls, _ := paper.Clean(raw)
	if len(ls) == 0 {
		return nil, gov.Errorf(gov.Invalid, "文件中没有文字", "the file holds no text").At(gov.Pos{File: name})
	}
	rd := &reader{lex: &lex, work: work.New(roster.New(lex.Units), lex.Tables, lex.Labels, lex.Duties, lex.TaskLists)}
	rd.gazette(g, ls)
	if len(g.Documents) == 0 {
		return nil, gov.Errorf(gov.Invalid,
			"没有找到公文：没有一处“……文件”的发文机关标志后面跟着“发〔年份〕号”的发文字号",
			"no document found: nowhere does a letterhead (……文件) stand before a document number (……发〔year〕……号)").
			At(gov.Pos{File: name, Line: ls[0].No})
	}
	return g, nil
}
