package policy

import "quanxiang/gov"

// UnitKind says what sort of body a unit is.
type UnitKind string

// The kinds of unit.
const (
	PartyUnit        UnitKind = "party"        // office of the district's Party committee
	CongressUnit     UnitKind = "congress"     // people's congress and its offices
	ConsultativeUnit UnitKind = "consultative" // political consultative conference
	GovernmentUnit   UnitKind = "government"   // the government itself
	Department       UnitKind = "department"   // department of the district government
	Branch           UnitKind = "branch"       // of a municipal or national department, in the district
	StreetOffice     UnitKind = "street"       // street office (街道办事处)
	Community        UnitKind = "community"    // residents' committee of a community
	Headquarters     UnitKind = "headquarters" // for one part of the district
	LeadingGroup     UnitKind = "body"         // leading group, committee or joint conference
	Institution      UnitKind = "institution"  // public institution or service centre
	Judiciary        UnitKind = "judiciary"    // court, procuratorate
	Military         UnitKind = "military"     // armed forces department
	MassOrganisation UnitKind = "mass"         // people's organisation
	Association      UnitKind = "association"  // trade or professional association
	Enterprise       UnitKind = "enterprise"
	Superior         UnitKind = "superior" // municipal or national body
	Outside          UnitKind = "outside"  // other body outside the district
	Group            UnitKind = "group"    // stands for several units: 各街道
)

// unitKinds lists the kinds in the order of display, with their names.
var unitKinds = []struct {
	kind UnitKind
	name gov.Text
}{
	{PartyUnit, gov.Text{ZH: "区委机关", EN: "Party committee office"}},
	{CongressUnit, gov.Text{ZH: "人大机关", EN: "people's congress"}},
	{GovernmentUnit, gov.Text{ZH: "区政府", EN: "government"}},
	{ConsultativeUnit, gov.Text{ZH: "政协机关", EN: "consultative conference"}},
	{Department, gov.Text{ZH: "政府部门", EN: "department"}},
	{Branch, gov.Text{ZH: "驻区分局", EN: "branch of a superior department"}},
	{StreetOffice, gov.Text{ZH: "街道办事处", EN: "street office"}},
	{Community, gov.Text{ZH: "社区居委会", EN: "community"}},
	{Headquarters, gov.Text{ZH: "指挥部、管委会", EN: "headquarters"}},
	{LeadingGroup, gov.Text{ZH: "议事协调机构", EN: "leading group or committee"}},
	{Institution, gov.Text{ZH: "事业单位", EN: "public institution"}},
	{Judiciary, gov.Text{ZH: "法院、检察院", EN: "court or procuratorate"}},
	{Military, gov.Text{ZH: "武装部", EN: "armed forces department"}},
	{MassOrganisation, gov.Text{ZH: "群众团体", EN: "mass organisation"}},
	{Association, gov.Text{ZH: "协会", EN: "association"}},
	{Enterprise, gov.Text{ZH: "企业", EN: "enterprise"}},
	{Superior, gov.Text{ZH: "上级机关", EN: "superior body"}},
	{Outside, gov.Text{ZH: "区外单位", EN: "body outside the district"}},
	{Group, gov.Text{ZH: "统称", EN: "group of units"}},
}

// UnitKinds lists every kind in the order of display.
func UnitKinds() []UnitKind {
	list := make([]UnitKind, len(unitKinds))
	for i, k := range unitKinds {
		list[i] = k.kind
	}
	return list
}

// Name is the kind as a reader sees it.
func (k UnitKind) Name() gov.Text {
	for _, u := range unitKinds {
		if u.kind == k {
			return u.name
		}
	}
	return gov.Text{ZH: string(k), EN: string(k)}
}

// Values lists what a pack may write.
func (UnitKind) Values() []string { return values(UnitKinds()) }

// AreaLevel is a level of the division of the district's ground.
type AreaLevel string

// The levels, from the outside in.
const (
	DistrictLevel  AreaLevel = "district"  // 区, six digits (GB/T 2260)
	StreetLevel    AreaLevel = "street"    // 街道
	CommunityLevel AreaLevel = "community" // 社区
	CellLevel      AreaLevel = "cell"      // 单元网格 (GB/T 30428.1)
)

// AreaLevels lists the levels from the outside in.
func AreaLevels() []AreaLevel {
	return []AreaLevel{DistrictLevel, StreetLevel, CommunityLevel, CellLevel}
}

// Name is the level as a reader sees it.
func (l AreaLevel) Name() gov.Text {
	switch l {
	case DistrictLevel:
		return gov.Text{ZH: "区", EN: "district"}
	case StreetLevel:
		return gov.Text{ZH: "街道", EN: "street"}
	case CommunityLevel:
		return gov.Text{ZH: "社区", EN: "community"}
	case CellLevel:
		return gov.Text{ZH: "网格", EN: "cell"}
	}
	return gov.Text{ZH: string(l), EN: string(l)}
}

// Values lists what a pack may write.
func (AreaLevel) Values() []string { return values(AreaLevels()) }

// DocumentStatus is what is known of a document from outside the library.
type DocumentStatus string

// The statuses a pack may state. The empty one leaves it to the library.
const (
	InForce  DocumentStatus = "in-force" // 现行有效
	Repealed DocumentStatus = "repealed" // 废止
	Expired  DocumentStatus = "expired"  // 失效
	Amended  DocumentStatus = "amended"  // 已修改
)

// Values lists what a pack may write.
func (DocumentStatus) Values() []string {
	return values([]DocumentStatus{InForce, Repealed, Expired, Amended})
}

// DocumentAction is what a document does with the instrument it carries.
type DocumentAction string

// The actions, as the gazette reader names them.
const (
	Promulgates DocumentAction = "印发"
	Forwards    DocumentAction = "转发"
	Repeals     DocumentAction = "废止"
	Direct      DocumentAction = "直接发布"
)

// Values lists what a pack may write.
func (DocumentAction) Values() []string {
	return values([]DocumentAction{Promulgates, Forwards, Repeals, Direct})
}

func values[T ~string](list []T) []string {
	s := make([]string, len(list))
	for i, v := range list {
		s[i] = string(v)
	}
	return s
}
