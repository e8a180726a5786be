/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way to a trunk for requests of sipd's own, of no call and no dialog: a try goes to one
 * address after the other (RFC 3263 s.4.3), until one gives a final response.
 */
#ifndef SIPD_CALL_TRUNK_WAY_H
#define SIPD_CALL_TRUNK_WAY_H

#include "call/hop.h"
#include "sip/transaction.h"

struct trunk_way_ops {
	/* To way->to, where nothing has gone in this try: trunk_way_send(). */
	void (*send)(void *user);
	void (*final)(void *user, const struct sip_msg *response);
	/* There is no address, or no other one. @why for people. */
	void (*failed)(void *user, const char *why);
};

/* Embedded in its user; trunk_way_clean() before it goes. */
struct trunk_way {
	struct call_engine *engine;
	struct call_settings *settings; /* held */
	const struct cfg_trunk *cfg; /* of these settings */
	struct call_realm *realm;
	const struct trunk_way_ops *ops;
	void *user;
	bool brief; /* the last address has no longer to answer than the others */
	struct call_hop hop; /* of a name */
	struct tp_flow to;
	struct sip_ctrans *ct; /* NULL: none under way */
	struct timer silence; /* of that address */
};

/* @cfg is of the settings in force. All else of @way is zero. */
void trunk_way_init(struct trunk_way *way, struct call_engine *engine, const struct cfg_trunk *cfg,
		    const struct trunk_way_ops *ops, void *user);
/* Begins a try; ops may be called before it returns. */
void trunk_way_begin(struct trunk_way *way);
/*
 * Sends @request to way->to, and @note is what its flow tells. 0 or -ENOMEM. Within ops->final it
 * may be sent once more.
 */
int trunk_way_send(struct trunk_way *way, struct sip_request *request, const char *note);
/* That address has failed: to the next one; false: there is none. */
bool trunk_way_elsewhere(struct trunk_way *way, enum call_hop_failure why, uint32_t retry_after_s);
/* Lets go of all that a try has. */
void trunk_way_stop(struct trunk_way *way);
/* And of its settings. */
void trunk_way_clean(struct trunk_way *way);
typedef bool trunk_way_same(const struct cfg_trunk *a, const struct cfg_trunk *b);
/*
 * Between two tries: goes on by the settings in force, if its trunk is the @same there. False: it
 * stays with those it has.
 */
bool trunk_way_follow(struct trunk_way *way, trunk_way_same *same);

#endif
