// SPDX-License-Identifier: GPL-2.0
#include "conn.h"

#include <linux/slab.h>

#include "listener.h"
#include "sip.h"
#include "verdict.h"

#define SWEEP_DELAY	(10 * HZ)
/* Longer than TCP's keep-alive (two hours) lets a peer be silent that is there. */
#define STEADY_TIME	(3 * 3600 * HZ)
/* Longer than a SYN or FIN is repeated for. */
#define BRIEF_TIME	(120 * HZ)
/* Connections that are looked at to find an idle one, and in one go of the sweep. */
#define MAX_LOOKS	16
#define SWEEP_BATCH	64

static u32 hash_key(const void *data, u32 len, u32 seed)
{
	u64 secret = seed * 0x9e3779b97f4a7c15ULL, hash;
	struct {
		u64 peer[2];
		u64 local[2];
		u32 ports;
	} words;

	BUILD_BUG_ON(sizeof(struct sf_conn_key) != offsetofend(typeof(words), ports));
	memcpy(&words, data, sizeof(struct sf_conn_key));
	hash = sip_hash_mix(words.peer[0] ^ secret, words.peer[1] ^ ~secret) ^ words.ports;
	hash = sip_hash_mix(words.local[0] ^ hash, words.local[1] ^ ~secret);
	return sip_hash_mix(hash, secret | 1);
}

static u32 hash_conn(const void *data, u32 len, u32 seed)
{
	return hash_key(&((const struct sf_conn *)data)->key, len, seed);
}

static int compare_conn(struct rhashtable_compare_arg *arg, const void *data)
{
	return memcmp(arg->key, &((const struct sf_conn *)data)->key, sizeof(struct sf_conn_key));
}

static const struct rhashtable_params table_params = {
	.head_offset = offsetof(struct sf_conn, node),
	.key_offset = offsetof(struct sf_conn, key),
	.key_len = sizeof(struct sf_conn_key),
	.hashfn = hash_key,
	.obj_hashfn = hash_conn,
	.obj_cmpfn = compare_conn,
	.automatic_shrinking = true,
};

static struct sf_conn_key key_of(const struct sf_addr *peer, const struct sf_addr *local)
{
	return (struct sf_conn_key){
		.peer = peer->ip,
		.local = local->ip,
		.peer_port = peer->port,
		.local_port = local->port,
	};
}

struct sf_conn *sf_conn_lookup(struct sf_conns *conns, const struct sf_addr *peer,
			       const struct sf_addr *local)
{
	struct sf_conn_key key = key_of(peer, local);

	RCU_LOCKDEP_WARN(!rcu_read_lock_held(), "connection without RCU read lock");
	return rhashtable_lookup(&conns->table, &key, table_params);
}

static void conn_free(struct sf_conn *conn)
{
	kfree(conn->in.headers);
	kfree(conn->out.headers);
	kfree(conn);
}

static void conn_free_rcu(struct rcu_head *rcu)
{
	conn_free(container_of(rcu, struct sf_conn, rcu));
}

static void enlist(struct sf_conns *conns, struct sf_conn *conn, bool steady)
{
	lockdep_assert_held(&conns->lock);
	conn->steady = steady;
	conn->listed = jiffies;
	list_add_tail(&conn->list, steady ? &conns->steady : &conns->brief);
	if (steady)
		conns->nsteady++;
	else
		conns->nbrief++;
}

static void delist(struct sf_conns *conns, struct sf_conn *conn)
{
	lockdep_assert_held(&conns->lock);
	list_del(&conn->list);
	if (conn->steady)
		conns->nsteady--;
	else
		conns->nbrief--;
}

static void remove_locked(struct sf_conns *conns, struct sf_conn *conn)
{
	lockdep_assert_held(&conns->lock);
	if (conn->gone)
		return;
	conn->gone = true;
	rhashtable_remove_fast(&conns->table, &conn->node, table_params);
	delist(conns, conn);
	list_del(&conn->of_listener);
	WRITE_ONCE(conn->listener->nconns, conn->listener->nconns - 1);
	call_rcu(&conn->rcu, conn_free_rcu);
}

/*
 * A connection that was used since it was listed goes to the end, where it will not be looked at
 * before the others. So lists are in the order of use without a packet having to touch them.
 */
static bool was_used(struct sf_conn *conn, struct list_head *list)
{
	if (!time_after(READ_ONCE(conn->seen), conn->listed))
		return false;
	conn->listed = jiffies;
	list_move_tail(&conn->list, list);
	return true;
}

/* Makes room for @newest of @list. */
static void evict(struct sf_sip *sip, struct list_head *list, const struct sf_conn *newest)
{
	struct sf_conn *conn, *idlest = NULL;
	unsigned int i;

	lockdep_assert_held(&sip->conns.lock);
	for (i = 0; i < MAX_LOOKS; i++) {
		conn = list_first_entry(list, struct sf_conn, list);
		if (conn == newest)
			break;
		if (!idlest || time_before(READ_ONCE(conn->seen), READ_ONCE(idlest->seen)))
			idlest = conn;
		if (!was_used(conn, list))
			break;
	}
	if (!idlest)
		return;
	remove_locked(&sip->conns, idlest);
	sf_count(sip->sn, SF_TCP_EVICTED);
}

/* Lists what is in no list, and keeps that within its limit. */
static void enlist_limited(struct sf_sip *sip, struct sf_conn *conn, bool steady)
{
	u32 max = rcu_dereference(sip->policy)->connections_max;
	struct sf_conns *conns = &sip->conns;

	enlist(conns, conn, steady);
	if (steady && conns->nsteady > max)
		evict(sip, &conns->steady, conn);
	if (!steady && conns->nbrief > max / 4 + 1)
		evict(sip, &conns->brief, conn);
}

