package admin

import (
	"net/http"

	"demailbench/gateway/admin/api"
	"demailbench/gateway/clerk"
	"demailbench/gateway/register"
	"demailbench/gateway/role"
)

// ListUsers lists an organisation's persons.
func (h *handler) ListUsers(w http.ResponseWriter, r *http.Request, organisation string) {
	show(h, w, r, http.StatusOK, func(c clerk.Caller) (any, error) {
		l, err := h.Clerk.Users(c, organisation)
		return api.Users{Items: each(l, userOut)}, err
	})
}

// CreateUser creates a person.
func (h *handler) CreateUser(w http.ResponseWriter, r *http.Request, organisation string) {
	answer(h, w, r, http.StatusCreated, func(c clerk.Caller, b api.NewUser) (any, error) {
		p, err := h.Clerk.CreateUser(c, register.Person{Organisation: organisation, Name: b.Person, Title: b.Name, Mail: b.Mail, Roles: rolesIn(b.Roles)}, b.Password)
		return userOut(p), err
	})
}

// SetRoles sets a person's roles.
func (h *handler) SetRoles(w http.ResponseWriter, r *http.Request, organisation, person string) {
	answer(h, w, r, http.StatusOK, func(c clerk.Caller, b api.RoleSetting) (any, error) {
		p, err := h.Clerk.SetRoles(c, organisation, person, rolesIn(b.Roles))
		return userOut(p), err
	})
}

// RevokeUser takes all rights from a person.
func (h *handler) RevokeUser(w http.ResponseWriter, r *http.Request, organisation, person string) {
	show(h, w, r, http.StatusOK, func(c clerk.Caller) (any, error) {
		p, err := h.Clerk.Revoke(c, organisation, person)
		return userOut(p), err
	})
}

// ListPowersOfAttorney lists a tenant's powers of attorney.
func (h *handler) ListPowersOfAttorney(w http.ResponseWriter, r *http.Request, id string) {
	show(h, w, r, http.StatusOK, func(c clerk.Caller) (any, error) {
		l, err := h.Clerk.Powers(c, id)
		return api.PowersOfAttorney{Items: each(l, h.powerOut)}, err
	})
}

// GrantPowerOfAttorney puts a power of attorney on file.
func (h *handler) GrantPowerOfAttorney(w http.ResponseWriter, r *http.Request, id string) {
	answer(h, w, r, http.StatusCreated, func(c clerk.Caller, b api.NewPowerOfAttorney) (any, error) {
		p, err := h.Clerk.Grant(c, role.PowerOfAttorney{Tenant: id, Holder: b.Holder, Roles: rolesIn(b.Roles), Purpose: role.Purpose(b.Purpose),
			From: b.From, Until: b.Until, Document: b.Document})
		return h.powerOut(p), err
	})
}

// RevokePowerOfAttorney revokes it.
func (h *handler) RevokePowerOfAttorney(w http.ResponseWriter, r *http.Request, number string) {
	show(h, w, r, http.StatusOK, func(c clerk.Caller) (any, error) {
		p, err := h.Clerk.RevokePower(c, number)
		return h.powerOut(p), err
	})
}

func (h *handler) powerOut(p role.PowerOfAttorney) api.PowerOfAttorney {
	out := api.PowerOfAttorney{Number: p.Number, Tenant: p.Tenant, Holder: p.Holder, Roles: rolesOut(p.Roles), Purpose: api.Purpose(p.Purpose),
		From: p.From.UTC(), Document: p.Document, State: api.PowerOfAttorneyState(p.At(h.Clock.Now()))}
	if !p.Until.IsZero() {
		out.Until = p.Until.UTC()
	}
	return out
}

func userOut(p register.Person) api.User {
	out := api.User{Organisation: p.Organisation, Person: p.Name, Name: p.Title, Mail: p.Mail, Roles: rolesOut(p.Roles), State: "active"}
	if p.Revoked {
		out.State = "revoked"
	}
	return out
}

func rolesIn(l []api.Role) []role.Role {
	return each(l, func(r api.Role) role.Role { return role.Role(r) })
}

func rolesOut(l []role.Role) []api.Role {
	return each(l, func(r role.Role) api.Role { return api.Role(r) })
}
