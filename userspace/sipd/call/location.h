/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where users are: the bindings of all domains, authoritative, in memory, shared by all shards.
 * What is asked of one user's bindings is asked between location_open() and location_close(), which
 * hold a lock; nobody waits for anything meanwhile. From any thread.
 *
 * Times are milliseconds of the monotonic clock that loops have.
 */
#ifndef SIPD_CALL_LOCATION_H
#define SIPD_CALL_LOCATION_H

#include <stdatomic.h>

#include "base/stripes.h"
#include "base/view.h"
#include "transport/transport.h"

struct location;

/* Bindings that one user may have. */
#define LOCATION_MAX_BINDINGS 32

/*
 * How a phone is reached: where its REGISTER came from, and by what it came. Every shard has the
 * same listeners by the same numbers.
 */
struct location_flow {
	unsigned int listener; /* tp_listener.index */
	struct tp_addr remote;
	uint64_t conn; /* tp_flow.conn; of an earlier sipd, whose connections are gone, 0 */
	bool pinned; /* nothing else leads there, location_flow_pinned() */
};

enum location_text {
	LOCATION_CONTACT, /* URI */
	LOCATION_CALL_ID,
	LOCATION_PATH, /* comma-separated, as Route has it; empty: none */
	LOCATION_INSTANCE, /* of +sip.instance, with its quotes; empty: none */
	LOCATION_USER_AGENT,
	LOCATION_TEXTS
};

struct location_binding {
	struct location_binding *next; /* of the same user, q descending, then the latest first */
	struct location_flow flow;
	struct hnode by_conn; /* while it is in a table and has a connection */
	atomic_bool flow_lost; /* it came by a connection, and that is gone */
	bool named; /* by the REGISTER that has the lock; nobody else may ask */
	uint64_t expires_ms;
	int64_t durable; /* Unix time until which the store has it; never before its end */
	uint32_t cseq;
	uint32_t reg_id; /* 0: none, that of RFC 5626 is not in use */
	uint16_t q; /* thousandths */
	uint16_t len[LOCATION_TEXTS];
	char text[]; /* each with NUL */
};

/* A binding with @texts copied and nothing else; in no table. NULL without memory; or free() it. */
struct location_binding *location_binding_alloc(const struct view texts[LOCATION_TEXTS]);
/* Ends with NUL. */
struct view location_text(const struct location_binding *binding, enum location_text which);

/* NULL without memory. */
struct location *location_alloc(void);
void location_free(struct location *location);

struct location_aor;

struct location_ref {
	struct location *location;
	struct stripe *stripe;
	const char *user, *domain;
	struct location_aor *aor; /* NULL: has no bindings */
	uint32_t hash;
	unsigned int count; /* of bindings */
};

/* Locks. What has expired is gone. Texts are borrowed until location_close(). */
void location_open(struct location *location, const char *user, const char *domain, uint64_t now_ms,
		   struct location_ref *ref);
void location_close(struct location_ref *ref);
struct location_binding *location_first(const struct location_ref *ref);
/* From then on location_add() cannot fail. 0 or -ENOMEM. */
int location_prepare(struct location_ref *ref);
void location_add(struct location_ref *ref, struct location_binding *binding);
/* The binding is the caller's. */
void location_remove(struct location_ref *ref, struct location_binding *binding);

/* The connections that bindings came by, location_flow.h. */
struct location_flows *location_flows(const struct location *location);

/* Of all users; what has just expired may still count. */
unsigned long location_count(const struct location *location);

/*
 * Calls @cb for bindings that have not expired, as users_each() does for users. Within @cb nothing
 * of location_*() may be called but location_text().
 */
unsigned int location_each(struct location *location, unsigned int from, unsigned int enough,
			   uint64_t now_ms,
			   void (*cb)(void *arg, const char *user, const char *domain,
				      const struct location_binding *binding),
			   void *arg);
/* Frees what has expired in table @stripe modulo STRIPES. */
void location_sweep(struct location *location, unsigned int stripe, uint64_t now_ms);

#endif
