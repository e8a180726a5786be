// SPDX-License-Identifier: GPL-2.0-or-later
#include "dns/dns.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "dns/locate.h"

/* NAPTR, SRV and addresses, each with its aliases, are less. */
#define MAX_PASSES 32

static void seed(struct dns *dns)
{
	if (getrandom(&dns->random.state, sizeof(dns->random.state), GRND_NONBLOCK) < 0 ||
	    !dns->random.state)
		dns->random.state = 1;
}

int dns_alloc(struct dns **out, struct loop *loop, const struct dns_config *config)
{
	const struct dns_wire_config wire = {
		.servers = config->servers,
		.nservers = config->nservers,
		.timeout_ms = config->timeout_ms,
		.attempts = config->attempts,
	};
	struct dns *dns = calloc(1, sizeof(*dns));
	int ret;

	if (!dns)
		return -ENOMEM;
	dns->loop = loop;
	dns->dead_ms = config->dead_ms;
	seed(dns);
	ret = dns_wire_alloc(&dns->wire, loop, &wire);
	if (!ret) {
		ret = dns_cache_init(&dns->cache, loop, dns->wire, &config->cache);
		if (!ret) {
			*out = dns;
			return 0;
		}
		dns_wire_free(dns->wire);
	}
	free(dns);
	return ret;
}

void dns_set_limits(struct dns *dns, const struct dns_config *config)
{
	dns->dead_ms = config->dead_ms;
	dns->cache.config = config->cache;
}

void dns_free(struct dns *dns)
{
	if (!dns)
		return;
	dns_wire_free(dns->wire);
	dns_cache_clean(&dns->cache);
	free(dns);
}

static int go_on(struct dns_request *request)
{
	int ret;

	if (++request->passes <= MAX_PASSES) {
		ret = dns_locate(request);
		if (ret != -EINPROGRESS || !LIST_EMPTY(&request->waiter.links))
			return ret;
	}
	dns_cancel(request);
	request->count = 0;
	snprintf(request->why, sizeof(request->why), "too many steps, or out of memory");
	return 0;
}

static void wake(struct dns_waiter *waiter)
{
	struct dns_request *request =
		(void *)((char *)waiter - offsetof(struct dns_request, waiter));

	if (go_on(request) != -EINPROGRESS)
		request->done(request);
}

int dns_resolve(struct dns *dns, struct dns_request *request, const struct dns_where *where,
		const struct dns_reach *reach, void (*done)(struct dns_request *request))
{
	*request = (struct dns_request){
		.waiter.wake = wake,
		.dns = dns,
		.where = *where,
		.reach = *reach,
		.done = done,
	};
	LIST_INIT(&request->waiter.links);
	dns_random(&dns->random, 0);
	request->seed = dns->random.state;
	return go_on(request);
}

void dns_cancel(struct dns_request *request)
{
	if (request->dns)
		dns_cache_forget(&request->dns->cache, &request->waiter);
}

void dns_failed(struct dns *dns, const struct dns_target *target, uint32_t ms)
{
	uint64_t now = loop_now_ms(dns->loop);

	dns_dead_add(&dns->dead, target, now, now + (ms ? ms : dns->dead_ms));
}

void dns_served(struct dns *dns, const struct dns_target *target)
{
	dns_dead_del(&dns->dead, target);
}

void dns_stats(struct dns *dns, struct dns_stats *stats)
{
	dns_dead_expire(&dns->dead, loop_now_ms(dns->loop));
	stats->cache = dns->cache.stats;
	stats->dead = dns->dead.count;
}

void dns_each_dead(struct dns *dns,
		   void (*cb)(void *arg, const struct dns_target *target, uint64_t left_ms),
		   void *arg)
{
	uint64_t now = loop_now_ms(dns->loop);

	for (unsigned int i = 0; i < dns->dead.count; i++)
		if (dns->dead.entries[i].until_ms > now)
			cb(arg, &dns->dead.entries[i].target, dns->dead.entries[i].until_ms - now);
}

bool dns_where_transport(struct dns_where *where, struct view value)
{
	for (unsigned int i = 0; i < DNS_PROTOS; i++) {
		if (!view_ieq(value, view_str(tp_proto_word((enum tp_proto)i))))
			continue;
		where->has_proto = true;
		where->proto = (enum tp_proto)i;
		return !where->sips || i != TP_UDP;
	}
	return false;
}
