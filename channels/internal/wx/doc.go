// Package wx holds what the WeChat and WeCom platforms share on the wire of a callback: the signature over sorted
// parameters, the AES envelope, the XML of bodies and replies, and the freshness of a timestamp. It knows neither HTTP nor
// the words of the core.
//
// The rules come from developers.weixin.qq.com/doc/subscription/guide/dev/push/ and its page on encryption.
package wx
