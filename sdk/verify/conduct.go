package verify

import (
	"fmt"
	"sync"

	"google.golang.org/protobuf/proto"

	"github.com/chuanhuabot/bot/sdk"
	"github.com/chuanhuabot/bot/sdk/internal/pb"
)

// conduct is what all frames of all processes have shown about the rules that hold for every one of them.
type conduct struct {
	mu      sync.Mutex
	turns   int              // That were over.
	broken  map[fault]int    // How often.
	example map[fault]string // The first time of each.
}

// fault is a way to break such a rule.
type fault int

const (
	talksOn  fault = iota // Something behind `done`.
	stranger              // A frame of a turn that there never was.
	badAction
)

func newConduct() *conduct {
	return &conduct{broken: map[fault]int{}, example: map[fault]string{}}
}

func (c *conduct) note(f fault, format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.broken[f]++; c.broken[f] == 1 {
		c.example[f] = fmt.Sprintf(format, args...)
	}
}

func (c *conduct) over() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.turns++
}

// judge returns what was seen of one of these rules.
func (c *conduct) judge(f fault) judgement {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch n := c.broken[f]; {
	case n > 1:
		return failed("%d times, such as: %s", n, c.example[f])
	case n == 1:
		return failed("%s", c.example[f])
	case c.turns == 0:
		return notSeen("no turn was ever over")
	}
	return ok("in all of %d turns", c.turns)
}

// wrong says what is wrong with an action, in the words of the contract, or "".
func wrong(a *pb.Action) string {
	switch a := a.GetAction().(type) {
	case nil:
		return "an action of no kind that the contract knows"
	case *pb.Action_Reply:
		return wrongContent("reply", a.Reply)
	case *pb.Action_Forward:
		return wrongContent("forward", a.Forward)
	case *pb.Action_Append:
		if len(a.Append) > sdk.MaxContent {
			return fmt.Sprintf("append: %d bytes, more than %d", len(a.Append), sdk.MaxContent)
		}
	case *pb.Action_Save:
		if len(a.Save) > sdk.MaxState {
			return fmt.Sprintf("save: %d bytes, more than %d", len(a.Save), sdk.MaxState)
		}
	}
	return ""
}

func wrongContent(what string, c *pb.Content) string {
	switch size := proto.Size(c); {
	case c.GetKind() == nil:
		return what + ": a content of no kind that the contract knows"
	case size > sdk.MaxContent:
		return fmt.Sprintf("%s: a content of %d bytes, more than %d", what, size, sdk.MaxContent)
	}
	return ""
}
