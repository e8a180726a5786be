// SPDX-License-Identifier: GPL-2.0-or-later
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "tree.h"

static struct beginning *first;

static void add(const struct model_scenario *scenario, const uint8_t *chosen, unsigned int planned)
{
	struct beginning *beginning = malloc(sizeof(*beginning) + planned);

	if (!beginning)
		err(2, "malloc");
	beginning->scenario = scenario;
	beginning->planned = planned;
	if (planned)
		memcpy(beginning->chosen, chosen, planned);
	beginning->next = first;
	first = beginning;
}

void tree_plant(const struct model_scenario *scenario)
{
	add(scenario, NULL, 0);
}

void tree_grow(const struct model_world *ended)
{
	uint8_t chosen[MODEL_STEPS];

	memcpy(chosen, ended->chosen, sizeof(chosen));
	for (unsigned int i = ended->planned; i < ended->step; i++) {
		for (unsigned int other = 1; other < ended->options[i]; other++) {
			chosen[i] = other;
			add(ended->scenario, chosen, i + 1);
		}
		chosen[i] = 0;
	}
}

struct beginning *tree_take(void)
{
	struct beginning *beginning = first;

	if (beginning)
		first = beginning->next;
	return beginning;
}
