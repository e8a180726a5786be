// SPDX-License-Identifier: GPL-2.0
#include "crowd.h"

#include "message.h"

/* ns that the crowd is held back for after it was too big. */
#define HOLD		(5 * NSEC_PER_SEC)
/* log2 of how many refused ones count as one: a single source is held by its own limit. */
#define REFUSED_SHIFT	3
/* ms after which something that comes again was repeated for want of an answer (T1 is 500). */
#define REPEAT_MIN	100

/* One more comes this way. True: they are too many, and will be for a while. */
static bool grow(struct sf_crowd *crowd, enum sf_crowd_way way, const struct sf_rate *limit,
		 u64 now)
{
	const struct sf_rate rate = {
		.interval = limit->interval >> (way == SF_CROWD_REFUSED ? REFUSED_SHIFT : 0),
		.tolerance = min_t(u64, limit->tolerance, SF_CROWD_BURST),
	};

	if (sf_rate_take(&crowd->arriving[way], &rate, now))
		return false;
	WRITE_ONCE(crowd->until[way == SF_CROWD_REPEATING], now + HOLD);
	return true;
}

/* How often one has to repeat himself. */
static u8 wanted(const struct sf_crowd *crowd, u64 now)
{
	if (!sf_crowd_is_big(crowd, now))
		return 0;
	return now < READ_ONCE(crowd->until[1]) ? 2 : 1;
}

/* What is the same of whoever says it is no repetition. */
static u64 first_of(const struct sf_message *m)
{
	return sip_hash_mix(m->request ^ m->sip->key.word[1],
			    m->host ^ (__force u16)m->peer.port);
}

static void remember(const struct sf_message *m, u8 repeats)
{
	if (m->has_request)
		sf_memo_put(&m->sip->firsts, first_of(m), m->now, repeats);
}

bool sf_crowd_holds_back(struct sf_crowd *crowd, const struct sf_message *m,
			 const struct sf_rate *limit)
{
	struct sf_memory memory = {};
	u8 repeated, repeats;

	if (m->has_request)
		memory = sf_memo_find(&m->sip->firsts, first_of(m));
	repeated = memory.set ? sf_memory_note(memory) : 0;
	repeats = repeated;
	if (memory.set && sf_memory_age(memory, m->now) >= REPEAT_MIN)
		repeats++;
	grow(crowd, repeats ? SF_CROWD_REPEATING : SF_CROWD_FIRST, limit, m->now);
	if (repeats >= wanted(crowd, m->now)) {
		/* The next one has to be repeated again. */
		remember(m, 0);
		return false;
	}
	if (!memory.set || repeats > repeated)
		remember(m, repeats);
	return true;
}

void sf_crowd_begins(struct sf_crowd *crowd, const struct sf_message *m)
{
	WRITE_ONCE(crowd->until[0], m->now + HOLD);
	remember(m, 0);
}

void sf_crowd_refused(struct sf_crowd *crowd, const struct sf_message *m,
		      const struct sf_rate *limit)
{
	grow(crowd, SF_CROWD_REFUSED, limit, m->now);
}
