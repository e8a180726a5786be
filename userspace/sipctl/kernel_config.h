/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIPCTL_KERNEL_CONFIG_H
#define SIPCTL_KERNEL_CONFIG_H

#include <jansson.h>

#include "libsipfast/libsipfast.h"

/* A sf_device_cb: appends @name to the array @arg. */
int kernel_add_device(const char *name, void *arg);

/* Adds "sessions_max", "endpoints_max" and "hooks". */
void kernel_config_set_json(json_t *object, const struct sf_config *config);

/*
 * Reads "hooks listed eth0 eth1 max-sessions 1000" and the like. @devices has room for @argc; the
 * names are borrowed from @argv. On failure returns -EINVAL and writes "what, where, what to do"
 * to @why.
 */
int kernel_config_parse(struct sf_config *config, const char **devices, int argc, char **argv,
			char *why, size_t size);

#endif /* SIPCTL_KERNEL_CONFIG_H */
