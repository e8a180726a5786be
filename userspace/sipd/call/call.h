/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls as the rest of sipd sees them: the B2BUA that makes them out of SIP, and what can be
 * asked of them. All of it belongs to the shard's thread.
 */
#ifndef SIPD_CALL_CALL_H
#define SIPD_CALL_CALL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "call/hold.h"
#include "call/service_routes.h"
#include "call/ladder.h"
#include "config/config.h"
#include "dns/dns.h"
#include "flow/flow.h"
#include "media.h"
#include "sip/shard.h"
#include "sip/transaction.h"

struct call_engine;
struct call;
struct registrar;
struct store;

#define CALL_ID_STRLEN 17

enum call_state {
	CALL_RESOLVING, /* INVITE waits for the addresses of the next hop */
	CALL_TRYING, /* INVITE sent on, no provisional response but 100 */
	CALL_EARLY, /* ringing or early media */
	CALL_ANSWERED, /* 2xx sent, ACK not here yet */
	CALL_ESTABLISHED,
	CALL_ENDING, /* BYE or final on its way */
	CALL_ENDED,
};

const char *call_state_name(enum call_state state);

/* What the engines of several shards share. Constant while they work, but for what is atomic. */
struct call_shards {
	struct sip_shards sip; /* whose message is whose */
	uint64_t media_ids; /* struct media_share */
	atomic_uint active; /* calls of all; counted only if calls.max is set */
	struct call_holds holds; /* credentials that were refused */
	struct service_routes service_routes; /* that phones may use */
};

/* @count: 2 to SIP_MAX_SHARDS. */
void call_shards_init(struct call_shards *shards, unsigned int count);
/* No engine of theirs is left. */
void call_shards_clean(struct call_shards *shards);

/* One engine's place among others. */
struct call_shard {
	struct call_shards *shards;
	unsigned int index;
	struct mailbox *box; /* of its loop */
};

/*
 * The realms of @cfg get their sockets and media ranges; calls that come in are taken. The engine
 * takes references to @cfg. @shard is NULL for the only engine; several are made in the order of
 * their index by one thread, before any of their loops runs, and freed in the opposite order after
 * all have ended. The reason of a failure is logged.
 */
int call_engine_alloc(struct call_engine **engine, struct loop *loop, const struct cfg *cfg,
		      const struct call_shard *shard);
/*
 * Ends every call (BYE, CANCEL are sent once, not waited for). Before the first of several engines
 * is freed: messages of one may go by connections of another.
 */
void call_engine_end(struct call_engine *engine);
/* The same, and closes everything. */
void call_engine_free(struct call_engine *engine);

enum call_proof { CALL_HAS_CALLED, CALL_HAS_REGISTERED };
/* How long who has called is known: @seconds of the hook. */
#define CALL_PROVEN_S 3600

/* A peer of the configuration that has a name. */
struct call_named_peer {
	uint32_t id; /* which tells it from others, in all shards and configurations */
	const char *host; /* its name */
	const struct cfg_realm *realm; /* that it is reached from */
	const char *kind, *name; /* what it belongs to: "realm", "access" */
	const char *role; /* of that: "next hop" */
};

/* What others want to hear of. Called in the shard's thread, within its loop. */
struct call_hooks {
	/*
	 * A source has proven itself. CALL_HAS_CALLED: the ACK of a 2xx of ours came from @from,
	 * from the same host as its INVITE, so a call stands with somebody who receives what is
	 * sent to that address. Once for each INVITE, re-INVITEs too; a known source is told again.
	 * CALL_HAS_REGISTERED: somebody there knows a user's password and a nonce of ours, and is
	 * registered for @seconds.
	 */
	void (*proven)(void *arg, const struct tp_flow *from, enum call_proof how,
		       uint32_t seconds);
	/*
	 * @peer now has these @count addresses and no others; ports are to be left out of account.
	 * Told at every change by each shard, whose servers may tell it others. A name that does
	 * not resolve any more keeps those it had.
	 */
	void (*peers)(void *arg, const struct call_named_peer *peer, const struct tp_addr *addrs,
		      unsigned int count);
};

/* @hooks is borrowed; each may be NULL. To be set before the loop runs. */
void call_engine_set_hooks(struct call_engine *engine, const struct call_hooks *hooks, void *arg);

/* What survives a restart; borrowed, NULL: nothing has to. To be set before the loop runs. */
void call_engine_set_store(struct call_engine *engine, struct store *store);
struct store *call_engine_store(const struct call_engine *engine);
/* By the first one, what all share of it; before store_start(). 0 or negative errno, logged. */
int call_engine_read_store(struct call_engine *engine);

