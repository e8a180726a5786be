/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the verbs of the noun "call" share. */
#ifndef SIPD_ADMIN_CALL_OBJECT_H
#define SIPD_ADMIN_CALL_OBJECT_H

#include <jansson.h>

#include "admin/request.h"
#include "call/call.h"

/* The entry of a call in lists. */
json_t *admin_call_object(const struct call_info *info);
/* And all that is known of it. */
json_t *admin_call_details(const struct call_info *info);
/*
 * What is told of the call that the argument "id" names: @gather calls admin_call_gather() with the
 * function that makes it.
 */
json_t *admin_call_describe(struct admin_request *request, admin_gather_cb gather);
void admin_call_gather(struct admin_part *part, json_t *(*make)(const struct call_info *info));

#endif
