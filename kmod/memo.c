// SPDX-License-Identifier: GPL-2.0
#include "memo.h"

#include <linux/mm.h>
#include <linux/slab.h>

#define TIME_BITS		SF_MEMO_TIME_BITS
#define TIME_MASK		((1U << TIME_BITS) - 1)
#define NOTE_SHIFT		TIME_BITS
#define NOTE_MASK		3U
#define PRINT_SHIFT		SF_MEMO_PRINT_SHIFT

int sf_memo_init(struct sf_memo *memo, unsigned int bits)
{
	memo->mask = (1U << bits) - 1;
	memo->words = kvcalloc(SF_MEMO_WAYS << bits, sizeof(*memo->words), GFP_KERNEL_ACCOUNT);
	return memo->words ? 0 : -ENOMEM;
}

void sf_memo_clean(struct sf_memo *memo)
{
	kvfree(memo->words);
	memo->words = NULL;
}

static u32 age_of(u64 word, u32 time)
{
	return (time - (u32)word) & TIME_MASK;
}

u32 sf_memory_age(struct sf_memory memory, u64 now)
{
	return ((u64)age_of(memory.word, now >> TIME_BITS) << TIME_BITS) / NSEC_PER_MSEC;
}

void sf_memo_put(struct sf_memo *memo, u64 hash, u64 now, u8 note)
{
	u64 *set = sf_memo_set(memo, hash), print = sf_memo_print(hash), word, *oldest = set;
	u32 time = now >> TIME_BITS, age, most = 0;
	unsigned int i;

	for (i = 0; i < SF_MEMO_WAYS; i++) {
		word = READ_ONCE(set[i]);
		if (!word || word >> PRINT_SHIFT == print) {
			oldest = &set[i];
			break;
		}
		age = age_of(word, time);
		if (age >= most) {
			most = age;
			oldest = &set[i];
		}
	}
	if (unlikely(!READ_ONCE(memo->used)))
		WRITE_ONCE(memo->used, true);
	WRITE_ONCE(*oldest, print << PRINT_SHIFT | (u64)(note & NOTE_MASK) << NOTE_SHIFT |
			    (time & TIME_MASK));
}
