# SPDX-License-Identifier: GPL-2.0-or-later
#
# What runs on User-Mode Linux, see scripts/uml.

debug-out := $(BUILD)/debug
# The kernel of that name, and what to build the module for it with.
uml-kdir = $(shell scripts/uml-build $(1))
uml-modules = modules KDIR=$(uml-kdir) ARCH=um SUBARCH=x86_64
uml-kver = $(shell cat $(uml-kdir)/include/config/kernel.release)

.PHONY: check-debug
check-debug: ## tests of the module on a kernel with sanitizers; prints its coverage
	scripts/deps test
	scripts/check debug; status=$$?; cat $(debug-out)/coverage; exit $$status

# UBSan watches the module and gcov counts its lines. The kernel does the rest.
.PHONY: run-debug
run-debug:
	$(MAKE) $(build-jobs) userspace
	$(MAKE) -C tests/selftests
	$(MAKE) $(build-jobs) $(call uml-modules,debug) GCOV_PROFILE=y UBSAN_SANITIZE=y
	rm -rf $(debug-out)
	status=0; \
	scripts/uml-selftests $(debug-out) \
		$(or $(TESTS),$(filter-out lib%.sh,$(notdir $(wildcard tests/selftests/*.sh)))) || \
		status=$$?; \
	scripts/coverage -o $(debug-out)/missed $(BUILD)/kmod/$(call uml-kver,debug) \
		$(debug-out)/*/gcov >$(debug-out)/coverage && exit $$status

.PHONY: bench-native
bench-native: ## CPU time of RTP packets, beside the kernel's own ways and rtpengine
	scripts/deps all
	tests/bench/native

# The module relays media on the debug kernel, which looks for leaks of its own.
.PHONY: run-soak-sip-kernel
run-soak-sip-kernel:
	$(MAKE) $(build-jobs) userspace
	$(MAKE) $(build-jobs) $(call uml-modules,debug) UBSAN_SANITIZE=y
	scripts/uml -m 2048 -t $$(($(SOAK_SECONDS) + 1500)) -- scripts/run-tests \
		-t $$(($(SOAK_SECONDS) + 1400)) soak-sip-kernel \
		"tests/sip/soak --kernel --pace 4 --seconds $(SOAK_SECONDS)"
