package verify

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/chuanhuabot/bot/sdk"
	"github.com/chuanhuabot/bot/sdk/internal/pb"
)

// startTime bounds one start, and going is how long a process may take to end.
const (
	startTime = 10 * time.Second
	going     = 2 * time.Second
)

func handshake(ctx context.Context, t *trial) judgement {
	began := time.Now()
	if err := t.connect(ctx); err != nil {
		return failed("%v%s", err, t.words())
	}
	return ok("within %d ms", time.Since(began).Milliseconds())
}

// words is empty before the start of a process.
func (t *trial) words() string {
	if t.output == nil {
		return ""
	}
	return t.output.words()
}

func cookie(ctx context.Context, t *trial) judgement {
	err, ends := t.attempt(ctx, without(sdk.CookieKey))
	switch {
	case err == nil:
		return failed("it shook hands")
	case !ends:
		return failed("it was still running after %s%s", startTime, t.words())
	case t.process.ExitCode() == 0:
		return failed("it ended with exit code 0%s", t.words())
	case t.words() == "":
		return failed("%s, without a word", t.process.Ended())
	}
	return ok("%s%s", t.process.Ended(), t.words())
}

func versions(ctx context.Context, t *trial) judgement {
	both := &trial{kit: t.kit}
	defer both.close()
	if err, _ := both.attempt(ctx, with(versionsKey, "1,99")); err != nil {
		return failed("asked for 1 or 99, it did not answer with 1: %v%s", err, both.words())
	}
	err, ends := t.attempt(ctx, with(versionsKey, "99"))
	switch {
	case err == nil:
		return ok("of 1 and 99 it chose 1; asked for 99 it answered with 1")
	case ends && t.process.ExitCode() != 0:
		return ok("of 1 and 99 it chose 1; asked for 99 it ended: %s", t.process.Ended())
	}
	return failed("asked for version 99: %v%s", err, t.words())
}

// versionsKey is where go-plugin names the versions that the bot speaks.
const versionsKey = "PLUGIN_PROTOCOL_VERSIONS"

// attempt starts a process in an environment that does not suit it. ends: it ended by itself.
func (t *trial) attempt(ctx context.Context, environ func([]string) []string) (err error, ends bool) {
	if err := t.launch(environ); err != nil {
		return err, false
	}
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	if _, err = t.process.Connect(ctx); err == nil {
		return nil, false
	}
	// A process that hangs was killed at the end of ctx.
	return err, ctx.Err() == nil && t.within(ctx, going, t.process.Exited())
}

func without(key string) func([]string) []string {
	return func(env []string) []string {
		var kept []string
		for _, one := range env {
			if !strings.HasPrefix(one, key+"=") {
				kept = append(kept, one)
			}
		}
		return kept
	}
}

func with(key, value string) func([]string) []string {
	return func(env []string) []string { return append(without(key)(env), key+"="+value) }
}

func describe(ctx context.Context, t *trial) judgement {
	if err := t.connect(ctx); err != nil {
		return failed("%v%s", err, t.words())
	}
	ctx, cancel := context.WithTimeout(ctx, t.options.Patience)
	defer cancel()
	about, err := t.client.Describe(ctx, &pb.DescribeRequest{})
	switch {
	case status.Code(err) == codes.Unimplemented:
		return ok("it does not describe itself")
	case err != nil:
		return failed("%v%s", err, t.words())
	case about.GetConfigSchema() != "" && !json.Valid([]byte(about.GetConfigSchema())):
		return failed("config_schema is not JSON")
	}
	t.about = about
	return ok("%q, version %q", about.GetName(), about.GetVersion())
}

func configure(ctx context.Context, t *trial) judgement {
	if err := t.connect(ctx); err != nil {
		return failed("%v%s", err, t.words())
	}
	ctx, cancel := context.WithTimeout(ctx, t.options.Patience)
	defer cancel()
	problems, err := t.configure(ctx, t.config())
	switch {
	case err != nil:
		return failed("%v%s", err, t.words())
	case len(problems) > 0:
		return failed("it finds problems, such as %q of %q; give a configuration that works with --config",
			problems[0].GetMessage(), problems[0].GetField())
	}
	return ok("it takes %d bytes of configuration", len(t.config()))
}

// nonsense is a configuration that no plugin has.
const nonsense = `{"bot_plugin_verify": {"made up": ["by", "the", "kit", null, 1e300]}}`

func badConfig(ctx context.Context, t *trial) judgement {
	if err := t.connect(ctx); err != nil {
		return failed("%v%s", err, t.words())
	}
	ctx, cancel := context.WithTimeout(ctx, t.options.Patience)
	defer cancel()
	problems, err := t.configure(ctx, nonsense)
	switch {
	case errors.Is(err, errNoConfigure):
		return ok("%v, which the bot reports", err)
	case err != nil:
		return failed("%v%s", err, t.words())
	case len(problems) == 0:
		return notSeen("it finds nothing wrong with a key that it cannot know")
	}
	return ok("such as %q of %q", problems[0].GetMessage(), problems[0].GetField())
}
