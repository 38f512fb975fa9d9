// Package fulltext finds words in Chinese official text exactly: what its index
// terms find is what reading every text would find, no more and no less. Texts
// and queries are brought into one spelling (Normalise); a text becomes a
// sequence of terms (Terms) and a query word a phrase of such terms, so that a
// database that can match phrases needs no dictionary and no word breaker.
//
// A run of Han characters 停车场 becomes its bigrams and its last character,
// 停车 车场 场: a word of two or more characters is a phrase of bigrams, and a
// single character is a prefix, because every character begins a term. Runs of
// Latin letters and of digits are whole terms, so "500" does not find "4500".
// Every other character is a term of its own; therefore terms that stand side by
// side are characters that stand side by side, and a phrase needs no second look.
//
// The package is pure; how a database writes a phrase is the store's business.
package fulltext
