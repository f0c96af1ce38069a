package kf

import (
	"context"
	"regexp"
	"slices"
	"unicode/utf8"

	"github.com/chuanhuabot/bot/sandbox/apihost"
	"github.com/chuanhuabot/bot/sandbox/wire"
)

// How many accounts a corp may have (page 96404).
const (
	maxAccounts           = 5000
	maxUnverifiedAccounts = 10
	maxListed             = 100
)

type listed struct {
	ID      string `json:"open_kfid"`
	Name    string `json:"name"`
	Avatar  string `json:"avatar"`
	Managed bool   `json:"manage_privilege"`
}

func listAccounts(c *call) (any, *refusal) {
	in := struct {
		Offset uint32 `json:"offset"`
		Limit  uint32 `json:"limit"`
	}{Limit: maxListed}
	if len(c.Body) > 0 {
		if refused := read(c, &in); refused != nil {
			return nil, refused
		}
	}
	if in.Limit > maxListed {
		return nil, refuse(codeParameter)
	}
	list := []listed{}
	for _, a := range c.Owner.Accounts() {
		if a.granted() == nil {
			list = append(list, a.listed())
		}
	}
	list = list[min(int(in.Offset), len(list)):]
	return struct {
		apihost.Done
		List []listed `json:"account_list"`
	}{okay, list[:min(int(in.Limit), len(list))]}, nil
}

func (a *Account) listed() listed {
	a.mu.Lock()
	defer a.mu.Unlock()
	return listed{a.id, a.name, "https://wework.qpic.cn/wwpic/" + a.avatar, !a.unmanaged}
}

type accountRequest struct {
	ID     string `json:"open_kfid"`
	Name   string `json:"name"`
	Avatar string `json:"media_id"`
	Scene  string `json:"scene"`
}

// check refuses a name or a picture that an account cannot have; either may be empty.
func (in accountRequest) check(c *Corp) *refusal {
	if utf8.RuneCountInString(in.Name) > 16 {
		return refuse(codeAccountName)
	}
	if in.Avatar != "" {
		return c.checkMedia(in.Avatar, "image")
	}
	return nil
}

// addAccount opens an account, which nobody serves yet (page 96404).
func addAccount(c *call) (any, *refusal) {
	var in accountRequest
	if refused := read(c, &in); refused != nil {
		return nil, refused
	}
	if in.Name == "" {
		return nil, refuse(codeAccountName)
	}
	if refused := in.check(c.Owner); refused != nil {
		return nil, refused
	}
	switch n := len(c.Owner.Accounts()); {
	case n >= maxUnverifiedAccounts && c.Owner.Settings().Kind == Unverified:
		return nil, refuse(codeUnverified)
	case n >= maxAccounts:
		return nil, refuse(codeAccounts)
	}
	a := c.Owner.addAccount(in.Name, nil)
	c.Account = a.id
	a.update(in)
	return struct {
		apihost.Done
		ID string `json:"open_kfid"`
	}{okay, a.id}, nil
}

func updateAccount(c *call) (any, *refusal) {
	in, a, refused := readAccount(c)
	if refused != nil {
		return nil, refused
	}
	if refused := in.check(c.Owner); refused != nil {
		return nil, refused
	}
	a.update(in)
	return apihost.OK()
}

func readAccount(c *call) (in accountRequest, a *Account, refused *refusal) {
	if refused = read(c, &in); refused != nil {
		return in, nil, refused
	}
	a, refused = find(c, in.ID)
	return in, a, refused
}

func (a *Account) update(in accountRequest) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if in.Name != "" {
		a.name = in.Name
	}
	if in.Avatar != "" {
		a.avatar = in.Avatar
	}
}

func deleteAccount(c *call) (any, *refusal) {
	_, a, refused := readAccount(c)
	if refused != nil {
		return nil, refused
	}
	a.mu.Lock()
	a.deleted = true
	a.mu.Unlock()
	c.Owner.mu.Lock()
	defer c.Owner.mu.Unlock()
	c.Owner.accounts = slices.DeleteFunc(c.Owner.accounts, func(other *Account) bool { return other == a })
	return apihost.OK()
}

var scene = regexp.MustCompile(`^[0-9A-Za-z_-]{0,32}$`)

// addContactWay gives the link that opens the chat.
func addContactWay(c *call) (any, *refusal) {
	in, a, refused := readAccount(c)
	if refused != nil {
		return nil, refused
	}
	if !scene.MatchString(in.Scene) {
		return nil, refuse(codeParameter)
	}
	return struct {
		apihost.Done
		URL string `json:"url"`
	}{okay, a.Link(in.Scene)}, nil
}

// SetGranted gives the account to the app, which has it at first, or takes it away, and rings the bell for that (page 97713).
// It blocks as Push does. The error is that of ctx, or says what is not set.
func (a *Account) SetGranted(ctx context.Context, granted bool) (*Outcome, error) {
	a.mu.Lock()
	a.ungranted = !granted
	a.mu.Unlock()
	if a.corp.Settings().URL == "" {
		return &Outcome{Why: "the corp has no URL: no bell rings"}, nil
	}
	field := "AuthDelOpenKfId"
	if granted {
		field = "AuthAddOpenKfId"
	}
	b := &bell{account: a.id}
	if err := a.corp.write(b, "kf_account_auth_change", wire.Text(field, a.id)); err != nil {
		return nil, err
	}
	return a.corp.ring(ctx, b)
}
