// Package providertest tries package oidc against a certified OpenID provider
// (github.com/zitadel/oidc) that runs in the test: the whole way of a browser,
// through the provider's login page and back. What no honest provider does is
// in the tests of package oidc.
package providertest
