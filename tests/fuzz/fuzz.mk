# SPDX-License-Identifier: GPL-2.0-or-later
#
# Fuzzers: each fuzz_X.c is one libFuzzer program, linked with what it needs of sipd and
# libsipfast. Other sources here are linked with all. Its committed corpus is corpus/X, its
# dictionary, if any, X.dict.

FUZZ_SECONDS ?= 20

fuzzers := $(basename $(notdir $(wildcard tests/fuzz/fuzz_*.c)))
fuzz-common := $(filter-out tests/fuzz/fuzz_%,$(wildcard tests/fuzz/*.c))
fuzz-programs := $(addprefix $(BUILD)/tests/fuzz/,$(fuzzers))
fuzz-cflags := -O1 -g -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=undefined

.PHONY: fuzz-programs
fuzz-programs: $(fuzz-programs)

$(BUILD)/tests/fuzz/%: $(BUILD)/obj/tests/fuzz/%.o $(call objects,$(fuzz-common)) \
		$(BUILD)/libsipd.a $(BUILD)/libsipfast.a
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(all-cflags) -fsanitize=fuzzer $(all-ldflags) -o $@ $^ $(libraries)

.PHONY: run-fuzz
run-fuzz:
	$(MAKE) $(build-jobs) BUILD=build/fuzz CC=clang CFLAGS='$(fuzz-cflags)' fuzz-programs
	FUZZ_SECONDS=$(FUZZ_SECONDS) scripts/run-tests fuzz \
		$(foreach f,$(fuzzers),'scripts/fuzz-smoke build/fuzz/tests/fuzz/$(f)')
