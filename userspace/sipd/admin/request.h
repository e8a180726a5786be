/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One request of the control socket and its answer, as lines of JSON. */
#ifndef SIPD_ADMIN_REQUEST_H
#define SIPD_ADMIN_REQUEST_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/loop.h"
#include "call/call.h"

#define ADMIN_SCHEMA 1
/* Longest line that is sent; an answer that would be longer is refused. */
#define ADMIN_MAX_ANSWER (32 * 1024 * 1024)
/* Most calls or orphans in one list; how many more there are is its "omitted". */
#define ADMIN_MAX_LIST 10000

struct admin_context {
	struct call_engine *engine;
	struct loop *loop;
	uint64_t start_ms; /* of loop_now_ms() */
};

/*
 * Carries out the request in @line (without its newline) and returns the answer, malloc()ed,
 * ending in a newline, of @answer_len octets. NULL without memory.
 */
char *admin_answer(const struct admin_context *context, const char *line, size_t len,
		   size_t *answer_len);

/* What handlers see and set. */
struct admin_request {
	const struct admin_context *context;
	const json_t *args; /* an object */
	const char *error_code; /* NULL: none */
	char error[256];
};

/* Sets the error and returns NULL, for handlers to return. @code is one of the protocol's. */
json_t *admin_refuse(struct admin_request *request, const char *code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Arguments; a missing flag is false. NULL: the argument is no string or missing, and refused. */
const char *admin_string_arg(struct admin_request *request, const char *name);
bool admin_flag_arg(const struct admin_request *request, const char *name);

/* Handlers: the result, or NULL after admin_refuse() or without memory. */
json_t *admin_status_show(struct admin_request *request);
json_t *admin_call_list(struct admin_request *request);
json_t *admin_call_show(struct admin_request *request);
json_t *admin_call_ladder(struct admin_request *request);
json_t *admin_call_kill(struct admin_request *request);
json_t *admin_call_orphans(struct admin_request *request);

#endif
