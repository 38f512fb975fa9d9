package cases

import (
	"slices"
	"strings"

	"quanxiang/cases/entered"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
)

// Agree gives an actor's consent to a request, or joins in what several do
// together. When it was the last one missing the action takes effect, if it
// still may.
func Agree(p *procedure.Procedure, c Case, request int64, note string, actor Actor, w World) (Result, error) {
	s := newStep(p, c, w)
	r, a, party, seat, err := s.consent(request, actor)
	if err != nil {
		return Result{}, err
	}
	if err := entered.Note(note); err != nil {
		return Result{}, err
	}
	if err := s.add(Event{Kind: Agreed, Action: r.Action, Request: r.Seq, Party: party, By: actor.mark(seat), Note: note}); err != nil {
		return Result{}, err
	}
	r = s.res.Case.Pending[s.res.Case.request(request)]
	if next := r.asked(a); len(next) > 0 {
		s.tell(Consent, "", next)
		return s.finish(nil)
	}
	return s.finish(s.grant(a, r))
}

// grant lets a request take effect in the name of who asked for it, if it still
// may: while it waited, the case went on, and who asked may have done what bars
// them from it.
func (s *step) grant(a *procedure.Action, r Request) error {
	if _, _, err := s.may(a, r.asker(s.p, s.res.Case)); err != nil {
		return err
	}
	if err := s.conditions(a, r.Values); err != nil {
		return err
	}
	return s.act(a, r.By, r.Values, r.Note, r.Seq)
}

// asker is who asked, as far as the history knows them: by the post they asked
// by. Who had none asked as a person or as the holder of a contact, and is so
// still.
func (r Request) asker(p *procedure.Procedure, c Case) Actor {
	a := Actor{Kind: r.By.Kind, Person: r.By.Person}
	if seat := (Seat{Unit: r.By.Unit, Role: r.By.Role, Post: r.By.Post, For: r.By.For}); seat != (Seat{}) {
		a.Seats = []Seat{seat}
		return a
	}
	for _, f := range p.Fields {
		if contact := c.Values.Text(f.ID); f.Type == procedure.ContactField && contact != "" {
			a.Contacts = append(a.Contacts, contact)
		}
	}
	return a
}

// Refuse turns a request down. Whoever asked may take it back the same way.
func Refuse(p *procedure.Procedure, c Case, request int64, note string, actor Actor, w World) (Result, error) {
	s := newStep(p, c, w)
	r, _, party, seat, err := s.consent(request, actor)
	i := c.request(request)
	if err != nil && (i < 0 || actor.Person == "" || c.Pending[i].By.Person != actor.Person) {
		return Result{}, err
	}
	if err != nil { // taken back by who asked
		r, seat = c.Pending[i], actor.own()
	} else if strings.TrimSpace(note) == "" {
		return Result{}, Mistakes{gov.Errorf(gov.Invalid, "请写明不同意的理由", "say why you do not agree").On("note")}
	}
	if err := entered.Note(note); err != nil {
		return Result{}, err
	}
	if err := s.add(Event{Kind: Refused, Action: r.Action, Request: r.Seq, Party: party, By: actor.mark(seat), Note: note}); err != nil {
		return Result{}, err
	}
	if r.By.Person != "" { // the public has no address to be told at
		s.res.Effects = append(s.res.Effects, Effect{Kind: NoticeEffect, Event: s.res.Case.Version, Why: Answered,
			To: []Turn{{Kind: procedure.Person, Name: r.By.Person}}})
	}
	return s.finish(nil)
}

// consent finds the request and checks that it is the actor's turn to answer.
func (s *step) consent(request int64, actor Actor) (r Request, a *procedure.Action, party string, seat Seat, err error) {
	c := s.res.Case
	i := c.request(request)
	if i < 0 {
		return r, nil, "", seat, gov.Errorf(gov.Conflict, "这项申请已经有了结果", "this request has been settled")
	}
	r = c.Pending[i]
	a, _ = s.p.Action(r.Action)
	party, seat, ok := c.belongs(s.p, r.asked(a), actor, s.w.Dir)
	if !ok {
		return r, a, "", seat, gov.Errorf(gov.Forbidden, "由%[1]s决定", "this is for %[2]s to decide", s.names(r.asked(a), gov.ZH), s.names(r.asked(a), gov.EN))
	}
	if r.involves(actor, seat) {
		return r, a, "", seat, gov.Errorf(gov.Forbidden, "提出或已同意的人不能再作决定", "who asked or has agreed cannot decide again")
	}
	return r, a, party, seat, nil
}

// asked is the parties whose consent a request waits for: the next of an
// order, or all that have not joined yet; none when it has enough.
func (r Request) asked(a *procedure.Action) []string {
	if t := a.Together; t != nil {
		if len(r.Joined) >= t.Need {
			return nil
		}
		if len(t.Of) == 1 { // several persons of the same
			return t.Of
		}
		return slices.DeleteFunc(slices.Clone(t.Of), func(party string) bool {
			return slices.ContainsFunc(r.Joined, func(j Joining) bool { return j.Party == party })
		})
	}
	if len(r.Joined) >= len(a.Approve) {
		return nil
	}
	return a.Approve[len(r.Joined) : len(r.Joined)+1]
}

// involves reports that a person asked for the request or has agreed to it,
// for oneself or through a deputy.
func (r Request) involves(actor Actor, seat Seat) bool {
	was := func(m Mark) bool {
		for _, who := range []string{m.Person, m.For} {
			if who != "" && (who == actor.Person || who == seat.For) {
				return true
			}
		}
		return false
	}
	return was(r.By) || slices.ContainsFunc(r.Joined, func(j Joining) bool { return was(j.By) })
}

// Comment adds a remark with files. It changes nothing else.
func Comment(p *procedure.Procedure, c Case, note string, files []string, actor Actor, w World) (Result, error) {
	if c.Version == 0 {
		return Result{}, gov.Errorf(gov.Conflict, "案件还没有开始", "the case has not begun")
	}
	s := newStep(p, c, w)
	party, seat, ok := c.belongs(p, p.Comments, actor, w.Dir)
	if !ok {
		return Result{}, gov.Errorf(gov.Forbidden, "只有办理人员可以留言", "comments are for those who deal with the case")
	}
	if strings.TrimSpace(note) == "" && len(files) == 0 {
		return Result{}, Mistakes{gov.Errorf(gov.Invalid, "请填写内容", "write something").On("note")}
	}
	if err := entered.Note(note); err != nil {
		return Result{}, err
	}
	if err := entered.Files(files); err != nil {
		return Result{}, Mistakes{err.On("files")}
	}
	return s.finish(s.add(Event{Kind: Commented, Party: party, By: actor.mark(seat), Note: note, Files: files}))
}
