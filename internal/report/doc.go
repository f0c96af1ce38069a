// Package report tells an operator what was found out about the bot's parts, each fault with its cure, in the language that
// they read. Whatever finds something out makes Findings; a Printer writes them.
package report
