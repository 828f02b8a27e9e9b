// Package reference performs the contract's operations on the reference gateway through its HTTP API, each with
// the acting person's own session. It is the only package of the bench that knows a path of that API.
//
// It leaves out how operations reach it and what is judged.
package reference
