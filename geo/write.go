package geo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// MarshalJSON writes a feature as GeoJSON (RFC 7946), with six decimals at
// most. Members come in a fixed order, properties and foreign members in that of
// their names.
func (f Feature) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(`{"type":"Feature"`)
	if f.ID != "" {
		id, err := json.Marshal(f.ID)
		if err != nil {
			return nil, fmt.Errorf("write feature: %w", err)
		}
		b.WriteString(`,"id":`)
		b.Write(id)
	}
	properties, err := encode(f.Properties)
	if err != nil {
		return nil, fmt.Errorf("write feature %s: %w", f.ID, err)
	}
	b.WriteString(`,"properties":`)
	b.Write(properties)
	b.WriteString(`,"geometry":`)
	b.Write(f.geometry())
	if len(f.Foreign) > 0 {
		foreign, err := encode(f.Foreign)
		if err != nil {
			return nil, fmt.Errorf("write feature %s: %w", f.ID, err)
		}
		b.WriteByte(',')
		b.Write(foreign[1 : len(foreign)-1])
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// encode is json.Marshal without the escapes for HTML, which nobody reads.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

func (f Feature) geometry() []byte {
	var b []byte
	switch {
	case f.Point != nil:
		b = append(b, `{"type":"Point","coordinates":`...)
		b = appendPosition(b, *f.Point)
	case len(f.Shape) == 1:
		b = append(b, `{"type":"Polygon","coordinates":`...)
		b = appendPolygon(b, f.Shape[0])
	case len(f.Shape) > 1:
		b = append(b, `{"type":"MultiPolygon","coordinates":`...)
		for i, p := range f.Shape {
			b = append(b, "[,"[min(i, 1)])
			b = appendPolygon(b, p)
		}
		b = append(b, ']')
	default:
		return []byte("null")
	}
	return append(b, '}')
}

func appendPolygon(b []byte, p Polygon) []byte {
	for i, r := range p.rings() {
		b = append(b, "[,"[min(i, 1)], '[')
		for _, p := range r {
			b = append(appendPosition(b, p), ',')
		}
		if len(r) > 0 {
			b = appendPosition(b, r[0])
		}
		b = append(b, ']')
	}
	return append(b, ']')
}

func appendPosition(b []byte, p Point) []byte {
	b = append(b, '[')
	b = strconv.AppendFloat(b, round(p.Lon), 'f', -1, 64)
	b = append(b, ',')
	b = strconv.AppendFloat(b, round(p.Lat), 'f', -1, 64)
	return append(b, ']')
}

// WriteGeoJSON writes a FeatureCollection to be kept: a line for each foreign
// member and each feature, so that two versions can be compared.
func WriteGeoJSON(c Collection) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("{\n\"type\": \"FeatureCollection\",\n")
	for _, key := range slices.Sorted(maps.Keys(c.Foreign)) {
		name, err := encode(key)
		if err != nil {
			return nil, fmt.Errorf("write collection: %w", err)
		}
		value, err := encode(c.Foreign[key])
		if err != nil {
			return nil, fmt.Errorf("write collection: %w", err)
		}
		fmt.Fprintf(&b, "%s: %s,\n", name, value)
	}
	b.WriteString("\"features\": [\n")
	for i, f := range c.Features {
		line, err := f.MarshalJSON()
		if err != nil {
			return nil, err
		}
		b.Write(line)
		if i < len(c.Features)-1 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
	}
	b.WriteString("]\n}\n")
	return b.Bytes(), nil
}
