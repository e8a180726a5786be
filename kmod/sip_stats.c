// SPDX-License-Identifier: GPL-2.0
#include "sip_stats.h"

u64 sf_sip_stats_get(const struct sf_sip_stats __percpu *stats, unsigned int n,
		     struct sf_sip_cell *cell)
{
	u64 sum = 0;
	int cpu;

	cell->observed = n % 2;
	cell->verdict = n / 2 % SF_VERDICTS;
	cell->class = n / (2 * SF_VERDICTS) % SF_ALL_CLASSES;
	cell->kind = n / (2 * SF_VERDICTS * SF_ALL_CLASSES);
	for_each_possible_cpu(cpu) {
		const struct sf_sip_stats *of_cpu = per_cpu_ptr(stats, cpu);

		sum += READ_ONCE(of_cpu->value[cell->kind][cell->class][cell->verdict]
					      [cell->observed]);
	}
	return sum;
}
