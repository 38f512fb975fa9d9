package backup

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"quanxiang/files"
	"quanxiang/gov"
)

const (
	// chunk is when a member of rows is closed and the next begun.
	chunk = 4 << 20
	// maxMember bounds the members that are read into memory: a chunk, or the
	// one row that is larger.
	maxMember = 64 << 20
)

// Writer writes an archive. Rows come first, then files, then the keys; Close
// writes the manifest.
type Writer struct {
	gz      *gzip.Writer
	tar     *tar.Writer
	taken   time.Time
	table   string // of buf
	buf     bytes.Buffer
	rows    map[string]int64
	files   Total
	members []Member
}

// NewWriter begins an archive taken at an instant.
func NewWriter(out io.Writer, taken time.Time) (*Writer, error) {
	gz := gzip.NewWriter(out)
	w := &Writer{gz: gz, tar: tar.NewWriter(gz), taken: taken.Truncate(time.Second), rows: map[string]int64{}}
	stamp := fmt.Sprintf("quanxiang backup %d\n", Format)
	return w, w.member(stampName, []byte(stamp))
}

// Row adds a row of a table in its canonical form, which holds no line break.
// The rows of a table stand together.
func (w *Writer) Row(table string, row []byte) error {
	if len(row) >= maxMember {
		return gov.Errorf(gov.TooLarge, "表 %s 有一行过大，无法备份。", "A row of table %s is too large for a backup.", table)
	}
	if table != w.table || w.buf.Len() > 0 && w.buf.Len()+len(row) >= chunk {
		if err := w.flush(); err != nil {
			return err
		}
		w.table = table
	}
	w.rows[table]++
	w.buf.Write(row)
	w.buf.WriteByte('\n')
	return nil
}

// flush writes the member of the rows that were collected.
func (w *Writer) flush() error {
	if w.buf.Len() == 0 {
		return nil
	}
	name := fmt.Sprintf("%s%06d-%s.jsonl", rowsFolder, len(w.members)+1, w.table)
	err := w.kept(name, w.buf.Bytes())
	w.buf.Reset()
	return err
}

// File adds a whole file. It returns Conflict, and the archive is spoilt, when
// r does not yield size bytes.
func (w *Writer) File(key files.Key, size int64, r io.Reader) error {
	if err := w.flush(); err != nil {
		return err
	}
	if err := w.header(filesFolder+string(key), size); err != nil {
		return err
	}
	n, err := io.Copy(w.tar, io.LimitReader(r, size))
	if err == nil && n != size {
		err = gov.Errorf(gov.Conflict, "文件 %s 在备份过程中被改动。", "File %s changed while it was backed up.", key)
	}
	w.files.Count++
	w.files.Bytes += n
	return err
}

// Secret adds a private key, LedgerKey or PrivacyKey.
func (w *Writer) Secret(key string, text []byte) error {
	return errors.Join(w.flush(), w.kept(key, text))
}

// Close writes the manifest, to which it adds what the archive holds, and ends
// the archive. It does not close the writer below.
func (w *Writer) Close(m Manifest) (Manifest, error) {
	if err := w.flush(); err != nil {
		return m, err
	}
	m.Format, m.TakenAt = Format, w.taken.UnixMilli()
	m.Rows, m.Files, m.Members = w.rows, w.files, w.members
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return m, fmt.Errorf("write the manifest: %w", err)
	}
	return m, errors.Join(w.member(manifestName, append(b, '\n')), w.tar.Close(), w.gz.Close())
}

// kept writes a member of which the manifest tells.
func (w *Writer) kept(name string, data []byte) error {
	sum := sha256.Sum256(data)
	w.members = append(w.members, Member{name, int64(len(data)), hex.EncodeToString(sum[:])})
	return w.member(name, data)
}

func (w *Writer) member(name string, data []byte) error {
	if err := w.header(name, int64(len(data))); err != nil {
		return err
	}
	if _, err := w.tar.Write(data); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

func (w *Writer) header(name string, size int64) error {
	err := w.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: w.taken, Format: tar.FormatPAX})
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}
