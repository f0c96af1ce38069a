package world

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/chuanhuabot/bot/sandbox/kf"
	"github.com/chuanhuabot/bot/sandbox/mp"
)

// maxAccounts bounds what a program that has lost its way can add.
const maxAccounts = 100

// Account is one account of either platform: MP or KF is set.
type Account struct {
	Name string // That of its channel in bot.yaml.
	MP   *mp.Account
	KF   *kf.Account
}

// Platform is mp or kf.
func (a Account) Platform() string {
	if a.MP != nil {
		return "mp"
	}
	return "kf"
}

// ID is the platform's: gh_ or wk and more.
func (a Account) ID() string {
	if a.MP != nil {
		return a.MP.Settings().ID
	}
	return a.KF.ID()
}

// AddMP opens an Official Account under a name, and makes up what s leaves open. An error says what the platform would not
// take, or that the name is taken.
func (w *World) AddMP(name string, s mp.Settings) (*mp.Account, error) {
	w.adding.Lock()
	defer w.adding.Unlock()
	if err := w.free(name); err != nil {
		return nil, err
	}
	s.AppID = cmp.Or(s.AppID, "wx"+randomHex(8))
	s.ID = cmp.Or(s.ID, "gh_"+hashed(name, s.AppID)[:12]) // The same in each run: pages and scripts may keep it.
	s.Secret = cmp.Or(s.Secret, randomHex(16))
	s.Token = cmp.Or(s.Token, rand.Text())
	s.AESKey = cmp.Or(s.AESKey, randomKey())
	a, err := w.MP.Add(s)
	if err != nil {
		return nil, err
	}
	w.add(Account{Name: name, MP: a})
	return a, nil
}

// AddKF opens a customer service account of a company under a name, with a servicer, and makes up what s leaves open. An
// error says what the platform would not take, or that the name is taken.
func (w *World) AddKF(name string, s kf.Settings) (*kf.Account, error) {
	w.adding.Lock()
	defer w.adding.Unlock()
	if err := w.free(name); err != nil {
		return nil, err
	}
	s.CorpID = cmp.Or(s.CorpID, "ww"+randomHex(8))
	s.Secret = cmp.Or(s.Secret, randomKey())
	s.Token = cmp.Or(s.Token, rand.Text())
	s.AESKey = cmp.Or(s.AESKey, randomKey())
	corp, err := w.KF.AddCorp(s)
	if err != nil {
		return nil, err
	}
	a := corp.AddAccount(name)
	corp.AddServicer("zhangsan", "张三")
	corp.AddServicer("lisi", "李四")
	w.add(Account{Name: name, KF: a})
	return a, nil
}

func (w *World) free(name string) error {
	if name == "" {
		return fmt.Errorf("an account needs a name")
	}
	if _, taken := w.Account(name); taken {
		return fmt.Errorf("there is an account %q already", name)
	}
	if len(w.Accounts()) >= maxAccounts {
		return fmt.Errorf("there are %d accounts already", maxAccounts)
	}
	return nil
}

func (w *World) add(a Account) {
	w.mu.Lock()
	w.accounts = append(w.accounts, a)
	w.mu.Unlock()
	w.Touch()
}

// Accounts returns the accounts in the order in which they were added; those that a bot has added by the API come last.
func (w *World) Accounts() []Account {
	w.mu.Lock()
	all := append([]Account(nil), w.accounts...)
	w.mu.Unlock()
	known := map[string]bool{}
	for _, a := range all {
		known[a.ID()] = true
	}
	for _, corp := range w.KF.Corps() {
		for _, a := range corp.Accounts() {
			if !known[a.ID()] {
				all = append(all, Account{Name: a.Name(), KF: a})
			}
		}
	}
	return all
}

// Account returns the account with an id or, if none has it, a name.
func (w *World) Account(idOrName string) (Account, bool) {
	all := w.Accounts()
	for _, a := range all {
		if a.ID() == idOrName {
			return a, true
		}
	}
	for _, a := range all {
		if a.Name == idOrName {
			return a, true
		}
	}
	return Account{}, false
}

func hashed(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "/")))
	return hex.EncodeToString(sum[:])
}

func randomHex(bytes int) string {
	b := make([]byte, bytes)
	_, _ = rand.Read(b) // It never fails.
	return hex.EncodeToString(b)
}

// randomKey has 43 letters and digits, as an EncodingAESKey.
func randomKey() string { return (rand.Text() + rand.Text())[:43] }
