package casework

import (
	"context"
	"io"
	"slices"
	"time"

	"quanxiang/cases"
	"quanxiang/cases/docket"
	"quanxiang/gov"
	"quanxiang/people"
	"quanxiang/policy/procedure"
)

// Resident is somebody outside the office: anybody, and the holder of the contacts
// they have shown to be theirs.
type Resident struct {
	At       time.Time
	Contacts []string // ids, as fields of cases refer to them
}

func (r Resident) reader() cases.Reader {
	return cases.Reader{Actor: cases.Actor{Kind: gov.PublicActor, Contacts: r.Contacts}}
}

// Doubt is how much speaks for a report being none, and what.
type Doubt struct {
	Score int // 0 to 100
	Why   string
}

// maxResidentFiles is how many files somebody outside may attach to a case whose
// procedure says nothing of more.
const maxResidentFiles = 9

// mostFiles is how many files somebody outside may attach: as many as the fields that
// an action may ask of them hold.
func mostFiles(p *procedure.Procedure, actor cases.Actor, f docket.File) int {
	n := 0
	for _, o := range cases.Options(p, f.Case, actor, f.World) {
		for _, ask := range o.Action.Asks {
			if x, ok := p.Field(ask.Field); ok && x.Type == procedure.FilesField && x.Max != nil {
				n = max(n, *x.Max)
			}
		}
	}
	return max(n, maxResidentFiles)
}

// PublicStarts lists the cases anybody may begin, in the order of the pack,
// without those that join another; see PublicJoin.
func (w *Casework) PublicStarts(now time.Time) []Start {
	return slices.DeleteFunc(w.starts(people.Public(now)), func(s Start) bool { return joins(s.Action) })
}

// publicStart finds a case anybody may begin.
func (w *Casework) publicStart(now time.Time, procedureID, action string) (Start, error) {
	pack := w.packs.Current()
	var list []Start
	if p, ok := pack.Procedure(procedureID); ok {
		list = w.startsOf(pack, p, people.Public(now))
	}
	i := slices.IndexFunc(list, func(s Start) bool { return s.Action.ID == action })
	if i < 0 {
		return Start{}, gov.Errorf(gov.NotFound, "没有这个页面。", "There is no such page.")
	}
	return list[i], nil
}

// residentInput is what somebody outside wants done, and what the program knows
// of them besides.
func (w *Casework) residentInput(r Resident, start Start, contact string, values cases.Values, doubt Doubt) (cases.Input, cases.Values) {
	in := cases.Input{Action: start.Action.ID, Values: cases.Values{}, Actor: r.reader().Actor}
	seed := cases.Values{}
	for name, v := range values {
		if f, ok := start.Procedure.Field(name); ok && f.Type != procedure.ContactField {
			in.Values[name] = v
		}
	}
	for i := range start.Procedure.Fields {
		switch f := &start.Procedure.Fields[i]; {
		case f.Type == procedure.ContactField:
			seed[f.ID] = contact
			if asks(start.Action, f.ID) {
				in.Values[f.ID] = contact
			}
		case f.ID == procedure.DoubtField && f.Type == procedure.IntegerField && doubt.Score > 0:
			seed[f.ID] = int64(doubt.Score)
		case f.ID == procedure.DoubtWhyField && f.Type == procedure.ParagraphField && doubt.Why != "":
			seed[f.ID] = doubt.Why
		}
	}
	return in, seed
}

// PublicValues is Values of what somebody outside typed.
func (w *Casework) PublicValues(ctx context.Context, r Resident, u docket.Under, a *procedure.Action, typed Typed) (cases.Values, cases.Mistakes, error) {
	return w.Values(ctx, people.Public(r.At), u, a, typed)
}

// TryPublicBegin tells what is wrong with a report, without beginning its case.
// Files that are yet to be attached are taken for attached.
func (w *Casework) TryPublicBegin(ctx context.Context, r Resident, id gov.ID, procedureID, action string, values cases.Values) error {
	_, err := w.PreparePublic(r, id, procedureID, action, id.String(), values)
	return err
}

