package programmecmd

import (
	"context"
	"errors"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/cmd/quanxiang/registercmd"
	"quanxiang/gov"
	"quanxiang/support/apply"
)

const replayUsage = "NUMBER|DECISION [--pack DIR] [--data DIR] [--database ADDRESS]"

// replay computes the decision of an application again, by the number of its case or the
// id of the decision. What is not the same is an error.
func replay(ctx context.Context, e *cli.Env, args []string, open registercmd.Opener) (err error) {
	fs := e.Flags("programme replay", replayUsage)
	at := open(e, fs)
	rest, err := cli.ParseExactly(fs, args, 1)
	if err != nil {
		return err
	}
	d, err := at(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	var r apply.Replay
	if id, bad := gov.ParseID(rest[0]); bad == nil {
		r, err = d.Support.Replay(ctx, id)
	} else {
		r, err = d.Support.ReplayCase(ctx, rest[0])
	}
	if err != nil {
		return err
	}
	e.Say("决定 %s：政策包 %.12s，规则 %.12s，摘要 %s", "Decision %s: pack %.12s, rules %.12s, digest %s", r.Decision, r.Pack, r.Rules, r.Digest)
	switch {
	case !r.Whole:
		return gov.Errorf(gov.Conflict, "保存的内容与摘要不符。", "What is kept is not what the digest says.")
	case !r.Same:
		return gov.Errorf(gov.Conflict, "重新计算的结果从第 %d 字节起不同。", "Computed again the result differs from byte %d on.", r.Differs)
	}
	e.Say("重新计算的结果逐字节相同。", "Computed again the result is the same, byte for byte.")
	return nil
}
