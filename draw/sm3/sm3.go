// Package sm3 is the hash function SM3 of GB/T 32905-2016, which Chinese
// commercial cryptography rules ask for. ADR 42 says why it stands here.
package sm3

import (
	"encoding/binary"
	"hash"
	"math/bits"
)

// Size and BlockSize are those of SM3 in bytes.
const (
	Size      = 32
	BlockSize = 64
)

var initial = [8]uint32{0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e}

// constants are T_j rotated left by j, as every round needs them.
var constants = func() (t [64]uint32) {
	for j := range t {
		c := uint32(0x79cc4519)
		if j >= 16 {
			c = 0x7a879d8a
		}
		t[j] = bits.RotateLeft32(c, j%32)
	}
	return t
}()

// Sum is the SM3 of b.
func Sum(b []byte) [Size]byte {
	v := initial
	whole := len(b) / BlockSize * BlockSize
	compress(&v, b[:whole])
	return finish(&v, b[whole:], uint64(len(b)))
}

// finish pads the last, unfinished block and gives the digest.
func finish(v *[8]uint32, rest []byte, length uint64) (out [Size]byte) {
	var pad [2 * BlockSize]byte
	n := copy(pad[:], rest)
	pad[n] = 0x80
	end := BlockSize
	if n+9 > BlockSize {
		end = 2 * BlockSize
	}
	binary.BigEndian.PutUint64(pad[end-8:], length*8)
	compress(v, pad[:end])
	for i, w := range v {
		binary.BigEndian.PutUint32(out[4*i:], w)
	}
	return out
}

// compress takes in whole blocks.
func compress(v *[8]uint32, blocks []byte) {
	var w [68]uint32
	for ; len(blocks) >= BlockSize; blocks = blocks[BlockSize:] {
		for i := range 16 {
			w[i] = binary.BigEndian.Uint32(blocks[4*i:])
		}
		for i := 16; i < 68; i++ {
			x := w[i-16] ^ w[i-9] ^ bits.RotateLeft32(w[i-3], 15)
			w[i] = x ^ bits.RotateLeft32(x, 15) ^ bits.RotateLeft32(x, 23) ^ bits.RotateLeft32(w[i-13], 7) ^ w[i-6]
		}
		a, b, c, d, e, f, g, h := v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7]
		for j := range 16 {
			a12 := bits.RotateLeft32(a, 12)
			s1 := bits.RotateLeft32(a12+e+constants[j], 7)
			t1 := (a ^ b ^ c) + d + (s1 ^ a12) + (w[j] ^ w[j+4])
			t2 := (e ^ f ^ g) + h + s1 + w[j]
			d, c, b, a = c, bits.RotateLeft32(b, 9), a, t1
			h, g, f, e = g, bits.RotateLeft32(f, 19), e, t2^bits.RotateLeft32(t2, 9)^bits.RotateLeft32(t2, 17)
		}
		for j := 16; j < 64; j++ {
			a12 := bits.RotateLeft32(a, 12)
			s1 := bits.RotateLeft32(a12+e+constants[j], 7)
			t1 := (a&b | (a|b)&c) + d + (s1 ^ a12) + (w[j] ^ w[j+4])
			t2 := ((f^g)&e ^ g) + h + s1 + w[j]
			d, c, b, a = c, bits.RotateLeft32(b, 9), a, t1
			h, g, f, e = g, bits.RotateLeft32(f, 19), e, t2^bits.RotateLeft32(t2, 9)^bits.RotateLeft32(t2, 17)
		}
		v[0] ^= a
		v[1] ^= b
		v[2] ^= c
		v[3] ^= d
		v[4] ^= e
		v[5] ^= f
		v[6] ^= g
		v[7] ^= h
	}
}

// digest is a running SM3.
type digest struct {
	v      [8]uint32
	rest   [BlockSize]byte
	n      int // bytes of rest that are filled
	length uint64
}

// New is a running SM3 that takes what is written to it.
func New() hash.Hash {
	d := new(digest)
	d.Reset()
	return d
}

func (d *digest) Size() int      { return Size }
func (d *digest) BlockSize() int { return BlockSize }
func (d *digest) Reset()         { d.v, d.n, d.length = initial, 0, 0 }

func (d *digest) Write(p []byte) (int, error) {
	written := len(p)
	d.length += uint64(len(p))
	if d.n > 0 {
		n := copy(d.rest[d.n:], p)
		d.n, p = d.n+n, p[n:]
		if d.n < BlockSize {
			return written, nil
		}
		compress(&d.v, d.rest[:])
		d.n = 0
	}
	whole := len(p) / BlockSize * BlockSize
	compress(&d.v, p[:whole])
	d.n = copy(d.rest[:], p[whole:])
	return written, nil
}

func (d *digest) Sum(b []byte) []byte {
	v := d.v
	sum := finish(&v, d.rest[:d.n], d.length)
	return append(b, sum[:]...)
}
