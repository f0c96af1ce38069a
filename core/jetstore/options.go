package jetstore

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/sdk"
)

// Options says where the data is. Exactly one of Dir and URL is set.
type Options struct {
	// Dir is the folder of the embedded server, which is made if it is not there. One process at a time may have it.
	Dir string
	// URL is an outside server or cluster, or several separated by commas: "nats://user:password@host:4222". No part of
	// its user and password gets into errors and logs.
	URL sdk.Secret
	// Name begins the names of all streams and subjects, so that several bots can share a cluster. Empty: "bot".
	Name string
	// Replicas is how many servers of an outside cluster keep new streams. 0: three in a cluster, one elsewhere. Streams
	// that exist stay as they are.
	Replicas int
	// Log gets what goes wrong, and the embedded server's chatter at Debug. Nil: nothing is logged.
	Log *slog.Logger

	// noSync and memory are for tests and benchmarks: not to wait for the disk, and how long to remember.
	noSync bool
	memory time.Duration
}

// complete returns o with the defaults filled in, or what is wrong with it.
func (o Options) complete() (Options, error) {
	if (o.Dir == "") == o.URL.Empty() {
		return o, errors.New("exactly one of a data folder and a NATS URL is needed")
	}
	if o.Name == "" {
		o.Name = "bot"
	}
	if strings.Trim(o.Name, letters) != "" {
		return o, fmt.Errorf("the store's name %q: use letters, digits, - and _ only", o.Name)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.memory == 0 {
		o.memory = core.Memory
	}
	return o, nil
}

// letters are those that NATS allows in the names of streams and subjects alike.
const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

// redact returns the servers of a NATS URL without users and passwords, for errors and logs. Its error says nothing
// of what is in the URL: what cannot be parsed may well be the password.
func redact(secret sdk.Secret) (string, error) {
	hosts := []string{}
	for server := range strings.SplitSeq(secret.Value(), ",") {
		server = strings.TrimSpace(server)
		if !strings.Contains(server, "://") {
			server = "nats://" + server
		}
		u, err := url.Parse(server)
		if err != nil || u.Hostname() == "" {
			return "", errors.New("the NATS URL cannot be read: write nats://user:password@host:4222, " +
				"with %40 for an @ and %2F for a / in the password")
		}
		hosts = append(hosts, u.Scheme+"://"+u.Host)
	}
	return strings.Join(hosts, ","), nil
}
