/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIPCTL_SESSION_PRINT_H
#define SIPCTL_SESSION_PRINT_H

#include <stdio.h>

#include "libsipfast/libsipfast.h"

/* A session for people, an endpoint a paragraph. */
void session_print(const struct sf_session *session, FILE *out);

#endif /* SIPCTL_SESSION_PRINT_H */
