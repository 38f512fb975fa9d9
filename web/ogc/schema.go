package ogc

import (
	"maps"
	"net/http"
	"slices"
)

// kinds are the types of the properties that are more than a string, whichever
// layer has them.
var kinds = map[string]object{
	"area_km2": {"type": "number"},
	"invented": {"type": "boolean"},
	"opened":   {"type": "string", "format": "date-time"},
	"ended":    {"type": "string", "format": "date-time"},
	"page":     {"type": "string", "format": "uri"},
}

// schema answers with the JSON schema of a layer's features. Without it clients take
// the types from the features they see first. GDAL, which asks the parameter
// datetime of whichever property is a time, takes one that may be null for text and
// compares it itself: datetime is about the one time that is always there.
func (f *Features) schema(w http.ResponseWriter, r *http.Request) error {
	if err := onlyJSON(r); err != nil {
		return err
	}
	l, err := f.layer(r.PathValue("layer"))
	if err != nil {
		return err
	}
	m := f.Engine.For(r)
	properties := object{}
	for _, name := range l.Properties {
		p := object{"type": "string"}
		if k, ok := kinds[name]; ok {
			p = maps.Clone(k)
		}
		if slices.Contains(l.Optional, name) {
			p["type"] = []any{p["type"], "null"}
		}
		if m.Has("ogc.property." + name) {
			p["title"] = m.Of("ogc.property.", name)
		}
		properties[name] = p
	}
	return f.send(w, r, false, kindSchema, object{
		"$schema": "https://json-schema.org/draft/2020-12/schema",
		"$id":     f.at("/collections/"+l.ID+"/schema", nil),
		"title":   m.Of("ogc.layer.", l.ID),
		"type":    "object",
		"properties": object{
			"type":       object{"type": "string", "enum": []string{"Feature"}},
			"id":         object{"type": "string"},
			"geometry":   object{"type": "object"},
			"properties": object{"type": "object", "properties": properties, "required": l.Properties},
		},
		"required": []string{"type", "id", "geometry", "properties"},
	}, view{})
}
