# demailbench: `make` prints what there is to do. Go and make suffice; race needs a C compiler too.

TIME ?= 30s
# What needs no virtual time of the transport features.
MAIL = transport/inbound transport/outbound transport/refusals
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help build run test race images docker lint mutants mutant bench fuzz clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build the static program bin/demailbench
	CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o bin/demailbench ./cmd/demailbench

run: build ## judge the reference gateway; ARGS="--seed 7 ..." are passed on
	bin/demailbench run $(ARGS)

test: ## run all tests
	go test ./...

race: ## run all tests under the race detector
	CGO_ENABLED=1 go test -race $$(go list ./... | grep -v '/sim/docker$$') # the detector sees nothing inside containers; make docker has their tests

images: ## build the container image with Postfix from Debian packages (root; kept when it is there)
	sim/postfix/image.sh

docker: build images ## ask both fabrics the same, then run mail through containers with Postfix; needs a container engine
	DEMAILBENCH_DOCKER=required go test -count=1 ./sim/docker/...
	bin/demailbench run --fabric docker-postfix $(MAIL)

lint: ## check format, go vet and the repository's own rules (cmd/repocheck)
	@unformatted=$$(gofmt -l cmd features fixtures gateway reports sim) && \
	if [ -n "$$unformatted" ]; then echo "not formatted, run gofmt -w on:"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	go test -count=1 ./cmd/repocheck

mutants: build ## hunt the gateways that are wrong on purpose, write the table into the README, hold the ratchet
	bin/demailbench mutants --survivors features/mutant/survivors.txt --table README.md --commit "$$(git rev-parse --short HEAD)" $(ARGS)

mutant: build ## hunt the gateway that PATCH=x.diff makes of these sources: who kills it?
	@test -n "$(PATCH)" || { echo 'name the patch: make mutant PATCH=x.diff'; exit 64; }
	bin/demailbench mutants --patch "$(PATCH)"

bench: ## run all benchmarks
	go test -run='^$$' -bench=. -benchmem ./...

fuzz: ## run each fuzz target for TIME (30s) in turn
	@set -e; for dir in $$(grep -rlE --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u); do \
		for target in $$(grep -hoE '^func Fuzz[A-Za-z0-9_]*' $$dir/*_test.go | cut -c6- | sort -u); do \
			echo "fuzz $$dir $$target $(TIME)"; \
			go test -run='^$$' -fuzz="^$$target\$$" -fuzztime=$(TIME) $$dir; \
		done; \
	done

clean: ## remove what build and run made
	rm -rf bin reports/out
