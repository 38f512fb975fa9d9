// Package akn writes a document of the library in Akoma Ntoso 3.0, the OASIS
// standard for legal documents (LegalDocML 1.0, 2018-08-29). The cover notice
// is the doc, what it promulgates an act or doc component, 附件 its attachments;
// URIs and eIds follow the naming convention akn-nc 1.0. The eIds are the
// anchors of the document's page, so a link to one finds the other.
//
// The package is pure.
package akn
