# SPDX-License-Identifier: GPL-2.0-or-later
#
# Unit tests: each test_X.c is one cmocka program, linked with what it needs of sipd, sipctl
# and libsipfast. Other sources here are linked with all. LDFLAGS_test_X adds options to one.

# Its objects are kept for the next time.
.SECONDARY:

unit-tests := $(basename $(notdir $(wildcard tests/unit/test_*.c)))
unit-common := $(filter-out tests/unit/test_%,$(wildcard tests/unit/*.c))
unit-programs := $(addprefix $(BUILD)/tests/unit/,$(unit-tests))
libsipfast-wraps := -Wl,--wrap=mnl_socket_sendto,--wrap=mnl_socket_recvfrom \
	-Wl,--wrap=mnl_socket_setsockopt
LDFLAGS_test_libsipfast := $(libsipfast-wraps)
LDFLAGS_test_libsipfast_dump := $(libsipfast-wraps)
LDFLAGS_test_libsipfast_attr := $(libsipfast-wraps)
LDFLAGS_test_libsipfast_sip := $(libsipfast-wraps)
LDFLAGS_test_libsipfast_sip_events := $(libsipfast-wraps)
LDFLAGS_test_flow := -Wl,--wrap=calloc,--wrap=mmap
LDFLAGS_test_call_treat := -Wl,--wrap=malloc,--wrap=calloc
LDFLAGS_test_call_targets := -Wl,--allow-multiple-definition
LDFLAGS_test_call_random := -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=log_at
LDFLAGS_test_call_model := -Wl,--wrap=sendmmsg
LDFLAGS_test_call_named := -Wl,--wrap=malloc,--wrap=calloc
LDFLAGS_test_call_proxy := -Wl,--wrap=malloc,--wrap=calloc
LDFLAGS_test_call_reload := -Wl,--wrap=malloc,--wrap=calloc
LDFLAGS_test_subscription := -Wl,--wrap=malloc,--wrap=calloc
LDFLAGS_test_dns_memory := -Wl,--wrap=malloc,--wrap=calloc
unit-archives := $(BUILD)/libsipd.a $(BUILD)/libsipctl.a $(BUILD)/libsipfast.a

# They have calls and media of their own, which come before those of sipd.
LDFLAGS_test_admin_json := -Wl,--allow-multiple-definition
LDFLAGS_test_admin_socket := -Wl,--allow-multiple-definition
LDFLAGS_test_admin_shards := -Wl,--allow-multiple-definition
LDFLAGS_test_admin_user := -Wl,--allow-multiple-definition

# And these a module that is not there.
LDFLAGS_test_sipctl_ban := -Wl,--allow-multiple-definition
LDFLAGS_test_sipctl_listener := -Wl,--allow-multiple-definition
LDFLAGS_test_sipctl_policy := -Wl,--allow-multiple-definition
LDFLAGS_test_sipctl_stats := -Wl,--allow-multiple-definition
LDFLAGS_test_guard := -Wl,--allow-multiple-definition

$(BUILD)/tests/unit/test_call_model: $(call objects,$(wildcard tests/model/*.c))

.PHONY: unit-programs
unit-programs: $(unit-programs)

$(BUILD)/tests/unit/%: $(BUILD)/obj/tests/unit/%.o $(call objects,$(unit-common)) $(unit-archives)
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(all-cflags) $(all-ldflags) $(LDFLAGS_$*) -o $@ $^ $(libraries) $(libraries-sipctl) -lcmocka

.PHONY: run-unit
run-unit:
	$(MAKE) $(build-jobs) SANITIZE=1 unit-programs
	CMOCKA_MESSAGE_OUTPUT=TAP UBSAN_OPTIONS=print_stacktrace=1 \
		scripts/run-tests unit $(addprefix build-san/tests/unit/,$(unit-tests))
