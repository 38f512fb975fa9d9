// Package drawing draws pieces of street before and after something was put right,
// with nobody in them: the pictures of the demonstration.
package drawing

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
)

// Scene is what is drawn of a matter: a piece of street, with nobody in it.
type Scene int

// The scenes.
const (
	Litter Scene = iota
	Cover
	Lamp
	Bikes
	Posters
	Tree
	Paving
	Stall
	Water
	Dust
	scenes // how many there are
)

// Shot says which drawing: of a scene, when, and which of some that differ a
// little.
type Shot struct {
	Scene   Scene
	After   bool
	Variant int
}

// Variants is how many drawings there are of a scene, before as well as after.
const Variants = 2

// Size of the paper, and how much smaller the drawings are: pixels come in two
// thirds of it.
const (
	shotWide = 480
	shotHigh = 360
	smallBy  = 2
	smallOf  = 3
)

// canvas is a drawing in the making.
type canvas struct{ *image.RGBA }

func (c canvas) rect(x0, y0, x1, y1 int, col color.RGBA) {
	if x1 <= x0 || y1 <= y0 { // image.Rect would turn it round
		return
	}
	x0, y0 = x0*smallBy/smallOf, y0*smallBy/smallOf
	r := image.Rect(x0, y0, max(x1*smallBy/smallOf, x0+1), max(y1*smallBy/smallOf, y0+1)) // the thinnest line shows
	draw.Draw(c.RGBA, r, image.NewUniform(col), image.Point{}, draw.Src)
}

func (c canvas) oval(x, y, rx, ry int, col color.RGBA) {
	for j := -ry; j <= ry; j++ {
		half := int(float64(rx) * math.Sqrt(1-float64(j*j)/float64(ry*ry)))
		c.rect(x-half, y+j, x+half+1, y+j+1, col)
	}
}

func (c canvas) line(x0, y0, x1, y1, thick int, col color.RGBA) {
	n := max(abs(x1-x0), abs(y1-y0), 1)
	for i := 0; i <= n; i++ {
		x, y := x0+(x1-x0)*i/n, y0+(y1-y0)*i/n
		c.rect(x-thick/2, y-thick/2, x+(thick+1)/2, y+(thick+1)/2, col)
	}
}

func abs(n int) int { return max(n, -n) }

func rgb(hex uint32) color.RGBA {
	return color.RGBA{uint8(hex >> 16), uint8(hex >> 8), uint8(hex), 255}
}

// Colours of a street.
var (
	asphalt  = rgb(0x5b5f66)
	slab     = rgb(0xb9b3a6)
	joint    = rgb(0x9a9386)
	dark     = rgb(0x23262b)
	iron     = rgb(0x45484d)
	white    = rgb(0xf2f1ec)
	leaf     = rgb(0x4f7d4a)
	trunk    = rgb(0x6b4b35)
	wet      = rgb(0x6f8aa0)
	earth    = rgb(0x9c7a52)
	netting  = rgb(0x3f7f55)
	bright   = rgb(0xffe9a8)
	walls    = [Variants]color.RGBA{rgb(0xa9a39b), rgb(0x9f6d5a)}
	skies    = [Variants]color.RGBA{rgb(0xc7d7e2), rgb(0xb8cbdc)}
	colours  = []color.RGBA{rgb(0xc94f3d), rgb(0x3d6fa5), rgb(0xe0b04c), rgb(0x5a8f5a), rgb(0x8a6aa0), rgb(0xe6e2d6)}
	ground   = shotHigh * 5 / 9 // where the wall ends
	nightSky = rgb(0x1d2530)
	nightPav = rgb(0x3a3c40)
)

