// SPDX-License-Identifier: GPL-2.0-or-later
/* "sipctl kernel status" and "stats". */
#include <inttypes.h>
#include <stdio.h>

#include "sipctl/command.h"
#include "sipctl/listing.h"

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

static int add_counter(const struct sf_counter *counter, void *arg)
{
	struct listing *listing = arg;

	json_array_append_new(listing->array, json_pack("{s:s, s:I}", "name", counter->name,
							"packets", (json_int_t)counter->packets));
	if (!counter->packets && !listing->ctl->all)
		return 0;
	table_cell(&listing->table, "%s", counter->name);
	table_cell(&listing->table, "%" PRIu64, counter->packets);
	return 0;
}

static int dump(struct sf_client *client, struct listing *listing)
{
	return sf_counter_dump(client, add_counter, listing);
}

int kernel_stats(struct ctl *ctl, int argc, char **argv)
{
	static const char *const heads[] = { "COUNTER", ">PACKETS", NULL };
	struct listing listing = { .name = "counters", .heads = heads, .dump = dump };

	(void)argc;
	(void)argv;
	return listing_print(ctl, &listing);
}
