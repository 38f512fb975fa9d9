// Package passwords decides which passwords are good enough, and hashes and
// checks them.
package passwords

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/crypto/argon2"

	"quanxiang/gov"
)

// Cost is what one hash of a password takes.
type Cost struct {
	Memory  uint32 // KiB
	Passes  uint32
	Threads uint8
}

// DefaultCost is the second recommended option of RFC 9106, section 4.
var DefaultCost = Cost{Memory: 64 << 10, Passes: 3, Threads: 4}

// Bounds of what a stored hash may ask for, so that a row changed in the
// database cannot take the server's memory.
const (
	maxMemory  = 1 << 20 // KiB
	maxPasses  = 16
	maxThreads = 16
	saltLen    = 16
	hashLen    = 32
)

// Hasher hashes and checks passwords with argon2id. It lets as many run at once
// as there are processors, so that a flood of logins cannot exhaust memory.
type Hasher struct {
	cost  Cost
	turns chan struct{}
	dummy string
}

// New makes a hasher of a cost.
func New(c Cost) *Hasher {
	h := &Hasher{cost: c, turns: make(chan struct{}, runtime.GOMAXPROCS(0))}
	h.dummy = phc(c, make([]byte, saltLen), make([]byte, hashLen))
	return h
}

// Hash returns the PHC string of a password. The error is ctx's: the wait for
// a turn was given up.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltLen)
	rand.Read(salt)
	sum, err := h.sum(ctx, h.cost, password, salt)
	if err != nil {
		return "", err
	}
	return phc(h.cost, salt, sum), nil
}

// Check reports whether a password has the hash. An empty hash, that of nobody,
// takes as long as any and never fits, so a login that does not exist cannot be
// told by the clock. It returns Internal errors for a hash that cannot be read,
// or ctx's.
func (h *Hasher) Check(ctx context.Context, password, hash string) (bool, error) {
	nobody := hash == ""
	if nobody {
		hash = h.dummy
	}
	c, salt, want, err := parsePHC(hash)
	if err != nil {
		return false, err
	}
	got, err := h.sum(ctx, c, password, salt)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1 && !nobody, nil
}

// Stretch makes a key of 32 bytes of a passphrase. params is "" for a new key, and
// what Stretch returned for the same again. The error is ctx's, or Internal for
// params that cannot be read.
func (h *Hasher) Stretch(ctx context.Context, passphrase, params string) (key []byte, used string, err error) {
	c, salt := h.cost, make([]byte, saltLen)
	if params == "" {
		rand.Read(salt)
	} else if c, salt, _, err = parsePHC(params); err != nil {
		return nil, "", err
	}
	if key, err = h.sum(ctx, c, passphrase, salt); err != nil {
		return nil, "", err
	}
	return key, phc(c, salt, make([]byte, hashLen)), nil // the sum itself is the key and is not kept
}

// Outdated reports that a hash was made at another cost and should be made anew
// at the next login, when the password is at hand.
func (h *Hasher) Outdated(hash string) bool {
	c, salt, sum, err := parsePHC(hash)
	return err != nil || c != h.cost || len(salt) != saltLen || len(sum) != hashLen
}

func (h *Hasher) sum(ctx context.Context, c Cost, password string, salt []byte) ([]byte, error) {
	select {
	case h.turns <- struct{}{}:
		defer func() { <-h.turns }()
	case <-ctx.Done():
		return nil, fmt.Errorf("wait to hash a password: %w", ctx.Err())
	}
	return argon2.IDKey([]byte(Normal(password)), salt, c.Passes, c.Memory, c.Threads, hashLen), nil
}

var b64 = base64.RawStdEncoding.Strict()

// phc writes a hash in the PHC string format.
func phc(c Cost, salt, sum []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.Memory, c.Passes, c.Threads, b64.EncodeToString(salt), b64.EncodeToString(sum))
}

// parsePHC reads what phc writes.
func parsePHC(s string) (c Cost, salt, sum []byte, err error) {
	bad := gov.Errorf(gov.Internal, "口令散列无法读取", "the password hash cannot be read")
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, bad
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.Memory, &c.Passes, &c.Threads); err != nil || n != 3 ||
		parts[3] != fmt.Sprintf("m=%d,t=%d,p=%d", c.Memory, c.Passes, c.Threads) {
		return c, nil, nil, bad
	}
	if c.Memory < 8*uint32(c.Threads) || c.Memory > maxMemory || c.Passes < 1 || c.Passes > maxPasses || c.Threads < 1 || c.Threads > maxThreads {
		return c, nil, nil, bad
	}
	salt, err1 := b64.DecodeString(parts[4])
	sum, err2 := b64.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(salt) < 8 || len(salt) > 64 || len(sum) != hashLen {
		return c, nil, nil, bad
	}
	return c, salt, sum, nil
}
