package drawing

import (
	"bytes"
	"image/png"
	"testing"
)

// Every drawing is one of its own, of the size said, and small.
func TestDrawings(t *testing.T) {
	t.Parallel()
	seen := map[string]Shot{}
	for s := range scenes {
		for _, after := range []bool{false, true} {
			for v := range Variants {
				one := Shot{s, after, v}
				b, err := one.Draw()
				if err != nil {
					t.Fatal(err)
				}
				if other, there := seen[string(b)]; there {
					t.Errorf("%+v and %+v are the same", one, other)
				}
				seen[string(b)] = one
				m, err := png.Decode(bytes.NewReader(b))
				if err != nil || m.Bounds().Dx() != 320 || m.Bounds().Dy() != 240 || len(b) > 20_000 {
					t.Errorf("%+v: %d bytes, %v", one, len(b), err)
				}
			}
		}
	}
}
