package casework

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/files"
	"quanxiang/files/kind"
	"quanxiang/files/photo"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy/procedure"
)

// Limits of an attachment, bytes. What is kept of a picture is much smaller.
const (
	MaxFile  = 20 << 20
	MaxPhoto = photo.MaxBytes
)

// Keep is something a picture tells that is kept only if the sender agrees.
type Keep string

// KeepPlace is where the picture was taken.
const KeepPlace Keep = "place"

// Blobs keeps whole files by their content.
type Blobs interface {
	// Put keeps what r yields, at most limit bytes, and returns its key and size.
	Put(ctx context.Context, r io.Reader, limit int64) (files.Key, int64, error)

	// Open opens a kept file, or returns NotFound.
	Open(files.Key) (io.ReadCloser, error)
}

var _ Blobs = (*files.Folder)(nil)

// Attach keeps a file for a case somebody may do something about, or for one
// they are about to begin under the id. It returns TooLarge above MaxFile, or
// MaxPhoto of a picture, and Unsupported for types that may not be attached, told
// by the content. A picture is made anew before it is kept (package photo). To
// be read by others a file has to be named by a field or remark, within
// docket.DraftTime.
func (w *Casework) Attach(ctx context.Context, s people.Standing, id gov.ID, name string, r io.ReaderAt, size int64, wish ...Keep) (docket.Attachment, error) {
	if err := w.mayAttach(ctx, s, id); err != nil {
		return docket.Attachment{}, err
	}
	return w.keep(ctx, id, s.Person.String(), s.Actor(), upload{name, r, size, wish})
}

// upload is a file on its way in.
type upload struct {
	name string
	io.ReaderAt
	size int64
	wish []Keep
}

// keep keeps a file for a case.
func (w *Casework) keep(ctx context.Context, id gov.ID, by string, actor gov.Actor, u upload) (docket.Attachment, error) {
	none := docket.Attachment{}
	if u.size == 0 {
		return none, gov.Errorf(gov.Unsupported, "这是空文件", "the file is empty")
	}
	head, err := kind.Head(u, u.size)
	if err != nil {
		return none, err
	}
	if photo.KindOf(head) != photo.None {
		a, err := w.develop(ctx, u.name, u, u.size, u.wish)
		if err != nil {
			return none, err
		}
		a.By = by
		return a, w.docket.Attach(ctx, id, a, actor)
	}
	if u.size > MaxFile {
		return none, gov.Errorf(gov.TooLarge, "文件有 %d MB，超过 20 MB", "the file has %d MB; the limit is 20 MB", (u.size+1<<20-1)>>20)
	}
	k, err := kind.Of(u.name, u, u.size)
	if err != nil {
		return none, err
	}
	a := docket.Attachment{Name: k.SaveName(u.name), Type: k.Media, By: by}
	if a.Key, a.Size, err = w.blobs.Put(ctx, io.NewSectionReader(u, 0, u.size), MaxFile); err != nil {
		return none, err
	}
	return a, w.docket.Attach(ctx, id, a, actor)
}

// mayAttach refuses whoever can do nothing with a file in the case.
func (w *Casework) mayAttach(ctx context.Context, s people.Standing, id gov.ID) error {
	if err := Enter(s); err != nil {
		return err
	}
	f, err := w.docket.File(ctx, id, s.At)
	if gov.CodeOf(err) == gov.NotFound {
		if len(w.Starts(s)) > 0 {
			return nil
		}
		return gov.Errorf(gov.Forbidden, "您不能新建案件", "you cannot begin cases")
	}
	if err != nil {
		return err
	}
	actor := Actor(w.packs.Current(), s)
	_, remark := cases.Comment(f.Procedure, f.Case, "·", nil, actor, f.World)
	if remark == nil || slices.ContainsFunc(cases.Options(f.Procedure, f.Case, actor, f.World), func(o cases.Option) bool { return gov.CodeOf(o.Why) != gov.Forbidden }) {
		return nil
	}
	return gov.Errorf(gov.Forbidden, "您不能给这件案件添加附件", "you cannot attach files to this case")
}

