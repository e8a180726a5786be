/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What shards share about our domains: users, where they are, the nonces they were challenged
 * with; users and bindings survive a restart in the store.
 */
#ifndef SIPD_CALL_REGISTRAR_H
#define SIPD_CALL_REGISTRAR_H

#include <stdatomic.h>

#include "base/loop.h"
#include "call/aor.h"
#include "call/gruu.h"
#include "call/location.h"
#include "call/users.h"
#include "config/config.h"
#include "sip/digest.h"
#include "store/store.h"

struct registrar {
	struct cfg_listen *listeners; /* as transports count them; never changes */
	unsigned int nlisteners;
	struct users *users;
	struct location *location;
	struct sip_nonces *nonces;
	struct gruu_key gruu_key;
	atomic_uint turns[CFG_MAX_GROUPS]; /* by slot of a group: the member that begins next */
	struct store *store; /* borrowed; NULL once it stops */
	struct loop *loop; /* NULL: nobody sweeps */
	struct timer sweep;
	unsigned int swept; /* the next table */
};

/*
 * Reads what @store has of it, which is borrowed and does not run yet. The reason of a failure is
 * logged. @cfg is not needed after it.
 */
int registrar_alloc(struct registrar **registrar, const struct cfg *cfg, struct store *store);
/* From now on what has expired is freed, in this loop. */
void registrar_start(struct registrar *registrar, struct loop *loop);
/* When no shard works any more, before the store closes. NULL is fine. */
void registrar_stop(struct registrar *registrar);
/* NULL is fine. */
void registrar_free(struct registrar *registrar);

/* Of the clock that all of it uses. */
uint64_t registrar_now_ms(void);

/* Adds to @job that the store has @binding so until its durable time. 0 or -ENOMEM. */
int registrar_store_binding(const struct registrar *registrar, struct store_job *job,
			    const char *user, const char *domain,
			    const struct location_binding *binding);
int registrar_unstore_binding(struct store_job *job, const char *user, const char *domain,
			      const struct location_binding *binding);

/* A copy of what is known of one binding, for calls to it. */
struct registrar_target {
	struct location_flow flow;
	struct view contact;
	struct view path; /* as Route has it; empty: none */
	uint16_t q; /* thousandths */
	bool lost; /* the connection that it came by is gone */
	unsigned int instance; /* the same for flows to one phone, of which one is used; or 0 */
};

struct registrar_targets {
	unsigned int count;
	struct registrar_target target[]; /* q descending, then the latest first */
};

/*
 * Where @aor is, or with @gruu the one phone that it leads to: 0 and *@targets, to be freed;
 * -ENOENT: there is no such user; -EAGAIN: he is registered nowhere; -ENOMEM.
 */
int registrar_lookup(const struct registrar *registrar, const struct aor *aor,
		     const struct gruu *gruu, struct registrar_targets **targets);

/* A connection is gone: who came by it is out of reach until he registers again. */
void registrar_flow_lost(struct registrar *registrar, uint64_t conn);

/* Removes all bindings of a user, or with @contact that one; how many there were, or -ENOMEM. */
int registrar_remove(struct registrar *registrar, const char *user, const char *domain,
		     const char *contact);

#endif
