package gazette

import "quanxiang/gov"

// Gazette is what was understood of one file. Every line of the file that
// carries text is either inside a document or listed in Unattributed.
type Gazette struct {
	Source       Source     `json:"source"`
	Documents    []Document `json:"documents"`
	Unattributed []Passage  `json:"unattributed"`
	Checks       []Check    `json:"checks"`
}

// Source identifies the file that was read.
type Source struct {
	Name     string `json:"name"`   // base name, as given by the caller
	SHA256   string `json:"sha256"` // of the bytes as given, lower-case hex
	Bytes    int64  `json:"bytes"`
	Lines    int    `json:"lines"`
	Encoding string `json:"encoding"` // "UTF-8" or "GB18030"
}

// Span is a range of raw file lines, first and last, counted from 1.
type Span [2]int

// Passage is text with the raw lines it stands on.
type Passage struct {
	Lines Span   `json:"lines"`
	Text  string `json:"text"`
}

// Check is the character balance of one table or list: the multiset of its
// printed characters against the multiset of what was understood of it. It
// holds when Lost and Invented are empty.
type Check struct {
	Document string `json:"document"` // number of the document
	Table    string `json:"table"`    // its heading or kind
	Form     string `json:"form"`     // "table" for rows of cells: its lines are in no Node; "list" for numbered running text, which is in the Structure too
	Lines    Span   `json:"lines"`
	Printed  int    `json:"printed"` // characters on the page, headers of repeated pages and blanks excepted
	Lost     string `json:"lost,omitempty"`
	Invented string `json:"invented,omitempty"`
}

// Document is one official document of the gazette. Numbers and names are
// normalised (full-width brackets 〔〕, no blanks inside); what the print says
// differently stays in the Raw fields beside them.
type Document struct {
	Number      string       `json:"number"` // 文号: "西政发〔2016〕8号"
	Series      string       `json:"series"` // "西政发"
	Year        int          `json:"year"`
	Serial      int          `json:"serial"`
	Title       string       `json:"title"`
	AltTitles   []string     `json:"alt_titles,omitempty"` // wordings of the title elsewhere in the document that differ
	Kind        string       `json:"kind"`                 // 文种: 通知, 意见, 实施意见, 办法 ...
	Action      string       `json:"action"`               // 印发, 废止, 转发 or 直接发布
	Issuers     []string     `json:"issuers"`
	Signed      gov.Date     `json:"signed,omitzero"`  // 成文日期
	Printed     gov.Date     `json:"printed,omitzero"` // 印发日期
	Addressees  []string     `json:"addressees"`
	CC          []string     `json:"cc"`
	Approval    *Approval    `json:"approval,omitempty"`
	Effective   *Effective   `json:"effective,omitempty"`
	ValidUntil  gov.Date     `json:"valid_until,omitzero"` // last day in force; see Validity for the wording
	Validity    *Passage     `json:"validity,omitempty"`
	PlanEnd     gov.Date     `json:"plan_end,omitzero"`    // last day of the period a plan covers; the document itself stays in force
	Supersedes  *Passage     `json:"supersedes,omitempty"` // the clause by which it prevails over older documents it does not name
	Repeals     []Reference  `json:"repeals"`
	Cites       []Reference  `json:"cites"`
	Instruments []Instrument `json:"instruments"`
	Attachments []Attachment `json:"attachments"`
	Interpreter string       `json:"interpreter,omitempty"` // who interprets it (负责解释)
	Contacts    []Contact    `json:"contacts,omitempty"`
	Remarks     []Passage    `json:"remarks,omitempty"` // 附注 after the signature, contacts excepted: 此件公开发布
	BodyPresent bool         `json:"body_present"`
	Lines       Span         `json:"lines"`
	Structure   []Node       `json:"structure"`
	Tasks       []Task       `json:"tasks"`
	Indicators  []Indicator  `json:"indicators"`
	Projects    []Project    `json:"projects"`
	Notes       []Note       `json:"notes,omitempty"` // source errors and data conflicts, annotated and not mended
}

