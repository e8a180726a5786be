// SPDX-License-Identifier: GPL-2.0-or-later
/* Every answer of the control socket, exactly. */
#include "admin_fixture.h"

#define REALMS(media_ports)                                                            \
	"\"realms\":[{\"name\":\"access\",\"listen\":[\"udp:10.0.1.1:5060\","          \
	"\"udp:[2001:db8::1]:5070\"],\"media\":\"10.0.1.1:30000-30199\"," media_ports \
	",\"next_hop\":\"10.0.2.2:5060\"},{\"name\":\"core\",\"listen\":[],\"media\":null," \
	"\"ports_used\":0,\"ports_total\":0,\"next_hop\":null}]"
#define STATUS_BEGIN "{\"version\":\"" SIPFAST_VERSION "\",\"uptime_s\":0,"
#define CALLS                                                                 \
	"\"calls\":{\"active\":2,\"early\":1,\"total\":1000,\"failed\":3,"    \
	"\"finished_kept\":20,\"proxied\":4,\"proxied_total\":5},"          \
	"\"outside_calls\":{\"subscriptions\":4,"                           \
	"\"max_subscriptions\":100,\"requests\":30},"                       \
	"\"transactions\":{\"client\":7,\"server\":6},"                     \
	"\"connections\":{\"open\":0,\"accepted\":0,\"opened\":0,\"refused\":0,\"broken\":0},"
#define MESSAGES                                                                                 \
	"\"messages\":{\"rx\":10,\"tx\":20,\"tx_failed\":8,\"malformed\":3,\"retransmitted\":9," \
	"\"handed_over\":0,\"handover_dropped\":0},"                                             \
	"\"registrar\":null,\"store\":null,\"dns\":null,"                                       \
	"\"shards\":[{\"active\":2,\"total\":1000,\"rx\":10,\"load\":0}],"                       \
	"\"configuration\":{\"path\":\"\",\"generation\":0,\"loaded\":0.0,\"older_in_use\":0},"

static void status_without_media(void **state)
{
	(void)state;
	assert_answer(REQUEST("status", "show", "{}"),
		      OK(STATUS_BEGIN REALMS("\"ports_used\":0,\"ports_total\":0")
			 ",\"media\":\"none\",\"module\":null," CALLS
			 "\"sessions\":{\"kernel\":0,\"orphans\":0}," MESSAGES "\"degraded\":[]}"));
}

static void status_of_a_sound_kernel(void **state)
{
	(void)state;
	engine.cfg.media_kernel = true;
	engine.ports_used = 89;
	assert_answer(REQUEST("status", "show", "{}"),
		      OK(STATUS_BEGIN REALMS("\"ports_used\":89,\"ports_total\":100")
			 ",\"media\":\"kernel\",\"module\":\"0.1.0\"," CALLS
			 "\"sessions\":{\"kernel\":9,\"orphans\":0}," MESSAGES "\"degraded\":[]}"));
}

static void status_tells_what_is_wrong(void **state)
{
	(void)state;
	engine.cfg.media_kernel = true;
	engine.cfg.max_calls = 2;
	engine.ports_used = 90;
	engine.orphans = 3;
	engine.module_gone = true;
	assert_answer(REQUEST("status", "show", "{}"),
		      OK(STATUS_BEGIN REALMS("\"ports_used\":90,\"ports_total\":100")
			 ",\"media\":\"kernel\",\"module\":null," CALLS
			 "\"sessions\":{\"kernel\":null,\"orphans\":3}," MESSAGES "\"degraded\":["
			 "\"realm access uses 90 of its 100 media ports\","
			 "\"all of the 2 calls allowed are in use\","
			 "\"the kernel module is gone: calls have no media\","
			 "\"3 kernel sessions belong to no call\"]}"));
}

static void lists_of_calls(void **state)
{
	(void)state;
	assert_answer(REQUEST("call", "list", "{}"), OK("{\"calls\":[{" ENTRY "}],\"omitted\":0}"));
	assert_answer(REQUEST("call", "list", "{\"all\":true}"),
		      OK("{\"calls\":[{" ENTRY "},{" ENTRY "}],\"omitted\":0}"));
	engine.copies = 0;
	assert_answer(REQUEST("call", "list", "{\"all\":false}"),
		      OK("{\"calls\":[],\"omitted\":0}"));
}

