// SPDX-License-Identifier: GPL-2.0-or-later
/* Listeners, sources, policy and rules as attributes and back, to the octet. */
#include "attr_fixture.h"

/* clang-format off */

/* --- listeners ----------------------------------------------------------------------------- */

static void a_listener_says_what_it_has(void **state)
{
	struct sf_listener listener = { .addr = ip("10.0.1.1", 0x1234), .workers = 9, .load = 9 };

	(void)state;
	kernel = keep;
	assert_int_equal(sf_listener_add(client, &listener), 0);
	assert_sent(SIPFAST_CMD_LISTENER_ADD,
		A_NEST("\x1c", "\x07")
		A_U32("\x02", "\x0a\x00\x01\x01")
		A_U16("\x04", "\x12\x34")
		A_U8("\x05", "\x00"));
	listener = (struct sf_listener){
		.addr = ip("2001:db8::1", 0x1234),
		.transport = SIPFAST_TRANSPORT_TLS,
		.has = SF_LISTENER_MODE | SF_LISTENER_WORKERS | SF_LISTENER_LOAD,
		.mode = SIPFAST_MODE_ENFORCE,
		.workers = 64,
		.hash_key = { 1, 2 },
		.load = 100,
	};
	assert_int_equal(sf_listener_set(client, &listener), 0);
	assert_sent(SIPFAST_CMD_LISTENER_SET,
		A_NEST("\x54", "\x07")
		A_IP6("\x03", DB8_1)
		A_U16("\x04", "\x12\x34")
		A_U8("\x05", "\x02")
		A_U8("\x06", "\x02")
		A_U8("\x07", "\x40")
		"\x14\x00\x08\x00\x01\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00"
		A_U8("\x09", "\x64"));
	/* To delete one takes no more than its name. */
	assert_int_equal(sf_listener_del(client, &listener), 0);
	assert_sent(SIPFAST_CMD_LISTENER_DEL,
		A_NEST("\x28", "\x07")
		A_IP6("\x03", DB8_1)
		A_U16("\x04", "\x12\x34")
		A_U8("\x05", "\x02"));
}

static struct sf_listener got_listener;
static unsigned int got;

static int note_listener(const struct sf_listener *listener, void *arg)
{
	(void)arg;
	got_listener = *listener;
	got++;
	return 0;
}

static void a_listener_is_read(void **state)
{
	struct sf_address address = ip("10.0.1.1", 0x1234);

	(void)state;
	REPLY_DUMP(
		A_NEST("\x5c", "\x07")
		A_U32("\x02", "\x0a\x00\x01\x01")
		A_U16("\x04", "\x12\x34")
		A_U8("\x05", "\x01")
		A_U8("\x06", "\x01")
		A_U8("\x07", "\x04")
		A_U8("\x0a", "\x32")
		A_U8("\x0b", "\x02")
		A_U64("\x0c", "\x01\x02\x00\x00")
		A_U64("\x0d", "\x03\x00\x00\x00")
		A_U32("\x0e", "\x02\x00\x01\x00")
		A_FLAG("\x63"));
	got = 0;
	assert_int_equal(sf_listener_dump(client, note_listener, NULL), 0);
	assert_int_equal(got, 1);
	assert_true(sf_address_equal(&got_listener.addr, &address));
	assert_int_equal(got_listener.transport, SIPFAST_TRANSPORT_TCP);
	/* No load was reported. */
	assert_int_equal(got_listener.has,
			 SF_LISTENER_MODE | SF_LISTENER_WORKERS | SF_LISTENER_CONNECTIONS);
	assert_int_equal(got_listener.mode, SIPFAST_MODE_OBSERVE);
	assert_int_equal(got_listener.workers, 4);
	assert_int_equal(got_listener.queue, 50);
	assert_int_equal(got_listener.level, SIPFAST_LEVEL_REGISTERS);
	assert_int_equal(got_listener.messages, 0x201);
	assert_int_equal(got_listener.dropped, 3);
	assert_int_equal(got_listener.connections, 0x10002);
	/* Without an address it is none. */
	REPLY_DUMP(A_NEST("\x0c", "\x07") A_U16("\x04", "\x12\x34"));
	assert_int_equal(sf_listener_dump(client, note_listener, NULL), -EPROTO);
	assert_int_equal(got, 1);
}

