// SPDX-License-Identifier: GPL-2.0
#include "learn.h"

bool sf_learn(const struct sf_endpoint_conf *c, const struct sf_addr *src)
{
	struct sf_latch *latch = c->latch;

	lockdep_assert_held(&c->ep->rx.lock);
	if (c->learn != SIPFAST_LEARN_ONCE || latch->known || !sf_ip_is_host(&src->ip) ||
	    !ipv6_prefix_equal(&src->ip, &c->learn_ip, c->learn_prefix))
		return false;
	latch->addr = *src;
	/* Pairs with the acquire in sf_conf_remote(). */
	smp_store_release(&latch->known, true);
	return true;
}
