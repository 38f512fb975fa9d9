package counter

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/policy"
	"quanxiang/web/open311"
)

// PostUpdate implements open311.Desk. What the client of the unit that handles says
// of the status is what the unit does, if the pack has an action for it and the case
// takes it now; everything else is a remark.
func (c *Counter) PostUpdate(ctx context.Context, u open311.NewUpdate) (string, error) {
	t, err := c.terms()
	if err != nil {
		return "", err
	}
	if _, err := c.byID(ctx, t, u.Lang, u.Request, false); err != nil { // in the words of one that is not there
		return "", err
	}
	id, units, err := c.work.ProgramCase(ctx, t.Procedure, u.Request)
	if err != nil {
		return "", err
	}
	if t.Updates == nil {
		return "", gov.Errorf(gov.Conflict, "这件案件不接受补充，请另行提交", "nothing can be added to this request; file another one")
	}
	by := casework.Program{Key: u.Key, At: c.clock()}
	if step, ok := t.Updates.Actions[u.Status]; ok && u.Unit != "" && slices.Contains(units, u.Unit) {
		own := by
		own.Unit, own.Role = u.Unit, t.Updates.Role
		seq, err := c.say(ctx, own, id, u, step)
		if gov.CodeOf(err) != gov.Conflict || u.Description == "" {
			return updateID(u.Request, seq), t.said(err, step)
		}
	}
	if u.Description == "" {
		return "", gov.Errorf(gov.Invalid, "请用 description 说明情况", "say something in description").On("description")
	}
	seq, err := c.say(ctx, by, id, u, t.Updates.Remark)
	return updateID(u.Request, seq), t.said(err, t.Updates.Remark)
}

// updateID is the id under which an update is found again.
func updateID(request string, seq int64) string {
	return request + "-" + strconv.FormatInt(seq, 10)
}

// say does what an update says.
func (c *Counter) say(ctx context.Context, by casework.Program, id gov.ID, u open311.NewUpdate, s policy.UpdateStep) (int64, error) {
	v, text := cases.Values{}, strings.Join(append([]string{u.Description}, u.MediaURLs...), "\n")
	if text = strings.TrimSpace(text); s.Text != "" && text != "" {
		v[s.Text] = text
	}
	var keys []string
	for _, m := range u.Media {
		if s.Files == "" {
			return 0, gov.Errorf(gov.Invalid, "补充情况不收文件", "no files are taken with an update").On("media")
		}
		key, err := c.attachTo(ctx, by, id, m)
		if e, ok := errors.AsType[*gov.Error](err); ok {
			return 0, e.On("media")
		}
		if err != nil {
			return 0, err
		}
		keys = append(keys, key)
	}
	if len(keys) > 0 {
		v[s.Files] = keys
	}
	return c.work.ProgramAct(ctx, by, docket.Step{Case: id, Key: u.Step}, s.Action, v)
}

func (c *Counter) attachTo(ctx context.Context, by casework.Program, id gov.ID, m open311.Media) (key string, err error) {
	f, err := m.Open()
	if err != nil {
		return "", fmt.Errorf("open what was sent: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	at, ok := f.(io.ReaderAt)
	if !ok {
		return "", fmt.Errorf("read what was sent: %w", os.ErrInvalid)
	}
	a, err := c.work.ProgramAttach(ctx, by, id, m.Name, at, m.Size)
	return string(a.Key), err
}

// said gives the mistakes of an update the names of its parameters. What the
// procedure does not let a program do is a conflict, for the key is good.
func (t terms) said(err error, s policy.UpdateStep) error {
	if gov.CodeOf(err) == gov.Forbidden {
		return gov.Errorf(gov.Conflict, "这件案件现在不接受补充", "nothing can be added to this request now")
	}
	return renamed(err, map[string]string{s.Text: "description", s.Files: "media"})
}
