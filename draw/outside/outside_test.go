package outside_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"quanxiang/draw/outside"
)

const (
	round = 657413
	sig   = "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b"
)

func TestDrand(t *testing.T) {
	t.Parallel()
	v, err := outside.Drand.Value(round, "", sig)
	if err != nil || hex.EncodeToString(v) != "fc1873a13f3545aeade8401532ef5519920652eee6b0d2b19ca12643b87b3587" {
		t.Fatalf("%x %v", v, err)
	}
	if outside.Round(outside.Time(round)) != round || outside.Round(outside.Time(round)-1) != round-1 {
		t.Error("rounds and instants do not fit")
	}
	negative := "9" + sig[1:] // the other point with this x
	for name, c := range map[string]struct {
		round int64
		sig   string
	}{
		"another round": {round + 1, sig}, "negative": {round, negative}, "changed": {round, strings.Replace(sig, "71", "72", 1)},
		"upper case": {round, strings.ToUpper(sig)}, "short": {round, sig[2:]}, "infinity": {round, "c0" + strings.Repeat("0", 94)}, "empty": {round, ""},
	} {
		if _, err := outside.Drand.Value(c.round, "", c.sig); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestTexts(t *testing.T) {
	t.Parallel()
	const day = "2026-10-01"
	for _, c := range []struct {
		source outside.Source
		text   string
		ok     bool
	}{
		{outside.KL8, "快乐8|2026-10-01|01,03,07,09,11,15,22,28,30,33,41,45,50,52,60,61,66,70,77,80", true},
		{outside.KL8, "快乐8|2026-10-01|01,03,07,09,11,15,22,28,30,33,41,45,50,52,60,61,66,70,77,81", false},
		{outside.KL8, "快乐8|2026-10-01|01,03,07,09,11,15,22,28,30,33,41,45,50,52,60,61,66,70,77", false},
		{outside.KL8, "快乐8|2026-10-02|01,03,07,09,11,15,22,28,30,33,41,45,50,52,60,61,66,70,77,80", false},
		{outside.SSQ, "双色球|2026-10-01|01,05,09,22,30,33|16", true},
		{outside.SSQ, "双色球|2026-10-01|05,01,09,22,30,33|16", false},
		{outside.SSQ, "双色球|2026-10-01|01,05,09,22,30,30|16", false},
		{outside.SSQ, "双色球|2026-10-01|1,05,09,22,30,33|16", false},
		{outside.SSQ, "双色球|2026-10-01|+1,05,09,22,30,33|16", false},
		{outside.DLT, "大乐透|2026-10-01|01,05,09,22,35|01,12", true},
		{outside.DLT, "大乐透|2026-10-01|01,05,09,22,35", false},
		{outside.PL5, "排列5|2026-10-01|9,0,0,3,9", true},
		{outside.PL5, "排列5|2026-10-01|9,0,0,39,", false},
		{outside.PL5, "排列5|2026-10-01|9,0,0,3", false},
		{outside.NIST, strings.Repeat("0a", 64), true},
		{outside.NIST, strings.Repeat("0A", 64), false},
		{outside.NIST, "0a", false},
		{"moon", "full", false},
	} {
		v, err := c.source.Value(1, day, c.text)
		if (err == nil) != c.ok {
			t.Errorf("%s %q: %v", c.source, c.text, err)
		}
		if err == nil && c.source != outside.NIST && string(v) != c.text {
			t.Errorf("%s: value is %q", c.source, v)
		}
	}
}
