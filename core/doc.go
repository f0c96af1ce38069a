// Package core carries messages between channels and handlers: a channel hands in a message, the router decides which
// steps see it, one turn at a time runs in each conversation, and what the steps answer goes back through the channel as
// deliveries. It knows no gRPC, no HTTP server, no YAML and no WeChat; channels, stores and handlers are ports.
package core
