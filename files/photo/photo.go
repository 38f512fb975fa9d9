package photo

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"

	"quanxiang/gov"
)

const (
	longSide  = 2560 // of what is kept, pixels
	thumbSide = 480  // of the small picture beside it
	quality   = 85
	thumbness = 78 // quality of the small picture
)

// Photo is a picture as it is kept.
type Photo struct {
	JPEG          []byte
	Thumb         []byte // the same, small
	Width, Height int    // pixels of JPEG
	Look          Look
}

// Darkroom makes pictures that can be kept of those that were sent, one at a
// time: a picture may need MaxMemory to be decoded, and as much again as its
// file has while it is read. Its methods may be called from any goroutine and
// wait for their turn, or for their context.
type Darkroom struct{ turn chan struct{} }

// NewDarkroom makes a darkroom.
func NewDarkroom() *Darkroom { return &Darkroom{make(chan struct{}, 1)} }

func (d *Darkroom) enter(ctx context.Context) error {
	select {
	case d.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (d *Darkroom) leave() { <-d.turn }

// Develop reads a picture of size bytes and makes it anew. It returns TooLarge
// for what is over the limits, and Unsupported for what is no picture, is
// damaged or of a kind that cannot be read; the errors say what to do.
func (d *Darkroom) Develop(ctx context.Context, r io.ReaderAt, size int64) (*Photo, Told, error) {
	if size > MaxBytes {
		return nil, Told{}, gov.Errorf(gov.TooLarge, "图片有 %[1]d MB，超过 40 MB", "the picture has %[1]d MB; the limit is 40 MB", (size+1<<20-1)>>20)
	}
	if err := d.enter(ctx); err != nil {
		return nil, Told{}, err
	}
	defer d.leave()
	data := make([]byte, size)
	if n, err := r.ReadAt(data, 0); int64(n) != size {
		return nil, Told{}, fmt.Errorf("read a picture: %w", err)
	}
	m, told, err := decode(ctx, data)
	if err != nil {
		return nil, Told{}, err
	}
	p, err := keep(ctx, m)
	return p, told, err
}

// decode makes pixels of a file: upright, and as small as they are kept.
func decode(ctx context.Context, data []byte) (*image.RGBA, Told, error) {
	k := KindOf(data[:min(len(data), HeadSize)])
	h, err := headerOf(k, data)
	if err != nil {
		return nil, Told{}, err
	}
	if err := h.check(); err != nil {
		return nil, Told{}, err
	}
	m, err := k.decoder()(bytes.NewReader(data))
	if err != nil {
		return nil, Told{}, damaged(err)
	}
	if m.Bounds().Empty() {
		return nil, Told{}, damaged(nil)
	}
	told, orientation := exifOf(h.exif)
	small, err := scaled(ctx, m, longSide)
	if err != nil {
		return nil, Told{}, err
	}
	return upright(small, orientation), told, nil
}

// decoder is what decodes a kind that headerOf measured.
func (k Kind) decoder() func(io.Reader) (image.Image, error) {
	switch k {
	case PNG:
		return png.Decode
	case WebP:
		return webp.Decode
	case GIF:
		return gif.Decode
	}
	return jpeg.Decode
}

// keep encodes pixels.
func keep(ctx context.Context, m *image.RGBA) (*Photo, error) {
	p := &Photo{Width: m.Rect.Dx(), Height: m.Rect.Dy()}
	small, err := scaled(ctx, m, thumbSide)
	if err != nil {
		return nil, err
	}
	if p.Look, err = lookOf(ctx, small); err != nil {
		return nil, err
	}
	var whole, thumb bytes.Buffer
	if err := jpeg.Encode(&whole, m, &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("encode a picture: %w", err)
	}
	if err := jpeg.Encode(&thumb, small, &jpeg.Options{Quality: thumbness}); err != nil {
		return nil, fmt.Errorf("encode a small picture: %w", err)
	}
	p.JPEG, p.Thumb = whole.Bytes(), thumb.Bytes()
	return p, nil
}
