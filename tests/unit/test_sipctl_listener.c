// SPDX-License-Identifier: GPL-2.0-or-later
/* "sipctl kernel listener": words, the list, the warning of the kernel's own SIP helper. */
#include "fake_sip.h"

static void a_listener_is_listed_as_it_was_added(void **state)
{
	(void)state;
	assert_says("kernel listener add udp:10.0.1.1:5060", "");
	assert_says("kernel listener add tcp:[2001:db8::1]:5061 workers 4 mode enforce", "");
	fake.listeners[0].has |= SF_LISTENER_LOAD;
	fake.listeners[0].load = 70;
	fake.listeners[0].queue = 80;
	fake.listeners[0].level = SIPFAST_LEVEL_DIALOGS;
	fake.listeners[0].messages = 1000;
	fake.listeners[0].dropped = 10;
	fake.listeners[1].has |= SF_LISTENER_CONNECTIONS;
	fake.listeners[1].connections = 65536;
	assert_int_equal(fake.listeners[0].has & (SF_LISTENER_MODE | SF_LISTENER_WORKERS), 0);
	assert_int_equal(fake.listeners[1].has,
			 SF_LISTENER_MODE | SF_LISTENER_WORKERS | SF_LISTENER_CONNECTIONS);
	assert_true(fake.listeners[1].hash_key[0] && fake.listeners[1].hash_key[1]);
	assert_says(
		"kernel listener list",
		"LISTENER                MODE     LEVEL    WORKERS  QUEUE  LOAD  MESSAGES  "
		"DROPPED  CONNECTIONS\n"
		"udp:10.0.1.1:5060       off      dialogs        0    80%   70%      1000       "
		"10            -\n"
		"tcp:[2001:db8::1]:5061  enforce  none           4     0%     -         0        "
		"0        65536\n");
	assert_says("kernel listener set udp:10.0.1.1:5060 mode observe load 5%", "");
	assert_int_equal(fake.listeners[0].load, 5);
	assert_says("kernel listener del tcp:[2001:db8::1]:5061", "");
	assert_json("kernel listener list",
		    "{\"schema\":1,\"listeners\":[{\"listener\":\"udp:10.0.1.1:5060\","
		    "\"mode\":\"observe\",\"level\":\"dialogs\",\"workers\":0,\"queue\":80,"
		    "\"load\":5,\"messages\":1000,\"dropped\":10,\"connections\":null}],"
		    "\"warnings\":[]}\n");
}

static void the_sip_helper_is_warned_of(void **state)
{
#define WARNING(command) "sipctl: " command ": warning: it is there, nf_conntrack_sip, unload it\n"
#define WARNINGS "\"warnings\":[\"it is there, nf_conntrack_sip, unload it\"]"

	(void)state;
	fake.helper = true;
	as_json = true;
	assert_int_equal(run("kernel listener add udp:10.0.1.1:5060"), CTL_OK);
	assert_string_equal(said_err, WARNING("kernel listener add"));
	assert_string_equal(said_out,
			    "{\"schema\":1," WARNINGS ",\"listener\":\"udp:10.0.1.1:5060\"}\n");
	/* What is on its way out need not know. */
	assert_int_equal(run("kernel listener del udp:10.0.1.1:5060"), CTL_OK);
	assert_string_equal(said_err, "");
	assert_string_equal(said_out, "{\"schema\":1,\"listener\":\"udp:10.0.1.1:5060\"}\n");
	assert_int_equal(run("kernel listener list"), CTL_OK);
	assert_string_equal(said_err, WARNING("kernel listener list"));
	assert_string_equal(said_out, "{\"schema\":1,\"listeners\":[]," WARNINGS "}\n");
	assert_int_equal(run("kernel status"), CTL_OK);
	assert_string_equal(said_err, WARNING("kernel status"));
	assert_non_null(strstr(said_out, WARNINGS));
	as_json = false;
	assert_int_equal(run("kernel status"), CTL_OK);
	assert_string_equal(said_err, WARNING("kernel status"));
	assert_string_equal(said_out, "version     9\nranges      0\nsessions    0\n"
				      "endpoints   0\n");
}

int sf_status_get(struct sf_client *client, struct sf_status *status, sf_device_cb cb, void *arg)
{
	(void)client;
	(void)cb;
	(void)arg;
	*status = (struct sf_status){ .version = "9" };
	return 0;
}

/* As an older module. */
int sf_config_get(struct sf_client *client, struct sf_config *config, sf_device_cb cb, void *arg)
{
	(void)client;
	(void)config;
	(void)cb;
	(void)arg;
	return -EOPNOTSUPP;
}

static void tells_what_is_wrong(void **state)
{
#define GIVE                                                                  \
	"listener, give TRANSPORT:ADDRESS:PORT such as udp:10.0.1.1:5060 or " \
	"tls:[2001:db8::1]:5061"
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "kernel listener add 10.0.1.1:5060",
		  "kernel listener add: bad listener \"10.0.1.1:5060\", " GIVE },
		{ "kernel listener add sctp:10.0.1.1:5060",
		  "kernel listener add: bad listener \"sctp:10.0.1.1:5060\", " GIVE },
		{ "kernel listener del udp:10.0.1.1",
		  "kernel listener del: bad listener \"udp:10.0.1.1\", " GIVE },
		{ "kernel listener del udp", "kernel listener del: bad listener \"udp\", " GIVE },
		{ "kernel listener add udp:10.0.1.1:5060 mode on",
		  "kernel listener add: bad mode \"on\", udp:10.0.1.1:5060, give off, observe or "
		  "enforce" },
		{ "kernel listener add udp:10.0.1.1:5060 workers 65",
		  "kernel listener add: bad workers \"65\", udp:10.0.1.1:5060, give a number up to "
		  "64" },
		{ "kernel listener add udp:10.0.1.1:5060 load 5%",
		  "kernel listener add: unknown word \"load\", udp:10.0.1.1:5060, give mode or "
		  "workers" },
		{ "kernel listener set udp:10.0.1.1:5060 load 101%",
		  "kernel listener set: bad load \"101%\", udp:10.0.1.1:5060, give a percentage" },
		{ "kernel listener set udp:10.0.1.1:5060 mode",
		  "kernel listener set: incomplete \"mode\", udp:10.0.1.1:5060, give off, observe "
		  "or enforce after it" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char expected[256];

		snprintf(expected, sizeof(expected), "sipctl: %s\n", cases[i].why);
		assert_refused(cases[i].text, CTL_USAGE, expected);
	}
	assert_int_equal(fake.changes, 0);
}

static void tells_what_the_module_refuses(void **state)
{
	(void)state;
	assert_refused("kernel listener set udp:10.0.1.1:5060 mode off", CTL_NOT_FOUND,
		       "sipctl: kernel listener set: the fake module says so, udp:10.0.1.1:5060, "
		       "see \"sipctl kernel listener list\"\n");
	fake.refuse = -EADDRINUSE;
	assert_refused("kernel listener add udp:10.0.1.1:5060", CTL_FAILED,
		       "sipctl: kernel listener add: the fake module says so, udp:10.0.1.1:5060, "
		       "see \"sipctl kernel range list\"\n");
	fake.refuse = -EOPNOTSUPP;
	assert_refused("kernel listener add udp:10.0.1.1:5060", CTL_FAILED,
		       "sipctl: kernel listener add: the fake module says so, udp:10.0.1.1:5060, "
		       "load the module that came with this sipctl\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_listener_is_listed_as_it_was_added),
		TEST(the_sip_helper_is_warned_of),
		TEST(tells_what_is_wrong),
		TEST(tells_what_the_module_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
