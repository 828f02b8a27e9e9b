// Package password makes and checks password hashes (argon2id, RFC 9106) and says how long somebody who
// guesses must wait (TR-01201-2.1 3.6.2). It leaves out persons and sessions (package register).
package password
