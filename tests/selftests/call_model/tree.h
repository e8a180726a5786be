/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What remains to be tried: the beginnings of runs. A run that has ended adds, for each choice that
 * it took by default, one beginning for each other thing that might have been chosen.
 */
#ifndef CALL_MODEL_TREE_H
#define CALL_MODEL_TREE_H

#include "../../model/world.h"

struct beginning {
	struct beginning *next;
	const struct model_scenario *scenario;
	unsigned int planned;
	uint8_t chosen[];
};

/* All exit when there is no memory. */
void tree_plant(const struct model_scenario *scenario);
void tree_grow(const struct model_world *ended);
/* The caller frees it; NULL: nothing is left at present. */
struct beginning *tree_take(void);

#endif
