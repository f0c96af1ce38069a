package verify_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/chuanhuabot/bot/sdk"
	"github.com/chuanhuabot/bot/sdk/internal/pb"
)

// slowness is how long "slow" takes: longer than a plugin may take for anything but turns.
const slowness = 5 * time.Second

// turn does what the message and the kind of the liar ask for.
func (t *talk) turn(ctx context.Context, p *pb.Turn) {
	if t.dies(p) {
		os.Exit(3)
	}
	if t.forgets(p) {
		return
	}
	if t.kind == "one at a time" {
		t.serial.Lock()
		defer t.serial.Unlock()
	}
	switch p.GetMessage().GetContent().GetText().GetText() {
	case "slow":
		select {
		case <-ctx.Done():
		case <-time.After(slowness):
		}
	case "fail":
		t.act(p.GetId(), done("it was asked to"))
		return
	}
	if t.kind == "drops what runs" && strings.HasPrefix(p.GetMessage().GetId(), "verify-drain") {
		time.Sleep(300 * time.Millisecond) // So that there is something to drop.
	}
	t.answer(p)
}

func (t *talk) dies(p *pb.Turn) bool {
	c := p.GetMessage().GetContent()
	switch t.kind {
	case "dies of a deadline":
		return p.GetTimeoutMs() == 1
	case "dies of a NUL":
		return strings.Contains(c.GetText().GetText(), "\x00")
	case "dies of an unknown content":
		return c.GetKind() == nil
	case "dies of a failure":
		return c.GetText().GetText() == "fail"
	}
	return false
}

// forgets tells whether the turn never ends.
func (t *talk) forgets(p *pb.Turn) bool {
	switch t.kind {
	case "never answers":
		return true
	case "loses one of many":
		return p.GetMessage().GetId() == "verify-concurrency-17"
	case "does not like voices":
		return p.GetMessage().GetContent().GetVoice() != nil
	case "stops once it has printed":
		return p.GetMessage().GetId() == "verify-stdout-9"
	}
	return false
}

// answer replies and ends the turn.
func (t *talk) answer(p *pb.Turn) {
	id, text := p.GetId(), &pb.Action{Action: &pb.Action_Reply{Reply: textOf("re")}}
	kind := t.kind
	if strings.HasSuffix(kind, "too much") && p.GetMessage().GetId() != "verify-content-3" {
		kind = "honest" // Once is enough.
	}
	switch kind {
	case "two ends":
		t.act(id, text, done(""), done(""))
	case "talks on":
		t.act(id, text, done(""))
		t.act(id, text)
	case "talks to strangers":
		t.act(id+5000, text)
		t.act(id, text, done(""))
	case "does the unknown":
		t.act(id, &pb.Action{}, done(""))
	case "says nothing":
		t.act(id, &pb.Action{Action: &pb.Action_Reply{Reply: &pb.Content{}}}, done(""))
	case "says too much":
		long := textOf(strings.Repeat("x", sdk.MaxContent))
		t.act(id, &pb.Action{Action: &pb.Action_Forward{Forward: long}}, done(""))
	case "appends too much":
		t.act(id, &pb.Action{Action: &pb.Action_Append{Append: strings.Repeat("x", sdk.MaxContent+1)}}, done(""))
	case "saves too much":
		t.act(id, &pb.Action{Action: &pb.Action_Save{Save: make([]byte, sdk.MaxState+1)}}, done(""))
	default:
		if strings.Contains(kind, "print") && strings.HasPrefix(p.GetMessage().GetId(), "verify-stdout") {
			fmt.Println(strings.Repeat("x", 100_000))
		}
		t.act(id, text)
		t.act(id, done(""))
	}
}

func textOf(text string) *pb.Content {
	return &pb.Content{Kind: &pb.Content_Text{Text: &pb.Text{Text: text}}}
}

func done(failed string) *pb.Action {
	return &pb.Action{Action: &pb.Action_Done{Done: &pb.Done{Error: failed}}}
}
