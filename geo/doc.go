// Package geo is where things are: points and areas on the ground of one
// district, in one system of coordinates. It reads and writes GeoJSON, tells
// which area a point lies in, and converts what comes in other systems.
//
// Coordinates inside the program are CGCS2000 (EPSG:4490), geographic, in
// degrees; at the accuracy of a street they are those of WGS 84, which GeoJSON
// and positioning devices speak. The room is pure.
package geo
