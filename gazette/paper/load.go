package paper

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"quanxiang/gov"
)

// Limits bound what Read accepts, so that a hostile file costs bounded memory.
// A zero field means the default.
type Limits struct {
	Bytes int64 // of the whole file; default 64 MiB
	Line  int   // bytes of one line; default 1 MiB
}

const (
	defaultBytes = 64 << 20
	DefaultLine  = 1 << 20
)

// Encodings of Source.
const (
	UTF8    = "UTF-8"
	GB18030 = "GB18030"
)

// Load reads src within the limits and refuses at the first byte that shows
// the file is no text. It returns the bytes and their SHA-256.
func Load(src io.Reader, name string, limits Limits) (data string, sum []byte, err error) {
	if limits.Bytes <= 0 {
		limits.Bytes = defaultBytes
	}
	if limits.Line <= 0 {
		limits.Line = DefaultLine
	}
	var (
		text  strings.Builder
		hash  = sha256.New()
		chunk = make([]byte, 256<<10)
		at    = position{line: 1}
		head  []byte
	)
	for {
		n, err := src.Read(chunk)
		read := chunk[:n]
		if len(head) < sniffed && n > 0 {
			head = append(head, read[:min(n, sniffed-len(head))]...)
			if err := sniff(head, name); err != nil {
				return "", nil, err
			}
		}
		if err := at.advance(read, name, limits.Line); err != nil {
			return "", nil, err
		}
		if int64(text.Len()+n) > limits.Bytes {
			return "", nil, gov.Errorf(gov.TooLarge, "文件超过 %d 字节的上限", "the file is larger than the limit of %d bytes", limits.Bytes).
				At(gov.Pos{File: name})
		}
		if text.Len()+n > text.Cap() {
			// Doubling copies less than was read; more than the limit is never needed.
			text.Grow(max(n, min(text.Len(), int(limits.Bytes)-text.Len())))
		}
		text.Write(read)
		hash.Write(read)
		if errors.Is(err, io.EOF) {
			return text.String(), hash.Sum(nil), nil
		}
		if err != nil {
			return "", nil, err
		}
	}
}

// position is how far a file has been read: its line, and how many bytes of it.
type position struct{ line, bytes int }

// advance goes over what was read and refuses zero bytes and endless lines.
func (p *position) advance(read []byte, name string, longest int) error {
	for len(read) > 0 {
		line, rest, whole := bytes.Cut(read, []byte("\n"))
		if i := bytes.IndexByte(line, 0); i >= 0 && p.bytes+i < longest {
			return gov.Errorf(gov.Unsupported,
				"这不是可读的文本：其中有空字节（二进制文件，或 UTF-16 编码）。请先把公报转成纯文本（UTF-8 或 GB18030）",
				"this is no readable text: it contains a zero byte (a binary file, or UTF-16). Convert the gazette to plain text (UTF-8 or GB18030) first").
				At(gov.Pos{File: name, Line: p.line, Column: p.bytes + i + 1})
		}
		if p.bytes += len(line); p.bytes > longest {
			return gov.Errorf(gov.TooLarge, "这一行超过 %d 字节，不像公报的正文", "this line is longer than %d bytes; the text of a gazette has no such lines", longest).
				At(gov.Pos{File: name, Line: p.line, Column: longest + 1})
		}
		if whole {
			p.line, p.bytes = p.line+1, 0
		}
		read = rest
	}
	return nil
}

// sniffed is how many bytes decide what kind of file it is.
const sniffed = 8

// sniff names the formats people take for the text of a gazette.
func sniff(data []byte, name string) error {
	for _, f := range []struct{ magic, zh, en string }{
		{"%PDF-", " PDF 文件", "a PDF file"},
		{"\xd0\xcf\x11\xe0", " Word 或 Excel 97-2003 文件", "a Word or Excel 97-2003 file"},
		{"PK\x03\x04", " Word、WPS 或 OFD 等压缩格式的文件", "a Word, WPS or OFD file (zip)"},
		{"{\\rtf", " RTF 文件", "an RTF file"},
		{"\xff\xfe", " UTF-16 编码的文件", "a file in UTF-16"},
		{"\xfe\xff", " UTF-16 编码的文件", "a file in UTF-16"},
		{"\x1f\x8b", "压缩文件", "a compressed file"},
	} {
		if bytes.HasPrefix(data, []byte(f.magic)) {
			e := gov.Errorf(gov.Unsupported,
				"这是%[1]s，不是纯文本。请先转成纯文本（UTF-8 或 GB18030）",
				"this is %[2]s, not plain text. Convert it to plain text (UTF-8 or GB18030) first", f.zh, f.en)
			return e.At(gov.Pos{File: name, Line: 1, Column: 1})
		}
	}
	return nil
}

// Decode returns the text of data and its encoding. Data that is not UTF-8 is
// taken for GB18030 unless most of it is UTF-8: then it is UTF-8 with a broken
// place, which GB18030 would read as other characters without complaint.
func Decode(data, name string) (text, encoding string, err error) {
	data = strings.TrimPrefix(data, "\ufeff")
	if utf8.ValidString(data) {
		return data, UTF8, nil
	}
	broken, whole, first := 0, 0, -1
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRuneInString(data[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			broken++
			if first < 0 {
				first = i
			}
		case size > 1:
			whole += size
		}
		i += size
	}
	if whole > broken {
		return "", "", gov.Errorf(gov.Invalid, "这里不是有效的 UTF-8 文字", "this is not valid UTF-8").At(place(data, first, name))
	}
	out, err := simplifiedchinese.GB18030.NewDecoder().String(data)
	if err != nil {
		return "", "", gov.Errorf(gov.Invalid, "文件既不是 UTF-8 也不是 GB18030 编码", "the file is neither UTF-8 nor GB18030").At(gov.Pos{File: name}).Because(err)
	}
	if i := strings.Index(out, "\ufffd"); i >= 0 {
		return "", "", gov.Errorf(gov.Invalid, "文件既不是有效的 UTF-8，也不是有效的 GB18030", "the file is neither valid UTF-8 nor valid GB18030").At(place(out, i, name))
	}
	return out, GB18030, nil
}

// place is the position of an offset; the column counts characters.
func place(data string, offset int, name string) gov.Pos {
	before := data[:offset]
	start := strings.LastIndexByte(before, '\n') + 1
	return gov.Pos{File: name, Line: 1 + strings.Count(before, "\n"), Column: 1 + utf8.RuneCountInString(before[start:])}
}
