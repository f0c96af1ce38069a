package mp

import (
	"fmt"
	"slices"

	"github.com/chuanhuabot/bot/sandbox/wire"
)

// Event is any event by its name on the wire, with the fields behind it
// (developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_event_pushes.html). Events have no MsgId.
func Event(name string, fields ...wire.Field) Inbound {
	return Inbound{Type: event, Event: name, Fields: fields}
}

func key(value string) wire.Field { return wire.Text("EventKey", value) }

// Subscribe is a person who follows after a search.
func Subscribe() Inbound { return Event("subscribe", key("")) }

// SubscribeByScan is a person who follows by a QR code with the given scene.
func SubscribeByScan(scene, ticket string) Inbound {
	return Event("subscribe", key("qrscene_"+scene), wire.Text("Ticket", ticket))
}

// Unsubscribe is a person who leaves: no reply reaches them.
func Unsubscribe() Inbound { return Event("unsubscribe", key("")) }

// Scan is a follower who scans a QR code with the given scene.
func Scan(scene, ticket string) Inbound {
	return Event("SCAN", key(scene), wire.Text("Ticket", ticket))
}

// ReportLocation is the place that a phone reports when its owner has allowed it.
func ReportLocation(latitude, longitude, precision float64) Inbound {
	return Event("LOCATION", wire.Number("Latitude", decimal(latitude)), wire.Number("Longitude", decimal(longitude)),
		wire.Number("Precision", decimal(precision)))
}

// Click is a tap on a menu item that has a key (developers.weixin.qq.com/doc/service/guide/product/menu/Custom_Menu_Push_Events,
// as for all events of menus).
func Click(menuKey string) Inbound { return Event("CLICK", key(menuKey)) }

// View is a tap on a menu item that opens a page.
func View(url, menuID string) Inbound { return Event("VIEW", key(url), wire.Number("MenuId", menuID)) }

// ViewMiniProgram is a tap on a menu item that opens a mini program.
func ViewMiniProgram(page, menuID string) Inbound {
	return Event("view_miniprogram", key(page), wire.Number("MenuId", menuID))
}

// ScanCode is a code that was scanned from the menu; with wait the phone shows that it waits for a message.
func ScanCode(menuKey, result string, wait bool) Inbound {
	name := "scancode_push"
	if wait {
		name = "scancode_waitmsg"
	}
	return Event(name, key(menuKey), wire.Group("ScanCodeInfo", wire.Text("ScanType", "qrcode"), wire.Text("ScanResult", result)))
}

// Pictures says that pictures were taken from the menu; name is pic_sysphoto, pic_photo_or_album or pic_weixin. The
// pictures themselves follow as messages.
func Pictures(name, menuKey string, md5 ...string) Inbound {
	var items []wire.Field
	for _, sum := range md5 {
		items = append(items, wire.Group("item", wire.Text("PicMd5Sum", sum)))
	}
	return Event(name, key(menuKey), wire.Group("SendPicsInfo", wire.Number("Count", fmt.Sprint(len(md5))), wire.Group("PicList", items...)))
}

// LocationSelect says that a place was chosen from the menu. The place itself follows as a message.
func LocationSelect(menuKey, latitude, longitude, scale, label string) Inbound {
	return Event("location_select", key(menuKey), wire.Group("SendLocationInfo", wire.Text("Location_X", latitude),
		wire.Text("Location_Y", longitude), wire.Text("Scale", scale), wire.Text("Label", label), wire.Text("Poiname", "")))
}

// TemplateSent says what became of a template message: success, failed:user block or failed: system failed.
func TemplateSent(id, status string) Inbound {
	return Event("TEMPLATESENDJOBFINISH", wire.Number("MsgID", id), wire.Text("Status", status))
}

// MassSent says what became of a mass message to total people, of whom sent got it.
func MassSent(id, status string, total, sent int) Inbound {
	return Event("MASSSENDJOBFINISH", wire.Number("MsgID", id), wire.Text("Status", status), wire.Number("TotalCount", fmt.Sprint(total)),
		wire.Number("FilterCount", fmt.Sprint(sent)), wire.Number("SentCount", fmt.Sprint(sent)), wire.Number("ErrorCount", "0"))
}

// ServicerJoins says that a servicer took a person over, ServicerLeaves that the session is closed, ServicerChanges that
// another servicer has it.
func ServicerJoins(servicer string) Inbound {
	return Event("kf_create_session", wire.Text("KfAccount", servicer))
}

// ServicerLeaves says that the session with a servicer is closed.
func ServicerLeaves(servicer string) Inbound {
	return Event("kf_close_session", wire.Text("KfAccount", servicer))
}

// ServicerChanges says that a session went from one servicer to another.
func ServicerChanges(from, to string) Inbound {
	return Event("kf_switch_session", wire.Text("FromKfAccount", from), wire.Text("ToKfAccount", to))
}

// silent tells whether the person did nothing that they await an answer to, so that they see no fault either. For which
// events the platform shows it is not documented; it was reported for subscribe and CLICK.
func (in Inbound) silent() bool {
	waiting := []string{"subscribe", "SCAN", "CLICK", "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album",
		"pic_weixin", "location_select"}
	return in.Type == event && !slices.Contains(waiting, in.Event)
}
