/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control socket before an engine and a media part of its own, with one call to tell of.
 * Included by one test program each, where these come before those of sipd.
 */
#ifndef TESTS_UNIT_ADMIN_FIXTURE_H
#define TESTS_UNIT_ADMIN_FIXTURE_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "admin/request.h"
#include "base/log.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof(*(array)))

/* --- what stands in for the rest of sipd --- */

struct call_engine {
	struct cfg cfg;
	unsigned int copies; /* of the call in lists */
	bool module_gone;
	unsigned int orphans, ports_used, active, load;
	unsigned int kills, recounts; /* asked for */
};

static struct cfg_listen listens[2];
static struct cfg_realm realms[2];
static struct call_engine engine;
static struct call_info call;
static struct ladder ladder;

void call_counts(const struct call_engine *e, struct call_counts *counts)
{
	*counts = (struct call_counts){ e->active, 1, 1000, 3, 20, 4, 5, 4, 30 };
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

const struct tp_stats *call_engine_tp_stats(const struct call_engine *e)
{
	static const struct tp_stats stats = { .tx_failed = 8 };

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
		host_parse(&list[i].local.host, AF_INET, VIEW_LIT("10.0.1.1"));
		list[i].local.port = 30000;
	}
	return count;
}

unsigned int media_orphan_clear(struct media *media)
{
	unsigned int count = media_orphan_count(media);

	((struct call_engine *)media)->orphans = 0;
	return count;
}

int media_kernel_sessions(struct media *media, unsigned int elsewhere)
{
	(void)elsewhere;
	return ((struct call_engine *)media)->module_gone ? -ENOENT : 9;
}

unsigned int media_session_count(const struct media *media)
{
	(void)media;
	return 5;
}

void media_orphan_recount(struct media *media)
{
	((struct call_engine *)media)->recounts++;
}

struct registrar *call_engine_registrar(const struct call_engine *e)
{
	(void)e;
	return NULL;
}

struct dns *call_engine_dns(struct call_engine *e)
{
	(void)e;
	return NULL;
}

unsigned int call_engine_load(const struct call_engine *e)
{
	return e->load;
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

static int find(const struct call_engine *e, const char *id)
{
	if (!e->copies)
		return -ENOENT;
	if (!strcmp(id, "two"))
		return -EEXIST;
	return strncmp(call.id, id, strlen(id)) ? -ENOENT : 0;
}

int call_find(struct call_engine *e, const char *id,
	      void (*cb)(const struct call_info *info, void *arg), void *arg)
{
	int ret = find(e, id);

	if (!ret)
		cb(&call, arg);
	return ret;
}

int call_kill(struct call_engine *e, const char *id, char full_id[CALL_ID_STRLEN])
{
	int ret = find(e, id);

	e->kills++;
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
		.digits = { { 4, 3 }, { 2, 1 } },
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
	stream->local[MEDIA_A] = (struct host_port){ tp_addr_to_host(&addr), tp_addr_port(&addr) };
	address(&addr, "10.0.1.2:4000");
	stream->remote[MEDIA_A] = (struct host_port){ tp_addr_to_host(&addr), tp_addr_port(&addr) };
	address(&addr, "10.0.2.1:30000");
	stream->local[MEDIA_B] = (struct host_port){ tp_addr_to_host(&addr), tp_addr_port(&addr) };
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
	engine.cfg.max_subscriptions = 100;
	engine.copies = 1;
	engine.active = 2;
	address(&listens[0].addr, "10.0.1.1");
	address(&listens[1].addr, "[2001:db8::1]:5070");
	realms[0] = (struct cfg_realm){ .name = (char *)"access", .listen = listens, .nlisten = 2,
					.media_port_min = 30000, .media_port_max = 30199,
					.next_hop_realm = &realms[1] };
	host_parse(&realms[0].media_address, AF_INET, VIEW_LIT("10.0.1.1"));
	address(&realms[0].next_hop.addr, "10.0.2.2");
	realms[1] = (struct cfg_realm){ .slot = 1, .name = (char *)"core" };
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

/* --- requests and answers --- */

static inline void take_answer(void *arg, char *answer, size_t len)
{
	assert_non_null(answer);
	assert_int_equal(answer[len - 1], '\n');
	answer[len - 1] = 0;
	*(char **)arg = answer;
}

static const struct admin_shard only_shard = { .engine = &engine };

static inline char *answer_to(const char *line)
{
	struct admin_context context = { .shards = &only_shard, .nshards = 1 };
	char *answer = NULL;

	assert_int_equal(loop_alloc(&context.loop), 0);
	context.start_ms = loop_now_ms(context.loop);
	assert_null(admin_request_start(&context, line, strlen(line), take_answer, &answer));
	loop_free(context.loop);
	assert_non_null(answer);
	return answer;
}

static inline void assert_answer(const char *line, const char *expected)
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
#define ENTRY                                                                             \
	"\"id\":\"0123456789abcdef\",\"state\":\"established\",\"from\":\"sip:a@10.0.1.2\"," \
	"\"to\":\"sip:b@10.0.1.1\",\"realm_in\":\"access\",\"realm_out\":\"core\","         \
	"\"start\":1700000000.25,\"duration_ms\":1234,\"answered\":true,\"code\":200,"      \
	"\"reason\":\"OK\""

#endif
