// Package mp is the channel of a WeChat Official Account (公众号). The platform calls a webhook with each message; the
// answer goes back in the body of the HTTP response, as a passive reply. The platform waits 5 s for it, hangs up and asks
// again, three times in all, so a message has a slot in which its answer gathers while requests come and go: see slot.go.
//
// The rules come from developers.weixin.qq.com/doc/subscription/guide/dev/push/ and the pages named in the code.
package mp