/* --- sources ------------------------------------------------------------------------------- */

static void a_source_is_a_host_a_prefix_or_a_port(void **state)
{
	struct sf_source source = { .addr = ip("10.0.1.1", 0), .class = SIPFAST_CLASS_BANNED };

	(void)state;
	kernel = keep;
	assert_int_equal(sf_source_add(client, &source), 0);
	assert_sent(SIPFAST_CMD_SOURCE_ADD,
		A_NEST("\x14", "\x08")
		A_U32("\x02", "\x0a\x00\x01\x01")
		A_U8("\x06", "\x03"));
	source.has_prefix = true;
	source.prefix = 0;
	source.expires_ms = 0x1234;
	strcpy(source.reason, "abc");
	assert_int_equal(sf_source_add(client, &source), 0);
	assert_sent(SIPFAST_CMD_SOURCE_ADD,
		A_NEST("\x30", "\x08")
		A_U32("\x02", "\x0a\x00\x01\x01")
		A_U8("\x04", "\x00")
		A_U8("\x06", "\x03")
		A_U64("\x07", "\x34\x12\x00\x00")
		"\x08\x00\x08\x00" "abc\x00");
	source.addr = ip("2001:db8::1", 0x1234);
	assert_int_equal(sf_source_del(client, &source), 0);
	assert_sent(SIPFAST_CMD_SOURCE_DEL,
		A_NEST("\x28", "\x08")
		A_IP6("\x03", DB8_1)
		A_U16("\x05", "\x12\x34")
		A_U8("\x06", "\x03"));
	source.class = SIPFAST_CLASS_UNKNOWN;
	assert_int_equal(sf_source_del(client, &source), 0);
	assert_sent(SIPFAST_CMD_SOURCE_DEL,
		A_NEST("\x20", "\x08")
		A_IP6("\x03", DB8_1)
		A_U16("\x05", "\x12\x34"));
}

static void a_flush_is_of_a_class_or_of_all(void **state)
{
	(void)state;
	kernel = keep;
	assert_int_equal(sf_source_flush(client, SIPFAST_CLASS_UNKNOWN), 0);
	assert_sent(SIPFAST_CMD_SOURCE_FLUSH, "");
	assert_int_equal(sf_source_flush(client, SIPFAST_CLASS_TRUSTED), 0);
	assert_sent(SIPFAST_CMD_SOURCE_FLUSH, A_NEST("\x0c", "\x08") A_U8("\x06", "\x02"));
}

static void a_source_is_read(void **state)
{
	struct sf_address address = ip("10.0.1.1", 0x1234);
	struct sf_source source;

	(void)state;
	REPLY(
		A_NEST("\x4c", "\x08")
		A_U32("\x02", "\x0a\x00\x01\x01")
		A_U16("\x05", "\x12\x34")
		A_U8("\x06", "\x03")
		A_U64("\x07", "\x01\x02\x00\x00")
		"\x08\x00\x08\x00" "abc\x00"
		A_FLAG("\x09")
		A_U64("\x0a", "\x05\x00\x00\x00")
		A_U64("\x0b", "\x06\x00\x00\x00"));
	assert_int_equal(sf_source_get(client, &address, &source), 0);
	assert_true(sf_address_equal(&source.addr, &address));
	assert_int_equal(source.prefix, 32);
	assert_int_equal(source.class, SIPFAST_CLASS_BANNED);
	assert_int_equal(source.expires_ms, 0x201);
	assert_string_equal(source.reason, "abc");
	assert_true(source.by_kernel);
	assert_false(source.observed);
	assert_int_equal(source.age_ms, 5);
	assert_int_equal(source.packets, 6);
	/* A prefix of 0 is one, too. */
	REPLY(A_NEST("\x14", "\x08") A_U32("\x02", "\x00\x00\x00\x00") A_U8("\x04", "\x00"));
	assert_int_equal(sf_source_get(client, &address, &source), 0);
	assert_int_equal(source.prefix, 0);
	REPLY(A_NEST("\x1c", "\x08") A_IP6("\x03", DB8_1) A_FLAG("\x0c"));
	assert_int_equal(sf_source_get(client, &address, &source), 0);
	assert_int_equal(source.prefix, 128);
	assert_int_equal(source.expires_ms, 0);
	assert_true(source.observed);
	kernel = acknowledge;
	assert_int_equal(sf_source_get(client, &address, &source), -EPROTO);
	assert_string_equal(sf_error(client), "the kernel sent no source");
}

