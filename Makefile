# `make help` lists what there is to make.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build
.DELETE_ON_ERROR:

PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift
# `no`: say which package is missing, and end. That is how pip builds: who installs a Python package hasn't asked for more.
INSTALL_MISSING ?= yes
# The first of these that is new enough, looked for once and only when it is needed.
PYTHON ?= $(eval PYTHON := $(shell for python in python3 python3.13 python3.12 python3.11 python3.10 python; do \
  $$python -c '$(is_new_enough)' 2>/dev/null && echo $$python && break; done))$(PYTHON)
comma := ,
is_new_enough := import sys; sys.exit(sys.version_info < (3, 10))

executable := .build/release/testmon-xdist
# The tests run on $(PYTHON); a part of them on these, too, where they can be had.
extra_pythons := 3.12 3.14 3.15
here := .build/made-in-$(firstword $(shell echo '$(CURDIR)' | cksum))
sources = Makefile Package.swift $(shell find Sources -not -name '__pycache__' -not -name '*.pyc')

##@ Build

.PHONY: build
build: $(executable) ## the executable, static and stripped: .build/release/testmon-xdist

$(executable): $(sources) $(here) | swift sqlite
	$(SWIFT) build -c release -Xswiftc -static-executable -Xlinker -s
	@touch $@

# Swift's caches hold absolute paths: where the folder has been moved or copied (old pips copy it), they are of no use.
$(here):
	@$(if $(wildcard .build/made-in-*),rm -rf .build)
	@mkdir -p .build && touch $@

.PHONY: wheel
wheel: deps $(executable) ## the Python package: dist/testmon_xdist-*.whl
	@rm -f dist/testmon_xdist-*.whl
	@environments=$$($(PYTHON) Tests/tools/environments.py packaging); \
	"$$environments/packaging/bin/python" -m hatchling build --target wheel --directory dist

.PHONY: generate
generate: python $(executable) ## man/, completions/, docs/settings.md and docs/doctor.md's checks, from their lists
	@mkdir -p man completions
	@generate() { echo "$$2"; $(executable) --generate "$$1" >.build/generated; }; \
	for file in man:man/testmon-xdist.1 bash:completions/testmon-xdist.bash zsh:completions/_testmon-xdist \
	  fish:completions/testmon-xdist.fish; do \
	  generate "$${file%%:*}" "$${file#*:}"; cp .build/generated "$${file#*:}"; \
	done; \
	generate settings docs/settings.md; \
	awk '/^<!-- settings/ { while ((getline line <".build/generated") > 0) print line; ours = 1 } \
	  !ours { print } /^<!-- end of settings/ { ours = 0 }' docs/settings.md >.build/settings; \
	cp .build/settings docs/settings.md
	@$(PYTHON) -B Tests/tools/doctor_checks.py --write

.PHONY: clean
clean: ## removes all that was built
	rm -rf .build dist __pycache__ Tests/tools/__pycache__

##@ Check

# Two runs: tests of the executable wait for processes, and would keep the threads from tests that only wait a moment.
.PHONY: test
test: deps lint wheel ## everything that has to pass; FILTER=NAME picks tests
	@$(prepare_tests); set -x; \
	$(if $(FILTER),$(SWIFT) test --filter '$(FILTER)', \
	  $(SWIFT) test --skip ExecutableTests; $(SWIFT) test --skip-build --filter ExecutableTests --skip SSHServerTests; \
	  $(sequences) --testmon 2.0.0 2.1.1 2.2.0 --seed 1 --count 3; $(documents); \
	  $(bench) --output .build/bench-tried --only start,memory --rounds 2 >/dev/null); \
	{ set +x; } 2>/dev/null; $(tell_what_was_left_out)

.PHONY: messages
messages: deps wheel ## prints every message that people may get, by provoking it
	@$(prepare_tests); export TESTMON_XDIST_TEST_MESSAGES='$(CURDIR)/.build/messages'; \
	rm -f "$$TESTMON_XDIST_TEST_MESSAGES"; $(SWIFT) test --filter MessageTests >&2; cat "$$TESTMON_XDIST_TEST_MESSAGES"

.PHONY: test-ssh
test-ssh: deps ssh wheel ## workers behind a real sshd, on this machine's loopback
	@$(prepare_tests); export TESTMON_XDIST_TEST_SSHD="$$(PATH="$$PATH:/usr/sbin" command -v sshd)"; \
	set -x; $(SWIFT) test --filter SSHServerTests

