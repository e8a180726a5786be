// SPDX-License-Identifier: GPL-2.0-or-later
/* "sipctl kernel stats", and the events that "sipctl kernel monitor" prints. */
#include "fake_sip.h"

#include "sipctl/kernel_monitor.h"

/* --- counters ------------------------------------------------------------------------------ */

#define CELL(k, c, v, o, n)                                                   \
	{                                                                     \
		SIPFAST_SIP_##k, SIPFAST_CLASS_##c, SIPFAST_VERDICT_##v, o, n \
	}

static const struct sf_sip_counter some[] = {
	CELL(INVITE, UNKNOWN, ACCEPT, false, 10),      CELL(INVITE, REGISTERED, ACCEPT, false, 5),
	CELL(INVITE, UNKNOWN, LIMIT_SOURCE, false, 3), CELL(4XX, TRUSTED, ACCEPT, false, 2),
	CELL(NONE, BANNED, BANNED, true, 100000),
};

static void people_read_what_is_not_0(void **state)
{
	(void)state;
	assert_says("kernel stats", "COUNTER    PACKETS\n"
				    "forwarded        7\n");
	memcpy(fake.counters, some, sizeof(some));
	as_all = true;
	assert_says("kernel stats", "COUNTER     PACKETS\n"
				    "forwarded         7\n"
				    "drop-route        0\n"
				    "\n"
				    "SIP     ACCEPT  LIMIT-SOURCE\n"
				    "INVITE      15             3\n"
				    "4xx          2             0\n"
				    "\n"
				    "FROM        ACCEPT  LIMIT-SOURCE\n"
				    "unknown         10             3\n"
				    "registered       5             0\n"
				    "trusted          2             0\n"
				    "\n"
				    "SIP WOULD HAVE  BANNED\n"
				    "none            100000\n"
				    "\n"
				    "FROM WOULD HAVE  BANNED\n"
				    "banned           100000\n");
}

static void programs_read_the_cells(void **state)
{
	(void)state;
	fake.counters[0] = some[2];
	fake.counters[1] = some[4];
	assert_json("kernel stats",
		    "{\"schema\":1,\"counters\":[{\"name\":\"forwarded\",\"packets\":7},"
		    "{\"name\":\"drop-route\",\"packets\":0}],\"sip\":[{\"kind\":\"INVITE\","
		    "\"class\":\"unknown\",\"verdict\":\"limit-source\",\"observed\":false,"
		    "\"messages\":3},{\"kind\":\"none\",\"class\":\"banned\",\"verdict\":"
		    "\"banned\",\"observed\":true,\"messages\":100000}]}\n");
	/* Of a newer module; an older one has none. */
	fake.counters[0] = (struct sf_sip_counter){ 99, 99, 99, true, 1 };
	fake.counters[1].messages = 0;
	assert_says("kernel stats", "COUNTER    PACKETS\n"
				    "forwarded        7\n");
	fake.refuse = -EOPNOTSUPP;
	assert_says("kernel stats", "COUNTER    PACKETS\n"
				    "forwarded        7\n");
	fake.refuse = -EIO;
	assert_refused("kernel stats", CTL_FAILED,
		       "sipctl: kernel stats: the fake module says so, counters, see the kernel "
		       "log\n");
}

/* --- events -------------------------------------------------------------------------------- */

static void assert_event(const struct sf_sip_event *event, const char *line, const char *json)
{
	struct ctl ctl = { .json = false };
	FILE *saved = stdout;
	char *text;
	size_t len;

	stdout = open_memstream(&text, &len);
	kernel_monitor_print(&ctl, "T", event);
	ctl.json = true;
	fputc('|', stdout);
	kernel_monitor_print(&ctl, "T", event);
	fclose(stdout);
	stdout = saved;
	assert_string_equal(strchr(text, '|') + 1, json);
	*strchr(text, '|') = '\0';
	assert_string_equal(text, line);
	free(text);
}

