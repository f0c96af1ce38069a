package sdk

import (
	"context"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// childKey is the environment variable that makes the test binary a plugin.
const childKey = "SDK_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childKey) != "" {
		Serve(HandlerFunc(echoed))
		return
	}
	goleak.VerifyTestMain(m)
}

// echoed replies with the content that came in.
func echoed(_ context.Context, m *Message, r Responder) error { return r.Reply(m.Content) }
