package mp

import (
	"unicode/utf8"

	"github.com/chuanhuabot/bot/sandbox/apihost"
)

// Button is one item of an account's menu (developers.weixin.qq.com/doc/service/guide/product/menu/). With children it only
// opens them.
type Button struct {
	Type     string   `json:"type,omitempty"`
	Name     string   `json:"name"`
	Key      string   `json:"key,omitempty"`
	URL      string   `json:"url,omitempty"`
	Page     string   `json:"pagepath,omitempty"`
	Children []Button `json:"sub_button,omitempty"`
}

// Menu returns the account's menu; it is empty if there is none.
func (a *Account) Menu() []Button {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]Button(nil), a.menu...)
}

// SetMenu changes the menu, as the console does. It does not check it.
func (a *Account) SetMenu(menu []Button) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.menu = append([]Button(nil), menu...)
}

// mayUseMenu: of the unverified accounts only some have a menu, so the stricter reading is that none has
// (developers.weixin.qq.com, page Explanation_of_interface_privileges.html).
func (a *Account) mayUseMenu() bool { return a.Settings().Kind != Unverified }

func createMenu(c *call) (any, *refusal) {
	if !c.Owner.mayUseMenu() {
		return nil, refuse(codeForbidden)
	}
	var in struct {
		Buttons []Button `json:"button"`
	}
	if refused := c.Read(&in, codeCharset, codeJSON); refused != nil {
		return nil, refused
	}
	if refused := checkMenu(in.Buttons); refused != nil {
		return nil, refused
	}
	c.Owner.SetMenu(in.Buttons)
	return apihost.OK()
}

// checkMenu holds the numbers of the page: three buttons with up to five each, and something that a tap does.
func checkMenu(buttons []Button) *refusal {
	if len(buttons) < 1 || len(buttons) > 3 {
		return refuse(codeButtons)
	}
	for _, b := range buttons {
		if len(b.Children) > 5 {
			return refuse(codeButtons)
		}
		for _, one := range append([]Button{b}, b.Children...) {
			if !one.complete() {
				return refuse(codeButton)
			}
		}
	}
	return nil
}

func (b Button) complete() bool {
	switch {
	case b.Name == "" || !utf8.ValidString(b.Name) || len(b.Name) > 60 || len(b.Key) > 128 || len(b.URL) > 1024:
		return false
	case len(b.Children) > 0:
		return true
	case b.Type == "view":
		return b.URL != ""
	case b.Type == "miniprogram":
		return b.URL != "" && b.Page != ""
	}
	return b.Type != "" && b.Key != ""
}

func getMenu(c *call) (any, *refusal) {
	menu := c.Owner.Menu()
	if len(menu) == 0 {
		return nil, refuse(codeNoMenu)
	}
	return map[string]any{"menu": map[string]any{"button": menu}}, nil
}

func deleteMenu(c *call) (any, *refusal) {
	c.Owner.SetMenu(nil)
	return apihost.OK()
}
