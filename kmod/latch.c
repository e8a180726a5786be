// SPDX-License-Identifier: GPL-2.0
/* Latching (RFC 7362): whose packets an endpoint answers. */
#include "latch.h"

#include <linux/netdevice.h>
#include <linux/slab.h>

#include "conf.h"

/* How long the present remote must be silent before another is believed. */
#define SILENCE_NS	(100 * NSEC_PER_MSEC)

/* A remote that took the place of another: what &sf_latch.addr points to then. */
struct relearned {
	struct sf_addr addr;
	struct rcu_head rcu;
};

struct sf_latch *sf_latch_alloc(u64 until)
{
	struct sf_latch *latch = kzalloc(sizeof(*latch), GFP_KERNEL_ACCOUNT);

	BUILD_BUG_ON(sizeof(*latch) > 64);
	if (latch)
		latch->until = until;
	return latch;
}

void sf_latch_free(struct sf_latch *latch)
{
	kfree(latch);
}

static void forget(const struct sf_latch *latch, const struct sf_addr *addr)
{
	struct relearned *old;

	if (!addr || addr == &latch->first)
		return;
	old = container_of(addr, struct relearned, addr);
	kfree_rcu(old, rcu);
}

void sf_latch_release(struct sf_endpoint *ep, struct sf_latch *latch)
{
	/* A packet may still act by the configuration before: it must not learn anew. */
	spin_lock_bh(&ep->rx.lock);
	WRITE_ONCE(latch->until, 0);
	spin_unlock_bh(&ep->rx.lock);
	forget(latch, rcu_dereference_protected(latch->addr, true));
	kfree_rcu(latch, rcu);
}

static bool is_given(const struct sf_endpoint_conf *c, const struct sf_addr *src)
{
	return sf_addr_equal(&c->remote, src);
}

/* Its sender says that it is this host, but is elsewhere: answers would come back here. */
static bool is_pretended(const struct sf_addr *src, const struct net_device *dev)
{
	return !(dev->flags & IFF_LOOPBACK) && !netif_is_l3_master(dev) &&
	       sf_ip_is_local(dev_net(dev), &src->ip);
}

static bool is_allowed(const struct sf_endpoint_conf *c, const struct sf_addr *src,
		       const struct net_device *dev)
{
	return sf_addr_is_set(src) && sf_ip_is_host(&src->ip) &&
	       ipv6_prefix_equal(&src->ip, &c->learn_ip, c->learn_prefix) &&
	       !is_pretended(src, dev);
}

static void learn_first(struct sf_latch *latch, const struct sf_addr *src)
{
	latch->first = *src;
	rcu_assign_pointer(latch->addr, &latch->first);
}

static bool learn_anew(struct sf_latch *latch, const struct sf_addr *present,
		       const struct sf_addr *src)
{
	struct relearned *new = kmalloc(sizeof(*new), GFP_ATOMIC | __GFP_NOWARN);

	/* The next packet tries again. */
	if (!new)
		return false;
	new->addr = *src;
	rcu_assign_pointer(latch->addr, &new->addr);
	forget(latch, present);
	return true;
}

/* Is a packet that does not come from @present reason enough to leave it? */
static bool is_moved(const struct sf_endpoint_conf *c, const struct sf_addr *src,
		     const struct net_device *dev, const struct rtp_header *header, u64 now)
{
	const struct sf_latch *latch = c->latch;

	if (c->learn != SIPFAST_LEARN_WINDOW || sf_latch_is_closed(latch))
		return false;
	if (is_given(c, src))
		return true;
	return now - latch->heard >= SILENCE_NS && header &&
	       rtp_source_follows(&c->ep->rx.stats.source, header) && is_allowed(c, src, dev);
}

bool sf_latch_learn(const struct sf_endpoint_conf *c, const struct sf_addr *src,
		    const struct net_device *dev, const struct rtp_header *header, u64 now)
{
	struct sf_latch *latch = c->latch;
	const struct sf_addr *present;

	lockdep_assert_held(&c->ep->rx.lock);
	present = rcu_dereference_protected(latch->addr, lockdep_is_held(&c->ep->rx.lock));
	if (c->learn == SIPFAST_LEARN_OFF)
		return false;
	/* So that packets need not come here any more. */
	if (now >= latch->until)
		WRITE_ONCE(latch->until, 0);
	if (!present) {
		if (!is_allowed(c, src, dev) &&
		    (c->learn != SIPFAST_LEARN_WINDOW || !is_given(c, src)))
			return false;
		learn_first(latch, src);
	} else if (sf_addr_equal(present, src)) {
		latch->heard = now;
		return false;
	} else if (!is_moved(c, src, dev, header, now) || !learn_anew(latch, present, src)) {
		return false;
	}
	latch->heard = now;
	return true;
}
