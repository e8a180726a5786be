// SPDX-License-Identifier: GPL-2.0-or-later
/* "sipctl status": sipd at a glance. */
#include <stdio.h>
#include <stdlib.h>

#include "sipctl/command.h"
#include "sipctl/field.h"
#include "sipctl/table.h"
#include "sipctl/text.h"

static void print_text(const char *before, const char *text, const char *after)
{
	char *safe = text_escape(text);

	printf("%s%s%s", before, safe, after);
	free(safe);
}

static void print_numbers(const json_t *status)
{
	const json_t *calls = json_object_get(status, "calls");
	const json_t *outside = json_object_get(status, "outside_calls");
	const json_t *transactions = json_object_get(status, "transactions");
	const json_t *connections = json_object_get(status, "connections");
	const json_t *sessions = json_object_get(status, "sessions");
	const json_t *messages = json_object_get(status, "messages");
	const json_t *registrar = json_object_get(status, "registrar");
	const json_t *store = json_object_get(status, "store");

	if (json_is_object(registrar))
		printf("registrar     %lld users, %lld registrations\n",
		       field_int(registrar, "users"), field_int(registrar, "registrations"));
	if (json_is_object(store))
		printf("store         %lld changes written, %lld wait\n",
		       field_int(store, "written"), field_int(store, "waiting"));
	printf("calls         %lld active, %lld early, %lld in all, %lld failed, %lld kept\n",
	       field_int(calls, "active"), field_int(calls, "early"), field_int(calls, "total"),
	       field_int(calls, "failed"), field_int(calls, "finished_kept"));
	if (field_int(calls, "proxied_total"))
		printf("proxied       %lld requests in progress, %lld in all\n",
		       field_int(calls, "proxied"), field_int(calls, "proxied_total"));
	printf("outside calls %lld subscriptions of %lld, %lld requests carried on\n",
	       field_int(outside, "subscriptions"), field_int(outside, "max_subscriptions"),
	       field_int(outside, "requests"));
	printf("transactions  %lld client, %lld server\n", field_int(transactions, "client"),
	       field_int(transactions, "server"));
	printf("sessions      %lld in the kernel, %lld without a call\n",
	       field_int(sessions, "kernel"), field_int(sessions, "orphans"));
	printf("connections   %lld open, %lld accepted, %lld opened, %lld refused, %lld broken\n",
	       field_int(connections, "open"), field_int(connections, "accepted"),
	       field_int(connections, "opened"), field_int(connections, "refused"),
	       field_int(connections, "broken"));
	printf("messages      %lld received, %lld sent, %lld failed, %lld malformed, "
	       "%lld retransmitted\n",
	       field_int(messages, "rx"), field_int(messages, "tx"),
	       field_int(messages, "tx_failed"), field_int(messages, "malformed"),
	       field_int(messages, "retransmitted"));
}

/* Only where next hops have names. */
static void print_dns(const json_t *dns)
{
	const json_t *failed = json_object_get(dns, "failed_addresses");
	json_t *address;
	size_t i;

	if (!json_is_object(dns))
		return;
	printf("dns           %lld answers kept, %lld questions under way, %lld asked, "
	       "%lld failed, %lld served stale\n",
	       field_int(dns, "entries"), field_int(dns, "in_flight"), field_int(dns, "questions"),
	       field_int(dns, "failures"), field_int(dns, "stale"));
	json_array_foreach(failed, i, address) {
		char *left = text_duration(field_int(address, "left_ms"));

		print_text("avoided       ", field_text(address, "address"), "");
		print_text(" over ", field_text(address, "transport"), "");
		printf(", for %s\n", left);
		free(left);
	}
}

/* "udp:10.0.1.1:5060 tcp:10.0.1.1:5060" */
static char *joined(const json_t *list)
{
	char *all = text_format("%s", "");
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item) {
		char *longer = text_format("%s%s%s", all, i ? " " : "",
					   json_is_string(item) ? json_string_value(item) : "?");

		free(all);
		all = longer;
	}
	return all;
}

static void print_realms(const json_t *realms)
{
	static const char *const heads[] = { "REALM",	    "LISTEN",	"MEDIA",
					     ">PORTS USED", "NEXT HOP", NULL };
	struct table table;
	json_t *realm;
	size_t i;

	table_init(&table, heads);
	json_array_foreach(realms, i, realm) {
		table_cell(&table, "%s", field_text(realm, "name"));
		table_take(&table, joined(json_object_get(realm, "listen")));
		table_cell(&table, "%s", field_text(realm, "media"));
		table_cell(&table, "%lld of %lld", field_int(realm, "ports_used"),
			   field_int(realm, "ports_total"));
		table_cell(&table, "%s", field_text(realm, "next_hop"));
	}
	putchar('\n');
	table_print(&table, stdout);
	table_clean(&table);
}

/* Of one shard all has been said already. */
static void print_shards(const json_t *shards)
{
	static const char *const heads[] = { ">SHARD",	  ">ACTIVE", ">IN ALL",
					     ">RECEIVED", ">LOAD",   NULL };
	struct table table;
	json_t *shard;
	size_t i;

	if (json_array_size(shards) < 2)
		return;
	table_init(&table, heads);
	json_array_foreach(shards, i, shard) {
		table_cell(&table, "%zu", i);
		table_cell(&table, "%lld", field_int(shard, "active"));
		table_cell(&table, "%lld", field_int(shard, "total"));
		table_cell(&table, "%lld", field_int(shard, "rx"));
		table_cell(&table, "%lld%%", field_int(shard, "load"));
	}
	putchar('\n');
	table_print(&table, stdout);
	table_clean(&table);
}

static void print_configuration(const json_t *configuration)
{
	long long older = field_int(configuration, "older_in_use");
	char *loaded;

	if (!json_is_object(configuration))
		return;
	loaded = text_time(json_real_value(json_object_get(configuration, "loaded")));
	printf("configuration %lld, read at %s", field_int(configuration, "generation"), loaded);
	if (older)
		printf("; calls go on by %lld earlier", older);
	putchar('\n');
	free(loaded);
}

static void print_status(const json_t *status)
{
	const json_t *degraded = json_object_get(status, "degraded");
	char *uptime = text_duration(field_int(status, "uptime_s") * 1000);
	json_t *reason;
	size_t i;

	print_text("sipd          ", field_text(status, "version"), ", up ");
	puts(uptime);
	print_text("media         ", field_text(status, "media"), "");
	if (json_is_string(json_object_get(status, "module")))
		print_text(", module ", field_text(status, "module"), "");
	putchar('\n');
	print_configuration(json_object_get(status, "configuration"));
	print_numbers(status);
	print_dns(json_object_get(status, "dns"));
	json_array_foreach(degraded, i, reason)
		print_text("degraded      ",
			   json_is_string(reason) ? json_string_value(reason) : "?", "\n");
	print_realms(json_object_get(status, "realms"));
	print_shards(json_object_get(status, "shards"));
	free(uptime);
}

int status_show(struct ctl *ctl, int argc, char **argv)
{
	json_t *status;
	int code;

	(void)argc;
	(void)argv;
	code = ctl_daemon(ctl, "status", "show", NULL, &status);
	if (code)
		return code;
	code = json_array_size(json_object_get(status, "degraded")) ? CTL_DEGRADED : CTL_OK;
	if (ctl->json) {
		ctl_print_json(ctl, status);
		return code;
	}
	print_status(status);
	json_decref(status);
	return code;
}