// PreparePublic decides the beginning of a case as PublicBegin does, before its turn to be
// written, or tells what is wrong with it. The id and the contact must be new; files are
// taken for attached.
func (w *Casework) PreparePublic(r Resident, id gov.ID, procedureID, action, contact string, values cases.Values) (*docket.Prepared, error) {
	start, err := w.publicStart(r.At, procedureID, action)
	if err != nil {
		return nil, err
	}
	in, seed := w.residentInput(r, start, contact, values, Doubt{})
	return w.docket.Prepare(r.At, id, procedureID, in, seed)
}

// BeginPrepared begins a case that was prepared.
func (w *Casework) BeginPrepared(ctx context.Context, b *docket.Prepared) (number string, err error) {
	c, err := w.docket.BeginPrepared(ctx, b)
	return c.Number, err
}

// PublicBegin begins a case for somebody outside by an action that is the public's,
// under an id the sender made. contact is the contact of this case; every contact
// field of the procedure gets it. Sent again it returns the case that is there, if
// it is of the same contact, else a Conflict.
func (w *Casework) PublicBegin(ctx context.Context, r Resident, id gov.ID, procedureID, action, contact string, values cases.Values, doubt Doubt) (number string, err error) {
	start, err := w.publicStart(r.At, procedureID, action)
	if err != nil {
		return "", err
	}
	if err := w.checkFiles(ctx, id, start.Procedure, values, r.At); err != nil {
		return "", err
	}
	in, seed := w.residentInput(r, start, contact, values, doubt)
	c, err := w.docket.BeginWith(ctx, id, procedureID, in, seed)
	if err != nil {
		return "", err
	}
	if c.Procedure != procedureID || !slices.Contains(contacts(start.Procedure, c), contact) {
		return "", gov.Errorf(gov.Conflict, "这个请求编号已用于另一件事", "this request id was used for something else")
	}
	return c.Number, nil
}

// ResidentBegin begins a case by an action that is for a party outside, under an id the
// sender made; seed is what makes them that party. Sent again it changes nothing.
func (w *Casework) ResidentBegin(ctx context.Context, r Resident, id gov.ID, start Start, values, seed cases.Values) error {
	if err := w.checkFiles(ctx, id, start.Procedure, values, r.At); err != nil {
		return err
	}
	if _, err := w.docket.BeginWith(ctx, id, start.Procedure.ID, cases.Input{Action: start.Action.ID, Values: values, Actor: r.reader().Actor}, seed); err != nil {
		return err
	}
	_, err := w.theirs(ctx, r, id) // whose id it is, if it was used before
	return err
}

// contacts lists the contacts a case refers to.
func contacts(p *procedure.Procedure, c cases.Case) (list []string) {
	for i := range p.Fields {
		if f := &p.Fields[i]; f.Type == procedure.ContactField && c.Values.Text(f.ID) != "" {
			list = append(list, c.Values.Text(f.ID))
		}
	}
	return list
}

// theirs is a case somebody outside is a party of. Of any other it returns
// NotFound in the words of one that is not there.
func (w *Casework) theirs(ctx context.Context, r Resident, id gov.ID) (docket.File, error) {
	f, err := w.docket.File(ctx, id, r.At)
	if gov.CodeOf(err) == gov.NotFound || err == nil && !f.Case.Party(f.Procedure, r.reader(), f.Pack) {
		return docket.File{}, errUnpublished
	}
	return f, err
}

// ResidentSheet returns a case as whoever reported it sees it: what is open to a
// party, and what they may do. It returns NotFound unless it is theirs.
func (w *Casework) ResidentSheet(ctx context.Context, r Resident, id gov.ID) (Sheet, error) {
	f, err := w.theirs(ctx, r, id)
	if err != nil {
		return Sheet{}, err
	}
	sheet, err := w.sheet(r.reader(), f)
	sheet.Children = nil // what the office parted the matter into
	sheet.Pending = slices.DeleteFunc(sheet.Pending, func(q Pending) bool { return !q.Mine && !q.Answer })
	return sheet, err
}

