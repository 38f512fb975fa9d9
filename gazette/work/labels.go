package work

// Labels are the words that introduce a field of a task in running text or
// head a column of a table.
type Labels struct {
	Leader   []string `yaml:"leader"`   // 牵头领导
	Lead     []string `yaml:"lead"`     // 主责单位, 牵头单位 ...
	Support  []string `yaml:"support"`  // 配合单位 ...
	Units    []string `yaml:"units"`    // 责任单位 where one list serves
	Due      []string `yaml:"due"`      // 完成时限, 公开时限 ...
	Location []string `yaml:"location"` // 公开位置 ...
}

// Duties are the words that close a list of units in brackets at the end of a
// sentence: （区商务委、区科信委负责落实）.
type Duties struct {
	Lead    []string `yaml:"lead"`    // 牵头落实, 牵头
	Support []string `yaml:"support"` // 配合落实
	Units   []string `yaml:"units"`   // 负责落实, 分别落实
}
