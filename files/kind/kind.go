// Package kind tells what type a file that was sent has by what it contains,
// whatever it is called, and takes a fixed list of types.
package kind

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"quanxiang/files/photo"
	"quanxiang/gov"
)

// Kind is a type of file.
type Kind struct {
	Media string   // media type
	ext   string   // the ending a file of the type is saved with
	also  []string // other endings it may keep
}

// The types. A file is what its bytes say, whatever it is called.
var (
	Picture   = &Kind{"image/jpeg", ".jpg", []string{".jpeg"}} // what every picture becomes
	pdfKind   = &Kind{"application/pdf", ".pdf", nil}
	docxKind  = &Kind{"application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx", nil}
	xlsxKind  = &Kind{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx", nil}
	pptxKind  = &Kind{"application/vnd.openxmlformats-officedocument.presentationml.presentation", ".pptx", nil}
	ofdKind   = &Kind{"application/ofd", ".ofd", nil}
	docKind   = &Kind{"application/msword", ".doc", []string{".wps"}}
	xlsKind   = &Kind{"application/vnd.ms-excel", ".xls", []string{".et"}}
	csvKind   = &Kind{"text/csv", ".csv", nil}
	plainText = &Kind{"text/plain", ".txt", nil}
)

// Of tells the type of a file that is no picture by its content, the name only
// telling a table of text from other text. It returns Unsupported for a type that
// is not taken.
func Of(name string, r io.ReaderAt, size int64) (*Kind, error) {
	head, err := Head(r, size)
	if err != nil {
		return nil, err
	}
	starts := func(s string) bool { return bytes.HasPrefix(head, []byte(s)) }
	switch {
	case starts("%PDF-"):
		return pdfKind, nil
	case starts("PK\x03\x04"):
		return zipKind(r, size)
	case starts("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
		return compoundKind(r, size)
	case starts("MZ"), starts("\x7fELF"), starts("#!"), starts("\xcf\xfa\xed\xfe"), starts("\xfe\xed\xfa"), starts("\xca\xfe\xba\xbe"):
		return nil, unsupported("这是可执行程序", "this is a program")
	}
	return textKind(name, r, size)
}

// Head is as much of the beginning of a file as tells whether it is a picture.
func Head(r io.ReaderAt, size int64) ([]byte, error) {
	head := make([]byte, min(size, photo.HeadSize))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, fmt.Errorf("read a file that was sent: %w", err)
	}
	return head, nil
}

// zipKind tells the office formats that are archives from other archives.
func zipKind(r io.ReaderAt, size int64) (*Kind, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, unsupported("文件已损坏", "the file is damaged")
	}
	has := func(name string) bool {
		return slices.ContainsFunc(z.File, func(f *zip.File) bool { return strings.EqualFold(f.Name, name) })
	}
	if slices.ContainsFunc(z.File, func(f *zip.File) bool { return strings.EqualFold(path.Base(f.Name), "vbaProject.bin") }) {
		return nil, macros()
	}
	switch {
	case has("word/document.xml"):
		return docxKind, nil
	case has("xl/workbook.xml"):
		return xlsxKind, nil
	case has("ppt/presentation.xml"):
		return pptxKind, nil
	case has("OFD.xml"):
		return ofdKind, nil
	}
	return nil, unsupported("这是压缩包，请把里面的文件逐个上传", "this is an archive; send the files in it one by one")
}

// compoundKind tells documents of Word and Excel before 2007 by the streams of
// their directory, whose names are in UTF-16.
func compoundKind(r io.ReaderAt, size int64) (*Kind, error) {
	b, err := io.ReadAll(io.NewSectionReader(r, 0, size))
	if err != nil {
		return nil, fmt.Errorf("read a file that was sent: %w", err)
	}
	has := func(name string) bool {
		wide := make([]byte, 0, 2*len(name))
		for _, c := range []byte(name) {
			wide = append(wide, c, 0)
		}
		return bytes.Contains(b, wide)
	}
	switch {
	case has("_VBA_PROJECT"):
		return nil, macros()
	case has("WordDocument"):
		return docKind, nil
	case has("Workbook"), has("Book\x00"):
		return xlsKind, nil
	}
	return nil, unsupported("无法识别这种文件", "files of this kind cannot be read")
}