// Approval is the meeting or body that approved the document.
type Approval struct {
	Body    string `json:"body"`
	Meeting string `json:"meeting,omitempty"` // "第143次区政府专题会议"
	Line    int    `json:"line"`
}

// The bases of Effective: the text states a date; it says "on the day of
// issue", which is the day it was printed (or signed, where no imprint tells);
// it says nothing, then it is the day it was signed.
const (
	BasisStated  = "stated"
	BasisPrinted = "printed"
	BasisSigned  = "signed"
)

// Effective is the first day in force and why that day.
type Effective struct {
	Date  gov.Date `json:"date"`
	Basis string   `json:"basis"`         // one of the Basis constants
	Raw   string   `json:"raw,omitempty"` // the words relied on
	Line  int      `json:"line,omitempty"`
}

// Reference names another document by number, by title or both.
type Reference struct {
	Number string `json:"number,omitempty"`
	Title  string `json:"title,omitempty"`
	Line   int    `json:"line"`
}

// Instrument is a norm that the document promulgates.
type Instrument struct {
	Title string `json:"title"`
	Kind  string `json:"kind"`
	Trial string `json:"trial,omitempty"` // 试行 or 暂行
	Lines Span   `json:"lines,omitzero"`  // where its text stands, if it is in the file
}

// Attachment is one entry of the document's 附件 list.
type Attachment struct {
	No      int    `json:"no"`
	Title   string `json:"title"`
	Present bool   `json:"present"`        // its text is in the file
	Form    string `json:"form,omitempty"` // table, form, text
	Lines   Span   `json:"lines,omitzero"`
}

// Contact is an office and how to reach it, as printed. Persons' names are kept
// apart so that a public page can leave them out.
type Contact struct {
	Unit   string `json:"unit,omitempty"`
	Person string `json:"person,omitempty"`
	Phone  string `json:"phone,omitempty"`
	Line   int    `json:"line"`
}

// NodeType is a level of a document's structure.
type NodeType string

// The levels, from the outside in. Preamble is text before the first heading:
// all of a cover notice, or the introduction of a document that is its own
// text. Instrument is the text a notice promulgates, headed by its title.
// Level1 to Level4 are the headings 一、 （一） 1. （1）; under an article （一）
// is a level2 node too. A heading without a number, such as 序言, is of a level
// and has an empty Number.
const (
	PreambleNode   NodeType = "preamble"
	InstrumentNode NodeType = "instrument"
	PartNode       NodeType = "part"
	ChapterNode    NodeType = "chapter"
	SectionNode    NodeType = "section"
	ArticleNode    NodeType = "article"
	Level1Node     NodeType = "level1"
	Level2Node     NodeType = "level2"
	Level3Node     NodeType = "level3"
	Level4Node     NodeType = "level4"
	BoxNode        NodeType = "box"
	AttachmentNode NodeType = "attachment"
)

// Node is one heading or article in reading order with the paragraphs that
// stand directly under it, before the next node. A box stands after the
// paragraphs it interrupts. Number, Heading, Stop and the texts of the
// paragraphs are together all that is printed, blanks excepted.
type Node struct {
	Type       NodeType  `json:"type"`
	Number     string    `json:"number"`            // as printed: "第三章", "（一）", "1."; "" for a heading without one
	Heading    string    `json:"heading,omitempty"` // "" for an article or item that is all text
	Stop       string    `json:"stop,omitempty"`    // the mark printed after a heading on whose line the text runs on: 。 or ：
	Line       int       `json:"line"`
	Depth      int       `json:"depth"` // 0 for outermost; the parent is the nearest node before with a smaller depth
	Paragraphs []Passage `json:"paragraphs,omitempty"`
}