prepare_tests = \
	environments=$$($(PYTHON) Tests/tools/environments.py); \
	old_environments=$$($(PYTHON) -B Tests/tools/old_testmon.py); \
	python=$$($(PYTHON) -c 'import sys; print(sys.executable)'); \
	wheels='$(CURDIR)/.build/test-wheels'; \
	rm -rf "$$wheels"; mkdir -p "$$wheels"; cp "$$environments"/wheels/*.whl dist/testmon_xdist-*.whl "$$wheels"; \
	export TESTMON_XDIST_TEST_EXECUTABLE='$(CURDIR)/$(executable)'; \
	export TESTMON_XDIST_TEST_PYTHON="$$python"; \
	export TESTMON_XDIST_TEST_VENVS="$$environments"; \
	export TESTMON_XDIST_TEST_OLD_VENVS="$$old_environments"; \
	export TESTMON_XDIST_TEST_WHEELS="$$wheels"; \
	export TESTMON_XDIST_TEST_SOURCES="$$environments/sources"; \
	pythons=$$($(PYTHON) -B Tests/tools/pythons.py $(extra_pythons)); \
	export TESTMON_XDIST_TEST_PYTHONS="$$pythons"

# Where it is seen: after all that the tests write.
tell_what_was_left_out = \
	for name in $(extra_pythons); do \
	  [[ ":$$pythons" == *":$$name="* ]] || echo "NOT TESTED: Python $$name, which isn't here; why: see above" >&2; \
	done

.PHONY: test-all
test-all: export TESTMON_XDIST_TEST_ALL := 1
test-all: test ## the same with every release, way and mode, of which `test` takes a part

.PHONY: equality
equality: FILTER := EqualityTests
equality: test-all ## of that, whether a parallel run is a serial run: half an hour

.PHONY: sequences
sequences: wheel ## random edits and runs: is a test left out? SEQUENCES=--help tells more
	@$(sequences) $(SEQUENCES)

sequences = $(PYTHON) -B Tests/tools/sequences.py --wheel dist/testmon_xdist-*.whl

.PHONY: documents
documents: wheel ## follows every command of README.md and docs/; DOCUMENTS=docs/faq.md picks one
	@environments=$$($(PYTHON) Tests/tools/environments.py documents); $(documents) $(DOCUMENTS)

documents = $(PYTHON) -B Tests/tools/documents.py --wheel dist/testmon_xdist-*.whl --wheels "$$environments/documents"

.PHONY: lint
lint: swift python ## the sources are as .swift-format says and not too long; tables and links in documents are right
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests
	@find Sources Tests -name '*.swift' -exec awk '\
	  FNR == $(most_lines) + 1 { print FILENAME ": over $(most_lines) lines: split it by job"; found = 1 } \
	  END { exit found }' {} + >&2
	$(PYTHON) -B Tests/tools/matrix.py --check
	$(PYTHON) -B Tests/tools/doctor_checks.py --check
	$(PYTHON) -B Tests/tools/documents.py --check

most_lines := 300

.PHONY: format
format: swift ## formats the sources
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests

.PHONY: doctor-checks
doctor-checks: python ## every check of doctor's, with the faults that its tests make
	@$(PYTHON) -B Tests/tools/doctor_checks.py

.PHONY: bench
bench: wheel strace ## every claim of speed beside its rival, in an hour and a half; BENCH=--help tells how to run a part
	@environments=$$($(PYTHON) Tests/tools/environments.py testmon-2.2.0); $(bench) --output .build/bench $(BENCH)

bench = $(PYTHON) -B Tests/tools/bench.py --executable $(executable) --wheel dist/testmon_xdist-*.whl \
  --venv "$$environments/testmon-2.2.0"

.PHONY: matrix
matrix: wheel ## every testmon 2.x with the oldest and newest pytest and xdist; MATRIX=--help tells more
	@$(PYTHON) -B Tests/tools/matrix.py --wheel dist/testmon_xdist-*.whl $(MATRIX)

.PHONY: faults
faults: python strace $(executable) ## system calls that fail, one at a time; FAULTS=--help tells more
	@$(PYTHON) -B Tests/tools/faults.py --executable $(executable) $(FAULTS)

.PHONY: demo
demo: wheel ## the failure without it and the success with it, on a small project
	@$(PYTHON) -B Tests/tools/demo.py --executable $(executable) --wheel dist/testmon_xdist-*.whl

##@ Install

.PHONY: install
install: $(executable) ## below PREFIX (/usr/local): executable, man page, completions
	install -D -m 755 $(executable) "$(installed)/bin/testmon-xdist"
	install -D -m 644 man/testmon-xdist.1 "$(installed)/share/man/man1/testmon-xdist.1"
	install -D -m 644 completions/testmon-xdist.bash "$(installed)/share/bash-completion/completions/testmon-xdist"
	install -D -m 644 completions/_testmon-xdist "$(installed)/share/zsh/site-functions/_testmon-xdist"
	install -D -m 644 completions/testmon-xdist.fish "$(installed)/share/fish/vendor_completions.d/testmon-xdist.fish"

.PHONY: uninstall
uninstall: ## removes what install put there
	rm -f "$(installed)/bin/testmon-xdist"
	rm -f "$(installed)/share/man/man1/testmon-xdist.1"
	rm -f "$(installed)/share/bash-completion/completions/testmon-xdist"
	rm -f "$(installed)/share/zsh/site-functions/_testmon-xdist"
	rm -f "$(installed)/share/fish/vendor_completions.d/testmon-xdist.fish"

installed = $(DESTDIR)$(PREFIX)

##@ What it needs

.PHONY: deps swift sqlite python ssh strace
deps: swift sqlite python ## installs what is missing; every target does it by itself, unless INSTALL_MISSING=no

swift:
	@command -v $(SWIFT) >/dev/null || { \
	  echo 'building testmon-xdist needs a Swift toolchain (swift $(swift_version) or later) on PATH;' \
	  'https://www.swift.org/install/linux has them' >&2; exit 1; }

sqlite:
	@[ -n '$(sqlite_header)' ] && [ -n '$(sqlite_archive)' ] || { $(call install_package,libsqlite3-dev); }

python:
	@[ -n '$(PYTHON)' ] && $(PYTHON) -c '$(is_new_enough)' || { \
	  echo 'this needs Python 3.10 or later$(if $(PYTHON),$(comma) which $(PYTHON) is not):' \
	  'install python3 and python3-venv, or name one with make PYTHON=/path/to/python3' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { $(call install_package,$$($(PYTHON) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')); }

# The folder is made by the service where sshd is run as one.
ssh:
	@PATH="$$PATH:/usr/sbin" command -v sshd >/dev/null || { $(call install_package,openssh-server); }
	@[ "$$(id -u)" != 0 ] || mkdir -p /run/sshd

strace:
	@command -v strace >/dev/null || { $(call install_package,strace); }

swift_version = $(shell sed -n 's/^.*swift-tools-version: *//p' Package.swift)

