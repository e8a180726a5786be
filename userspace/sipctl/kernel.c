// SPDX-License-Identifier: GPL-2.0-or-later
/* "sipctl kernel status" and "stats". */
#include <inttypes.h>
#include <stdio.h>

#include "sipctl/command.h"
#include "sipctl/table.h"

static json_t *status_json(const struct sf_status *status)
{
	json_t *object = json_object();

	json_object_set_new(object, "version", json_string(status->version));
	json_object_set_new(object, "ranges", json_integer(status->ranges));
	json_object_set_new(object, "sessions", json_integer(status->sessions));
	json_object_set_new(object, "endpoints", json_integer(status->endpoints));
	return object;
}

int kernel_status(struct ctl *ctl, int argc, char **argv)
{
	struct sf_client *client;
	struct sf_status status;
	int err, code;

	(void)argc;
	(void)argv;
	code = ctl_kernel_open(ctl, &client);
	if (code)
		return code;
	err = sf_status_get(client, &status);
	if (err)
		code = ctl_kernel_fail(ctl, client, err, "status");
	else if (ctl->json)
		ctl_print_json(ctl, status_json(&status));
	else
		printf("version    %s\n"
		       "ranges     %" PRIu32 "\n"
		       "sessions   %" PRIu32 "\n"
		       "endpoints  %" PRIu32 "\n",
		       status.version, status.ranges, status.sessions, status.endpoints);
	sf_close(client);
	return code;
}

struct stats {
	bool all;
	json_t *list;
	struct table table;
};

static int add_counter(const struct sf_counter *counter, void *arg)
{
	struct stats *stats = arg;

	json_array_append_new(stats->list, json_pack("{s:s, s:I}", "name", counter->name, "packets",
						     (json_int_t)counter->packets));
	if (!counter->packets && !stats->all)
		return 0;
	table_cell(&stats->table, "%s", counter->name);
	table_cell(&stats->table, "%" PRIu64, counter->packets);
	return 0;
}

int kernel_stats(struct ctl *ctl, int argc, char **argv)
{
	static const char *const heads[] = { "COUNTER", ">PACKETS", NULL };
	struct stats stats = { .all = ctl->all };
	struct sf_client *client;
	int err, code;

	(void)argc;
	(void)argv;
	code = ctl_kernel_open(ctl, &client);
	if (code)
		return code;
	stats.list = json_array();
	table_init(&stats.table, heads);
	err = sf_counter_dump(client, add_counter, &stats);
	if (err)
		code = ctl_kernel_fail(ctl, client, err, "counters");
	else if (ctl->json)
		ctl_print_json(ctl, json_pack("{s:O}", "counters", stats.list));
	else
		table_print(&stats.table, stdout);
	sf_close(client);
	table_clean(&stats.table);
	json_decref(stats.list);
	return code;
}
