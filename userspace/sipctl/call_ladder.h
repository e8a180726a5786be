/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIPCTL_CALL_LADDER_H
#define SIPCTL_CALL_LADDER_H

#include <jansson.h>

/* Draws sipd's answer to "call ladder" on standard output, as wide as the terminal. */
void call_ladder_print(const json_t *result);

#endif /* SIPCTL_CALL_LADDER_H */
