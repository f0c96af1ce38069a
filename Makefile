# make            every check and test, as ./scripts/test runs them
# make browser    the tests of the sandbox's page in Chromium; with BOT_SCREENSHOTS=DIR pictures of it
# make node       what the SDK in Node.js needs, from npm
# make python     the checks and tests of sdk/python
# make build      the bot, as ./bot
# make generate   the code of proto/ for Go and Python, and its copy for Node.js
# make fuzz       each fuzz target for FUZZTIME
# make bench      the bot against its limit
# make soak       MESSAGES messages with everything going wrong

GO ?= go
FUZZTIME ?= 30s
MESSAGES ?= 100000
tool := $(GO) tool -modfile=tools/go.mod
generated := sdk/internal/pb
python_generated := sdk/python/chuanhuabot/_pb
# Whatever Python has what the SDK needs; on Debian that is the system's own.
PYTHON ?= $(shell for p in /usr/bin/python3 python3; do $$p -c 'import grpc, google.protobuf' 2>/dev/null && echo $$p && break; done)
protoc_python = protoc -I proto --python_out=$(1) --pyi_out=$(1) bot/v1/plugin.proto

.PHONY: all fmt vet staticcheck lint generated python test node browser build generate fuzz bench soak

all: fmt vet staticcheck lint generated python test browser

fmt:
	@echo gofmt; unformatted=$$("$$($(GO) env GOROOT)/bin/gofmt" -l .); \
	if [ -n "$$unformatted" ]; then echo "not as gofmt writes it:"; echo "$$unformatted"; exit 1; fi

vet:
	$(GO) vet ./...
	$(GO) -C sandbox/browser vet ./...

staticcheck:
	$(tool) staticcheck ./...

lint:
	$(tool) buf lint

# The generated code is what proto/ makes: it is made once more, elsewhere, and compared.
generated:
	@echo buf generate; dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && $(tool) buf generate -o "$$dir" && \
	if ! diff -r "$$dir/$(generated)" $(generated); then echo "run make generate"; exit 1; fi
	@echo protoc; dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && $(call protoc_python,"$$dir") && \
	if ! diff -r -x __pycache__ "$$dir" $(python_generated); then echo "run make generate with protoc 3.21, as Debian 12 has it"; exit 1; fi

python:
	@if [ -z "$(PYTHON)" ]; then echo "no python3 with grpcio and protobuf; ./scripts/test installs it"; exit 1; fi
	cd sdk/python && mypy -p chuanhuabot && mypy ../../examples/hello-python/hello.py
	cd sdk/python && $(PYTHON) -W error::ResourceWarning -m unittest

test: node
	$(GO) test -race ./...

node: sdk/node/node_modules/.package-lock.json

sdk/node/node_modules/.package-lock.json: sdk/node/package-lock.json
	cd sdk/node && npm ci --ignore-scripts --no-audit --no-fund && touch node_modules/.package-lock.json

browser:
	$(GO) -C sandbox/browser test -race -count=1 ./...

build:
	$(GO) build -o bot .

generate:
	$(tool) buf generate
	cp proto/bot/v1/plugin.proto sdk/node/proto/bot/v1/plugin.proto
	$(call protoc_python,$(python_generated))
	cp $(python_generated)/bot/v1/plugin_pb2.py examples/no-sdk/bot/v1/plugin_pb2.py

fuzz:
	@grep -rHoE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' . | sed 's/func //' | while IFS=: read -r file name; do \
		echo "$$name of $$(dirname "$$file")"; \
		$(GO) test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) "$$(dirname "$$file")" || exit 1; \
	done

bench:
	$(GO) run ./bench

soak:
	$(GO) run ./soak -messages $(MESSAGES)
