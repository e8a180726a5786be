/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Connections over TCP with listeners: their birth, when a listener's host accepts one, how packets
 * find them, their death.
 */
#ifndef SF_CONN_H
#define SF_CONN_H

#include <linux/list.h>
#include <linux/rhashtable.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "addr.h"
#include "sip_scan_stream.h"

struct sf_listener;
struct sf_sip;

/* In the form that is compared and hashed, so without holes. */
struct sf_conn_key {
	struct in6_addr peer;
	struct in6_addr local;
	__be16 peer_port;
	__be16 local_port;
};

/* Why messages cannot be told apart any more. */
enum sf_conn_loss {
	SF_CONN_SOUND,
	SF_CONN_MISSED,		/* something passed unseen, or could not be kept */
	SF_CONN_STRANGE,	/* what the peer sends is no SIP */
};

/**
 * struct sf_conn_way - one direction
 * @next: sequence number of what was not seen yet
 * @body_left: octets of a body that follow; of no meaning with @headers
 * @headers: the scanner within the headers of a message; NULL: it is not
 * @loss: enum sf_conn_loss; when set, @next is followed no more in what comes
 * @fin: it has ended; @next is behind that
 */
struct sf_conn_way {
	u32 next;
	u32 body_left;
	struct sip_scan_stream *headers;
	u8 loss;
	bool fin;
};

/**
 * struct sf_conn - a connection
 * @node: in &sf_conns.table
 * @key: never changes, nor does @first
 * @first: @in.next and @out.next as they were: two connections with the same key differ in it
 * @lock: of all that follows up to @seen
 * @in: from the peer
 * @out: to the peer
 * @edge: what the peer may send ends before this sequence number
 * @scale: of the windows that are told to the peer
 * @proven: the peer has received what it was answered: its address is its own
 * @held: the message at @in.next was held back, and counted
 * @seen: jiffies of what was last taken or sent; also read without the lock
 * @list: one of both in &sf_conns, whose lock is of all that follows
 * @listed: jiffies when it was put there
 * @steady: it is in &sf_conns.steady
 * @gone: it is in no list and table any more
 */
struct sf_conn {
	struct rhash_head node;
	struct sf_conn_key key;
	struct {
		u32 in;
		u32 out;
	} first;

	spinlock_t lock; /* of what follows */
	struct sf_conn_way in;
	struct sf_conn_way out;
	u32 edge;
	u8 scale;
	bool proven;
	bool held;
	unsigned long seen;

	struct list_head list;
	struct list_head of_listener;
	struct sf_listener *listener;
	unsigned long listed;
	bool steady;
	bool gone;
	struct rcu_head rcu;
};

/**
 * struct sf_conns - all of a namespace
 * @table: by key; RCU for packets
 * @lock: of all changes and of what follows
 * @steady: proven ones, the idlest first, about
 * @brief: those that are opening or closing, the same
 * @nsteady: in @steady
 * @nbrief: in @brief
 * @sweep: removes what is idle for too long; runs while there is any
 */
struct sf_conns {
	struct rhashtable table;
	spinlock_t lock; /* of changes */
	struct list_head steady;
	struct list_head brief;
	u32 nsteady;
	u32 nbrief;
	struct delayed_work sweep;
};

int sf_conns_init(struct sf_conns *conns);
/* Nobody looks up any more, and listeners have let go of theirs. */
void sf_conns_clean(struct sf_conns *conns);
/* Removes those of a listener that packets do not find any more. Sleeps. */
void sf_conns_flush(struct sf_listener *listener);

/* NULL: there is none that is followed. Called with RCU read lock held. */
struct sf_conn *sf_conn_lookup(struct sf_conns *conns, const struct sf_addr *peer,
			       const struct sf_addr *local);

/* What is known of a connection that begins: where both directions do, and of its window. */
struct sf_conn_spec {
	u32 in;
	u32 out;
	u32 edge;
	u8 scale;
};

/*
 * The next four: called with RCU read lock held and bottom halves disabled. A connection that is
 * removed is freed a grace period later; until then, whoever has it may go on with it.
 *
 * Opens what a listener's host has answered a SYN from @peer for. It takes the place of another
 * with the same addresses. Without memory it is not followed.
 */
void sf_conn_open(struct sf_listener *listener, const struct sf_addr *peer,
		  const struct sf_conn_spec *spec);
/* It is proven now: it counts as one that stays. */
void sf_conn_settle(struct sf_sip *sip, struct sf_conn *conn);
/* It is about to end. */
void sf_conn_unsettle(struct sf_sip *sip, struct sf_conn *conn);
void sf_conn_remove(struct sf_sip *sip, struct sf_conn *conn);

#endif /* SF_CONN_H */
