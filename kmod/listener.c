// SPDX-License-Identifier: GPL-2.0
#include "listener.h"

#include <linux/slab.h>

#include "conn.h"
#include "device.h"
#include "overload.h"
#include "ports.h"
#include "range.h"
#include "sip.h"
#include "watch.h"

#define MAX_LISTENERS	1024

bool sf_listener_on(struct sf_net *sn, const struct in6_addr *ip)
{
	const struct sf_listener *listener;

	hlist_for_each_entry_rcu(listener, sf_listener_bucket(sn, sf_ip4(ip)), node,
				 lockdep_is_held(&sn->lock))
		if (ipv6_addr_equal(&listener->local.ip, ip))
			return true;
	return false;
}

bool sf_listener_has_port(struct sf_net *sn, __be16 port)
{
	const struct sf_listener *listener;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sn->listeners); i++)
		hlist_for_each_entry_rcu(listener, &sn->listeners[i], node,
					 lockdep_is_held(&sn->lock))
			if (listener->local.port == port)
				return true;
	return false;
}

static int check_new(struct sf_net *sn, const struct sf_addr *local, u8 transport,
		     struct netlink_ext_ack *extack)
{
	if (sf_listener_lookup(sn, &local->ip, local->port, transport)) {
		NL_SET_ERR_MSG(extack, "There is such a listener already");
		return -EEXIST;
	}
	if (transport == SIPFAST_TRANSPORT_UDP && sf_range_lookup(sn, local)) {
		NL_SET_ERR_MSG(extack, "The port lies in a media range");
		return -EADDRINUSE;
	}
	if (sn->nlisteners >= MAX_LISTENERS) {
		NL_SET_ERR_MSG(extack, "There are as many listeners as there may be");
		return -ENOSPC;
	}
	return sf_ip_check_local(sn->net, &local->ip, extack);
}

static struct sf_listener *listener_alloc(struct sf_sip *sip, const struct sf_addr *local,
					  u8 transport)
{
	struct sf_listener *listener = kzalloc(sizeof(*listener), GFP_KERNEL_ACCOUNT);

	if (!listener)
		return NULL;
	listener->stats = alloc_percpu_gfp(struct sf_listener_stats, GFP_KERNEL_ACCOUNT);
	if (!listener->stats) {
		kfree(listener);
		return NULL;
	}
	listener->sip = sip;
	listener->local = *local;
	listener->ip4 = sf_addr_is_ip4(local) ? sf_addr_ip4(local) : 0;
	listener->transport = transport;
	listener->mode = SIPFAST_MODE_OBSERVE;
	INIT_LIST_HEAD(&listener->conns);
	listener->checked = jiffies - 1;
	listener->load_time = jiffies - SF_LOAD_VALID;
	return listener;
}

static void listener_free(struct sf_listener *listener)
{
	free_percpu(listener->stats);
	kfree(listener);
}

int sf_listener_add(struct sf_net *sn, const struct sf_addr *local, u8 transport,
		    struct sf_listener **listener, struct netlink_ext_ack *extack)
{
	struct sf_listener *new;
	struct sf_sip *sip;
	int err;

	lockdep_assert_held(&sn->lock);
	err = check_new(sn, local, transport, extack);
	if (err)
		return err;
	sip = sf_sip_make(sn);
	if (!sip)
		return -ENOMEM;
	new = listener_alloc(sip, local, transport);
	if (!new)
		return -ENOMEM;
	err = sf_ports_mark(sn, local->port);
	if (err)
		goto err_listener;
	if (!sn->nlisteners)
		err = sf_watch_start(sn);
	if (err)
		goto err_port;
	err = sf_device_use(sn);
	if (err)
		goto err_watch;
	sn->nlisteners++;
	if (transport != SIPFAST_TRANSPORT_UDP)
		WRITE_ONCE(sn->nconnect, sn->nconnect + 1);
	hlist_add_head_rcu(&new->node, sf_listener_bucket(sn, sf_ip4(&local->ip)));
	*listener = new;
	return 0;

err_watch:
	if (!sn->nlisteners)
		sf_watch_stop(sn);
err_port:
	sf_ports_unmark(sn, local->port);
err_listener:
	listener_free(new);
	return err;
}

void sf_listener_del(struct sf_net *sn, struct sf_listener *listener)
{
	lockdep_assert_held(&sn->lock);
	hlist_del_rcu(&listener->node);
	if (listener->transport != SIPFAST_TRANSPORT_UDP)
		WRITE_ONCE(sn->nconnect, sn->nconnect - 1);
	sf_ports_unmark(sn, listener->local.port);
	if (!--sn->nlisteners)
		sf_watch_stop(sn);
	sf_device_unuse(sn);
	synchronize_net();
	sf_conns_flush(listener);
	listener_free(listener);
}

void sf_listener_set_mode(struct sf_listener *listener, u8 mode)
{
	WRITE_ONCE(listener->mode, mode);
	sf_overload_restart(listener);
	if (mode != SIPFAST_MODE_OFF || listener->transport != SIPFAST_TRANSPORT_TCP)
		return;
	synchronize_net();
	sf_conns_flush(listener);
}

void sf_listener_set_workers(struct sf_listener *listener, u8 workers,
			     const struct sip_hash_key *key)
{
	if (key) {
		WRITE_ONCE(listener->workers, 0);
		synchronize_net();
		listener->hash_key = *key;
	}
	/* Pairs with the acquire of who marks: the key is there then. */
	smp_store_release(&listener->workers, workers);
}

void sf_listener_read_stats(const struct sf_listener *listener, struct sf_listener_stats *sum)
{
	int cpu;

	*sum = (struct sf_listener_stats){};
	for_each_possible_cpu(cpu) {
		const struct sf_listener_stats *stats = per_cpu_ptr(listener->stats, cpu);

		sum->messages += READ_ONCE(stats->messages);
		sum->dropped += READ_ONCE(stats->dropped);
	}
}

void sf_listener_clean(struct sf_net *sn)
{
	struct sf_listener *listener;
	struct hlist_node *next;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sn->listeners); i++) {
		hlist_for_each_entry_safe(listener, next, &sn->listeners[i], node) {
			hlist_del(&listener->node);
			sf_conns_flush(listener);
			listener_free(listener);
		}
	}
}
