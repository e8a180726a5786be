/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The users and groups of ours that a call comes to, one after the other: each has targets, or
 * sends the call on. A user who was called himself, and has nothing set, is not among them.
 */
#ifndef SIPD_CALL_CALLEE_H
#define SIPD_CALL_CALLEE_H

#include "call/aor.h"
#include "call/history.h"
#include "call/treat.h"

/* Of one call; what others have done before counts. */
#define CALL_MAX_DIVERSIONS 10

struct call_callee {
	struct call_callee *next; /* who sent the call on to here; NULL: it was called */
	struct call_past past;
	struct aor aor;
	const struct cfg_group *group; /* NULL: a user */
	struct treat treat; /* of a group, its overflow is in all places but "always" */
	enum treat_key why; /* it was sent on for, once past.cause is set */
	uint16_t level; /* how often it has been sent on */
	char uri[]; /* "sip:USER@DOMAIN", with NUL */
};

/* "USER@DOMAIN" */
static inline const char *call_callee_name(const struct call_callee *callee)
{
	return callee->uri + 4;
}

struct call_targets;

/*
 * One more, who is called now; the settings are copied. @more: how often others have sent the call
 * on, if he is the first. NULL without memory.
 */
struct call_callee *call_callee_add(struct call_targets *targets, const struct aor *aor,
				    const struct treat *treat, unsigned int more);
/* Has the call been to him? */
bool call_callee_has(const struct call_callee *callees, const struct aor *aor);
/* Frees those that came after @until (NULL: all). */
void call_callees_free(struct call_callee **callees, const struct call_callee *until);

#endif
