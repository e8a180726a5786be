/* SPDX-License-Identifier: GPL-2.0 */
/* Which devices the packets of a namespace are taken from. */
#ifndef SF_DEVICE_H
#define SF_DEVICE_H

#include <linux/netdevice.h>

#include "net.h"

/**
 * struct sf_device - a device at whose ingress packets are taken
 * @ops: also tells which; the device can't go without leaving through a notifier
 */
struct sf_device {
	struct nf_hook_ops ops;
	struct rcu_head rcu;
};

/*
 * For one more or less that packets are taken for: the first enters the packet path of the
 * namespace, the last leaves it. -ENOMEM. Called with RTNL and &sf_net.lock held, in this order, as
 * are the next two.
 */
int sf_device_use(struct sf_net *sn);
void sf_device_unuse(struct sf_net *sn);
/* Leaves it whoever is left. */
void sf_device_stop(struct sf_net *sn);

/* Carries out what @sn->config says now. -ENOMEM: nothing has changed. */
int sf_device_update(struct sf_net *sn);

/* Are the packets of @dev taken at its ingress? Called with RCU read lock held. */
bool sf_device_is_attached(struct sf_net *sn, const struct net_device *dev);

/* Follows devices as they come and go, and no longer. */
int sf_device_setup(void);
void sf_device_teardown(void);

#endif /* SF_DEVICE_H */
