package main

import "quanxiang/gov"

// commands lists everything the program can do, in the order of the usage
// text.
func commands() []command {
	return []command{
		{"version", "", gov.Text{ZH: "显示版本", EN: "print the version"}, versionCommand},
	}
}
