// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The control socket: every answer, exactly, from an engine and a media part of this file's own;
 * and what clients can do wrong.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "admin/admin.h"
#include "admin/conn.h"
#include "admin/request.h"
#include "admin/text.h"
#include "base/log.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof(*(array)))

/* --- what stands in for the rest of sipd --- */

struct call_engine {
	struct cfg cfg;
	unsigned int copies; /* of the call in lists */
	bool module_gone;
	unsigned int orphans, ports_used, active;
};

static struct cfg_listen listens[2];
static struct cfg_realm realms[2];
static struct call_engine engine;
static struct call_info call;
static struct ladder ladder;

void call_counts(const struct call_engine *e, struct call_counts *counts)
{
	*counts = (struct call_counts){ e->active, 1, 1000, 3, 20 };
}

const struct cfg *call_engine_cfg(const struct call_engine *e)
{
	return &e->cfg;
}

struct media *call_engine_media(struct call_engine *e)
{
	return (struct media *)e;
}

const struct sip_stack_stats *call_engine_sip_stats(const struct call_engine *e)
{
	static const struct sip_stack_stats stats = {
		.rx = 10,
		.tx = 20,
		.rx_malformed = 3,
		.rx_retransmissions = 4,
		.tx_retransmissions = 5,
		.server_transactions = 6,
		.client_transactions = 7,
	};

	(void)e;
	return &stats;
}

const struct media_realm *call_engine_media_realm(const struct call_engine *e,
						  const struct cfg_realm *realm)
{
	return e->cfg.media_kernel && realm == &realms[0] ? (const struct media_realm *)e : NULL;
}

void media_realm_ports(const struct media_realm *realm, unsigned int *used, unsigned int *total)
{
	*used = ((const struct call_engine *)realm)->ports_used;
	*total = 100;
}

unsigned int media_orphan_count(const struct media *media)
{
	return ((const struct call_engine *)media)->orphans;
}

unsigned int media_orphan_list(struct media *media, struct media_orphan *list, unsigned int max)
{
	unsigned int count = media_orphan_count(media), i;

	for (i = 0; i < count && i < max; i++) {
		list[i] = (struct media_orphan){ .session_id = i + 1, .age_ms = 2000, .idle_ms = 30,
						 .endpoints = 4 };
		list[i].local.sin_family = AF_INET;
		inet_pton(AF_INET, "10.0.1.1", &list[i].local.sin_addr);
		list[i].local.sin_port = htons(30000);
	}
	return count;
}

unsigned int media_orphan_clear(struct media *media)
{
	unsigned int count = media_orphan_count(media);

	((struct call_engine *)media)->orphans = 0;
	return count;
}

int media_kernel_sessions(struct media *media)
{
	return ((struct call_engine *)media)->module_gone ? -ENOENT : 9;
}

const char *media_module_version(struct media *media)
{
	return ((struct call_engine *)media)->module_gone ? NULL : "0.1.0";
}

const char *call_state_name(enum call_state state)
{
	return state == CALL_ESTABLISHED ? "established" : "other";
}

void call_each(struct call_engine *e, bool finished,
	       void (*cb)(const struct call_info *info, void *arg), void *arg)
{
	unsigned int i;

	for (i = 0; i < e->copies + finished; i++)
		cb(&call, arg);
}

static int find(const char *id)
{
	if (!strcmp(id, "two"))
		return -EEXIST;
	return strncmp(call.id, id, strlen(id)) ? -ENOENT : 0;
}

int call_find(struct call_engine *e, const char *id,
	      void (*cb)(const struct call_info *info, void *arg), void *arg)
{
	int ret = find(id);

	(void)e;
	if (!ret)
		cb(&call, arg);
	return ret;
}

int call_kill(struct call_engine *e, const char *id, char full_id[CALL_ID_STRLEN])
{
	int ret = find(id);

	(void)e;
	if (!ret)
		memcpy(full_id, call.id, CALL_ID_STRLEN);
	return !ret && call.state == CALL_ENDED ? -EALREADY : ret;
}

/* --- fixtures --- */

static void address(struct tp_addr *addr, const char *text)
{
	assert_int_equal(tp_addr_parse(addr, view_str(text), 5060), 0);
}

