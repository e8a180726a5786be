// SPDX-License-Identifier: GPL-2.0-or-later
#include "sipctl/call_print.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "sipctl/field.h"
#include "sipctl/table.h"
#include "sipctl/text.h"

void call_print_list(const json_t *result)
{
	static const char *const heads[] = { "CALL",  "STATE",	   "FROM",  "TO",     "IN", "OUT",
					     "START", ">DURATION", ">CODE", "REASON", NULL };
	struct table table;
	json_t *call;
	size_t i;

	table_init(&table, heads);
	json_array_foreach(json_object_get(result, "calls"), i, call) {
		table_cell(&table, "%s", field_text(call, "id"));
		table_cell(&table, "%s", field_text(call, "state"));
		table_cell(&table, "%s", field_text(call, "from"));
		table_cell(&table, "%s", field_text(call, "to"));
		table_cell(&table, "%s", field_text(call, "realm_in"));
		table_cell(&table, "%s", field_text(call, "realm_out"));
		table_take(&table, text_time(json_number_value(json_object_get(call, "start"))));
		table_take(&table, text_duration(field_int(call, "duration_ms")));
		if (field_int(call, "code"))
			table_cell(&table, "%lld", field_int(call, "code"));
		else
			table_cell(&table, "%s", "");
		table_cell(&table, "%s", field_text(call, "reason"));
	}
	table_print(&table, stdout);
	table_clean(&table);
	field_print_omitted(result);
}

static void print_line(const char *label, const char *text)
{
	char *safe = text_escape(*text ? text : "-");

	printf("%-9s %s\n", label, safe);
	free(safe);
}

static void print_duration(const char *label, const json_t *call, const char *key)
{
	char *text;

	if (!json_is_number(json_object_get(call, key)))
		return;
	text = text_duration(field_int(call, key));
	print_line(label, text);
	free(text);
}

static void print_tags(const json_t *leg)
{
	char *tags = text_format("%s local, %s remote", field_text(leg, "local_tag"),
				 field_text(leg, "remote_tag"));

	print_line("  tags", tags);
	free(tags);
}

static void print_session(const json_t *session)
{
	char *left, *text;

	if (!json_is_object(session))
		return;
	left = text_duration(field_int(session, "left_ms"));
	text = text_format("%llds, refreshed by %s, ends in %s unless it is",
			   field_int(session, "interval"), field_text(session, "refresher"), left);
	print_line("  session", text);
	free(left);
	free(text);
}

static void print_legs(const json_t *legs)
{
	json_t *leg;
	size_t i;

	json_array_foreach(legs, i, leg) {
		char *name = text_escape(field_text(leg, "name"));

		printf("\nleg %s\n", name);
		free(name);
		print_line("  state", field_text(leg, "state"));
		print_line("  realm", field_text(leg, "realm"));
		print_line("  Call-ID", field_text(leg, "call_id"));
		print_line("  local", field_text(leg, "local"));
		print_line("  remote", field_text(leg, "remote"));
		print_tags(leg);
		print_line("  target", field_text(leg, "remote_target"));
		print_session(json_object_get(leg, "session_timer"));
	}
}

/* T.38 has none: it is not RTP. */
static void put_quality(struct table *table, const json_t *media, const char *lost,
			const char *jitter)
{
	long long us = field_int(media, jitter);

	if (json_is_null(json_object_get(media, lost))) {
		table_cell(table, "-");
		table_cell(table, "-");
		return;
	}
	table_cell(table, "%lld", field_int(media, lost));
	table_cell(table, "%lld.%03lldms", us / 1000, us % 1000);
}

