// Package outside reads the values that appear after the draw was fixed: the
// drand network's signatures, which prove themselves, the results of lotteries,
// which everyone can look up, and NIST's pulses as an addition
// (docs/spec/draw.md, sections 4 and 8).
package outside

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/cloudflare/circl/sign/bls"

	"quanxiang/gov"
)

// Source names a source in a plan.
type Source string

// The sources.
const (
	Drand Source = "drand:52db9ba7" // quicknet
	KL8   Source = "lottery:kl8"    // 快乐8
	SSQ   Source = "lottery:ssq"    // 双色球
	DLT   Source = "lottery:dlt"    // 大乐透
	PL5   Source = "lottery:pl5"    // 排列5
	NIST  Source = "nist:2"
)

// EnoughMillibits is how much chance lotteries must bring together.
const EnoughMillibits = 80_000

// Example is how a result of a lottery on a day is written; "" of other sources.
func (s Source) Example(date string) string {
	l, ok := lotteries[s]
	if !ok {
		return ""
	}
	parts := []string{l.name, date}
	for _, g := range l.groups {
		list := make([]string, g.take)
		for i := range list {
			list[i] = string([]byte{byte('0' + (i+1)/10), byte('0' + (i+1)%10)})
		}
		parts = append(parts, strings.Join(list, ","))
	}
	if l.groups == nil {
		parts = append(parts, "1,2,3,4,5")
	}
	return strings.Join(parts, "|")
}

// Name is what people call a source.
func (s Source) Name() gov.Text {
	switch l, lottery := lotteries[s]; {
	case lottery:
		return gov.Text{ZH: l.name, EN: l.english}
	case s == Drand:
		return gov.Text{ZH: "drand 公共随机信标", EN: "drand beacon"}
	case s == NIST:
		return gov.Text{ZH: "NIST 随机信标", EN: "NIST beacon"}
	}
	return gov.Text{ZH: string(s), EN: string(s)}
}

// group is one group of numbers of a lottery.
type group struct{ take, of int }

// lotteries say how a result is written. Millibits are the logarithm of the
// number of outcomes, rounded down.
var lotteries = map[Source]struct {
	name      string
	english   string
	millibits int
	groups    []group
}{
	KL8: {"快乐8", "KL8 lottery", 61_616, []group{{20, 80}}},
	SSQ: {"双色球", "SSQ lottery", 24_079, []group{{6, 33}, {1, 16}}},
	DLT: {"大乐透", "DLT lottery", 24_353, []group{{5, 35}, {2, 12}}},
	PL5: {"排列5", "PL5 lottery", 16_609, nil}, // five digits in their order, repeated or not
}

// The chain quicknet: its public key, first instant and seconds per round.
const (
	quicknetKey     = "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
	quicknetGenesis = 1692803367
	quicknetPeriod  = 3
)

// Round is the first round of drand after an instant in Unix seconds.
func Round(at int64) int64 { return (at-quicknetGenesis)/quicknetPeriod + 1 }

// Time is when a round of drand appears.
func Time(round int64) int64 { return quicknetGenesis + (round-1)*quicknetPeriod }

// Known reports whether a plan may name the source.
func (s Source) Known() bool {
	_, lottery := lotteries[s]
	return lottery || s == Drand || s == NIST
}

// Proves reports whether values of the source prove themselves.
func (s Source) Proves() bool { return s == Drand }

// Millibits is the chance in a value that counts towards EnoughMillibits.
func (s Source) Millibits() int { return lotteries[s].millibits }

// Value checks what a transcript says a source gave and returns the bytes that
// go into the seed.
func (s Source) Value(round int64, date, value string) ([]byte, error) {
	switch s {
	case Drand:
		return drand(round, value)
	case NIST:
		b, err := hex.DecodeString(value)
		if err != nil || len(b) != 64 || strings.ToLower(value) != value {
			return nil, gov.Errorf(gov.Invalid, "NIST 脉冲值应为 64 字节的小写十六进制", "the value of a NIST pulse is 64 bytes in lower-case hex")
		}
		return b, nil
	}
	l, ok := lotteries[s]
	if !ok {
		return nil, gov.Errorf(gov.Unsupported, "不认识外部来源“%.40s”", "there is no outside source %.40q", s)
	}
	rest, ok := strings.CutPrefix(value, l.name+"|"+date+"|")
	if !ok || !numbers(rest, l.groups) {
		return nil, gov.Errorf(gov.Invalid, "“%.100s”不是%s在 %s 的开奖号码", "%.100q is no result of %s on %s", value, l.name, date)
	}
	return []byte(value), nil
}

// numbers reports whether text is a result in its only spelling.
func numbers(text string, groups []group) bool {
	if groups == nil {
		return len(text) == 9 && spelled(text, func(i int, c byte) bool { return c == ',' == (i%2 == 1) })
	}
	parts := strings.Split(text, "|")
	if len(parts) != len(groups) {
		return false
	}
	for i, g := range groups {
		list := strings.Split(parts[i], ",")
		if len(list) != g.take {
			return false
		}
		last := 0
		for _, word := range list {
			n, err := strconv.Atoi(word)
			if err != nil || len(word) != 2 || word[0] == '+' || n <= last || n > g.of {
				return false
			}
			last = n
		}
	}
	return true
}

func spelled(text string, ok func(i int, c byte) bool) bool {
	for i := range len(text) {
		if c := text[i]; c != ',' && (c < '0' || c > '9') || !ok(i, c) {
			return false
		}
	}
	return true
}

// drand checks a round's signature, a BLS signature on G1 over the hash of the
// round alone, and returns the round's randomness.
func drand(round int64, value string) ([]byte, error) {
	bad := gov.Errorf(gov.Invalid, "drand 第 %d 轮的签名不成立", "the signature of drand's round %d fails", round)
	sig, err := hex.DecodeString(value)
	if err != nil || len(sig) != 48 || strings.ToLower(value) != value {
		return nil, bad
	}
	raw, err := hex.DecodeString(quicknetKey)
	if err != nil {
		return nil, err
	}
	var key bls.PublicKey[bls.G2]
	if err := key.UnmarshalBinary(raw); err != nil {
		return nil, err
	}
	message := sha256.Sum256(binary.BigEndian.AppendUint64(nil, uint64(round)))
	if !bls.Verify(&key, message[:], sig) {
		return nil, bad
	}
	random := sha256.Sum256(sig)
	return random[:], nil
}