// Attachments lists the files of a case that stand in something somebody may
// read, and those they attached themselves, also of a case yet to be begun.
func (w *Casework) Attachments(ctx context.Context, s people.Standing, id gov.ID) ([]docket.Attachment, error) {
	if err := Enter(s); err != nil {
		return nil, err
	}
	list, err := w.docket.Attachments(ctx, id)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	seen, err := w.seen(ctx, w.reader(s), id, s.At, list)
	return slices.DeleteFunc(list, func(a docket.Attachment) bool { return !seen[string(a.Key)] && a.By != s.Person.String() }), err
}

// seen are the files among those of a case that a reader may see.
func (w *Casework) seen(ctx context.Context, r cases.Reader, id gov.ID, at time.Time, there []docket.Attachment) (map[string]bool, error) {
	history, err := w.history(ctx, r, id, at)
	if gov.CodeOf(err) == gov.NotFound {
		return nil, nil // it is yet to be begun
	}
	return named(history, there), err
}

// named are the files docket.Named finds in a history as somebody sees it.
func named(history []Entry, there []docket.Attachment) map[string]bool {
	events := make([]cases.Event, len(history))
	for i, e := range history {
		events[i] = e.Event
	}
	seen := map[string]bool{}
	for key := range docket.Named(events, there) {
		seen[string(key)] = true
	}
	return seen
}

// Open opens a file that stands in a field or remark somebody may read, or
// returns NotFound. The caller closes it.
func (w *Casework) Open(ctx context.Context, s people.Standing, id gov.ID, key string) (docket.Attachment, io.ReadCloser, error) {
	a, _, err := w.file(ctx, s, id, key)
	if err != nil {
		return a, nil, err
	}
	r, err := w.blobs.Open(a.Key)
	return a, r, err
}

// file finds a file for somebody who may read it, among all of the case.
func (w *Casework) file(ctx context.Context, s people.Standing, id gov.ID, key string) (docket.Attachment, []docket.Attachment, error) {
	none := docket.Attachment{}
	if err := Enter(s); err != nil {
		return none, nil, err
	}
	list, err := w.docket.Attachments(ctx, id)
	if err != nil {
		return none, nil, err
	}
	seen, err := w.seen(ctx, w.reader(s), id, s.At, list)
	if err != nil {
		return none, nil, err
	}
	a, err := pick(list, key, seen)
	return a, list, err
}

// pick is the file with a key, if it is among those somebody may see.
func pick(list []docket.Attachment, key string, seen map[string]bool) (docket.Attachment, error) {
	for _, a := range list {
		if string(a.Key) == key && seen[key] {
			return a, nil
		}
	}
	return docket.Attachment{}, errNoFile
}

var errNoFile = gov.Errorf(gov.NotFound, "没有这个附件，或者它不对您开放。", "There is no such file, or it is not open to you.")

// checkFiles refuses values that name files which were not attached to the
// case, or are not of the type a field accepts: nobody can put the file of
// another case where others read it.
func (w *Casework) checkFiles(ctx context.Context, id gov.ID, p *procedure.Procedure, values cases.Values, now time.Time) error {
	var wrong cases.Mistakes
	var there []docket.Attachment
	for name, v := range values {
		f, ok := p.Field(name)
		keys, list := v.([]string)
		if !ok || f.Type != procedure.FilesField || !list || len(keys) == 0 {
			continue
		}
		var err error
		if there == nil {
			if there, err = w.docket.Nameable(ctx, id, now); err != nil {
				return err
			}
		}
		for _, key := range keys {
			if mistake := accepted(f.Accept, key, there); mistake != nil {
				wrong = append(wrong, mistake.On(name))
				break
			}
		}
	}
	if len(wrong) > 0 {
		return wrong
	}
	return nil
}

func accepted(accept, key string, there []docket.Attachment) *gov.Error {
	i := slices.IndexFunc(there, func(a docket.Attachment) bool { return string(a.Key) == key })
	if i < 0 {
		return gov.Errorf(gov.Invalid, "附件没有上传成功，或上传已超过一天，请重新上传", "a file did not arrive, or was sent more than a day ago; send it again")
	}
	picture := strings.HasPrefix(there[i].Type, "image/")
	switch {
	case (accept == "image" || accept == "signature") && !picture:
		return gov.Errorf(gov.Invalid, "“%s”不是图片，这里只收图片", "%q is no picture; only pictures are taken here", there[i].Name)
	case accept == "document" && picture:
		return gov.Errorf(gov.Invalid, "“%s”是图片，这里只收文档", "%q is a picture; only documents are taken here", there[i].Name)
	}
	return nil
}
