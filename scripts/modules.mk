# SPDX-License-Identifier: GPL-2.0-or-later
#
# The kernel module. Every kernel has its own tree of links to the sources in
# $(BUILD)/kmod/KVER, so that builds for several kernels stand side by side.

## Module

kmod-tree = $(BUILD)/kmod/$(KVER)
kmod-sources := Kbuild dkms.conf $(wildcard kmod/*.[ch]) include/uapi/linux/sipfast.h
kmod-make = +$(if $(V),,@)$(MAKE) -C $(KDIR) M=$(abspath $(kmod-tree)) W=1 $(if $(WERROR),KCFLAGS=-Werror)

.PHONY: modules
modules: ## sipfast.ko for KVER, in build/kmod/KVER
	@test -e $(KDIR)/Makefile || { \
		echo "No headers of kernel $(KVER) in $(KDIR): run scripts/deps build" >&2; exit 1; }
	@mkdir -p $(addprefix $(kmod-tree)/,$(sort $(dir $(kmod-sources))))
	@find $(kmod-tree) -xtype l -delete
	@for f in $(kmod-sources); do \
		test -L $(kmod-tree)/$$f || ln -s $(CURDIR)/$$f $(kmod-tree)/$$f; done
	$(kmod-make) modules

.PHONY: install-modules
install-modules: modules
	install -D -m 644 $(kmod-tree)/sipfast.ko \
		$(DESTDIR)/lib/modules/$(KVER)/updates/sipfast.ko
	$(if $(DESTDIR),,depmod $(KVER))

.PHONY: uninstall-modules
uninstall-modules:
	rm -f $(DESTDIR)/lib/modules/$(KVER)/updates/sipfast.ko*
	$(if $(DESTDIR),,depmod $(KVER))

dkms-source = /usr/src/sipfast-$(VERSION)

.PHONY: install-dkms-source
install-dkms-source:
	mkdir -p $(DESTDIR)$(dkms-source)
	cp --parents $(kmod-sources) $(DESTDIR)$(dkms-source)

.PHONY: dkms-install
dkms-install: ## install the module by DKMS, for KVER and every kernel to come
	$(MAKE) dkms-uninstall
	$(MAKE) install-dkms-source
	cp COPYING $(dkms-source)
	dkms add -m sipfast -v $(VERSION)
	dkms install -m sipfast -v $(VERSION) -k $(KVER)

.PHONY: dkms-uninstall
dkms-uninstall: ## remove every module that DKMS has built
	if dkms status -m sipfast -v $(VERSION) | grep -q .; then \
		dkms remove -m sipfast -v $(VERSION) --all; fi
	rm -rf $(dkms-source)
