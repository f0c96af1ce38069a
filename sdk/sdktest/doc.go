// Package sdktest is the test kit for authors of plugins. It runs a Handler as the bot does, behind the real wire: each
// message is encoded, sent over gRPC and decoded, and so is each answer. There is no process and no network in between,
// so a turn takes some hundred microseconds.
//
//	func TestGreeting(t *testing.T) {
//		p := sdktest.Start(t, greeter.New())
//		if err := p.Configure(map[string]any{"greeting": "hello"}); err != nil {
//			t.Fatal(err)
//		}
//		turn := p.Say("I am Ada")
//		if turn.Err != nil || !slices.Equal(turn.Texts(), []string{"hello, Ada"}) {
//			t.Fatalf("got %+v", turn)
//		}
//	}
//
// What the kit does like the bot: it asks a plugin what it is, configures it and only then begins with turns; turns of one
// conversation come one at a time; appended text is gathered into one reply; what a turn saves comes back as Message.State
// in the next turn of the conversation, if the plugin is stateful and the turn had no error; a panic is an error of its
// turn. What it leaves out: routes, chains and the limits of a platform.
package sdktest
