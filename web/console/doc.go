// Package console is the administrator's and the auditor's part of the site:
// who works here, how they log in, which roles they hold, what each role may
// do, which other programs have a key, and what the security log and the record of looks say.
//
// It decides nothing. Every handler asks the people.Office, which allows or
// refuses, and before an empty form people.Can, which the office asks too; the
// standing's acts only choose what the navigation offers. A
// refusal for want of a fresh proof of identity is returned as it is, for the
// door to ask for one.
package console
