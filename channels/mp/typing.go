package mp

import "time"

const (
	// typingLasts is how long a person sees that somebody types, and typingMost how often it is shown: the platform takes it
	// within 30 s of the person's message only (developers.weixin.qq.com/doc/service/api/customer/message/api_typing).
	typingLasts = 15 * time.Second
	typingMost  = 2
)

// showTyping lets a person whose answer is late see 对方正在输入 until it comes, if the account may. It does not block. That it
// could not be shown is no loss.
func (l *late) showTyping(to string, answered <-chan struct{}) {
	if l.possible() {
		l.begin(func() { l.keepTyping(to, answered) })
	}
}

func (l *late) keepTyping(to string, answered <-chan struct{}) {
	for range typingMost {
		select {
		case <-answered:
			return
		default:
		}
		if err := l.api.typing(l.ctx, to); err != nil {
			l.log.Debug("typing not shown", "err", err)
			return
		}
		over := time.NewTimer(typingLasts) // From now on: sooner the platform would refuse it.
		select {
		case <-over.C:
		case <-answered:
		case <-l.ctx.Done():
		}
		over.Stop()
	}
}
