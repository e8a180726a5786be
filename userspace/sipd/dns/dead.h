/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses that did not serve when they were last asked: to be tried last for a while. Bounded:
 * the one that would be let off soonest makes room.
 */
#ifndef SIPD_DNS_DEAD_H
#define SIPD_DNS_DEAD_H

#include <stdbool.h>
#include <stdint.h>

#include "transport/transport.h"

#define DNS_MAX_DEAD 256

struct dns_target {
	enum tp_proto proto;
	struct tp_addr addr;
};

bool dns_target_eq(const struct dns_target *a, const struct dns_target *b);

struct dns_dead {
	unsigned int count;
	struct dns_dead_entry {
		struct dns_target target;
		uint64_t until_ms;
	} entries[DNS_MAX_DEAD];
};

/* Until @until_ms, or later if that was said before. */
void dns_dead_add(struct dns_dead *dead, const struct dns_target *target, uint64_t now_ms,
		  uint64_t until_ms);
/* It has proven to be alive. */
void dns_dead_del(struct dns_dead *dead, const struct dns_target *target);
bool dns_dead_has(const struct dns_dead *dead, const struct dns_target *target, uint64_t now_ms);
/* Forgets those whose time is over. */
void dns_dead_expire(struct dns_dead *dead, uint64_t now_ms);

#endif
