package verify

import (
	"context"
	"time"

	"github.com/chuanhuabot/bot/sdk/internal/pb"
)

// Options say how a plugin is tried. The zero value is a plugin without configuration.
type Options struct {
	// Config is the `config:` that it is given, as a JSON object. Empty: none.
	Config string
	// Text is what most messages say. Empty: a greeting.
	Text string
	// Slow is a text that keeps the plugin at work for five seconds or more, and Fail one that makes it fail. What only such
	// texts can show is not seen without them.
	Slow, Fail string
	// Patience bounds each turn. 0: 10 s.
	Patience time.Duration
	// Tell, if not nil, is called with each finding as soon as there is one.
	Tell func(Finding)
}

const (
	defaultText     = "你好, hello 👋"
	defaultPatience = 10 * time.Second
)

// kit tries one plugin.
type kit struct {
	launcher Launcher
	options  Options
	conduct  *conduct
	about    *pb.DescribeResponse
	reached  stage
	spare    *trial // Of the last rule, where the next one may go on with it.
}

// Verify tries a plugin, one rule after the other: those that end a process, or that fail, each in one of their own. Nothing of
// them is left when it returns. It takes about twenty starts of the plugin and a few seconds more; a plugin that does not answer
// costs a patience or two for each rule. ctx ends it early, and then its error is returned.
func Verify(ctx context.Context, l Launcher, o Options) (Report, error) {
	if o.Text == "" {
		o.Text = defaultText
	}
	if o.Patience == 0 {
		o.Patience = defaultPatience
	}
	k := &kit{launcher: l, options: o, conduct: newConduct()}
	defer func() {
		if k.spare != nil {
			k.spare.close()
		}
	}()
	var r Report
	for _, one := range rules() {
		f := k.try(ctx, one)
		if ctx.Err() != nil {
			return Report{}, context.Cause(ctx)
		}
		r.Rules = append(r.Rules, f)
		if o.Tell != nil {
			o.Tell(f)
		}
	}
	r.OK = r.Count(Failed) == 0
	r.Name, r.Version = k.about.GetName(), k.about.GetVersion()
	return r, nil
}

// try finds out about one rule.
func (k *kit) try(ctx context.Context, r rule) Finding {
	began := time.Now()
	j := k.judge(ctx, r)
	if j.verdict == OK && r.reaches > k.reached {
		k.reached = r.reaches
	}
	return Finding{
		Rule: r.name, Verdict: j.verdict, Seen: j.seen, Contract: r.contract, Millis: time.Since(began).Milliseconds(),
	}
}

func (k *kit) judge(ctx context.Context, r rule) judgement {
	if k.reached < r.needs {
		return notApplicable("%s", r.needs.missing())
	}
	whole := ctx
	ctx, cancel := context.WithTimeout(ctx, startAllowance+stepsOfRule*k.options.Patience)
	defer cancel()
	t := k.take(r)
	if r.converses && t.session == nil {
		if err := t.open(ctx, whole); err != nil {
			t.close()
			return failed("%v%s", err, t.words())
		}
	}
	// A plugin that does not read could hold up a frame for ever.
	stop := context.AfterFunc(ctx, t.abort)
	j := r.check(ctx, t)
	stop()
	if r.shares && j.verdict != Failed {
		k.spare = t
	} else {
		t.close()
	}
	return j
}

// take returns what a rule is tried with: the process of the rule before it, if both leave it as it was.
func (k *kit) take(r rule) *trial {
	spare := k.spare
	k.spare = nil
	if spare == nil {
		return &trial{kit: k, rule: r.name}
	}
	if !r.shares || spare.hasEnded() {
		spare.close()
		return &trial{kit: k, rule: r.name}
	}
	return &trial{kit: k, rule: r.name, process: spare.process, client: spare.client, session: spare.session, output: spare.output}
}

const (
	// startAllowance bounds what comes before the turns of a rule, which the launcher bounds too.
	startAllowance = time.Minute
	// stepsOfRule is how many times a rule may wait for turns; content has the most.
	stepsOfRule = 40
)

// stage is how far a plugin has come, for rules that need it to be there.
type stage int

const (
	nowhere stage = iota
	shaken        // It shakes hands.
	configured
	answering // It ends turns.
)

func (s stage) missing() string {
	switch s {
	case shaken:
		return "it does not shake hands"
	case configured:
		return "it is not configured"
	default:
		return "it answers no message"
	}
}
