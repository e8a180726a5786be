/* SPDX-License-Identifier: GPL-2.0 */
/* SIP messages by what they are, whom they are from and what became of them. */
#ifndef SF_SIP_STATS_H
#define SF_SIP_STATS_H

#include <linux/percpu.h>
#include <linux/sipfast.h>

#define SF_SIP_KINDS	(SIPFAST_SIP_MAX + 1)
#define SF_ALL_CLASSES	(SIPFAST_CLASS_MAX + 1)
#define SF_VERDICTS	(SIPFAST_VERDICT_MAX + 1)

/* One place of all. */
struct sf_sip_cell {
	u8 kind;
	u8 class;
	u8 verdict;
	bool observed;
};

#define SF_SIP_CELLS	(SF_SIP_KINDS * SF_ALL_CLASSES * SF_VERDICTS * 2)

/* Of one CPU, written by it only, read by all. */
struct sf_sip_stats {
	u64 value[SF_SIP_KINDS][SF_ALL_CLASSES][SF_VERDICTS][2];
};

/* The cell with a number below SF_SIP_CELLS, and its sum over all CPUs. */
u64 sf_sip_stats_get(const struct sf_sip_stats __percpu *stats, unsigned int n,
		     struct sf_sip_cell *cell);

#endif /* SF_SIP_STATS_H */
