package keygate

import (
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"

	"quanxiang/gov"
	"quanxiang/limits"
	"quanxiang/people/apikeys"
	"quanxiang/web/ui"
)

// rates counts what each key asks within an hour, in this process.
type rates struct {
	mu     sync.Mutex
	meters map[gov.ID]limits.Meter
}

// take counts a request of a key, or refuses it and says when there is room again.
// What is refused does not count.
func (r *rates) take(w http.ResponseWriter, k apikeys.Key, now time.Time) error {
	rule := limits.Rule{Window: time.Hour, Most: int64(k.Rate)}
	r.mu.Lock()
	defer r.mu.Unlock()
	m := r.meters[k.ID].Add(now, rule.Window, 1)
	if wait := rule.Over(m, now); wait > 0 {
		seconds := int(math.Ceil(wait.Seconds()))
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
		return &ui.HTTPError{Status: http.StatusTooManyRequests, Text: gov.Textf("这个密钥每小时最多 %[1]d 次，请 %[2]d 秒后再试", "the key has at most %[1]d requests an hour; try again in %[2]d seconds", k.Rate, seconds)}
	}
	r.meters[k.ID] = m
	return nil
}
