# What a person does with this repository: `make demo`, `make test`, `make check`. `make help` lists the rest.

SWIFT ?= swift
BINARY = build/dunningd
# Runs where no Swift is: everything of Swift inside, libcurl from the system.
RELEASE = -c release --static-swift-stdlib --product dunningd

.PHONY: help demo test build debug check format clean needed needed-for-tests

help: ## This list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-10s %s\n", $$1, $$2 }'

demo: build ## Install what is missing, build, and run two made-up months in seconds
	@$(BINARY) demo

test: needed-for-tests build ## Install what the tests need and run them all, real servers included
	DUNNINGD_BINARY=$(CURDIR)/$(BINARY) $(SWIFT) test --parallel

build: needed ## The release binary, build/dunningd
	$(SWIFT) build $(RELEASE)
	@mkdir -p build
	@cp -f "$$($(SWIFT) build $(RELEASE) --show-bin-path)/dunningd" $(BINARY)

debug: needed ## A debug build
	$(SWIFT) build

check: format-check test ## The whole gate: format, build without warnings, all tests

format: ## Format the sources
	$(SWIFT) format -i -r --configuration .swift-format Package.swift Sources Tests

format-check:
	$(SWIFT) format lint -s -r --configuration .swift-format Package.swift Sources Tests

clean: ## Remove what was built
	rm -rf .build build

needed:
	@scripts/install-needed build

needed-for-tests:
	@scripts/install-needed test
