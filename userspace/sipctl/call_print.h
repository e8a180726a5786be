/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sipd's answers about calls, for people, on standard output. */
#ifndef SIPCTL_CALL_PRINT_H
#define SIPCTL_CALL_PRINT_H

#include <jansson.h>

void call_print_list(const json_t *result);
void call_print(const json_t *call);
void call_print_killed(const json_t *result);
void call_print_orphans(const json_t *result);

#endif /* SIPCTL_CALL_PRINT_H */