#define MANY 1000

static void refuse_some(const struct nlmsghdr *request)
{
	push_ack(request, requests == 300 ? -ENOENT : requests == 700 ? -ENOSPC : 0);
}

static void many_sources_take_few_sends(void **state)
{
	static struct sf_source sources[MANY];

	(void)state;
	for (int i = 0; i < MANY; i++) {
		sources[i].addr = ip("2001:db8::1", 0);
		sources[i].has_prefix = true;
		sources[i].prefix = 128;
		sources[i].class = SIPFAST_CLASS_REGISTERED;
		sources[i].expires_ms = 1;
		memset(sources[i].reason, 'x', SIPFAST_MAX_REASON);
	}
	kernel = refuse_some;
	/* Here -ENOENT is an error as any other. */
	assert_int_equal(sf_source_add_batch(client, sources, MANY), -ENOENT);
	assert_int_equal(requests, MANY);
	assert_true(sends < MANY / 50);
	assert_int_equal(sf_source_add_batch(client, sources, 0), 0);
	assert_int_equal(requests, MANY);
}

/* Two sources that differ in one octet each, in a dump that is interrupted once. */
static void send_twice(const struct nlmsghdr *request)
{
	static const char *const addresses[] = { "10.0.1.1", "10.0.1.1", "10.0.1.1", "10.0.1.2" };
	static const uint8_t prefixes[] = { 32, 24, 32, 32 };
	static const uint16_t ports[] = { 0, 0, 5060, 0 };

	for (int i = 0; i < 4; i++) {
		struct nlmsghdr *nlh = message(request, SIPFAST_CMD_SOURCE_GET,
					       NLM_F_MULTI |
					       (requests == 1 ? NLM_F_DUMP_INTR : 0));
		struct nlattr *nest = mnl_attr_nest_start(nlh, SIPFAST_A_SOURCE);

		mnl_attr_put_u32(nlh, SIPFAST_A_SOURCE_ADDR4, inet_addr(addresses[i]));
		if (ports[i])
			mnl_attr_put_u16(nlh, SIPFAST_A_SOURCE_PORT, htons(ports[i]));
		else
			mnl_attr_put_u8(nlh, SIPFAST_A_SOURCE_PREFIX, prefixes[i]);
		mnl_attr_nest_end(nlh, nest);
		push(nlh);
	}
	push_done(request, 0);
}

static int note_source(const struct sf_source *source, void *arg)
{
	(void)source;
	(void)arg;
	got++;
	return 0;
}

static void a_source_is_delivered_once(void **state)
{
	(void)state;
	kernel = send_twice;
	got = 0;
	assert_int_equal(sf_source_dump(client, SIPFAST_CLASS_UNKNOWN, note_source, NULL), 0);
	assert_int_equal(requests, 2);
	assert_int_equal(got, 4);
}

/* --- policy -------------------------------------------------------------------------------- */

