// Package mp is the WeChat Official Account platform, simulated: it verifies a bot's URL, pushes what people send and tap,
// repeats what was not answered in time, refuses what the platform refuses, and shows the rest to people in a transcript.
// As an http.Handler it is the host that bots call. Time comes from a clock that tests can move.
//
// It knows nothing of the bot's channels: what it does comes from the platform's documentation, and where that is silent
// from what was observed; Rules has a switch for each point that nobody has confirmed.
package mp
