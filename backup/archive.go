package backup

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"strings"

	"quanxiang/files"
	"quanxiang/gov"
)

// Archive is a sound archive in a file.
type Archive struct {
	Manifest
	Hash string // SHA-256 of the manifest, hex: it names the archive
	path string
}

// Open reads an archive to its end and returns it when every member is there
// and has the hash the manifest gives it. It returns Invalid, naming the member,
// for a damaged, cut off or foreign file, and Unsupported for one of a newer
// format. progress, if not nil, is told how many bytes of how many were read.
func Open(ctx context.Context, path string, progress func(done, total int)) (*Archive, error) {
	a := &Archive{path: path}
	check := &checker{archive: a, rows: map[string]int64{}}
	if err := a.each(ctx, progress, check.member); err != nil {
		return nil, err
	}
	if err := check.complete(); err != nil {
		return nil, err
	}
	return a, nil
}

// checker holds what was read of an archive against the manifest at its end.
type checker struct {
	archive  *Archive
	members  []Member
	rows     map[string]int64
	files    Total
	manifest bool
}

func (c *checker) member(name string, size int64, r io.Reader) error {
	if c.manifest {
		return bad(name, "在清单之后", "stands behind the manifest")
	}
	if key, ok := strings.CutPrefix(name, filesFolder); ok {
		sum := sha256.New()
		if _, err := io.Copy(sum, r); err != nil {
			return err
		}
		if hex.EncodeToString(sum.Sum(nil)) != key {
			return bad(name, "内容与名称不符", "its content is not what its name says")
		}
		c.files.Count++
		c.files.Bytes += size
		return nil
	}
	data, err := readMember(name, size, r)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(data)
	hash := hex.EncodeToString(sum[:])
	if name == manifestName {
		c.manifest, c.archive.Hash = true, hash
		if err := json.Unmarshal(data, &c.archive.Manifest); err != nil {
			return bad(name, "不是清单", "it is no manifest")
		}
		return nil
	}
	if table, ok := tableOf(name); ok {
		c.rows[table] += int64(bytes.Count(data, []byte("\n")))
	} else if !isKey(name) {
		return bad(name, "不应出现在备份中", "it does not belong in a backup")
	}
	c.members = append(c.members, Member{name, size, hash})
	return nil
}

// complete compares the members that were read with those of the manifest.
func (c *checker) complete() error {
	m := &c.archive.Manifest
	if !c.manifest {
		return bad(manifestName, "没有清单，备份不完整", "it is missing; the backup was cut off")
	}
	for i, want := range m.Members {
		switch {
		case i >= len(c.members) || c.members[i].Name != want.Name:
			return bad(want.Name, "缺失", "it is missing")
		case c.members[i] != want:
			return bad(want.Name, "内容与清单不符", "its content is not the one of the manifest")
		}
	}
	if len(c.members) > len(m.Members) {
		return bad(c.members[len(m.Members)].Name, "清单中没有", "the manifest does not list it")
	}
	if !maps.Equal(m.Rows, c.rows) {
		return bad(manifestName, "各表的行数与清单不符", "the rows of the tables are not as many as it counts")
	}
	if c.files != m.Files {
		return bad(manifestName, "应有 %[1]d 个文件，实有 %[2]d 个", "it counts %[1]d files, there are %[2]d", m.Files.Count, c.files.Count)
	}
	return nil
}

// EachRow gives put every row in the order it was written.
func (a *Archive) EachRow(ctx context.Context, put func(table string, row []byte) error) error {
	next := 0
	return a.each(ctx, nil, func(name string, size int64, r io.Reader) error {
		table, ok := tableOf(name)
		if !ok {
			return nil
		}
		data, err := readMember(name, size, r)
		if err != nil {
			return err
		}
		// The file may have been changed since Open.
		sum := sha256.Sum256(data)
		if next >= len(a.Members) || a.Members[next] != (Member{name, size, hex.EncodeToString(sum[:])}) {
			return bad(name, "在恢复过程中被改动", "it changed while it was restored")
		}
		next++
		for line := range bytes.Lines(data) {
			if err := put(table, bytes.TrimSuffix(line, []byte("\n"))); err != nil {
				return about(name, err)
			}
		}
		return nil
	})
}

