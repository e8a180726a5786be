// SPDX-License-Identifier: GPL-2.0
#include "memo.h"

#include <linux/mm.h>
#include <linux/slab.h>

/* A word: 38 bits of the hash, two of the note, 24 of time in units of 2^24 ns. */
#define TIME_BITS		24
#define TIME_MASK		((1U << TIME_BITS) - 1)
#define NOTE_SHIFT		TIME_BITS
#define NOTE_MASK		3U
#define PRINT_SHIFT		26

int sf_memo_init(struct sf_memo *memo, unsigned int bits)
{
	memo->bits = bits;
	memo->words = kvcalloc(SF_MEMO_WAYS << bits, sizeof(*memo->words), GFP_KERNEL_ACCOUNT);
	return memo->words ? 0 : -ENOMEM;
}

void sf_memo_clean(struct sf_memo *memo)
{
	kvfree(memo->words);
	memo->words = NULL;
}

static u64 *set_of(const struct sf_memo *memo, u64 hash)
{
	return memo->words + ((hash & ((1U << memo->bits) - 1)) * SF_MEMO_WAYS);
}

/* Never that of a free word. */
static u64 print_of(u64 hash)
{
	u64 print = hash >> PRINT_SHIFT;

	return print ?: 1;
}

static u32 age_of(u64 word, u32 time)
{
	return (time - (u32)word) & TIME_MASK;
}

bool sf_memo_find(const struct sf_memo *memo, u64 hash, u64 now, struct sf_memory *memory)
{
	u64 *set = set_of(memo, hash), print = print_of(hash), word;
	unsigned int i;

	for (i = 0; i < SF_MEMO_WAYS; i++) {
		word = READ_ONCE(set[i]);
		if (word >> PRINT_SHIFT != print)
			continue;
		memory->word = &set[i];
		memory->note = word >> NOTE_SHIFT & NOTE_MASK;
		memory->age_ms = ((u64)age_of(word, now >> TIME_BITS) << TIME_BITS) /
				 NSEC_PER_MSEC;
		return true;
	}
	return false;
}

void sf_memo_put(struct sf_memo *memo, u64 hash, u64 now, u8 note)
{
	u64 *set = set_of(memo, hash), print = print_of(hash), word, *oldest = set;
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
	WRITE_ONCE(*oldest, print << PRINT_SHIFT | (u64)(note & NOTE_MASK) << NOTE_SHIFT |
			    (time & TIME_MASK));
}
