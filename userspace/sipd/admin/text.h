/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the network has written, as JSON: always valid UTF-8, never longer than the bound. */
#ifndef SIPD_ADMIN_TEXT_H
#define SIPD_ADMIN_TEXT_H

#include <jansson.h>

#include "transport/transport.h"

/*
 * A JSON string of @text (NULL is ""). Octets that are no UTF-8 become "\xNN", four characters;
 * what goes beyond ADMIN_TEXT_MAX octets is cut and ends in "...". NULL without memory.
 */
#define ADMIN_TEXT_MAX 512
json_t *admin_text(const char *text);

/* "192.0.2.1:5060", or "" when there is no address. */
json_t *admin_addr(const struct tp_addr *addr);
json_t *admin_host_port(const struct host_port *at);
/* null for negative numbers, which stand for "none". */
json_t *admin_optional_ms(int64_t ms);

#endif
