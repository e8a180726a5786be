/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A memory of fixed size for what was seen: hashes with a time and a few bits each. The oldest of
 * seven is forgotten for a new one, and two CPUs that write at once may lose one of the two, so it
 * is for what may be forgotten.
 */
#ifndef SF_MEMO_H
#define SF_MEMO_H

#include <linux/bitops.h>
#include <linux/cache.h>
#include <linux/compiler.h>

#include "octets8.h"

#define SF_MEMO_WAYS		7

/* A word: 29 bits of the hash, 11 of the note, 24 of time in units of 2^24 ns. */
#define SF_MEMO_TIME_BITS	24
#define SF_MEMO_NOTE_BITS	11
#define SF_MEMO_PRINT_SHIFT	(SF_MEMO_TIME_BITS + SF_MEMO_NOTE_BITS)

/**
 * struct sf_memo_set - what one hash may be of; read and written without a lock
 * @tags: an octet of the hash of each way, from the lowest on; 0: free. The last one is not used
 * @tag: the same, to be written one by one
 * @words: see above. Those of free ways mean nothing
 */
struct sf_memo_set {
	union {
		__le64 tags;
		u8 tag[8];
	};
	u64 words[SF_MEMO_WAYS];
} __aligned(64);

/**
 * struct sf_memo
 * @sets: each in a cache line
 * @mask: one less than there are sets, which is a power of 2
 */
struct sf_memo {
	struct sf_memo_set *sets;
	u32 mask;
};

/* What was found of a hash, as it was read. */
struct sf_memory {
	struct sf_memo_set *set;	/* NULL: nothing */
	u64 word;
	unsigned int way;
};

int sf_memo_init(struct sf_memo *memo, unsigned int bits);
void sf_memo_clean(struct sf_memo *memo);

static __always_inline struct sf_memo_set *sf_memo_set(const struct sf_memo *memo, u64 hash)
{
	return &memo->sets[hash & memo->mask];
}

/* With its high bit, so that no octet that is not one of these differs from it in that only. */
static __always_inline u8 sf_memo_tag(u64 hash)
{
	return hash >> 56 | 0x80;
}

/* The high bits of the octets that are the numbers of ways that may be of @hash. */
static __always_inline u64 sf_memo_ways(const struct sf_memo_set *set, u64 hash)
{
	return sf_octets8_have(le64_to_cpu(READ_ONCE(set->tags)), sf_memo_tag(hash));
}

/* @hash: all 64 bits are used. */
struct sf_memory sf_memo_find(const struct sf_memo *memo, u64 hash);

/**
 * struct sf_memo_place - where a hash may be, or be put
 * @same: the high bits of the ways that may be of it; 0, nearly always: it is not there
 * @free: the same of those that are free
 */
struct sf_memo_place {
	struct sf_memo_set *set;
	u64 same;
	u64 free;
};

static __always_inline struct sf_memo_place sf_memo_place(const struct sf_memo *memo, u64 hash)
{
	const u64 ways = (1ULL << 8 * SF_MEMO_WAYS) - 1;
	struct sf_memo_set *set = sf_memo_set(memo, hash);
	u64 tags = le64_to_cpu(READ_ONCE(set->tags));

	return (struct sf_memo_place){
		.set = set,
		.same = sf_octets8_have(tags, sf_memo_tag(hash)),
		.free = sf_octets8_zero(tags) & ways,
	};
}

/* ns when it was put there, or up to 2^24 before; later by 78 hours or a multiple. @now: ns */
u64 sf_memory_time(struct sf_memory memory, u64 now);
/* ms since then, of whole units. */
u32 sf_memory_age(struct sf_memory memory, u64 now);

static inline u16 sf_memory_note(struct sf_memory memory)
{
	return memory.word >> SF_MEMO_TIME_BITS & ((1U << SF_MEMO_NOTE_BITS) - 1);
}

/* The way that @hash has, else one that is free, else the oldest. */
unsigned int sf_memo_way(const struct sf_memo_set *set, u64 hash, u64 now);

/*
 * @place: of @hash, from a moment ago. @now: ns, of a clock that goes on. @note: SF_MEMO_NOTE_BITS.
 * It may be called anywhere, as the others may.
 */
static __always_inline void sf_memo_put_at(const struct sf_memo_place *place, u64 hash, u64 now,
					   u16 note)
{
	struct sf_memo_set *set = place->set;
	u64 time = now >> SF_MEMO_TIME_BITS & ((1U << SF_MEMO_TIME_BITS) - 1);
	u64 way;

	if (likely(!place->same && place->free))
		way = __ffs64(place->free) >> 3;
	else
		way = sf_memo_way(set, hash, now);
	WRITE_ONCE(set->words[way], hash >> SF_MEMO_PRINT_SHIFT << SF_MEMO_PRINT_SHIFT |
				    (u64)note << SF_MEMO_TIME_BITS | time);
	WRITE_ONCE(set->tag[way], sf_memo_tag(hash));
}

static __always_inline void sf_memo_put(const struct sf_memo *memo, u64 hash, u64 now, u16 note)
{
	const struct sf_memo_place place = sf_memo_place(memo, hash);

	sf_memo_put_at(&place, hash, now, note);
}

/* Forgets what sf_memo_find() found. */
static inline void sf_memo_forget(struct sf_memory memory)
{
	WRITE_ONCE(memory.set->words[memory.way], 0);
	WRITE_ONCE(memory.set->tag[memory.way], 0);
}

#endif /* SF_MEMO_H */
