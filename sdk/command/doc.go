// Package command finds commands in what people write, such as "/weather 北京", and calls the function of each.
//
//	commands, err := command.New(
//		command.Command{Name: "/weather", Args: "城市", Doc: "今天的天气", Do: weather},
//		command.Command{Name: "/remind", Aliases: []string{"提醒"}, Args: "时间 事情", Doc: "到时提醒", Do: remind},
//	)
//
// A command is the first word of a text. People type it as their keyboard has it: letters count the same in lower and upper case and in
// full width, and so do "／" and the spaces of Chinese keyboards. What is no command passes, as the message came, to the next step of the
// chain, or to the Handler that Or names.
package command