static void print_media(const json_t *list)
{
	static const char *const heads[] = { "MEDIA", "SIDE",	 "LOCAL", "REMOTE", ">RECEIVED",
					     ">LOST", ">JITTER", "CODEC", NULL };
	struct table table;
	json_t *media;
	size_t i;

	if (!json_array_size(list))
		return;
	table_init(&table, heads);
	json_array_foreach(list, i, media) {
		for (int b = 0; b < 2; b++) {
			table_cell(&table, "%s", field_text(media, "type"));
			table_cell(&table, b ? "B" : "A");
			table_cell(&table, "%s", field_text(media, b ? "b_local" : "a_local"));
			table_cell(&table, "%s", field_text(media, b ? "b_remote" : "a_remote"));
			table_cell(&table, "%lld",
				   field_int(media, b ? "b_rx_packets" : "a_rx_packets"));
			put_quality(&table, media, b ? "b_lost" : "a_lost",
				    b ? "b_jitter_us" : "a_jitter_us");
			table_cell(&table, "%s%s", field_text(media, "codec"),
				   json_is_true(json_object_get(media, "held")) ? ", held" : "");
		}
	}
	putchar('\n');
	table_print(&table, stdout);
	table_clean(&table);
}

/* How many; which ones, nobody keeps. */
static void print_digits(const json_t *digits)
{
	long long a_events = field_int(digits, "a_events"), a_info = field_int(digits, "a_info");
	long long b_events = field_int(digits, "b_events"), b_info = field_int(digits, "b_info");
	char *text;

	if (!(a_events || a_info || b_events || b_info))
		return;
	text = text_format("A %lld by RTP, %lld by INFO; B %lld by RTP, %lld by INFO", a_events,
			   a_info, b_events, b_info);
	print_line("digits", text);
	free(text);
}

void call_print(const json_t *call)
{
	char *start = text_time(json_number_value(json_object_get(call, "start")));
	const char *reason = field_text(call, "reason");
	char *code = text_format("%lld%s%s", field_int(call, "code"), *reason ? " " : "", reason);

	print_line("call", field_text(call, "id"));
	print_line("state", field_text(call, "state"));
	print_line("from", field_text(call, "from"));
	print_line("to", field_text(call, "to"));
	print_line("start", start);
	print_duration("duration", call, "duration_ms");
	print_duration("set-up", call, "setup_ms");
	print_duration("ringing", call, "ring_ms");
	print_duration("talking", call, "talk_ms");
	if (field_int(call, "code"))
		print_line("result", code);
	if (*field_text(call, "ended_by"))
		print_line("ended by", field_text(call, "ended_by"));
	print_digits(json_object_get(call, "dtmf"));
	print_legs(json_object_get(call, "legs"));
	print_media(json_object_get(call, "media"));
	free(start);
	free(code);
}

void call_print_killed(const json_t *result)
{
	char *id = text_escape(field_text(result, "id"));

	printf("call %s %s\n", id,
	       json_is_true(json_object_get(result, "killed")) ? "ended" : "had ended before");
	free(id);
}

/* Numbers or texts, as sipd has them. */
static char *any_text(const json_t *value)
{
	if (json_is_integer(value))
		return text_format("%" JSON_INTEGER_FORMAT, json_integer_value(value));
	return text_format("%s", json_is_string(value) ? json_string_value(value) : "?");
}

static char *endpoints_text(const json_t *endpoints)
{
	char *all = text_format("%s", "");
	json_t *endpoint;
	size_t i;

	json_array_foreach(endpoints, i, endpoint) {
		char *one = json_is_object(endpoint) ?
				    text_format("%s", field_text(endpoint, "local")) :
				    any_text(endpoint);
		char *longer = text_format("%s%s%s", all, i ? " " : "", one);

		free(one);
		free(all);
		all = longer;
	}
	return all;
}

void call_print_orphans(const json_t *result)
{
	static const char *const heads[] = { ">SESSION", ">AGE", ">IDLE", "ENDPOINTS", NULL };
	struct table table;
	json_t *orphan;
	size_t i;

	table_init(&table, heads);
	json_array_foreach(json_object_get(result, "orphans"), i, orphan) {
		table_take(&table, any_text(json_object_get(orphan, "session_id")));
		table_take(&table, text_duration(field_int(orphan, "age_ms")));
		table_take(&table, text_duration(field_int(orphan, "idle_ms")));
		table_take(&table, endpoints_text(json_object_get(orphan, "endpoints")));
	}
	table_print(&table, stdout);
	table_clean(&table);
	field_print_omitted(result);
	if (field_int(result, "cleared"))
		printf("%lld deleted\n", field_int(result, "cleared"));
}