// UnitRef is a unit as understood: its canonical name, and the printed words
// where they differ. Scope is what the print restricts it to ("流通领域").
type UnitRef struct {
	Name       string `json:"name"`
	Raw        string `json:"raw,omitempty"`
	Scope      string `json:"scope,omitempty"`
	Unresolved bool   `json:"unresolved,omitempty"` // no unit of the pack has this name; kept verbatim for a human
}

// Leader is a named leader, with the post if the document itself states it.
type Leader struct {
	Name string `json:"name"`
	Post string `json:"post,omitempty"`
}

// Task is one numbered item of work. Lead and Support are filled where the
// print distinguishes them, Units where it gives one undivided list.
type Task struct {
	No         string       `json:"no"`                // printed number, "1.2" for a sub-task of a table
	Section    string       `json:"section,omitempty"` // heading it stands under
	Text       string       `json:"text"`
	Leaders    []Leader     `json:"leaders"`
	Lead       []UnitRef    `json:"lead"`
	Support    []UnitRef    `json:"support"`
	Units      []UnitRef    `json:"units"`
	Due        *Due         `json:"due,omitempty"`
	Locations  []string     `json:"locations"` // where something must be published or done
	Recurrence []Recurrence `json:"recurrence"`
	Parts      []Part       `json:"parts,omitempty"` // where the print divides the task among units; the fields above hold all of them together
	Lines      Span         `json:"lines"`
}

// Part is a piece of a task that the print assigns to units of its own.
type Part struct {
	Text      string    `json:"text"`
	Lead      []UnitRef `json:"lead,omitempty"`
	Support   []UnitRef `json:"support,omitempty"`
	Units     []UnitRef `json:"units,omitempty"`
	Locations []string  `json:"locations,omitempty"`
}

// Due is a deadline or period as an interval: "2016年6月中下旬" is 11 to 30
// June, "2016年全年" the whole year. Text is the print.
type Due struct {
	Start gov.Date `json:"start,omitzero"`
	End   gov.Date `json:"end,omitzero"`
	Text  string   `json:"text"`
}

// Recurrence is a repeated or continuing duty: every month within the first 3
// working days; within 20 working days of an event; continuously.
type Recurrence struct {
	Every  string `json:"every"`            // week, month, quarter, half-year, year, event, continuous
	Within int    `json:"within,omitempty"` // how many
	Unit   string `json:"unit,omitempty"`   // working-day, day, hour
	By     string `json:"by,omitempty"`     // MM-DD, the last day within the year
	Text   string `json:"text"`
}

// Indicator is a target figure of a plan.
type Indicator struct {
	No         string    `json:"no"`
	Goal       string    `json:"goal"`
	Subgoal    string    `json:"subgoal,omitempty"`
	Name       string    `json:"name"`
	Unit       string    `json:"unit"`
	Baseline   string    `json:"baseline"`
	Target     string    `json:"target"`
	Definition string    `json:"definition"`
	Units      []UnitRef `json:"units"`
	Comparison string    `json:"comparison"`
	Lines      Span      `json:"lines"`
}

// Project is a row of a project table.
type Project struct {
	No         string   `json:"no"`
	Category   string   `json:"category"`
	Type       string   `json:"type"`
	Streets    []string `json:"streets"`               // canonical names; words that name no street as printed
	StreetsRaw string   `json:"streets_raw,omitempty"` // the cell, where it differs
	Name       string   `json:"name"`
	Place      string   `json:"place"`
	Scale      string   `json:"scale"`
	Investment string   `json:"investment"` // as printed, 万元; "待测算" and "/" are not zero
	Start      string   `json:"start"`
	Expected   string   `json:"expected"`
	Source     string   `json:"source"`               // with 同上 replaced by what it refers to
	SourceRaw  string   `json:"source_raw,omitempty"` // the cell, where it differs
	Lines      Span     `json:"lines"`
}

// Note is an annotation on the source: a printing error that was kept, or two
// places that contradict each other.
type Note struct {
	Kind string   `json:"kind"` // misprint, conflict, unresolved-unit, layout
	Text gov.Text `json:"text"`
	Line int      `json:"line"`
}
