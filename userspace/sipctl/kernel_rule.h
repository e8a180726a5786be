/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIPCTL_KERNEL_RULE_H
#define SIPCTL_KERNEL_RULE_H

#include <jansson.h>

#include "libsipfast/libsipfast_sip.h"
#include "sipctl/table.h"
#include "sipctl/words.h"

extern const char *const rule_heads[];
void rule_row(const struct sf_rule *rule, struct table *table);
json_t *rule_json(const struct sf_rule *rule);

/* Reads "10 drop user-agent sipvicious* method INVITE"; 0 or -EINVAL with @why. */
int rule_parse(struct sf_rule *rule, int argc, char **argv, struct why *why);

#endif /* SIPCTL_KERNEL_RULE_H */
