package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"go.yaml.in/yaml/v3"

	"quanxiang/gov"
	"quanxiang/web/ui"
)

// documents are the finished OpenAPI descriptions, one to a language.
type documents map[gov.Lang]*openAPIDocument

// openAPIDocument is one description in the forms it is served in.
type openAPIDocument struct {
	tree map[string]any
	json []byte
	yaml func() ([]byte, error) // written when it is first asked for
}

// describe writes the description in every language: each text that is a
// message key is replaced by the message. A key without a message is an error,
// so that no page can show one.
func describe(spec *huma.OpenAPI, e *ui.Engine) (documents, error) {
	raw, err := spec.MarshalJSON()
	if err != nil {
		return nil, err
	}
	out := documents{}
	for _, lang := range ui.Languages {
		d := &openAPIDocument{}
		if err := json.Unmarshal(raw, &d.tree); err != nil {
			return nil, err
		}
		if err := translate(d.tree, e.Messages(lang)); err != nil {
			return nil, err
		}
		if d.json, err = json.MarshalIndent(d.tree, "", "  "); err != nil {
			return nil, err
		}
		d.yaml = sync.OnceValues(func() ([]byte, error) { return yaml.Marshal(d.tree) })
		out[lang] = d
	}
	return out, nil
}

// translate replaces message keys below a node of the description.
func translate(node any, m *ui.Messages) error {
	switch node := node.(type) {
	case map[string]any:
		for k, v := range node {
			if key, ok := v.(string); ok && strings.HasPrefix(key, "api.") {
				if !m.Has(key) {
					return fmt.Errorf("no message %s in %s", key, m.Lang())
				}
				node[k] = m.T(key)
				continue
			}
			if err := translate(v, m); err != nil {
				return err
			}
		}
	case []any:
		for _, v := range node {
			if err := translate(v, m); err != nil {
				return err
			}
		}
	}
	return nil
}

// openAPI serves the description in the reader's language, as JSON or YAML.
func (a *API) openAPI(w http.ResponseWriter, r *http.Request) error {
	d := a.documents[a.Engine.For(r).Lang()]
	body, kind := d.json, "application/vnd.oai.openapi+json;version=3.1"
	if strings.HasSuffix(r.URL.Path, ".yaml") {
		var err error
		if body, err = d.yaml(); err != nil {
			return fmt.Errorf("description as YAML: %w", err)
		}
		kind = "application/vnd.oai.openapi;version=3.1"
	}
	return ui.Send(w, r, kind, body)
}
