package main

import "quanxiang/gov"

// commands lists everything the program can do, in the order of the usage
// text.
func commands() []command {
	return []command{
		{"gazette", "read FILE", gov.Text{ZH: "读公报", EN: "read a gazette"}, gazetteCommand},
		{"pack", "check|show DIR", gov.Text{ZH: "检查或显示政策包", EN: "check or show a pack"}, packCommand},
		{"version", "", gov.Text{ZH: "显示版本", EN: "print the version"}, versionCommand},
	}
}
