package main

import "quanxiang/gov"

// commands lists everything the program can do, in the order of the usage
// text.
func commands() []command {
	return []command{
		{"init", "[--data DIR] [--database ADDRESS] [--name LEDGER]", gov.Text{ZH: "建立数据文件夹、数据库和账本密钥", EN: "make the data folder, the database and the ledger's key"}, initCommand},
		{"gazette", "read FILE", gov.Text{ZH: "读公报", EN: "read a gazette"}, gazetteCommand},
		{"pack", "check|show DIR", gov.Text{ZH: "检查或显示政策包", EN: "check or show a pack"}, packCommand},
		{"import", "gazette FILE [--dry-run] [--yes]", gov.Text{ZH: "导入公报", EN: "import a gazette"}, importCommand},
		{"ledger", "verify|export|checkpoint|prove|receipt|key", gov.Text{ZH: "核验、导出账本，开具和核验回执", EN: "verify and export the ledger, make and verify receipts"}, ledgerCommand},
		{"version", "", gov.Text{ZH: "显示版本", EN: "print the version"}, versionCommand},
	}
}
