package policy

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"quanxiang/gazette"
	"quanxiang/gov"
	"quanxiang/policy/source"
)

// maxFiles bounds a pack; a folder with more is not one.
const maxFiles = 10_000

// header is pack.yaml.
type header struct {
	ID       string   `yaml:"id" pack:"required"`
	District string   `yaml:"district" pack:"required"`
	Name     gov.Text `yaml:"name" pack:"required"`
	Version  string   `yaml:"version" pack:"required"`
}

// The list files. Each holds one list under the key of its name.
type (
	unitsFile struct {
		Units []Unit `yaml:"units" pack:"required"`
	}
	areasFile struct {
		Areas []Area `yaml:"areas" pack:"required"`
	}
	postsFile struct {
		Posts []Post `yaml:"posts" pack:"required"`
	}
	rolesFile struct {
		Roles []Role `yaml:"roles" pack:"required"`
	}
	documentsFile struct {
		Documents []Document `yaml:"documents" pack:"required"`
	}
)

// entry is an element of a list with its place in the file.
type entry[T any] struct {
	value T
	at    source.Node
}

// loader holds what the stages hand on to each other.
type loader struct {
	fsys  fs.FS
	files []string // every file of the pack, sorted
	read  map[string]bool

	header    entry[header]
	units     []entry[Unit]
	areas     []entry[Area]
	posts     []entry[Post]
	roles     []entry[Role]
	documents []entry[Document]
	lexicon   entry[gazette.Lexicon]

	broken   bool // a file could not be parsed: what it defines is unknown
	problems Problems
	warnings Problems
}

// Load reads the pack in the folder dir of fsys. A pack with mistakes is not
// made: the error is then Problems, all of them, with files named relative to
// dir. It returns NotFound when there is no such folder; other errors are
// failures to read.
func Load(fsys fs.FS, dir string) (*Pack, error) {
	root, err := fs.Sub(fsys, dir)
	if err != nil {
		return nil, fmt.Errorf("open pack %s: %w", dir, err)
	}
	l := &loader{fsys: root, read: map[string]bool{}}
	hash, err := l.list(dir)
	if err != nil {
		return nil, err
	}
	if err := l.parse(); err != nil {
		return nil, err
	}
	c := &checker{loader: l}
	c.check(path.Base(dir))
	l.problems.Sort()
	if err := l.problems.Err(); err != nil {
		return nil, err
	}
	return l.compile(hash), nil
}

// list finds the files of the pack and hashes them: SHA-256 over one line
// "hash  path\n" per file in byte order of the path, which is the output of
// sha256sum. Hidden files, Go code and Markdown are not part of a pack.
func (l *loader) list(dir string) (string, error) {
	err := fs.WalkDir(l.fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && name == "." {
			return gov.Errorf(gov.NotFound, "没有政策包文件夹“%s”", "there is no pack folder %q", dir)
		}
		if err != nil {
			return fmt.Errorf("list pack: %w", err)
		}
		base := path.Base(name)
		skip := name != "." && (base[0] == '.' || base[0] == '_')
		switch {
		case skip && d.IsDir():
			return fs.SkipDir
		case skip, d.IsDir(), path.Ext(base) == ".go", path.Ext(base) == ".md":
			return nil
		case !d.Type().IsRegular():
			l.problems.Add(gov.Pos{File: name}, "不是普通文件（政策包里不能有链接）", "not a regular file; a pack holds no links")
			return nil
		case len(l.files) == maxFiles:
			return gov.Errorf(gov.TooLarge, "政策包的文件超过 %d 个", "the pack has more than %d files", maxFiles)
		}
		l.files = append(l.files, name)
		return nil
	})
	if err != nil {
		return "", err
	}
	slices.Sort(l.files)
	all := sha256.New()
	for _, name := range l.files {
		sum, err := l.sum(name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(all, "%x  %s\n", sum, name)
	}
	return hex.EncodeToString(all.Sum(nil)), nil
}

func (l *loader) sum(name string) ([]byte, error) {
	f, err := l.fsys.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open pack file %s: %w", name, err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return nil, fmt.Errorf("read pack file %s: %w", name, err)
	}
	return h.Sum(nil), nil
}