// ResidentHistory returns what happened in a case to whoever reported it: actions
// and what is late, and what they read of the fields. Remarks the office makes stay in
// the office, and persons are named by their posts.
func (w *Casework) ResidentHistory(ctx context.Context, r Resident, id gov.ID) ([]Entry, error) {
	f, err := w.theirs(ctx, r, id)
	if err != nil {
		return nil, err
	}
	list, err := w.entries(ctx, r.reader(), f)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(e Entry) bool {
		return e.Kind == cases.Reckoned || e.Kind == cases.Warned || e.Kind == cases.Commented && e.By.Kind != gov.PublicActor
	})
	for i := range list {
		e := &list[i]
		e.By.Person, e.By.For = "", ""
		if e.By.Kind != gov.PublicActor {
			e.Note, e.Files = "", nil
		}
	}
	return list, nil
}

// ResidentMay tells whether whoever reported a case may do an action now, what is
// typed aside, and if not why.
func (w *Casework) ResidentMay(ctx context.Context, r Resident, id gov.ID, action string) error {
	f, err := w.theirs(ctx, r, id)
	if err != nil {
		return err
	}
	for _, o := range cases.Options(f.Procedure, f.Case, r.reader().Actor, f.World) {
		if o.Action.ID == action {
			return o.Why
		}
	}
	return gov.Errorf(gov.Conflict, "这件案件现在不能这样办理", "this cannot be done about the case now")
}

// ResidentAct does an action on a case for whoever reported it.
func (w *Casework) ResidentAct(ctx context.Context, r Resident, st docket.Step, action string, values cases.Values) error {
	f, err := w.theirs(ctx, r, st.Case)
	if err != nil {
		return err
	}
	if err := w.checkFiles(ctx, st.Case, f.Procedure, values, r.At); err != nil {
		return err
	}
	_, err = w.docket.Act(ctx, st, cases.Input{Action: action, Values: values, Actor: r.reader().Actor})
	return err
}

// ResidentAttach keeps a file for a case somebody outside reported and may do
// something about, or for one they are about to begin. It returns TooLarge for one
// file too many, and what Attach returns.
func (w *Casework) ResidentAttach(ctx context.Context, r Resident, id gov.ID, name string, file io.ReaderAt, size int64, wish ...Keep) (docket.Attachment, error) {
	f, err := w.docket.File(ctx, id, r.At)
	most := maxResidentFiles
	switch {
	case gov.CodeOf(err) == gov.NotFound:
		if len(w.PublicStarts(r.At)) == 0 {
			return docket.Attachment{}, errUnpublished
		}
	case err != nil:
		return docket.Attachment{}, err
	case !f.Case.Party(f.Procedure, r.reader(), f.Pack):
		return docket.Attachment{}, errUnpublished
	case len(cases.Options(f.Procedure, f.Case, r.reader().Actor, f.World)) == 0:
		return docket.Attachment{}, gov.Errorf(gov.Forbidden, "您现在不能给这件案件添加附件", "you cannot attach files to this case now")
	default:
		most = mostFiles(f.Procedure, r.reader().Actor, f)
	}
	there, err := w.docket.Attachments(ctx, id)
	if err != nil {
		return docket.Attachment{}, err
	}
	if mine := slices.DeleteFunc(there, func(a docket.Attachment) bool { return !slices.Contains(r.Contacts, a.By) }); len(mine) >= most {
		return docket.Attachment{}, gov.Errorf(gov.TooLarge, "一件最多上传 %d 个文件", "at most %d files can be attached", most)
	}
	by := ""
	if len(r.Contacts) > 0 {
		by = r.Contacts[0]
	}
	return w.keep(ctx, id, by, gov.Actor{Kind: gov.PublicActor}, upload{name, file, size, wish})
}

