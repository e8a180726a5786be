/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One request of the control socket and its answer, as lines of JSON. What it asks is spread over
 * the shards: each gathers its part in its own thread, and the control socket's thread, that of the
 * first shard, makes one answer of them. No loop ever waits for another one.
 */
#ifndef SIPD_ADMIN_REQUEST_H
#define SIPD_ADMIN_REQUEST_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "admin/admin.h"

#define ADMIN_SCHEMA 1
/* Longest line that is sent; an answer that would be longer is refused. */
#define ADMIN_MAX_ANSWER (32 * 1024 * 1024)
/* Most calls or orphans in one list; how many more there are is its "omitted". */
#define ADMIN_MAX_LIST 10000

struct admin_request;

struct admin_context {
	const struct admin_shard *shards;
	unsigned int nshards;
	struct loop *loop;
	struct cfg_certs *certs;
	struct cfg_reloader *reloader;
	uint64_t start_ms; /* of loop_now_ms() */
	bool is_root; /* of the client: it may see secrets */
};

/* The answer, malloc()ed, ending in a newline; NULL without memory. */
typedef void (*admin_answer_cb)(void *arg, char *answer, size_t len);

/*
 * Carries out the request in @line (without its newline). Returns NULL when @cb has been called
 * already, else the request, for admin_request_forget(); it is gone when @cb is called.
 */
struct admin_request *admin_request_start(const struct admin_context *context, const char *line,
					  size_t len, admin_answer_cb cb, void *arg);
/* Nobody waits for the answer any more. */
void admin_request_forget(struct admin_request *request);

/* What one shard has to say. Its thread's while it gathers. */
struct admin_part {
	struct mail mail;
	struct admin_request *request; /* args and id may be read */
	struct call_engine *engine;
	unsigned int shard;
	int ret; /* 0 or negative errno, as the verb likes */
	json_t *json; /* owned; NULL: none */
	void *data; /* the same, of malloc() */
};

typedef void (*admin_gather_cb)(struct admin_part *part);
/* The result, or NULL after admin_refuse() or admin_ask() or without memory. */
typedef json_t *(*admin_finish_cb)(struct admin_request *request);

/* What handlers see and set. */
struct admin_request {
	struct admin_context context; /* a copy: it may outlive the control socket */
	const json_t *args; /* an object */
	const char *id; /* admin_string_arg() of the verb's choice, for its parts */
	json_t *kept; /* owned; for who asks again */
	const char *error_code; /* NULL: none */
	char error[256];

	/* request.c's own: */
	json_t *root;
	admin_answer_cb cb; /* NULL: nobody waits */
	void *cb_arg;
	admin_gather_cb gather;
	admin_finish_cb finish;
	unsigned int pending; /* parts that are not back yet */
	unsigned int nparts; /* of context->nshards */
	struct admin_part parts[];
};

/* The configuration in force, in the control socket's thread, until the end of the turn. */
const struct cfg *admin_cfg(const struct admin_request *request);
/* Sets the error and returns NULL, for handlers to return. @code is one of the protocol's. */
json_t *admin_refuse(struct admin_request *request, const char *code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Arguments; a missing flag is false. NULL: the argument is no string or missing, and refused. */
const char *admin_string_arg(struct admin_request *request, const char *name);
bool admin_flag_arg(const struct admin_request *request, const char *name);
/*
 * Lets every shard @gather its part into request->parts, by shard, or one alone into parts[0]; then
 * @finish is called. What the parts had before is gone. Returns NULL, for handlers to return.
 */
json_t *admin_ask(struct admin_request *request, admin_gather_cb gather, admin_finish_cb finish);
json_t *admin_ask_one(struct admin_request *request, unsigned int shard, admin_gather_cb gather,
		      admin_finish_cb finish);

/*
 * Waits for something else than shards: @finish is called when admin_resume() is, which must be,
 * once, in the control socket's loop. Returns NULL, for handlers to return.
 */
json_t *admin_wait(struct admin_request *request, admin_finish_cb finish);
/* @alive: false if only freeing is left to do. */
void admin_resume(struct admin_request *request, bool alive);

/*
 * The number of the page that is asked for, argument "from"; false: it is none, and refused. Pages
 * are what one turn of the loop can spare time for.
 */
bool admin_page_arg(struct admin_request *request, unsigned int *from);
#define ADMIN_PAGE 500
/* An object with @list, which it takes, as @name, and the number of the next page or null. */
json_t *admin_page(const char *name, json_t *list, unsigned int next);

/* Handlers: as admin_finish_cb. */
json_t *admin_cert_list(struct admin_request *request);
json_t *admin_cert_reload(struct admin_request *request);
json_t *admin_config_check(struct admin_request *request);
json_t *admin_config_reload(struct admin_request *request);
json_t *admin_config_show(struct admin_request *request);
json_t *admin_status_show(struct admin_request *request);
json_t *admin_call_list(struct admin_request *request);
json_t *admin_call_show(struct admin_request *request);
json_t *admin_call_ladder(struct admin_request *request);
json_t *admin_call_why(struct admin_request *request);
json_t *admin_call_kill(struct admin_request *request);
json_t *admin_call_orphans(struct admin_request *request);
json_t *admin_flow_list(struct admin_request *request);
json_t *admin_flow_messages(struct admin_request *request);
json_t *admin_user_add(struct admin_request *request);
json_t *admin_user_passwd(struct admin_request *request);
json_t *admin_user_enable(struct admin_request *request);
json_t *admin_user_disable(struct admin_request *request);
json_t *admin_user_remove(struct admin_request *request);
json_t *admin_user_list(struct admin_request *request);
json_t *admin_user_show(struct admin_request *request);
json_t *admin_user_forward(struct admin_request *request);
json_t *admin_user_dnd(struct admin_request *request);
json_t *admin_group_list(struct admin_request *request);
json_t *admin_reg_list(struct admin_request *request);
json_t *admin_reg_show(struct admin_request *request);
json_t *admin_reg_remove(struct admin_request *request);
json_t *admin_trunk_list(struct admin_request *request);
json_t *admin_trunk_show(struct admin_request *request);
json_t *admin_trunk_enable(struct admin_request *request);
json_t *admin_trunk_disable(struct admin_request *request);

#endif