static void set_up_call(void)
{
	struct media_stream_stats *stream = &call.media.streams[0];
	struct tp_addr addr;

	call = (struct call_info){
		.id = "0123456789abcdef",
		.state = CALL_ESTABLISHED,
		.from = "sip:a@10.0.1.2",
		.to = "sip:b@10.0.1.1",
		.start = 1700000000.25,
		.duration_ms = 1234,
		.ring_ms = 5,
		.setup_ms = 40,
		.talk_ms = 1194,
		.code = 200,
		.reason = "OK",
		.ended_by = "",
		.ladder = &ladder,
	};
	call.legs[0] = (struct call_leg_info){
		.realm = "access",
		.call_id = "x@10.0.1.2",
		.local_uri = "sip:b@10.0.1.1",
		.remote_uri = "sip:a@10.0.1.2",
		.local_tag = "lt",
		.remote_tag = "rt",
		.remote_target = "sip:a@10.0.1.2:5070",
		.state = "confirmed",
	};
	address(&call.legs[0].peer, "10.0.1.2:5070");
	call.legs[1] = (struct call_leg_info){
		.realm = "core", .call_id = "", .local_uri = "", .remote_uri = "", .local_tag = "",
		.remote_tag = "", .remote_target = "", .state = "none",
	};
	strcpy(stream->type, "audio");
	strcpy(stream->codec, "PCMU");
	address(&addr, "10.0.1.1:30000");
	stream->local[MEDIA_A] = addr.in;
	address(&addr, "10.0.1.2:4000");
	stream->remote[MEDIA_A] = addr.in;
	address(&addr, "10.0.2.1:30000");
	stream->local[MEDIA_B] = addr.in;
	stream->rx_packets[MEDIA_A] = 50;
	stream->rx_packets[MEDIA_B] = 51;
	stream->lost[MEDIA_A] = -1;
	stream->jitter_us[MEDIA_B] = 125;
	call.media.nstreams = 1;
}

static int set_up(void **state)
{
	(void)state;
	log_set_level(LOG_LEVEL_ERROR);
	memset(&engine, 0, sizeof(engine));
	engine.cfg.realms = realms;
	engine.cfg.nrealms = 2;
	engine.copies = 1;
	engine.active = 2;
	address(&listens[0].addr, "10.0.1.1");
	address(&listens[1].addr, "[2001:db8::1]:5070");
	realms[0] = (struct cfg_realm){ .name = (char *)"access", .listen = listens, .nlisten = 2,
					.media_port_min = 30000, .media_port_max = 30199,
					.next_hop_realm = &realms[1] };
	inet_pton(AF_INET, "10.0.1.1", &realms[0].media_address);
	address(&realms[0].next_hop, "10.0.2.2");
	realms[1] = (struct cfg_realm){ .name = (char *)"core" };
	set_up_call();
	ladder_clean(&ladder);
	ladder_add(&ladder, 100, LADDER_MESSAGE, LADDER_A, LADDER_SIPD, false, "INVITE", "audio "
											 "PCMU");
	ladder_add(&ladder, 600, LADDER_MESSAGE, LADDER_A, LADDER_SIPD, true, "INVITE", "");
	ladder_add(&ladder, 601, LADDER_MEDIA, LADDER_SIPD, LADDER_B, false, "media", "learned");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	ladder_clean(&ladder);
	return 0;
}

/* --- answers --- */

static char *answer_to(const char *line)
{
	struct admin_context context = { .engine = &engine };
	char *answer;
	size_t len;

	assert_int_equal(loop_alloc(&context.loop), 0);
	context.start_ms = loop_now_ms(context.loop);
	answer = admin_answer(&context, line, strlen(line), &len);
	loop_free(context.loop);
	assert_non_null(answer);
	assert_int_equal(answer[len - 1], '\n');
	answer[len - 1] = 0;
	return answer;
}

static void assert_answer(const char *line, const char *expected)
{
	char *answer = answer_to(line);

	assert_string_equal(answer, expected);
	free(answer);
}

#define REQUEST(noun, verb, args) \
	"{\"schema\":1,\"noun\":\"" noun "\",\"verb\":\"" verb "\",\"args\":" args "}"
