package open311

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"quanxiang/gov"
	"quanxiang/people/apikeys"
)

// send reads what was posted, finds out by whose key and lets fn do it.
func (s *Server) send(c *call, fn func(p *params, media []Media, k apikeys.Key) (answer, error)) (a answer, err error) {
	p, media, done, err := posted(c.Request)
	if err != nil {
		return a, err
	}
	defer func() { err = errors.Join(err, done()) }()
	if err := s.here(p); err != nil {
		return a, err
	}
	secret := p.one("api_key")
	if secret == "" {
		return a, wrong(codeKey, "缺少 api_key", "api_key is missing")
	}
	k, err := s.Keys.Use(c.Context(), secret)
	if gov.CodeOf(err) == gov.Unknown {
		return a, wrong(codeKey, "api_key 无效或已停用", "api_key is not valid, or no longer")
	}
	if err != nil {
		return a, err
	}
	if wait := s.rates.take(k, s.Clock()); wait > 0 {
		seconds := int((wait + time.Second - 1) / time.Second)
		c.w.Header().Set("Retry-After", strconv.Itoa(seconds))
		return a, wrong(codeTooMany, "这个 api_key 每小时最多提交 %[1]d 次，请 %[2]d 秒后再试", "this api_key may post %[1]d times an hour; try again in %[2]d seconds", k.Rate, seconds)
	}
	return fn(p, media, k)
}

// identify names what is sent: by the client's name for it, or by what it says.
func (s *Server) identify(ctx context.Context, c *call, k apikeys.Key, fingerprint string, fresh gov.ID, lasts time.Duration) (id gov.ID, again bool, err error) {
	name := fingerprint
	key, err := idempotencyKey(c.Request)
	if err != nil {
		return id, false, err
	}
	if key != "" {
		name, lasts = digest(s.Secret, "idempotency key", k.ID.String(), c.URL.Path, key), namedLasts
	}
	id, again, err = s.Filings.Identify(ctx, name, fingerprint, fresh, lasts)
	if gov.CodeOf(err) == gov.Conflict {
		err = wrong(codeReplayed, "这个 Idempotency-Key 已用于另一份内容", "this Idempotency-Key was used for something else")
	}
	return id, again, err
}

func (s *Server) file(c *call) (answer, error) {
	return s.send(c, func(p *params, media []Media, k apikeys.Key) (answer, error) {
		r := p.report()
		if err := p.failed(); err != nil {
			return answer{}, err
		}
		r.Key, r.Media, r.Lang = k.ID, media, c.lang
		fingerprint, before := r.fingerprint(s.Secret), false
		r.Claim = func(ctx context.Context, fresh gov.ID) (id gov.ID, again bool, err error) {
			id, before, err = s.identify(ctx, c, k, fingerprint, fresh, sameLasts)
			return id, before, err
		}
		filed, err := s.Desk.File(c.Context(), r)
		if err != nil {
			return answer{}, noted(err, codeNoSuchService)
		}
		return answer{"service_requests", list{"request", []tree{object{
			{"service_request_id", leaf{filed.ID}},
			{"service_notice", text(filed.Notice)},
			{"account_id", text(r.Person.Account)},
		}}}, created(before)}, nil
	})
}

func (s *Server) postUpdate(c *call) (answer, error) {
	return s.send(c, func(p *params, media []Media, k apikeys.Key) (answer, error) {
		u := p.update()
		if err := p.failed(); err != nil {
			return answer{}, err
		}
		u.Key, u.Unit, u.Media, u.Lang = k.ID, k.Unit, media, c.lang
		lasts := namedLasts
		if u.ID == "" {
			lasts = sameLasts
		}
		var err error
		var again bool
		if u.Step, again, err = s.identify(c.Context(), c, k, u.fingerprint(s.Secret), gov.NewID(s.Clock()), lasts); err != nil {
			return answer{}, err
		}
		id, err := s.Desk.PostUpdate(c.Context(), u)
		if err != nil {
			return answer{}, noted(err, codeNoSuchRequest)
		}
		return answer{"service_request_updates", list{"request_update", []tree{object{
			{"update_id", leaf{id}},
			{"service_request_id", leaf{u.Request}},
		}}}, created(again)}, nil
	})
}

// created is the status of something that was made, now or before.
func created(again bool) int {
	if again {
		return http.StatusOK
	}
	return http.StatusCreated
}
