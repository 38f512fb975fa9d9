package gazette

import (
	"quanxiang/gazette/due"
	"quanxiang/gazette/paper"
	"quanxiang/gazette/roster"
	"quanxiang/gazette/work"
	"quanxiang/gov"
)

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

// What is printed, and the units, deadlines and work found in it.
type (
	Span       = paper.Span
	Passage    = paper.Passage
	Limits     = paper.Limits
	UnitRef    = roster.UnitRef
	Due        = due.Due
	Recurrence = due.Recurrence
	Task       = work.Task
	Part       = work.Part
	Leader     = work.Leader
	Indicator  = work.Indicator
	Project    = work.Project
	Check      = work.Check
	Note       = work.Note
)

// Encodings of Source.
const (
	UTF8    = paper.UTF8
	GB18030 = paper.GB18030
)

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
	Number     string    `json:"number"`         // as printed: "第三章", "（一）", "1."; "" for a heading without one
	Heading    string    `json:"heading"`        // "" for an article or item that is all text
	Stop       string    `json:"stop,omitempty"` // the mark printed after a heading on whose line the text runs on: 。 or ：
	Line       int       `json:"line"`
	Depth      int       `json:"depth"` // 0 for outermost; the parent is the nearest node before with a smaller depth
	Paragraphs []Passage `json:"paragraphs,omitempty"`
}
