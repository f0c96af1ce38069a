package control

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/chuanhuabot/bot/sandbox/apihost"
	"github.com/chuanhuabot/bot/sandbox/callback"
	"github.com/chuanhuabot/bot/sandbox/mp"
	"github.com/chuanhuabot/bot/sandbox/world"
)

// fault is a callback.Fault in JSON.
type fault struct {
	Lost           int      `json:"lost,omitempty"`
	Duplicates     int      `json:"duplicates,omitempty"`
	Delay          duration `json:"delay,omitempty"`
	Truncated      bool     `json:"truncated,omitempty"`
	WrongSignature bool     `json:"wrong_signature,omitempty"`
	OldKey         bool     `json:"old_key,omitempty"`
	WrongID        bool     `json:"wrong_id,omitempty"`
	Doctype        bool     `json:"doctype,omitempty"`
	Large          bool     `json:"large,omitempty"`
}

// maxTimes is how many pushes or calls one fault may be for.
const maxTimes = 1_000_000

var errTimes = fmt.Errorf("times is how many go wrong: 1 to %d", maxTimes)

// maxDuplicates and maxDelay keep one request from starting a flood.
const (
	maxDuplicates = 20
	maxDelay      = time.Minute
)

func (f fault) callback() (callback.Fault, error) {
	if f.Lost < 0 || f.Duplicates < 0 || f.Duplicates > maxDuplicates || f.Delay < 0 || time.Duration(f.Delay) > maxDelay {
		return callback.Fault{}, fmt.Errorf("lost, duplicates and delay must not be negative, duplicates at most %d, delay at most %s", maxDuplicates, maxDelay)
	}
	return callback.Fault{
		Lost: f.Lost, Duplicates: f.Duplicates, Delay: time.Duration(f.Delay), Truncated: f.Truncated, WrongSignature: f.WrongSignature,
		OldKey: f.OldKey, WrongID: f.WrongID, Doctype: f.Doctype, Large: f.Large,
	}, nil
}

// callbackOn is callback, if it can go wrong so on the account.
func (f fault) callbackOn(a world.Account) (callback.Fault, error) {
	if a.MP != nil && a.MP.Settings().Mode == mp.ModePlain && (f.OldKey || f.WrongID) {
		return callback.Fault{}, errors.New("old_key and wrong_id need encryption: the account is in plain mode")
	}
	return f.callback()
}

func faultOf(f callback.Fault) fault {
	return fault{
		Lost: f.Lost, Duplicates: f.Duplicates, Delay: duration(f.Delay), Truncated: f.Truncated, WrongSignature: f.WrongSignature,
		OldKey: f.OldKey, WrongID: f.WrongID, Doctype: f.Doctype, Large: f.Large,
	}
}

// faults is everything that goes wrong from now on.
type faults struct {
	Pushes []pushFault       `json:"pushes"`
	Calls  []callFault       `json:"calls"`
	Hosts  map[string]outage `json:"hosts"`
}

type pushFault struct {
	Account string `json:"account"`
	Times   int    `json:"times"`
	Fault   fault  `json:"fault"`
}

type callFault struct {
	Platform string `json:"platform"`
	apihost.Failure
}

type outage struct {
	Down bool     `json:"down"`
	Slow duration `json:"slow"`
}

// host is the API host of a platform, as far as it can be made to fail.
type host interface {
	Fail(apihost.Failure)
	Suffer(apihost.Outage)
	Faults() ([]apihost.Failure, apihost.Outage)
	Heal()
}

func (s *Server) hosts() map[string]host {
	return map[string]host{"mp": s.world.MP.Host(), "kf": s.world.KF.Host()}
}

func (s *Server) host(platform string) (host, error) {
	h, ok := s.hosts()[platform]
	if !ok {
		return nil, fmt.Errorf("the platform is mp or kf, not %q", platform)
	}
	return h, nil
}

// queue is where the faults of an account's pushes wait.
func queue(a world.Account) *callback.Queue {
	if a.MP != nil {
		return &a.MP.Faults
	}
	return &a.KF.Corp().Faults
}

func (s *Server) faults() faults {
	out := faults{Pushes: []pushFault{}, Calls: []callFault{}, Hosts: map[string]outage{}}
	for _, a := range s.world.Accounts() {
		for _, waiting := range queue(a).List() {
			out.Pushes = append(out.Pushes, pushFault{a.ID(), waiting.Times, faultOf(waiting.Fault)})
		}
	}
	for _, platform := range []string{"mp", "kf"} {
		failures, o := s.hosts()[platform].Faults()
		for _, f := range failures {
			out.Calls = append(out.Calls, callFault{platform, f})
		}
		out.Hosts[platform] = outage{o.Down, duration(o.Slow)}
	}
	return out
}

func (s *Server) spoilPushes(r *http.Request) (any, error) {
	var in pushFault
	if err := read(r, &in); err != nil {
		return nil, err
	}
	a, ok := s.world.Account(in.Account)
	if !ok {
		return nil, notFound("there is no account %q; GET /api/state lists them", in.Account)
	}
	f, err := in.Fault.callbackOn(a)
	if err != nil {
		return nil, err
	}
	if in.Times < 0 || in.Times > maxTimes {
		return nil, errTimes
	}
	queue(a).Add(f, in.Times)
	return s.changedFaults()
}

func (s *Server) failCalls(r *http.Request) (any, error) {
	var in callFault
	if err := read(r, &in); err != nil {
		return nil, err
	}
	h, err := s.host(in.Platform)
	if err != nil {
		return nil, err
	}
	if in.Code == 0 {
		return nil, fmt.Errorf("write the code that the call gets, such as 45009")
	}
	if in.Times < 0 || in.Times > maxTimes {
		return nil, errTimes
	}
	h.Fail(in.Failure)
	return s.changedFaults()
}

func (s *Server) setHost(r *http.Request) (any, error) {
	var in outage
	if err := read(r, &in); err != nil {
		return nil, err
	}
	h, err := s.host(r.PathValue("platform"))
	if err != nil {
		return nil, err
	}
	if in.Slow < 0 || time.Duration(in.Slow) > maxDelay {
		return nil, fmt.Errorf("slow must be 0s to %s", maxDelay)
	}
	h.Suffer(apihost.Outage{Down: in.Down, Slow: time.Duration(in.Slow)})
	return s.changedFaults()
}

// heal ends everything that goes wrong.
func (s *Server) heal(*http.Request) (any, error) {
	for _, a := range s.world.Accounts() {
		queue(a).Clear()
	}
	for _, h := range s.hosts() {
		h.Heal()
	}
	return s.changedFaults()
}

func (s *Server) changedFaults() (any, error) {
	s.world.Touch()
	return s.faults(), nil
}
