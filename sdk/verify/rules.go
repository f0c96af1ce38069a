package verify

import "context"

// rule is one thing that the contract asks of a plugin.
type rule struct {
	name     string
	contract string
	needs    stage
	reaches  stage // What is known to work if it is kept.
	// converses: check gets a process that is ready for turns. Otherwise it starts one itself. shares: and it leaves it as it was.
	converses, shares bool
	check             func(context.Context, *trial) judgement
}

// rules returns all rules in the order in which they are tried. What holds for every frame is judged last.
func rules() []rule {
	return concat(startRules(), turnRules(), endRules(), frameRules())
}

func concat(groups ...[]rule) []rule {
	var all []rule
	for _, g := range groups {
		all = append(all, g...)
	}
	return all
}

func startRules() []rule {
	return []rule{
		{name: "handshake", reaches: shaken, check: handshake,
			contract: "its first line on standard output is go-plugin's handshake for gRPC, within 10 s"},
		{name: "cookie", needs: shaken, check: cookie,
			contract: "started by hand, without the cookie in its environment, it says what it is and exits with a code that is not 0"},
		{name: "versions", needs: shaken, check: versions,
			contract: "of the versions in PLUGIN_PROTOCOL_VERSIONS it answers with one that it speaks; where it speaks none, with its own, or it exits with a code that is not 0"},
		{name: "describe", needs: shaken, check: describe,
			contract: "Describe answers or is UNIMPLEMENTED, and config_schema is JSON or empty"},
		{name: "configure", needs: shaken, reaches: configured, check: configure,
			contract: "Configure takes the configuration or is UNIMPLEMENTED; without a configuration it gets {}"},
		{name: "bad-config", needs: configured, check: badConfig,
			contract: "what is wrong with a configuration comes back as problems, not as an error or the end of the process"},
	}
}

func turnRules() []rule {
	all := []rule{
		{name: "turn", needs: configured, reaches: answering, converses: true, check: oneTurn,
			contract: "a turn ends with `done`, whatever the plugin does with the message"},
		{name: "concurrency", check: concurrency,
			contract: "turns run side by side, and each one ends with `done` under its own id"},
		{name: "beside", check: beside,
			contract: "a turn that takes long does not hold up those of other conversations"},
		{name: "deadline", check: deadline,
			contract: "a turn whose time is up and that is cancelled leaves the plugin ready for the next one"},
		{name: "late-cancel", check: lateCancel,
			contract: "a Cancel of a turn that is over, or that there never was, is ignored"},
		{name: "content", check: content,
			contract: "every kind of content, empty, odd or of 1 MiB, costs at most its own turn"},
		{name: "unknown-content", check: unknownContent,
			contract: "a content of a kind that the plugin does not know counts as unset, and costs at most its own turn"},
		{name: "unknown-frames", check: unknownFrames,
			contract: "a field that the plugin does not know is ignored, and so is a frame"},
		{name: "ping", check: ping,
			contract: "a Ping is answered by a Pong with its id within 2 s, not behind turns that run"},
		{name: "stdout", check: stdout,
			contract: "what the plugin prints after the handshake holds nothing up"},
		{name: "failure", check: failure,
			contract: "a turn that fails ends with the error in `done`, and leaves other turns alone"},
	}
	for i := range all {
		all[i].shares = true
	}
	return conversing(all)
}

func endRules() []rule {
	return conversing([]rule{
		{name: "cancel", check: cancel,
			contract: "a turn that is cancelled ends early: nothing of it holds up the end of the conversation"},
		{name: "drain", check: drain,
			contract: "when the bot closes its half, the turns that run end, and then the stream does, in good order"},
		{name: "goodbye", check: goodbye,
			contract: "asked to go, by go-plugin's Shutdown, the process ends within 2 s"},
		{name: "leftovers", check: leftovers,
			contract: "a process that goes leaves none behind that it has started"},
		{name: "parent", check: parent,
			contract: "when its standard input ends, the bot is gone, and the process ends within 2 s"},
		{name: "interrupt", check: interrupt,
			contract: "Ctrl-C (SIGINT) is for the bot: the plugin ignores it"},
	})
}

// frameRules are judged by all that was seen before.
func frameRules() []rule {
	seen := func(f fault) func(context.Context, *trial) judgement {
		return func(_ context.Context, t *trial) judgement { return t.conduct.judge(f) }
	}
	return []rule{
		{name: "done", needs: answering, check: seen(talksOn),
			contract: "`done` is the last action of a turn, and comes once"},
		{name: "ids", needs: answering, check: seen(stranger),
			contract: "every frame of a turn carries the id of one that the bot gave"},
		{name: "actions", needs: answering, check: seen(badAction),
			contract: "every action is of a known kind, a content has at most 1 MiB and a state at most 64 KiB"},
	}
}

// conversing makes rules of which those that need nothing else need a plugin that answers, ready for turns.
func conversing(all []rule) []rule {
	for i := range all {
		if all[i].needs == nowhere {
			all[i].needs, all[i].converses = answering, true
		}
	}
	return all
}
