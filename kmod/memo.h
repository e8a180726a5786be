/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A memory of fixed size for what was seen: hashes with a time and two bits each. The oldest of
 * eight is forgotten for a new one, and two CPUs that write at once may lose one of the two, so it
 * is for what may be forgotten.
 */
#ifndef SF_MEMO_H
#define SF_MEMO_H

#include <linux/compiler.h>
#include <linux/types.h>

#define SF_MEMO_WAYS		8

/**
 * struct sf_memo
 * @words: sets of SF_MEMO_WAYS, each in a cache line; 0: free. Read and written at once
 * @bits: log2 of how many sets there are
 */
struct sf_memo {
	u64 *words;
	unsigned int bits;
};

/* What is known of a hash. */
struct sf_memory {
	u64 *word;
	u32 age_ms;	/* since it was put there; modulo 74 hours */
	u8 note;
};

int sf_memo_init(struct sf_memo *memo, unsigned int bits);
void sf_memo_clean(struct sf_memo *memo);

/* @hash: all 64 bits are used. @now: ns, of a clock that goes on. Both may be called anywhere. */
bool sf_memo_find(const struct sf_memo *memo, u64 hash, u64 now, struct sf_memory *memory);
/* @note: 0..3 */
void sf_memo_put(struct sf_memo *memo, u64 hash, u64 now, u8 note);

/* Forgets what sf_memo_find() found. */
static inline void sf_memo_forget(const struct sf_memory *memory)
{
	WRITE_ONCE(*memory->word, 0);
}

#endif /* SF_MEMO_H */
