package nat

type mapping struct{}
