package ogc

import (
	"net/http"

	"quanxiang/gov"
	"quanxiang/web/ui"
)

// object is a piece of the description.
type object = map[string]any

// openAPI answers with the description of these addresses (OpenAPI 3.0).
func (f *Features) openAPI(w http.ResponseWriter, r *http.Request) error {
	if err := only(r.URL.Query()); err != nil {
		return err
	}
	if f := r.URL.Query().Get("f"); f != "" && f != "json" {
		return gov.Errorf(gov.Invalid, "接口说明只有 json", "the description is json only").On("f")
	}
	return f.send(w, r, false, kindOpenAPI, f.description(f.Engine.For(r)), view{})
}

func (f *Features) description(m *ui.Messages) object {
	paths := object{
		Root:                  get("landing", m.T("ogc.title", "district", f.Pack.Name), kindJSON, nil),
		Root + "/conformance": get("conformance", m.T("ogc.conformance"), kindJSON, nil),
		Root + "/collections": get("collections", m.T("ogc.collections"), kindJSON, nil),
	}
	for _, l := range f.layers {
		path, title := Root+"/collections/"+l.ID, m.Of("ogc.layer.", l.ID)
		params := []object{
			parameter("query", "bbox", object{"type": "array", "items": object{"type": "number"}, "minItems": 4, "maxItems": 6}, "explode", false),
			parameter("query", "datetime", object{"type": "string"}),
			parameter("query", "limit", object{"type": "integer", "minimum": 1, "maximum": maxLimit, "default": usualLimit}),
			parameter("query", "after", object{"type": "string"}),
		}
		for _, name := range l.Filters {
			params = append(params, parameter("query", name, object{"type": "string"}))
		}
		paths[path] = get("collection-"+l.ID, title, kindJSON, nil)
		paths[path+"/items"] = get("items-"+l.ID, m.Of("ogc.about.", l.ID), kindGeoJSON, params)
		paths[path+"/items/{featureId}"] = get("item-"+l.ID, title, kindGeoJSON, []object{parameter("path", "featureId", object{"type": "string"}, "required", true)})
	}
	return object{
		"openapi": "3.0.3",
		"info":    object{"title": m.T("ogc.title", "district", f.Pack.Name), "description": m.T("ogc.about"), "version": f.Pack.Version},
		"servers": []object{{"url": f.BaseURL}},
		"paths":   paths,
	}
}

// get describes a GET operation with the parameters every address takes.
func get(id, summary, kind string, params []object) object {
	params = append(params,
		parameter("query", "f", object{"type": "string", "enum": []string{"json", "html"}}),
		parameter("query", "lang", object{"type": "string", "enum": []gov.Lang{gov.ZH, gov.EN}}))
	problem := func(text string) object {
		return object{"description": text, "content": object{"application/problem+json": object{"schema": object{"type": "object"}}}}
	}
	responses := object{
		"200": object{"description": summary, "content": object{kind: object{"schema": object{"type": "object"}}, kindHTML: object{"schema": object{"type": "string"}}}},
		"400": problem("A parameter is wrong or unknown."),
		"500": problem("A failure of the server."),
	}
	if kind == kindGeoJSON {
		responses["404"] = problem("There is no such feature.")
	}
	return object{"get": object{"operationId": id, "summary": summary, "parameters": params, "responses": responses}}
}

func parameter(in, name string, schema object, more ...any) object {
	p := object{"name": name, "in": in, "schema": schema}
	if in == "query" {
		p["style"] = "form"
	}
	for i := 0; i+1 < len(more); i += 2 {
		p[more[i].(string)] = more[i+1]
	}
	return p
}
