//go:build js && wasm

// Command wasm is the verifier of draws in a browser: it gives pages a function
// quanxiangVerifyDraw(transcript, sealed, lang) of two Uint8Arrays (sealed may
// be null) that returns what draw.Verify says. It knows nothing else of
// Quanxiang.
package main

import (
	"syscall/js"

	"quanxiang/draw"
	"quanxiang/gov"
)

func main() {
	js.Global().Set("quanxiangVerifyDraw", js.FuncOf(func(_ js.Value, args []js.Value) any {
		lang := gov.ZH
		if len(args) > 2 && args[2].String() == "en" {
			lang = gov.EN
		}
		v := draw.Verify(bytesOf(args[0]), bytesOf(args[1]))
		notes := []any{}
		for _, n := range v.Notes {
			notes = append(notes, n.In(lang))
		}
		reason := ""
		if v.Err != nil {
			reason = gov.TextOf(v.Err, lang)
		}
		return map[string]any{
			"kind": string(v.Kind), "line": v.String(), "record": v.Record, "class": string(v.Class), "reason": reason, "missing": v.Missing,
			"plan": v.Plan, "attempt": v.Attempt, "by": v.By, "records": v.Records, "head": v.Head, "notes": notes,
		}
	}))
	select {} // the function stays as long as the page
}

// bytesOf copies a Uint8Array; nil of anything else.
func bytesOf(v js.Value) []byte {
	if !v.InstanceOf(js.Global().Get("Uint8Array")) {
		return nil
	}
	b := make([]byte, v.Length())
	js.CopyBytesToGo(b, v)
	return b
}
