// Package web is the one HTTP surface of Quanxiang: the public portal
// (web/portal), what everybody sees of cases (web/progress), the door of the
// staff (web/door), their desk with its notices, boards, reviews, search,
// calendar and imports (web/desk, web/inbox, web/board, web/review, web/find, web/agenda, web/intake),
// the administrator's console (web/console), the API (web/api),
// Open311 for other programs (web/open311), and what they
// stand on (web/ui, web/caseform, web/who, web/export, web/figures).
//
// A request passes, from the outside in: request id, time and body limits;
// security headers; compression; language and display preferences; access log,
// metrics and recovery; addresses that are no text; cross-origin protection; who is asking; then the one ServeMux on which
// every surface mounts its route table. Handlers return errors; one adapter per
// surface turns a gov.Error into an error page or an RFC 9457 problem with the
// same status, and hides everything else.
package web