#define OK(result) "{\"schema\":1,\"ok\":true,\"result\":" result "}"
#define ERROR(code, message)                                                                \
	"{\"schema\":1,\"ok\":false,\"error\":{\"code\":\"" code "\",\"message\":\"" message \
	"\"}}"
#define REALMS(media_ports)                                                            \
	"\"realms\":[{\"name\":\"access\",\"listen\":[\"udp:10.0.1.1:5060\","          \
	"\"udp:[2001:db8::1]:5070\"],\"media\":\"10.0.1.1:30000-30199\"," media_ports \
	",\"next_hop\":\"10.0.2.2:5060\"},{\"name\":\"core\",\"listen\":[],\"media\":null," \
	"\"ports_used\":0,\"ports_total\":0,\"next_hop\":null}]"
#define STATUS_BEGIN "{\"version\":\"" SIPFAST_VERSION "\",\"uptime_s\":0,"
#define CALLS                                                                      \
	"\"calls\":{\"active\":2,\"early\":1,\"total\":1000,\"failed\":3,"         \
	"\"finished_kept\":20},\"transactions\":{\"client\":7,\"server\":6},"
#define MESSAGES "\"messages\":{\"rx\":10,\"tx\":20,\"malformed\":3,\"retransmitted\":9},"
#define ENTRY                                                                             \
	"\"id\":\"0123456789abcdef\",\"state\":\"established\",\"from\":\"sip:a@10.0.1.2\"," \
	"\"to\":\"sip:b@10.0.1.1\",\"realm_in\":\"access\",\"realm_out\":\"core\","         \
	"\"start\":1700000000.25,\"duration_ms\":1234,\"answered\":true,\"code\":200,"      \
	"\"reason\":\"OK\""

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
	assert_answer(REQUEST("call", "ladder", "{\"id\":\"0123456789abcdef\"}"),
		      OK("{\"id\":\"0123456789abcdef\",\"columns\":["
			 "{\"name\":\"10.0.1.2:5070\",\"realm\":\"access\"},{\"name\":\"sipd\"},"
			 "{\"name\":\"\",\"realm\":\"core\"}],\"events\":["
			 "{\"t_ms\":0,\"from\":0,\"to\":1,\"label\":\"INVITE\","
			 "\"detail\":\"audio PCMU\",\"retransmission\":false,\"kind\":\"message\"},"
			 "{\"t_ms\":500,\"from\":0,\"to\":1,\"label\":\"INVITE\",\"detail\":\"\","
			 "\"retransmission\":true,\"kind\":\"message\"},"
			 "{\"t_ms\":501,\"from\":1,\"to\":2,\"label\":\"media\","
			 "\"detail\":\"learned\",\"retransmission\":false,\"kind\":\"media\"}],"
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

/* --- strings from the network --- */

static void assert_text(const char *text, const char *expected)
{
	json_t *json = admin_text(text);

	assert_non_null(json);
	assert_string_equal(json_string_value(json), expected);
	json_decref(json);
}

static void text_is_always_utf8(void **state)
{
	(void)state;
	assert_text(NULL, "");
	assert_text("", "");
	assert_text("sip:a@b", "sip:a@b");
	assert_text("\x01\x7f\"\\", "\x01\x7f\"\\");
	assert_text("J\xc3\xbcrgen \xe2\x82\xac \xf0\x9f\x98\x80", "J\xc3\xbcrgen \xe2\x82\xac "
								     "\xf0\x9f\x98\x80");
	assert_text("J\xfcrgen", "J\\xfcrgen");
	assert_text("\xc3", "\\xc3");
	assert_text("\xe2\x82", "\\xe2\\x82");
	assert_text("\xf0\x9f\x98", "\\xf0\\x9f\\x98");
	assert_text("\xc0\xaf", "\\xc0\\xaf");
	assert_text("\xe0\x80\xaf", "\\xe0\\x80\\xaf");
	assert_text("\xed\xa0\x80", "\\xed\\xa0\\x80");
	assert_text("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
	assert_text("\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80");
	assert_text("\x80", "\\x80");
}

static void long_text_is_cut(void **state)
{
	char text[ADMIN_TEXT_MAX + 2];
	char expected[ADMIN_TEXT_MAX + 4];

	(void)state;
	memset(text, 'a', sizeof(text));
	text[ADMIN_TEXT_MAX] = 0;
	assert_text(text, text);
	memset(expected, 'a', sizeof(expected));
	strcpy(expected + ADMIN_TEXT_MAX, "...");
	text[ADMIN_TEXT_MAX] = 'a';
	text[ADMIN_TEXT_MAX + 1] = 0;
	assert_text(text, expected);
	/* Never in the middle of a character. */
	memcpy(text + ADMIN_TEXT_MAX - 1, "\xc3\xbc", 3);
	strcpy(expected + ADMIN_TEXT_MAX - 1, "...");
	assert_text(text, expected);
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

/* --- the socket --- */

struct server {
	struct loop *loop;
	struct admin *admin;
	struct timer poll, limit;
	char path[64];
	int client;
	char *got;
	size_t len;
	unsigned int lines; /* to wait for; 0: for the end of the connection */
	bool ended, timed_out;
};

static struct server server;

static void on_limit(struct timer *timer)
{
	(void)timer;
	server.timed_out = true;
	loop_stop(server.loop);
}

static unsigned int lines_got(void)
{
	unsigned int lines = 0;
	size_t i;

	for (i = 0; i < server.len; i++)
		lines += server.got[i] == '\n';
	return lines;
}

static void on_poll(struct timer *timer)
{
	ssize_t n;

	server.got = realloc(server.got, server.len + 65537);
	n = recv(server.client, server.got + server.len, 65536, MSG_DONTWAIT);
	if (n > 0)
		server.len += n;
	server.got[server.len] = 0;
	server.ended = !n || (n < 0 && errno == ECONNRESET);
	if (server.ended || (server.lines && lines_got() >= server.lines))
		loop_stop(server.loop);
	else
		loop_timer_set(server.loop, timer, 1, on_poll);
}

/* Runs sipd's side until @lines answers are here (0: until the connection ends). */
static const char *wait_for(unsigned int lines)
{
	server.lines = lines;
	server.len = 0;
	server.ended = false;
	loop_timer_set(server.loop, &server.limit, 20000, on_limit);
	loop_timer_set(server.loop, &server.poll, 1, on_poll);
	assert_int_equal(loop_run(server.loop), 0);
	loop_timer_cancel(server.loop, &server.poll);
	loop_timer_cancel(server.loop, &server.limit);
	assert_false(server.timed_out);
	return server.got;
}

static int new_client(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(addr.sun_path, server.path);
	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	return fd;
}

static void client_sends(const void *data, size_t len)
{
	assert_int_equal(send(server.client, data, len, MSG_NOSIGNAL), len);
}

static int set_up_server(void **state)
{
	set_up(state);
	memset(&server, 0, sizeof(server));
	snprintf(server.path, sizeof(server.path), "/tmp/test_admin.%d", (int)getpid());
	assert_int_equal(loop_alloc(&server.loop), 0);
	assert_int_equal(admin_alloc(&server.admin, server.loop, server.path, &engine), 0);
	server.client = new_client();
	return 0;
}

static int tear_down_server(void **state)
{
	close(server.client);
	admin_free(server.admin);
	loop_free(server.loop);
	free(server.got);
	assert_int_equal(access(server.path, F_OK), -1);
	return tear_down(state);
}

#define LIST REQUEST("call", "list", "{}") "\n"
#define LIST_ANSWER OK("{\"calls\":[{" ENTRY "}],\"omitted\":0}") "\n"

static void requests_are_answered_in_order(void **state)
{
	static const char two[] = LIST REQUEST("call", "nothing", "{}") "\n" LIST;
	size_t half = sizeof(LIST) / 2;

	(void)state;
	client_sends(two, strlen(two));
	assert_string_equal(wait_for(3),
			    LIST_ANSWER ERROR("usage", "sipd " SIPFAST_VERSION
						       " has no \\\"call nothing\\\"") "\n"
			    LIST_ANSWER);
	client_sends(LIST, half);
	client_sends((const char *)LIST + half, strlen(LIST) - half);
	assert_string_equal(wait_for(1), LIST_ANSWER);
}

static void the_socket_is_for_owner_and_group(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(stat(server.path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0660);
}

static void a_long_line_ends_the_connection(void **state)
{
	char *line = malloc(ADMIN_MAX_LINE);

	(void)state;
	memset(line, ' ', ADMIN_MAX_LINE);
	memcpy(line, LIST, strlen(LIST) - 1);
	line[ADMIN_MAX_LINE - 1] = '\n';
	client_sends(line, ADMIN_MAX_LINE);
	assert_string_equal(wait_for(1), LIST_ANSWER);
	line[ADMIN_MAX_LINE - 1] = ' ';
	client_sends(line, ADMIN_MAX_LINE);
	assert_string_equal(wait_for(0), ERROR("usage", "the request is longer than 64 KiB") "\n");
	free(line);
}

static void the_65th_client_is_refused(void **state)
{
	int others[63], last = server.client;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(others); i++)
		others[i] = new_client();
	server.client = new_client();
	assert_string_equal(wait_for(0), ERROR("failed", "too many clients are connected") "\n");
	close(server.client);
	close(others[0]);
	server.client = last;
	client_sends(LIST, strlen(LIST));
	assert_string_equal(wait_for(1), LIST_ANSWER);
	others[0] = server.client;
	server.client = new_client();
	client_sends(LIST, strlen(LIST));
	assert_string_equal(wait_for(1), LIST_ANSWER);
	for (i = 0; i < ARRAY_SIZE(others); i++)
		close(others[i]);
}

static void a_large_answer_comes_whole(void **state)
{
	size_t expected;

	(void)state;
	engine.copies = ADMIN_MAX_LIST;
	client_sends(LIST, strlen(LIST));
	wait_for(1);
	expected = strlen(LIST_ANSWER) + (ADMIN_MAX_LIST - 1) * (strlen(ENTRY) + 3);
	assert_int_equal(server.len, expected);
}

static void on_stop(struct timer *timer)
{
	(void)timer;
	loop_stop(server.loop);
}

static void a_client_that_takes_nothing_is_cut(void **state)
{
	struct timer stop = { 0 };

	(void)state;
	engine.copies = ADMIN_MAX_LIST;
	client_sends(LIST, strlen(LIST));
	/* Just behind the time that sipd gives it. */
	loop_timer_set(server.loop, &stop, 5500, on_stop);
	assert_int_equal(loop_run(server.loop), 0);
	wait_for(0);
	assert_true(server.ended);
	assert_int_equal(lines_got(), 0);
}

static void a_living_socket_is_not_taken_over(void **state)
{
	struct admin *second;

	(void)state;
	log_set_level(LOG_LEVEL_ERROR);
	assert_int_equal(admin_alloc(&second, server.loop, server.path, &engine), -EADDRINUSE);
	assert_null(second);
	client_sends(LIST, strlen(LIST));
	assert_string_equal(wait_for(1), LIST_ANSWER);
}

static void a_stale_socket_is_replaced_a_file_is_not(void **state)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct admin *second;
	int fd;

	(void)state;
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s.stale", server.path);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	close(fd);
	assert_int_equal(admin_alloc(&second, server.loop, addr.sun_path, &engine), 0);
	admin_free(second);
	fclose(fopen(addr.sun_path, "w"));
	assert_int_equal(admin_alloc(&second, server.loop, addr.sun_path, &engine), -EEXIST);
	assert_int_equal(unlink(addr.sun_path), 0);
}

int main(void)
{
#define ANSWER_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define SERVER_TEST(name) cmocka_unit_test_setup_teardown(name, set_up_server, tear_down_server)
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
		ANSWER_TEST(text_is_always_utf8),
		ANSWER_TEST(long_text_is_cut),
		ANSWER_TEST(hostile_names_in_answers),
		SERVER_TEST(requests_are_answered_in_order),
		SERVER_TEST(the_socket_is_for_owner_and_group),
		SERVER_TEST(a_long_line_ends_the_connection),
		SERVER_TEST(the_65th_client_is_refused),
		SERVER_TEST(a_large_answer_comes_whole),
		SERVER_TEST(a_client_that_takes_nothing_is_cut),
		SERVER_TEST(a_living_socket_is_not_taken_over),
		SERVER_TEST(a_stale_socket_is_replaced_a_file_is_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