// street draws the wall, the pavement and the kerb.
func (c canvas) street(variant int, night bool) {
	sky, wall, pavement := skies[variant], walls[variant], slab
	if night {
		sky, wall, pavement = nightSky, rgb(0x30333a), nightPav
	}
	c.rect(0, 0, shotWide, shotHigh/4, sky)
	c.rect(0, shotHigh/4, shotWide, ground, wall)
	for y := shotHigh/4 + 12; y < ground; y += 16 { // courses of brick
		c.rect(0, y, shotWide, y+1, shade(wall, 92))
	}
	c.rect(0, ground, shotWide, shotHigh-36, pavement)
	for i, y := 0, ground+8; y < shotHigh-36; i, y = i+1, y+12+4*i {
		c.rect(0, y, shotWide, y+1, shade(pavement, 88))
	}
	for i := -6; i <= 6; i++ { // joints run to a point
		c.line(shotWide/2+i*40, ground, shotWide/2+i*95, shotHigh-37, 1, shade(pavement, 88))
	}
	c.rect(0, shotHigh-40, shotWide, shotHigh-34, shade(white, 85))
	c.rect(0, shotHigh-34, shotWide, shotHigh, asphalt)
}

// shade is a colour at so many per cent of its brightness.
func shade(c color.RGBA, percent int) color.RGBA {
	part := func(v uint8) uint8 { return uint8(min(int(v)*percent/100, 255)) }
	return color.RGBA{part(c.R), part(c.G), part(c.B), 255}
}

// Draw makes a drawing, as PNG.
func (s Shot) Draw() ([]byte, error) {
	c := canvas{image.NewRGBA(image.Rect(0, 0, shotWide*smallBy/smallOf, shotHigh*smallBy/smallOf))}
	c.street(s.Variant, s.Scene == Lamp)
	paint[s.Scene](c, s.After, s.Variant)
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := encoder.Encode(&b, c); err != nil {
		return nil, fmt.Errorf("draw a picture: %w", err)
	}
	return b.Bytes(), nil
}

