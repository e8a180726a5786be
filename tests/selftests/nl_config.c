// SPDX-License-Identifier: GPL-2.0-or-later
/* What can be set for a namespace, and what that does. */
#define _GNU_SOURCE
#include "nl_lib.h"

static void settings_read_back_as_written(void)
{
	const char *first = strdup(client_do(&client, CONFIG_GET, "")->body);

	expect(!strncmp(first, "config{sessions=", 16) && strstr(first, " hooks=0}"),
	       "at first: %s", first);
	must(&client, CONFIG_SET, "config{sessions=1 endpoints=2 hooks=2 device=lo device=none0}");
	expect_text("all of them", client_do(&client, CONFIG_GET, "")->body,
		    "config{sessions=1 endpoints=2 hooks=2 device=lo device=none0}");
	must(&client, CONFIG_SET, "config{endpoints=3}");
	expect_text("one of them", client_do(&client, CONFIG_GET, "")->body,
		    "config{sessions=1 endpoints=3 hooks=2 device=lo device=none0}");
	must(&client, CONFIG_SET, "config{hooks=2 device=fifteen-letters}");
	expect_text("devices", client_do(&client, CONFIG_GET, "")->body,
		    "config{sessions=1 endpoints=3 hooks=2 device=fifteen-letters}");
	must(&client, CONFIG_SET, "config{hooks=1}");
	must(&client, CONFIG_SET, "config{}");
	expect_text("no device", client_do(&client, CONFIG_GET, "")->body,
		    "config{sessions=1 endpoints=3 hooks=1}");
	free((void *)first);
}

/* Whether the module says that it takes packets at the ingress of lo, and at PRE_ROUTING. */
static void expect_hooks(const char *when, bool lo, bool prerouting)
{
	const char *status = client_do(&client, STATUS_GET, "")->body;

	expect(!!strstr(status, " device=lo") == lo &&
		       !!strstr(status, " prerouting") == prerouting,
	       "%s: %s", when, status);
}

static void the_status_tells_the_hooks(void)
{
	expect_hooks("without a range", false, false);
	must(&client, RANGE_ADD, RANGE);
	must(&client, CONFIG_SET, "config{hooks=1}");
	expect_hooks("prerouting", false, true);
	must(&client, CONFIG_SET, "config{hooks=2 device=lo}");
	expect_hooks("listed", true, true);
	must(&client, CONFIG_SET, "config{hooks=2 device=none0}");
	expect_hooks("listed, not there", false, true);
	must(&client, RANGE_DEL, RANGE);
	expect_hooks("after the last range", false, false);
}

static void a_maximum_refuses_additions(void)
{
	const struct reply *reply;

	a_range_and_a_session();
	must(&client, CONFIG_SET, "config{sessions=1 endpoints=2}");
	reply = client_do(&client, ADD, NEW(""));
	expect(reply->err == -ENOSPC && reply->text[0], "one session too many: %d \"%s\"",
	       reply->err, reply->text);
	reply = client_do(&client, SET, "session{id=1 endpoint{id=3 laddr=127.0.0.1 lport=30004}}");
	expect(reply->err == -ENOSPC && reply->text[0], "one endpoint too many: %d \"%s\"",
	       reply->err, reply->text);
	/* What is less than there is deletes nothing, and lets changes through. */
	must(&client, CONFIG_SET, "config{sessions=0 endpoints=1}");
	must(&client, SET, "session{id=1 endpoint{id=1 dscp=1}}");
	must(&client, SET, "session{id=1 endpoint{id=2 delete}}");
	reply = client_do(&client, SET, "session{id=1 endpoint{id=2 laddr=127.0.0.1 lport=30002}}");
	expect(reply->err == -ENOSPC, "still one too many: %d", reply->err);
	must(&client, DEL, "session{id=1}");
	expect(client_do(&client, ADD, NEW(""))->err == -ENOSPC, "a session where none may be");
	must(&client, CONFIG_SET, "config{sessions=1}");
	must(&client, ADD, NEW(""));
}

static void settings_are_of_the_namespace(void)
{
	char *before = strdup(client_do(&client, CONFIG_GET, "")->body);
	struct client other;

	namespace_new();
	client_open(&other);
	must(&other, CONFIG_SET, "config{sessions=7 endpoints=8 hooks=1}");
	expect_text("the first namespace", client_do(&client, CONFIG_GET, "")->body, before);
	expect_text("the second", client_do(&other, CONFIG_GET, "")->body,
		    "config{sessions=7 endpoints=8 hooks=1}");
	client_close(&other);
	free(before);
}

static const struct test tests[] = {
	TEST(settings_read_back_as_written),
	TEST(the_status_tells_the_hooks),
	TEST(a_maximum_refuses_additions),
	TEST(settings_are_of_the_namespace),
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
