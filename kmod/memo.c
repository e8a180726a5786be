// SPDX-License-Identifier: GPL-2.0
#include "memo.h"

#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/time64.h>

#define TIME_MASK		((1U << SF_MEMO_TIME_BITS) - 1)

int sf_memo_init(struct sf_memo *memo, unsigned int bits)
{
	BUILD_BUG_ON(sizeof(*memo->sets) != 64);
	memo->mask = (1U << bits) - 1;
	memo->sets = kvcalloc(1U << bits, sizeof(*memo->sets), GFP_KERNEL_ACCOUNT);
	return memo->sets ? 0 : -ENOMEM;
}

void sf_memo_clean(struct sf_memo *memo)
{
	kvfree(memo->sets);
	memo->sets = NULL;
}

static u32 age_of(u64 word, u64 now)
{
	return ((u32)(now >> SF_MEMO_TIME_BITS) - (u32)word) & TIME_MASK;
}

u64 sf_memory_time(struct sf_memory memory, u64 now)
{
	return ((now >> SF_MEMO_TIME_BITS) - age_of(memory.word, now)) << SF_MEMO_TIME_BITS;
}

u32 sf_memory_age(struct sf_memory memory, u64 now)
{
	return ((u64)age_of(memory.word, now) << SF_MEMO_TIME_BITS) / NSEC_PER_MSEC;
}

struct sf_memory sf_memo_find(const struct sf_memo *memo, u64 hash)
{
	struct sf_memo_set *set = sf_memo_set(memo, hash);
	struct sf_memory memory = {};
	u64 ways;

	for (ways = sf_memo_ways(set, hash); ways; ways &= ways - 1) {
		memory.way = __ffs64(ways) >> 3;
		if (memory.way >= SF_MEMO_WAYS)
			break;
		memory.word = READ_ONCE(set->words[memory.way]);
		if (memory.word >> SF_MEMO_PRINT_SHIFT == hash >> SF_MEMO_PRINT_SHIFT) {
			memory.set = set;
			break;
		}
	}
	return memory;
}

unsigned int sf_memo_way(const struct sf_memo_set *set, u64 hash, u64 now)
{
	unsigned int way, chosen = 0;
	u32 age, most = 0;
	u64 word;

	for (way = 0; way < SF_MEMO_WAYS; way++) {
		word = READ_ONCE(set->words[way]);
		if (!READ_ONCE(set->tag[way])) {
			chosen = way;
			most = U32_MAX;
			continue;
		}
		if (word >> SF_MEMO_PRINT_SHIFT == hash >> SF_MEMO_PRINT_SHIFT)
			return way;
		age = age_of(word, now);
		if (age >= most) {
			most = age;
			chosen = way;
		}
	}
	return chosen;
}
