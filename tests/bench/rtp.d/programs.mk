# SPDX-License-Identifier: GPL-2.0-or-later
#
# Programs of a benchmark, named in PROGRAMS. Those of SENDERS send packets, those of CLIENTS talk
# to the module.

bench := $(patsubst %/,%,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))
TOP := $(abspath $(bench)/../../..)
OUTPUT ?= $(TOP)/build/bench
CFLAGS ?= -O2 -g
CFLAGS += -std=gnu11 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
CFLAGS += -I$(bench)
programs := $(addprefix $(OUTPUT)/,$(PROGRAMS) $(SENDERS) $(CLIENTS))
libsipfast := $(TOP)/build/libsipfast.a

.PHONY: all
all: $(programs)

$(programs): $(OUTPUT)/%: %.c $(bench)/mark.h $(bench)/programs.mk
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -D_GNU_SOURCE -o $@ $(filter %.c %.a,$^) $(LDLIBS)

$(addprefix $(OUTPUT)/,$(SENDERS)): $(bench)/sender.c $(bench)/sender.h
$(addprefix $(OUTPUT)/,$(CLIENTS)): $(libsipfast)
$(addprefix $(OUTPUT)/,$(CLIENTS)): CFLAGS += -I$(TOP)/include/uapi -I$(TOP)/userspace \
	-I$(TOP)/userspace/libsipfast
$(addprefix $(OUTPUT)/,$(CLIENTS)): LDLIBS += $(shell pkg-config --libs libmnl)
