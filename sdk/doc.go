// Package sdk is the language that the bot and its reply plugins share: messages and their contents, the Handler that
// answers them, and both ends of the wire between the two processes.
//
// A plugin is a Handler and one call:
//
//	func main() {
//		sdk.Serve(sdk.HandlerFunc(func(ctx context.Context, m *sdk.Message, r sdk.Responder) error {
//			return r.Reply(sdk.Text{Text: "hello"})
//		}))
//	}
//
// A Handler that is also a Describer or a Configurer says more about itself and takes the configuration that bot.yaml
// has for it.
//
// Below it are tools for plugins: sdk/command finds commands in what people write, sdk/dialogue asks one thing after the other,
// sdk/settings reads the configuration into a struct, sdk/state keeps Go values, and sdk/sdktest tests all of it. Logger logs.
package sdk
