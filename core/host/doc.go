// Package host runs plugins as processes of their own: it starts them with nothing but what bot.yaml grants, watches
// over them, starts them again when they end, and takes them down with everything that they started. To the rest of the
// bot each of them is a Handler.
package host
