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
	App      string   `json:"appid,omitempty"`
	Page     string   `json:"pagepath,omitempty"`
	Media    string   `json:"media_id,omitempty"`
	Article  string   `json:"article_id,omitempty"`
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

// onlyWithMenu refuses a call of accounts that have no menu. Which of the calls the platform refuses them is not published.
func onlyWithMenu(do func(*call) (any, *refusal)) func(*call) (any, *refusal) {
	return func(c *call) (any, *refusal) {
		if !c.Owner.mayUseMenu() {
			return nil, refuse(codeForbidden)
		}
		return do(c)
	}
}

func createMenu(c *call) (any, *refusal) {
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
// code of the refusal (developers.weixin.qq.com, page Global_Return_Code.html).
func checkMenu(buttons []Button) int {
	if len(buttons) < 1 || len(buttons) > 3 {
		return codeButtons
	}
	for _, b := range buttons {
		if len(b.Children) > 5 {
			return codeSubButtons
		}
		if code := b.wrong(16, codeButtonName, codeButtonType); code != 0 {
			return code
		}
		for _, one := range b.Children {
			if len(one.Children) > 0 {
				return codeMenuLevels
			}
			if code := one.wrong(60, codeSubName, codeSubType); code != 0 {
				return code
			}
		}
	}
	return 0
}

// wrong returns the code for what is wrong with one button whose name may have so many bytes, and 0 if nothing is.
func (b Button) wrong(longest, nameCode, typeCode int) int {
	switch {
	case b.Name == "" || !utf8.ValidString(b.Name) || len(b.Name) > longest:
		return nameCode
	case len(b.Key) > 128:
		return codeButtonKey
	case len(b.URL) > 1024:
		return codeButtonURL
	case len(b.Children) == 0 && !b.complete():
		return typeCode
	}
	return 0
}

// complete tells whether a button has what its type needs.
func (b Button) complete() bool {
	switch b.Type {
	case "view":
		return isWeb(b.URL)
	case "miniprogram":
		return isWeb(b.URL) && b.App != "" && b.Page != ""
	case "media_id", "view_limited":
		return b.Media != ""
	case "article_id", "article_view_limited":
		return b.Article != ""
	case "click", "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin", "location_select":
		return b.Key != ""
	}
	return false
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
