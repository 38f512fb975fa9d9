# Quanxiang. `make check` is what CI runs; `make demo` starts the demo.
SHELL := /bin/bash
GO ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
FUZZRUNS ?= 5000x

# The checks, the tests and the release are compiled with the same settings, so
# that a clean machine compiles everything once for all of them.
export CGO_ENABLED := 0
export GOFLAGS := $(strip $(filter-out -trimpath,$(shell $(GO) env GOFLAGS)) -trimpath)
# UNWATCHED is C translated by machine and its malloc: the race detector looks at
# every access but those within SQLite, as if it were linked in C, and so runs
# several times faster. SQLite's Go driver is watched. So are those who hand a program's machines
# to goroutines, but not the machines: each is one goroutine's, and being looked at costs them most of all.
UNWATCHED := $(patsubst %,-gcflags=%=-race=false,modernc.org/sqlite/lib modernc.org/libc/... modernc.org/memory quanxiang/rules/eval quanxiang/rules/columns/...)

# Nobody follows a test in a debugger here: linked without what one needs, two hundred programs of
# tests take a third less. vet has run before.
TESTING := -vet=off -timeout 60m -ldflags=-w

.PHONY: check demo verifier build format vet staticcheck test test-race test-engines test-whole test-partitioned test-oidc fuzz cross binaries e2e-deps images bench clean

## check: everything CI checks, on this machine; two things at a time, because tests wait for databases and browsers, and compilers for nobody
check: format vet verifier e2e-deps
	scripts/postgres-test.sh run $(MAKE) --no-print-directory -j 2 test-race test-whole staticcheck binaries test-engines test-partitioned fuzz test-oidc

## demo: the demo district on the embedded database, http://localhost:8080
demo: verifier
	$(GO) run ./cmd/quanxiang demo

## verifier: the verifier of draws for browsers, which the program then carries; without it /draws/verify shows the command alone
verifier:
	GOOS=js GOARCH=wasm $(GO) build -ldflags '-s -w' -o web/draws/built/verifier.wasm ./draw/wasm
	gzip -9 -n -f web/draws/built/verifier.wasm
	cp "$$($(GO) env GOROOT)/lib/wasm/wasm_exec.js" web/draws/built/

## build: the binary for this machine
build: verifier
	$(GO) build -ldflags '$(LDFLAGS)' -o quanxiang ./cmd/quanxiang

format:
	@out=$$(gofmt -l .); if [ -n "$$out" ]; then echo "gofmt wants to change:"; echo "$$out"; exit 1; fi

# The provider's module has sums of its own: what it lacks shows here and not after half an hour of tests.
vet:
	$(GO) vet ./...
	cd people/oidc/providertest && $(GO) vet ./...

staticcheck:
	$(GO) run $(STATICCHECK) ./...

## test: every test, on SQLite and on a throw-away PostgreSQL (vet has run before: go test need not)
test:
	scripts/postgres-test.sh run $(MAKE) --no-print-directory test-race test-engines test-whole test-partitioned test-oidc

# What drives the whole program, or plays the months of a whole district: the detector would take minutes over
# what it watches in the tests of the parts. ENGINES start no goroutine and share nothing that changes, so that there is
# nothing to detect.
WHOLE := ./cmd/quanxiang ./demo ./e2e
ENGINES := ./canon ./cases ./draw ./draw/frame ./draw/party ./draw/teams ./files/photo ./gazette/... ./ledger ./library/akn ./packs/... ./rules/...

## test-race: tests under the race detector, but for those of the engines and of the program as a whole
test-race:
	list=$$($(GO) list ./... | grep -vxFf <($(GO) list $(WHOLE) $(ENGINES))) && CGO_ENABLED=1 $(GO) test -race $(UNWATCHED) $(TESTING) $$list

## test-engines: the engines, at their own speed
test-engines:
	$(GO) test $(TESTING) $(ENGINES)

## test-whole: the program as it is released, at the command line and in a browser
test-whole:
	$(GO) test $(TESTING) ./e2e
	$(GO) test $(TESTING) $(filter-out ./e2e,$(WHOLE))

## test-partitioned: the store on tables partitioned by district
test-partitioned:
	TEST_PARTITIONED=1 $(GO) test $(TESTING) -run '/postgres' ./store/...

## test-oidc: the way in through a provider that others wrote, a module of its own
test-oidc:
	cd people/oidc/providertest && CGO_ENABLED=1 $(GO) test -race ./...

## fuzz: every fuzz target for a moment
fuzz:
	scripts/fuzz-smoke.sh $(FUZZRUNS)

## cross: the static release binaries
cross: verifier
	$(MAKE) --no-print-directory binaries

binaries:
	@for arch in amd64 arm64 loong64; do \
	  echo "build linux/$$arch"; \
	  GOOS=linux GOARCH=$$arch $(GO) build -ldflags '$(LDFLAGS)' -o dist/quanxiang-linux-$$arch ./cmd/quanxiang || exit 1; \
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
