// Package supply compiles the pack's file programmes/sources.yaml: which facts of the
// rule files the registers know already, how each is worked out of them, and whether
// the register has the last word or only proposes. See docs/spec/rules.md, section 14.
package supply
