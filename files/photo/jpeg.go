package photo

import (
	"bytes"
	"encoding/binary"
	"errors"

	"quanxiang/gov"
)

// exifMark begins a segment, or a WebP chunk, with what the camera wrote.
const exifMark = "Exif\x00\x00"

// Markers of JPEG (ITU-T T.81, table B.1).
const (
	sof0 = 0xc0 // baseline
	sof2 = 0xc2 // progressive
	dht  = 0xc4
	jpg  = 0xc8
	dac  = 0xcc
	rst0 = 0xd0
	rst7 = 0xd7
	soi  = 0xd8
	eoi  = 0xd9
	sos  = 0xda
	app1 = 0xe1
	sofF = 0xcf
	tem  = 0x01
)

var (
	errCut     = errors.New("the JPEG ends within a segment")
	errFrames  = errors.New("the JPEG has no frame, or several")
	errProcess = errors.New("a process of JPEG that is not read: lossless, hierarchical, arithmetic or of 12 bits")
)

// jpegHeader walks over the segments of a JPEG. It sees as many scans as a
// decoder would: data of a scan ends with a marker that is neither a restart nor
// an escaped byte.
func jpegHeader(data []byte) (h header, err error) {
	frames, scans := 0, 0
	for at := 2; ; {
		i := bytes.IndexByte(data[min(at, len(data)):], 0xff)
		if i < 0 {
			break
		}
		for at += i; at < len(data) && data[at] == 0xff; at++ {
		}
		if at >= len(data) {
			break
		}
		marker := data[at]
		at++
		if marker == eoi {
			break
		}
		if marker <= tem || marker >= rst0 && marker <= soi {
			continue
		}
		if at+2 > len(data) {
			return h, damaged(errCut)
		}
		n := int(binary.BigEndian.Uint16(data[at:]))
		if n < 2 || at+n > len(data) {
			return h, damaged(errCut)
		}
		body := data[at+2 : at+n]
		at += n
		switch {
		case marker == sos:
			if scans++; scans > maxScans {
				return h, gov.Errorf(gov.Unsupported, "图片的结构异常，无法处理；请用别的软件另存后再上传", "the picture is made in an unusual way and cannot be handled; save it with another program and send it again")
			}
		case marker == app1 && h.exif == nil && bytes.HasPrefix(body, []byte(exifMark)):
			h.exif = body[len(exifMark):]
		case marker >= sof0 && marker <= sofF && marker != dht && marker != jpg && marker != dac:
			frames++
			if err := h.frame(marker, body); err != nil {
				return h, err
			}
		}
	}
	if frames != 1 {
		return h, damaged(errFrames)
	}
	return h, nil
}

// frame reads a frame header (T.81, B.2.2).
func (h *header) frame(marker byte, body []byte) error {
	if len(body) < 6 || len(body) < 6+3*int(body[5]) {
		return damaged(errCut)
	}
	if marker > sof2 || body[0] != 8 {
		return gov.Errorf(gov.Unsupported, "这种 JPEG 读不了；请用别的软件另存后再上传", "a JPEG of this kind cannot be read; save it with another program and send it again").Because(errProcess)
	}
	h.height, h.width = int(binary.BigEndian.Uint16(body[1:])), int(binary.BigEndian.Uint16(body[3:]))
	// Blocks fill up to 32 pixels over the edge.
	pixels := int64(h.width+32) * int64(h.height+32)
	parts := int64(body[5])
	samples := parts * pixels
	if parts == 3 && body[10] == 0x11 && body[13] == 0x11 { // colour is sampled once for h by v pixels
		if hv := int64(body[7]>>4) * int64(body[7]&15); hv > 0 && hv <= 4 {
			samples = pixels + 2*pixels/hv
		}
	}
	h.memory = samples
	if marker == sof2 {
		h.memory += 4 * samples // coefficients of 32 bits
	}
	if parts == 4 || parts == 3 && samples == 3*pixels {
		h.memory += 4 * pixels // may be no YCbCr and become another image
	}
	return nil
}
