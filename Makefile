# make run    install what runs and start the bot on http://127.0.0.1:8000/chat
# make test   install what checks and run the whole suite   (make test ARGS="-k retry")
# make check  lint the code and the knowledge
# make bench  print the benchmarks
# make soak   ten minutes under faults: workers killed, knowledge reloaded, disk full, PostgreSQL restarted
# make fuzz   ten minutes of rubbish at the webhook and the assistant   (make fuzz ARGS="--minutes 1")
# make venv   the set-up alone; after it `.venv/bin/python server.py` starts the same server
#
# The set-up is done once and again when a requirements file changes. Another Python: make PYTHON=/path/to/python3.12 run

# The first of these that is new enough; a venv made before keeps its own.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --prefer-binary
ARGS ?=

.PHONY: run venv test check bench soak fuzz

run: venv
	@exec $(BIN)/python server.py

# Compiled here, since the account that serves may not write beside the sources: else each start would take a second more.
venv: $(VENV)/.run
	@$(BIN)/python -m compileall -q bot server.py

test: $(VENV)/.dev
	@$(BIN)/python -m pytest --numprocesses=auto --dist=worksteal $(ARGS)

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m bot check

bench: $(VENV)/.bench
	@$(BIN)/python -m bench $(ARGS)

soak: $(VENV)/.dev
	@$(BIN)/python -m bench.soak $(ARGS)

fuzz: $(VENV)/.dev
	@$(BIN)/python -m bench.fuzz $(ARGS)

$(VENV)/bin/python:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo '需要 Python 3.11 或更新的版本；请先安装，或写明它的位置：make PYTHON=/path/to/python3.11 run' >&2; exit 2; }
	@"$(PYTHON)" -m venv $(VENV) || { \
		echo '不能建立虚拟环境。Debian、Ubuntu 上请先装：apt-get install python3-venv' >&2; rm -rf $(VENV); exit 2; }

$(VENV)/.run: requirements.txt | $(VENV)/bin/python
	@echo '正在安装运行所需的软件包…'
	@$(PIP) -r requirements.txt
	@touch $@
	@# Learns the phrasings, so that the first start need not. Not where .env names another BOT_VAR, where root must leave no file.
	@[ -e .env ] || { echo '正在学习知识里的问法，第一次启动就不用等…'; $(BIN)/python -m bot check >/dev/null 2>&1 || true; }

$(VENV)/.dev: requirements-dev.txt requirements-scale.txt $(VENV)/.run
	@echo '正在安装检查所需的软件包…'
	@$(PIP) -r requirements-dev.txt
	@touch $@

$(VENV)/.bench: requirements-bench.txt $(VENV)/.dev
	@echo '正在安装对比测试所需的软件包…'
	@$(PIP) -r requirements-bench.txt
	@touch $@
