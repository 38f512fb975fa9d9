package counter

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"

	"quanxiang/cases"
	"quanxiang/cases/casework"
	"quanxiang/gov"
	"quanxiang/policy/procedure"
	"quanxiang/web/open311"
)

// parse reads an attribute into the value of a field.
func (t terms) parse(f *procedure.Field, list []string) (any, *gov.Error) {
	if len(list) != 1 {
		return nil, gov.Errorf(gov.Invalid, "只能有一个值", "it has one value")
	}
	s := list[0]
	switch f.Type {
	case procedure.IntegerField:
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return nil, gov.Errorf(gov.Invalid, "应为整数", "it should be a whole number")
		}
		return n, nil
	case procedure.BoolField:
		if s != "true" && s != "false" {
			return nil, gov.Errorf(gov.Invalid, "应为 true 或 false", "it should be true or false")
		}
		return s == "true", nil
	case procedure.ChoiceField, procedure.AreaField:
		if !slices.ContainsFunc(t.values(f, gov.ZH), func(v open311.Value) bool { return v.Key == s }) {
			return nil, gov.Errorf(gov.Invalid, "没有 %q 这个值", "%q is none of the values", s)
		}
	case procedure.DateField:
		at, ok := open311.ParseTime(s)
		if !ok {
			return nil, gov.Errorf(gov.Invalid, "应为带时区的 W3C 日期时间", "it should be a W3C date and time with its zone")
		}
		return gov.DateOf(at).String(), nil
	}
	return s, nil
}

// mistakes tells what is wrong with the values of a case by the names of
// parameters.
func (t terms) mistakes(err error) error {
	names := map[string]string{t.Service: "service_code", t.Subject: "description", t.Description: "description", t.Place: "lat", t.Address: "address_string", t.Photos: "media"}
	for _, id := range t.Attributes {
		names[id] = "attribute[" + id + "]"
	}
	return renamed(err, names)
}

// renamed puts other names of fields to an error.
func renamed(err error, names map[string]string) error {
	if list, ok := errors.AsType[cases.Mistakes](err); ok {
		out := make(cases.Mistakes, len(list))
		for i, e := range list {
			out[i] = e
			if name := names[e.Field]; name != "" {
				out[i] = e.On(name)
			}
		}
		return out
	}
	if e, ok := errors.AsType[*gov.Error](err); ok && names[e.Field] != "" {
		return e.On(names[e.Field])
	}
	return err
}

// attach keeps the files of a report and returns their keys.
func (c *Counter) attach(ctx context.Context, who casework.Resident, t terms, r open311.Report, id gov.ID) (keys []string, err error) {
	if t.Photos == "" {
		return nil, gov.Errorf(gov.Invalid, "这里不收文件", "no files are taken here").On("media")
	}
	for _, m := range r.Media {
		key, err := c.attachOne(ctx, who, id, m)
		if e, ok := errors.AsType[*gov.Error](err); ok {
			return nil, e.On("media")
		}
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}

func (c *Counter) attachOne(ctx context.Context, who casework.Resident, id gov.ID, m open311.Media) (key string, err error) {
	f, err := m.Open()
	if err != nil {
		return "", fmt.Errorf("open what was sent: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	at, ok := f.(io.ReaderAt)
	if !ok {
		return "", fmt.Errorf("read what was sent: %w", os.ErrInvalid)
	}
	a, err := c.work.ResidentAttach(ctx, who, id, m.Name, at, m.Size)
	return string(a.Key), err
}
