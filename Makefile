# Python 3.11 or newer, git and make are all that has to be there. Every target may be called again at any time.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: setup run dev test check format manual bench screenshots wheel lock clean

setup: .venv/.installed
	@$(BIN)/gpt-image-ui build --if-changed

run: setup
	@$(BIN)/gpt-image-ui run

# Screens compiled anew at every change; the page on port 3000, what answers it on port 8000.
dev: .venv/.installed
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/gpt-image-ui migrate
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/reflex run

test: setup .venv/.tools
	@sh tests/install_tools.sh
	$(BIN)/pytest

check: .venv/.tools
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports

format: .venv/.tools
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# The list of settings in docs/OPERATING.md.
manual: .venv/.installed
	$(BIN)/python tests/architecture/write_manual.py

bench: setup .venv/.tools
	@sh tests/install_tools.sh
	$(BIN)/python -m bench

# Of a studio that runs on PORT, into docs/img.
screenshots: .venv/.tools
	$(BIN)/python docs/img/take.py http://localhost:$(or $(PORT),8000)

wheel: setup .venv/.tools
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .

# Compiled to bytecode here, so that the very first start is as quick as the later ones.
.venv/.installed: pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=…")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock --editable '.[build]'
	@$(BIN)/python -m compileall -q gpt_image_ui rxconfig.py
	@touch $@

# pip learned to install dependency groups in 25.1.
.venv/.tools: .venv/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock --group dev
	@touch $@

# Resolves every dependency anew and writes down what was found.
lock:
	rm -rf .venv && $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[build]' --group dev
	$(BIN)/python -m pip freeze --exclude-editable > requirements.lock

clean:
	rm -rf .venv .web gpt_image_ui/frontend dist
