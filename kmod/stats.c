// SPDX-License-Identifier: GPL-2.0
#include "stats.h"

const char *sf_stats_name(enum sf_counter counter)
{
	static const char * const names[] = {
#define SF_COUNTER_NAME(id, name) [SF_##id] = name,
		SF_COUNTERS(SF_COUNTER_NAME)
#undef SF_COUNTER_NAME
	};

	return names[counter];
}

u64 sf_stats_sum(const struct sf_stats __percpu *stats, enum sf_counter counter)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(stats, cpu)->value[counter]);
	return sum;
}
