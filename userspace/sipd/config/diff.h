/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is written in one configuration and not in another. */
#ifndef SIPD_CONFIG_DIFF_H
#define SIPD_CONFIG_DIFF_H

#include "config/config.h"

/* What takes the place of secrets, wherever a configuration is shown. */
#define CFG_MASKED "***"
/* Is what stands at this key a secret? */
bool cfg_is_secret(const char *key);

/*
 * Tells what makes @to of @from, each change as "domains[0].mode: proxy -> redirect": the path is
 * that in @to, or of what is gone, in @from. What has a name is compared with what has the same,
 * wherever it stands. Layout, comments and the way of quoting do not count; secrets are not told. 0
 * or -ENOMEM.
 */
int cfg_diff(const struct cfg *from, const struct cfg *to,
	     void (*cb)(void *arg, const char *change), void *arg);

#endif
