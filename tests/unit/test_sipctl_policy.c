// SPDX-License-Identifier: GPL-2.0-or-later
/* "sipctl kernel policy" and "kernel rule": words, tables, documents, refusals. */
#include "fake_sip.h"

/* --- policy -------------------------------------------------------------------------------- */

static void settings_go_in_one_request(void **state)
{
	const struct sf_limit(*unknown)[SIPFAST_GROUP_MAX + 1] =
		&fake.asked.limits[SIPFAST_SCOPE_SOURCE][SIPFAST_CLASS_UNKNOWN];
	const struct sf_limit(*known)[SIPFAST_GROUP_MAX + 1] =
		&fake.asked.limits[SIPFAST_SCOPE_SOURCE][SIPFAST_CLASS_REGISTERED];
	const struct sf_limit(*trusted)[SIPFAST_GROUP_MAX + 1] =
		&fake.asked.limits[SIPFAST_SCOPE_GLOBAL][SIPFAST_CLASS_TRUSTED];
	const struct sf_limit *limit = &(*unknown)[SIPFAST_GROUP_DIALOG];
	const struct sf_limit *other = &(*trusted)[SIPFAST_GROUP_IN_DIALOG];
	const struct sf_limit *third = &(*known)[SIPFAST_GROUP_OTHER];

	(void)state;
	assert_says("kernel policy set unknown source dialog 10/s burst 30 "
		    "trusted global in-dialog off ban-time 10m prefix4 24 shed dialogs 50% "
		    "registered source other 7/s malformed drop absorb 4s retry-after 1m "
		    "reject 100/s ban-ports never",
		    "");
	assert_int_equal(fake.changes, 1);
	assert_int_equal(limit->has, SF_LIMIT_RATE | SF_LIMIT_BURST);
	assert_int_equal(limit->rate, 10);
	assert_int_equal(limit->burst, 30);
	/* Without a burst, what may come in a second may come at once. */
	assert_int_equal(third->has, SF_LIMIT_RATE | SF_LIMIT_BURST);
	assert_int_equal(third->rate, 7);
	assert_int_equal(third->burst, 7);
	assert_int_equal(other->has, SF_LIMIT_RATE);
	assert_int_equal(other->rate, 0);
	assert_int_equal(fake.asked.has, SF_POLICY_BAN_MS | SF_POLICY_PREFIX4 |
						 SF_POLICY_SHED_DIALOGS | SF_POLICY_MALFORMED_DROP |
						 SF_POLICY_ABSORB_MS | SF_POLICY_RETRY_AFTER |
						 SF_POLICY_REJECT_RATE | SF_POLICY_PORTS_MAX);
	assert_int_equal(fake.asked.ban_ms, 600000);
	assert_int_equal(fake.asked.prefix4, 24);
	assert_int_equal(fake.asked.shed_dialogs, 50);
	assert_int_equal(fake.asked.malformed_drop, 1);
	assert_int_equal(fake.asked.absorb_ms, 4000);
	assert_int_equal(fake.asked.retry_after, 60);
	assert_int_equal(fake.asked.reject_rate, 100);
	assert_int_equal(fake.asked.ports_max, 0);
	assert_json("kernel policy set max-sources 1000 malformed pass max-connections 5",
		    "{\"schema\":1}\n");
	assert_int_equal(fake.asked.has, SF_POLICY_SOURCES_MAX | SF_POLICY_MALFORMED_DROP |
						 SF_POLICY_CONNECTIONS_MAX);
	assert_int_equal(fake.asked.connections_max, 5);
	assert_int_equal(fake.asked.sources_max, 1000);
	assert_int_equal(fake.asked.malformed_drop, 0);
}

