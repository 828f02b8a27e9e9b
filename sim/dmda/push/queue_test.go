package push_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"demailbench/sim/clock"
	"demailbench/sim/dmda/push"

	"github.com/google/go-cmp/cmp"
)

var epoch = time.Date(2015, 11, 2, 8, 0, 0, 0, time.UTC)

// log collects what was tried when, in seconds since the epoch.
type log struct {
	mu    sync.Mutex
	tries []try
}

type try struct {
	Value string
	At    int
}

func (l *log) add(c clock.Clock, v string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tries = append(l.tries, try{v, int(c.Now().Sub(epoch) / time.Second)})
}

// run drives a queue whose tries answer by judge, and returns what was tried.
func run(t *testing.T, judge func(value string, n int) push.Verdict, steps func(*clock.Virtual, *push.Queue[string])) []try {
	t.Helper()
	c := clock.NewVirtual(epoch, clock.Options{})
	var l log
	q := push.New(c, []time.Duration{10 * time.Second, time.Minute}, func(_ context.Context, v string) push.Verdict {
		l.add(c, v)
		l.mu.Lock()
		n := len(l.tries)
		l.mu.Unlock()
		return judge(v, n)
	})
	done := make(chan struct{})
	go func() {
		defer close(done)
		steps(c, q)
		q.Close()
	}()
	if err := c.Run(done); err != nil {
		t.Fatal(err)
	}
	return l.tries
}

func sleep(c clock.Clock, seconds int) {
	c.Sleep(context.Background(), time.Duration(seconds)*time.Second)
}

func TestQueue(t *testing.T) {
	for _, c := range []struct {
		name  string
		judge func(string, int) push.Verdict
		steps func(*clock.Virtual, *push.Queue[string])
		want  []try
	}{
		{"in order, once each", func(string, int) push.Verdict { return push.Final },
			func(c *clock.Virtual, q *push.Queue[string]) { q.Add("a"); q.Add("b"); sleep(c, 300) },
			[]try{{"a", 0}, {"b", 0}}},
		{"the last wait repeats", func(_ string, n int) push.Verdict {
			if n < 5 {
				return push.Again
			}
			return push.Final
		}, func(c *clock.Virtual, q *push.Queue[string]) { q.Add("a"); sleep(c, 600) },
			[]try{{"a", 0}, {"a", 10}, {"a", 70}, {"a", 130}, {"a", 190}}},
		{"one that is put off does not hold up another", func(v string, n int) push.Verdict {
			if v == "a" && n < 3 {
				return push.Again
			}
			return push.Final
		}, func(c *clock.Virtual, q *push.Queue[string]) { q.Add("a"); sleep(c, 5); q.Add("b"); sleep(c, 600) },
			[]try{{"a", 0}, {"b", 5}, {"a", 10}}},
		{"an absent gateway holds up all", func(_ string, n int) push.Verdict {
			if n == 1 {
				return push.Unreachable
			}
			return push.Final
		}, func(c *clock.Virtual, q *push.Queue[string]) { q.Add("a"); q.Add("b"); sleep(c, 600) },
			[]try{{"a", 0}, {"a", 10}, {"b", 10}}},
		{"closing ends the wait", func(string, int) push.Verdict { return push.Again },
			func(c *clock.Virtual, q *push.Queue[string]) { q.Add("a"); sleep(c, 5) },
			[]try{{"a", 0}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, run(t, c.judge, c.steps)); d != "" {
				t.Errorf("tries (-want +got)\n%s", d)
			}
		})
	}
}

func TestClosedQueueDrops(t *testing.T) {
	q := push.New(clock.NewVirtual(epoch, clock.Options{}), []time.Duration{time.Second}, func(context.Context, string) push.Verdict {
		t.Error("tried after Close")
		return push.Final
	})
	q.Close()
	q.Add("a")
	if n := q.Len(); n != 0 {
		t.Errorf("%d wait", n)
	}
}
