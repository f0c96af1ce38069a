// Package kf is WeCom customer service (微信客服) as a channel. The platform rings a bell: a callback without content. The channel
// answers it at once and then asks for what there is, account by account, page by page; a message is stored before the place up
// to which an account was read. What it sends has an id made of the delivery, so that no crash shows an answer twice.
//
// The rules come from developer.work.weixin.qq.com/document/path/ and the numbers of its pages, such as 94670.
package kf
