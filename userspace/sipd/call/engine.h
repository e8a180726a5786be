/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The engine from inside: realms, tables, and the buffers that messages are built in. */
#ifndef SIPD_CALL_ENGINE_H
#define SIPD_CALL_ENGINE_H

#include <sys/queue.h>

#include "base/htab.h"
#include "base/loop.h"
#include "base/pool.h"
#include "call/call.h"
#include "call/orphan.h"
#include "call/settings.h"
#include "config/config.h"
#include "dns/dns.h"
#include "flow/flow.h"
#include "media.h"
#include "sdp/sdp.h"
#include "sip/out.h"
#include "sip/transaction.h"

#define CALL_MESSAGE_MAX 65507
#define CALL_TIMER_D_MS 32000

struct call_realm;
struct call_trunks;
struct registrar;

TAILQ_HEAD(proxy_list, proxy);

/* A listener and how our side of a message names it. tp_listener.user points here. */
struct call_listener {
	struct call_realm *realm;
	struct tp_listener *tp;
	struct view host; /* IPv6 with its brackets */
	struct view hostport; /* with the transport's parameter, if it is not UDP */
	char hostport_text[TP_ADDR_STRLEN + sizeof(";transport=udp")];
};

/* Lasts as long as the engine: what its listeners and media have does not change. */
struct call_realm {
	struct call_engine *engine;
	const struct cfg_realm *cfg; /* in force; calls ask call_settings_realm() */
	char *name; /* owned: flows know it when that configuration has gone */
	char *advertise; /* owned; what listeners are known by in its place, or NULL */
	struct call_listener *listeners;
	unsigned int nlisteners;
	struct media_realm *media;
};

TAILQ_HEAD(call_list, call);

/* What the user of a transaction begins with, unless its ops say that it is untold. */
struct call_user {
	uint32_t kind;
#define CALL_USER_CALL 0 /* struct call_relay */
#define CALL_USER_OUTSIDE 1 /* of no call: struct call_outside_user */
};

struct call_outside_user {
	uint32_t kind;
	const char *id; /* that its flows are found by, as those of a call by the call's */
};

/* The SDP of the message being handled, read once however many ask; see sdp_read.c. */
struct call_sdp {
	struct sdp sdp;
	struct sdp_error error;
	bool valid; /* what the other fields say is of this message's body: */
	struct view body; /* borrowed, compared only */
	uint64_t message; /* number of the message */
	int result; /* of sdp_parse() */
	bool changed; /* what is carried on has other codecs */
	char summary[160]; /* "": not made yet */
};

/* The same with the codecs that a realm allows; see codecs.c. */
struct call_codecs {
	struct sdp sdp;
	char text[CALL_MESSAGE_MAX];
};

struct call_engine {
	struct loop *loop;
	struct call_settings *settings; /* in force */
	const struct cfg *cfg; /* of these */
	struct call_settings_list settings_used; /* and of earlier ones */
	struct call_shards *shards; /* NULL: it is the only one */
	unsigned int shard; /* its index */
	struct transport *tp;
	struct sip_stack *stack;
	struct media *media;
	struct flow_store *flows;
	bool ack_untold; /* the ACK in hand is traced when its call is known */
	struct call_realm *realms; /* by slot */
	unsigned int nrealms;
	struct dns *dns; /* NULL: nobody who is called can have a name */
	struct call_trunks *trunks; /* NULL: there are none */
	struct htab nonces; /* of accounts; see nonces.h */
	struct store *store; /* of all shards; NULL: there is none */
	/* Those of all shards, or of the only engine. */
	struct service_routes *service_routes, own_service_routes;
	struct call_holds *holds, own_holds; /* those of all shards, or of the only engine */
	struct call_peer_list peers; /* those of the configuration that have one */
	struct call_peer_list peers_retired; /* of settings in use, but not in force */

	struct htab dialogs; /* struct sip_dialog, by local tag */
	struct htab invites; /* struct call, by Call-ID and From tag of an INVITE in progress */
	/* Of a 2xx to an INVITE that is known, and to one that is not, as anybody may send. */
	struct call_orphans losers, strays;
	struct pool calls, pairs, relays, hunts, branches;
	struct pool proxies, proxy_branches;
	struct proxy_list proxied; /* requests under way, newest first */
	struct call_list active, finished; /* newest first */
	struct call_list reap; /* active ones whose end, or their media's, is due with this turn */
	struct loop_deferred reaper;
	struct call_transfer *transfers; /* those that other shards have a part in */
	uint32_t ntransfers; /* so far, for their numbers */
	struct call_counts counts;
	unsigned int keep_finished; /* this shard's part of it */
	unsigned int rooms; /* taken by call_room_take() */
	atomic_uint *everywhere; /* those of all shards; NULL: nobody need know */
	bool ended; /* by call_engine_end() */
	const struct call_hooks *hooks; /* never NULL */
	void *hooks_arg;
	struct outside *outside; /* requests and subscriptions that are of no call */
	struct registrar *registrar; /* of all shards; NULL: there are no domains */
	struct mailbox *registrar_box; /* of this loop, for what the store has to say */

	struct call_sdp sdp;
	struct call_codecs codecs;
	struct sip_msg invite; /* of a call, read anew for one more branch */
	struct sip_msg held; /* a response that waited for a PRACK, read anew */
	char headers[CALL_MESSAGE_MAX];
	char body[CALL_MESSAGE_MAX];
};

static inline const struct call_listener *call_listener(const struct tp_flow *flow)
{
	return flow->listener->user;
}

/* The engine's header buffer, empty. What was written into it before is gone. */
static inline struct sip_out call_headers(struct call_engine *engine)
{
	struct sip_out out;

	sip_out_init(&out, engine->headers, sizeof(engine->headers));
	return out;
}

/* What @cfg, of any configuration, is here. */
static inline struct call_realm *call_realm_of(struct call_engine *engine,
					       const struct cfg_realm *cfg)
{
	return &engine->realms[cfg->slot];
}

/* What @realm is by @settings. */
static inline const struct cfg_realm *call_settings_realm(const struct call_settings *settings,
							  const struct call_realm *realm)
{
	return settings->cfg->by_slot[realm - realm->engine->realms];
}

/* How the way by its next hop is noted; "": it has none. */
static inline const char *call_settings_way(const struct call_settings *settings,
					    const struct call_realm *realm)
{
	return settings->ways[realm - realm->engine->realms];
}

/* Of INVITEs: never before the time in which a call must be answered (RFC 3261 s.16.6). */
uint32_t call_timer_c_ms(const struct cfg *cfg);

/* Signalling address for media latching. */
static inline struct host call_signalling(const struct tp_flow *flow)
{
	return tp_addr_to_host(&flow->remote);
}

/* Room for one more call; false: there are as many as allowed. It is given back at its end. */
bool call_room_take(struct call_engine *engine);
void call_room_give(struct call_engine *engine);

/* Sockets and media ranges of every realm; the reason of a failure is logged. */
int call_realms_alloc(struct call_engine *engine);
void call_realms_free(struct call_engine *engine);
/* The realm's listener for what goes to @remote by @proto, or NULL. */
const struct call_listener *call_realm_listener(const struct call_realm *realm, enum tp_proto proto,
						const struct tp_addr *remote);

/* sip_handlers.request and .ack */
void call_receive_request(void *arg, struct sip_strans *st, const struct sip_msg *req,
			  const struct tp_flow *from);

#endif
