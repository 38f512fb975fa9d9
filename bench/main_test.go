package bench

import (
	"testing"

	"quanxiang/installation"
)

// TestMain measures with the garbage collector set as a serving process sets it.
func TestMain(m *testing.M) {
	installation.CollectLess()
	m.Run()
}
