// SPDX-License-Identifier: GPL-2.0-or-later
#include "dns/order.h"

static void swap(uint8_t *a, uint8_t *b)
{
	uint8_t kept = *a;

	*a = *b;
	*b = kept;
}

uint32_t dns_random(struct dns_random *random, uint32_t max)
{
	uint64_t x = random->state;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	random->state = x;
	x = (x * UINT64_C(0x2545f4914f6cdd1d)) >> 32;
	return (uint32_t)(x * ((uint64_t)max + 1) >> 32);
}

/* RFC 2782: those of weight 0 stand first, so that they have a small chance. */
static bool stands_before(const struct dns_record *a, const struct dns_record *b)
{
	if (a->order != b->order)
		return a->order < b->order;
	return !a->preference && b->preference;
}

static void sort(const struct dns_answer *answer, uint8_t *order, unsigned int count)
{
	for (unsigned int i = 1; i < count; i++)
		for (unsigned int j = i; j; j--) {
			if (!stands_before(&answer->records[order[j]],
					   &answer->records[order[j - 1]]))
				break;
			swap(&order[j], &order[j - 1]);
		}
}

/* The first record whose running sum of weights reaches a number drawn from 0 to their sum. */
static unsigned int draw(const struct dns_answer *answer, const uint8_t *order, unsigned int count,
			 struct dns_random *random)
{
	uint32_t sum = 0, drawn, running = 0;
	unsigned int i;

	for (i = 0; i < count; i++)
		sum += answer->records[order[i]].preference;
	drawn = dns_random(random, sum);
	for (i = 0; i + 1 < count; i++) {
		running += answer->records[order[i]].preference;
		if (running >= drawn)
			break;
	}
	return i;
}

/* Takes the one at @at to the front; the others keep their order. */
static void to_front(uint8_t *order, unsigned int at)
{
	for (; at; at--)
		swap(&order[at], &order[at - 1]);
}

static void order_group(const struct dns_answer *answer, uint8_t *order, unsigned int count,
			struct dns_random *random)
{
	for (; count > 1; order++, count--)
		to_front(order, draw(answer, order, count, random));
}

unsigned int dns_order_srv(const struct dns_answer *answer, struct dns_random *random,
			   uint8_t order[DNS_MAX_RECORDS])
{
	unsigned int count = 0, start = 0, end;

	/* In a random order at first, for equals; weight 0 among them too. */
	for (unsigned int i = 0; i < answer->nrecords; i++)
		if (*dns_record_name(answer, &answer->records[i]))
			order[count++] = (uint8_t)i;
	for (unsigned int i = count; i > 1; i--)
		swap(&order[i - 1], &order[dns_random(random, i - 1)]);
	sort(answer, order, count);
	for (; start < count; start = end) {
		for (end = start + 1; end < count; end++)
			if (answer->records[order[end]].order !=
			    answer->records[order[start]].order)
				break;
		order_group(answer, order + start, end - start, random);
	}
	return count;
}

unsigned int dns_order_addresses(const struct dns_answer *answer, struct dns_random *random,
				 uint8_t order[DNS_MAX_RECORDS])
{
	for (unsigned int i = 0; i < answer->nrecords; i++)
		order[i] = (uint8_t)i;
	for (unsigned int i = answer->nrecords; i > 1; i--)
		swap(&order[i - 1], &order[dns_random(random, i - 1)]);
	return answer->nrecords;
}
