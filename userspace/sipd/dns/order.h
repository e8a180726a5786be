/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order in which records are to be tried, by chance where the RFCs say so. */
#ifndef SIPD_DNS_ORDER_H
#define SIPD_DNS_ORDER_H

#include "dns/message.h"

/* xorshift64*; any seed but 0. Spreads load, guards nothing. */
struct dns_random {
	uint64_t state;
};

/* 0 to @max, @max included. */
uint32_t dns_random(struct dns_random *random, uint32_t max);

/*
 * Fills @order with indices into an SRV answer, by priority and, within one, by weighted random
 * (RFC 2782); "." is left out. How many.
 */
unsigned int dns_order_srv(const struct dns_answer *answer, struct dns_random *random,
			   uint8_t order[DNS_MAX_RECORDS]);
/* The same for addresses: each order is as likely as any other. */
unsigned int dns_order_addresses(const struct dns_answer *answer, struct dns_random *random,
				 uint8_t order[DNS_MAX_RECORDS]);

#endif
