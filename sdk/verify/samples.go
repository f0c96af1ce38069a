package verify

import "github.com/chuanhuabot/bot/sdk/internal/pb"

// sample is a content that a plugin must bear.
type sample struct {
	name string
	is   *pb.Content
}

// samples has every kind of content, as platforms send it and with as little in it as the wire allows, and texts of every
// sort.
func samples() []sample {
	return append(append(texts(), full()...), bare()...)
}

func texts() []sample {
	return []sample{
		{"with an empty text", textOf("")},
		{"with a text of emoji", textOf("👨‍👩‍👧‍👦🏳️‍🌈👋🏽[微笑]")},
		{"with a NUL in the text", textOf("before\x00after")},
		{"with control characters", textOf("\r\n\t\x1b[2J\u202e\ufeff\ufffd")},
		{"with a text of one line feed", textOf("\n")},
		{"with a tapped choice", &pb.Content{Kind: &pb.Content_Text{Text: &pb.Text{Text: "yes", Choice: "1"}}}},
		{"with a text of 1 MiB", textOf(bigText())},
	}
}

func full() []sample {
	media := func(format string) *pb.Media {
		return &pb.Media{Id: "media-that-is-gone", Name: "无题." + format, Format: format}
	}
	return []sample{
		{"of kind image", &pb.Content{Kind: &pb.Content_Image{Image: &pb.Image{
			Media: &pb.Media{Id: "media-that-is-gone", Url: "http://127.0.0.1:9/nothing.jpg"}}}}},
		{"of kind voice", &pb.Content{Kind: &pb.Content_Voice{Voice: &pb.Voice{
			Media: media("amr"), Wideband: media("speex"), Transcript: "你好"}}}},
		{"of kind video", &pb.Content{Kind: &pb.Content_Video{Video: &pb.Video{Media: media("mp4"), Thumbnail: media("jpg")}}}},
		{"of kind file", &pb.Content{Kind: &pb.Content_File{File: &pb.File{Media: media("pdf")}}}},
		{"of kind location", &pb.Content{Kind: &pb.Content_Location{Location: &pb.Location{
			Latitude: -33.9, Longitude: 151.2, Scale: 16, Label: "悉尼"}}}},
		{"of kind link", &pb.Content{Kind: &pb.Content_Link{Link: &pb.Link{
			Url: "http://127.0.0.1:9/", Title: "title", Description: "description", PictureUrl: "http://127.0.0.1:9/p.jpg"}}}},
		{"of kind menu", &pb.Content{Kind: &pb.Content_Menu{Menu: &pb.Menu{
			Head: "?", Choices: []*pb.Choice{{Id: "1", Text: "yes"}, {Id: "", Text: ""}}, Tail: "!"}}}},
		{"of kind event", &pb.Content{Kind: &pb.Content_Event{Event: &pb.Event{
			Type: "subscribe", Key: "qrscene_1", FieldsJson: `{"Event":"subscribe","EventKey":"qrscene_1"}`}}}},
		{"of kind raw", &pb.Content{Kind: &pb.Content_Raw{Raw: &pb.Raw{
			Type: "shortvideo", FieldsJson: `{"MsgType":"shortvideo","odd":[null,{"":1e300}]}`}}}},
	}
}

func bare() []sample {
	return []sample{
		{"of kind text, bare", &pb.Content{Kind: &pb.Content_Text{Text: &pb.Text{}}}},
		{"of kind image, bare", &pb.Content{Kind: &pb.Content_Image{Image: &pb.Image{}}}},
		{"of kind voice, bare", &pb.Content{Kind: &pb.Content_Voice{Voice: &pb.Voice{}}}},
		{"of kind video, bare", &pb.Content{Kind: &pb.Content_Video{Video: &pb.Video{}}}},
		{"of kind file, bare", &pb.Content{Kind: &pb.Content_File{File: &pb.File{}}}},
		{"of kind location, bare", &pb.Content{Kind: &pb.Content_Location{Location: &pb.Location{}}}},
		{"of kind link, bare", &pb.Content{Kind: &pb.Content_Link{Link: &pb.Link{}}}},
		{"of kind menu, bare", &pb.Content{Kind: &pb.Content_Menu{Menu: &pb.Menu{}}}},
		{"of kind event, bare", &pb.Content{Kind: &pb.Content_Event{Event: &pb.Event{}}}},
		{"of kind raw, bare", &pb.Content{Kind: &pb.Content_Raw{Raw: &pb.Raw{}}}},
	}
}
