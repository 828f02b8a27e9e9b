package contract

// User is a person with access to the gateway's frontend.
type User struct {
	Org    string `json:"org"`
	Person string `json:"person"`
	// Role title shown to others.
	Name  string `json:"name"`
	Roles []Role `json:"roles"`
	// Whether the person may sign in: active, revoked.
	State string `json:"state"`
}

// UserCreate are the arguments of user.create; the result is User.
type UserCreate struct {
	Org    string `json:"org"`
	Person string `json:"person"`
	// Role title shown to others.
	Name     string `json:"name"`
	Email    string `json:"email"`
	Roles    []Role `json:"roles"`
	Password string `json:"password"`
}

// Operation implements Args.
func (UserCreate) Operation() string { return "user.create" }

// UserRoles are the arguments of user.roles; the result is User.
type UserRoles struct {
	Org    string `json:"org"`
	Person string `json:"person"`
	Roles  []Role `json:"roles"`
}

// Operation implements Args.
func (UserRoles) Operation() string { return "user.roles" }

// UserRevoke are the arguments of user.revoke; the result is User.
type UserRevoke struct {
	Org    string `json:"org"`
	Person string `json:"person"`
	Reason string `json:"reason"`
}

// Operation implements Args.
func (UserRevoke) Operation() string { return "user.revoke" }

// UserList are the arguments of user.list; the result is UserListResult.
type UserList struct {
	Org string `json:"org"`
}

// Operation implements Args.
func (UserList) Operation() string { return "user.list" }

// UserListResult is the result of user.list.
type UserListResult struct {
	Users []User `json:"users"`
}