static struct sf_source phone(uint16_t port)
{
	return (struct sf_source){ .addr = { .family = AF_INET,
					     .port = htons(port),
					     .v4.s_addr = inet_addr("10.0.0.1") },
				   .has_prefix = true,
				   .prefix = 32,
				   .class = SIPFAST_CLASS_BANNED };
}

static void bans_are_told(void **state)
{
	struct sf_sip_event event = { .type = SF_SIP_EVENT_BAN, .source = phone(5060) };

	(void)state;
	event.source.by_kernel = true;
	event.source.expires_ms = 600000;
	strcpy(event.source.reason, "failures\033[2J");
	assert_event(&event, "T ban 10.0.0.1:5060 for 10m00s: failures\\x1b[2J\n",
		     "{\"schema\":1,\"time\":\"T\",\"event\":\"ban\",\"observed\":false,"
		     "\"source\":{\"source\":\"10.0.0.1:5060\",\"address\":\"10.0.0.1\","
		     "\"prefix\":32,\"port\":5060,\"class\":\"banned\",\"age_ms\":0,"
		     "\"expires_ms\":600000,\"packets\":0,\"by\":\"kernel\","
		     "\"reason\":\"failures\\u001B[2J\"}}\n");
	event.source = phone(0);
	event.source.observed = true;
	assert_event(&event, "T ban 10.0.0.1, observed\n",
		     "{\"schema\":1,\"time\":\"T\",\"event\":\"ban\",\"observed\":true,"
		     "\"source\":{\"source\":\"10.0.0.1\",\"address\":\"10.0.0.1\",\"prefix\":32,"
		     "\"port\":null,\"class\":\"banned\",\"age_ms\":0,\"expires_ms\":null,"
		     "\"packets\":0,\"by\":\"operator\",\"reason\":\"\"}}\n");
}

static void other_events_are_told(void **state)
{
	struct sf_sip_event event = { .type = SF_SIP_EVENT_OVERLOAD,
				      .source = phone(9),
				      .listener = { .addr = phone(5060).addr,
						    .level = SIPFAST_LEVEL_DIALOGS,
						    .queue = 80,
						    .load = 20 },
				      .rule = { .id = 10, .action = SIPFAST_ACTION_DROP } };

	(void)state;
	assert_event(&event, "T overload udp:10.0.0.1:5060 level dialogs queue 80% load 20%\n",
		     "{\"schema\":1,\"time\":\"T\",\"event\":\"overload\","
		     "\"listener\":\"udp:10.0.0.1:5060\",\"level\":\"dialogs\",\"queue\":80,"
		     "\"load\":20}\n");
	event.type = SF_SIP_EVENT_RULE;
	assert_event(&event, "T rule 10 drop source 10.0.0.1:9\n",
		     "{\"schema\":1,\"time\":\"T\",\"event\":\"rule\",\"rule\":10,"
		     "\"action\":\"drop\",\"source\":\"10.0.0.1:9\"}\n");
	event.type = SF_SIP_EVENT_MALFORMED;
	event.sample_len = 9;
	memcpy(event.sample, "A\0\\\"\033\n\377 z", 9);
	assert_event(&event,
		     "T malformed source 10.0.0.1:9 sample \"A\\x00\\x5c\\x22\\x1b\\x0a\\xff z\"\n",
		     "{\"schema\":1,\"time\":\"T\",\"event\":\"malformed\","
		     "\"source\":\"10.0.0.1:9\","
		     "\"sample\":\"A\\\\x00\\\\x5c\\\\x22\\\\x1b\\\\x0a\\\\xff z\"}\n");
	event.type = SF_SIP_EVENT_OVERRUN;
	assert_event(&event, "T overrun: events were lost\n",
		     "{\"schema\":1,\"time\":\"T\",\"event\":\"overrun\"}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(people_read_what_is_not_0),
		TEST(programs_read_the_cells),
		TEST(bans_are_told),
		TEST(other_events_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
