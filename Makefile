# What a person does with this repository: `make demo`, `make test`, `make check`. `make help` lists the rest.

SWIFT ?= swift
BINARY = build/dunningd
# Runs where no Swift is: everything of Swift inside, libcurl from the system.
RELEASE = -c release --static-swift-stdlib -Xlinker -s --product dunningd

PREFIX ?= /usr/local
DESTDIR ?=
# Configuration is the machine's, not the program's: /etc whatever the prefix is.
ETC = $(DESTDIR)/etc/dunningd
BIN = $(DESTDIR)$(PREFIX)/bin
UNITS = $(DESTDIR)$(PREFIX)/lib/systemd/system
SYSUSERS = $(DESTDIR)$(PREFIX)/lib/sysusers.d
SHARE = $(DESTDIR)$(PREFIX)/share
DOC = $(SHARE)/doc/dunningd

.PHONY: help demo test build debug check format clean needed needed-for-tests install uninstall deb manual

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

install: ## Install what was built (DESTDIR, PREFIX); what stands in /etc/dunningd stays
	@test -x $(BINARY) || { echo "$(BINARY) is not there: make build first" >&2; exit 1; }
	install -D -m 755 $(BINARY) $(BIN)/dunningd
	install -d -m 750 $(ETC)
	test -e $(ETC)/dunningd.toml || install -m 640 config/dunningd.toml $(ETC)/dunningd.toml
	cd config && find templates holidays -type f | while read -r file; do \
	  test -e $(ETC)/$$file || install -D -m 644 $$file $(ETC)/$$file; done
	install -d $(UNITS) $(SYSUSERS) $(DOC)
	sed 's|/usr/bin/dunningd|$(PREFIX)/bin/dunningd|' systemd/dunningd.service >$(UNITS)/dunningd.service
	chmod 644 $(UNITS)/dunningd.service
	install -m 644 systemd/dunningd.sysusers $(SYSUSERS)/dunningd.conf
	install -m 644 systemd/credentials.conf systemd/private-relay.conf docs/configuration.md docs/templates.md docs/policy-tests.md docs/journal.md docs/incoming.md $(DOC)
	if test -e build/man/dunningd.1; then \
	  install -d $(SHARE)/man/man1 $(SHARE)/man/man5 && install -m 644 build/man/*.1 $(SHARE)/man/man1 && \
	  install -m 644 build/man/*.5 $(SHARE)/man/man5 && \
	  install -D -m 644 build/completions/dunningd.bash $(SHARE)/bash-completion/completions/dunningd && \
	  install -D -m 644 build/completions/dunningd.zsh $(SHARE)/zsh/site-functions/_dunningd && \
	  install -D -m 644 build/completions/dunningd.fish $(SHARE)/fish/vendor_completions.d/dunningd.fish; \
	else echo "Without manual pages and completions: make manual before make install brings them"; fi
	@test -n "$(DESTDIR)" || echo "Next: systemd-sysusers; chgrp -R dunningd /etc/dunningd; systemctl daemon-reload; edit /etc/dunningd/dunningd.toml; dunningd check; systemctl enable --now dunningd"

deb: manual ## A Debian package in build/
	scripts/make-deb $(BINARY) build

uninstall: ## Remove what install put there; configuration and state stay
	rm -f $(BIN)/dunningd $(UNITS)/dunningd.service $(SYSUSERS)/dunningd.conf
	rm -rf $(DOC)
	rm -f $(SHARE)/man/man1/dunningd.1 $(SHARE)/man/man5/dunningd.toml.5 $(SHARE)/man/man5/dunningd-journal.5
	rm -f $(SHARE)/bash-completion/completions/dunningd $(SHARE)/zsh/site-functions/_dunningd
	rm -f $(SHARE)/fish/vendor_completions.d/dunningd.fish

# The debug build of the tool is as good, and there already where tests were built.
manual: build ## The manual pages, in build/man, and completions, in build/completions
	$(SWIFT) build --product ManualTool
	@mkdir -p build/man build/completions
	$(BINARY) --experimental-dump-help >build/man/help.json
	"$$($(SWIFT) build --show-bin-path)/ManualTool" build/man/help.json "$$($(BINARY) --version)" docs build/man
	for shell in bash zsh fish; do $(BINARY) --generate-completion-script $$shell >build/completions/dunningd.$$shell; done

debug: needed ## A debug build
	$(SWIFT) build

check: format-check test ## The whole gate: format, build without warnings, all tests

format: ## Format the sources
	$(SWIFT) format -i -r --configuration .swift-format Package.swift Sources Tests Fuzz

format-check:
	$(SWIFT) format lint -s -r --configuration .swift-format Package.swift Sources Tests Fuzz

clean: ## Remove what was built
	rm -rf .build build

needed:
	@scripts/install-needed build

needed-for-tests:
	@scripts/install-needed test
