package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"quanxiang/files"
	"quanxiang/gazette"
	"quanxiang/gov"
)

// keepSource keeps the bytes of the file a gazette was read from, so that
// anyone can check the library's text against its source. The file may have
// changed since it was read: then it is not the source.
func keepSource(ctx context.Context, folder *files.Folder, path string, s gazette.Source) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("keep the source: %w", err)
	}
	return errors.Join(keepBytes(ctx, folder, f, s), f.Close())
}

// keepBytes keeps what is read from f, if it is the source.
func keepBytes(ctx context.Context, folder *files.Folder, f io.Reader, s gazette.Source) error {
	key, _, err := folder.Put(ctx, f, s.Bytes)
	if gov.CodeOf(err) == gov.TooLarge || err == nil && string(key) != s.SHA256 {
		return gov.Errorf(gov.Conflict, "公报文件在导入过程中被改动，未能留存原文；请再次导入。",
			"The gazette's file changed while it was imported, so its source was not kept; import it again.")
	}
	return err
}
