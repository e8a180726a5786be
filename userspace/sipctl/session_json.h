/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIPCTL_SESSION_JSON_H
#define SIPCTL_SESSION_JSON_H

#include <jansson.h>

#include "libsipfast/libsipfast.h"

/* A session as documented in sipctl(8). */
json_t *session_json(const struct sf_session *session);

/* An ID: a number, or above 2^63 - 1, which JSON readers can't hold, a string of digits. */
json_t *session_json_id(uint64_t id);

#endif /* SIPCTL_SESSION_JSON_H */
