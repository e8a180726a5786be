// SPDX-License-Identifier: GPL-2.0-or-later
/* "sipctl kernel range": the ports that the module owns. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "sipctl/command.h"
#include "sipctl/listing.h"
#include "sipctl/names.h"
#include "sipctl/parse.h"

static json_t *range_json(const struct sf_range *range)
{
	json_t *object = json_object();
	char *host = name_host(&range->addr);

	json_object_set_new(object, "address", json_string(host));
	free(host);
	json_object_set_new(object, "port_min", json_integer(range->port_min));
	json_object_set_new(object, "port_max", json_integer(range->port_max));
	json_object_set_new(object, "endpoints", json_integer(range->endpoints));
	json_object_set_new(object, "unknown", json_integer(range->unknown));
	return object;
}

static int change(struct ctl *ctl, const char *word,
		  int (*write)(struct sf_client *client, const struct sf_range *range))
{
	struct sf_client *client;
	struct sf_range range;
	int err, code;

	if (parse_range(word, &range))
		return ctl_fail(ctl, CTL_USAGE,
				"bad range \"%s\", ports, give ADDRESS:MIN-MAX such as "
				"10.0.1.1:30000-39999 or [2001:db8::1]:30000-39999",
				word);
	code = ctl_kernel_open(ctl, &client);
	if (code)
		return code;
	err = write(client, &range);
	if (err)
		code = ctl_kernel_fail(ctl, client, err, word);
	else if (ctl->json)
		ctl_print_json(ctl, json_pack("{s:s}", "range", word));
	sf_close(client);
	return code;
}

int kernel_range_add(struct ctl *ctl, int argc, char **argv)
{
	(void)argc;
	return change(ctl, argv[0], sf_range_add);
}

int kernel_range_del(struct ctl *ctl, int argc, char **argv)
{
	(void)argc;
	return change(ctl, argv[0], sf_range_del);
}

static int list_json(const struct sf_range *range, void *arg)
{
	struct listing *listing = arg;

	json_array_append_new(listing->array, range_json(range));
	return 0;
}

static int list_row(const struct sf_range *range, void *arg)
{
	struct listing *listing = arg;
	struct table *table = &listing->table;

	table_take(table, name_range(range));
	table_cell(table, "%d", range->port_max - range->port_min + 1);
	table_cell(table, "%" PRIu32, range->endpoints);
	table_cell(table, "%" PRIu64, range->unknown);
	return 0;
}

static int dump(struct sf_client *client, struct listing *listing)
{
	return sf_range_dump(client, listing->ctl->json ? list_json : list_row, listing);
}

int kernel_range_list(struct ctl *ctl, int argc, char **argv)
{
	static const char *const heads[] = { "RANGE", ">PORTS", ">ENDPOINTS", ">UNKNOWN", NULL };
	struct listing listing = { .name = "ranges", .heads = heads, .dump = dump };

	(void)argc;
	(void)argv;
	return listing_print(ctl, &listing);
}

static int complete_range(const struct sf_range *range, void *arg)
{
	char *name = name_range(range);

	(void)arg;
	puts(name);
	free(name);
	return 0;
}

void kernel_range_complete(struct ctl *ctl, int argc, char **argv)
{
	struct sf_client *client;

	(void)ctl;
	(void)argv;
	if (argc || sf_open(&client))
		return;
	sf_range_dump(client, complete_range, NULL);
	sf_close(client);
}
