/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words for the values of the ABI that are about SIP. They end with NULL. */
#ifndef SIPCTL_SIP_NAMES_H
#define SIPCTL_SIP_NAMES_H

#include "libsipfast/libsipfast_sip.h"

extern const char *const transport_names[SIPFAST_TRANSPORT_MAX + 2];
extern const char *const inspect_names[SIPFAST_MODE_MAX + 2];
extern const char *const level_names[SIPFAST_LEVEL_MAX + 2];
extern const char *const class_names[SIPFAST_CLASS_MAX + 2];
extern const char *const scope_names[SIPFAST_SCOPE_MAX + 2];
extern const char *const group_names[SIPFAST_GROUP_MAX + 2];
extern const char *const action_names[SIPFAST_ACTION_MAX + 2];
extern const char *const kind_names[SIPFAST_SIP_MAX + 2];
extern const char *const verdict_names[SIPFAST_VERDICT_MAX + 2];

/*
 * To be freed: "udp:10.0.1.1:5060"; "10.0.0.1", "10.0.0.0/24" or "10.0.0.1:5060"; the names of the
 * bits of @set, as "INVITE,REGISTER".
 */
char *name_listener(const struct sf_listener *listener);
char *name_source(const struct sf_source *source);
char *name_set(const char *const *names, uint32_t set);

/* Who made it: "kernel", "sipd" or "operator". */
const char *name_maker(const struct sf_source *source);

/* The reason without what says that sipd gave it. */
const char *name_reason(const struct sf_source *source);

#endif /* SIPCTL_SIP_NAMES_H */