static void a_policy_says_what_is_to_change(void **state)
{
	struct sf_policy policy = { .has = 0, .prefix4 = 9, .ban_ms = 9 };
	struct sf_limit *limit = &policy.limits[SIPFAST_SCOPE_GLOBAL][SIPFAST_CLASS_TRUSTED]
					       [SIPFAST_GROUP_CONNECT];

	(void)state;
	kernel = keep;
	assert_int_equal(sf_policy_set(client, &policy), 0);
	assert_sent(SIPFAST_CMD_POLICY_SET, A_NEST("\x04", "\x09"));
	limit->has = SF_LIMIT_RATE;
	limit->burst = 9;
	policy.limits[0][0][0] = (struct sf_limit){ SF_LIMIT_RATE | SF_LIMIT_BURST, 10, 30 };
	policy.has = SF_POLICY_MALFORMED_DROP | SF_POLICY_BAN_MS | SF_POLICY_RETRY_AFTER;
	policy.malformed_drop = 1;
	policy.ban_ms = 600000;
	policy.retry_after = 5;
	assert_int_equal(sf_policy_set(client, &policy), 0);
	assert_sent(SIPFAST_CMD_POLICY_SET,
		A_NEST("\x70", "\x09")
		A_NEST("\x2c", "\x02")
		A_U8("\x01", "\x00")
		A_U8("\x02", "\x00")
		A_U8("\x03", "\x00")
		A_U32("\x04", "\x0a\x00\x00\x00")
		A_U32("\x05", "\x1e\x00\x00\x00")
		A_NEST("\x24", "\x02")
		A_U8("\x01", "\x02")
		A_U8("\x02", "\x02")
		A_U8("\x03", "\x04")
		A_U32("\x04", "\x00\x00\x00\x00")
		A_U8("\x06", "\x01")
		A_U64("\x0c", "\xc0\x27\x09\x00")
		A_U16("\x11", "\x05\x00"));
}

static void a_policy_is_read(void **state)
{
	struct sf_policy policy;
	const struct sf_limit *limit = &policy.limits[SIPFAST_SCOPE_PREFIX]
					      [SIPFAST_CLASS_REGISTERED][SIPFAST_GROUP_OTHER];

	(void)state;
	REPLY(
		A_NEST("\x70", "\x09")
		A_NEST("\x2c", "\x02")
		A_U8("\x01", "\x01")
		A_U8("\x02", "\x01")
		A_U8("\x03", "\x02")
		A_U32("\x04", "\x0a\x00\x00\x00")
		A_U32("\x05", "\x1e\x00\x00\x00")
		/* A group of a newer module. */
		A_NEST("\x24", "\x02")
		A_U8("\x01", "\x01")
		A_U8("\x02", "\x01")
		A_U8("\x03", "\x09")
		A_U32("\x04", "\x0a\x00\x00\x00")
		A_U8("\x03", "\x18")
		A_U32("\x12", "\xa0\x0f\x00\x00")
		A_U16("\x11", "\x05\x00")
		/* So is this. */
		A_FLAG("\x63"));
	assert_int_equal(sf_policy_get(client, &policy), 0);
	assert_int_equal(policy.has,
			 SF_POLICY_PREFIX4 | SF_POLICY_ABSORB_MS | SF_POLICY_RETRY_AFTER);
	assert_int_equal(policy.prefix4, 24);
	assert_int_equal(policy.absorb_ms, 4000);
	assert_int_equal(policy.retry_after, 5);
	assert_int_equal(limit->has, SF_LIMIT_RATE | SF_LIMIT_BURST);
	assert_int_equal(limit->rate, 10);
	assert_int_equal(limit->burst, 30);
	/* A limit of nothing, and a percentage of four octets. */
	REPLY(A_NEST("\x10", "\x09") A_NEST("\x0c", "\x02") A_U8("\x01", "\x01"));
	assert_int_equal(sf_policy_get(client, &policy), -EPROTO);
	REPLY(A_NEST("\x0c", "\x09") A_U32("\x0d", "\x01\x00\x00\x00"));
	assert_int_equal(sf_policy_get(client, &policy), -EPROTO);
}

/* --- rules and counters -------------------------------------------------------------------- */

static void a_rule_says_what_it_asks_for(void **state)
{
	struct sf_rule rule = { .id = 10, .action = SIPFAST_ACTION_DROP, .hits = 9 };

	(void)state;
	kernel = keep;
	assert_int_equal(sf_rule_add(client, &rule), 0);
	assert_sent(SIPFAST_CMD_RULE_ADD,
		A_NEST("\x14", "\x0a")
		A_U32("\x02", "\x0a\x00\x00\x00")
		A_U8("\x03", "\x02"));
	rule.methods = 1 << SIPFAST_SIP_INVITE;
	rule.classes = 3;
	strcpy(rule.user_agent, "abc");
	strcpy(rule.uri_user, "de*");
	rule.size_min = 4000;
	assert_int_equal(sf_rule_add(client, &rule), 0);
	assert_sent(SIPFAST_CMD_RULE_ADD,
		A_NEST("\x3c", "\x0a")
		A_U32("\x02", "\x0a\x00\x00\x00")
		A_U8("\x03", "\x02")
		A_U32("\x04", "\x04\x00\x00\x00")
		A_U8("\x05", "\x03")
		"\x08\x00\x06\x00" "abc\x00"
		"\x08\x00\x07\x00" "de*\x00"
		A_U32("\x08", "\xa0\x0f\x00\x00"));
	assert_int_equal(sf_rule_del(client, 10), 0);
	assert_sent(SIPFAST_CMD_RULE_DEL, A_NEST("\x0c", "\x0a") A_U32("\x02", "\x0a\x00\x00\x00"));
}

