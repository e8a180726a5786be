/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The word somebody may have meant. */
#ifndef SIPD_CONFIG_NEAR_H
#define SIPD_CONFIG_NEAR_H

struct near {
	const char *word; /* what was written */
	const char *best; /* the nearest candidate so far, NULL: none is near */
	unsigned int distance;
};

void near_init(struct near *near, const char *word);
/* @candidate is borrowed. */
void near_offer(struct near *near, const char *candidate);

#endif
