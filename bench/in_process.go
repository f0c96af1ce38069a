package main

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/chuanhuabot/bot/channels/mp"
	"github.com/chuanhuabot/bot/core"
	"github.com/chuanhuabot/bot/core/memstore"
	"github.com/chuanhuabot/bot/internal/app"
	echoplugin "github.com/chuanhuabot/bot/plugins/echo"
	"github.com/chuanhuabot/bot/sdk"
)

// serveInProcess answers callbacks with the same channel, core and handler as the bot, all in this process.
func serveInProcess(ctx context.Context, address string) error {
	app.TuneRuntime()
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	store := memstore.New()
	ch, err := mp.New("wx", mp.Config{
		Path: "/wx", AppID: "wx0000000000000000", Token: sdk.NewSecret(token), Mode: mp.ModePlain, Account: "unverified",
		APIBase: "https://api.weixin.qq.com", Tries: 3, TryTimeout: 5 * time.Second, Freshness: 5 * time.Minute, TextLimit: 2048,
		Late: mp.Late{Hold: true, Read: true, Word: "查看", Keep: time.Hour, Quota: 5, QuotaFor: 48 * time.Hour},
	}, store, log)
	if err != nil {
		return err
	}
	chain := core.Chain{{Name: "echo", Handler: echoplugin.New()}}
	bot := core.New(core.Options{
		Store: store, Channels: map[string]core.Channel{"wx": ch}, Log: log,
		Handler: core.NewRouter([]core.Route{{To: chain}}, log),
	})
	go func() { _ = ch.Run(ctx, bot) }()
	e := echo.New()
	for _, path := range ch.Paths() {
		e.Any(path, echo.WrapHandler(ch))
	}
	server := &http.Server{Addr: address, Handler: e}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.ListenAndServe(); ctx.Err() == nil {
		return err
	}
	return nil
}
