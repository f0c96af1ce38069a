package channeltest

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// patience is how long the suite waits for what must come.
const patience = 5 * time.Second

// Harness makes channels for the suite and plays their platform.
type Harness struct {
	// New returns a new channel called Name that logs to log. It is called once or more in each test.
	New func(t *testing.T, log *slog.Logger) core.Channel
	// Name is what New calls its channels.
	Name string
	// Say makes the platform hand over the message number n of one person, and returns when the channel has it or has
	// refused it. A channel whose platform sends messages again gets the same message again for the same n.
	Say func(t *testing.T, c core.Channel, n int)
	// Again says that the platform of this channel sends messages again.
	Again bool
	// Active says that the channel can send without a message to reply to.
	Active bool
	// Forge makes somebody who is not the platform hand over messages. Nil: nobody else can.
	Forge func(t *testing.T, c core.Channel)
	// Secrets are the secrets of the channel's configuration: no error and no log line may contain one.
	Secrets []string
}

// Run holds the channels of h to the contract of core.Channel.
func Run(t *testing.T, h Harness) {
	for _, one := range []struct {
		name string
		test func(*testing.T, Harness)
	}{
		{"RunEndsWithItsContext", runEnds},
		{"MessagesAreComplete", messagesAreComplete},
		{"DifferentMessagesHaveDifferentIDs", differentIDs},
		{"TheSameMessageHasTheSameID", sameID},
		{"ForgedMessagesDoNotArrive", forged},
		{"SendWithoutItsMessageIsAnError", sendUnknown},
		{"SendIsSafeForConcurrentUse", sendConcurrently},
		{"CapabilitiesNeverChange", capabilitiesNeverChange},
	} {
		t.Run(one.name, func(t *testing.T) { one.test(t, h) })
	}
}

func runEnds(t *testing.T, h Harness) {
	c := h.start(t)
	c.stop()
	if err := c.wait(); err != nil {
		t.Errorf("Run returned %v, want nil", err)
	}
}

func messagesAreComplete(t *testing.T, h Harness) {
	c := h.start(t)
	h.Say(t, c.Channel, 1)
	for _, problem := range incomplete(c.inbox.next(t), h.Name) {
		t.Error(problem)
	}
}

// incomplete names what a message of the channel called name lacks.
func incomplete(m *sdk.Message, name string) (problems []string) {
	for field, value := range map[string]string{"ID": m.ID, "Conversation": m.Conversation, "Sender": m.Sender, "Channel": m.Channel} {
		if value == "" || !utf8.ValidString(value) {
			problems = append(problems, fmt.Sprintf("%s is %q", field, value))
		}
	}
	if m.Channel != name {
		problems = append(problems, fmt.Sprintf("Channel is %q, want %q", m.Channel, name))
	}
	if m.Content == nil || !utf8.ValidString(m.Text()) {
		problems = append(problems, fmt.Sprintf("Content is %v", m.Content))
	}
	if m.Time.IsZero() {
		problems = append(problems, "Time is not set")
	}
	return problems
}

func differentIDs(t *testing.T, h Harness) {
	c := h.start(t)
	h.Say(t, c.Channel, 1)
	one := c.inbox.next(t)
	h.Say(t, c.Channel, 2)
	two := c.inbox.next(t)
	if one.ID == two.ID {
		t.Errorf("both messages have the ID %q", one.ID)
	}
	if one.Conversation != two.Conversation {
		t.Errorf("one person has two conversations, %q and %q", one.Conversation, two.Conversation)
	}
}

// sameID lets the second copy reach the inbox or not: a channel may know its messages itself. A new channel has never seen
// the message and must give it the same ID again.
func sameID(t *testing.T, h Harness) {
	if !h.Again {
		t.Skip("the platform sends no message again")
	}
	first := h.start(t)
	h.Say(t, first.Channel, 1)
	h.Say(t, first.Channel, 1)
	second := h.start(t)
	h.Say(t, second.Channel, 1)
	want := second.inbox.next(t).ID
	for _, m := range first.inbox.all() {
		if m.ID != want {
			t.Errorf("the same message has the IDs %q and %q", m.ID, want)
		}
	}
}

func forged(t *testing.T, h Harness) {
	if h.Forge == nil {
		t.Skip("nobody but the platform can reach the channel")
	}
	c := h.start(t)
	h.Forge(t, c.Channel)
	if got := c.inbox.all(); len(got) > 0 {
		t.Errorf("%d forged messages arrived, the first is %+v", len(got), got[0])
	}
}

// unknown is a delivery in reply to a message that never was.
func unknown(n int, c sdk.Content) *core.Delivery {
	return &core.Delivery{ID: fmt.Sprint("d", n), InReplyTo: fmt.Sprint("no such message ", n), Conversation: "nobody",
		Recipient: "nobody", Content: c, Created: time.Now()}
}

func sendUnknown(t *testing.T, h Harness) {
	c := h.start(t)
	for n, content := range []sdk.Content{sdk.Text{Text: "late"}, sdk.Image{}, sdk.Raw{}, sdk.Text{}, nil} {
		err := c.Send(t.Context(), unknown(n, content))
		if err == nil && h.Active {
			continue
		}
		if err == nil {
			t.Errorf("%v: Send returned nil for a message that never was", content)
			continue
		}
		c.secrets.check(t, err.Error())
		if errors.Is(err, core.ErrStopping) {
			t.Errorf("Send returned %v", err)
		}
	}
}

// sendConcurrently is for the race detector.
func sendConcurrently(t *testing.T, h Harness) {
	c := h.start(t)
	h.Say(t, c.Channel, 1)
	m := c.inbox.next(t)
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			d := unknown(n, sdk.Text{Text: "hello"})
			d.InReplyTo, d.Conversation, d.Recipient = m.ID, m.Conversation, m.Sender
			if err := c.Send(t.Context(), d); err != nil {
				c.secrets.check(t, err.Error())
			}
			_ = c.Capabilities()
		})
	}
	all.Wait()
}

func capabilitiesNeverChange(t *testing.T, h Harness) {
	c := h.start(t)
	before := slices.Clone(c.Capabilities().Kinds)
	h.Say(t, c.Channel, 1)
	c.inbox.next(t)
	c.stop()
	if err := c.wait(); err != nil {
		t.Errorf("Run returned %v, want nil", err)
	}
	if after := c.Capabilities().Kinds; !slices.Equal(before, after) {
		t.Errorf("Capabilities changed from %v to %v", before, after)
	}
	for _, k := range before {
		if !slices.Contains(sdk.Kinds(), k) {
			t.Errorf("there is no kind %q", k)
		}
	}
}
