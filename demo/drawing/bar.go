package drawing

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"sync"
)

// Bar is something to attach: a full bar, as PNG.
var Bar = sync.OnceValues(func() ([]byte, error) {
	const w, h, edge = 320, 96, 16
	img := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{color.White, color.Gray{Y: 70}})
	for y := edge; y < h-edge; y++ {
		for x := edge; x < w-edge; x++ {
			img.SetColorIndex(x, y, 1)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil, fmt.Errorf("draw the picture: %w", err)
	}
	return b.Bytes(), nil
})
