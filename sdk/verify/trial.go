package verify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/chuanhuabot/bot/sdk/internal/pb"
)

// trial is what one rule is tried with: the options, and a process of its own.
type trial struct {
	*kit
	rule    string
	process Process
	client  pb.PluginClient
	session *session
	output  *output
	count   int
}

// launch prepares the process.
func (t *trial) launch(environ func([]string) []string) error {
	t.output = &output{}
	p, err := t.launcher(environ, slog.New(t.output))
	if err != nil {
		return err
	}
	t.process = p
	return nil
}

// connect starts the process and shakes hands.
func (t *trial) connect(ctx context.Context) error {
	if err := t.launch(nil); err != nil {
		return err
	}
	conn, err := t.process.Connect(ctx)
	if err != nil {
		return err
	}
	t.client = pb.NewPluginClient(conn)
	return nil
}

// open does everything before the first turn, as the bot does.
// The stream lasts until whole ends, or abort is called.
func (t *trial) open(ctx, whole context.Context) error {
	if err := t.connect(ctx); err != nil {
		return fmt.Errorf("a process that did not start, as an earlier one did: %w", err)
	}
	// What it says of itself is another rule's.
	_, _ = t.client.Describe(ctx, &pb.DescribeRequest{})
	if _, err := t.configure(ctx, t.config()); err != nil {
		return fmt.Errorf("configure, which worked in an earlier process: %w", err)
	}
	var err error
	t.session, err = converse(whole, t.client, t.conduct)
	return err
}

// abort ends the stream at once, if there is one.
func (t *trial) abort() {
	if t.session != nil {
		t.session.cancel()
	}
}

// hasEnded tells whether no turn can follow.
func (t *trial) hasEnded() bool { return t.within(context.Background(), 0, t.session.ended) }

func (t *trial) config() string {
	if t.options.Config == "" {
		return "{}"
	}
	return t.options.Config
}

// errNoConfigure is returned for a plugin that does not have Configure.
var errNoConfigure = errors.New("it takes no configuration")

// configure returns what the plugin finds wrong.
func (t *trial) configure(ctx context.Context, config string) ([]*pb.Problem, error) {
	access := t.process.Access()
	p, err := t.client.Configure(ctx, &pb.ConfigureRequest{
		ConfigJson: config, HostAddress: access.Address, HostToken: access.Token,
	})
	if status.Code(err) == codes.Unimplemented {
		if config == "{}" {
			return nil, nil
		}
		return nil, errNoConfigure
	}
	return p.GetProblems(), err
}

// settle is how long a plugin may take to end its half, for what else it says; whether it does is only judged where it is
// the rule.
const settle = 500 * time.Millisecond

// close ends the process.
func (t *trial) close() {
	if t.session != nil {
		t.session.finish()
		t.within(context.Background(), settle, t.session.ended)
	}
	if t.process != nil {
		t.process.Close()
	}
	if t.session != nil {
		t.session.cancel()
		<-t.session.ended
	}
}

// within waits until c is closed, for d at most.
func (*trial) within(ctx context.Context, d time.Duration, c <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-c:
		return true
	case <-timer.C:
	case <-ctx.Done():
	}
	return false
}

// pause lets time pass, unless the stream ends.
func (t *trial) pause(ctx context.Context, d time.Duration) { t.within(ctx, d, t.session.ended) }

// await waits until turns are over, for as long as a plugin is given, and says what is missing.
func (t *trial) await(ctx context.Context, turns ...*turn) error {
	ctx, cancel := context.WithTimeout(ctx, t.options.Patience)
	defer cancel()
	for _, one := range turns {
		select {
		case <-one.over:
			continue
		case <-ctx.Done():
		case <-t.session.ended:
			if one.isOver() {
				continue
			}
			return t.whyEnded(one.name)
		}
		if !one.isOver() {
			return fmt.Errorf("%s not over within %s%s", missing(turns), t.options.Patience, t.output.words())
		}
	}
	return nil
}

func missing(turns []*turn) string {
	var names []string
	for _, one := range turns {
		if !one.isOver() {
			names = append(names, one.name)
		}
	}
	if len(names) == 1 {
		return "the turn " + names[0] + " was"
	}
	return fmt.Sprintf("%d of %d turns, such as %s, were", len(names), len(turns), names[0])
}

// whyEnded says how the conversation ended in a turn that should have been over.
func (t *trial) whyEnded(turn string) error {
	if t.within(context.Background(), settle, t.process.Exited()) {
		return fmt.Errorf("the process ended in the turn %s: %s%s", turn, t.process.Ended(), t.output.words())
	}
	if err := t.session.err; err != nil {
		return fmt.Errorf("the stream broke off in the turn %s: %w%s", turn, err, t.output.words())
	}
	return fmt.Errorf("the plugin ended the stream in the turn %s%s", turn, t.output.words())
}
