package photo

import (
	"context"
	"image"
	"strconv"
	"strings"

	"quanxiang/gov"
)

// Whole is the width and the height of a picture in the units of an Area.
const Whole = 10_000

// MaxAreas is how many areas of one picture can be masked at once.
const MaxAreas = 200

// Area is a rectangle of a picture in ten-thousandths of its width and height,
// from the upper left corner.
type Area struct{ X, Y, W, H int }

// ParseArea reads "x,y,w,h". It returns Invalid for what does not lie in the
// picture or has no extent.
func ParseArea(s string) (Area, error) {
	var n [4]int
	parts := strings.Split(s, ",")
	ok := len(parts) == len(n)
	for i := range n {
		if ok {
			v, err := strconv.Atoi(strings.TrimSpace(parts[i]))
			n[i], ok = v, err == nil && v >= 0 && v <= Whole
		}
	}
	a := Area{n[0], n[1], n[2], n[3]}
	if !ok || a.W == 0 || a.H == 0 || a.X+a.W > Whole || a.Y+a.H > Whole {
		return Area{}, gov.Errorf(gov.Invalid, "遮挡区域无法识别", "an area to mask cannot be read")
	}
	return a, nil
}

// String writes what ParseArea reads.
func (a Area) String() string {
	return strconv.Itoa(a.X) + "," + strconv.Itoa(a.Y) + "," + strconv.Itoa(a.W) + "," + strconv.Itoa(a.H)
}

// in are the pixels of an area, those it touches included.
func (a Area) in(r image.Rectangle) image.Rectangle {
	up := func(n, side int) int { return (n*side + Whole - 1) / Whole }
	return image.Rect(a.X*r.Dx()/Whole, a.Y*r.Dy()/Whole, up(a.X+a.W, r.Dx()), up(a.Y+a.H, r.Dy())).Intersect(r)
}

// Mask makes a copy of a kept picture in which areas cannot be read any more. It
// returns Invalid without areas or with too many, otherwise errors as Develop.
func (d *Darkroom) Mask(ctx context.Context, data []byte, areas []Area) (*Photo, error) {
	if len(areas) == 0 {
		return nil, gov.Errorf(gov.Invalid, "请先选出要遮挡的地方", "choose what to mask first")
	}
	if len(areas) > MaxAreas {
		return nil, gov.Errorf(gov.Invalid, "一次最多遮挡 %d 处", "at most %d areas can be masked at once", MaxAreas)
	}
	if err := d.enter(ctx); err != nil {
		return nil, err
	}
	defer d.leave()
	m, _, err := decode(ctx, data)
	if err != nil {
		return nil, err
	}
	var boxes []image.Rectangle
	for _, a := range areas {
		boxes = append(boxes, a.in(m.Rect))
	}
	blank(m, boxes)
	return keep(ctx, m)
}

const (
	minTile = 16   // pixels: two blocks of the encoder
	tiles   = 6    // along the short side of an area, when it is large enough
	depth   = 0xe0 // of each colour eight shades are left
	lift    = 0x18 // how much lighter every other tile is
)

// blank fills areas with a chequered pattern in their mean colour, coarsely: ten
// bits about what an area held. A mosaic of the picture itself looks the same to
// the eye but is none: letters can be found by trying which give that mosaic.
// Every area is read before any is written, so that areas that overlap tell no
// more.
func blank(m *image.RGBA, boxes []image.Rectangle) {
	shades := make([][3]uint8, len(boxes))
	for i, box := range boxes {
		shades[i] = shade(m, box)
	}
	for i, box := range boxes {
		side := max(minTile, min(box.Dx(), box.Dy())/tiles)
		for y := box.Min.Y; y < box.Max.Y; y++ {
			for x := box.Min.X; x < box.Max.X; x++ {
				at := m.Pix[m.PixOffset(x, y):]
				light := uint8(((x-box.Min.X)/side + (y-box.Min.Y)/side) % 2 * lift)
				for c := range 3 {
					at[c] = shades[i][c] + light
				}
			}
		}
	}
}

// shade is the mean colour of a box, coarsely and never so light that it cannot
// be lifted.
func shade(m *image.RGBA, box image.Rectangle) (out [3]uint8) {
	var sum [3]int
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			at := m.PixOffset(x, y)
			for c := range 3 {
				sum[c] += int(m.Pix[at+c])
			}
		}
	}
	for c := range 3 {
		out[c] = uint8(sum[c]/(box.Dx()*box.Dy())) & depth
	}
	return out
}
