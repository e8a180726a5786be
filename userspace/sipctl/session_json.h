/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIPCTL_SESSION_JSON_H
#define SIPCTL_SESSION_JSON_H

#include <jansson.h>

#include "libsipfast/libsipfast.h"

/* A session as documented in sipctl(8). */
json_t *session_json(const struct sf_session *session);

/* An ID: a number, or above 2^63 - 1, which JSON readers can't hold, a string of digits. */
json_t *session_json_id(uint64_t id);

/* "10.0.0.1:5060", or null when there is none. */
json_t *session_json_address(const struct sf_address *address);

/* What an endpoint received. */
json_t *session_json_rx(const struct sf_endpoint *ep);

#endif /* SIPCTL_SESSION_JSON_H */
