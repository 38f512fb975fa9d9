// Package money is the exact arithmetic of support programmes: amounts in whole
// fen, ratios as whole hundred-millionths, products and quotients in 128 bits,
// and a rounding that is always named. Nothing here passes through a floating
// point number.
package money
