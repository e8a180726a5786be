/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The trunks of the configuration at work: whether they take calls, and our registrations with
 * them. Every shard has them all; the first one alone registers.
 */
#ifndef SIPD_CALL_TRUNK_H
#define SIPD_CALL_TRUNK_H

#include "call/call.h"

struct trunk_reg;

/*
 * Those of the settings in force are at work from now on; what was before goes on where it is the
 * same: a registration with its Call-ID and CSeq. The loop does the rest.
 */
void call_trunks_enforce(struct call_engine *engine);
void call_trunks_free(struct call_engine *engine);
/*
 * Is a registration of the same address-of-record and contact being ended, whose trunk is gone or
 * another one? What is sent to end it would end @as, too, if it came later.
 */
bool call_trunk_is_ending(const struct call_engine *engine, const struct cfg_registration *as);

/* False: an operator has disabled it. */
bool call_trunk_takes_calls(const struct call_engine *engine, const struct cfg_trunk *cfg);

/* True: it does not answer OPTIONS; another one is better. */
bool call_trunk_is_down(const struct call_engine *engine, const struct cfg_trunk *cfg);

/*
 * To be called in each shard. A trunk that is disabled takes no more calls, and sipd is registered
 * there no more; calls in progress go on. One that is enabled is shown its credentials again, even
 * if it has refused them. 0 or -ENOENT.
 */
int call_trunk_enable(struct call_engine *engine, const char *name, bool enable);

/*
 * Ends all registrations, waiting for at most @max_ms for what the carriers say; @left is called
 * then, or at once if there is nothing to wait for. In the first shard, once.
 */
void call_trunks_leave(struct call_engine *engine, uint32_t max_ms, void (*left)(void *arg),
		       void *arg);

/* Borrowed until the callback returns. */
struct call_trunk_info {
	const struct cfg_trunk *cfg;
	bool enabled;
	uint64_t held_ms; /* its credentials were refused: calls do not show them for so long */
	enum call_hold_user held_by; /* the one who had them refused, if there is @held_ms */
	/* By OPTIONS, which the first shard alone sends; NULL: it is not asked */
	const char *health; /* "up", "down" */
	uint64_t health_ms; /* since when */
	const char *health_answer; /* what came of the last one, for people; "": nothing yet */
	/* Of the registration, which the first shard alone has; NULL: there is none */
	const char *state; /* "registering", "registered", "failed", "refused", "off" */
	uint64_t state_ms; /* since when */
	int64_t expires_ms, next_ms; /* in so long; -1: not */
	uint32_t expires_s; /* that the carrier has granted, 0: nothing yet */
	unsigned int failures; /* one after the other */
	int status; /* last final response, 0: none */
	const char *answer; /* what came of the last try, for people; "": nothing yet */
	struct tp_addr peer; /* that was asked last */
	const char *call_id;
	uint32_t cseq;
};

void call_each_trunk(const struct call_engine *engine,
		     void (*cb)(void *arg, const struct call_trunk_info *info), void *arg);

#endif