// parse reads and decodes every file the pack may have.
func (l *loader) parse() error {
	if !slices.Contains(l.files, "pack.yaml") {
		l.problems.Add(gov.Pos{File: "pack.yaml"}, "缺少这个文件", "this file is missing")
	}
	var (
		h         header
		units     unitsFile
		areas     areasFile
		posts     postsFile
		roles     rolesFile
		documents documentsFile
		lex       gazette.Lexicon
	)
	at, err := l.decode("pack.yaml", &h)
	l.header = entry[header]{h, at}
	for _, step := range []func() error{
		func() error { return err },
		func() error {
			at, err := l.decode("units.yaml", &units)
			l.units = entries(units.Units, at, "units")
			return err
		},
		func() error {
			at, err := l.decode("areas.yaml", &areas)
			l.areas = entries(areas.Areas, at, "areas")
			return err
		},
		func() error {
			at, err := l.decode("posts.yaml", &posts)
			l.posts = entries(posts.Posts, at, "posts")
			return err
		},
		func() error {
			at, err := l.decode("roles.yaml", &roles)
			l.roles = entries(roles.Roles, at, "roles")
			return err
		},
		func() error {
			at, err := l.decode("gazette.yaml", &lex)
			l.lexicon = entry[gazette.Lexicon]{lex, at}
			return err
		},
	} {
		if err := step(); err != nil {
			return err
		}
	}
	for _, name := range l.files {
		if ok, _ := path.Match("documents/*.yaml", name); name != "documents.yaml" && !ok {
			continue
		}
		documents = documentsFile{}
		at, err := l.decode(name, &documents)
		if err != nil {
			return err
		}
		l.documents = append(l.documents, entries(documents.Documents, at, "documents")...)
	}
	l.unread()
	return nil
}

// entries pairs the elements of a list with their places.
func entries[T any](list []T, at source.Node, key string) []entry[T] {
	out := make([]entry[T], len(list))
	for i, v := range list {
		out[i] = entry[T]{v, at.Field(key).Item(i)}
	}
	return out
}

// decode reads one file into a struct. A file that is not there leaves it
// empty.
func (l *loader) decode(name string, into any) (source.Node, error) {
	if !slices.Contains(l.files, name) {
		return source.Node{}, nil
	}
	l.read[name] = true
	f, err := l.fsys.Open(name)
	if err != nil {
		return source.Node{}, fmt.Errorf("open pack file %s: %w", name, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, source.MaxBytes+1))
	if err != nil {
		return source.Node{}, fmt.Errorf("read pack file %s: %w", name, err)
	}
	file, problems := source.Parse(name, data)
	l.problems = append(l.problems, problems...)
	if file == nil {
		l.broken = true
		return source.Node{}, nil
	}
	l.problems = append(l.problems, file.Decode(into)...)
	return file.Root(), nil
}

// known lists the names of files the loader looks for, for suggestions.
var known = []string{"pack.yaml", "units.yaml", "areas.yaml", "posts.yaml", "roles.yaml", "documents.yaml", "gazette.yaml"}

// unread warns of files nobody reads, most likely misnamed. The folder demo
// holds what the demonstration imports; it is none of the loader's.
func (l *loader) unread() {
	for _, name := range l.files {
		if l.read[name] || strings.HasPrefix(name, "demo/") {
			continue
		}
		guess := source.Suggest(name, known)
		if stem, ok := strings.CutSuffix(name, ".yml"); ok {
			guess = stem + ".yaml"
		}
		l.warnings.AddGuess(gov.Pos{File: name}, guess, "政策包不用这个文件", "the pack has no use for this file")
	}
}

// compile makes the immutable pack out of checked entries.
func (l *loader) compile(hash string) *Pack {
	l.warnings.Sort()
	h := l.header.value
	p := &Pack{
		ID: h.ID, District: gov.District(h.District), Name: h.Name, Version: h.Version, Hash: hash,
		Units: valuesOf(l.units), Areas: valuesOf(l.areas), Posts: valuesOf(l.posts), Roles: valuesOf(l.roles),
		Documents: valuesOf(l.documents),
		Gazette:   l.lexicon.value, Warnings: l.warnings,
	}
	slices.SortStableFunc(p.Areas, func(a, b Area) int { return cmp.Compare(a.Code, b.Code) })
	p.Gazette.Units = lexUnits(p.Units)
	p.index = newIndex(p)
	return p
}

func valuesOf[T any](list []entry[T]) []T {
	out := make([]T, len(list))
	for i, e := range list {
		out[i] = e.value
	}
	return out
}

// lexUnits tells the gazette reader the names of the units.
func lexUnits(units []Unit) []gazette.LexUnit {
	out := make([]gazette.LexUnit, len(units))
	for i, u := range units {
		out[i] = gazette.LexUnit{Name: u.Name.ZH, Group: u.Kind == Group}
		for _, name := range append([]string{u.Full.ZH}, u.Aliases...) {
			if name != "" && name != u.Name.ZH && !slices.Contains(out[i].Aliases, name) {
				out[i].Aliases = append(out[i].Aliases, name)
			}
		}
	}
	return out
}
