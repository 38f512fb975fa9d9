// Package ogc answers under /ogc by OGC API - Features, Part 1: Core 1.0.1 (OGC
// 17-069r4, ISO 19168-1:2020), so that a geographic information system reads
// what the district has on the ground: streets, communities, cells, units, and
// whatever layer another room provides. Answers are GeoJSON or pages; all
// coordinates are CRS84; a JSON schema says what the properties of a layer are. It
// writes nothing. docs/clients.md tells which clients were run against it.
package ogc
