// Package quanxiang is the root of the program of the same name; it holds no
// code, only the tests of the house rules: which room may import which, and
// how long a file may grow. The program is cmd/quanxiang.
package quanxiang
