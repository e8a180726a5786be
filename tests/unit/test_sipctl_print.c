// SPDX-License-Identifier: GPL-2.0-or-later
/* A session as "sipctl session show" prints it, for people and as JSON. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sipctl/session_json.h"
#include "sipctl/session_print.h"

static struct sf_address ip(const char *text, uint16_t port)
{
	struct sf_address address = { .family = strchr(text, ':') ? AF_INET6 : AF_INET,
				      .port = htons(port) };

	assert_int_equal(inet_pton(address.family, text, &address.v6), 1);
	return address;
}

static const struct sf_session *full(void)
{
	static struct sf_session session = {
		.id = 17, .timeout_ms = 30000, .age_ms = 5000, .idle_ms = 20, .nendpoints = 1
	};
	struct sf_endpoint *ep = &session.endpoints[0];

	*ep = (struct sf_endpoint){
		.id = 1,
		.has = SF_HAS_LOCAL | SF_HAS_REMOTE | SF_HAS_LEARN_MS | SF_HAS_DTMF_TYPE |
		       SF_HAS_SSRC | SF_HAS_PAYLOAD_TYPE | SF_HAS_PAYLOAD_TYPES | SF_HAS_IDLE |
		       SF_HAS_RTT | SF_HAS_REPORT | SF_HAS_QUALITY,
		.local = ip("2001:db8::1", 30000),
		.remote = ip("2001:db8::2", 4000),
		.learned = true,
		.learn = SIPFAST_LEARN_WINDOW,
		.learn_addr = ip("2001:db8::", 0),
		.learn_prefix = 32,
		.learn_ms = 8200,
		.ttl = 64,
		.clock_rate = 8000,
		.inactive_ms = 5000,
		.dtmf_type = 101,
		.nforwards = 2,
		.forwards = { { .to = 2,
				.has = SF_FORWARD_SSRC | SF_FORWARD_DSCP | SF_FORWARD_TTL,
				.mode = SIPFAST_FORWARD_SILENCE,
				.npayload_types = 1,
				.payload_types = { { 101, 96 } },
				.ssrc = 0x1234,
				.seq_offset = 0xff9c,
				.timestamp_offset = 160,
				.dscp = 46,
				.ttl = 9 },
			      { .to = 3 } },
		.rx = { .packets = 100,
			.octets = 17200,
			.jitter_us = 1250,
			.ssrc = 0x01020304,
			.payload_types = { [0] = 1, [12] = 0x20 },
			.ssrc_changes = 2,
			.idle_ms = 20,
			.rtt_us = 23512,
			.report_lost = -5,
			.report_fraction = 3,
			.report_jitter_us = 3000 },
		.tx = { .packets = 7, .octets = 1204, .blocked = 1, .icmp = 4 },
	};
	return &session;
}

static void assert_text(const struct sf_session *session, const char *expected)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	session_print(session, out);
	fclose(out);
	assert_string_equal(text, expected);
	free(text);
}

static void people_read_what_there_is(void **state)
{
	(void)state;
	assert_text(full(),
		    "session 17: owner operator, timeout 30s, age 5s, idle 20ms\n"
		    "\n"
		    "endpoint 1\n"
		    "  local      [2001:db8::1]:30000\n"
		    "  remote     [2001:db8::2]:4000 (learned)\n"
		    "  carries    rtp, clock 8000 Hz, dscp 0, ttl 64\n"
		    "  learn      window from 2001:db8::/32, 8.2s left, source strict\n"
		    "  reports    silence of 5s, telephone events of payload type 101\n"
		    "  forwards   to 2 mode=silence pt=101:96 ssrc=0x00001234 seq=-100 "
		    "timestamp=+160 dscp=46 ttl=9, 3\n"
		    "  received   100 packets, 17200 octets, idle 20ms\n"
		    "  quality    lost 0, duplicate 0, reordered 0, jitter 1.250ms\n"
		    "  stream     SSRC 0x01020304 after 2 changes, payload type 0, so far 0 101\n"
		    "  reported   lost -5 (1.2% of late), jitter 3.000ms, round trip 23.512ms\n"
		    "  rejected   0 from elsewhere, 0 malformed\n"
		    "  sent       7 packets, 1204 octets, 0 dropped, 1 blocked, 4 ICMP errors\n");
}

static void assert_json(json_t *object, const char *expected)
{
	json_error_t error;
	json_t *want = json_loads(expected, 0, &error);

	if (!want)
		fail_msg("%s at %d", error.text, error.position);
	if (!json_equal(object, want))
		fail_msg("%s", json_dumps(object, JSON_COMPACT));
	json_decref(want);
	json_decref(object);
}

static void programs_read_the_same(void **state)
{
	(void)state;
	assert_json(session_json(full()),
		    "{\"id\":17,\"owner\":0,\"owner_name\":\"operator\",\"timeout_ms\":30000,"
		    "\"age_ms\":5000,\"idle_ms\":20,\"endpoints\":[{\"id\":1,"
		    "\"local\":\"[2001:db8::1]:30000\",\"remote\":\"[2001:db8::2]:4000\","
		    "\"learned\":true,\"component\":\"rtp\",\"learn\":\"window\","
		    "\"learn_from\":\"2001:db8::/32\",\"learn_ms\":8200,\"source\":\"strict\","
		    "\"dscp\":0,\"ttl\":64,\"clock_rate\":8000,\"inactive_ms\":5000,"
		    "\"dtmf_type\":101,\"forwards\":[2,3],\"rewrites\":["
		    "{\"to\":2,\"mode\":\"silence\",\"payload_types\":[[101,96]],\"ssrc\":4660,"
		    "\"seq_offset\":65436,\"timestamp_offset\":160,\"dscp\":46,\"ttl\":9},"
		    "{\"to\":3,\"mode\":\"pass\",\"payload_types\":[],\"ssrc\":null,"
		    "\"seq_offset\":0,\"timestamp_offset\":0,\"dscp\":null,\"ttl\":null}],"
		    "\"rx\":{\"packets\":100,\"octets\":17200,\"lost\":0,\"duplicate\":0,"
		    "\"reordered\":0,\"jitter_us\":1250,\"ssrc\":16909060,\"ssrc_changes\":2,"
		    "\"payload_type\":0,\"payload_types\":[0,101],\"idle_ms\":20,"
		    "\"bad_source\":0,\"malformed\":0,\"rtt_us\":23512,\"report_lost\":-5,"
		    "\"report_fraction\":0.01171875,\"report_jitter_us\":3000},"
		    "\"tx\":{\"packets\":7,\"octets\":1204,\"dropped\":0,\"blocked\":1,"
		    "\"icmp\":4}}]}");
}

static void what_is_not_known_is_left_out(void **state)
{
	static const struct sf_session session = {
		.id = 1,
		.nendpoints = 1,
		.endpoints = { { .id = 1, .has = SF_HAS_DTMF_TYPE, .dtmf_type = SF_DTMF_NONE } },
	};
	json_t *object = session_json(&session);
	const json_t *ep = json_array_get(json_object_get(object, "endpoints"), 0);
	const json_t *rx = json_object_get(ep, "rx");
	static const char *const unknown[] = {
		"ssrc",	       "payload_type",	  "payload_types",    "idle_ms", "rtt_us",
		"report_lost", "report_fraction", "report_jitter_us", "lost",	 "duplicate",
		"reordered",   "jitter_us",	  "ssrc_changes"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		assert_true(json_is_null(json_object_get(rx, unknown[i])));
	assert_true(json_is_null(json_object_get(ep, "local")));
	assert_true(json_is_null(json_object_get(ep, "learn_ms")));
	assert_true(json_is_null(json_object_get(ep, "dtmf_type")));
	json_decref(object);
	assert_text(&session,
		    "session 1: owner operator, timeout never, age 0ms, idle 0ms\n"
		    "\n"
		    "endpoint 1\n"
		    "  local      ?:0\n"
		    "  remote     not known yet\n"
		    "  carries    rtp, clock 0 Hz, dscp 0, ttl 0\n"
		    "  learn      off, source strict\n"
		    "  forwards   nothing\n"
		    "  received   0 packets, 0 octets\n"
		    "  rejected   0 from elsewhere, 0 malformed\n"
		    "  sent       0 packets, 0 octets, 0 dropped, 0 blocked, 0 ICMP errors\n");
}

/* There is no RTP that could be lost, and no clock. */
static void a_transparent_endpoint_has_no_quality(void **state)
{
	static const struct sf_session session = {
		.id = 1,
		.nendpoints = 1,
		.endpoints = { { .id = 1,
				 .component = SIPFAST_COMPONENT_TRANSPARENT,
				 .clock_rate = 8000,
				 .rx = { .packets = 3, .octets = 90 } } },
	};
	json_t *object = session_json(&session);
	const json_t *ep = json_array_get(json_object_get(object, "endpoints"), 0);

	(void)state;
	assert_string_equal(json_string_value(json_object_get(ep, "component")), "transparent");
	assert_true(json_is_null(json_object_get(json_object_get(ep, "rx"), "lost")));
	json_decref(object);
	assert_text(&session,
		    "session 1: owner operator, timeout never, age 0ms, idle 0ms\n"
		    "\n"
		    "endpoint 1\n"
		    "  local      ?:0\n"
		    "  remote     not known yet\n"
		    "  carries    transparent, dscp 0, ttl 0\n"
		    "  learn      off, source strict\n"
		    "  forwards   nothing\n"
		    "  received   3 packets, 90 octets\n"
		    "  rejected   0 from elsewhere, 0 malformed\n"
		    "  sent       0 packets, 0 octets, 0 dropped, 0 blocked, 0 ICMP errors\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(people_read_what_there_is),
		cmocka_unit_test(programs_read_the_same),
		cmocka_unit_test(what_is_not_known_is_left_out),
		cmocka_unit_test(a_transparent_endpoint_has_no_quality),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
