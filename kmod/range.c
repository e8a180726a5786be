// SPDX-License-Identifier: GPL-2.0
#include "range.h"

#include <linux/rculist.h>

#include "device.h"
#include "listener.h"
#include "ports.h"

bool sf_range_on(struct sf_net *sn, const struct in6_addr *ip)
{
	const struct sf_range *range;

	hlist_for_each_entry_rcu(range, sf_range_bucket(sn, sf_ip4(ip)), node,
				 lockdep_is_held(&sn->lock)) {
		if (ipv6_addr_equal(&range->ip, ip))
			return true;
	}
	return false;
}

static bool overlaps(struct sf_net *sn, const struct in6_addr *ip, u16 port_min, u16 port_max)
{
	const struct sf_range *range;

	hlist_for_each_entry(range, sf_range_bucket(sn, sf_ip4(ip)), node) {
		if (ipv6_addr_equal(&range->ip, ip) && port_min <= sf_range_port_max(range) &&
		    range->port_min <= port_max)
			return true;
	}
	return false;
}

static int check_new(struct sf_net *sn, const struct in6_addr *ip, u16 port_min, u16 port_max,
		     struct netlink_ext_ack *extack)
{
	unsigned int port;
	int err;

	if (overlaps(sn, ip, port_min, port_max)) {
		NL_SET_ERR_MSG(extack, "The range overlaps one that exists");
		return -EEXIST;
	}
	if (sn->nranges >= SF_MAX_RANGES) {
		NL_SET_ERR_MSG(extack, "The namespace holds as many ranges as it may");
		return -ENOSPC;
	}
	err = sf_ip_check_local(sn->net, ip, extack);
	if (err)
		return err;
	for (port = port_min; port <= port_max; port++) {
		if (sf_listener_lookup(sn, ip, htons(port), SIPFAST_TRANSPORT_UDP)) {
			NL_SET_ERR_MSG(extack, "A SIP listener has a port of the range");
			return -EADDRINUSE;
		}
		if (sf_ports_bound(sn->net, ip, port)) {
			NL_SET_ERR_MSG(extack, "A UDP socket is bound to a port of the range");
			return -EADDRINUSE;
		}
		cond_resched();
	}
	return 0;
}

static struct sf_range *range_alloc(const struct in6_addr *ip, u16 port_min, u16 port_max)
{
	u32 nports = port_max - port_min + 1;
	struct sf_range *range;

	range = kvzalloc(struct_size(range, slots, nports), GFP_KERNEL_ACCOUNT);
	if (!range)
		return NULL;
	range->unknown = alloc_percpu_gfp(u64, GFP_KERNEL_ACCOUNT);
	if (!range->unknown) {
		kvfree(range);
		return NULL;
	}
	range->ip = *ip;
	range->ip4 = sf_ip_is4(ip) ? sf_ip4(ip) : 0;
	range->port_min = port_min;
	range->nports = nports;
	return range;
}

static void range_free(struct sf_range *range)
{
	free_percpu(range->unknown);
	kvfree(range);
}

int sf_range_add(struct sf_net *sn, const struct in6_addr *ip, u16 port_min, u16 port_max,
		 struct netlink_ext_ack *extack)
{
	struct sf_range *range;
	int err;

	lockdep_assert_held(&sn->lock);
	err = check_new(sn, ip, port_min, port_max, extack);
	if (err)
		return err;
	range = range_alloc(ip, port_min, port_max);
	if (!range)
		return -ENOMEM;
	err = sf_ports_reserve(sn, port_min, port_max);
	if (err)
		goto err_range;
	err = sf_device_use(sn);
	if (err)
		goto err_ports;
	sn->nranges++;
	hlist_add_head_rcu(&range->node, sf_range_bucket(sn, sf_ip4(ip)));
	return 0;

err_ports:
	sf_ports_release(sn, port_min, port_max);
err_range:
	range_free(range);
	return err;
}

/* Leaves the packet path; the caller frees it after a grace period. */
static void unhash(struct sf_net *sn, struct sf_range *range)
{
	hlist_del_rcu(&range->node);
	sf_ports_release(sn, range->port_min, sf_range_port_max(range));
	sn->nranges--;
	sf_device_unuse(sn);
}

int sf_range_del(struct sf_net *sn, const struct in6_addr *ip, u16 port_min, u16 port_max,
		 struct netlink_ext_ack *extack)
{
	struct sf_addr first = { .ip = *ip, .port = htons(port_min) };
	struct sf_range *range;

	lockdep_assert_held(&sn->lock);
	range = sf_range_lookup(sn, &first);
	if (!range || range->port_min != port_min || sf_range_port_max(range) != port_max) {
		NL_SET_ERR_MSG(extack, "There is no such range");
		return -ENOENT;
	}
	if (range->nendpoints) {
		NL_SET_ERR_MSG(extack, "Endpoints live in the range: delete their sessions first");
		return -EBUSY;
	}
	unhash(sn, range);
	synchronize_net();
	range_free(range);
	return 0;
}

u64 sf_range_unknown(const struct sf_range *range)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(*per_cpu_ptr(range->unknown, cpu));
	return sum;
}

void sf_range_clean(struct sf_net *sn)
{
	struct hlist_node *next;
	struct sf_range *range;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sn->ranges); i++) {
		hlist_for_each_entry_safe(range, next, &sn->ranges[i], node) {
			hlist_del(&range->node);
			sf_ports_release(sn, range->port_min, sf_range_port_max(range));
			range_free(range);
		}
	}
}
