package policy

import "quanxiang/gov"

// Act is something the platform lets a person do. The list is the program's; a
// pack's roles grant acts of it, and people.Can decides by them alone. What a
// single step of a case needs is said by its procedure, in terms of these
// roles, and comes on top.
type Act string

// Work on cases. Each of these also shows the cases it is about.
const (
	ReadCases   Act = "read-cases"   // see cases without doing anything about them
	Accept      Act = "accept"       // take in reports, letters and applications (受理)
	Dispatch    Act = "dispatch"     // hand a case to the unit that answers for it (派遣)
	Handle      Act = "handle"       // do the work of a case in one's unit (承办)
	Review      Act = "review"       // check what a colleague prepared before it leaves the unit (审核)
	Approve     Act = "approve"      // sign for the unit (签发)
	Verify      Act = "verify"       // look at a place and say what is so (核实、核查)
	Inspect     Act = "inspect"      // carry out inspection visits and record their results (检查)
	Supervise   Act = "supervise"    // urge, ask for explanations, escalate, re-open (督查)
	ConfirmDuty Act = "confirm-duty" // accept or mend a duty read from a document and give it to its units
	Instruct    Act = "instruct"     // give a leader's instruction on a case (批示)
	Publish     Act = "publish"      // decide that something is shown to the public (公开)
	SeeContact  Act = "see-contact"  // see a telephone number or address in full
	SeeIdentity Act = "see-identity" // see an identity number in full
	SeeFinances Act = "see-finances" // see incomes and bank accounts in full
)

// Work on registers.
const (
	ReadRegisters Act = "read-registers" // see what registers hold beyond what is public, saying for what
	PushRecords   Act = "push-records"   // push entries and records of one's unit, correct and withdraw them

	PlanInspections Act = "plan-inspections" // propose and agree to what one's unit inspects by lot (抽查计划)
	LeadInspections Act = "lead-inspections" // join what units propose into plans, and freeze them (统筹抽查)
)

// Work on the money of support programmes (package support/fund).
const (
	ReadFunds       Act = "read-funds"       // see budgets, commitments, payments and claims
	KeepFunds       Act = "keep-funds"       // keep budgets, prepare batches of payments, enter answers and what comes back (资金管理)
	ApprovePayments Act = "approve-payments" // sign a batch another prepared (签发拨付)
)

// Work on public draws (package inspections/ceremony).
const (
	HoldDraws    Act = "hold-draws"    // arrange and lead a draw and sign for the authority (主持抽取)
	WitnessDraws Act = "witness-draws" // commit to a secret and reveal it (见证)
	SealDraws    Act = "seal-draws"    // hold a seal chain and sign draws (密封)
	AttestDraws  Act = "attest-draws"  // verify a sealed file and sign what was found (抽取审计)
)

// Work on the platform itself.
const (
	ImportTexts  Act = "import-texts"  // read documents into the library
	ReadLedger   Act = "read-ledger"   // see who stands behind the commitments of the ledger
	ReadLooks    Act = "read-looks"    // see who looked at protected fields, and the security log
	ManageLogins Act = "manage-logins" // make accounts, invite, lock, close, end sessions
	ManagePosts  Act = "manage-posts"  // give persons roles and posts, enter absences
	LoadPack     Act = "load-pack"     // bring a new version of the pack into force
)

// ActKind says what an act gives power over. It decides which acts one role may
// join.
type ActKind int

// The kinds of act.
const (
	OnCases     ActKind = iota + 1 // over what cases hold
	OnRegisters                    // over what registers hold
	OnFunds                        // over the money of support programmes
	OnDraws                        // over public draws
	OnTexts                        // over the library's public documents
	OnRecord                       // over the record of what others did
	OnRights                       // over who may do what
)

