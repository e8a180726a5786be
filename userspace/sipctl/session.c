// SPDX-License-Identifier: GPL-2.0-or-later
/* "sipctl session": the kernel's sessions, with no daemon between. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sipctl/command.h"
#include "sipctl/listing.h"
#include "sipctl/names.h"
#include "sipctl/parse.h"
#include "sipctl/session_json.h"
#include "sipctl/session_print.h"
#include "sipctl/session_words.h"
#include "sipctl/text.h"

static int write_session(struct ctl *ctl, bool change, int argc, char **argv)
{
	struct sf_session session;
	struct sf_client *client;
	char why[256];
	int err, code;

	if (session_words_parse(&session, change, argc, argv, why, sizeof(why)))
		return ctl_fail(ctl, CTL_USAGE, "%s", why);
	code = ctl_kernel_open(ctl, &client);
	if (code)
		return code;
	err = change ? sf_session_set(client, &session) : sf_session_add(client, &session);
	if (err)
		code = ctl_kernel_fail(ctl, client, err, NULL);
	else if (ctl->json)
		ctl_print_json(ctl, json_pack("{s:o}", "id", session_json_id(session.id)));
	sf_close(client);
	return code;
}

int session_add(struct ctl *ctl, int argc, char **argv)
{
	return write_session(ctl, false, argc, argv);
}

int session_set(struct ctl *ctl, int argc, char **argv)
{
	return write_session(ctl, true, argc, argv);
}

static int read_id(struct ctl *ctl, const char *word, uint64_t *id)
{
	if (!parse_number(word, 1, UINT64_MAX, id))
		return CTL_OK;
	return ctl_fail(ctl, CTL_USAGE, "bad ID \"%s\", session, give a number from 1 up", word);
}

static int del_one(struct ctl *ctl, struct sf_client *client, uint64_t id, json_t *deleted)
{
	struct sf_session last;
	int err = sf_session_del(client, id, &last);

	if (err)
		return ctl_kernel_fail(ctl, client, err, NULL);
	json_array_append_new(deleted, session_json(&last));
	return CTL_OK;
}

int session_del(struct ctl *ctl, int argc, char **argv)
{
	json_t *deleted = json_array();
	struct sf_client *client;
	uint64_t id;
	int code = CTL_OK;

	/* All or none of them is good: a slip of the pen deletes nothing. */
	for (int i = 0; i < argc && !code; i++)
		code = read_id(ctl, argv[i], &id);
	if (!code)
		code = ctl_kernel_open(ctl, &client);
	if (code) {
		json_decref(deleted);
		return code;
	}
	for (int i = 0; i < argc; i++) {
		int one;

		parse_number(argv[i], 1, UINT64_MAX, &id);
		one = del_one(ctl, client, id, deleted);
		code = code ? code : one;
	}
	sf_close(client);
	if (ctl->json)
		ctl_print_json(ctl, json_pack("{s:O}", "deleted", deleted));
	json_decref(deleted);
	return code;
}

/* [owner OWNER]; *@result is NULL without it. */
static int read_owner(struct ctl *ctl, int argc, char **argv, uint32_t *owner,
		      const uint32_t **result)
{
	*result = NULL;
	if (!argc)
		return CTL_OK;
	if (strcmp(argv[0], "owner") || argc != 2)
		return ctl_usage(ctl, "unknown or missing word");
	if (parse_owner(argv[1], owner))
		return ctl_fail(ctl, CTL_USAGE,
				"bad owner \"%s\", owner, give operator, sipd or a number",
				argv[1]);
	*result = owner;
	return CTL_OK;
}

int session_flush(struct ctl *ctl, int argc, char **argv)
{
	struct sf_client *client;
	const uint32_t *filter;
	uint32_t owner;
	int err, code;

	code = read_owner(ctl, argc, argv, &owner, &filter);
	if (!code)
		code = ctl_kernel_open(ctl, &client);
	if (code)
		return code;
	err = sf_session_flush(client, filter);
	if (err)
		code = ctl_kernel_fail(ctl, client, err, "sessions");
	else if (ctl->json)
		ctl_print_json(ctl, json_object());
	sf_close(client);
	return code;
}

