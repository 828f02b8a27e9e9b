// Package role decides who may do what at the Gateway Connector-Frontend (D8): by the role of a person, by a
// power of attorney of the tenant (D9), by change request and written order (D10a to D10c).
//
// It is one pure function over a table whose rows carry the statements that they follow. It leaves out what an
// operation does, who signs in how, and where the grounds are kept (package register).
package role
