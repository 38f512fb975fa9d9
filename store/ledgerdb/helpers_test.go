package ledgerdb_test

import (
	"testing"

	"quanxiang/gov"
)

const district = gov.District("110102")

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
