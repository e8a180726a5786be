/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A memory of fixed size for what was seen: hashes with a time and two bits each. The oldest of
 * eight is forgotten for a new one, and two CPUs that write at once may lose one of the two, so it
 * is for what may be forgotten.
 */
#ifndef SF_MEMO_H
#define SF_MEMO_H

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/types.h>

#define SF_MEMO_WAYS		8

/* A word: 38 bits of the hash, two of the note, 24 of time in units of 2^24 ns. */
#define SF_MEMO_TIME_BITS	24
#define SF_MEMO_PRINT_SHIFT	26

/**
 * struct sf_memo
 * @words: sets of SF_MEMO_WAYS, each in a cache line; 0: free. Read and written at once
 * @mask: one less than there are sets, which is a power of 2
 * @used: something was put there, once
 */
struct sf_memo {
	u64 *words;
	u32 mask;
	bool used;
};

/* What was found of a hash, as it was read. */
struct sf_memory {
	u64 *place;	/* NULL: nothing */
	u64 word;
};

int sf_memo_init(struct sf_memo *memo, unsigned int bits);
void sf_memo_clean(struct sf_memo *memo);

static inline u64 *sf_memo_set(const struct sf_memo *memo, u64 hash)
{
	return memo->words + (hash & memo->mask) * SF_MEMO_WAYS;
}

/* Never that of a free word. */
static inline u64 sf_memo_print(u64 hash)
{
	return hash >> SF_MEMO_PRINT_SHIFT ?: 1;
}

static __always_inline bool sf_memo_is_at(u64 *place, u64 print, struct sf_memory *memory)
{
	memory->place = place;
	memory->word = READ_ONCE(*place);
	return unlikely(memory->word >> SF_MEMO_PRINT_SHIFT == print);
}

/* @hash: all 64 bits are used. In few instructions if it is not there, as nearly always. */
static __always_inline struct sf_memory sf_memo_find(const struct sf_memo *memo, u64 hash)
{
	const struct sf_memory nothing = {};
	const u64 print = sf_memo_print(hash);
	struct sf_memory memory;
	u64 *set;

	BUILD_BUG_ON(SF_MEMO_WAYS != 8);
	if (!READ_ONCE(memo->used))
		return nothing;
	set = sf_memo_set(memo, hash);
	if (sf_memo_is_at(&set[0], print, &memory) || sf_memo_is_at(&set[1], print, &memory) ||
	    sf_memo_is_at(&set[2], print, &memory) || sf_memo_is_at(&set[3], print, &memory) ||
	    sf_memo_is_at(&set[4], print, &memory) || sf_memo_is_at(&set[5], print, &memory) ||
	    sf_memo_is_at(&set[6], print, &memory) || sf_memo_is_at(&set[7], print, &memory))
		return memory;
	return nothing;
}

/* ms since it was put there; modulo 74 hours. @now: ns */
u32 sf_memory_age(struct sf_memory memory, u64 now);

static inline u8 sf_memory_note(struct sf_memory memory)
{
	return memory.word >> SF_MEMO_TIME_BITS & 3;
}

/* @now: ns, of a clock that goes on. @note: 0..3. It may be called anywhere, as the others may. */
void sf_memo_put(struct sf_memo *memo, u64 hash, u64 now, u8 note);

/* Forgets what sf_memo_find() found. */
static inline void sf_memo_forget(struct sf_memory memory)
{
	WRITE_ONCE(*memory.place, 0);
}

#endif /* SF_MEMO_H */