static int list_json(const struct sf_session *session, void *arg)
{
	struct listing *listing = arg;

	json_array_append_new(listing->array, session_json(session));
	return 0;
}

static int list_row(const struct sf_session *session, void *arg)
{
	struct listing *listing = arg;
	struct table *table = &listing->table;
	uint64_t rx = 0, tx = 0, rejected = 0;
	int64_t lost = 0;

	for (unsigned int i = 0; i < session->nendpoints; i++) {
		const struct sf_endpoint *ep = &session->endpoints[i];

		rx += ep->rx.packets;
		tx += ep->tx.packets;
		lost += ep->rx.lost;
		rejected += ep->rx.bad_source + ep->rx.malformed;
	}
	table_cell(table, "%" PRIu64, session->id);
	table_take(table, name_owner(session->owner));
	table_cell(table, "%u", session->nendpoints);
	table_take(table,
		   session->timeout_ms ? text_duration(session->timeout_ms) : text_format("never"));
	table_take(table, text_duration(session->age_ms));
	table_take(table, text_duration(session->idle_ms));
	table_cell(table, "%" PRIu64, rx);
	table_cell(table, "%" PRId64, lost);
	table_cell(table, "%" PRIu64, rejected);
	table_cell(table, "%" PRIu64, tx);
	return 0;
}

static const char *const list_heads[] = {
	">ID",	     "OWNER", ">ENDPOINTS", ">TIMEOUT", ">AGE", ">IDLE",
	">RECEIVED", ">LOST", ">REJECTED",  ">SENT",	NULL,
};

static int dump(struct sf_client *client, struct listing *listing)
{
	return sf_session_dump(client, listing->filter, listing->ctl->json ? list_json : list_row,
			       listing);
}

int session_list(struct ctl *ctl, int argc, char **argv)
{
	struct listing listing = { .name = "sessions", .heads = list_heads, .dump = dump };
	const uint32_t *filter;
	uint32_t owner;
	int code;

	code = read_owner(ctl, argc, argv, &owner, &filter);
	listing.filter = filter;
	return code ? code : listing_print(ctl, &listing);
}

int session_show(struct ctl *ctl, int argc, char **argv)
{
	struct sf_session session = { 0 };
	struct sf_client *client;
	uint64_t id;
	int err, code;

	(void)argc;
	code = read_id(ctl, argv[0], &id);
	if (!code)
		code = ctl_kernel_open(ctl, &client);
	if (code)
		return code;
	err = sf_session_get(client, id, &session);
	if (err)
		code = ctl_kernel_fail(ctl, client, err, NULL);
	else if (ctl->json)
		ctl_print_json(ctl, json_pack("{s:o}", "session", session_json(&session)));
	else
		session_print(&session, stdout);
	sf_close(client);
	return code;
}

static int complete_id(const struct sf_session *session, void *arg)
{
	(void)arg;
	printf("%" PRIu64 "\n", session->id);
	return 0;
}

void session_complete_ids(struct ctl *ctl, int argc, char **argv)
{
	struct sf_client *client;

	(void)ctl;
	(void)argc;
	(void)argv;
	if (sf_open(&client))
		return;
	sf_session_dump(client, NULL, complete_id, NULL);
	sf_close(client);
}

void session_complete_id(struct ctl *ctl, int argc, char **argv)
{
	if (!argc)
		session_complete_ids(ctl, argc, argv);
}

void session_complete_owner(struct ctl *ctl, int argc, char **argv)
{
	(void)ctl;
	(void)argv;
	if (argc < 2)
		puts(argc ? "operator\nsipd" : "owner");
}

void session_complete_add(struct ctl *ctl, int argc, char **argv)
{
	(void)ctl;
	session_words_complete(false, argc, argv, stdout);
}

void session_complete_set(struct ctl *ctl, int argc, char **argv)
{
	if (!argc)
		session_complete_ids(ctl, argc, argv);
	else
		session_words_complete(true, argc, argv, stdout);
}
