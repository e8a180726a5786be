/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the file as written to what sipd works with; tells every mistake of meaning. */
#ifndef SIPD_CONFIG_CHECK_H
#define SIPD_CONFIG_CHECK_H

#include "config/raw.h"
#include "config/report.h"
#include "config/tree.h"

struct cfg_check {
	struct cfg_report *report;
	struct cfg_tree *tree;
	const struct raw_cfg *raw;
	struct cfg *cfg; /* all zero at first */
};

/* Fills check->cfg. 0, also with mistakes told, or -ENOMEM; the caller frees check->cfg always. */
int cfg_check(struct cfg_check *check);
/* The realms: part of cfg_check(). */
int cfg_check_realms(struct cfg_check *check);
/* What realms have to do with each other, once all are filled. */
void cfg_check_next_hops(struct cfg_check *check);
void cfg_check_overlaps(struct cfg_check *check);

#endif
