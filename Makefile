# What you need: Python 3.11 or newer, and this file. `make help` lists the rest.

PYTHON ?= python3
JOBS ?= 2
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help demo serve test check fix bench clean

help: ## 列出可用的目标 / list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "需要 Python 3.11 或更新 / Python 3.11 or newer is needed; try: make PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "建立虚拟环境失败；Debian/Ubuntu 请先安装 python3-venv / install python3-venv first" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $(STAMP)

demo: $(STAMP) ## 演示：建库、装入一年的演示数据并启动 / build the demo and serve it
	@$(BIN)/niangjia demo

serve: $(STAMP) ## 启动本安装 / serve this installation
	@$(BIN)/niangjia migrate && $(BIN)/niangjia serve

test: $(STAMP) ## 全部测试，含浏览器 / everything, browser journeys included
	@$(BIN)/python -m tests.machine
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadscope --no-loadscope-reorder

check: $(STAMP) ## 格式、类型、分层、模板、迁移 / lint, types, contracts, templates, migrations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy niangjia config tests $(wildcard benchmarks)
	@$(BIN)/lint-imports
	@$(BIN)/djlint niangjia/web --lint --quiet
	@$(BIN)/niangjia manage check --fail-level WARNING
	@PYTHONWARNINGS="ignore:Got an error checking:RuntimeWarning" $(BIN)/niangjia manage makemigrations --check --dry-run

fix: $(STAMP) ## 自动修正格式 / format and fix what can be fixed
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

bench: $(STAMP) ## 性能主张，逐条成比 / each claim about speed as a ratio
	@$(BIN)/python -m benchmarks

clean: ## 删除虚拟环境和缓存，保留 var 里的数据 / remove what was built, keep the data in var
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build *.egg-info
