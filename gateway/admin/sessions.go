package admin

import (
	"net/http"

	"demailbench/gateway/admin/api"
	"demailbench/gateway/clerk"
	"demailbench/gateway/role"
	"demailbench/gateway/signin"
)

// OpenSession signs a person in.
func (h *handler) OpenSession(w http.ResponseWriter, r *http.Request) {
	answer(h, w, r, http.StatusCreated, func(_ clerk.Caller, b api.Credentials) (any, error) {
		token, s, err := h.Gate.Enter(b.Organisation, b.Person, b.Password, of(r).source)
		return api.NewSession{Token: token, Session: h.sessionOut(s)}, err
	})
}

// GetSession shows who is signed in.
func (h *handler) GetSession(w http.ResponseWriter, r *http.Request) {
	show(h, w, r, http.StatusOK, func(clerk.Caller) (any, error) { return h.sessionOut(of(r).session), nil })
}

// CloseSession signs out.
func (h *handler) CloseSession(w http.ResponseWriter, r *http.Request) {
	show(h, w, r, http.StatusNoContent, func(clerk.Caller) (any, error) { return nil, h.Gate.Leave(of(r).session) })
}

// ChangePassword changes the own password.
func (h *handler) ChangePassword(w http.ResponseWriter, r *http.Request) {
	answer(h, w, r, http.StatusNoContent, func(_ clerk.Caller, b api.PasswordChange) (any, error) {
		return nil, h.Gate.ChangePassword(of(r).session, b.Old, b.New, of(r).source)
	})
}

func (h *handler) sessionOut(s signin.Session) api.Session {
	out := api.Session{Organisation: s.Person.Organisation, Person: s.Person.Name, Roles: rolesOut(s.Person.Roles), Opened: s.Opened.UTC(), Expires: s.Expires.UTC(),
		PowersOfAttorney: []api.PowerOfAttorney{}, Tenants: append([]string{}, s.Tenants...)}
	seen := map[api.Role]bool{}
	for _, x := range out.Roles {
		seen[x] = true
	}
	for _, p := range s.Powers {
		out.PowersOfAttorney = append(out.PowersOfAttorney, h.powerOut(p))
		for _, x := range p.Roles {
			if !seen[api.Role(x)] && s.Person.Organisation != role.Operator {
				seen[api.Role(x)] = true
				out.Roles = append(out.Roles, api.Role(x))
			}
		}
	}
	return out
}
