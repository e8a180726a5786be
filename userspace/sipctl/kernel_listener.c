// SPDX-License-Identifier: GPL-2.0-or-later
/* "sipctl kernel listener": where SIP is inspected. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "sipctl/command.h"
#include "sipctl/listing.h"
#include "sipctl/names.h"
#include "sipctl/parse.h"
#include "sipctl/sip_names.h"
#include "sipctl/sip_parse.h"
#include "sipctl/sip_warning.h"

static int read_mode(void *object, const char *value)
{
	struct sf_listener *listener = object;
	int mode = name_find(inspect_names, value);

	if (mode < 0)
		return mode;
	listener->mode = mode;
	listener->has |= SF_LISTENER_MODE;
	return 0;
}

/* Nobody needs to know the key: whoever has the sockets tells the workers by their marks. */
static int read_workers(void *object, const char *value)
{
	struct sf_listener *listener = object;
	uint64_t workers;

	if (parse_number(value, 0, SIPFAST_MAX_WORKERS, &workers))
		return -EINVAL;
	if (getrandom(listener->hash_key, sizeof(listener->hash_key), 0) !=
	    (ssize_t)sizeof(listener->hash_key))
		return -EINVAL;
	listener->workers = workers;
	listener->has |= SF_LISTENER_WORKERS;
	return 0;
}

static int read_load(void *object, const char *value)
{
	struct sf_listener *listener = object;

	if (parse_percent(value, 0, &listener->load))
		return -EINVAL;
	listener->has |= SF_LISTENER_LOAD;
	return 0;
}

#define MODE                                                                \
	{                                                                   \
		"mode", "off, observe or enforce", inspect_names, read_mode \
	}
#define WORKERS                                                    \
	{                                                          \
		"workers", "a number up to 64", NULL, read_workers \
	}

static const struct keyword add_keywords[] = { MODE, WORKERS, { .name = NULL } };
static const struct keyword set_keywords[] = {
	MODE,
	WORKERS,
	{ "load", "a percentage", NULL, read_load },
	{ .name = NULL },
};

static int read_words(struct ctl *ctl, const struct keyword *keywords, int argc, char **argv,
		      struct sf_listener *listener)
{
	struct why why = { .where = argv[0] };

	if (parse_listener(argv[0], listener))
		return ctl_fail(ctl, CTL_USAGE,
				"bad listener \"%s\", listener, give TRANSPORT:ADDRESS:PORT such "
				"as udp:10.0.1.1:5060 or tls:[2001:db8::1]:5061",
				argv[0]);
	if (keywords && words_read(keywords, listener, argc - 1, argv + 1, &why))
		return ctl_fail(ctl, CTL_USAGE, "%s", why.text);
	return CTL_OK;
}

/* @warn: of what stands in the way. */
static int change(struct ctl *ctl, const struct sf_listener *listener, bool warn,
		  int (*write)(struct sf_client *client, const struct sf_listener *listener))
{
	char *name = name_listener(listener);
	struct sf_client *client;
	json_t *document;
	int err, code;

	code = ctl_kernel_open(ctl, &client);
	if (code) {
		free(name);
		return code;
	}
	err = write(client, listener);
	if (err) {
		code = ctl_kernel_fail(ctl, client, err, name);
	} else {
		document = warn ? sip_warnings(ctl) : json_object();
		json_object_set_new(document, "listener", json_string(name));
		if (ctl->json)
			ctl_print_json(ctl, document);
		else
			json_decref(document);
	}
	sf_close(client);
	free(name);
	return code;
}

int kernel_listener_add(struct ctl *ctl, int argc, char **argv)
{
	struct sf_listener listener = { 0 };
	int code = read_words(ctl, add_keywords, argc, argv, &listener);

	return code ? code : change(ctl, &listener, true, sf_listener_add);
}

int kernel_listener_set(struct ctl *ctl, int argc, char **argv)
{
	struct sf_listener listener = { 0 };
	int code = read_words(ctl, set_keywords, argc, argv, &listener);

	return code ? code : change(ctl, &listener, false, sf_listener_set);
}

