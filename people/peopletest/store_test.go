package peopletest_test

import (
	"testing"

	"quanxiang/people"
	"quanxiang/people/peopletest"
)

func TestContract(t *testing.T) {
	t.Parallel()
	peopletest.Run(t, func(*testing.T) people.Store { return peopletest.New() })
}
