package ceremony

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"quanxiang/draw"
	"quanxiang/draw/outside"
	"quanxiang/draw/record"
	"quanxiang/gov"
	"quanxiang/inspections/ceremony"
	"quanxiang/people"
	"quanxiang/policy"
	"quanxiang/web/who"
)

// quicknet is the hash by which relays know the chain of outside.Drand.
const quicknet = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"

const (
	relayPatience = 10 * time.Second
	maxRelayed    = 64 << 10
)

// Relay is a server that hands out the values of drand, by the HTTP interface they all
// have (drand.love, "HTTP API"). It need not be trusted: a value proves itself.
type Relay struct {
	URL    string // where it is: https://relay.example
	Client *http.Client
}

// Fetch returns the signature of a round. It returns Conflict when the round is not
// there yet, and Unavailable when nobody answers or the answer proves nothing.
func (r *Relay) Fetch(ctx context.Context, round int64) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, relayPatience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(r.URL, "/")+"/"+quicknet+"/public/"+strconv.FormatInt(round, 10), nil)
	if err != nil {
		return "", fmt.Errorf("address of the drand relay: %w", err)
	}
	resp, err := r.Client.Do(req)
	if err != nil {
		return "", errRelay("没有连上", "it cannot be reached").Because(err)
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusTooEarly:
		return "", gov.Errorf(gov.Conflict, "drand 第 %d 轮还没有出来，请稍后再取", "drand's round %d is not there yet; fetch it later", round)
	case resp.StatusCode != http.StatusOK:
		return "", errRelay("它的答复是 "+resp.Status, "it answers "+resp.Status)
	}
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxRelayed))
	if err != nil {
		return "", errRelay("答复没有传完", "its answer broke off").Because(err)
	}
	var said struct {
		Signature string `json:"signature"`
	}
	if err := json.Unmarshal(b, &said); err != nil {
		return "", errRelay("答复不是 drand 的格式", "its answer is not drand's").Because(err)
	}
	if _, err := outside.Drand.Value(round, "", said.Signature); err != nil {
		return "", errRelay("它给出的签名不成立", "the signature it gives fails").Because(err)
	}
	return said.Signature, nil
}

// errRelay says what is wrong, and what else can be done.
func errRelay(zh, en string) *gov.Error {
	return gov.Errorf(gov.Unavailable, "没有从 drand 中继取到数值：%[1]s。可以在别处取得后粘贴，签名照样核对", "The value did not come from the drand relay: %[2]s. Get it elsewhere and paste it; its signature is checked all the same", zh, en)
}

// fetch gets the value of the plan's round from the relay and puts it into the queue, as
// if it had been pasted.
func (k *Pages) fetch(w http.ResponseWriter, r *http.Request) error {
	id, err := planOf(r)
	if err != nil {
		return err
	}
	return k.done(w, r, id, k.fetched(r, id))
}

func (k *Pages) fetched(r *http.Request, id gov.ID) error {
	by := who.Of(r.Context()).Standing
	if err := people.Can(by, policy.HoldDraws, people.Object{}); err != nil {
		return err
	}
	if k.Relay == nil {
		return gov.Errorf(gov.Conflict, "没有配置 drand 中继（serve --drand-relay）", "no drand relay is configured (serve --drand-relay)")
	}
	v, err := k.Draws.View(r.Context(), by, id)
	if err != nil {
		return err
	}
	src := asked(&v)
	if src == nil || src.Source != outside.Drand {
		return gov.Errorf(gov.Conflict, "现在不需要 drand 的数值", "no value of drand is wanted now")
	}
	value, err := k.Relay.Fetch(r.Context(), src.Rounds[v.Status.Plan.Attempt-1])
	if err != nil {
		return err
	}
	return k.Draws.Ask(r.Context(), by, id, ceremony.Intent{Op: ceremony.OpOutside, Value: value})
}

// asked is the outside source whose value is next, nil where none is.
func asked(v *ceremony.View) *record.Source {
	st := v.Status
	if st.Plan == nil || st.Stage != draw.Reveals && st.Stage != draw.Outsides || st.Outside >= len(st.Plan.Outside) {
		return nil
	}
	return &st.Plan.Outside[st.Outside]
}
