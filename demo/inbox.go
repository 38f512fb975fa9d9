package demo

import (
	"context"
	"slices"
	"time"

	"quanxiang/cases/docket"
	"quanxiang/gov"
)

// Inbox tells people what happened to their cases.
type Inbox interface {
	// Tell tells people what the steps of a case want them told.
	Tell(ctx context.Context, caseID gov.ID) error
	// Unread counts what a person was told and has not read.
	Unread(ctx context.Context, person gov.ID) (int, error)
	// MarkRead marks what a person was told as read; without ids, all of it.
	MarkRead(ctx context.Context, person gov.ID, ids ...gov.ID) error
}

// handful is how many messages may wait for somebody who has come back to them.
const handful = 8

// reading says how long before now people read what they were told: all of them
// some days ago, later those for whom more than a handful waits.
var reading = []struct {
	before time.Duration
	above  int
}{{3 * 24 * time.Hour, 0}, {26 * time.Hour, handful}, {3 * time.Hour, handful}, {40 * time.Minute, handful}}

// catchUp lets people read what they were told, when its time has come.
func (s *show) catchUp(ctx context.Context, at time.Time) error {
	if s.Inbox == nil {
		return nil
	}
	for ; len(s.reads) > 0 && !at.Before(s.reads[0].at); s.reads = s.reads[1:] {
		r := s.reads[0]
		s.Clock.Set(r.at)
		touched, err := s.touched(ctx)
		if err != nil {
			return err
		}
		if err := parallel(len(touched), func(i int) error { return s.Inbox.Tell(ctx, touched[i]) }); err != nil {
			return err
		}
		if err := parallel(len(s.cast.all), func(i int) error {
			who := s.cast.all[i].id
			n, err := s.Inbox.Unread(ctx, who)
			if err != nil || n <= r.above {
				return err
			}
			return s.Inbox.MarkRead(ctx, who)
		}); err != nil {
			return err
		}
		s.read = r.at
	}
	return nil
}

// read is an instant at which people read, if more than so many messages wait.
type read struct {
	at    time.Time
	above int
}

// readings are the instants at which people read. Those of whoever had read
// everything some days ago come on days on which nobody works as well.
func (s *show) readings() (list []read) {
	for _, r := range reading {
		list = append(list, read{s.now.Add(-r.before), r.above})
	}
	if s.worked > 0 { // the last hour that was worked
		list = append(list, read{s.instant(max(s.worked-40, 0)), handful})
	}
	slices.SortFunc(list, func(a, b read) int { return a.at.Compare(b.at) })
	return list
}

// touched lists the cases in which something happened since people read last.
func (s *show) touched(ctx context.Context) (list []gov.ID, err error) {
	for _, p := range s.Pack.Procedures {
		for _, ended := range []bool{false, true} {
			for place := (docket.Place{}); ; {
				rows, next, err := s.Docket.List(ctx, docket.Query{Procedure: p.ID, Ended: ended}, place, 200)
				if err != nil {
					return nil, err
				}
				for _, r := range rows {
					if s.read.IsZero() || !time.UnixMilli(r.Touched).Before(s.read) {
						list = append(list, r.ID)
					}
				}
				if place = next; next.IsZero() {
					break
				}
			}
		}
	}
	return list, nil
}
