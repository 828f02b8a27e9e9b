package draft

import "sync"

// Counter counts what accounts send on one day. The zero value counts from nothing; its methods may be called
// by any goroutine.
type Counter struct {
	mu   sync.Mutex
	days map[string]day // by account
}

type day struct {
	date                 string
	messages, recipients int
}

// Sent is what an account has sent on a date.
func (c *Counter) Sent(account, date string) (messages, recipients int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if d := c.days[account]; d.date == date {
		return d.messages, d.recipients
	}
	return 0, 0
}

// Add counts a message to so many recipients.
func (c *Counter) Add(account, date string, recipients int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.days == nil {
		c.days = map[string]day{}
	}
	d := c.days[account]
	if d.date != date {
		d = day{date: date}
	}
	d.messages++
	d.recipients += recipients
	c.days[account] = d
}
