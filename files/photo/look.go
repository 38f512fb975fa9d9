package photo

import (
	"context"
	"image"
	"math/bits"
	"strconv"

	"quanxiang/gov"
)

// Look is what a picture looks like in 64 bits: whether each of eight by eight
// fields is brighter than its neighbour to the right. Making a picture smaller
// or encoding it anew changes few of them.
type Look uint64

// alike is how many bits the looks of one picture may differ in. Pictures of
// different things differ in about half.
const alike = 6

// Alike reports that two pictures look the same. It is a hint, no proof: two
// pictures of an empty sky are alike.
func (l Look) Alike(o Look) bool { return bits.OnesCount64(uint64(l^o)) <= alike }

// plain is how few of a look's bits differ from all the others when there is
// nothing much in the picture.
const plain = 8

// Plain reports that there is so little in a picture that looking like it means
// nothing.
func (l Look) Plain() bool {
	n := bits.OnesCount64(uint64(l))
	return min(n, 64-n) < plain
}

// String writes a look as 16 hexadecimal digits.
func (l Look) String() string {
	s := strconv.FormatUint(uint64(l), 16)
	return "0000000000000000"[len(s):] + s
}

// ParseLook reads what String writes, or returns Invalid.
func ParseLook(s string) (Look, error) {
	n, err := strconv.ParseUint(s, 16, 64)
	if err != nil || len(s) != 16 {
		return 0, gov.Errorf(gov.Invalid, "“%s”不是图片特征", "%q is no look of a picture", s)
	}
	return Look(n), nil
}

// lookOf looks at a picture through 9 by 8 fields.
func lookOf(ctx context.Context, m *image.RGBA) (Look, error) {
	const across, down = 9, 8
	var light [down][across]uint64
	var area [down][across]uint64
	w, h := m.Rect.Dx(), m.Rect.Dy()
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	for y := range max(h, down) { // a picture with fewer pixels than fields is stretched
		row := m.Pix[y*h/max(h, down)*m.Stride:]
		for x := range max(w, across) {
			p := row[4*(x*w/max(w, across)):]
			fy, fx := y*down/max(h, down), x*across/max(w, across)
			light[fy][fx] += 299*uint64(p[0]) + 587*uint64(p[1]) + 114*uint64(p[2]) // ITU-R BT.601
			area[fy][fx]++
		}
	}
	var l Look
	for y := range down {
		for x := range across - 1 {
			l <<= 1
			if light[y][x]/area[y][x] > light[y][x+1]/area[y][x+1] {
				l |= 1
			}
		}
	}
	return l, nil
}
