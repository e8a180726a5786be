// SPDX-License-Identifier: GPL-2.0-or-later
/* Changes of sessions: what they name changes, and nothing else. */
#define _GNU_SOURCE
#include "nl_lib.h"

#define AS_EP1(rest) "endpoint{id=1 laddr=127.0.0.1 lport=30000 " rest " " NO_RX " " NO_TX "}"
#define AS_EP2(rest) "endpoint{id=2 laddr=127.0.0.1 lport=30002 " rest " " NO_RX " " NO_TX "}"

static void a_change_leaves_what_it_does_not_name(void)
{
	/* clang-format off */
	static const char one_value[] =
		"session{id=1 owner=9 timeout=0 "
		AS_EP1("raddr=127.0.0.1 rport=4000 " DEFAULTS " forward{to=2}") " "
		AS_EP2("raddr=127.0.0.1 rport=4002 component=0 learn=0 prefix=0 source=0 dscp=46 "
		       "ttl=64 clock=8000 inactive=0 dtmftype=255 forward{to=1}") "}";
	static const char forwards[] =
		"session{id=1 owner=9 timeout=5000 "
		AS_EP1("raddr=127.0.0.9 rport=9 " DEFAULTS " forward{to=1} forward{to=2}") " "
		AS_EP2("raddr=127.0.0.1 rport=4002 " DEFAULTS) "}";
	/* clang-format on */

	a_range_and_a_session();
	must(&client, SET, "session{id=1 endpoint{id=2 dscp=46}}");
	expect_text("one value", client_do(&client, GET, "session{id=1}")->body, one_value);
	must(&client, SET,
	     "session{id=1 timeout=5000 endpoint{id=2 dscp=0 noforwards} "
	     "endpoint{id=1 raddr=127.0.0.9 rport=9 forward{to=1} forward{to=2}}}");
	expect_text("forwards", client_do(&client, GET, "session{id=1}")->body, forwards);
}

static void a_change_adds_and_deletes_endpoints(void)
{
	a_range_and_a_session();
	must(&client, SET,
	     "session{id=1 endpoint{id=2 delete} "
	     "endpoint{id=3 laddr=127.0.0.1 lport=30004 forward{to=1}} "
	     "endpoint{id=1 forward{to=3}}}");
	expect_text("endpoints", client_do(&client, GET, "session{id=1}")->body,
		    "session{id=1 owner=9 timeout=0 " AS_EP1(
			    "raddr=127.0.0.1 rport=4000 " DEFAULTS
			    " forward{to=3}") " "
					      "endpoint{id=3 laddr=127.0.0.1 lport=30004 " DEFAULTS
					      " forward{to=1} " NO_RX " " NO_TX "}}");
	/* The port that went is free again, for the same session and for another. */
	must(&client, ADD, "session{id=2 endpoint{id=1 laddr=127.0.0.1 lport=30002}}");
}

static const struct test tests[] = {
	TEST(a_change_leaves_what_it_does_not_name),
	TEST(a_change_adds_and_deletes_endpoints),
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
