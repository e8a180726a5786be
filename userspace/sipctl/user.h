/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIPCTL_USER_H
#define SIPCTL_USER_H

#include "sipctl/ctl.h"

/* Asks the noun "user", with @args stolen, and says what was @done to whom. The exit status. */
int user_change(struct ctl *ctl, const char *verb, const char *name, json_t *args,
		const char *done);

#endif
