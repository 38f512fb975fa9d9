package api

import (
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"quanxiang/gov"
)

// examples are answers to the examples of the parameters, from the sample
// gazette and shortened. A test keeps them in the form of the real ones.
//
//go:embed examples/*.json
var examples embed.FS

// mistakes are the problems an operation can answer with and the codes they
// carry, by status.
var mistakes = map[int]gov.Code{
	http.StatusBadRequest:            gov.Invalid,
	http.StatusUnauthorized:          gov.Unknown,
	http.StatusForbidden:             gov.Forbidden,
	http.StatusNotFound:              gov.NotFound,
	http.StatusConflict:              gov.Conflict,
	http.StatusTooManyRequests:       gov.Invalid,
	http.StatusRequestEntityTooLarge: gov.TooLarge,
	http.StatusUnsupportedMediaType:  gov.Unsupported,
	http.StatusUnprocessableEntity:   gov.Invalid,
	http.StatusInternalServerError:   gov.Internal,
	http.StatusServiceUnavailable:    gov.Unavailable,
}

// mistakesOf are the statuses of the problems of an operation.
func mistakesOf(method, path string) []int {
	list := []int{http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusInternalServerError, http.StatusServiceUnavailable}
	if strings.Contains(path, "{") {
		list = append(list, http.StatusNotFound)
	}
	if method == http.MethodPost {
		list = append(list, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	return list
}

// illustrate adds an example to every answer and names every status.
func illustrate(spec *huma.OpenAPI) error {
	for path, item := range spec.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post} {
			if op == nil {
				continue
			}
			if op.OperationID == "listIndicators" || op.OperationID == "listProjects" {
				for _, p := range op.Parameters {
					if p.Name == "slug" {
						p.Schema.Examples = []any{"xzf-2017-9"} // the sample's plan, which has some
					}
				}
			}
			if b, err := examples.ReadFile("examples/" + op.OperationID + ".request.json"); err == nil {
				var v any
				if err := json.Unmarshal(b, &v); err != nil {
					return fmt.Errorf("example of a request of %s: %w", op.OperationID, err)
				}
				op.RequestBody.Content["application/json"].Example = v
			}
			for status, answer := range op.Responses {
				answer.Description = "api.status." + status
				n, err := strconv.Atoi(status)
				if err != nil {
					return fmt.Errorf("%s: status %q", path, status)
				}
				if n == http.StatusOK {
					if answer.Content["application/json"].Example != nil {
						continue // whoever described it showed one
					}
					if answer.Content["application/json"].Example, err = example(op.OperationID); err != nil {
						return err
					}
					continue
				}
				code, ok := mistakes[n]
				if !ok {
					return fmt.Errorf("%s: no example of status %d", path, n)
				}
				answer.Content["application/problem+json"].Example = map[string]any{
					"type": "about:blank", "title": http.StatusText(n), "status": n, "code": code,
					"detail": "api.problem." + status, "request": "01983c5e-7c00-7000-8000-000000000000",
				}
			}
			if op.RequestBody != nil && op.RequestBody.Content["application/json"].Example == nil {
				var err error
				if op.RequestBody.Content["application/json"].Example, err = example("getReceipt"); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// example is the answer of an operation as the description shows it.
func example(id string) (any, error) {
	b, err := examples.ReadFile("examples/" + id + ".json")
	if err != nil {
		return nil, fmt.Errorf("example of %s: %w", id, err)
	}
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		return nil, fmt.Errorf("example of %s: %w", id, err)
	}
	return v, nil
}

// tags describes the groups of operations.
func tags() []*huma.Tag {
	var list []*huma.Tag
	for _, name := range groups {
		list = append(list, &huma.Tag{Name: name, Description: "api.tag." + name})
	}
	return list
}

// groups are the groups of operations in the order of the page.
var groups = []string{"library", "district", "procedures", "progress", "programmes", "calendar", "ledger", "registers"}
