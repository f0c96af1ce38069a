package mp

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/chuanhuabot/bot/channels/internal/ids"
	"github.com/chuanhuabot/bot/channels/internal/wx"
	"github.com/chuanhuabot/bot/sdk"
)

var errIncomplete = errors.New("FromUserName, ToUserName or MsgType is missing")

// newMessage makes a message of a callback that arrived at arrival. AnswerBy is left to the caller.
func newMessage(channel string, root *wx.Field, arrival time.Time) (*sdk.Message, error) {
	from, account, kind := root.Get("FromUserName"), root.Get("ToUserName"), root.Get("MsgType")
	if from == "" || account == "" || kind == "" {
		return nil, errIncomplete
	}
	return &sdk.Message{
		ID:           messageID(root),
		Channel:      channel,
		Account:      account,
		Sender:       from,
		Conversation: ids.Join(account, from),
		Time:         sentAt(root, arrival),
		Content:      newContent(kind, root),
	}, nil
}

// messageID is the key by which the platform wants messages de-duplicated: MsgId for messages; sender and second for
// events, which have none (developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_event_pushes.html).
// Account and sender are added because MsgIds of two persons were seen to collide; Event, EventKey and the MsgID of some
// events because two can share a second. What has neither is told apart by its fields, which are the same in each retry.
func messageID(root *wx.Field) string {
	account, from, sent := root.Get("ToUserName"), root.Get("FromUserName"), root.Get("CreateTime")
	if id := root.Get("MsgId"); id != "" {
		return ids.Join(account, from, id)
	}
	if isEvent(root.Get("MsgType")) {
		key, id := root.Get("EventKey"), root.Get("MsgID")
		if key == "" && id == "" && slices.ContainsFunc(root.Fields, isTelling) {
			return ids.Join(account, from, sent, root.Get("Event"), ids.Hash(string(root.JSON()))) // Two cards taken in one second.
		}
		return ids.Join(account, from, sent, root.Get("Event"), key, id)
	}
	return ids.Join(account, from, sent, ids.Hash(string(root.JSON())))
}

// isTelling tells whether a field of an event is none of those that all events have.
func isTelling(f wx.Field) bool {
	return !slices.Contains([]string{"ToUserName", "FromUserName", "CreateTime", "MsgType", "Event", "EventKey"}, f.Name)
}

// sentAt reads CreateTime, which is in seconds.
func sentAt(root *wx.Field, arrival time.Time) time.Time {
	seconds, err := strconv.ParseUint(root.Get("CreateTime"), 10, 40)
	if err != nil || seconds == 0 {
		return arrival
	}
	return time.Unix(int64(seconds), 0)
}