static struct sf_rule got_rule;

static int note_rule(const struct sf_rule *rule, void *arg)
{
	(void)arg;
	got_rule = *rule;
	return 7;
}

static void a_rule_is_read(void **state)
{
	(void)state;
	REPLY_DUMP(
		A_NEST("\x38", "\x0a")
		A_U32("\x02", "\x0a\x00\x00\x00")
		A_U8("\x03", "\x03")
		A_U32("\x04", "\x04\x00\x00\x00")
		A_U8("\x05", "\x03")
		"\x08\x00\x07\x00" "de*\x00"
		A_U64("\x09", "\x05\x00\x00\x00"));
	assert_int_equal(sf_rule_dump(client, note_rule, NULL), 7);
	assert_int_equal(got_rule.id, 10);
	assert_int_equal(got_rule.action, SIPFAST_ACTION_BAN);
	assert_int_equal(got_rule.methods, 1 << SIPFAST_SIP_INVITE);
	assert_int_equal(got_rule.classes, 3);
	assert_string_equal(got_rule.user_agent, "");
	assert_string_equal(got_rule.uri_user, "de*");
	assert_int_equal(got_rule.size_min, 0);
	assert_int_equal(got_rule.hits, 5);
}

static struct sf_sip_counter cells[4];

static int note_cell(const struct sf_sip_counter *counter, void *arg)
{
	(void)arg;
	assert_true(got < 4);
	cells[got++] = *counter;
	return 0;
}

static void cells_come_many_in_a_message(void **state)
{
	(void)state;
	REPLY_DUMP(
		A_NEST("\x28", "\x0b")
		A_U8("\x02", "\x02")
		A_U8("\x03", "\x03")
		A_U8("\x04", "\x06")
		A_U64("\x06", "\x05\x00\x00\x00")
		A_NEST("\x2c", "\x0b")
		A_U8("\x02", "\x00")
		A_U8("\x03", "\x00")
		A_U8("\x04", "\x00")
		A_FLAG("\x05")
		A_U64("\x06", "\x06\x00\x00\x00"));
	got = 0;
	assert_int_equal(sf_sip_counter_dump(client, note_cell, NULL), 0);
	assert_int_equal(got, 2);
	assert_int_equal(cells[0].kind, SIPFAST_SIP_INVITE);
	assert_int_equal(cells[0].class, SIPFAST_CLASS_BANNED);
	assert_int_equal(cells[0].verdict, SIPFAST_VERDICT_LIMIT_SOURCE);
	assert_false(cells[0].observed);
	assert_int_equal(cells[0].messages, 5);
	assert_true(cells[1].observed);
	assert_int_equal(cells[1].messages, 6);
	REPLY_DUMP(A_NEST("\x0c", "\x0b") A_U8("\x02", "\x02"));
	assert_int_equal(sf_sip_counter_dump(client, note_cell, NULL), -EPROTO);
}

/* clang-format on */

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_listener_says_what_it_has),
		TEST(a_listener_is_read),
		TEST(a_source_is_a_host_a_prefix_or_a_port),
		TEST(a_flush_is_of_a_class_or_of_all),
		TEST(a_source_is_read),
		TEST(many_sources_take_few_sends),
		TEST(a_source_is_delivered_once),
		TEST(a_policy_says_what_is_to_change),
		TEST(a_policy_is_read),
		TEST(a_rule_says_what_it_asks_for),
		TEST(a_rule_is_read),
		TEST(cells_come_many_in_a_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
