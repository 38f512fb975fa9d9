// Package fundtest is the money of a test: a fund on a database, and people who keep and
// sign it.
package fundtest

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"sync"
	"testing"

	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/privacy"
	"quanxiang/store"
	"quanxiang/store/caseworktest"
	"quanxiang/support/fund"
)

// Actor is a step of a case.
var Actor = gov.Actor{Kind: gov.SystemActor, Name: "test"}

// Room is a fund with its people.
type Room struct {
	*fund.Fund
	Keys            *privacy.Keyring
	Officer, Signer people.Standing // who prepares and who signs
	Teller          *Teller
}

// Teller keeps what it was told.
type Teller struct {
	mu   sync.Mutex // guards list
	list []fund.Notice
}

// Told implements fund.Told.
func (t *Teller) Told(_ context.Context, n fund.Notice) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.list = append(t.list, n)
	return nil
}

// List is what it was told.
func (t *Teller) List() []fund.Notice {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]fund.Notice(nil), t.list...)
}

// New is a fund of a pack's district on a database, at the given time.
func New(t testing.TB, db *store.DB, pack *policy.Pack, clock gov.Clock) *Room {
	t.Helper()
	teller := &Teller{}
	keys := privacy.NewKeyring()
	f := &fund.Fund{Store: db.Funds(pack.District, keys), Pack: func() *policy.Pack { return pack }, Clock: clock, Sheets: Sheets{}, Told: teller}
	return &Room{Fund: f, Keys: keys, Officer: caseworktest.Officer(pack, "czj", "finance-officer"), Signer: caseworktest.Officer(pack, "czj", "payment-approver"), Teller: teller}
}

// Budget gives a programme its budget, in yuan.
func (r *Room) Budget(t testing.TB, programme string, year int, item string, yuan int64) {
	t.Helper()
	if err := r.SetBudget(t.Context(), r.Officer, fund.Budget{Programme: programme, Year: year, Item: item, Amount: yuan * 100, Reason: "年初安排"}); err != nil {
		t.Fatal(err)
	}
}

// Promise is a commitment of one line of 16号.配套资金 in 2016, in yuan, to a subject with
// an account, on the newest version.
func (r *Room) Promise(t testing.TB, subject string, yuan int64) fund.Commitment {
	t.Helper()
	payee, err := r.SavePayee(t.Context(), Actor, fund.Payee{Subject: subject, Name: "虚构" + subject, Bank: "虚构银行西城支行", Account: "6222" + fmt.Sprintf("%012d", len(subject))})
	if err != nil {
		t.Fatal(err)
	}
	p, err := r.Paid(t.Context(), subject)
	if err != nil {
		t.Fatal(err)
	}
	return fund.Commitment{Case: gov.NewID(r.Clock()), Number: "扶持-" + subject, Subject: subject, SubjectName: "虚构" + subject, Payee: payee, Purpose: "配套资金", Version: p.Version,
		Lines: []fund.Line{{Programme: "16号", Benefit: "16号.配套资金", Year: 2016, Amount: yuan * 100, Clauses: []string{"16号:3/1"}}}}
}

// Sheets are tables as CSV, whatever the format.
type Sheets struct{}

// Write implements fund.Sheets.
func (Sheets) Write(format string, columns []fund.Column, rows [][]string) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	head := []string{}
	for _, c := range columns {
		head = append(head, c.Label)
	}
	if err := w.Write(head); err != nil {
		return nil, err
	}
	if err := w.WriteAll(rows); err != nil {
		return nil, err
	}
	fmt.Fprintf(&b, "# %s\n", format)
	return b.Bytes(), nil
}

// Read implements fund.Sheets.
func (Sheets) Read(data []byte) ([][]string, error) {
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = -1
	return r.ReadAll()
}
