/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one response out of those of all branches that goes back (RFC 3261 s.16.7, steps 6 and 7). */
#ifndef SIPD_CALL_BEST_H
#define SIPD_CALL_BEST_H

#include "call/leg.h"

struct call_best {
	int status; /* as it came, 0: none yet */
	int answer; /* what the caller gets for it */
	char *reason; /* phrase, NULL: the usual one */
	char *lines; /* headers that go with it, NULL: none */
	bool here; /* made here */
	char *challenges; /* of other branches: all of them go with a 401 or 407 (step 7) */
};

/* Which of two responses is better: the one with the lower number. */
int call_best_rank(int status);
/*
 * Weighs a final response of @target. @leg: the caller's. Without memory it is known by its status
 * alone.
 */
void call_best_take(struct call_best *best, struct call_engine *engine,
		    const struct call_settings *settings, const struct sip_dialog *leg,
		    const struct sip_msg *response, const struct call_target *target);
/*
 * Weighs what takes the place of one: as if it had come (@lines NULL), or a refusal that is made
 * here, with headers.
 */
void call_best_take_own(struct call_best *best, int status, const struct sip_out *lines);
static inline bool call_best_is_challenge(int status)
{
	return status == 401 || status == 407;
}
/* Those of @response behind what stands in *@challenges, lines or NULL; without memory not. */
void call_best_add_challenges(char **challenges, struct call_engine *engine,
			      const struct sip_msg *response);
/* Writes its header lines. */
void call_best_write(const struct call_best *best, struct sip_out *out);
void call_best_clean(struct call_best *best);

#endif
