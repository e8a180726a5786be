// SPDX-License-Identifier: GPL-2.0-or-later
/* "sipctl kernel stats": packets, and messages of SIP, by what became of them. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "libsipfast/libsipfast_sip.h"
#include "sipctl/command.h"
#include "sipctl/names.h"
#include "sipctl/sip_names.h"
#include "sipctl/table.h"

#define KINDS (SIPFAST_SIP_MAX + 1)
#define CLASSES (SIPFAST_CLASS_MAX + 1)
#define VERDICTS (SIPFAST_VERDICT_MAX + 1)

struct stats {
	const struct ctl *ctl;
	json_t *counters;
	struct table table;
	json_t *sip;
	uint64_t by_kind[2][KINDS][VERDICTS]; /* [1]: would have been */
	uint64_t by_class[2][CLASSES][VERDICTS];
};

static int add_counter(const struct sf_counter *counter, void *arg)
{
	struct stats *stats = arg;

	json_array_append_new(stats->counters, json_pack("{s:s, s:I}", "name", counter->name,
							 "packets", (json_int_t)counter->packets));
	if (!counter->packets && !stats->ctl->all)
		return 0;
	table_cell(&stats->table, "%s", counter->name);
	table_cell(&stats->table, "%" PRIu64, counter->packets);
	return 0;
}

/* What a newer module counts by other names is in the document only. */
static int add_sip_counter(const struct sf_sip_counter *counter, void *arg)
{
	struct stats *stats = arg;

	json_array_append_new(stats->sip, json_pack("{s:s, s:s, s:s, s:b, s:I}", "kind",
						    name_of(kind_names, counter->kind), "class",
						    name_of(class_names, counter->class), "verdict",
						    name_of(verdict_names, counter->verdict),
						    "observed", counter->observed, "messages",
						    (json_int_t)counter->messages));
	if (counter->kind >= KINDS || counter->class >= CLASSES || counter->verdict >= VERDICTS)
		return 0;
	stats->by_kind[counter->observed][counter->kind][counter->verdict] += counter->messages;
	stats->by_class[counter->observed][counter->class][counter->verdict] += counter->messages;
	return 0;
}

static int dump(struct sf_client *client, struct stats *stats)
{
	int err = sf_counter_dump(client, add_counter, stats);

	if (err)
		return err;
	err = sf_sip_counter_dump(client, add_sip_counter, stats);
	return err == -EOPNOTSUPP ? 0 : err; /* of an older module */
}

/* --- tables of SIP ------------------------------------------------------------------------- */

static const char *const verdict_heads[VERDICTS] = {
	[SIPFAST_VERDICT_ACCEPT] = ">ACCEPT",
	[SIPFAST_VERDICT_KEEPALIVE] = ">KEEPALIVE",
	[SIPFAST_VERDICT_ABSORBED] = ">ABSORBED",
	[SIPFAST_VERDICT_BANNED] = ">BANNED",
	[SIPFAST_VERDICT_RULE] = ">RULE",
	[SIPFAST_VERDICT_MALFORMED] = ">MALFORMED",
	[SIPFAST_VERDICT_LIMIT_SOURCE] = ">LIMIT-SOURCE",
	[SIPFAST_VERDICT_LIMIT_PREFIX] = ">LIMIT-PREFIX",
	[SIPFAST_VERDICT_LIMIT_GLOBAL] = ">LIMIT-GLOBAL",
	[SIPFAST_VERDICT_NOT_REPEATED] = ">NOT-REPEATED",
	[SIPFAST_VERDICT_OVERLOAD] = ">OVERLOAD",
	[SIPFAST_VERDICT_REJECTED] = ">REJECTED",
	[SIPFAST_VERDICT_NO_MEMORY] = ">NO-MEMORY",
};

/* The rows of @cells and their names, and the verdicts that any of them has. */
struct grid {
	const char *head;
	const char *const *names;
	unsigned int nrows;
	const uint64_t (*cells)[VERDICTS];
};

static bool column_used(const struct grid *grid, unsigned int verdict)
{
	for (unsigned int row = 0; row < grid->nrows; row++)
		if (grid->cells[row][verdict])
			return true;
	return false;
}

static bool row_used(const struct grid *grid, unsigned int row)
{
	for (unsigned int verdict = 0; verdict < VERDICTS; verdict++)
		if (grid->cells[row][verdict])
			return true;
	return false;
}

/* After an empty line; nothing when all is 0. */
static void print_grid(const struct grid *grid)
{
	const char *heads[VERDICTS + 2] = { grid->head };
	unsigned int columns[VERDICTS], n = 0;
	struct table table;

	for (unsigned int verdict = 0; verdict < VERDICTS; verdict++) {
		if (!column_used(grid, verdict))
			continue;
		columns[n++] = verdict;
		heads[n] = verdict_heads[verdict];
	}
	if (!n)
		return;
	table_init(&table, heads);
	for (unsigned int row = 0; row < grid->nrows; row++) {
		if (!row_used(grid, row))
			continue;
		table_cell(&table, "%s", grid->names[row]);
		for (unsigned int i = 0; i < n; i++)
			table_cell(&table, "%" PRIu64, grid->cells[row][columns[i]]);
	}
	putchar('\n');
	table_print(&table, stdout);
	table_clean(&table);
}

static void print_stats(const struct stats *stats)
{
	const struct grid grids[] = {
		{ "SIP", kind_names, KINDS, stats->by_kind[0] },
		{ "FROM", class_names, CLASSES, stats->by_class[0] },
		{ "SIP WOULD HAVE", kind_names, KINDS, stats->by_kind[1] },
		{ "FROM WOULD HAVE", class_names, CLASSES, stats->by_class[1] },
	};

	table_print(&stats->table, stdout);
	for (size_t i = 0; i < sizeof(grids) / sizeof(grids[0]); i++)
		print_grid(&grids[i]);
}

int kernel_stats(struct ctl *ctl, int argc, char **argv)
{
	static const char *const heads[] = { "COUNTER", ">PACKETS", NULL };
	struct stats stats = { .ctl = ctl, .counters = json_array(), .sip = json_array() };
	struct sf_client *client;
	int err, code;

	(void)argc;
	(void)argv;
	table_init(&stats.table, heads);
	code = ctl_kernel_open(ctl, &client);
	if (!code) {
		err = dump(client, &stats);
		if (err)
			code = ctl_kernel_fail(ctl, client, err, "counters");
		else if (ctl->json)
			ctl_print_json(ctl, json_pack("{s:O, s:O}", "counters", stats.counters,
						      "sip", stats.sip));
		else
			print_stats(&stats);
		sf_close(client);
	}
	table_clean(&stats.table);
	json_decref(stats.counters);
	json_decref(stats.sip);
	return code;
}
