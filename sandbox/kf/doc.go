// Package kf is the platform of WeCom customer service (微信客服), simulated: it verifies a bot's URL, keeps what customers and
// servicers say in a log, rings a bell for what is new, lets bots pull and answer, and shows the rest to customers in a
// transcript. As an http.Handler it is the host that bots call. Time comes from a clock that tests can move.
//
// It knows nothing of the bot's channels: what it does comes from the platform's documentation, which it names by the numbers
// of its pages, developer.work.weixin.qq.com/document/path/NNNNN, and where that is silent from what was observed; Rules has
// a switch for each point that nobody has confirmed.
package kf
