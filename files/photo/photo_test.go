package photo_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"quanxiang/files/photo"
	"quanxiang/gov"
)

func read(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func develop(data []byte) (*photo.Photo, photo.Told, error) {
	return photo.NewDarkroom().Develop(context.Background(), bytes.NewReader(data), int64(len(data)))
}

func pixels(t *testing.T, data []byte) image.Image {
	t.Helper()
	m, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// near reports that a pixel has about a colour: JPEG is not exact.
func near(m image.Image, x, y int, want color.RGBA) bool {
	r, g, b, _ := m.At(x, y).RGBA()
	off := func(a uint32, b uint8) int { return max(int(a>>8)-int(b), int(b)-int(a>>8)) }
	return max(off(r, want.R), off(g, want.G), off(b, want.B)) <= 30
}

var (
	red   = color.RGBA{220, 30, 30, 255}
	green = color.RGBA{30, 200, 30, 255}
	blue  = color.RGBA{30, 30, 220, 255}
	white = color.RGBA{240, 240, 240, 255}
)

// corners is the picture of testdata: red and green above blue and white.
func corners(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := [][]color.RGBA{{red, green}, {blue, white}}[2*y/h][2*x/w]
			m.SetNRGBA(x, y, color.NRGBA{c.R, c.G, c.B, 255})
		}
	}
	return m
}

