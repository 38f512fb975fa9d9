package gov_test

import (
	"math"
	"testing"

	"quanxiang/gov"
)

func TestThousands(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{
		0: "0", 7: "7", 2016: "2016", 9999: "9999", 10_000: "10,000", 123_456: "123,456", 1_234_567: "1,234,567",
		-9999: "-9999", -10_000: "-10,000", -100_000: "-100,000", math.MinInt64: "-9,223,372,036,854,775,808",
	} {
		if got := gov.Thousands(n); got != want {
			t.Errorf("Thousands(%d) = %q, want %q", n, got, want)
		}
	}
}
