package draw

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"slices"
	"strings"
	"testing"
)

// T23: the published vectors.
func TestVectors(t *testing.T) {
	t.Parallel()
	n := 0
	err := CheckVectors(func(name, got, want string) {
		n++
		if got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	})
	if err != nil || n < 60 {
		t.Fatalf("%d vectors: %v", n, err)
	}
}

// What the vectors of other designs and the exact shares rest on.
func TestOtherVectors(t *testing.T) {
	t.Parallel()
	var v vectors
	if err := json.Unmarshal(vectorsFile, &v); err != nil {
		t.Fatal(err)
	}
	for k, want := range map[int][]string{2: v.BallsExact.K2, 3: v.BallsExact.K3} {
		for i, w := range want {
			x, ok := new(big.Rat).SetString(w)
			if got := exactBalls(v.BallsExact.W, k)[i]; !ok || got.Cmp(x) != 0 {
				t.Errorf("%d of %v: subject %d is included with %s, not %s", k, v.BallsExact.W, i, got, w)
			}
		}
	}

	r := v.RFC3797
	left := []int{}
	for i := range 25 {
		left = append(left, i+1)
	}
	for n, want := range r.Picks {
		two := string([]byte{byte(n >> 8), byte(n)})
		sum := md5.Sum([]byte(two + r.Key + two))
		at := new(big.Int).SetBytes(sum[:])
		at.Mod(at, big.NewInt(int64(len(left))))
		i := int(at.Int64())
		if left[i] != want {
			t.Errorf("RFC 3797: pick %d is %d, want %d", n, left[i], want)
		}
		left = slices.Delete(left, i, i+1)
		if md := map[int]string{0: r.MD51, 15: r.MD516}[n]; md != "" && md != strings.ToUpper(hex.EncodeToString(sum[:])) {
			t.Errorf("RFC 3797: MD5 %d is %x, want %s", n, sum, md)
		}
	}
}

// exactBalls are the shares with which subjects with so many balls are among
// the first k drawn from the drum one after the other.
func exactBalls(balls []int64, k int) []*big.Rat {
	out := make([]*big.Rat, len(balls))
	for i := range out {
		out[i] = new(big.Rat)
	}
	var walk func(gone int, p *big.Rat, k int)
	walk = func(gone int, p *big.Rat, k int) {
		var all int64
		for i, b := range balls {
			if gone>>i&1 == 0 {
				all += b
			}
		}
		for i, b := range balls {
			if gone>>i&1 == 1 || k == 0 {
				continue
			}
			q := new(big.Rat).Mul(p, big.NewRat(b, all))
			out[i].Add(out[i], q)
			walk(gone|1<<i, q, k-1)
		}
	}
	walk(0, big.NewRat(1, 1), k)
	return out
}
