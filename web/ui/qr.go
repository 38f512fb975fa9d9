package ui

import (
	"fmt"
	"strings"

	qr "github.com/piglig/go-qr"
)

// qrQuiet is the width of the light margin in modules (ISO/IEC 18004, 9.1).
const qrQuiet = 4

// QR is a QR code as an SVG image of one path.
type QR struct {
	Size int    // of the square with its margin, in modules
	Path string // the dark modules
}

// NewQR draws a text. The image is made here: a service elsewhere would learn
// the secret.
func NewQR(text string) (QR, error) {
	code, err := qr.EncodeText(text, qr.Medium)
	if err != nil {
		return QR{}, fmt.Errorf("draw a QR code: %w", err)
	}
	var path strings.Builder
	for y := range code.Size() {
		for x := 0; x < code.Size(); x++ {
			run := 0
			for code.Module(x+run, y) {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", x+qrQuiet, y+qrQuiet, run, run)
				x += run
			}
		}
	}
	return QR{Size: code.Size() + 2*qrQuiet, Path: path.String()}, nil
}
