package store_test

import (
	"testing"

	"quanxiang/gov"
)

const district = gov.District("110102")

var importer = gov.Actor{Kind: gov.OperatorActor, Name: "importer"}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
