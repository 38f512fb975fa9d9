package drawcmd

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"

	"quanxiang/cmd/quanxiang/cli"
	"quanxiang/draw/party"
	"quanxiang/gov"
)

// key is "draw key".
func key(ctx context.Context, e *cli.Env, args []string) error {
	return cli.Subcommand(ctx, e, "draw key", []cli.Command{
		{Name: "new", Usage: "FILE [--name NAME]", About: gov.Text{ZH: "为抽取的一方生成密钥文件", EN: "make the key file of a party of draws"}, Run: newKey},
		{Name: "show", Usage: "FILE", About: gov.Text{ZH: "显示密钥文件的公钥", EN: "print the public key of a key file"}, Run: showKey},
	}, args)
}

func newKey(_ context.Context, e *cli.Env, args []string) error {
	fs := e.Flags("draw key new", "FILE [--name NAME]")
	name := fs.String("name", "", gov.Text{ZH: "持有人，写在文件里便于辨认", EN: "the holder, kept in the file to tell keys apart"}.In(e.Lang))
	rest, err := cli.ParseExactly(fs, args, 1)
	if err != nil {
		return err
	}
	random := make([]byte, party.Random)
	rand.Read(random) // never fails since Go 1.24
	k, err := party.NewKey(*name, random)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(rest[0], os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // a key is never overwritten
	if err != nil {
		return err
	}
	if _, err = f.Write(k.File()); err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	e.Say("密钥已写入 %[1]s。请妥善保管并另存备份：有了它就能以这一方的名义签署。", "The key is in %[1]s. Keep it safe, and a copy elsewhere: whoever has it signs as this party.", rest[0])
	return publicKey(e, k)
}

func showKey(_ context.Context, e *cli.Env, args []string) error {
	rest, err := cli.ParseExactly(e.Flags("draw key show", "FILE"), args, 1)
	if err != nil {
		return err
	}
	k, err := readKey(e, rest[0])
	if err != nil {
		return err
	}
	return publicKey(e, k)
}

func publicKey(e *cli.Env, k party.Key) error {
	public := k.Public()
	_, err := fmt.Fprintln(e.Stdout, hex.EncodeToString(public[:]))
	return err
}

func readKey(e *cli.Env, name string) (party.Key, error) {
	b, err := read(e, name)
	if err != nil {
		return party.Key{}, err
	}
	return party.ParseKey(b)
}

// sign answers a request that the page of a draw offers. What is asked is read from
// the request itself, so that the page cannot say something else.
func sign(_ context.Context, e *cli.Env, args []string) error {
	const usage = "--key FILE REQUEST [--out FILE] [--show]"
	fs := e.Flags("draw sign", usage)
	keyName := fs.String("key", "", gov.Text{ZH: "密钥文件", EN: "the key file"}.In(e.Lang))
	out := fs.String("out", "", gov.Text{ZH: "答复写入哪个文件；不写则写到请求文件旁边", EN: "where the answer is written; beside the request without it"}.In(e.Lang))
	show := fs.Bool("show", false, gov.Text{ZH: "只显示要办理什么，不签署", EN: "say what is asked and sign nothing"}.In(e.Lang))
	rest, err := cli.ParseExactly(fs, args, 1)
	if err != nil {
		return err
	}
	b, err := read(e, rest[0])
	if err != nil {
		return err
	}
	r, err := party.ParseRequest(b)
	if err != nil {
		return err
	}
	e.Say("计划 %[1]s，身份 %[2]s，planHash %[3]s", "plan %[1]s, as %[2]s, planHash %[3]s", r.Plan, r.By, r.Hash)
	for _, t := range r.Words() {
		fmt.Fprintln(e.Stdout, "  "+t.In(e.Lang))
	}
	for _, a := range r.Asks {
		if a.Kind == party.AskSign {
			fmt.Fprintf(e.Stdout, "  %s %s\n", a.Type, a.Body)
		}
	}
	if *show {
		return nil
	}
	if *keyName == "" {
		return gov.Errorf(gov.Invalid, "请用 --key 指出密钥文件", "name the key file with --key")
	}
	k, err := readKey(e, *keyName)
	if err != nil {
		return err
	}
	a, err := k.Answer(&r)
	if err != nil {
		return err
	}
	if *out == "" {
		*out = rest[0] + ".answer.json"
	}
	if err := os.WriteFile(*out, a.Bytes(), 0o600); err != nil {
		return err
	}
	e.Say("答复已写入 %[1]s，请交回抽取页面。", "The answer is in %[1]s: bring it back to the page of the draw.", *out)
	return nil
}