static void a_list_is_bounded(void **state)
{
	static const char end[] = "],\"omitted\":7}}";
	unsigned int count = 0;
	char *answer, *p;

	(void)state;
	engine.copies = ADMIN_MAX_LIST + 7;
	answer = answer_to(REQUEST("call", "list", "{}"));
	for (p = answer; (p = strstr(p, "\"id\":")); p++)
		count++;
	assert_int_equal(count, ADMIN_MAX_LIST);
	assert_string_equal(answer + strlen(answer) - strlen(end), end);
	free(answer);
}

static void a_call_in_full(void **state)
{
	(void)state;
	assert_answer(REQUEST("call", "show", "{\"id\":\"0123\"}"),
		      OK("{" ENTRY ",\"legs\":["
			 "{\"name\":\"A\",\"realm\":\"access\",\"call_id\":\"x@10.0.1.2\","
			 "\"local\":\"sip:b@10.0.1.1\",\"remote\":\"sip:a@10.0.1.2\","
			 "\"local_tag\":\"lt\",\"remote_tag\":\"rt\","
			 "\"remote_target\":\"sip:a@10.0.1.2:5070\",\"peer\":\"10.0.1.2:5070\","
			 "\"state\":\"confirmed\"},"
			 "{\"name\":\"B\",\"realm\":\"core\",\"call_id\":\"\",\"local\":\"\","
			 "\"remote\":\"\",\"local_tag\":\"\",\"remote_tag\":\"\","
			 "\"remote_target\":\"\",\"peer\":\"\",\"state\":\"none\"}],"
			 "\"setup_ms\":40,\"ring_ms\":5,\"talk_ms\":1194,\"ended_by\":\"\","
			 "\"dtmf\":{\"a_events\":4,\"b_events\":3,\"a_info\":2,\"b_info\":1},"
			 "\"media\":[{\"type\":\"audio\",\"a_local\":\"10.0.1.1:30000\","
			 "\"a_remote\":\"10.0.1.2:4000\",\"b_local\":\"10.0.2.1:30000\","
			 "\"b_remote\":\"\",\"codec\":\"PCMU\",\"a_rx_packets\":50,"
			 "\"b_rx_packets\":51,\"a_lost\":-1,\"b_lost\":0,\"a_jitter_us\":0,"
			 "\"b_jitter_us\":125,\"held\":false}]}"));
}

static void an_unanswered_call_has_no_times(void **state)
{
	char *answer;

	(void)state;
	call.setup_ms = call.ring_ms = call.talk_ms = -1;
	call.media.nstreams = 0;
	answer = answer_to(REQUEST("call", "show", "{\"id\":\"0123\"}"));
	assert_non_null(strstr(answer, "\"answered\":false,"));
	assert_non_null(strstr(answer, "\"setup_ms\":null,\"ring_ms\":null,\"talk_ms\":null,"));
	assert_non_null(strstr(answer, "\"media\":[]}"));
	free(answer);
}

static void a_ladder(void **state)
{
	(void)state;
	ladder.omitted = 4;
	assert_answer(
		REQUEST("call", "ladder", "{\"id\":\"0123456789abcdef\"}"),
		OK("{\"id\":\"0123456789abcdef\",\"columns\":["
		   "{\"name\":\"10.0.1.2:5070\",\"realm\":\"access\"},{\"name\":\"sipd\"},"
		   "{\"name\":\"\",\"realm\":\"core\"}],\"events\":["
		   "{\"t_ms\":0,\"from\":0,\"to\":1,\"label\":\"INVITE\","
		   "\"detail\":\"audio PCMU\",\"retransmission\":false,\"kind\":\"message\","
		   "\"note\":\"\"},"
		   "{\"t_ms\":500,\"from\":0,\"to\":1,\"label\":\"INVITE\",\"detail\":\"\","
		   "\"retransmission\":true,\"kind\":\"message\",\"note\":\"\"},"
		   "{\"t_ms\":501,\"from\":1,\"to\":2,\"label\":\"media\","
		   "\"detail\":\"learned\",\"retransmission\":false,\"kind\":\"media\","
		   "\"note\":\"\"}],"
		   "\"omitted\":4}"));
}

static void a_kill(void **state)
{
	(void)state;
	assert_answer(REQUEST("call", "kill", "{\"id\":\"01\"}"),
		      OK("{\"id\":\"0123456789abcdef\",\"killed\":true}"));
	call.state = CALL_ENDED;
	assert_answer(REQUEST("call", "kill", "{\"id\":\"01\"}"),
		      ERROR("failed", "call \\\"01\\\" has ended already"));
}

#define ORPHAN(id)                                                               \
	"{\"session_id\":" id ",\"age_ms\":2000,\"idle_ms\":30,\"endpoints\":4," \
	"\"local\":\"10.0.1.1:30000\",\"remote\":\"\"}"

