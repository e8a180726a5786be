/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How busy a loop is: the share of its time that it does not wait. One thread. */
#ifndef SIPD_BASE_LOAD_H
#define SIPD_BASE_LOAD_H

#include <stdint.h>

/* Times in nanoseconds of one monotonic clock. */
#define LOAD_INTERVAL_NS UINT64_C(1000000000)

struct load {
	uint64_t since_ns; /* begin of the interval that is being measured */
	uint64_t busy_ns; /* in it */
	unsigned int percent; /* of the interval before */
};

static inline void load_init(struct load *load, uint64_t now_ns)
{
	*load = (struct load){ .since_ns = now_ns };
}

/* Ends the interval when it has lasted long enough; it is longer when nothing happened. */
static inline void load_tick(struct load *load, uint64_t now_ns)
{
	uint64_t elapsed = now_ns - load->since_ns;

	if (elapsed < LOAD_INTERVAL_NS)
		return;
	load->percent = (unsigned int)(100 * load->busy_ns / elapsed);
	load->since_ns = now_ns;
	load->busy_ns = 0;
}

/* Work went on from @begin_ns, not before the last tick, to @end_ns. */
static inline void load_busy(struct load *load, uint64_t begin_ns, uint64_t end_ns)
{
	load->busy_ns += end_ns - begin_ns;
	load_tick(load, end_ns);
}

#endif