func encoded(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Whatever a picture is encoded as, the same picture comes of it.
func TestEveryKind(t *testing.T) {
	t.Parallel()
	deep := image.NewNRGBA64(image.Rect(0, 0, 96, 64))
	for y := range 64 {
		for x := range 96 {
			deep.Set(x, y, corners(96, 64).At(x, y))
		}
	}
	for name, data := range map[string][]byte{
		"progressive": read(t, "progressive.jpg"), "CMYK": read(t, "cmyk.jpg"), "lossy WebP": read(t, "lossy.webp"),
		"lossless WebP": read(t, "lossless.webp"), "first frame of a GIF": read(t, "moving.gif"), "16 bits": encoded(t, deep),
	} {
		p, told, err := develop(data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		m := pixels(t, p.JPEG)
		if p.Width != 96 || p.Height != 64 || m.Bounds() != image.Rect(0, 0, 96, 64) || told != (photo.Told{}) {
			t.Errorf("%s: %d by %d, told %+v", name, p.Width, p.Height, told)
		}
		if !near(m, 20, 15, red) || !near(m, 75, 15, green) || !near(m, 20, 50, blue) || !near(m, 75, 50, white) {
			t.Errorf("%s: other colours: %v %v %v %v", name, m.At(20, 15), m.At(75, 15), m.At(20, 50), m.At(75, 50))
		}
	}
	p, _, err := develop(read(t, "grey.jpg"))
	if err != nil || !near(pixels(t, p.JPEG), 75, 50, white) {
		t.Errorf("grey: %v", err)
	}
	p, _, err = develop(read(t, "clear.webp")) // on white ground, not on black
	if err != nil || !near(pixels(t, p.JPEG), 10, 10, color.RGBA{255, 255, 255, 255}) {
		t.Errorf("a picture that is clear: %v", err)
	}
}

// What the camera wrote is handed back and stands in the picture no more.
func TestTold(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"told.jpg", "told.webp", "told.png"} {
		p, told, err := develop(read(t, name))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if want := time.Date(2026, 5, 17, 0, 30, 15, 0, time.UTC); !told.Taken.Equal(want) {
			t.Errorf("%s: taken %v, want %v", name, told.Taken, want)
		}
		if !told.Placed || math.Abs(told.Lat-39.9123) > 1e-6 || math.Abs(told.Lon-116.366) > 1e-6 {
			t.Errorf("%s: taken at %v,%v (%v)", name, told.Lat, told.Lon, told.Placed)
		}
		if bytes.Contains(p.JPEG, []byte("Exif")) || bytes.Contains(p.JPEG, []byte("2026:05")) || bytes.Contains(p.Thumb, []byte("Exif")) {
			t.Errorf("%s: it still tells", name)
		}
		// It was held on its side (orientation 6): what was left is above.
		m := pixels(t, p.JPEG)
		if p.Width != 64 || p.Height != 96 || !near(m, 15, 20, blue) || !near(m, 50, 20, red) || !near(m, 15, 75, white) || !near(m, 50, 75, green) {
			t.Errorf("%s: %d by %d, not upright: %v %v", name, p.Width, p.Height, m.At(15, 20), m.At(50, 20))
		}
		if again, _, err := develop(p.JPEG); err != nil || again.Width != 64 {
			t.Errorf("%s: made anew once more it turns again: %v", name, err)
		}
	}
}

func TestOrientations(t *testing.T) {
	t.Parallel()
	// Which colour stands in the upper left and the upper right corner.
	want := [9][2]color.RGBA{{}, {red, green}, {green, red}, {white, blue}, {blue, white}, {red, blue}, {blue, red}, {white, green}, {green, white}}
	for o := 1; o <= 8; o++ {
		data := bytes.Clone(read(t, "told.jpg"))
		at := bytes.Index(data, []byte{0x01, 0x12, 0x00, 0x03}) // the tag and its type
		if at < 0 {
			t.Fatal("the picture of testdata has no orientation")
		}
		data[at+9] = byte(o)
		p, _, err := develop(data)
		if err != nil {
			t.Fatal(err)
		}
		m := pixels(t, p.JPEG)
		if !near(m, 10, 10, want[o][0]) || !near(m, p.Width-10, 10, want[o][1]) || (p.Width < p.Height) != (o >= 5) {
			t.Errorf("orientation %d: %v %v of %d by %d", o, m.At(10, 10), m.At(p.Width-10, 10), p.Width, p.Height)
		}
	}
}

// Nothing but pixels comes through, whatever stands beside them.
func TestPolyglots(t *testing.T) {
	t.Parallel()
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, corners(96, 64), nil); err != nil {
		t.Fatal(err)
	}
	want, _, err := develop(plain.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	const evil = "<script>alert(1)</script><?php system($_GET[0]) ?>"
	comment := append([]byte{0xff, 0xd8, 0xff, 0xfe, 0, byte(len(evil) + 2)}, evil...)
	for name, data := range map[string][]byte{
		"a page in a comment":     append(comment, plain.Bytes()[2:]...),
		"a page behind":           append(bytes.Clone(plain.Bytes()), evil...),
		"an archive behind":       append(bytes.Clone(plain.Bytes()), "PK\x03\x04"+evil+"PK\x05\x06"...),
		"a picture and a program": append(bytes.Clone(plain.Bytes()), "\x7fELF"+evil...),
	} {
		p, _, err := develop(data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !bytes.Equal(p.JPEG, want.JPEG) || !bytes.Equal(p.Thumb, want.Thumb) || p.Look != want.Look {
			t.Errorf("%s: another picture came of it than of the picture alone", name)
		}
	}
	if bytes.Contains(want.JPEG, []byte("<script")) {
		t.Error("the script came through")
	}
}

// chunk is a chunk of PNG.
func chunk(name string, data []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(append(b, name...), data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// claims is the head of a PNG that claims a size.
func claims(w, h uint32, depth, interlaced byte) []byte {
	ihdr := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	return append([]byte("\x89PNG\r\n\x1a\n"), append(chunk("IHDR", append(ihdr, depth, 6, 0, 0, interlaced)), chunk("IDAT", []byte{0x78, 0x9c})...)...)
}

// jpegOf claims a frame of JPEG.
func jpegOf(marker byte, w, h uint16, rest ...byte) []byte {
	b := []byte{0xff, 0xd8, 0xff, marker, 0, 17, 8, byte(h >> 8), byte(h), byte(w >> 8), byte(w), 3, 1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0}
	return append(b, rest...)
}

func TestRefused(t *testing.T) {
	t.Parallel()
	progressive := read(t, "progressive.jpg")
	scan := bytes.LastIndex(progressive, []byte{0xff, 0xda})
	many := bytes.Clone(progressive[:scan])
	for range 200 {
		many = append(many, progressive[scan:len(progressive)-2]...)
	}
	twice := append(bytes.Clone(progressive[:len(progressive)-2]), jpegOf(0xc0, 9, 9)[2:]...)
	for name, c := range map[string]struct {
		data []byte
		code gov.Code
		says string
	}{
		"a page":                  {[]byte("<html><body>"), gov.Unsupported, "no photograph"},
		"a drawing with code":     {[]byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="x()">`), gov.Unsupported, "no photograph"},
		"nothing":                 {nil, gov.Unsupported, "no photograph"},
		"HEIC":                    {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), gov.Unsupported, "Most Compatible"},
		"HEIC by its other brand": {[]byte("\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1heic"), gov.Unsupported, "HEIC"},
		"AVIF":                    {[]byte("\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00avifmif1"), gov.Unsupported, "AVIF"},
		"a film":                  {[]byte("\x00\x00\x00\x18ftypisom\x00\x00\x00\x00isommp41"), gov.Unsupported, "no photograph"},
		"moving WebP":             {read(t, "moving.webp"), gov.Unsupported, "moves"},
		"a truncated JPEG":        {progressive[:len(progressive)/2], gov.Unsupported, "damaged"},
		"a JPEG cut in its head":  {progressive[:30], gov.Unsupported, "damaged"},
		"a truncated PNG":         {encoded(t, corners(50, 50))[:60], gov.Unsupported, "damaged"},
		"a truncated WebP":        {read(t, "lossy.webp")[:80], gov.Unsupported, "damaged"},
		"a truncated GIF":         {read(t, "moving.gif")[:200], gov.Unsupported, "damaged"},
		"a PNG of 2^31 by 2^31":   {claims(math.MaxInt32, math.MaxInt32, 8, 0), gov.Unsupported, "damaged"},
		"a PNG of 60000 squared":  {claims(60000, 60000, 8, 0), gov.TooLarge, "60000 by 60000"},
		"a deep PNG of 60 MP":     {claims(10000, 6000, 16, 0), gov.TooLarge, "10000 by 6000"},
		"an interlaced one":       {claims(8000, 8000, 8, 1), gov.TooLarge, "8000 by 8000"},
		"a JPEG of 65000 squared": {jpegOf(0xc0, 65000, 65000), gov.TooLarge, "65000"},
		"a progressive of 100 MP": {jpegOf(0xc2, 10000, 10000), gov.TooLarge, "10000"},
		"an arithmetic JPEG":      {jpegOf(0xc9, 10, 10), gov.Unsupported, "cannot be read"},
		"a JPEG of no size":       {jpegOf(0xc0, 0, 0), gov.Unsupported, "damaged"},
		"a JPEG with two frames":  {twice, gov.Unsupported, "damaged"},
		"a JPEG of 200 scans":     {many, gov.Unsupported, "unusual"},
		"a GIF of 65535 squared":  {[]byte("GIF89a\xff\xff\xff\xff\x00\x00\x00"), gov.TooLarge, "65535"},
	} {
		p, _, err := develop(c.data)
		if p != nil || gov.CodeOf(err) != c.code || !strings.Contains(gov.TextOf(err, gov.EN), c.says) {
			t.Errorf("%s: %v (%s), want %s: …%s…", name, gov.TextOf(err, gov.EN), gov.CodeOf(err), c.code, c.says)
		}
		if e, ok := errors.AsType[*gov.Error](err); ok && e.Text.ZH == e.Text.EN {
			t.Errorf("%s: one text for both languages", name)
		}
	}
	_, _, err := photo.NewDarkroom().Develop(t.Context(), bytes.NewReader(nil), photo.MaxBytes+1)
	if gov.CodeOf(err) != gov.TooLarge {
		t.Errorf("41 MB: %v", err)
	}
}

// A picture of the same thing made smaller looks the same, another does not.
func TestSmallerAndAlike(t *testing.T) {
	t.Parallel()
	scene := func(w, h, shift int) image.Image {
		m := image.NewNRGBA(image.Rect(0, 0, w, h))
		for y := range h {
			for x := range w {
				fx, fy := x*1000/w+shift, y*1000/h
				m.SetNRGBA(x, y, color.NRGBA{uint8(fx * fy / 3000), uint8(fx/3 ^ fy/5), uint8((fx*7 + fy*3 + shift*fy) / 40), 255})
			}
		}
		return m
	}
	big, _, err := develop(encoded(t, scene(3000, 1999, 0)))
	if err != nil {
		t.Fatal(err)
	}
	if big.Width != 2560 || big.Height != 1706 {
		t.Errorf("%d by %d, want 2560 by 1706", big.Width, big.Height)
	}
	if m := pixels(t, big.Thumb); m.Bounds() != image.Rect(0, 0, 480, 320) {
		t.Errorf("the small picture has %v", m.Bounds())
	}
	small, _, err := develop(encoded(t, scene(700, 466, 0)))
	if err != nil {
		t.Fatal(err)
	}
	other, _, err := develop(encoded(t, scene(700, 466, 611)))
	if err != nil {
		t.Fatal(err)
	}
	if !big.Look.Alike(small.Look) || big.Look.Alike(other.Look) {
		t.Errorf("looks %v, smaller %v, other %v", big.Look, small.Look, other.Look)
	}
	if l, err := photo.ParseLook(big.Look.String()); l != big.Look || err != nil {
		t.Errorf("%v reads back as %v, %v", big.Look, l, err)
	}
	narrow, _, err := develop(encoded(t, corners(1, 5000)))
	if err != nil || narrow.Width != 1 || narrow.Height != 2560 {
		t.Errorf("a line: %+v, %v", narrow, err)
	}
}

// Every pixel of a smaller picture is the mean of its area.
func TestMeans(t *testing.T) {
	t.Parallel()
	m := image.NewGray(image.Rect(0, 0, 5120, 2))
	for x := range 5120 {
		m.SetGray(x, 0, color.Gray{uint8(200 * (x % 2))}) // stripes of one pixel
		m.SetGray(x, 1, color.Gray{uint8(200 * (x % 2))})
	}
	p, _, err := develop(encoded(t, m))
	if err != nil {
		t.Fatal(err)
	}
	small := pixels(t, p.JPEG)
	for x := 0; x < 2560; x += 97 {
		if !near(small, x, 0, color.RGBA{100, 100, 100, 255}) {
			t.Fatalf("at %d: %v", x, small.At(x, 0))
		}
	}
}

// The areas cannot be told from those of another picture; the rest stays.
func TestMask(t *testing.T) {
	t.Parallel()
	plate := func(digit int) []byte {
		m := corners(1200, 800)
		for y := 300; y < 360; y++ { // strokes of two pixels, as letters have them
			for x := 400; x < 600; x++ {
				if (x/4+y/9*digit)%3 == 0 {
					m.SetNRGBA(x, y, color.NRGBA{0, 0, 0, 255})
				}
			}
		}
		p, _, err := develop(encoded(t, m))
		if err != nil {
			t.Fatal(err)
		}
		return p.JPEG
	}
	d := photo.NewDarkroom()
	area := photo.Area{X: 3200, Y: 3500, W: 2000, H: 1200}
	one, err := d.Mask(t.Context(), plate(1), []photo.Area{area})
	if err != nil {
		t.Fatal(err)
	}
	two, err := d.Mask(t.Context(), plate(2), []photo.Area{area})
	if err != nil {
		t.Fatal(err)
	}
	// The area tells of a plate by nothing but its mean colour: all its tiles are
	// of two shades, which are those of the other plate or the next ones.
	a, b := pixels(t, one.JPEG), pixels(t, two.JPEG)
	for y := 296; y < 360; y++ {
		for x := 400; x < 608; x++ {
			tile := (x-384)/16%2 ^ (y-280)/16%2
			for m, first := range map[image.Image]color.Color{a: a.At(392+16*tile, 288), b: b.At(392+16*tile, 288)} {
				r, g, b, _ := first.RGBA()
				if !near(m, x, y, color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 255}) {
					t.Fatalf("at %d,%d the plate shows: %v, elsewhere %v", x, y, m.At(x, y), first)
				}
			}
		}
	}
	r1, g1, b1, _ := a.At(392, 288).RGBA()
	r2, g2, b2, _ := b.At(392, 288).RGBA()
	for _, d := range []float64{float64(r1) - float64(r2), float64(g1) - float64(g2), float64(b1) - float64(b2)} {
		if math.Abs(d) > 0x2800 {
			t.Errorf("the plates can be told apart: %v, %v", a.At(392, 288), b.At(392, 288))
		}
	}
	if !near(a, 100, 100, red) || !near(a, 1100, 700, white) || one.Width != 1200 {
		t.Error("the rest of the picture changed")
	}
	for name, areas := range map[string][]photo.Area{"none": nil, "too many": make([]photo.Area, photo.MaxAreas+1)} {
		if _, err := d.Mask(t.Context(), plate(1), areas); gov.CodeOf(err) != gov.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	whole, err := d.Mask(t.Context(), plate(1), []photo.Area{{W: photo.Whole, H: photo.Whole}})
	if err != nil || whole.Width != 1200 {
		t.Errorf("all of it: %v", err)
	}
	if tiny, err := d.Mask(t.Context(), plate(1), []photo.Area{{X: 9999, Y: 9999, W: 1, H: 1}}); err != nil || tiny.Height != 800 {
		t.Errorf("a corner: %v", err)
	}
}

func TestAreas(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "1,2,3", "1,2,3,4,5", "a,b,c,d", "-1,0,10,10", "0,0,0,10", "9000,0,1001,10", "0,0,99999999999999999999,1"} {
		if a, err := photo.ParseArea(s); gov.CodeOf(err) != gov.Invalid {
			t.Errorf("%q: %v, %v", s, a, err)
		}
	}
	a, err := photo.ParseArea(" 10, 20,300,4000")
	if err != nil || a.String() != "10,20,300,4000" {
		t.Errorf("%v, %v", a, err)
	}
}

// The same bytes give the same bytes, also side by side.
func TestOneAtATime(t *testing.T) {
	t.Parallel()
	data, d := encoded(t, corners(900, 600)), photo.NewDarkroom()
	want, _, err := develop(data)
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			p, _, err := d.Develop(t.Context(), bytes.NewReader(data), int64(len(data)))
			if err != nil || !bytes.Equal(p.JPEG, want.JPEG) {
				t.Errorf("another picture: %v", err)
			}
		})
	}
	wait.Wait()
	// Who waits for a turn goes when the request is gone.
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	busy := make(chan struct{})
	held := &slow{data: data, entered: busy, wait: make(chan struct{})}
	wait.Go(func() {
		if _, _, err := d.Develop(t.Context(), held, int64(len(data))); err != nil {
			t.Error(err)
		}
	})
	<-busy
	if _, _, err := d.Develop(gone, bytes.NewReader(data), int64(len(data))); !errors.Is(err, context.Canceled) {
		t.Errorf("waiting: %v", err)
	}
	close(held.wait)
	wait.Wait()
}

// slow is a file that is read when it is let.
type slow struct {
	data          []byte
	entered, wait chan struct{}
}

func (s *slow) ReadAt(p []byte, off int64) (int, error) {
	close(s.entered)
	<-s.wait
	return bytes.NewReader(s.data).ReadAt(p, off)
}

func FuzzDevelop(f *testing.F) {
	names, err := filepath.Glob("testdata/*.*")
	if err != nil || len(names) == 0 {
		f.Fatal("no pictures", err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add(claims(3, 3, 16, 1))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, told, err := develop(data)
		if err != nil {
			if c := gov.CodeOf(err); c != gov.Unsupported && c != gov.TooLarge {
				t.Fatalf("%v", err)
			}
			return
		}
		if m := pixels(t, p.JPEG); m.Bounds() != image.Rect(0, 0, p.Width, p.Height) || max(p.Width, p.Height) > 2560 {
			t.Fatalf("%v for %d by %d", m.Bounds(), p.Width, p.Height)
		}
		if told.Placed && (math.Abs(told.Lat) > 90 || math.Abs(told.Lon) > 180) {
			t.Fatalf("not on the globe: %+v", told)
		}
	})
}