static void some_policy(void)
{
	fake.policy = (struct sf_policy){
		.has = SF_POLICY_PREFIX4 | SF_POLICY_PREFIX6 | SF_POLICY_SOURCES_MAX |
		       SF_POLICY_MALFORMED_DROP | SF_POLICY_MALFORMED_MAX | SF_POLICY_FAILURES_MAX |
		       SF_POLICY_REFUSED_MAX | SF_POLICY_PORTS_MAX | SF_POLICY_WINDOW_MS |
		       SF_POLICY_BAN_MS | SF_POLICY_SHED_DIALOGS | SF_POLICY_SHED_REGISTERS |
		       SF_POLICY_SHED_OTHERS | SF_POLICY_REJECT_RATE | SF_POLICY_RETRY_AFTER |
		       SF_POLICY_ABSORB_MS | SF_POLICY_CONNECTIONS_MAX,
		.prefix4 = 24,
		.prefix6 = 64,
		.sources_max = 1048576,
		.malformed_max = 10,
		.window_ms = 60000,
		.ban_ms = 600000,
		.shed_dialogs = 50,
		.shed_registers = 70,
		.shed_others = 90,
		.retry_after = 5,
		.connections_max = 65536,
	};
	fake.policy.limits[SIPFAST_SCOPE_SOURCE][SIPFAST_CLASS_UNKNOWN][SIPFAST_GROUP_DIALOG] =
		(struct sf_limit){ SF_LIMIT_RATE | SF_LIMIT_BURST, 10, 30 };
	fake.policy.limits[SIPFAST_SCOPE_GLOBAL][SIPFAST_CLASS_REGISTERED][SIPFAST_GROUP_REGISTER] =
		(struct sf_limit){ SF_LIMIT_RATE | SF_LIMIT_BURST, 1000, 5000 };
}

#define SETTINGS                     \
	"prefix4          24\n"      \
	"prefix6          64\n"      \
	"max-sources      1048576\n" \
	"malformed        pass\n"    \
	"ban-malformed    10\n"      \
	"ban-failures     never\n"   \
	"ban-refused      never\n"   \
	"ban-ports        never\n"   \
	"window           1m00s\n"   \
	"ban-time         10m00s\n"  \
	"shed dialogs     50%\n"     \
	"shed registers   70%\n"     \
	"shed others      90%\n"     \
	"reject           off\n"     \
	"retry-after      5s\n"      \
	"absorb           never\n"   \
	"max-connections  65536\n"

static void people_read_the_policy(void **state)
{
	(void)state;
	some_policy();
	assert_says("kernel policy", "SCOPE   GROUP     UNKNOWN        REGISTERED         TRUSTED\n"
				     "source  dialog    10/s burst 30  off                off\n"
				     "global  register  off            1000/s burst 5000  off\n"
				     "\n" SETTINGS);
	fake.rules[0] = (struct sf_rule){ .id = 5, .action = SIPFAST_ACTION_COUNT, .hits = 3 };
	assert_says("kernel policy show",
		    "SCOPE   GROUP     UNKNOWN        REGISTERED         TRUSTED\n"
		    "source  dialog    10/s burst 30  off                off\n"
		    "global  register  off            1000/s burst 5000  off\n"
		    "\n" SETTINGS "\n"
		    "RULE  ACTION  METHOD  CLASS    USER-AGENT  USER  SIZE  HITS\n"
		    "   5  count   -       unknown  -           -        -     3\n");
	as_all = true;
	assert_int_equal(run("kernel policy"), CTL_OK);
	assert_non_null(
		strstr(said_out, "prefix  connect    off            off                off\n"));
}

