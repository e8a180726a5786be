// SPDX-License-Identifier: GPL-2.0-or-later
#include "dns/dead.h"

bool dns_target_eq(const struct dns_target *a, const struct dns_target *b)
{
	return a->proto == b->proto && tp_addr_eq(&a->addr, &b->addr);
}

static struct dns_dead_entry *find(const struct dns_dead *dead, const struct dns_target *target)
{
	for (unsigned int i = 0; i < dead->count; i++)
		if (dns_target_eq(&dead->entries[i].target, target))
			return (struct dns_dead_entry *)&dead->entries[i];
	return NULL;
}

static struct dns_dead_entry *soonest(struct dns_dead *dead)
{
	struct dns_dead_entry *first = dead->entries;

	for (unsigned int i = 1; i < dead->count; i++)
		if (dead->entries[i].until_ms < first->until_ms)
			first = &dead->entries[i];
	return first;
}

void dns_dead_expire(struct dns_dead *dead, uint64_t now_ms)
{
	for (unsigned int i = dead->count; i--;)
		if (dead->entries[i].until_ms <= now_ms)
			dead->entries[i] = dead->entries[--dead->count];
}

void dns_dead_add(struct dns_dead *dead, const struct dns_target *target, uint64_t now_ms,
		  uint64_t until_ms)
{
	struct dns_dead_entry *entry = find(dead, target);

	if (entry) {
		if (entry->until_ms < until_ms)
			entry->until_ms = until_ms;
		return;
	}
	if (dead->count == DNS_MAX_DEAD)
		dns_dead_expire(dead, now_ms);
	entry = dead->count < DNS_MAX_DEAD ? &dead->entries[dead->count++] : soonest(dead);
	*entry = (struct dns_dead_entry){ *target, until_ms };
}

void dns_dead_del(struct dns_dead *dead, const struct dns_target *target)
{
	struct dns_dead_entry *entry = find(dead, target);

	if (entry)
		*entry = dead->entries[--dead->count];
}

bool dns_dead_has(const struct dns_dead *dead, const struct dns_target *target, uint64_t now_ms)
{
	const struct dns_dead_entry *entry = find(dead, target);

	return entry && entry->until_ms > now_ms;
}
