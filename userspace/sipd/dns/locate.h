/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The procedures of RFC 3263 s.4 on what the cache knows; private to dns.c and locate.c. */
#ifndef SIPD_DNS_LOCATE_H
#define SIPD_DNS_LOCATE_H

#include "dns/dns.h"
#include "dns/order.h"

struct dns {
	struct loop *loop;
	struct dns_wire *wire;
	struct dns_cache cache;
	struct dns_dead dead;
	struct dns_random random;
	uint32_t dead_ms;
};

/*
 * One pass from the beginning: fills @request's targets or why there are none. -EINPROGRESS:
 * answers are missing, which the request's waiter now waits for; then another pass goes further.
 */
int dns_locate(struct dns_request *request);

#endif