# SQLite's header and its static library, where the compiler and the linker look.
sqlite_header = $(wildcard $(addsuffix /sqlite3.h,$(subst :, ,$(CPATH)) /usr/include /usr/local/include))
sqlite_archive = $(wildcard $(addsuffix /libsqlite3.a,$(subst :, ,$(LIBRARY_PATH)) \
  /usr/lib /usr/lib64 /usr/lib/$(shell uname -m)-linux-gnu /usr/local/lib))

install_package = package=$(1); \
  $(if $(filter no,$(INSTALL_MISSING)),$(tell_what_to_install),$(install_with_apt_get))

tell_what_to_install = echo "$$package is missing, and is needed: install it (Debian: apt-get install $$package)," \
  "or what your system calls it" >&2; exit 1

# sudo may ask for a password only where somebody can answer.
install_with_apt_get = echo "$$package is missing: installing it" >&2; \
  as_root=; [ "$$(id -u)" = 0 ] || as_root="sudo$$([ -t 0 ] || echo " -n")"; \
  apt_get="$$as_root env DEBIAN_FRONTEND=noninteractive apt-get"; \
  { $$apt_get install -y $$package || { $$apt_get update && $$apt_get install -y $$package; }; } >&2 || \
    { echo "$$package could not be installed, and is needed: install it, or what your system calls it" >&2; exit 1; }

##@ Help

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^##@ / { print (n++ ? "\n" : "") substr($$0, 5) } \
	  /^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
