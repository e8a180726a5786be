/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A password, which is never an argument: those can be seen by everybody. */
#ifndef SIPCTL_PASSWORD_H
#define SIPCTL_PASSWORD_H

#include "sipctl/ctl.h"

#define PASSWORD_MAX 128

/*
 * Asks the terminal for it twice, without echo; when standard input is no terminal, it is the first
 * line of it. Returns an exit code, having told the reason.
 */
int password_read(struct ctl *ctl, char password[PASSWORD_MAX + 1]);

#endif /* SIPCTL_PASSWORD_H */
