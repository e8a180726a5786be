# SPDX-License-Identifier: GPL-2.0-or-later
#
# Tests. "run-STAGE" builds and runs one stage and prints TAP; scripts/check runs stages and
# counts.

## Tests

# The machines of all kernels at once: each keeps one CPU busy.
selftests-stages := $(subst $(eval) ,+,$(addprefix selftests-,$(KERNELS)))
smp-stages := $(addprefix smp-,$(KERNELS))
# One after the other, with nothing beside: real calls must not fail for want of the host's CPU.
flood-stages := $(addprefix flood-,$(KERNELS))
stages := static unit fuzz $(selftests-stages) $(smp-stages) sip peers $(flood-stages) demo
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

.PHONY: check-smp
check-smp: ## tests of the module on several CPUs, on every kernel of KERNELS
	scripts/check $(smp-stages)

.PHONY: check-flood
check-flood: ## calls while the module is flooded with SIP, on every kernel of KERNELS
	scripts/check $(flood-stages)

SOAK_SECONDS ?= 3600

.PHONY: check-soak
check-soak: ## nonsense for the module on two CPUs, for SOAK_SECONDS
	scripts/check soak

.PHONY: check-soak-sip
check-soak-sip: ## sipd under every kind of load for SOAK_SECONDS: nothing may be left
	scripts/check soak-sip

.PHONY: check-soak-sip-kernel
check-soak-sip-kernel: ## the same, with media relayed by the module, on the debug kernel
	scripts/check soak-sip-kernel

.PHONY: check-abi
check-abi: ## the netlink ABI only, on every kernel of KERNELS
	$(MAKE) check-selftests TESTS=nl_abi.sh

.PHONY: check-sip
check-sip: ## SIP scenarios
	scripts/check sip

.PHONY: check-peers
check-peers: ## baresip, linphone, Kamailio and sipsak with sipd
	scripts/check peers

.PHONY: demo
demo: ## a real call through the kernel, shown step by step
	scripts/deps test
	$(MAKE) $(build-jobs) userspace modules KVER=$(call kernel-of,$(first-kernel))
	scripts/demo -k $(first-kernel) -o $(BUILD)/demo

.PHONY: bench
bench: bench-sip bench-rtp bench-sip-kernel bench-flood bench-native ## every benchmark, beside its peers

.PHONY: bench-sip
bench-sip: ## cost of SIP calls, beside Kamailio
	scripts/deps all
	$(MAKE) $(build-jobs) userspace
	tests/bench/sip

.PHONY: bench-rtp
bench-rtp: ## cost of RTP packets, beside the kernel's own ways and rtpengine
	scripts/deps all
	tests/bench/rtp --svg docs/bench-rtp.svg

.PHONY: bench-sip-kernel
bench-sip-kernel: ## cost of inspecting SIP messages
	scripts/deps all
	tests/bench/sip-kernel

.PHONY: bench-flood
bench-flood: ## calls under attack, beside Kamailio
	scripts/deps all
	$(MAKE) $(build-jobs) userspace
	tests/bench/flood

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
	scripts/vm -k $* -t 5400 -- $(MAKE) -C tests/selftests run_tests \
		$(if $(TESTS),TESTS='$(TESTS)')

# Two CPUs, and four on other kernels than the first.
.PHONY: run-smp-%
run-smp-%:
	+flock Makefile $(MAKE) $(build-jobs) userspace modules KVER=$(call kernel-of,$*)
	+flock Makefile $(MAKE) -C tests/selftests
	scripts/vm -k $* -s $(if $(filter $(first-kernel),$*),2,4) -t 900 -- \
		$(MAKE) -C tests/selftests run_tests \
		TESTS='$(or $(TESTS),$(notdir $(wildcard tests/selftests/smp_*.sh)))'

.PHONY: run-flood-%
run-flood-%:
	$(MAKE) $(build-jobs) userspace modules KVER=$(call kernel-of,$*)
	$(MAKE) -C tests/selftests
	$(MAKE) -C tests/bench/sip-kernel.d
	scripts/vm -k $* -s 2 -t 1500 -- \
		$(MAKE) -C tests/selftests run_tests timeout=1200 TESTS=sip_flood.sh

# Half of the time while devices come and go, the other half under traffic. Freed memory and what is
# around allocations is poisoned.
.PHONY: run-soak
run-soak:
	$(MAKE) $(build-jobs) userspace modules KVER=$(call kernel-of,$(lastword $(KERNELS)))
	$(MAKE) -C tests/selftests
	scripts/vm -k $(lastword $(KERNELS)) -s 2 -m 2048 -t $$(($(SOAK_SECONDS) + 900)) \
		-a 'slub_debug=FZP page_poison=1' -- \
		$(MAKE) -C tests/selftests run_tests timeout=$$(($(SOAK_SECONDS) + 600)) \
		NL_FUZZ_SECONDS=$$(($(SOAK_SECONDS) / 2)) TESTS='nl_fuzz.sh smp_removal.sh'

.PHONY: run-sip
run-sip:
	$(MAKE) $(build-jobs) userspace modules KVER=$(call kernel-of,$(first-kernel))
	$(MAKE) $(build-jobs) userspace SANITIZE=1
	$(MAKE) -C tests/selftests
	scripts/run-tests -t 1800 sip tests/sip/run "tests/sip/run --shards 4 --asan" \
		"env BUILD=$(CURDIR)/build-san tests/sip/every_way" tests/sip/soak

.PHONY: run-soak-sip
run-soak-sip:
	$(MAKE) $(build-jobs) userspace
	SOAK_SECONDS=$(SOAK_SECONDS) \
		scripts/run-tests -t $$(($(SOAK_SECONDS) + 600)) soak-sip tests/sip/soak

.PHONY: run-peers
run-peers:
	$(MAKE) $(build-jobs) userspace SANITIZE=1
	scripts/run-tests -t 900 peers "tests/peers/run --asan"

.PHONY: run-demo
run-demo:
	$(MAKE) $(build-jobs) userspace modules KVER=$(call kernel-of,$(first-kernel))
	scripts/run-tests -t 1000 demo scripts/demo
