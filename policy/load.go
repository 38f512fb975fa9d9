package policy

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"quanxiang/gazette"
	"quanxiang/gov"
	"quanxiang/policy/applying"
	"quanxiang/policy/codes"
	"quanxiang/policy/inspection"
	"quanxiang/policy/procedure"
	"quanxiang/policy/register"
	"quanxiang/policy/source"
	"quanxiang/policy/supply"
	"quanxiang/rules/ir"
	"quanxiang/rules/syntax"
)

// What bounds a pack; a folder with more is not one.
const (
	maxFiles = 10_000
	maxBytes = 64 << 20 // of all files together
)

// File is a file of a pack.
type File struct {
	Path    string // within the pack, parted by slashes
	Content []byte
}

// header is pack.yaml.
type header struct {
	ID        string    `yaml:"id" pack:"required"`
	District  string    `yaml:"district" pack:"required"`
	Name      gov.Text  `yaml:"name" pack:"required"`
	Version   string    `yaml:"version" pack:"required"`
	Elsewhere Elsewhere `yaml:"elsewhere"`
}

// The list files. Each holds one list under the key of its name.
type (
	unitsFile struct {
		Units []Unit `yaml:"units" pack:"required"`
	}
	areasFile struct {
		Layout CodeLayout `yaml:"layout"`
		Areas  []Area     `yaml:"areas" pack:"required"`
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
	files []File // every file of the pack, by path
	read  map[string]bool

	header     entry[header]
	units      []entry[Unit]
	areas      []entry[Area]
	layout     entry[CodeLayout]
	grounds    []entry[shapeOf]
	posts      []entry[Post]
	roles      []entry[Role]
	documents  []entry[Document]
	lexicon    entry[gazette.Lexicon]
	lists      []entry[*codes.List]
	procedures []entry[*procedure.Procedure]
	registers  []entry[*register.Register]
	open311    entry[*Open311] // nil without the file
	inspection entry[*inspection.Rules]
	applying   entry[*applying.Rules]
	programmes []*syntax.File
	rules      *ir.Program // nil without rule files
	supply     entry[*supply.File]

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
	list, problems, err := readFiles(root, dir)
	if err != nil {
		return nil, err
	}
	return load(path.Base(dir), list, problems)
}

// LoadFiles makes a pack of its files, as Pack.Files gave them, in any order.
func LoadFiles(list []File) (*Pack, error) {
	list = slices.Clone(list)
	sortFiles(list)
	return load(".", list, nil)
}

// load makes a pack of files in the order of their paths; folder is where they
// lay, "." for a place that says nothing.
func load(folder string, list []File, problems Problems) (*Pack, error) {
	l := &loader{files: list, read: map[string]bool{}, problems: problems}
	l.parse()
	c := &checker{loader: l}
	c.check(folder)
	l.problems.Sort()
	if err := l.problems.Err(); err != nil {
		return nil, err
	}
	return l.compile(), nil
}

// readFiles reads the files of a pack. Hidden files, Go code and Markdown are
// not part of one.
func readFiles(fsys fs.FS, dir string) (list []File, problems Problems, err error) {
	size := 0
	err = fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
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
			problems.Add(gov.Pos{File: name}, "不是普通文件（政策包里不能有链接）", "not a regular file; a pack holds no links")
			return nil
		case len(list) == maxFiles:
			return gov.Errorf(gov.TooLarge, "政策包的文件超过 %d 个", "the pack has more than %d files", maxFiles)
		}
		data, err := readFile(fsys, name, maxBytes-size)
		if err != nil {
			return err
		}
		size += len(data)
		list = append(list, File{name, data})
		return nil
	})
	sortFiles(list)
	return list, problems, err
}

// readFile reads a file of at most limit bytes.
func readFile(fsys fs.FS, name string, limit int) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open pack file %s: %w", name, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, int64(limit)+1))
	if err != nil {
		return nil, fmt.Errorf("read pack file %s: %w", name, err)
	}
	if len(data) > limit {
		return nil, gov.Errorf(gov.TooLarge, "政策包的文件合计超过 %d MB", "the files of the pack are together over %d MB", maxBytes>>20)
	}
	return data, nil
}

