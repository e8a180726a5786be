/* SPDX-License-Identifier: GPL-2.0 */
/* Where SIP servers of this host listen. */
#ifndef SF_LISTENER_H
#define SF_LISTENER_H

#include <linux/hash.h>
#include <linux/percpu.h>
#include <linux/rculist.h>
#include <linux/sipfast.h>

#include "addr.h"
#include "net.h"
#include "sip_hash.h"

struct sf_sip;

/* So long what a server tells of its load is true, in jiffies. */
#define SF_LOAD_VALID	(3 * HZ)

/* Messages of one CPU. */
struct sf_listener_stats {
	u64 messages;
	u64 dropped;
};

/**
 * struct sf_listener - an address, port and transport that is inspected
 * @node: in &sf_net.listeners
 * @local: where; never changes, nor does @transport
 * @ip4: its address; 0: it is IPv6
 * @mode: enum sipfast_mode; as the next two, set under &sf_net.lock, and packets read them once
 * @workers: 0: messages get no mark
 * @hash_key: of the worker; a new one is published with the workers stopped (0) in between
 * @level: enum sipfast_level
 * @queue: percent
 * @load: percent, as told at @load_time in jiffies
 * @checked: jiffies when the queue was looked at
 * @sockets: of the server, when the queue was looked at
 * @socket_drops: what they had dropped then
 * @lost: ns: what passed until then may never have been read by the server
 * @eased: jiffies since when the level might be lower; 0: it might not
 * @conns: connections that are followed; as @nconns under &sf_conns.lock
 */
struct sf_listener {
	struct hlist_node node;
	struct sf_addr local;
	__be32 ip4;
	u8 transport;
	u8 mode;
	u8 workers;
	u8 level;
	u8 queue;
	u8 load;
	unsigned long load_time;
	unsigned long checked;
	unsigned long eased;
	u32 sockets;
	u32 socket_drops;
	u64 lost;
	struct sip_hash_key hash_key;
	struct sf_sip *sip;
	struct sf_listener_stats __percpu *stats;
	struct list_head conns;
	u32 nconns;
	struct rcu_head rcu;
};

static inline struct hlist_head *sf_listener_bucket(struct sf_net *sn, __be32 low)
{
	return &sn->listeners[hash_32((__force u32)low, SF_LISTENER_BITS)];
}

/* Called with RCU read lock or &sf_net.lock held. */
static inline struct sf_listener *sf_listener_lookup(struct sf_net *sn, const struct in6_addr *ip,
						     __be16 port, u8 transport)
{
	struct sf_listener *listener;

	hlist_for_each_entry_rcu(listener, sf_listener_bucket(sn, sf_ip4(ip)), node,
				 lockdep_is_held(&sn->lock))
		if (listener->local.port == port && listener->transport == transport &&
		    ipv6_addr_equal(&listener->local.ip, ip))
			return listener;
	return NULL;
}

static inline struct sf_listener *sf_listener_lookup4(struct sf_net *sn, __be32 ip4, __be16 port,
						      u8 transport)
{
	struct sf_listener *listener;

	hlist_for_each_entry_rcu(listener, sf_listener_bucket(sn, ip4), node,
				 lockdep_is_held(&sn->lock))
		if (listener->ip4 == ip4 && listener->local.port == port &&
		    listener->transport == transport)
			return listener;
	return NULL;
}

/* Is there one on this address, whatever its port? */
bool sf_listener_on(struct sf_net *sn, const struct in6_addr *ip);
/* Is there one on this port, in network byte order? Called with &sf_net.lock held. */
bool sf_listener_has_port(struct sf_net *sn, __be16 port);

/*
 * -EEXIST, -EADDRINUSE, -EADDRNOTAVAIL, -ENOSPC as the ABI says. Called with RTNL and
 * &sf_net.lock held, in this order, as are the next two.
 */
int sf_listener_add(struct sf_net *sn, const struct sf_addr *local, u8 transport,
		    struct sf_listener **listener, struct netlink_ext_ack *extack);
/* Sleeps for a grace period. */
void sf_listener_del(struct sf_net *sn, struct sf_listener *listener);
/* @key: NULL: it stays. Sleeps for a grace period if it does not. */
void sf_listener_set_workers(struct sf_listener *listener, u8 workers,
			     const struct sip_hash_key *key);

/* Sleeps for a grace period when that is SIPFAST_MODE_OFF: what is not seen is not followed. */
void sf_listener_set_mode(struct sf_listener *listener, u8 mode);

void sf_listener_read_stats(const struct sf_listener *listener, struct sf_listener_stats *sum);

/* Deletes all of a namespace that dies: no packet and no request can see them. */
void sf_listener_clean(struct sf_net *sn);

#endif /* SF_LISTENER_H */
