package main

import "quanxiang/gov"

// commands lists everything the program can do, in the order of the usage
// text.
func commands() []command {
	return []command{
		{"demo", "[--addr localhost:8080] [--gazette FILE]", gov.Text{ZH: "启动演示：读入样例公报并打开门户", EN: "start the demo: read a sample gazette and open the portal"}, demoCommand},
		{"init", "[--data DIR] [--database ADDRESS] [--name LEDGER]", gov.Text{ZH: "建立数据文件夹、数据库和账本密钥", EN: "make the data folder, the database and the ledger's key"}, initCommand},
		{"serve", "[--addr localhost:8080] [--metrics-addr ADDRESS] [--base-url URL]", gov.Text{ZH: "运行门户和接口", EN: "serve the portal and the API"}, serveCommand},
		{"gazette", "read FILE", gov.Text{ZH: "读公报", EN: "read a gazette"}, gazetteCommand},
		{"pack", "check|test|show DIR", gov.Text{ZH: "检查、演练或显示政策包", EN: "check, play or show a pack"}, packCommand},
		{"import", "gazette FILE [--dry-run] [--yes]", gov.Text{ZH: "导入公报", EN: "import a gazette"}, importCommand},
		{"calendar", "show|load|deadline", gov.Text{ZH: "查看、载入工作日历，推算期限", EN: "show and load the working calendar, reckon deadlines"}, calendarCommand},
		{"ledger", "verify|export|checkpoint|prove|receipt|key", gov.Text{ZH: "核验、导出账本，开具和核验回执", EN: "verify and export the ledger, make and verify receipts"}, ledgerCommand},
		{"backup", "FILE|- [--with-key]", gov.Text{ZH: "备份整个安装，系统可照常运行", EN: "back up the whole installation, which may go on running"}, backupCommand},
		{"restore", "FILE [--new-key]", gov.Text{ZH: "把备份恢复到空的安装", EN: "restore a backup into an empty installation"}, restoreCommand},
		{"doctor", "[--format text|json]", gov.Text{ZH: "检查安装，指出问题和处理办法", EN: "examine the installation, say what is wrong and what to do"}, doctorCommand},
		{"version", "", gov.Text{ZH: "显示版本", EN: "print the version"}, versionCommand},
	}
}