// sortFiles puts files into byte order of their paths.
func sortFiles(list []File) {
	slices.SortFunc(list, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
}

// Listing is the canonical list of a pack's files: one line "hash  path\n" per
// file in byte order of the path, which is the output of sha256sum. Its own
// SHA-256 is the pack's hash.
func Listing(list []File) []byte {
	var b bytes.Buffer
	for _, f := range list {
		fmt.Fprintf(&b, "%x  %s\n", sha256.Sum256(f.Content), f.Path)
	}
	return b.Bytes()
}

// parse decodes every file the pack may have.
func (l *loader) parse() {
	if _, ok := l.content("pack.yaml"); !ok {
		l.problems.Add(gov.Pos{File: "pack.yaml"}, "缺少这个文件", "this file is missing")
	}
	var (
		units     unitsFile
		areas     areasFile
		posts     postsFile
		roles     rolesFile
		documents documentsFile
	)
	l.header.at = l.decode("pack.yaml", &l.header.value)
	at := l.decode("units.yaml", &units)
	l.units = entries(units.Units, at, "units")
	at = l.decode("areas.yaml", &areas)
	l.areas = entries(areas.Areas, at, "areas")
	l.layout = entry[CodeLayout]{areas.Layout, at.Field("layout")}
	l.parseGround()
	at = l.decode("posts.yaml", &posts)
	l.posts = entries(posts.Posts, at, "posts")
	at = l.decode("roles.yaml", &roles)
	l.roles = entries(roles.Roles, at, "roles")
	l.lexicon.at = l.decode("gazette.yaml", &l.lexicon.value)
	for _, f := range l.files {
		if ok, _ := path.Match("documents/*.yaml", f.Path); f.Path != "documents.yaml" && !ok {
			continue
		}
		documents = documentsFile{}
		at := l.decode(f.Path, &documents)
		l.documents = append(l.documents, entries(documents.Documents, at, "documents")...)
	}
	l.parseLists()
	l.parseProcedures()
	l.parseRegisters()
	if _, ok := l.content(open311File); ok {
		l.open311.value = new(Open311)
		l.open311.at = l.decode(open311File, l.open311.value)
	}
	if _, ok := l.content(inspectionsFile); ok {
		l.inspection.value = new(inspection.Rules)
		l.inspection.at = l.decode(inspectionsFile, l.inspection.value)
	}
	if _, ok := l.content(applicationsFile); ok {
		l.applying.value = new(applying.Rules)
		l.applying.at = l.decode(applicationsFile, l.applying.value)
	}
	l.parseProgrammes()
	if _, ok := l.content(sourcesFile); ok {
		l.supply.value = new(supply.File)
		l.supply.at = l.decode(sourcesFile, l.supply.value)
	}
	l.unread()
}

// content is a file of the pack.
func (l *loader) content(name string) ([]byte, bool) {
	i, ok := slices.BinarySearchFunc(l.files, name, func(f File, name string) int { return cmp.Compare(f.Path, name) })
	if !ok {
		return nil, false
	}
	return l.files[i].Content, true
}

// parseLists decodes the code lists and makes their entries.
func (l *loader) parseLists() {
	for _, f := range l.files {
		if ok, _ := path.Match("lists/*.yaml", f.Path); !ok {
			continue
		}
		list := new(codes.List)
		at := l.decode(f.Path, list)
		if at == (source.Node{}) {
			continue // not YAML at all, as reported
		}
		l.problems = append(l.problems, list.Read(at)...)
		l.lists = append(l.lists, entry[*codes.List]{list, at})
		l.sameName(at.Field("list"), "代码表", "list", list.ID, f.Path)
	}
}

// sameName reports an id that differs from the name of its file.
func (l *loader) sameName(at source.Node, zh, en, id, file string) {
	if stem := strings.TrimSuffix(path.Base(file), ".yaml"); id != "" && id != stem {
		l.problems.AddGuess(at.Pos(), stem, "%[1]s编号“%[3]s”与文件名不同", "the %[2]s's id %[3]q differs from the name of its file", zh, en, id)
	}
}

// scenarioSuffix ends the name of a file of scenarios, which "pack test" runs.
const scenarioSuffix = ".test.yaml"

func (l *loader) parseProcedures() {
	for _, f := range l.files {
		name := f.Path
		if ok, _ := path.Match("procedures/*.yaml", name); !ok {
			continue
		}
		if stem, ok := strings.CutSuffix(name, scenarioSuffix); ok {
			if _, ok := l.content(stem + ".yaml"); ok {
				l.read[name] = true
				continue
			}
		}
		p := new(procedure.Procedure)
		at := l.decode(name, p)
		if at == (source.Node{}) {
			continue // not YAML at all, as reported
		}
		l.procedures = append(l.procedures, entry[*procedure.Procedure]{p, at})
		l.sameName(at.Field("procedure"), "程序", "procedure", p.ID, name)
	}
}

func (l *loader) parseRegisters() {
	for _, f := range l.files {
		if ok, _ := path.Match("registers/*.yaml", f.Path); !ok {
			continue
		}
		r := new(register.Register)
		at := l.decode(f.Path, r)
		if at == (source.Node{}) {
			continue // not YAML at all, as reported
		}
		l.registers = append(l.registers, entry[*register.Register]{r, at})
		l.sameName(at.Field("register"), "名录", "register", r.ID, f.Path)
	}
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
func (l *loader) decode(name string, into any) source.Node {
	data, ok := l.content(name)
	if !ok {
		return source.Node{}
	}
	l.read[name] = true
	file, problems := source.Parse(name, data)
	l.problems = append(l.problems, problems...)
	if file == nil {
		l.broken = true
		return source.Node{}
	}
	l.problems = append(l.problems, file.Decode(into)...)
	return file.Root()
}

// known lists the names of files the loader looks for, for suggestions.
var known = []string{"pack.yaml", "units.yaml", "areas.yaml", "posts.yaml", "roles.yaml", "documents.yaml", "gazette.yaml", open311File, inspectionsFile, applicationsFile, sourcesFile}

const (
	open311File     = "open311.yaml"
	inspectionsFile = "inspections.yaml"
	sourcesFile     = "programmes/sources.yaml"

	applicationsFile = "applications.yaml"
)

// unread warns of files nobody reads, most likely misnamed. The folder demo
// holds what the demonstration imports; it is none of the loader's.
func (l *loader) unread() {
	for _, f := range l.files {
		name := f.Path
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
func (l *loader) compile() *Pack {
	l.warnings.Sort()
	h := l.header.value
	hash := fmt.Sprintf("%x", sha256.Sum256(Listing(l.files)))
	p := &Pack{
		ID: h.ID, District: gov.District(h.District), Name: h.Name, Version: h.Version, Elsewhere: h.Elsewhere, Hash: hash,
		Units: valuesOf(l.units), Areas: valuesOf(l.areas), Layout: l.layout.value, Posts: valuesOf(l.posts), Roles: valuesOf(l.roles),
		Documents:  valuesOf(l.documents),
		Lists:      valuesOf(l.lists),
		Procedures: valuesOf(l.procedures),
		Registers:  valuesOf(l.registers),
		Gazette:    l.lexicon.value, Open311: l.open311.value, Inspections: l.inspection.value, Applications: l.applying.value, Programmes: l.programmes, Rules: l.rules, Supply: l.sources(), Files: l.files, Warnings: l.warnings,
	}
	sortAreas(p.Areas)
	slices.SortStableFunc(p.Registers, func(a, b *register.Register) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(len(b.Kinds), len(a.Kinds)))
	})
	p.Gazette.Units = lexUnits(p.Units)
	p.index = newIndex(p)
	return p
}

// rank puts registers of which everybody knows before those that are the staff's own: they
// are what most people come for, and among them the one about which most is recorded.
func rank(r *register.Register) int {
	if r.Public() {
		return 0
	}
	return 1
}

func sortAreas(list []Area) {
	slices.SortStableFunc(list, func(a, b Area) int { return cmp.Compare(a.Code, b.Code) })
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
