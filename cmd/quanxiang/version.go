package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"

	"quanxiang/cmd/quanxiang/cli"
)

// version is set by the release build; a plain "go build" leaves the VCS
// revision to speak.
var version = "dev"

func versionCommand(_ context.Context, e *cli.Env, _ []string) error {
	fmt.Fprintf(e.Stdout, "quanxiang %s %s %s/%s\n", versionString(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return nil
}

// versionString is the release, or the revision the binary was built from.
func versionString() string {
	if version != "dev" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" && len(s.Value) >= 12 {
				return "dev+" + s.Value[:12]
			}
		}
	}
	return version
}
