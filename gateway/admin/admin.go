// Package admin is the administration's HTTP API, the Gateway Connector-Frontend for programs: the operations of
// openapi.yaml over package register, with strict bodies, sessions in the header Authorization, and problems
// after RFC 9457.
//
// It leaves out who may do what (package role) and everything that it changes (package register).
package admin