static void orphans(void **state)
{
	(void)state;
	engine.orphans = 2;
	assert_answer(REQUEST("call", "orphans", "{}"),
		      OK("{\"orphans\":[],\"cleared\":0,\"omitted\":0}"));
	engine.cfg.media_kernel = true;
	assert_answer(REQUEST("call", "orphans", "{}"),
		      OK("{\"orphans\":[" ORPHAN("1") "," ORPHAN("2") "],\"cleared\":0,"
			 "\"omitted\":0}"));
	assert_answer(REQUEST("call", "orphans", "{\"clear\":true}"),
		      OK("{\"orphans\":[" ORPHAN("1") "," ORPHAN("2") "],\"cleared\":2,"
			 "\"omitted\":0}"));
	assert_answer(REQUEST("call", "orphans", "{\"clear\":true}"),
		      OK("{\"orphans\":[],\"cleared\":0,\"omitted\":0}"));
}

static void refusals(void **state)
{
	static const struct {
		const char *line, *answer;
	} cases[] = {
		{ "{\"noun\":\"call\",\"verb\":\"list\"}",
		  ERROR("usage", "a request is an object with \\\"schema\\\", \\\"noun\\\", "
				 "\\\"verb\\\"") },
		{ "[]", ERROR("usage", "a request is an object with \\\"schema\\\", \\\"noun\\\", "
				       "\\\"verb\\\"") },
		{ "{\"schema\":2,\"noun\":\"call\",\"verb\":\"list\"}",
		  ERROR("usage", "schema 2 is not spoken by sipd " SIPFAST_VERSION "; use 1") },
		{ REQUEST("call", "dance", "{}"),
		  ERROR("usage", "sipd " SIPFAST_VERSION " has no \\\"call dance\\\"") },
		{ REQUEST("call", "list", "[]"), ERROR("usage", "\\\"args\\\" is no object") },
		{ REQUEST("call", "show", "{}"),
		  ERROR("usage", "\\\"id\\\" is missing in args; give it as a string") },
		{ REQUEST("call", "kill", "{\"id\":3}"),
		  ERROR("usage", "\\\"id\\\" is missing in args; give it as a string") },
		{ REQUEST("call", "ladder", "{\"id\":\"\"}"),
		  ERROR("usage", "\\\"id\\\" is missing in args; give it as a string") },
		{ REQUEST("call", "show", "{\"id\":\"9\"}"),
		  ERROR("not-found", "no call \\\"9\\\"; sipctl call list -a shows them all") },
		{ REQUEST("call", "kill", "{\"id\":\"two\"}"),
		  ERROR("usage", "several calls begin with \\\"two\\\"; give more of the id") },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		assert_answer(cases[i].line, cases[i].answer);
}

static void what_is_no_json_is_refused(void **state)
{
	static const char *const lines[] = {
		"", "x", "{", "\xff",
		"{\"schema\":1,\"schema\":1,\"noun\":\"call\",\"verb\":\"list\"}",
		"{\"schema\":1,\"noun\":\"ca\\u0000ll\",\"verb\":\"list\"}",
	};
	static const char begin[] = "{\"schema\":1,\"ok\":false,\"error\":{\"code\":\"usage\","
				    "\"message\":\"no JSON in column ";
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		char *answer = answer_to(lines[i]);

		assert_int_equal(strncmp(answer, begin, strlen(begin)), 0);
		free(answer);
	}
}

static void hostile_names_in_answers(void **state)
{
	char *answer;

	(void)state;
	call.from = "sip:\xff\"\n@x";
	answer = answer_to(REQUEST("call", "list", "{}"));
	assert_non_null(strstr(answer, "\"from\":\"sip:\\\\xff\\\"\\n@x\""));
	free(answer);
}

int main(void)
{
#define ANSWER_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		ANSWER_TEST(status_without_media),
		ANSWER_TEST(status_of_a_sound_kernel),
		ANSWER_TEST(status_tells_what_is_wrong),
		ANSWER_TEST(lists_of_calls),
		ANSWER_TEST(a_list_is_bounded),
		ANSWER_TEST(a_call_in_full),
		ANSWER_TEST(an_unanswered_call_has_no_times),
		ANSWER_TEST(a_ladder),
		ANSWER_TEST(a_kill),
		ANSWER_TEST(orphans),
		ANSWER_TEST(refusals),
		ANSWER_TEST(what_is_no_json_is_refused),
		ANSWER_TEST(hostile_names_in_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
