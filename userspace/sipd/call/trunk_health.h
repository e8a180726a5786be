/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a trunk answers: OPTIONS (RFC 3261 s.11) at an interval, to one address after the other,
 * and some in a row until that is believed. Any final response but 503 is an answer.
 */
#ifndef SIPD_CALL_TRUNK_HEALTH_H
#define SIPD_CALL_TRUNK_HEALTH_H

#include "call/trunk.h"
#include "call/trunk_way.h"

struct trunk_health {
	struct trunk_way way;
	void (*changed)(struct trunk_health *health, bool down);
	struct timer timer; /* the next OPTIONS */
	bool down;
	unsigned int against; /* what speaks against the present state, in a row */
	uint64_t since_ms; /* of the state */
	char answer[160]; /* what came of the last one, for people; "": nothing yet */
};

/* @changed: it is down, or up again. NULL without memory. @cfg is of the settings in force. */
struct trunk_health *trunk_health_alloc(struct call_engine *engine, const struct cfg_trunk *cfg,
					void (*changed)(struct trunk_health *health, bool down));
void trunk_health_free(struct trunk_health *health);
void trunk_health_start(struct trunk_health *health, uint32_t delay_ms);
/* It is asked no more, and counts as up. */
void trunk_health_stop(struct trunk_health *health);

#endif
