# Quanxiang. `make check` is what CI runs; `make demo` starts the demo.
SHELL := /bin/bash
GO ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
FUZZRUNS ?= 5000x

.PHONY: check demo build format vet staticcheck test fuzz cross e2e-deps images bench clean

## check: everything CI checks, on this machine
check: format vet staticcheck cross e2e-deps test fuzz

## demo: the demo district on the embedded database, http://localhost:8080
demo:
	$(GO) run ./cmd/quanxiang demo

## build: the binary for this machine
build:
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o quanxiang ./cmd/quanxiang

format:
	@out=$$(gofmt -l .); if [ -n "$$out" ]; then echo "gofmt wants to change:"; echo "$$out"; exit 1; fi

vet:
	$(GO) vet ./...

staticcheck:
	$(GO) run $(STATICCHECK) ./...

## test: every test, with the race detector, on SQLite and on a throw-away PostgreSQL; then the store on tables partitioned by district
test:
	scripts/postgres-test.sh run $(GO) test -race -timeout 25m ./...
	cd people/oidc/providertest && $(GO) test -race ./...
	TEST_PARTITIONED=1 scripts/postgres-test.sh run $(GO) test -timeout 10m -run '/postgres' ./store/...

## fuzz: every fuzz target for a moment
fuzz:
	scripts/fuzz-smoke.sh $(FUZZRUNS)

## cross: the static release binaries
cross:
	@for arch in amd64 arm64 loong64; do \
	  echo "build linux/$$arch"; \
	  CGO_ENABLED=0 GOOS=linux GOARCH=$$arch $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o dist/quanxiang-linux-$$arch ./cmd/quanxiang || exit 1; \
	done

## e2e-deps: axe-core for the browser tests (development only, never shipped)
e2e-deps:
	@if [ -f e2e/package.json ]; then scripts/e2e-deps.sh; fi

## images: the README's pictures, from the running program
images: e2e-deps
	$(GO) test ./e2e -count=1 -run TestReadmeImages -readme

## bench: the measurements of bench/README.md
bench:
	scripts/postgres-test.sh run $(GO) test -run '^$$' -bench . -benchtime 1x ./bench/...

clean:
	rm -rf quanxiang dist e2e/screenshots
