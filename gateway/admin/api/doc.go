// Package api is the administration's contract in Go: the types of gateway/admin/openapi.yaml and the router
// that calls one method for each of its operations. It is generated; a test holds that it is what the file
// says. The headers that say on which ground somebody acts are left out of the generated parameters (see
// overlay.yaml): package admin reads them in one place.
package api

//go:generate sh -c "cd .. && go tool oapi-codegen -config api/oapi-codegen.yaml openapi.yaml"
