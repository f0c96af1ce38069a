// Package browser tests the sandbox's page in a real browser, headless Chromium. It is a module of its own, so that those who use
// this one need not know what drives the browser.
package browser
