# SPDX-License-Identifier: GPL-2.0-or-later
#
# Sipfast: sipfast.ko, sipd and sipctl. "make help" lists the targets and variables.

VERSION := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)

PREFIX ?= /usr/local
DESTDIR ?=
CFLAGS ?= -O2 -g
BUILD ?= $(if $(SANITIZE),build-san,build)

# Kernels that the tests run on; the beginning of a version is enough.
KERNELS ?= 6.1 6.12

ifdef KDIR
KVER ?= $(shell cat $(KDIR)/include/config/kernel.release)
else
KVER ?= $(shell scripts/kver --build $(shell uname -r) 2>/dev/null || scripts/kver --build)
KDIR = /lib/modules/$(KVER)/build
endif

export LC_ALL := C.UTF-8
MAKEFLAGS += --no-print-directory
.DELETE_ON_ERROR:
.PHONY: FORCE

## Build

.PHONY: all
all: modules userspace ## the module for KVER, sipd and sipctl

.PHONY: help
help: ## this list
	@sed -n -e 's/^## \(.*\)/\n\1/p' \
		-e 's/^\([a-z][a-z-]*\):.*## \(.*\)/  \1\t\2/p' $(filter %Makefile %.mk,$(MAKEFILE_LIST)) | \
		expand -t 20
	@printf '\nVariables\n'
	@printf '  %-25s %s\n' \
		'KVER=$(KVER)' 'kernel to build the module for' \
		'KDIR=DIR' 'kernel build directory, instead of the one KVER has' \
		'KERNELS="$(KERNELS)"' 'kernels to test on' \
		'BUILD=$(BUILD)' 'where everything built goes' \
		'SANITIZE=1' 'AddressSanitizer and UBSan, built in build-san' \
		'WERROR=1' 'warnings are errors' \
		'V=1' 'whole commands' \
		'CC CFLAGS LDFLAGS' 'as usual' \
		'PREFIX DESTDIR' 'as usual'

.PHONY: install
install: install-modules install-userspace ## module, programs and manual pages

.PHONY: uninstall
uninstall: uninstall-modules uninstall-userspace ## remove what install has put there

deb-tree = build/deb/sipfast-$(VERSION)

# In a copy, as what is built lies beside the tree.
.PHONY: deb
deb: ## Debian packages of both, in build/deb
	rm -rf build/deb
	mkdir -p $(deb-tree)
	tar -c --exclude-vcs --exclude=./build --exclude=./build-san . | tar -x -C $(deb-tree)
	cd $(deb-tree) && dpkg-buildpackage -us -uc -b

.PHONY: clean
clean: ## remove everything built
	rm -rf build build-san

include scripts/modules.mk
include scripts/userspace.mk
include scripts/tests.mk
