package mp

// What phones find out after a tap, where nobody is there to scan or to choose.
const (
	scannedResult = "https://example.com/scanned"
	pictureSum    = "0123456789abcdef0123456789abcdef"
)

// TapKey is a tap on the item of the account's menu with that key, as its type has it: a scan, pictures or a place are made up. It
// is a CLICK for an item of type click, and for a key that the menu does not have. The pictures and the place do not follow as
// messages.
func (a *Account) TapKey(menuKey string) Inbound {
	item := a.item(func(b Button) bool { return b.Key == menuKey })
	switch item.Type {
	case "scancode_push", "scancode_waitmsg":
		return ScanCode(menuKey, scannedResult, item.Type == "scancode_waitmsg")
	case "pic_sysphoto", "pic_photo_or_album", "pic_weixin":
		return Pictures(item.Type, menuKey, pictureSum)
	case "location_select":
		return LocationSelect(menuKey, "39.908500", "116.397500", "16", "北京市")
	}
	return Click(menuKey)
}

// TapURL is a tap on the item with that url: a mini program is opened at its page, every other item shows the url.
func (a *Account) TapURL(url string) Inbound {
	const menuID = "400000001"
	item := a.item(func(b Button) bool { return b.URL == url })
	if item.Type == "miniprogram" {
		return ViewMiniProgram(item.Page, menuID)
	}
	return View(url, menuID)
}

// item returns the first item of the menu that is wanted, or one without anything.
func (a *Account) item(wanted func(Button) bool) Button {
	for _, b := range a.Menu() {
		for _, one := range append([]Button{b}, b.Children...) {
			if len(one.Children) == 0 && wanted(one) {
				return one
			}
		}
	}
	return Button{}
}
