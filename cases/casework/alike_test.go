package casework_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"testing"

	"quanxiang/store"
)

// Whoever sends a picture of another case again is found out, also when it was
// made smaller.
func TestPicturesOfOtherCases(t *testing.T) {
	t.Parallel()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			r := open(t, e)
			ctx := t.Context()
			office, clerk := staff(r.pack, []string{"zfb supervision"}), staff(r.pack, []string{"fgw clerk"})
			a, b := r.duty(office, clerk), r.duty(office, clerk)
			picture := func(size int, seed uint64) *bytes.Reader {
				random := rand.New(rand.NewPCG(seed, 0))
				var light [36]uint8
				for i := range light {
					light[i] = uint8(random.UintN(256))
				}
				m := image.NewGray(image.Rect(0, 0, size, size))
				for y := range size {
					for x := range size {
						m.SetGray(x, y, color.Gray{Y: light[y*6/size*6+x*6/size]})
					}
				}
				var out bytes.Buffer
				check(t, png.Encode(&out, m))
				return bytes.NewReader(out.Bytes())
			}
			old := picture(600, 1)
			_, err := r.work.Attach(ctx, clerk, a, "旧照片.png", old, old.Size())
			check(t, err)
			for _, one := range []struct {
				why  string
				file *bytes.Reader
				want int
			}{
				{"the same, smaller", picture(320, 1), 1},
				{"another", picture(600, 2), 0},
			} {
				file, err := r.work.Attach(ctx, clerk, b, "处置后.png", one.file, one.file.Size())
				check(t, err)
				found, err := r.work.Alike(ctx, clerk, b, file)
				check(t, err)
				if len(found) != one.want || one.want > 0 && found[a.String()] == "" {
					t.Errorf("%s: looks like one of %v", one.why, found)
				}
			}
		})
	}
}
