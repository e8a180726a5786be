// SPDX-License-Identifier: GPL-2.0-or-later
/* "sipctl status": what sipd answers, as text and as JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sipctl/command.h"

#define ANSWER(degraded)                                                                         \
	"{\"version\":\"1.2\",\"uptime_s\":61,\"realms\":[{\"name\":\"core\","                   \
	"\"listen\":[\"udp:10.0.2.1:5060\"],\"media\":\"10.0.2.1:30000-30009\","                 \
	"\"ports_used\":4,\"ports_total\":10,\"next_hop\":null}],\"media\":\"kernel\","          \
	"\"module\":\"0.9\",\"calls\":{\"active\":1,\"early\":2,\"total\":3,\"failed\":4,"       \
	"\"finished_kept\":5,\"proxied\":20,\"proxied_total\":21},"                            \
	"\"outside_calls\":{\"subscriptions\":22,\"max_subscriptions\":23,\"requests\":24},"   \
	"\"transactions\":{\"client\":6,\"server\":7},\"connections\":{"                       \
	"\"open\":15,\"accepted\":16,\"opened\":17,\"refused\":18,\"broken\":19},\"sessions\":{" \
	"\"kernel\":8,\"orphans\":9},\"messages\":{\"rx\":10,\"tx\":11,\"tx_failed\":12,"        \
	"\"malformed\":13,\"retransmitted\":14},\"degraded\":[" degraded "]}"

static const char *answer;

/* Comes before sipctl's own. */
int ctl_daemon(struct ctl *ctl, const char *noun, const char *verb, json_t *args, json_t **result)
{
	(void)ctl;
	assert_string_equal(noun, "status");
	assert_string_equal(verb, "show");
	assert_null(args);
	*result = json_loads(answer, 0, NULL);
	assert_non_null(*result);
	return CTL_OK;
}

static void assert_printed(bool json, int expected_code, const char *expected)
{
	static const struct command command = { .path = "status" };
	struct ctl ctl = { .json = json, .command = &command };
	FILE *saved = stdout;
	char *printed;
	size_t len;
	int code;

	stdout = open_memstream(&printed, &len);
	code = status_show(&ctl, 0, NULL);
	fclose(stdout);
	stdout = saved;
	assert_int_equal(code, expected_code);
	assert_string_equal(printed, expected);
	free(printed);
}

static const char sound[] =
	"sipd          1.2, up 1m01s\n"
	"media         kernel, module 0.9\n"
	"calls         1 active, 2 early, 3 in all, 4 failed, 5 kept\n"
	"proxied       20 requests in progress, 21 in all\n"
	"outside calls 22 subscriptions of 23, 24 requests carried on\n"
	"transactions  6 client, 7 server\n"
	"sessions      8 in the kernel, 9 without a call\n"
	"connections   15 open, 16 accepted, 17 opened, 18 refused, 19 broken\n"
	"messages      10 received, 11 sent, 12 failed, 13 malformed, 14 retransmitted\n"
	"\n"
	"REALM  LISTEN             MEDIA                 PORTS USED  NEXT HOP\n"
	"core   udp:10.0.2.1:5060  10.0.2.1:30000-30009     4 of 10  -\n";

static void every_number_has_its_place(void **state)
{
	(void)state;
	answer = ANSWER("");
	assert_printed(false, CTL_OK, sound);
}

static void what_is_wrong_is_told(void **state)
{
	static const char before[] = "14 retransmitted\n";
	const char *rest = strstr(sound, before) + strlen(before);
	char expected[1024];

	(void)state;
	answer = ANSWER("\"no\\u001bthing\",\"much\"");
	snprintf(expected, sizeof(expected),
		 "%.*sdegraded      no\\x1bthing\n"
		 "degraded      much\n%s",
		 (int)(rest - sound), sound, rest);
	assert_printed(false, CTL_DEGRADED, expected);
}

static void json_is_what_sipd_said(void **state)
{
	(void)state;
	answer = ANSWER("\"much\"");
	assert_printed(true, CTL_DEGRADED,
		       "{\"schema\":1,\"version\":\"1.2\",\"uptime_s\":61,\"realms\":[{\"name\":"
		       "\"core\",\"listen\":[\"udp:10.0.2.1:5060\"],\"media\":"
		       "\"10.0.2.1:30000-30009\",\"ports_used\":4,\"ports_total\":10,"
		       "\"next_hop\":null}],\"media\":\"kernel\",\"module\":\"0.9\",\"calls\":{"
		       "\"active\":1,\"early\":2,\"total\":3,\"failed\":4,\"finished_kept\":5,"
		       "\"proxied\":20,\"proxied_total\":21},"
		       "\"outside_calls\":{\"subscriptions\":22,\"max_subscriptions\":23,"
		       "\"requests\":24},"
		       "\"transactions\":{\"client\":6,\"server\":7},\"connections\":{"
		       "\"open\":15,\"accepted\":16,\"opened\":17,\"refused\":18,\"broken\":19},"
		       "\"sessions\":{\"kernel\":8,"
		       "\"orphans\":9},\"messages\":{\"rx\":10,\"tx\":11,\"tx_failed\":12,"
		       "\"malformed\":13,\"retransmitted\":14},\"degraded\":[\"much\"]}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_number_has_its_place),
		cmocka_unit_test(what_is_wrong_is_told),
		cmocka_unit_test(json_is_what_sipd_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
