/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words for the values of the ABI. */
#ifndef SIPCTL_NAMES_H
#define SIPCTL_NAMES_H

#include "libsipfast/libsipfast.h"

extern const char *const component_names[SIPFAST_COMPONENT_MAX + 2]; /* end with NULL */
extern const char *const learn_names[SIPFAST_LEARN_MAX + 2];
extern const char *const source_names[SIPFAST_SOURCE_MAX + 2];
extern const char *const mode_names[SIPFAST_FORWARD_MAX + 2];
extern const char *const hooks_names[SIPFAST_HOOKS_MAX + 2];

/* The index of @word in @names, or -EINVAL. */
int name_find(const char *const *names, const char *word);

/* "?" for a value of a newer module. */
const char *name_of(const char *const *names, unsigned int value);

/*
 * To be freed: "operator", "sipd" or the number; "10.0.0.1" or "2001:db8::1"; "10.0.0.1:5060" or
 * "[2001:db8::1]:5060"; "10.0.0.0/24" or "any".
 */
char *name_owner(uint32_t owner);
char *name_host(const struct sf_address *address);
char *name_address(const struct sf_address *address);
char *name_prefix(const struct sf_address *address, unsigned int prefix);
char *name_range(const struct sf_range *range);

#endif /* SIPCTL_NAMES_H */
