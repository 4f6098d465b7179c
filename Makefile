# 两条命令就够：make run（启动）与 make test（测试）。 Two commands are enough: make run, make test.
.DEFAULT_GOAL := help
SHELL := /bin/sh
# A start is many processes, and each would compile every module anew where the machine's profile forbids keeping that.
unexport PYTHONDONTWRITEBYTECODE
BIN := .venv/bin
# A file's tests stay in one process: they share what is slow to make (a running site, a database that is killed).
SPREAD := -n 2 --dist loadfile --no-loadscope-reorder
# Tools of the developer must not start an installation of their own in ./data.
APART := GONGHUI_DATA=build/check-data DJANGO_SETTINGS_MODULE=gonghui.web.settings

.PHONY: help run install install-dev test check format bench demo drills doctor clean

help:  ## 显示这份说明 · this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

run: install  ## 启动平台，Ctrl-C 停止 · start everything, Ctrl-C stops it
	@exec $(BIN)/gonghui up

install:  ## 只准备环境 · environment only
	@requirements/install run

install-dev: install
	@requirements/install dev

test: install-dev  ## 全部测试，可加 ARGS="-k 名称" · all tests
	@if [ "$(BROWSER)" != no ]; then requirements/browser; fi
	@exec $(BIN)/python -m pytest $(SPREAD) $(if $(filter no,$(BROWSER)),-m "not browser") $(ARGS)

check: install-dev  ## 格式、规则、类型、分层、迁移 · format, lint, types, contracts, migrations
	$(BIN)/ruff format --check src tests bench conftest.py
	$(BIN)/ruff check src tests bench conftest.py
	$(APART) $(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(APART) $(BIN)/python -W ignore::RuntimeWarning -m django makemigrations --check --dry-run

format: install-dev  ## 整理格式 · format the code
	$(BIN)/ruff format src tests bench conftest.py
	$(BIN)/ruff check --fix src tests bench conftest.py

bench: install-dev  ## 测速，可加 ONLY=名称 · measurements
	@exec $(BIN)/python -m bench $(ONLY) $(ARGS)

demo: install  ## 向空的平台载入演示城市 · load the demonstration city
	@exec $(BIN)/gonghui demo $(ARGS)

drills: install-dev  ## 故障演练和整张授权矩阵 · faults on purpose, and the whole authorization matrix
	@GONGHUI_WHOLE=1 exec $(BIN)/python -m pytest $(SPREAD) tests/drills tests/matrix tests/architecture/test_policies_removed.py tests/architecture/test_confidential.py tests/journeys/test_look.py tests/journeys/test_every_procedure.py tests/journeys/test_assessment.py src/gonghui/machine/tests/test_doctor_faults.py $(ARGS)

doctor: install  ## 检查安装 · what is wrong and how to mend it
	@exec $(BIN)/gonghui doctor $(ARGS)

clean:  ## 删除环境与缓存，不动数据 · remove environment and caches, never the data
	@[ ! -x $(BIN)/python ] || $(BIN)/python -m tests.room
	rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache .hypothesis
