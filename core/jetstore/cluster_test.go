package jetstore

import (
	"fmt"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/storetest"
	"github.com/chuanhuabot/bot/sdk"
)

// password must be seen nowhere.
const password = "hunter2-very-secret"

func withPassword(at, user, pass string) sdk.Secret {
	u, _ := url.Parse(at)
	u.User = url.UserPassword(user, pass)
	return sdk.NewSecret(u.String())
}

func TestOpen_OutsideErrors(t *testing.T) {
	_, guarded := startServer(t, func(o *server.Options) { o.Username, o.Password = "bot", password })
	_, plain := startServer(t, func(o *server.Options) { o.JetStream = false })
	gone, goneURL := startServer(t, nil)
	gone.Shutdown()
	gone.WaitForShutdown()
	for _, c := range []struct {
		name string
		url  sdk.Secret
		want string
	}{
		{"nobody there", withPassword(goneURL, "bot", password), "is the NATS server running"},
		{"wrong password", withPassword(guarded, "bot", password+"!"), "look at the user and the password"},
		{"wrong user", withPassword(guarded, password, "x"), "look at the user and the password"},
		{"no JetStream", withPassword(plain, "bot", password), "with JetStream"},
		{"not a URL", sdk.NewSecret("nats://bot:" + password + "%@host"), "cannot be read"},
		{"unknown scheme", sdk.NewSecret("ftp://bot:" + password + "@127.0.0.1:1"), "is the NATS server running"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var l logs
			_, err := Open(t.Context(), Options{URL: c.url, Log: l.logger()})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
			if strings.Contains(fmt.Sprintf("%+v %#v", err, err)+l.String(), password) {
				t.Errorf("the password is in the error %v or in the log %s", err, l.String())
			}
		})
	}
}

// A server that goes away and comes back: calls fail at once meanwhile, and the log says so without the password.
func TestStore_ServerComesBack(t *testing.T) {
	dir := t.TempDir()
	set := func(o *server.Options) { o.StoreDir, o.Username, o.Password = dir, "bot", password }
	first, at := startServer(t, set)
	var l logs
	s := mustOpen(t, Options{URL: withPassword(at, "bot", password), Log: l.logger()})
	revision, err := s.Put(t.Context(), "k", []byte("v"), 0)
	if err != nil {
		t.Fatal(err)
	}
	first.Shutdown()
	first.WaitForShutdown()
	eventually(t, "noticing", func() bool { return strings.Contains(l.String(), "lost the store's server") })
	if _, err := s.Put(t.Context(), "k", []byte("w"), revision); err == nil {
		t.Error("Put without a server: no error")
	}
	port := s.conn.Servers()[0]
	startServer(t, func(o *server.Options) {
		set(o)
		u, _ := url.Parse(port)
		fmt.Sscan(u.Port(), &o.Port)
	})
	eventually(t, "coming back", func() bool {
		value, got, err := s.Get(t.Context(), "k")
		return err == nil && string(value) == "v" && got == revision
	})
	if strings.Contains(l.String(), password) {
		t.Errorf("the password is in the log: %s", l.String())
	}
}

// A stream that another version made, or an operator, gets what the store needs and keeps the rest.
func TestOpen_AdaptsStreams(t *testing.T) {
	_, at := startServer(t, nil)
	s := mustOpen(t, Options{URL: sdk.NewSecret(at)})
	js, err := jetstream.New(s.conn)
	if err != nil {
		t.Fatal(err)
	}
	c := s.inbox.stream.CachedInfo().Config
	c.MaxAge, c.MaxBytes, c.AllowDirect = time.Hour, 1<<30, false
	if _, err := js.UpdateStream(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	again := mustOpen(t, Options{URL: sdk.NewSecret(at)}).inbox.stream.CachedInfo().Config
	if again.MaxAge != core.Memory || !again.AllowDirect {
		t.Errorf("MaxAge %v, AllowDirect %v; want %v, true", again.MaxAge, again.AllowDirect, core.Memory)
	}
	if again.MaxBytes != 1<<30 {
		t.Errorf("the operator's limit is gone: MaxBytes %d", again.MaxBytes)
	}
}

// startCluster starts three servers that know each other.
func startCluster(t *testing.T) string {
	t.Helper()
	// Each server has to know the others before it starts, so the ports are chosen here.
	var routes []*url.URL
	var ports []int
	for range 3 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
		routes = append(routes, &url.URL{Scheme: "nats", Host: l.Addr().String()})
		l.Close()
	}
	var servers []*server.Server
	for i, port := range ports {
		servers = append(servers, launch(t, func(o *server.Options) {
			o.ServerName = fmt.Sprint("n", i)
			o.Cluster = server.ClusterOpts{Name: "c", Host: "127.0.0.1", Port: port, PoolSize: -1}
			o.Routes = routes
		}))
	}
	for _, s := range servers {
		if !s.ReadyForConnections(10 * time.Second) {
			t.Fatal("the NATS cluster did not start")
		}
	}
	return servers[0].ClientURL()
}

// TestStore_Cluster is the suite on three replicas, where a write has another way and other errors.
func TestStore_Cluster(t *testing.T) {
	if testing.Short() {
		t.Skip("electing leaders takes seconds")
	}
	at := startCluster(t)
	var probe *Store
	eventually(t, "the cluster", func() bool {
		var err error
		probe, err = Open(t.Context(), Options{URL: sdk.NewSecret(at), Name: "probe"})
		return err == nil
	})
	defer mustClose(t, probe)
	if got := probe.values.stream.CachedInfo().Config; got.Replicas != 3 || got.AllowDirect {
		t.Errorf("in a cluster: %d replicas, direct reads %v; want 3, false", got.Replicas, got.AllowDirect)
	}
	n := 0
	storetest.Run(t, func(t *testing.T) storetest.Opened {
		n++
		opts := Options{URL: sdk.NewSecret(at), Name: fmt.Sprint("bot", n)}
		return storetest.Opened{
			Store: mustOpen(t, opts),
			Peer:  func(t *testing.T) core.Store { return mustOpen(t, opts) },
		}
	})
}
