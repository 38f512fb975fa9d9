package ui

import (
	"image"
	"image/color"
	"regexp"
	"strconv"
	"strings"
	"testing"

	qr "github.com/piglig/go-qr"
)

// The picture on the page, drawn as a browser draws it, reads as the text.
func TestQRCodeCanBeRead(t *testing.T) {
	t.Parallel()
	const text = "otpauth://totp/%E8%A5%BF%E5%9F%8E:li.shiyan?algorithm=SHA1&digits=6&issuer=%E8%A5%BF%E5%9F%8E&period=30&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
	v, err := NewQR(text)
	if err != nil {
		t.Fatal(err)
	}
	const scale = 4
	img := image.NewGray(image.Rect(0, 0, v.Size*scale, v.Size*scale))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	runs := regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`).FindAllStringSubmatch(v.Path, -1)
	if len(runs) < 100 {
		t.Fatalf("%d runs in %.200s", len(runs), v.Path)
	}
	for _, m := range runs {
		var n [4]int
		for i := range n {
			if n[i], err = strconv.Atoi(m[i+1]); err != nil {
				t.Fatal(err)
			}
		}
		if n[0] < qrQuiet || n[1] < qrQuiet || n[0]+n[2] > v.Size-qrQuiet || n[2] != n[3] {
			t.Fatalf("%s lies in the margin", m[0])
		}
		for y := n[1] * scale; y < (n[1]+1)*scale; y++ {
			for x := n[0] * scale; x < (n[0]+n[2])*scale; x++ {
				img.Set(x, y, color.Gray{})
			}
		}
	}
	got, err := qr.Decode(img)
	if err != nil || got != text {
		t.Errorf("read %q, %v", got, err)
	}
	if _, err := NewQR(strings.Repeat("x", 5000)); err == nil {
		t.Error("a text that fits no code is drawn")
	}
}