// textKind accepts text in UTF-8 or GB 18030 that no program takes for a page
// or a drawing with code in it.
func textKind(name string, r io.ReaderAt, size int64) (*Kind, error) {
	b, err := io.ReadAll(io.NewSectionReader(r, 0, size))
	if err != nil {
		return nil, fmt.Errorf("read a file that was sent: %w", err)
	}
	text := bytes.TrimPrefix(b, []byte("\ufeff"))
	if !utf8.Valid(text) {
		if text, err = simplifiedchinese.GB18030.NewDecoder().Bytes(text); err != nil || bytes.ContainsRune(text, utf8.RuneError) {
			return nil, unsupported("无法识别这种文件", "files of this kind cannot be read")
		}
	}
	if bytes.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune("\t\r\n\f", r) }) {
		return nil, unsupported("无法识别这种文件", "files of this kind cannot be read")
	}
	lower := bytes.ToLower(text[:min(len(text), 4096)])
	if bytes.HasPrefix(bytes.TrimSpace(lower), []byte("<")) || slices.ContainsFunc([]string{"<html", "<svg", "<script", "<!doctype"},
		func(tag string) bool { return bytes.Contains(lower, []byte(tag)) }) {
		return nil, unsupported("这是网页或带代码的图形", "this is a web page or a drawing with code in it")
	}
	if strings.EqualFold(path.Ext(name), csvKind.ext) {
		return csvKind, nil
	}
	return plainText, nil
}

// Accepted says which files a field takes and how large: image, document, signature,
// which is one picture, or, as everywhere else, "" for all.
func Accepted(accept string) gov.Text {
	pictures := gov.Text{
		ZH: "照片（JPEG、PNG、WebP、GIF）每张不超过 40 MB，保存时会缩小，并去掉拍摄信息",
		EN: "Photographs (JPEG, PNG, WebP, GIF) up to 40 MB each, which are kept smaller and without what the camera wrote into them",
	}
	documents := gov.Text{
		ZH: "PDF、OFD、Word、Excel、PowerPoint、CSV 和文本文件每个不超过 20 MB",
		EN: "PDF, OFD, Word, Excel, PowerPoint, CSV and text up to 20 MB each",
	}
	switch accept {
	case "image", "signature":
		return gov.Text{ZH: pictures.ZH + "。", EN: pictures.EN + "."}
	case "document":
		return gov.Text{ZH: documents.ZH + "。", EN: documents.EN + "."}
	}
	return gov.Text{ZH: pictures.ZH + "；" + documents.ZH + "。", EN: pictures.EN + "; " + documents.EN + "."}
}

// refusal is why a file is not taken, wherever it was sent.
type refusal struct{ zh, en string }

func (r *refusal) Error() string { return r.en }

// in is the refusal at a field, which says what that field takes.
func (r *refusal) in(accept string) error {
	all := Accepted(accept)
	return gov.Errorf(gov.Unsupported, "%[1]s，不能作为附件。%[3]s", "%[2]s and cannot be attached. %[4]s", r.zh, r.en, all.ZH, all.EN).Because(r)
}

func unsupported(zh, en string) error { return (&refusal{zh, en}).in("") }

// For words a refusal of Of for a field that takes what Accepted says of accept. All
// other errors stay as they are.
func For(err error, accept string) error {
	if r, ok := errors.AsType[*refusal](err); ok {
		return r.in(accept)
	}
	return err
}

func macros() error {
	return unsupported("文件里带有宏", "the file holds macros")
}

// maxName is how many characters of a file's name are kept.
const maxName = 120

// SaveName is a name under which a file can be saved anywhere, with the ending
// of its type: it cannot be taken for another type, nor read backwards.
func (k *Kind) SaveName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune(`<>:"/|?*`, r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, name)
	ext := strings.ToLower(path.Ext(name))
	stem := strings.Trim(strings.TrimSuffix(name, path.Ext(name)), " .")
	if ext != k.ext && !slices.Contains(k.also, ext) {
		stem, ext = strings.Trim(name, " ."), k.ext
	}
	if stem == "" {
		stem = "附件"
	}
	if runes := []rune(stem); len(runes) > maxName {
		stem = string(runes[:maxName])
	}
	return stem + ext
}
