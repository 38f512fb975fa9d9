package main

import (
	"quanxiang/cmd/quanxiang/calendarcmd"
	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/cmd/quanxiang/drawcmd"
	"quanxiang/cmd/quanxiang/ledgercmd"
	"quanxiang/cmd/quanxiang/packcmd"
	"quanxiang/cmd/quanxiang/peoplecmd"
	"quanxiang/cmd/quanxiang/privacycmd"
	"quanxiang/cmd/quanxiang/programmecmd"
	"quanxiang/cmd/quanxiang/registercmd"
	"quanxiang/cmd/quanxiang/rulescmd"
	"quanxiang/cmd/quanxiang/simulatecmd"
	"quanxiang/gov"
)

// commands lists everything the program can do, in the order of the usage
// text.
func commands() []cli.Command {
	return []cli.Command{
		{Name: "demo", Usage: "[--addr localhost:8080] [--gazette FILE] [--data DIR] [--reports N] [--bare]", About: gov.Text{ZH: "启动演示：读入样例公报，虚构人员和几个月的办理，打开门户", EN: "start the demo: read a sample gazette, invent people and months of work, open the portal"}, Run: demoCommand},
		{Name: "init", Usage: "[--data DIR] [--database ADDRESS] [--name LEDGER]", About: gov.Text{ZH: "建立数据文件夹、数据库和密钥", EN: "make the data folder, the database and the keys"}, Run: initCommand},
		{Name: "serve", Usage: "[--addr localhost:8080] [--metrics-addr ADDRESS] [--base-url URL] [--oidc-issuer URL ...]", About: gov.Text{ZH: "运行门户和接口", EN: "serve the portal and the API"}, Run: serveCommand},
		{Name: "gazette", Usage: "read FILE", About: gov.Text{ZH: "读公报", EN: "read a gazette"}, Run: gazetteCommand},
		{Name: "pack", Usage: "check|test|show|areas|invent-areas DIR", About: gov.Text{ZH: "检查、演练或显示政策包", EN: "check, play or show a pack"}, Run: packcmd.Command},
		{Name: "import", Usage: "gazette FILE [--dry-run] [--yes]", About: gov.Text{ZH: "导入公报", EN: "import a gazette"}, Run: importCommand},
		{Name: "register", Usage: "import FILE|grade", About: gov.Text{ZH: "把文件导入名录，评定信用等级", EN: "bring files into registers, work out classes of credit"}, Run: registercmd.Command(registerDesk)},
		{Name: "people", Usage: "admin|add|list|assign|end|invite|import|export", About: gov.Text{ZH: "登记人员，授予角色，建立账号", EN: "enter staff, give roles, make accounts"}, Run: peoplecmd.Command(peopleDesk)},
		{Name: "calendar", Usage: "show|load|deadline", About: gov.Text{ZH: "查看、载入工作日历，推算期限", EN: "show and load the working calendar, reckon deadlines"}, Run: calendarcmd.Command(calendarPlace)},
		{Name: "ledger", Usage: "verify|export|checkpoint|prove|receipt|erase|key", About: gov.Text{ZH: "核验、导出账本，开具和核验回执", EN: "verify and export the ledger, make and verify receipts"}, Run: ledgercmd.Command(installationFlags)},
		{Name: "privacy", Usage: "status|rotate|reseal|retire", About: gov.Text{ZH: "更换密封个人信息的密钥", EN: "rotate the keys that seal personal data"}, Run: privacycmd.Command(privacyDesk)},
		{Name: "draw", Usage: "verify FILE|vectors", About: gov.Text{ZH: "核验双随机抽取", EN: "verify public draws"}, Run: drawcmd.Command},
		{Name: "rules", Usage: "fmt|check|test|explain|cliffs|doc FILE|DIR...", About: gov.Text{ZH: "检查、试算、说明扶持政策的规则文件", EN: "format, check, test and explain rule files of support programmes"}, Run: rulescmd.Command},
		{Name: "programme", Usage: "calculate < facts.jsonl|replay NUMBER", About: gov.Text{ZH: "批量计算企业能得的各项支持", EN: "work out what enterprises get under support programmes"}, Run: programmecmd.Command(choosePack, registerDesk)},
		{Name: "simulate", Usage: "--amend FILE --population FILE --year YEAR [--programmes 16,17,18] [--budget 300万元] [--json]", About: gov.Text{ZH: "把修订在申报者快照上试算，看谁多得谁少得", EN: "try an amendment on a population: what it costs, who gains and who loses"}, Run: simulatecmd.Simulate(choosePack)},
		{Name: "population", Usage: "invent|import|info|export|add FILE", About: gov.Text{ZH: "制作、查看试算用的申报者快照", EN: "make snapshots of populations for simulations, look at them"}, Run: simulatecmd.Population(choosePack, simulationDesk)},
		{Name: "backup", Usage: "FILE|- [--with-key]", About: gov.Text{ZH: "备份整个安装，系统可照常运行", EN: "back up the whole installation, which may go on running"}, Run: backupCommand},
		{Name: "restore", Usage: "FILE [--new-key]", About: gov.Text{ZH: "把备份恢复到空的安装", EN: "restore a backup into an empty installation"}, Run: restoreCommand},
		{Name: "doctor", Usage: "[--format text|json]", About: gov.Text{ZH: "检查安装，指出问题和处理办法", EN: "examine the installation, say what is wrong and what to do"}, Run: doctorCommand},
		{Name: "version", Usage: "", About: gov.Text{ZH: "显示版本", EN: "print the version"}, Run: versionCommand},
	}
}
