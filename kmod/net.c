// SPDX-License-Identifier: GPL-2.0
#include "net.h"

#include <linux/bitmap.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/netns/generic.h>

#include "device.h"
#include "listener.h"
#include "range.h"
#include "session.h"
#include "sip.h"
#include "watch.h"

/* Events per second and namespace. */
#define EVENT_RATE		10000

static unsigned int net_id __read_mostly;

struct sf_net *sf_net(const struct net *net)
{
	return net_generic(net, net_id);
}

static int __net_init net_init(struct net *net)
{
	struct sf_net *sn = sf_net(net);
	int err;

	sn->net = net;
	mutex_init(&sn->lock);
	xa_init(&sn->devices);
	sn->config.sessions_max = SF_MAX_SESSIONS;
	sn->config.endpoints_max = SF_MAX_ENDPOINTS;
	xa_init_flags(&sn->by_index, XA_FLAGS_ALLOC);
	spin_lock_init(&sn->expired_lock);
	INIT_LIST_HEAD(&sn->expired);
	INIT_WORK(&sn->expire_work, sf_timeout_work);
	ratelimit_state_init(&sn->event_limit, HZ, EVENT_RATE);
	ratelimit_set_flags(&sn->event_limit, RATELIMIT_MSG_ON_RELEASE);
	sn->stats = alloc_percpu(struct sf_stats);
	if (!sn->stats)
		return -ENOMEM;
	err = rhashtable_init(&sn->sessions, &sf_session_params);
	if (err)
		free_percpu(sn->stats);
	return err;
}

/* No request can come any more. After this and a grace period, no packet either. */
static void __net_exit net_pre_exit(struct net *net)
{
	struct sf_net *sn = sf_net(net);

	rtnl_lock();
	mutex_lock(&sn->lock);
	sf_device_stop(sn);
	if (sn->nlisteners)
		sf_watch_stop(sn);
	mutex_unlock(&sn->lock);
	rtnl_unlock();
}

static void __net_exit net_exit(struct net *net)
{
	struct sf_net *sn = sf_net(net);
	struct sf_session *s;
	unsigned long index;

	mutex_lock(&sn->lock);
	xa_for_each(&sn->by_index, index, s) {
		sf_session_del(s);
		sf_session_release(s);
		cond_resched();
	}
	sf_range_clean(sn);
	sf_listener_clean(sn);
	if (sf_sip(sn))
		sf_sip_free(sf_sip(sn));
	mutex_unlock(&sn->lock);

	cancel_work_sync(&sn->expire_work);
	rhashtable_destroy(&sn->sessions);
	xa_destroy(&sn->by_index);
	xa_destroy(&sn->devices);
	kfree(sn->config.devices);
	bitmap_free(sn->reserved_ports);
	bitmap_free(sn->ports);
	free_percpu(sn->stats);
}

static struct pernet_operations net_ops = {
	.init = net_init,
	.pre_exit = net_pre_exit,
	.exit = net_exit,
	.id = &net_id,
	.size = sizeof(struct sf_net),
};

int sf_net_setup(void)
{
	return register_pernet_subsys(&net_ops);
}

void sf_net_teardown(void)
{
	unregister_pernet_subsys(&net_ops);
	/* What is freed by call_rcu() is freed by functions that go with the module. */
	rcu_barrier();
}
