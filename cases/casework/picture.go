package casework

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"quanxiang/cases/docket"
	"quanxiang/files"
	"quanxiang/files/kind"
	"quanxiang/files/photo"
	"quanxiang/geo"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy/procedure"
)

// develop makes a picture that was sent anew and keeps it, and a small one.
func (w *Casework) develop(ctx context.Context, name string, r io.ReaderAt, size int64, keep []Keep) (docket.Attachment, error) {
	p, told, err := w.dark.Develop(ctx, r, size)
	if err != nil {
		return docket.Attachment{}, err
	}
	a, err := w.keepPicture(ctx, name, p)
	if err != nil {
		return docket.Attachment{}, err
	}
	if !told.Taken.IsZero() {
		a.Picture.Taken = told.Taken.UnixMilli()
	}
	if told.Placed && slices.Contains(keep, KeepPlace) {
		a.Picture.Place = geo.Point{Lat: told.Lat, Lon: told.Lon}.String()
	}
	return a, nil
}

// keepPicture keeps a picture and its small one.
func (w *Casework) keepPicture(ctx context.Context, name string, p *photo.Photo) (docket.Attachment, error) {
	a := docket.Attachment{Name: pictureName(name), Type: kind.Picture.Media, Picture: &docket.Picture{Width: p.Width, Height: p.Height, Look: p.Look}}
	var err error
	if a.Key, a.Size, err = w.blobs.Put(ctx, bytes.NewReader(p.JPEG), int64(len(p.JPEG))); err != nil {
		return docket.Attachment{}, err
	}
	a.Picture.Thumb, _, err = w.blobs.Put(ctx, bytes.NewReader(p.Thumb), int64(len(p.Thumb)))
	return a, err
}

// pictureName is the name of a picture with the ending of what it became.
func pictureName(name string) string {
	switch ext := path.Ext(name); strings.ToLower(ext) {
	case ".png", ".webp", ".gif", ".jfif", ".heic":
		name = strings.TrimSuffix(name, ext)
	}
	return kind.Picture.SaveName(name)
}

// Thumb opens the small picture of a picture as Open does the picture.
func (w *Casework) Thumb(ctx context.Context, s people.Standing, id gov.ID, key string) (docket.Attachment, io.ReadCloser, error) {
	a, err := w.Picture(ctx, s, id, key)
	if err != nil {
		return a, nil, err
	}
	r, err := w.blobs.Open(a.Picture.Thumb)
	return a, r, err
}

// Picture returns a picture of a case for somebody who may read it, or NotFound.
func (w *Casework) Picture(ctx context.Context, s people.Standing, id gov.ID, key string) (docket.Attachment, error) {
	a, _, err := w.file(ctx, s, id, key)
	if err == nil && a.Picture == nil {
		err = errNoFile
	}
	return a, err
}

// Alike lists the numbers of the cases, by their ids, in which another picture
// looks like one of a case that somebody may read: see docket.Alike.
func (w *Casework) Alike(ctx context.Context, s people.Standing, id gov.ID, a docket.Attachment) (map[string]string, error) {
	if err := Enter(s); err != nil {
		return nil, err
	}
	list, err := w.docket.Alike(ctx, id, a)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	ids := make([]string, len(list))
	for i, l := range list {
		ids[i] = l.Case.String()
	}
	return w.Numbers(ctx, s, ids)
}

// Mask attaches a copy of a picture in which areas cannot be read, fit to be
// shown to everybody; the picture stays for those who may read it. It returns
// what Attach returns for who may not attach files, and what photo.Mask returns.
func (w *Casework) Mask(ctx context.Context, s people.Standing, id gov.ID, key string, areas []photo.Area) (_ docket.Attachment, err error) {
	none := docket.Attachment{}
	of, err := w.toPublish(ctx, s, id, key)
	if err != nil {
		return none, err
	}
	r, err := w.blobs.Open(of.Key)
	if err != nil {
		return none, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	data, err := io.ReadAll(io.LimitReader(r, photo.MaxBytes))
	if err != nil {
		return none, fmt.Errorf("read a picture: %w", err)
	}
	p, err := w.dark.Mask(ctx, data, areas)
	if err != nil {
		return none, err
	}
	a, err := w.keepPicture(ctx, of.Name, p)
	if err != nil {
		return none, err
	}
	a.By, a.Picture.Of, a.Picture.Taken = s.Person.String(), of.Key, of.Picture.Taken
	return a, w.docket.Attach(ctx, id, a, s.Actor())
}

// FitPicture notes that somebody looked at a picture and found nothing in it that
// has to be masked before everybody is shown it, or that they take that back,
// also of a masked copy.
func (w *Casework) FitPicture(ctx context.Context, s people.Standing, id gov.ID, key string, fit bool) error {
	a, err := w.toPublish(ctx, s, id, key)
	if err != nil {
		return err
	}
	return w.docket.Fit(ctx, id, a.Key, fit, s.Actor())
}

// toPublish is a picture somebody may make fit to be shown: who may attach files
// to the case and read this one.
func (w *Casework) toPublish(ctx context.Context, s people.Standing, id gov.ID, key string) (docket.Attachment, error) {
	a, err := w.Picture(ctx, s, id, key)
	if err != nil {
		return a, err
	}
	return a, w.mayAttach(ctx, s, id)
}

// MayMask reports whether somebody may make pictures of a case fit to be shown;
// the error says why not.
func (w *Casework) MayMask(ctx context.Context, s people.Standing, id gov.ID) error {
	return w.mayAttach(ctx, s, id)
}

// PublicPictures are the pictures of a case everybody is shown: those in fields
// that are open to everybody, as far as somebody found them fit, or their masked
// copies. It returns NotFound for a case the public is not shown.
func (w *Casework) PublicPictures(ctx context.Context, id gov.ID, now time.Time) ([]docket.Attachment, error) {
	sheet, err := w.PublicSheet(ctx, id, now)
	if err != nil {
		return nil, err
	}
	named := map[files.Key]bool{}
	for _, f := range sheet.Fields {
		keys, ok := f.Value.([]string)
		for i := 0; ok && !f.Sealed && f.Field.Type == procedure.FilesField && i < len(keys); i++ {
			named[files.Key(keys[i])] = true
		}
	}
	if len(named) == 0 {
		return nil, nil
	}
	list, err := w.docket.Attachments(ctx, id)
	return slices.DeleteFunc(list, func(a docket.Attachment) bool {
		if a.Picture != nil && named[a.Picture.Of] { // copies come after their pictures
			named[a.Key] = true
		}
		return a.Picture == nil || a.Picture.Fit == 0 || !named[a.Key]
	}), err
}

// OpenPublic opens a picture of PublicPictures, or its small one. The caller
// closes it.
func (w *Casework) OpenPublic(ctx context.Context, id gov.ID, key string, thumb bool, now time.Time) (docket.Attachment, io.ReadCloser, error) {
	list, err := w.PublicPictures(ctx, id, now)
	if err != nil {
		return docket.Attachment{}, nil, err
	}
	i := slices.IndexFunc(list, func(a docket.Attachment) bool { return string(a.Key) == key })
	if i < 0 {
		return docket.Attachment{}, nil, errNoFile
	}
	of := list[i].Key
	if thumb {
		of = list[i].Picture.Thumb
	}
	r, err := w.blobs.Open(of)
	return list[i], r, err
}
