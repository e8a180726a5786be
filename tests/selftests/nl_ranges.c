// SPDX-License-Identifier: GPL-2.0-or-later
/* Ranges come and go. */
#define _GNU_SOURCE
#include "nl_lib.h"

static void a_range_comes_and_goes(void)
{
	must(&client, RANGE_ADD, RANGE);
	must(&client, RANGE_ADD, "range{addr=127.0.0.1 min=40000 max=40000}");
	must(&client, RANGE_ADD, "range{addr=127.0.0.2 min=30000 max=39999}");
	expect(strstr(client_do(&client, STATUS_GET, "")->body,
		      " ranges=3 sessions=0 endpoints=0 "),
	       "status: %s", client_do(&client, STATUS_GET, "")->body);
	must(&client, RANGE_DEL, "range{addr=127.0.0.1 min=40000 max=40000}");
	must(&client, RANGE_DEL, "range{addr=127.0.0.2 min=30000 max=39999}");
	expect_text("ranges", client_dump(&client, RANGE_GET, "")->body,
		    "range{addr=127.0.0.1 min=30000 max=39999 endpoints=0 unknown=0}");
}

static void a_range_of_ipv6_comes_and_goes(void)
{
	must(&client, RANGE_ADD, RANGE6);
	must(&client, RANGE_ADD, "range{addr6=::1 min=1 max=1}");
	/* The same ports of an IPv4 address are others. */
	must(&client, RANGE_ADD, RANGE);
	must(&client, ADD, "session{id=1 endpoint{id=1 laddr6=::1 lport=30000}}");
	must(&client, ADD, "session{id=2 endpoint{id=1 laddr=127.0.0.1 lport=30000}}");
	must(&client, RANGE_DEL, "range{addr6=::1 min=1 max=1}");
	must(&client, DEL, "session{id=2}");
	must(&client, RANGE_DEL, RANGE);
	expect_text("ranges", client_dump(&client, RANGE_GET, "")->body,
		    "range{addr6=::1 min=30000 max=39999 endpoints=1 unknown=0}");
}

static void a_range_with_a_socket_is_refused(void)
{
	static const struct {
		const char *host, *range;
		int err;
	} cases[] = {
		{ "127.0.0.1", RANGE, -EADDRINUSE }, { "0.0.0.0", RANGE, -EADDRINUSE },
		{ "::", RANGE, -EADDRINUSE },	     { "::1", RANGE6, -EADDRINUSE },
		{ "::", RANGE6, -EADDRINUSE },	     { "127.0.0.2", RANGE, 0 },
		{ "127.0.0.1", RANGE6, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int fd = udp_socket_on(cases[i].host, 30500);
		const struct reply *reply = client_do(&client, RANGE_ADD, cases[i].range);

		expect(reply->err == cases[i].err && (!reply->err || reply->text[0]),
		       "%s with a socket on %s: %d \"%s\"", cases[i].range, cases[i].host,
		       reply->err, reply->text);
		close(fd);
		if (reply->err)
			must(&client, RANGE_ADD, cases[i].range);
		must(&client, RANGE_DEL, cases[i].range);
	}
}

static const struct test tests[] = {
	TEST(a_range_comes_and_goes),
	TEST(a_range_of_ipv6_comes_and_goes),
	TEST(a_range_with_a_socket_is_refused),
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
