package photo

import (
	"context"
	"image"
	"image/color"
	"image/draw"
)

// fit is the size of w by h pixels with a long side of at most long.
func fit(w, h, long int) (int, int) {
	if side := max(w, h); side > long {
		return max(1, (w*long+side/2)/side), max(1, (h*long+side/2)/side)
	}
	return w, h
}

// scaled is a picture on white ground, made smaller so that its long side has at
// most long pixels. Every pixel is the mean of the area it stands for, exactly.
// It needs the memory of the result and a few rows.
func scaled(ctx context.Context, src image.Image, long int) (*image.RGBA, error) {
	b := src.Bounds()
	w, h := fit(b.Dx(), b.Dy(), long)
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	white := image.NewUniform(color.White)
	if w == b.Dx() && h == b.Dy() { // small enough as it is
		if !isPlain(src) {
			draw.Draw(out, out.Rect, white, image.Point{}, draw.Src)
		}
		draw.Draw(out, out.Rect, src, b.Min, draw.Over)
		return out, ctx.Err()
	}
	row := image.NewRGBA(image.Rect(0, 0, b.Dx(), 1))
	narrow := make([]uint64, 3*w) // a row of the source as wide as the result, of 16 bits
	sum := make([]uint64, 3*w)    // a row of the result, weighed by how much of each row lies in it
	to, left := 0, b.Dy()         // the row of the result, and what it still takes
	for y := range b.Dy() {
		if y%256 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if !isPlain(src) {
			draw.Draw(row, row.Rect, white, image.Point{}, draw.Src)
		}
		draw.Draw(row, row.Rect, src, image.Pt(b.Min.X, b.Min.Y+y), draw.Over)
		average(row.Pix, b.Dx(), w, narrow)
		// A row of the source is h units high, one of the result b.Dy().
		for rest := h; rest > 0; {
			take := min(rest, left)
			for i, v := range narrow {
				sum[i] += v * uint64(take)
			}
			rest -= take
			if left -= take; left == 0 {
				total := uint64(b.Dy())
				line := out.Pix[to*out.Stride:]
				for x := range w {
					for c := range 3 {
						line[4*x+c] = uint8((sum[3*x+c] + total*128) / total / 257)
						sum[3*x+c] = 0
					}
					line[4*x+3] = 0xff
				}
				to, left = to+1, b.Dy()
			}
		}
	}
	return out, nil
}

// isPlain reports that pictures of a type cover the ground whole.
func isPlain(m image.Image) bool {
	switch m.(type) {
	case *image.YCbCr, *image.Gray, *image.Gray16, *image.CMYK:
		return true
	}
	return false
}

// average makes a row of from pixels one of to pixels of 16 bits.
func average(pix []byte, from, to int, out []uint64) {
	at, left := 0, from
	var sum [3]uint64
	for x := range from {
		r, g, b := uint64(pix[4*x]), uint64(pix[4*x+1]), uint64(pix[4*x+2])
		for rest := to; rest > 0; {
			take := min(rest, left)
			n := uint64(take)
			sum[0] += r * n
			sum[1] += g * n
			sum[2] += b * n
			rest -= take
			if left -= take; left == 0 {
				for c := range 3 {
					out[3*at+c] = (sum[c]*257 + uint64(from)/2) / uint64(from)
				}
				sum = [3]uint64{}
				at, left = at+1, from
			}
		}
	}
}

// upright turns a picture as Exif says it was held (values 1 to 8).
func upright(src *image.RGBA, orientation int) *image.RGBA {
	if orientation <= 1 || orientation > 8 {
		return src
	}
	w, h := src.Rect.Dx(), src.Rect.Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if orientation >= 5 {
		out = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			sx, sy := x, y
			switch orientation {
			case 2: // mirrored
				sx = w - 1 - x
			case 3: // upside down
				sx, sy = w-1-x, h-1-y
			case 4:
				sy = h - 1 - y
			case 5:
				sx, sy = y, x
			case 6: // the camera was turned left: turn right
				sx, sy = y, h-1-x
			case 7:
				sx, sy = w-1-y, h-1-x
			case 8:
				sx, sy = w-1-y, x
			}
			copy(out.Pix[y*out.Stride+4*x:][:4], src.Pix[sy*src.Stride+4*sx:][:4])
		}
	}
	return out
}