var acts = []struct {
	act    Act
	kind   ActKind
	danger bool
	name   gov.Text
}{
	{ReadCases, OnCases, false, gov.Text{ZH: "查看案件", EN: "see cases"}},
	{Accept, OnCases, false, gov.Text{ZH: "受理", EN: "take in reports"}},
	{Dispatch, OnCases, false, gov.Text{ZH: "派遣", EN: "hand cases to units"}},
	{Handle, OnCases, false, gov.Text{ZH: "承办", EN: "handle cases"}},
	{Review, OnCases, false, gov.Text{ZH: "审核", EN: "review a colleague's work"}},
	{Approve, OnCases, false, gov.Text{ZH: "签发", EN: "sign for the unit"}},
	{Verify, OnCases, false, gov.Text{ZH: "现场核实核查", EN: "verify on site"}},
	{Inspect, OnCases, false, gov.Text{ZH: "检查", EN: "inspect"}},
	{Supervise, OnCases, false, gov.Text{ZH: "督查", EN: "supervise"}},
	{ConfirmDuty, OnCases, false, gov.Text{ZH: "确认任务", EN: "confirm duties"}},
	{Instruct, OnCases, false, gov.Text{ZH: "批示", EN: "give instructions"}},
	{Publish, OnCases, false, gov.Text{ZH: "公开发布", EN: "publish"}},
	{SeeContact, OnCases, false, gov.Text{ZH: "查看完整联系方式", EN: "see contacts in full"}},
	{SeeIdentity, OnCases, true, gov.Text{ZH: "查看完整证件号码", EN: "see identity numbers in full"}},
	{SeeFinances, OnCases, true, gov.Text{ZH: "查看完整收入和账户", EN: "see incomes and accounts in full"}},
	{ReadRegisters, OnRegisters, false, gov.Text{ZH: "查看名录", EN: "see registers"}},
	{PushRecords, OnRegisters, false, gov.Text{ZH: "报送名录信息", EN: "push records to registers"}},
	{PlanInspections, OnRegisters, false, gov.Text{ZH: "制定抽查计划", EN: "plan inspections"}},
	{LeadInspections, OnRegisters, false, gov.Text{ZH: "统筹抽查", EN: "lead inspections"}},
	{ReadFunds, OnFunds, false, gov.Text{ZH: "查看扶持资金", EN: "see support funds"}},
	{KeepFunds, OnFunds, false, gov.Text{ZH: "管理扶持资金", EN: "keep support funds"}},
	{ApprovePayments, OnFunds, true, gov.Text{ZH: "签发拨付批次", EN: "sign payments"}},
	{HoldDraws, OnDraws, true, gov.Text{ZH: "主持抽取", EN: "hold draws"}},
	{WitnessDraws, OnDraws, false, gov.Text{ZH: "见证抽取", EN: "witness draws"}},
	{SealDraws, OnDraws, false, gov.Text{ZH: "持有抽取密封", EN: "hold the seal of draws"}},
	{AttestDraws, OnDraws, false, gov.Text{ZH: "审计抽取", EN: "attest draws"}},
	{ImportTexts, OnTexts, false, gov.Text{ZH: "导入文件", EN: "import documents"}},
	{ReadLedger, OnRecord, true, gov.Text{ZH: "查看账本内情", EN: "see who stands behind ledger entries"}},
	{ReadLooks, OnRecord, true, gov.Text{ZH: "查看查阅记录和安全日志", EN: "see the records of looks and logins"}},
	{ManageLogins, OnRights, true, gov.Text{ZH: "管理账号", EN: "manage accounts"}},
	{ManagePosts, OnRights, true, gov.Text{ZH: "管理任职", EN: "manage roles and posts"}},
	{LoadPack, OnRights, true, gov.Text{ZH: "更换政策包", EN: "load a new pack"}},
}

// Acts lists every act in the order of display.
func Acts() []Act {
	list := make([]Act, len(acts))
	for i, a := range acts {
		list[i] = a.act
	}
	return list
}

// Name is the act as a reader sees it.
func (a Act) Name() gov.Text {
	for _, x := range acts {
		if x.act == a {
			return x.name
		}
	}
	return gov.Text{ZH: string(a), EN: string(a)}
}

// Kind says what the act gives power over; 0 for an act that does not exist.
func (a Act) Kind() ActKind {
	for _, x := range acts {
		if x.act == a {
			return x.kind
		}
	}
	return 0
}

// Moves reports that the act does something about cases, more than show them or
// what is in them.
func (a Act) Moves() bool {
	switch a {
	case ReadCases, SeeContact, SeeIdentity, SeeFinances:
		return false
	}
	return a.Kind() == OnCases
}

// Dangerous reports that whoever does it must have proven within the last
// minutes that it is them: a session left open must not be enough.
func (a Act) Dangerous() bool {
	for _, x := range acts {
		if x.act == a {
			return x.danger
		}
	}
	return true // what is not known is not harmless
}

// Values lists what a pack may write.
func (Act) Values() []string { return values(Acts()) }

// RoleScope says how far the acts of a role reach.
type RoleScope string

// The scopes.
const (
	UnitScope     RoleScope = "unit"     // what belongs to the unit the role is held in, not to units below it
	DistrictScope RoleScope = "district" // everything in the district
)

// Values lists what a pack may write.
func (RoleScope) Values() []string { return values([]RoleScope{UnitScope, DistrictScope}) }

// Role is a set of acts that persons are given together.
type Role struct {
	ID        string    `yaml:"id" json:"id" pack:"required"`
	Name      gov.Text  `yaml:"name" json:"name" pack:"required"`
	Scope     RoleScope `yaml:"scope" json:"scope" pack:"required"`
	Grants    []Act     `yaml:"grants" json:"grants" pack:"required"`
	Conflicts []string  `yaml:"conflicts" json:"conflicts,omitempty"` // roles nobody may hold beside this one, in either direction
	Cite      string    `yaml:"cite" json:"cite,omitempty"`
}