// paint draws what each scene is about.
var paint = [scenes]func(c canvas, after bool, v int){
	Litter: func(c canvas, after bool, v int) {
		c.rect(60, ground-70, 120, ground+12, shade(leaf, 80)) // the bin
		c.rect(54, ground-80, 126, ground-68, shade(leaf, 65))
		if after {
			return
		}
		for i := range 22 {
			x, y := 140+(i*53+v*31)%220, ground+10+(i*37)%70
			c.oval(x, y, 12+i%4*5, 9+i%3*4, shade(colours[(i+v)%len(colours)], 90))
		}
	},
	Cover: func(c canvas, after bool, v int) {
		x, y := 200+v*40, ground+70
		c.oval(x, y, 78, 30, shade(slab, 80))
		if after {
			c.oval(x, y, 70, 26, iron)
			for i := -2; i <= 2; i++ {
				c.rect(x-50, y+i*9-1, x+50, y+i*9+1, shade(iron, 130))
			}
			return
		}
		c.oval(x, y, 70, 26, dark)
		c.oval(x+64, y-16, 66, 22, iron)
		c.oval(x+64, y-18, 58, 17, shade(iron, 125))
	},
	Lamp: func(c canvas, after bool, v int) {
		x := 150 + v*70
		if after {
			for r := 8; r > 0; r-- {
				c.oval(x+70, 70, 12*r, 9*r, shade(bright, 30+8*(8-r)))
			}
			c.oval(x+60, ground+40, 150, 34, shade(bright, 55))
		}
		c.line(x, 60, x, ground+30, 8, shade(iron, 80))
		c.line(x, 62, x+66, 62, 6, shade(iron, 80))
		bulb := shade(iron, 60)
		if after {
			bulb = bright
		}
		c.oval(x+70, 72, 20, 9, bulb)
	},
	Bikes: func(c canvas, after bool, v int) {
		for i := range 6 {
			x, y, lean := 50+i*66, ground+58, 0
			if !after {
				y, lean = ground+30+(i*29+v*13)%62, (i%3-1)*26
			}
			col := colours[(i+v)%4]
			for _, w := range []int{-22, 22} {
				c.oval(x+w, y, 17, 17-abs(lean)/3, dark)
				c.oval(x+w, y, 13, max(13-abs(lean)/3, 3), slab)
			}
			c.line(x-22, y, x+lean/2, y-30+abs(lean)/2, 5, col)
			c.line(x+lean/2, y-30+abs(lean)/2, x+22, y, 5, col)
			c.line(x-10+lean/2, y-34+abs(lean)/2, x+12+lean/2, y-34+abs(lean)/2, 5, dark)
		}
		if after {
			c.rect(14, ground+78, shotWide-40, ground+82, white)
		}
	},
	Posters: func(c canvas, after bool, v int) {
		for i := range 11 {
			x, y := 30+(i*83+v*47)%400, shotHigh/4+8+(i*31)%70
			if after {
				c.rect(x, y, x+38, y+26, shade(walls[v], 106))
				continue
			}
			c.rect(x, y, x+40, y+28, shade(colours[(i+v)%len(colours)], 110))
			for k := range 3 {
				c.rect(x+5, y+6+k*7, x+34-k*5, y+8+k*7, dark)
			}
		}
	},
	Tree: func(c canvas, after bool, v int) {
		x := 210 + v*30
		c.rect(x-50, ground+36, x+50, ground+66, shade(earth, 75))
		c.line(x, 70, x, ground+50, 22, trunk)
		for i := range 9 {
			c.oval(x-90+i*22, 60+(i*i*7+v*11)%46, 40, 30, shade(leaf, 85+i*4))
		}
		if after {
			return
		}
		c.line(x, 110, x+120, ground+20, 10, trunk)
		for i := range 4 {
			c.oval(x+90+i*20, ground-4+i*10, 26, 18, shade(leaf, 80+i*6))
		}
	},
	Paving: func(c canvas, after bool, v int) {
		for row := range 4 {
			for col := range 7 {
				x, y := 40+col*58+row*6, ground+6+row*28
				c.rect(x, y, x+54, y+24, shade(slab, 96+((row+col)%3)*5))
				if !after && (row*7+col+v*3)%5 == 0 {
					c.rect(x+4, y+3, x+50, y+22, shade(earth, 70))
					c.line(x+6, y+6, x+34, y+20, 8, joint)
				}
			}
		}
	},
	Stall: func(c canvas, after bool, v int) {
		c.rect(30, shotHigh/4+20, 150, ground, shade(walls[v], 80)) // a shop behind
		c.rect(44, shotHigh/4+34, 136, ground-10, shade(skies[v], 75))
		if after {
			return
		}
		for i := range 8 {
			c.rect(170+i*28, 120, 198+i*28, 150, []color.RGBA{colours[v], white}[i%2])
		}
		c.line(176, 150, 176, ground+60, 5, iron)
		c.line(388, 150, 388, ground+60, 5, iron)
		c.rect(170, ground+10, 394, ground+56, shade(trunk, 120))
		for i := range 14 {
			c.oval(184+i*15, ground+8-i%2*8, 9, 9, colours[(i+v)%len(colours)])
		}
	},
	Water: func(c canvas, after bool, v int) {
		if !after {
			c.oval(230+v*20, ground+84, 190, 52, wet)
			c.oval(200+v*20, ground+72, 110, 22, shade(wet, 118))
			c.oval(290, ground+98, 60, 9, shade(wet, 130))
		}
		for i := range 6 { // the grating
			c.rect(380+i*9, shotHigh-62, 385+i*9, shotHigh-40, dark)
		}
	},
	Dust: func(c canvas, after bool, v int) {
		for y := range 110 {
			half := 20 + y*16/10
			col := shade(earth, 80+(y*7+v*13)%24)
			if after {
				col = shade(netting, 88+(y%8)*3)
			}
			c.rect(240-half+v*20, ground-60+y, 240+half+v*20, ground-59+y, col)
		}
		for i := range 5 { // the hoarding
			c.rect(i*100, shotHigh/4+10, i*100+96, ground-64, shade(colours[1], 90+i*4))
		}
		if !after {
			for i := range 40 {
				c.oval(60+(i*97)%380, 40+(i*53)%120, 10, 5, shade(earth, 125))
			}
		}
	},
}
