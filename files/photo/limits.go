package photo

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/gif"
	"image/png"

	"golang.org/x/image/webp"

	"quanxiang/gov"
)

// Limits of what is decoded.
const (
	MaxBytes  = 40 << 20    // of a file
	MaxPixels = 220_000_000 // telephones make pictures of 200 million
	MaxMemory = 400 << 20   // bytes a decoder may need: a deep or progressive picture reaches it with fewer pixels
	maxScans  = 100         // of a progressive JPEG; encoders make about ten. Each costs a walk over all pixels
)

// header is what a picture says of itself before it is decoded.
type header struct {
	width, height int
	memory        int64  // bytes its decoder needs, an upper bound
	exif          []byte // a TIFF structure, nil for none
}

// check refuses what is over the limits.
func (h header) check() error {
	if h.width <= 0 || h.height <= 0 {
		return damaged(nil)
	}
	if int64(h.width)*int64(h.height) > MaxPixels || h.memory > MaxMemory {
		return gov.Errorf(gov.TooLarge, "图片有 %[1]d×%[2]d 个像素，太大，无法处理；请缩小后再上传", "the picture has %[1]d by %[2]d pixels, too many to handle; make it smaller and send it again", h.width, h.height)
	}
	return nil
}

func damaged(err error) error {
	return gov.Errorf(gov.Unsupported, "图片已损坏，或没有传完整；请重新上传", "the picture is damaged or did not arrive whole; send it again").Because(err)
}

// headerOf measures a picture without decoding it.
func headerOf(k Kind, data []byte) (header, error) {
	switch k {
	case JPEG:
		return jpegHeader(data)
	case PNG:
		c, err := png.DecodeConfig(bytes.NewReader(data))
		if err != nil {
			return header{}, damaged(err)
		}
		h := sized(c, 8) // 16 bits for each of four channels
		if data[24] <= 8 {
			h.memory /= 2
		}
		if data[28] != 0 {
			h.memory *= 2 // interlaced: each pass is an image of its own
		}
		h.exif = pngChunk(data, "eXIf")
		return h, nil
	case WebP:
		c, err := webp.DecodeConfig(bytes.NewReader(data))
		if err != nil {
			return header{}, damaged(err)
		}
		if riffChunk(data, "ANIM") != nil {
			return header{}, gov.Errorf(gov.Unsupported, "这是动态 WebP 图片，请另存为静态图片再上传", "this is a WebP picture that moves; save one that does not and send that")
		}
		h := sized(c, 12) // lossless: the pixels, and what their transformations need
		h.exif = bytes.TrimPrefix(riffChunk(data, "EXIF"), []byte(exifMark))
		return h, nil
	case GIF:
		c, err := gif.DecodeConfig(bytes.NewReader(data))
		if err != nil {
			return header{}, damaged(err)
		}
		return sized(c, 2), nil // frames lie within what the header says, the decoder sees to that
	}
	return header{}, k.Refused()
}

func sized(c image.Config, bytesEach int64) header {
	return header{width: c.Width, height: c.Height, memory: int64(c.Width) * int64(c.Height) * bytesEach}
}

// pngChunk returns the first chunk of a name, or nil.
func pngChunk(data []byte, name string) []byte {
	for at := 8; at+12 <= len(data); {
		n := int64(binary.BigEndian.Uint32(data[at:]))
		if int64(at)+12+n > int64(len(data)) {
			return nil
		}
		if string(data[at+4:at+8]) == name {
			return data[at+8 : at+8+int(n)]
		}
		at += 12 + int(n)
	}
	return nil
}

// riffChunk returns the first chunk of a name in a WebP file, or nil.
func riffChunk(data []byte, name string) []byte {
	for at := 12; at+8 <= len(data); {
		n := int64(binary.LittleEndian.Uint32(data[at+4:]))
		if int64(at)+8+n > int64(len(data)) {
			return nil
		}
		if string(data[at:at+4]) == name {
			return data[at+8 : at+8+int(n)]
		}
		at += 8 + int(n+n&1)
	}
	return nil
}
