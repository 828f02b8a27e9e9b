package fault

import (
	"net"
	"testing"
)

func TestCrashOnAccept(t *testing.T) {
	l, err := CrashOnAccept(net.Listen)("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	defer func() {
		if recover() == nil {
			t.Error("Accept did not panic")
		}
	}()
	l.Accept()
}