static void programs_read_the_policy(void **state)
{
	json_t *document, *limits;
	char *text;

	(void)state;
	some_policy();
	as_json = true;
	assert_int_equal(run("kernel policy"), CTL_OK);
	document = json_loads(said_out, 0, NULL);
	assert_non_null(document);
	limits = json_object_get(document, "limits");
	assert_int_equal(json_array_size(limits), 3 * 3 * 5);
	text = json_dumps(json_array_get(limits, 0), JSON_COMPACT);
	assert_string_equal(text,
			    "{\"class\":\"unknown\",\"scope\":\"source\",\"group\":\"dialog\","
			    "\"rate\":10,\"burst\":30}");
	free(text);
	json_object_del(document, "limits");
	text = json_dumps(document, JSON_COMPACT);
	assert_string_equal(text,
			    "{\"schema\":1,\"rules\":[],\"prefix4\":24,\"prefix6\":64,"
			    "\"sources_max\":1048576,\"malformed\":\"pass\",\"ban_malformed\":10,"
			    "\"ban_failures\":0,\"ban_refused\":0,\"ban_ports\":0,"
			    "\"window_ms\":60000,\"ban_time_ms\":600000,\"shed_dialogs\":50,"
			    "\"shed_registers\":70,\"shed_others\":90,\"reject_rate\":0,"
			    "\"retry_after_s\":5,\"absorb_ms\":0,\"connections_max\":65536}");
	free(text);
	json_decref(document);
}