int kernel_listener_del(struct ctl *ctl, int argc, char **argv)
{
	struct sf_listener listener = { 0 };
	int code = read_words(ctl, NULL, argc, argv, &listener);

	return code ? code : change(ctl, &listener, false, sf_listener_del);
}

/* --- the list ------------------------------------------------------------------------------ */

static int list_json(const struct sf_listener *listener, void *arg)
{
	bool has_connections = listener->has & SF_LISTENER_CONNECTIONS;
	bool has_load = listener->has & SF_LISTENER_LOAD;
	struct listing *listing = arg;
	json_t *object = json_object();

	json_object_set_new(object, "listener", ctl_json_text(name_listener(listener)));
	json_object_set_new(object, "mode", json_string(name_of(inspect_names, listener->mode)));
	json_object_set_new(object, "level", json_string(name_of(level_names, listener->level)));
	json_object_set_new(object, "workers", json_integer(listener->workers));
	json_object_set_new(object, "queue", json_integer(listener->queue));
	json_object_set_new(object, "load", has_load ? json_integer(listener->load) : json_null());
	json_object_set_new(object, "messages", json_integer(listener->messages));
	json_object_set_new(object, "dropped", json_integer(listener->dropped));
	json_object_set_new(object, "connections",
			    has_connections ? json_integer(listener->connections) : json_null());
	json_array_append_new(listing->array, object);
	return 0;
}

static int list_row(const struct sf_listener *listener, void *arg)
{
	struct listing *listing = arg;
	struct table *table = &listing->table;

	table_take(table, name_listener(listener));
	table_cell(table, "%s", name_of(inspect_names, listener->mode));
	table_cell(table, "%s", name_of(level_names, listener->level));
	table_cell(table, "%u", listener->workers);
	table_cell(table, "%u%%", listener->queue);
	if (listener->has & SF_LISTENER_LOAD)
		table_cell(table, "%u%%", listener->load);
	else
		table_cell(table, "-");
	table_cell(table, "%" PRIu64, listener->messages);
	table_cell(table, "%" PRIu64, listener->dropped);
	if (listener->has & SF_LISTENER_CONNECTIONS)
		table_cell(table, "%" PRIu32, listener->connections);
	else
		table_cell(table, "-");
	return 0;
}

static const char *const heads[] = {
	"LISTENER", "MODE",	 "LEVEL",    ">WORKERS",     ">QUEUE",
	">LOAD",    ">MESSAGES", ">DROPPED", ">CONNECTIONS", NULL,
};

static int dump(struct sf_client *client, struct listing *listing)
{
	return sf_listener_dump(client, listing->ctl->json ? list_json : list_row, listing);
}

int kernel_listener_list(struct ctl *ctl, int argc, char **argv)
{
	struct listing listing = {
		.name = "listeners", .heads = heads, .dump = dump, .more = sip_warnings(ctl)
	};

	(void)argc;
	(void)argv;
	return listing_print(ctl, &listing);
}

/* --- completion ---------------------------------------------------------------------------- */

static int complete_one(const struct sf_listener *listener, void *arg)
{
	char *name = name_listener(listener);

	(void)arg;
	puts(name);
	free(name);
	return 0;
}

void kernel_listener_complete_add(struct ctl *ctl, int argc, char **argv)
{
	(void)ctl;
	if (argc)
		words_complete(add_keywords, argc - 1, argv + 1);
}

void kernel_listener_complete_del(struct ctl *ctl, int argc, char **argv)
{
	struct sf_client *client;

	(void)ctl;
	(void)argv;
	if (argc || sf_open(&client))
		return;
	sf_listener_dump(client, complete_one, NULL);
	sf_close(client);
}

void kernel_listener_complete_set(struct ctl *ctl, int argc, char **argv)
{
	if (argc)
		words_complete(set_keywords, argc - 1, argv + 1);
	else
		kernel_listener_complete_del(ctl, argc, argv);
}
