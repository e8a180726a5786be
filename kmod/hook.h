/* SPDX-License-Identifier: GPL-2.0 */
/* Where packets come in. */
#ifndef SF_HOOK_H
#define SF_HOOK_H

#include <linux/netfilter.h>
#include <linux/netdevice.h>

#include "net.h"

/*
 * At the ingress of @dev, after everything else that is there: who filters and mirrors does so
 * with media, too. @ops is registered; it is freed a grace period after it was unregistered.
 */
int sf_hook_ingress_add(struct sf_net *sn, struct net_device *dev, struct nf_hook_ops *ops);

/* At PRE_ROUTING, before defragmentation and conntrack. */
int sf_hook_prerouting_add(struct sf_net *sn);
void sf_hook_prerouting_del(struct sf_net *sn);

#endif /* SF_HOOK_H */
