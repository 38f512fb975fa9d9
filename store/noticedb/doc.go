// Package noticedb keeps what people were told, how they want to be told, and
// the mails that are to be sent: the Store of package notices.
package noticedb
