/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a SIP URI leads (RFC 3263): transports by NAPTR, servers by SRV, addresses by A and AAAA.
 * One resolver per shard, on its loop, which it never blocks.
 */
#ifndef SIPD_DNS_DNS_H
#define SIPD_DNS_DNS_H

#include "dns/cache.h"
#include "dns/dead.h"

#define DNS_MAX_SERVERS 8

struct dns_config {
	struct tp_addr servers[DNS_MAX_SERVERS];
	unsigned int nservers; /* 0: those of /etc/resolv.conf */
	uint32_t timeout_ms;
	uint32_t attempts;
	struct dns_cache_config cache;
	uint32_t dead_ms; /* how long an address that failed is tried last */
};

struct dns;

/* 0 or negative errno, logged unless -ENOMEM. Not to be called by two threads at a time. */
int dns_alloc(struct dns **dns, struct loop *loop, const struct dns_config *config);
/* For answers that come, and addresses that fail, from now on: config->cache and dead_ms. */
void dns_set_limits(struct dns *dns, const struct dns_config *config);
/* No request is under way. NULL is fine. */
void dns_free(struct dns *dns);

/* --- resolving ----------------------------------------------------------------------------- */

/* What a URI says of where it leads. */
struct dns_where {
	const char *host; /* name or numeric address, IPv6 with or without brackets; borrowed */
	uint16_t port; /* 0: none */
	bool sips;
	bool has_proto; /* it has a transport parameter: */
	enum tp_proto proto;
};

/*
 * A URI's transport parameter; false: it is unknown, or cannot be: sips is TLS over TCP, whatever
 * the parameter says, and not UDP (s.4.1).
 */
bool dns_where_transport(struct dns_where *where, struct view value);
/* The only transport that it can be, if it says so. */
static inline bool dns_where_needs(const struct dns_where *where, enum tp_proto *proto)
{
	*proto = where->sips ? TP_TLS : where->proto;
	return where->sips || where->has_proto;
}

#define DNS_PROTOS 3
#define DNS_IPV4 1
#define DNS_IPV6 2

/* What can be reached: by enum tp_proto the families. */
struct dns_reach {
	uint8_t families[DNS_PROTOS];
};

#define DNS_MAX_TARGETS 32

/*
 * Embedded in its user. The fields are valid when it is done; a @count of 0 means failure, which
 * @why tells: the question and what came of it, such as "SRV _sip._udp.example.com: no such name".
 */
struct dns_request {
	struct dns_waiter waiter; /* private, as all up to @done */
	struct dns *dns;
	struct dns_where where;
	struct dns_reach reach;
	uint64_t seed;
	unsigned int passes;
	char host[DNS_NAME_STRLEN];
	void (*done)(struct dns_request *request);

	unsigned int count;
	struct dns_target targets[DNS_MAX_TARGETS]; /* in the order to be tried */
	uint64_t fresh_ms; /* from when it was done, how long all that was used of DNS holds */
	char why[DNS_NAME_STRLEN + 64];
};

/*
 * 0: done at once, and @done will not be called; -EINPROGRESS: it will be, with its own turn of the
 * loop's. What is dead stands behind what is not. Never fails otherwise.
 */
int dns_resolve(struct dns *dns, struct dns_request *request, const struct dns_where *where,
		const struct dns_reach *reach, void (*done)(struct dns_request *request));
/* Of a request in progress: @done will not be called. Of any other one without effect. */
void dns_cancel(struct dns_request *request);

/* --- addresses that failed ----------------------------------------------------------------- */

/* @target did not serve; it is tried last for @ms, 0: as long as configured. */
void dns_failed(struct dns *dns, const struct dns_target *target, uint32_t ms);
/* It did. */
void dns_served(struct dns *dns, const struct dns_target *target);

struct dns_stats {
	struct dns_cache_stats cache;
	unsigned int dead; /* addresses tried last */
};

void dns_stats(struct dns *dns, struct dns_stats *stats);
/* Those addresses, with the milliseconds that are left. */
void dns_each_dead(struct dns *dns,
		   void (*cb)(void *arg, const struct dns_target *target, uint64_t left_ms),
		   void *arg);

#endif