/*
 * What the domains of the configuration share, and the mailbox of the engine's loop; both borrowed.
 * To be set before the loop runs, by engines whose configuration has domains.
 */
void call_engine_set_registrar(struct call_engine *engine, struct registrar *registrar,
			       struct mailbox *box);
struct registrar *call_engine_registrar(const struct call_engine *engine);

/*
 * The peers that the configuration has addresses of: next hops and trunks, with the realm that each
 * is reached from. A peer that is named several times comes several times. Those that have names
 * are told by call_hooks.peers.
 */
void call_each_peer(const struct cfg *cfg,
		    void (*cb)(void *arg, const struct cfg_realm *realm,
			       const struct tp_addr *peer),
		    void *arg);

struct call_counts {
	unsigned int active; /* not ended */
	unsigned int early; /* of these, not answered */
	uint64_t total; /* since start */
	uint64_t failed; /* ended with a final response >= 300 other than 487, or by a fault */
	unsigned int finished_kept;
	unsigned int proxied; /* requests whose proxied transactions are not over */
	uint64_t proxied_total; /* since start */
	unsigned int subscriptions; /* that have both their dialogs */
	uint64_t relayed; /* requests of no call, since start */
};

void call_counts(const struct call_engine *engine, struct call_counts *counts);
/* The one in force, until the end of this turn of the loop. */
const struct cfg *call_engine_cfg(const struct call_engine *engine);
/* loop_load() of the engine's loop. */
unsigned int call_engine_load(const struct call_engine *engine);
/* NULL: nobody who is called can have a name. */
struct dns *call_engine_dns(struct call_engine *engine);
/* The peers whose names had no addresses when they were last looked at, and why. */
void call_each_unresolved(const struct call_engine *engine,
			  void (*cb)(void *arg, const struct call_named_peer *peer,
				     const char *why),
			  void *arg);
struct media *call_engine_media(struct call_engine *engine);
struct flow_store *call_engine_flows(struct call_engine *engine);
const struct sip_stack_stats *call_engine_sip_stats(const struct call_engine *engine);
const struct tp_stats *call_engine_tp_stats(const struct call_engine *engine);
const struct media_realm *call_engine_media_realm(const struct call_engine *engine,
						  const struct cfg_realm *realm);

struct call_leg_info {
	const char *realm;
	const char *call_id, *local_uri, *remote_uri, *local_tag, *remote_tag, *remote_target;
	struct tp_addr peer; /* signalling address */
	const char *state; /* of the dialog: "none", "early", "confirmed", "terminated" */
	uint32_t session_interval; /* session timer, seconds; 0: none */
	const char *session_refresher; /* "sipd", "peer", "" */
	uint64_t session_left_ms; /* until it ends unless it is refreshed */
};

/* How many digits of DTMF came, by enum media_side; which ones is not kept. */
struct call_digits {
	uint32_t events[2]; /* telephone events in RTP (RFC 4733), as the kernel has told them */
	uint32_t info[2]; /* INFO requests that carry one */
};

/* Borrowed until the callback returns; strings are "" when there is nothing. */
struct call_info {
	char id[CALL_ID_STRLEN];
	enum call_state state;
	const char *from, *to; /* URIs of the A leg's INVITE; of a transfer, who talks to whom */
	struct call_leg_info legs[2]; /* by enum media_side */
	double start; /* Unix time, seconds */
	uint64_t duration_ms; /* from INVITE to end or now */
	int64_t ring_ms; /* INVITE to the first 180, -1: none */
	int64_t setup_ms; /* INVITE to 2xx, -1: not answered */
	int64_t talk_ms; /* 2xx to end or now, -1: not answered */
	int code; /* final response to the caller, 0: none yet */
	const char *reason; /* of that response or of the end, for people */
	const char *ended_by; /* "caller", "callee", "operator", "media timeout" ..., "" */
	struct media_stats media; /* from call_find() only; nstreams 0: none */
	struct call_digits digits;
	const struct ladder *ladder;
};

/* Active calls, and with @finished those kept after their end, newest first. */
void call_each(struct call_engine *engine, bool finished,
	       void (*cb)(const struct call_info *info, void *arg), void *arg);

/*
 * @id may be an unambiguous prefix. 0, -ENOENT, -EEXIST (ambiguous).
 */
int call_find(struct call_engine *engine, const char *id,
	      void (*cb)(const struct call_info *info, void *arg), void *arg);

/* Ends a call from here: 0, -ENOENT, -EEXIST (ambiguous), -EALREADY (ended). @full_id is filled. */
int call_kill(struct call_engine *engine, const char *id, char full_id[CALL_ID_STRLEN]);

#endif
