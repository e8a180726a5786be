# SPDX-License-Identifier: GPL-2.0-or-later
#
# Tests. "run-STAGE" builds and runs one stage and prints TAP; scripts/check runs stages and
# counts.

## Tests

# The machines of all kernels at once: each keeps one CPU busy.
selftests-stages := $(subst $(eval) ,+,$(addprefix selftests-,$(KERNELS)))
stages := static unit fuzz $(selftests-stages) sip demo
build-jobs := -j$(shell nproc)
first-kernel := $(firstword $(KERNELS))
kernel-of = $(shell scripts/kver --boot $(1))

.PHONY: check
check: ## install what the tests need and run them all
	scripts/deps test
	scripts/check $(stages)

.PHONY: check-static
check-static: ## compiler and analyser warnings, style, include directions
	scripts/check static

.PHONY: check-unit
check-unit: ## unit tests, under ASan and UBSan
	scripts/check unit

.PHONY: check-fuzz
check-fuzz: ## every fuzzer for FUZZ_SECONDS
	scripts/check fuzz

.PHONY: check-selftests
check-selftests: ## tests of the module on every kernel of KERNELS; TESTS= selects scripts
	scripts/check $(selftests-stages)

.PHONY: check-abi
check-abi: ## the netlink ABI only, on every kernel of KERNELS
	$(MAKE) check-selftests TESTS=nl_abi.sh

.PHONY: check-sip
check-sip: ## SIP scenarios
	scripts/check sip

.PHONY: demo
demo: ## a real call through the kernel, shown step by step
	scripts/deps test
	$(MAKE) $(build-jobs) userspace modules KVER=$(call kernel-of,$(first-kernel))
	scripts/demo -k $(first-kernel) -o $(BUILD)/demo

.PHONY: bench
bench: bench-sip bench-rtp bench-native ## every benchmark, beside its peers

.PHONY: bench-sip
bench-sip: ## cost of SIP calls, beside Kamailio
	scripts/deps all
	$(MAKE) $(build-jobs) userspace
	tests/bench/sip

.PHONY: bench-rtp
bench-rtp: ## cost of RTP packets, beside the kernel's own ways and rtpengine
	scripts/deps all
	tests/bench/rtp --svg docs/bench-rtp.svg

.PHONY: run-static
run-static:
	scripts/run-tests -t 1800 static scripts/check-includes scripts/check-style \
		scripts/check-warnings

include tests/unit/unit.mk
include tests/fuzz/fuzz.mk
include scripts/uml.mk

# One machine per kernel. Its limit is there for a kernel that hangs; each test has its own.
.PHONY: run-selftests-%
run-selftests-%:
	+flock Makefile $(MAKE) $(build-jobs) userspace modules KVER=$(call kernel-of,$*)
	+flock Makefile $(MAKE) -C tests/selftests
	scripts/vm -k $* -t 2400 -- $(MAKE) -C tests/selftests run_tests \
		$(if $(TESTS),TESTS='$(TESTS)')

.PHONY: run-sip
run-sip:
	$(MAKE) $(build-jobs) userspace modules KVER=$(call kernel-of,$(first-kernel))
	$(MAKE) $(build-jobs) userspace SANITIZE=1
	scripts/run-tests -t 1800 sip tests/sip/run "tests/sip/run --asan"

.PHONY: run-demo
run-demo:
	$(MAKE) $(build-jobs) userspace modules KVER=$(call kernel-of,$(first-kernel))
	scripts/run-tests -t 1000 demo scripts/demo