static void tells_what_is_wrong_with_a_policy(void **state)
{
	static const struct {
		const char *words, *why;
	} cases[] = {
		{ "ban 10m",
		  "unknown word \"ban\", policy, see \"sipctl help kernel policy set\"" },
		{ "banned source dialog 10/s",
		  "no limits for \"banned\", policy, give unknown, registered or trusted" },
		{ "unknown all dialog 10/s",
		  "bad scope \"all\", policy, give source, prefix or global" },
		{ "unknown source invite 10/s", "bad group \"invite\", policy, give dialog, "
						"register, other, in-dialog or connect" },
		{ "unknown source", "incomplete \"source\", policy, give dialog, register, other, "
				    "in-dialog or connect after it" },
		{ "unknown source dialog", "incomplete \"dialog\", policy, give a rate such as "
					   "10/s, or off after it" },
		{ "unknown source dialog 10",
		  "bad limit \"10\", policy, give a rate such as 10/s, or off" },
		{ "unknown source dialog 0/s",
		  "bad limit \"0/s\", policy, give a rate such as 10/s, or off" },
		{ "unknown source dialog 10/s burst 0",
		  "bad burst \"0\", policy, give a number from 1 up" },
		{ "unknown source dialog 10/s burst",
		  "incomplete \"burst\", policy, give a number after it" },
		{ "unknown source dialog off burst 5",
		  "unknown word \"burst\", policy, see \"sipctl help kernel policy set\"" },
		{ "unknown source dialog 10/s unknown source dialog 20/s",
		  "repeated limit of \"unknown\", policy, give it once" },
		{ "prefix4 24 prefix4 25", "repeated word \"prefix4\", policy, give it once" },
		{ "prefix4 7", "bad prefix4 \"7\", policy, give 8 to 32" },
		{ "prefix6 x", "bad prefix6 \"x\", policy, give a number" },
		{ "malformed refuse", "bad malformed \"refuse\", policy, give pass or drop" },
		{ "window 500ms", "bad window \"500ms\", policy, give 1s to 1h00m" },
		{ "ban-time never", "bad ban-time \"never\", policy, give 1s to 101806d15h" },
		{ "shed", "incomplete \"shed\", policy, give dialogs, registers or others after "
			  "it" },
		{ "shed calls 5%",
		  "bad shed \"calls\", policy, give dialogs, registers or others" },
		{ "shed dialogs 0%", "bad shed dialogs \"0%\", policy, give a percentage from 1% "
				     "to 100%" },
		{ "retry-after 1500ms", "bad retry-after \"1500ms\", policy, give a time in whole "
					"seconds such as 5s or 1m" },
		{ "absorb 33s", "bad absorb \"33s\", policy, give never to 32s" },
		{ "ban-failures 0", "bad ban-failures \"0\", policy, give a number, or never" },
		{ "absorb", "incomplete \"absorb\", policy, give a time up to 32s, or never after "
			    "it" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[96], expected[192];

		snprintf(text, sizeof(text), "kernel policy set %s", cases[i].words);
		snprintf(expected, sizeof(expected), "sipctl: kernel policy set: %s\n",
			 cases[i].why);
		assert_refused(text, CTL_USAGE, expected);
	}
	assert_int_equal(fake.changes, 0);
}

/* --- rules --------------------------------------------------------------------------------- */

static void a_rule_is_listed_as_it_was_added(void **state)
{
	(void)state;
	assert_says("kernel rule add 10 drop user-agent \"friendly scanner*\" "
		    "method INVITE,register,other class unknown,registered size 4000 user 00*",
		    "");
	assert_says("kernel rule add 0x20 log", "");
	fake.rules[0].hits = 17;
	assert_says("kernel rule list",
		    "RULE  ACTION  METHOD                 CLASS               USER-AGENT         "
		    "USER  SIZE  HITS\n"
		    "  10  drop    other,INVITE,REGISTER  unknown,registered  friendly scanner*  "
		    "00*   4000    17\n"
		    "  32  log     -                      unknown             -                  "
		    "-        -     0\n");
	assert_json("kernel rule add 32 ban method ACK", "{\"schema\":1,\"id\":32}\n");
	assert_json("kernel rule del 10", "{\"schema\":1,\"deleted\":[10]}\n");
	assert_json("kernel rule list",
		    "{\"schema\":1,\"rules\":[{\"id\":32,\"action\":\"ban\",\"methods\":[\"ACK\"],"
		    "\"classes\":[\"unknown\"],\"user_agent\":null,\"user\":null,\"size\":null,"
		    "\"hits\":0}]}\n");
}

static void tells_what_is_wrong_with_a_rule(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "add 0 drop", "add: bad ID \"0\", rule, give a number from 1 up" },
		{ "add 1 pass", "add: bad action \"pass\", rule, give count, log, drop or ban" },
		{ "add 1 drop agent x", "add: unknown word \"agent\", rule, give method, class, "
					"user-agent, user or size" },
		{ "add 1 drop method INVITE,", "add: bad method \"INVITE,\", rule, give methods "
					       "such as INVITE,REGISTER, or other" },
		{ "add 1 drop method 2xx", "add: bad method \"2xx\", rule, give methods such as "
					   "INVITE,REGISTER, or other" },
		{ "add 1 drop class banned",
		  "add: bad class \"banned\", rule, give unknown, registered or trusted, or "
		  "several as in unknown,registered" },
		{ "add 1 drop size 0", "add: bad size \"0\", rule, give a number of octets" },
		{ "add 1 drop user \"\"", "add: bad user \"\", rule, give a pattern of 1 to 63 "
					  "octets" },
		{ "del 1 two", "del: bad ID \"two\", rule, give a number from 1 up" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[96], expected[192];

		snprintf(text, sizeof(text), "kernel rule %s", cases[i].text);
		snprintf(expected, sizeof(expected), "sipctl: kernel rule %s\n", cases[i].why);
		assert_refused(text, CTL_USAGE, expected);
	}
	assert_int_equal(fake.changes, 0);
	fake.refuse = -ENOSPC;
	assert_refused("kernel rule add 1 drop", CTL_FAILED,
		       "sipctl: kernel rule add: the fake module says so, see \"sipctl kernel rule "
		       "list\"\n");
	assert_refused("kernel rule del 1", CTL_NOT_FOUND,
		       "sipctl: kernel rule del: the fake module says so, see \"sipctl kernel rule "
		       "list\"\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(settings_go_in_one_request),	TEST(people_read_the_policy),
		TEST(programs_read_the_policy),		TEST(tells_what_is_wrong_with_a_policy),
		TEST(a_rule_is_listed_as_it_was_added), TEST(tells_what_is_wrong_with_a_rule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
