/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every command of sipctl gets, and how it answers. */
#ifndef SIPCTL_CTL_H
#define SIPCTL_CTL_H

#include <jansson.h>
#include <stdbool.h>

#include "libsipfast/libsipfast.h"

#define CTL_SCHEMA 1
#define CTL_SOCKET "/run/sipfast/sipd.sock"

enum ctl_exit {
	CTL_OK,
	CTL_FAILED,
	CTL_USAGE,
	CTL_DEGRADED,
	CTL_NOT_FOUND,
	CTL_UNREACHABLE,
	CTL_PERMISSION,
	CTL_CONFIG,
};

struct command;

/* Options that only some commands take; struct command says which. */
enum ctl_option {
	CTL_METHOD,
	CTL_STATE,
	CTL_PEER,
	CTL_CODE,
	CTL_CALL_ID,
	CTL_SINCE,
	CTL_FILE,
	CTL_MESSAGES,
	CTL_SECRETS,
	CTL_OPTIONS
};

struct ctl {
	bool json;
	bool all;
	bool quiet; /* a failure is nobody's but the caller's */
	const char *option[CTL_OPTIONS]; /* NULL: not given; "" when it has no value */
	const char *socket;
	unsigned int watch_ms; /* 0: once */
	const struct command *command;
	json_t *error; /* the first failure, until it is printed */
};

/*
 * Tells why the command failed, as "what, where, what to do", and returns @code. With -j the
 * first failure becomes part of the document, too.
 */
int ctl_fail(struct ctl *ctl, enum ctl_exit code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Fails with the usage of the command. */
int ctl_usage(struct ctl *ctl, const char *what);

/* Prints @document (stolen) and what failed, with the schema, on one line. */
void ctl_print_json(struct ctl *ctl, json_t *document);

/* A string of @text, which is freed; what is not UTF-8 is escaped. */
json_t *ctl_json_text(char *text);

/* Prints the failure when no document carried it. */
void ctl_flush_error(struct ctl *ctl);

/* Opens the module's client, or fails and returns the exit code. */
int ctl_kernel_open(struct ctl *ctl, struct sf_client **client);

/* Fails with what libsipfast said of @err; @where (or NULL) names what it left unnamed. */
int ctl_kernel_fail(struct ctl *ctl, const struct sf_client *client, int err, const char *where);

/*
 * Asks sipd. @args is stolen and may be NULL. On success @result is the caller's. Returns an
 * exit code, having told the reason.
 */
int ctl_daemon(struct ctl *ctl, const char *noun, const char *verb, json_t *args, json_t **result);

#endif /* SIPCTL_CTL_H */
