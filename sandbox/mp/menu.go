package mp

import (
	"errors"
	"strings"
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

// SetMenu changes the menu, as the console does, whatever kind of account it is; an empty one removes it. An error says that the
// platform would not take it.
func (a *Account) SetMenu(menu []Button) error {
	if len(menu) > 0 && checkMenu(menu) != 0 {
		return errors.New("a menu has one to three buttons with up to five below each; each has a name and what a tap does: a key, an http address, or more buttons")
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.menu = append([]Button(nil), menu...)
	return nil
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
	if code := checkMenu(in.Buttons); code != 0 {
		return nil, refuse(code)
	}
	_ = c.Owner.SetMenu(in.Buttons) // It was checked.
	return apihost.OK()
}

// checkMenu holds the numbers of the page: three buttons with up to five each, and something that a tap does. It returns 0, or the
// code of the refusal.
func checkMenu(buttons []Button) int {
	if len(buttons) < 1 || len(buttons) > 3 {
		return codeButtons
	}
	for _, b := range buttons {
		if len(b.Children) > 5 {
			return codeButtons
		}
		for _, one := range append([]Button{b}, b.Children...) {
			if !one.complete() {
				return codeButton
			}
		}
	}
	return 0
}

func (b Button) complete() bool {
	switch {
	case b.Name == "" || !utf8.ValidString(b.Name) || len(b.Name) > 60 || len(b.Key) > 128 || len(b.URL) > 1024:
		return false
	case len(b.Children) > 0:
		return true
	case b.Type == "view":
		return isWeb(b.URL)
	case b.Type == "miniprogram":
		return isWeb(b.URL) && b.Page != ""
	}
	return b.Type != "" && b.Key != ""
}

func isWeb(address string) bool {
	return strings.HasPrefix(address, "http://") || strings.HasPrefix(address, "https://")
}

func getMenu(c *call) (any, *refusal) {
	menu := c.Owner.Menu()
	if len(menu) == 0 {
		return nil, refuse(codeNoMenu)
	}
	return map[string]any{"menu": map[string]any{"button": menu}}, nil
}

func deleteMenu(c *call) (any, *refusal) {
	_ = c.Owner.SetMenu(nil) // Nothing is always taken.
	return apihost.OK()
}
