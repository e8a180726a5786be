# SPDX-License-Identifier: GPL-2.0-or-later
#
# sipd, sipctl and libsipfast. Each directory's sources are found, none is listed. Objects go
# to $(BUILD)/obj; everything of a program but its main.o is in an archive, for the tests.

## Userspace

include-path := -Iinclude/uapi -Ikmod -Iuserspace -Iuserspace/sipd
warnings := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
	-Wwrite-strings -Wvla
sanitizers := -fsanitize=address,undefined -fno-sanitize-recover=undefined
packages := libmnl libcares libcyaml yaml-0.1 jansson libssl libcrypto sqlite3

all-cppflags := $(include-path) -D_GNU_SOURCE -DSIPFAST_VERSION='"$(VERSION)"' $(CPPFLAGS)
all-cflags := -std=c11 $(warnings) $(shell pkg-config --cflags $(packages) 2>/dev/null) $(CFLAGS)
all-ldflags := $(LDFLAGS)
ifdef SANITIZE
all-cflags += $(sanitizers) -fno-omit-frame-pointer
all-ldflags += $(sanitizers)
endif
# wslay comes without a file of pkg-config.
libraries = $(shell pkg-config --libs $(packages)) -lwslay
libraries-sipctl = $(shell pkg-config --libs libmnl jansson libpcap)

# Before a command: shows one word for it, unless V=1 wants all of it.
say = $(if $(V),,@echo '  $(1)      $@'; )

objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))

# Pure C that the kernel and sipd share.
shared-sources := $(wildcard kmod/sip_scan*.c kmod/rtp*.c kmod/rtcp*.c kmod/dtmf.c)
sipd-sources := $(sort $(shell find userspace/sipd -name '*.c')) $(shared-sources)
sipctl-sources := $(wildcard userspace/sipctl/*.c)
libsipfast-sources := $(wildcard userspace/libsipfast/*.c)

.PHONY: userspace
userspace: $(BUILD)/sipd $(BUILD)/sipctl ## sipd and sipctl

# Changed when the compiler or its options change, so that everything is compiled again.
flags-line = $(CC) $(all-cppflags) $(all-cflags)
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(flags-line))' | cmp -s - $@ || \
		printf '%s\n' '$(subst ','\'',$(flags-line))' >$@

$(BUILD)/obj/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(all-cppflags) $(all-cflags) $(if $(WERROR),-Werror) -MMD -MP -c -o $@ $<

$(BUILD)/libsipfast.a: $(call objects,$(libsipfast-sources))
$(BUILD)/libsipd.a: $(call objects,$(filter-out %/main.c,$(sipd-sources)))
$(BUILD)/libsipctl.a: $(call objects,$(filter-out %/main.c,$(sipctl-sources)))
$(BUILD)/%.a:
	@rm -f $@
	$(call say,AR)$(AR) rcsD $@ $^

$(BUILD)/sipd: $(call objects,userspace/sipd/main.c) $(BUILD)/libsipd.a $(BUILD)/libsipfast.a
	$(call say,LD)$(CC) $(all-cflags) $(all-ldflags) -o $@ $^ $(libraries)

$(BUILD)/sipctl: $(call objects,userspace/sipctl/main.c) $(BUILD)/libsipctl.a \
		$(BUILD)/libsipfast.a
	$(call say,LD)$(CC) $(all-cflags) $(all-ldflags) -o $@ $^ $(libraries-sipctl)

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)

completion := share/bash-completion/completions/sipctl
unit := lib/systemd/system/sipd.service
manuals = $(wildcard userspace/*/*.[158])

.PHONY: install-userspace
install-userspace: userspace
	install -D -m 755 $(BUILD)/sipd $(DESTDIR)$(PREFIX)/sbin/sipd
	install -D -m 755 $(BUILD)/sipctl $(DESTDIR)$(PREFIX)/bin/sipctl
	install -D -m 644 userspace/sipctl/sipctl.bash $(DESTDIR)$(PREFIX)/$(completion)
	sed 's,/usr/local/,$(PREFIX)/,' userspace/sipd/sipd.service >$(BUILD)/sipd.service
	install -D -m 644 $(BUILD)/sipd.service $(DESTDIR)$(PREFIX)/$(unit)
	$(foreach m,$(manuals),install -D -m 644 $(m) \
		$(DESTDIR)$(PREFIX)/share/man/man$(subst .,,$(suffix $(m)))/$(notdir $(m))$(newline))

.PHONY: uninstall-userspace
uninstall-userspace:
	rm -f $(DESTDIR)$(PREFIX)/sbin/sipd $(DESTDIR)$(PREFIX)/bin/sipctl \
		$(DESTDIR)$(PREFIX)/$(completion) $(DESTDIR)$(PREFIX)/$(unit)
	rm -f $(foreach m,$(manuals),\
		$(DESTDIR)$(PREFIX)/share/man/man$(subst .,,$(suffix $(m)))/$(notdir $(m)))

define newline


endef
