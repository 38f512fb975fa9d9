// Package prefill answers which facts of an applicant the registers know already, each
// with where it comes from, as the pack's file programmes/sources.yaml says.
package prefill