// EachFile gives put every whole file, which it must read to the end.
func (a *Archive) EachFile(ctx context.Context, put func(key files.Key, size int64, r io.Reader) error) error {
	return a.each(ctx, nil, func(name string, size int64, r io.Reader) error {
		s, ok := strings.CutPrefix(name, filesFolder)
		if !ok {
			return nil
		}
		key, err := files.ParseKey(s)
		if err != nil {
			return about(name, err)
		}
		return about(name, put(key, size, r))
	})
}

// Secret is a private key, LedgerKey or PrivacyKey, or nil when the archive
// does not hold it.
func (a *Archive) Secret(ctx context.Context, key string) (text []byte, err error) {
	err = a.each(ctx, nil, func(name string, size int64, r io.Reader) error {
		if name == key {
			text, err = readMember(name, size, r)
		}
		return err
	})
	return text, err
}

// tableOf is the table of a member of rows.
func tableOf(name string) (string, bool) {
	s, ok := strings.CutPrefix(name, rowsFolder)
	s, end := strings.CutSuffix(s, ".jsonl")
	_, table, cut := strings.Cut(s, "-")
	return table, ok && end && cut && table != ""
}

func readMember(name string, size int64, r io.Reader) ([]byte, error) {
	if size > maxMember {
		return nil, bad(name, "过大", "it is too large")
	}
	return io.ReadAll(r)
}

// each reads the archive from its beginning and calls fn with every member
// behind the stamp.
func (a *Archive) each(ctx context.Context, progress func(done, total int), fn func(name string, size int64, r io.Reader) error) (err error) {
	f, err := os.Open(a.path)
	if errors.Is(err, os.ErrNotExist) {
		return gov.Errorf(gov.NotFound, "没有文件“%s”。", "There is no file %q.", a.path)
	}
	if err != nil {
		return fmt.Errorf("open the backup: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("open the backup: %w", err)
	}
	counted := &counter{ctx: ctx, r: f}
	gz, err := gzip.NewReader(counted)
	if err != nil {
		return errors.Join(ctx.Err(), foreign(a.path, err))
	}
	members := tar.NewReader(gz)
	last := ""
	for first := true; ; first = false {
		h, err := members.Next()
		if err == io.EOF && !first {
			// The tar has ended; the checksum of gzip comes after it.
			if _, err := io.Copy(io.Discard, gz); err != nil {
				return broken(ctx, last, err)
			}
			return nil
		}
		if first && err != nil {
			return foreign(a.path, err)
		}
		if err != nil {
			return broken(ctx, last, err)
		}
		last = h.Name
		if first {
			err = readStamp(a.path, h, members)
		} else if h.Typeflag != tar.TypeReg {
			err = bad(h.Name, "不是普通文件", "it is no plain file")
		} else {
			err = fn(h.Name, h.Size, &memberReader{ctx: ctx, name: h.Name, r: members})
		}
		if err != nil {
			return err
		}
		if progress != nil {
			progress(counted.n, int(info.Size()))
		}
	}
}

// foreign is the error about a file that is no backup.
func foreign(path string, cause error) error {
	return gov.Errorf(gov.Invalid, "“%s”不是全响应的备份。", "%q is no backup of Quanxiang.", path).Because(cause)
}

// broken is the error about an archive that cannot be read on from within or
// behind a member.
func broken(ctx context.Context, member string, cause error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return gov.Errorf(gov.Invalid, "备份已损坏或不完整：读到 %s 处中断。", "The backup is damaged or was cut off: it breaks at %s.", member).Because(cause)
}

func readStamp(path string, h *tar.Header, r io.Reader) error {
	var format int
	if h.Name != stampName || h.Size > 100 {
		return foreign(path, fmt.Errorf("the first member is %q", h.Name))
	}
	if _, err := fmt.Fscanf(r, "quanxiang backup %d\n", &format); err != nil {
		return foreign(path, err)
	}
	if format > Format {
		return gov.Errorf(gov.Unsupported, "备份格式为第 %[1]d 版，本程序只认识第 %[2]d 版：请使用更新的程序。",
			"The backup has format %[1]d, this program knows %[2]d: use a newer program.", format, Format)
	}
	return nil
}

// memberReader turns errors of reading into ones that name the member.
type memberReader struct {
	ctx  context.Context
	name string
	r    io.Reader
}

func (m *memberReader) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	if err != nil && err != io.EOF {
		err = broken(m.ctx, m.name, err)
	}
	return n, err
}

// counter counts what was read and ends with its context.
type counter struct {
	ctx context.Context
	r   io.Reader
	n   int
}

func (c *counter) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}
