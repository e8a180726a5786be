/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line that a request is answered with. */
#ifndef SIPD_ADMIN_ANSWER_H
#define SIPD_ADMIN_ANSWER_H

#include "admin/request.h"

/*
 * The answer with @result, which it takes; NULL: with the error of @request, out of memory if it
 * has none. malloc()ed, @len octets, ending in a newline; NULL without memory.
 */
char *admin_answer_write(struct admin_request *request, json_t *result, size_t *len);

#endif