// ResidentFiles lists the files somebody outside attached to a case, or to one yet
// to be begun, and those that stand in something they may read of it.
func (w *Casework) ResidentFiles(ctx context.Context, r Resident, id gov.ID) ([]docket.Attachment, error) {
	list, err := w.docket.Attachments(ctx, id)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	seen, err := w.residentSeen(ctx, r, id, list)
	return slices.DeleteFunc(list, func(a docket.Attachment) bool {
		return !seen[string(a.Key)] && (a.By == "" || !slices.Contains(r.Contacts, a.By))
	}), err
}

// residentSeen are the files among those of a case that somebody outside may
// read.
func (w *Casework) residentSeen(ctx context.Context, r Resident, id gov.ID, there []docket.Attachment) (map[string]bool, error) {
	history, err := w.ResidentHistory(ctx, r, id)
	if gov.CodeOf(err) == gov.NotFound {
		return nil, nil
	}
	return named(history, there), err
}

// ResidentOpen opens a file of a case that whoever reported it may read, or
// returns NotFound. The caller closes it.
func (w *Casework) ResidentOpen(ctx context.Context, r Resident, id gov.ID, key string) (docket.Attachment, io.ReadCloser, error) {
	a, err := w.residentFile(ctx, r, id, key)
	if err != nil {
		return a, nil, err
	}
	file, err := w.blobs.Open(a.Key)
	return a, file, err
}

// ResidentThumb opens the small picture of a picture as ResidentOpen does the picture.
func (w *Casework) ResidentThumb(ctx context.Context, r Resident, id gov.ID, key string) (docket.Attachment, io.ReadCloser, error) {
	a, err := w.residentFile(ctx, r, id, key)
	if err == nil && a.Picture == nil {
		err = errNoFile
	}
	if err != nil {
		return a, nil, err
	}
	file, err := w.blobs.Open(a.Picture.Thumb)
	return a, file, err
}

func (w *Casework) residentFile(ctx context.Context, r Resident, id gov.ID, key string) (docket.Attachment, error) {
	list, err := w.docket.Attachments(ctx, id)
	if err != nil {
		return docket.Attachment{}, err
	}
	seen, err := w.residentSeen(ctx, r, id, list)
	if err != nil {
		return docket.Attachment{}, err
	}
	return pick(list, key, seen)
}

// Reporter is a contact of a case, as a field refers to it.
type Reporter struct {
	Field   *procedure.Field
	Contact gov.ID
}

// Reporters lists the contacts of a case that are open to somebody by the fields
// that refer to them. What is in a contact, package residents tells.
func (w *Casework) Reporters(ctx context.Context, s people.Standing, id gov.ID) ([]Reporter, error) {
	if err := Enter(s); err != nil {
		return nil, err
	}
	f, err := w.docket.File(ctx, id, s.At)
	if err != nil {
		return nil, err
	}
	var list []Reporter
	for _, shown := range cases.View(f.Procedure, f.Case, w.reader(s), f.Pack) {
		if text, ok := shown.Value.(string); ok && shown.Field.Type == procedure.ContactField && !shown.Sealed {
			contact, err := gov.ParseID(text)
			if err != nil {
				return nil, err
			}
			list = append(list, Reporter{shown.Field, contact})
		}
	}
	return list, nil
}

// Matter is what may be said of a case to whoever reported it, in a message that
// leaves the house: its number and where it stands.
type Matter struct {
	Number string
	State  gov.Text
}

// Matter tells of a case. It returns NotFound for one that is not there.
func (w *Casework) Matter(ctx context.Context, id gov.ID) (Matter, error) {
	c, p, err := w.docket.Case(ctx, id)
	if err != nil {
		return Matter{}, err
	}
	m := Matter{Number: c.Number}
	if s, ok := p.State(c.State); ok {
		m.State = s.Name
	}
	return m, nil
}
