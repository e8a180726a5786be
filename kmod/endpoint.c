// SPDX-License-Identifier: GPL-2.0
#include "endpoint.h"

#include <linux/slab.h>

struct sf_endpoint *sf_endpoint_alloc(struct sf_session *session, struct sf_range *range,
				      const struct sf_addr *local, u32 id, u32 index)
{
	struct sf_endpoint *ep = kzalloc(sizeof(*ep), GFP_KERNEL_ACCOUNT);

	/* But for what debugging adds to locks. */
	BUILD_BUG_ON(sizeof(*ep) > 512 && !IS_ENABLED(CONFIG_DEBUG_SPINLOCK));
	if (!ep)
		return NULL;
	spin_lock_init(&ep->rx.lock);
	spin_lock_init(&ep->tx.lock);
	ep->session = session;
	ep->range = range;
	ep->local = *local;
	ep->id = id;
	ep->index = index;
	return ep;
}

void sf_endpoint_free(struct sf_endpoint *ep)
{
	kfree(ep);
}

void sf_endpoint_add(struct sf_net *sn, struct sf_endpoint *ep)
{
	lockdep_assert_held(&sn->lock);
	sn->nendpoints++;
	ep->range->nendpoints++;
	rcu_assign_pointer(*sf_range_slot(ep->range, ep->local.port), ep);
}

void sf_endpoint_del(struct sf_net *sn, struct sf_endpoint *ep)
{
	lockdep_assert_held(&sn->lock);
	sn->nendpoints--;
	ep->range->nendpoints--;
	RCU_INIT_POINTER(*sf_range_slot(ep->range, ep->local.port), NULL);

	/* Packets that found it before see this, each side in its turn. */
	spin_lock_bh(&ep->rx.lock);
	ep->rx.closed = true;
	spin_unlock_bh(&ep->rx.lock);
	spin_lock_bh(&ep->tx.lock);
	ep->tx.closed = true;
	sf_route_clean(&ep->tx.route);
	spin_unlock_bh(&ep->tx.lock);
}

void sf_endpoint_release(struct sf_endpoint *ep)
{
	kfree_rcu(ep, rcu);
}

void sf_endpoint_awake(struct sf_endpoint *ep)
{
	spin_lock_bh(&ep->rx.lock);
	ep->rx.watch &= ~SF_WATCH_INACTIVE;
	spin_unlock_bh(&ep->rx.lock);
}

void sf_endpoint_rx_stats(struct sf_endpoint *ep, struct sf_rx_stats *stats)
{
	spin_lock_bh(&ep->rx.lock);
	*stats = ep->rx.stats;
	spin_unlock_bh(&ep->rx.lock);
}

void sf_endpoint_tx_stats(struct sf_endpoint *ep, struct sf_tx_stats *stats)
{
	spin_lock_bh(&ep->tx.lock);
	*stats = ep->tx.stats;
	spin_unlock_bh(&ep->tx.lock);
}