static void relist(struct sf_sip *sip, struct sf_conn *conn, bool steady)
{
	struct sf_conns *conns = &sip->conns;

	spin_lock_bh(&conns->lock);
	if (!conn->gone && conn->steady != steady) {
		delist(conns, conn);
		enlist_limited(sip, conn, steady);
	}
	spin_unlock_bh(&conns->lock);
}

void sf_conn_settle(struct sf_sip *sip, struct sf_conn *conn)
{
	relist(sip, conn, true);
}

void sf_conn_unsettle(struct sf_sip *sip, struct sf_conn *conn)
{
	relist(sip, conn, false);
}

void sf_conn_remove(struct sf_sip *sip, struct sf_conn *conn)
{
	spin_lock_bh(&sip->conns.lock);
	remove_locked(&sip->conns, conn);
	spin_unlock_bh(&sip->conns.lock);
}

static struct sf_conn *conn_alloc(struct sf_listener *listener, const struct sf_addr *peer,
				  const struct sf_conn_spec *spec)
{
	struct sf_conn *conn = kzalloc(sizeof(*conn), GFP_ATOMIC | __GFP_NOWARN);

	if (!conn)
		return NULL;
	spin_lock_init(&conn->lock);
	conn->key = key_of(peer, &listener->local);
	conn->listener = listener;
	conn->first.in = spec->in;
	conn->first.out = spec->out;
	conn->in.next = spec->in;
	conn->out.next = spec->out;
	conn->edge = spec->edge;
	conn->scale = spec->scale;
	conn->seen = jiffies;
	return conn;
}

/* True: @conn is in the table. */
static bool enter(struct sf_sip *sip, struct sf_conn *conn)
{
	struct sf_conns *conns = &sip->conns;
	struct sf_conn *old;

	lockdep_assert_held(&conns->lock);
	old = rhashtable_lookup(&conns->table, &conn->key, table_params);
	/* With SYN cookies one that has ended may begin again by the same numbers. */
	if (old && old->first.in == conn->first.in && old->first.out == conn->first.out &&
	    (!old->proven || old->steady))
		return false;
	if (old)
		remove_locked(conns, old);
	if (rhashtable_insert_fast(&conns->table, &conn->node, table_params))
		return false;
	list_add(&conn->of_listener, &conn->listener->conns);
	WRITE_ONCE(conn->listener->nconns, conn->listener->nconns + 1);
	enlist_limited(sip, conn, false);
	return true;
}

void sf_conn_open(struct sf_listener *listener, const struct sf_addr *peer,
		  const struct sf_conn_spec *spec)
{
	struct sf_conn *conn = conn_alloc(listener, peer, spec);
	struct sf_sip *sip = listener->sip;
	bool entered;

	if (!conn) {
		sf_count(sip->sn, SF_TCP_LOST);
		return;
	}
	spin_lock_bh(&sip->conns.lock);
	entered = enter(sip, conn);
	spin_unlock_bh(&sip->conns.lock);
	if (!entered) {
		kfree(conn);
		return;
	}
	sf_count(sip->sn, SF_TCP_FOLLOWED);
	schedule_delayed_work(&sip->conns.sweep, SWEEP_DELAY);
}

void sf_conns_flush(struct sf_listener *listener)
{
	struct sf_conns *conns = &listener->sip->conns;
	struct sf_conn *conn;
	unsigned int i;
	bool more = true;

	while (more) {
		spin_lock_bh(&conns->lock);
		for (i = 0; i < SWEEP_BATCH && !list_empty(&listener->conns); i++) {
			conn = list_first_entry(&listener->conns, struct sf_conn, of_listener);
			remove_locked(conns, conn);
		}
		more = !list_empty(&listener->conns);
		spin_unlock_bh(&conns->lock);
		cond_resched();
	}
}

/* Removes what was idle for @time from the beginning of @list. True: there may be more of it. */
static bool sweep_some(struct sf_conns *conns, struct list_head *list, unsigned long time)
{
	struct sf_conn *conn;
	unsigned int i;

	lockdep_assert_held(&conns->lock);
	for (i = 0; i < SWEEP_BATCH && !list_empty(list); i++) {
		conn = list_first_entry(list, struct sf_conn, list);
		if (time_before(jiffies, conn->listed + time))
			return false;
		if (!was_used(conn, list))
			remove_locked(conns, conn);
	}
	return !list_empty(list);
}

static void sweep_list(struct sf_conns *conns, struct list_head *list, unsigned long time)
{
	bool more = true;

	while (more) {
		spin_lock_bh(&conns->lock);
		more = sweep_some(conns, list, time);
		spin_unlock_bh(&conns->lock);
		cond_resched();
	}
}

static void sweep_work(struct work_struct *work)
{
	struct sf_conns *conns = container_of(to_delayed_work(work), struct sf_conns, sweep);

	sweep_list(conns, &conns->steady, STEADY_TIME);
	sweep_list(conns, &conns->brief, BRIEF_TIME);
	if (READ_ONCE(conns->nsteady) || READ_ONCE(conns->nbrief))
		schedule_delayed_work(&conns->sweep, SWEEP_DELAY);
}

int sf_conns_init(struct sf_conns *conns)
{
	spin_lock_init(&conns->lock);
	INIT_LIST_HEAD(&conns->steady);
	INIT_LIST_HEAD(&conns->brief);
	INIT_DELAYED_WORK(&conns->sweep, sweep_work);
	return rhashtable_init(&conns->table, &table_params);
}

void sf_conns_clean(struct sf_conns *conns)
{
	WARN_ON_ONCE(conns->nsteady || conns->nbrief);
	cancel_delayed_work_sync(&conns->sweep);
	rhashtable_destroy(&conns->table);
}
