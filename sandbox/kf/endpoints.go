package kf

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/chuanhuabot/bot/sandbox/apihost"
)

type (
	call    = apihost.Call[*Corp]
	refusal = apihost.Refusal
)

// newHost returns qyapi.weixin.qq.com for the corps of p.
func (p *Platform) newHost() *apihost.Host[*Corp] {
	type endpoint = apihost.Endpoint[*Corp]
	get := func(do func(*call) (any, *refusal)) endpoint { return endpoint{Method: http.MethodGet, Do: do} }
	post := func(do func(*call) (any, *refusal)) endpoint { return endpoint{Method: http.MethodPost, Do: do} }
	both := func(do func(*call) (any, *refusal)) endpoint { return endpoint{Do: do} }
	return apihost.New(apihost.Options[*Corp]{
		Platform: "kf", Clock: p.clock, Log: p.log, Traffic: p.traffic, Owner: p.owner, Limit: p.limit, Crowd: p.crowd, Text: p.text,
		WrongVerb: func(string) *refusal { return refuse(codeParameter) },
		Endpoints: map[string]endpoint{
			"/cgi-bin/gettoken":                               {Method: http.MethodGet, Open: true, Do: p.getToken},
			"/cgi-bin/getcallbackip":                          get(addresses),
			"/cgi-bin/user/simplelist":                        get(listMembers),
			"/cgi-bin/message/send":                           post(sendAppMessage),
			"/cgi-bin/media/upload":                           post(upload),
			"/cgi-bin/media/get":                              get(download),
			"/cgi-bin/kf/sync_msg":                            post(syncMsg),
			"/cgi-bin/kf/send_msg":                            post(sendMsg),
			"/cgi-bin/kf/send_msg_on_event":                   post(sendOnEvent),
			"/cgi-bin/kf/service_state/get":                   post(getState),
			"/cgi-bin/kf/service_state/trans":                 post(transState),
			"/cgi-bin/kf/account/list":                        both(listAccounts), // Older pages: by GET, without paging.
			"/cgi-bin/kf/account/add":                         post(addAccount),
			"/cgi-bin/kf/account/update":                      post(updateAccount),
			"/cgi-bin/kf/account/del":                         post(deleteAccount),
			"/cgi-bin/kf/add_contact_way":                     post(addContactWay),
			"/cgi-bin/kf/servicer/add":                        post(addServicers),
			"/cgi-bin/kf/servicer/del":                        post(deleteServicers),
			"/cgi-bin/kf/servicer/list":                       get(listServicers),
			"/cgi-bin/kf/customer/batchget":                   post(getCustomers),
			"/cgi-bin/kf/customer/get_upgrade_service_config": get(upgradeConfig),
			"/cgi-bin/kf/customer/upgrade_service":            post(upgrade),
			"/cgi-bin/kf/customer/cancel_upgrade_service":     post(cancelUpgrade),
			"/cgi-bin/kf/get_corp_qualification":              post(qualification),
		},
	})
}

// owner returns whose token a call carries, if it comes from an address on the corp's list.
func (p *Platform) owner(c *call) (*Corp, *refusal) {
	corp, refused := p.byToken(c.Query.Get("access_token"), c.Now)
	if refused != nil {
		return nil, refused
	}
	if list := corp.Settings().Addresses; len(list) > 0 && !slices.Contains(list, c.From) {
		return nil, refuse(codeAddress)
	}
	return corp, nil
}

// limit is how often a corp may make a call (page 90454).
func (p *Platform) limit(*Corp, string) apihost.Rate {
	return apihost.Rate{Most: max(p.Rules().CallsPerMinute, 0), Per: time.Minute, Code: codeQuota}
}

// crowd is how many calls may be under way at once.
func (p *Platform) crowd(path string) apihost.Crowd {
	if path != "/cgi-bin/kf/sync_msg" && path != "/cgi-bin/media/get" {
		return apihost.Crowd{}
	}
	return apihost.Crowd{Most: p.Rules().Crowd, Code: codeCrowd}
}

// read reads the JSON of a call.
func read(c *call, v any) *refusal {
	if !utf8.Valid(c.Body) {
		return refuse(codeCharset)
	}
	if json.Unmarshal(c.Body, v) != nil {
		return malformed()
	}
	return nil
}

// find returns the account that a call is about.
func find(c *call, id string) (*Account, *refusal) {
	switch {
	case id == "":
		return nil, refuse(codeParameter)
	case !strings.HasPrefix(id, "wk") || len(id) > 64:
		return nil, refuse(codeAccountForm)
	}
	for _, a := range c.Owner.Accounts() {
		if a.id == id {
			c.Account = id
			return a, a.granted()
		}
	}
	return nil, refuse(codeNoAccount)
}

// findWith is find for a call about a customer too, whom the corp must know.
func findWith(c *call, id, customer string) (*Account, *refusal) {
	c.Person = customer
	a, refused := find(c, id)
	if refused != nil {
		return nil, refused
	}
	if _, known := c.Owner.knows(customer); !known {
		return a, refuse(codeCustomer)
	}
	return a, nil
}

func (a *Account) granted() *refusal {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.deleted:
		return refuse(codeNoAccount)
	case a.ungranted:
		return refuse(codeNotGranted)
	}
	return nil
}

// addresses says where callbacks come from: this machine (page 96238).
func addresses(*call) (any, *refusal) {
	return struct {
		apihost.Done
		List []string `json:"ip_list"`
	}{okay, []string{"127.0.0.1", "::1"}}, nil
}

// okay begins every answer that is no refusal.
var okay = apihost.Done{Code: 0, Text: "ok"}
