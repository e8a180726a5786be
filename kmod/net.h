/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SF_NET_H
#define SF_NET_H

#include <linux/hash.h>
#include <linux/if.h>
#include <linux/mutex.h>
#include <linux/netfilter.h>
#include <linux/ratelimit.h>
#include <linux/rhashtable.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>

#include "stats.h"

#define SF_RANGE_BITS		6
#define SF_LISTENER_BITS	4

/* What a namespace may hold at most. */
#define SF_MAX_RANGES		1024
#define SF_MAX_SESSIONS		262144U
#define SF_MAX_ENDPOINTS	1048576U

/**
 * struct sf_config - what a namespace is told by CONFIG_SET
 * @hooks: enum sipfast_hooks
 * @devices: names, of SIPFAST_HOOKS_LISTED
 */
struct sf_config {
	u32 sessions_max;
	u32 endpoints_max;
	u8 hooks;
	unsigned int ndevices;
	char (*devices)[IFNAMSIZ];
};

struct sf_sip;

/**
 * struct sf_net - what the module knows of a network namespace
 * @ranges: by hash of address; RCU for packets, changed under @lock
 * @listeners: the same, of SIP
 * @sip: RCU for packets, made under @lock; NULL as long as nobody asked for SIP
 * @stats: counters by reason
 * @net: the namespace
 * @ports: of all ranges and listeners, in network byte order: what other packets are told apart
 *	by; NULL before the first one. Read without a lock, changed under @lock
 * @devices: &struct sf_device by index; RCU for packets, changed under RTNL and @lock
 * @lock: serializes every change and every dump
 * @config: what userspace wants; under RTNL and @lock
 * @nusers: ranges and listeners, for which packets are taken; under RTNL and @lock
 * @active: packets are taken, as there is one; under RTNL and @lock, as are the next three
 * @at_prerouting: @prerouting is registered
 * @left_out: a device could not be attached
 * @prerouting: of IPv4 and of IPv6
 * @watching: of IPv4 and of IPv6, registered while there is a listener
 * @nlisteners: under @lock
 * @nconnect: listeners of TCP and TLS; changed under @lock, read by packets
 * @nranges: under @lock, as are the next two
 * @nsessions: in @sessions and @by_index
 * @nendpoints: of all sessions
 * @reserved_ports: bits that the module set in ip_local_reserved_ports; under @lock,
 *	NULL before the first range
 * @sessions: by ID, under @lock
 * @by_index: by internal index, which a session keeps while it lives: what dumps walk
 * @next_index: where the search for a free index starts
 * @expired_lock: protects @expired
 * @expired: sessions whose timer found them idle
 * @expire_work: deletes them
 * @event_limit: of multicast events
 */
struct sf_net {
	struct hlist_head ranges[1 << SF_RANGE_BITS];
	struct hlist_head listeners[1 << SF_LISTENER_BITS];
	struct sf_sip __rcu *sip;
	struct sf_stats __percpu *stats;
	struct net *net;
	unsigned long *ports;
	struct xarray devices;

	struct mutex lock; /* of all below, and of changes above */
	struct sf_config config;
	u32 nusers;
	bool active;
	bool at_prerouting;
	bool left_out;
	struct nf_hook_ops prerouting[2];
	struct nf_hook_ops watching[2];
	u32 nlisteners;
	u32 nconnect;
	u32 nranges;
	u32 nsessions;
	u32 nendpoints;
	unsigned long *reserved_ports;
	struct rhashtable sessions;
	struct xarray by_index;
	u32 next_index;

	spinlock_t expired_lock; /* of the list */
	struct list_head expired;
	struct work_struct expire_work;
	struct ratelimit_state event_limit;
};

struct sf_net *sf_net(const struct net *net);

int sf_net_setup(void);
void sf_net_teardown(void);

#endif /* SF_NET_H */
