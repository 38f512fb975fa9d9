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
	if err := onlyJSON(r); err != nil {
		return err
	}
	return f.send(w, r, false, kindOpenAPI, f.description(f.Engine.For(r)), view{})
}

// onlyJSON is only for what has no page.
func onlyJSON(r *http.Request) error {
	if err := only(r.URL.Query()); err != nil {
		return err
	}
	if f := r.URL.Query().Get("f"); f != "" && f != "json" {
		return gov.Errorf(gov.Invalid, "这里只有 json", "there is only json here").On("f")
	}
	return nil
}

func (f *Features) description(m *ui.Messages) object {
	paths := object{
		"/":            get("landing", m.T("ogc.title", "district", f.Pack.Name), kindJSON),
		"/conformance": get("conformance", m.T("ogc.conformance"), kindJSON),
		"/collections": get("collections", m.T("ogc.collections"), kindJSON),
	}
	for _, l := range f.layers {
		path, title := "/collections/"+l.ID, m.Of("ogc.layer.", l.ID)
		params := []object{shared("bbox"), shared("datetime"), shared("limit"), shared("after")}
		for _, name := range l.Filters {
			params = append(params, parameter("query", name, object{"type": "string"}))
		}
		paths[path] = get("collection-"+l.ID, title, kindJSON)
		paths[path+"/schema"] = get("schema-"+l.ID, title, kindSchema)
		paths[path+"/items"] = get("items-"+l.ID, m.Of("ogc.about.", l.ID), kindGeoJSON, params...)
		paths[path+"/items/{featureId}"] = get("item-"+l.ID, title, kindGeoJSON, parameter("path", "featureId", object{"type": "string"}, "required", true))
	}
	// GDAL looks for the paths as the standard writes them, below the root, and QGIS
	// for the greatest limit among the components.
	return object{
		"openapi": "3.0.3",
		"info":    object{"title": m.T("ogc.title", "district", f.Pack.Name), "description": m.T("ogc.about"), "version": f.Pack.Version},
		"servers": []object{{"url": f.BaseURL + Root}},
		"paths":   paths,
		"components": object{"parameters": object{
			"bbox":     parameter("query", "bbox", object{"type": "array", "items": object{"type": "number"}, "minItems": 4, "maxItems": 6}, "explode", false),
			"datetime": parameter("query", "datetime", object{"type": "string"}),
			"limit":    parameter("query", "limit", object{"type": "integer", "minimum": 1, "maximum": maxLimit, "default": usualLimit}),
			"after":    parameter("query", "after", object{"type": "string"}),
			"f":        parameter("query", "f", object{"type": "string", "enum": []string{"json", "html"}}),
			"lang":     parameter("query", "lang", object{"type": "string", "enum": []gov.Lang{gov.ZH, gov.EN}}),
		}},
	}
}

// shared is a parameter that stands among the components.
func shared(name string) object { return object{"$ref": "#/components/parameters/" + name} }

// get describes a GET operation with the parameters every address takes.
func get(id, summary, kind string, params ...object) object {
	params = append(params, shared("f"), shared("lang"))
	problem := func(text string) object {
		return object{"description": text, "content": object{"application/problem+json": object{"schema": object{"type": "object"}}}}
	}
	content := object{kind: object{"schema": object{"type": "object"}}}
	if kind != kindSchema {
		content[kindHTML] = object{"schema": object{"type": "string"}}
	}
	responses := object{
		"200": object{"description": summary, "content": content},
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
