// SPDX-License-Identifier: GPL-2.0-or-later
/* Listeners, sources, policy and rules: what is refused, as nl_abi.c does for the rest. */
#define _GNU_SOURCE
#include "nl_lib.h"

#define KEY16 "000102030405060708090a0b0c0d0e0f"

static const struct base bases[] = {
	{ LISTENER_ADD, NLM_F_ACK,
	  "listener!{addr!=127.0.0.1 port!=5070 transport=0 mode=2 workers!=4 key!=" KEY16 "}" },
	{ LISTENER_ADD, NLM_F_ACK, "listener!{addr6!=::1 port!=5070 transport=2 mode=0}" },
	{ LISTENER_SET, NLM_F_ACK,
	  "listener!{addr!=127.0.0.1 port!=5060 transport=0 mode=1 workers!=0 key!=" KEY16
	  " load=50}" },
	{ LISTENER_DEL, NLM_F_ACK, "listener!{addr!=127.0.0.1 port!=5060 transport=0}" },
	{ LISTENER_GET, NLM_F_DUMP, "" },
	{ SOURCE_ADD, NLM_F_ACK,
	  "source!{addr!=10.0.0.0 prefix=8 class!=2 expires=60000 reason=carrier}" },
	{ SOURCE_ADD, NLM_F_ACK, "source!{addr6!=2001:db8::1 port=5060 class!=3}" },
	{ SOURCE_DEL, NLM_F_ACK, "source!{addr!=192.0.2.0 prefix=24 class=3}" },
	{ SOURCE_DEL, NLM_F_ACK, "source!{addr6!=2001:db8::2 port=5060}" },
	{ SOURCE_GET, NLM_F_ACK, "source!{addr!=192.0.2.1 port=5060}" },
	{ SOURCE_GET, NLM_F_DUMP, "source{class=3}" },
	{ SOURCE_FLUSH, NLM_F_ACK, "source{class=3}" },
	{ POLICY_GET, NLM_F_ACK, "" },
	{ POLICY_SET, NLM_F_ACK,
	  "policy!{limit{scope!=0 class!=0 group!=0 rate!=10 burst!=30} "
	  "limit{scope!=2 class!=2 group!=4 rate!=0} prefix4=16 prefix6=48 sources=1000 drop=1 "
	  "malformed=5 failures=5 refused=5 ports=0 window=60000 ban=3600000 dialogs=1 "
	  "registers=100 others=50 reject=0 retry=1 absorb=32000 connections=1}" },
	{ RULE_ADD, NLM_F_ACK,
	  "rule!{id!=900 action!=2 methods=4 classes=3 agent=scan* user=*00 size=4000}" },
	{ RULE_DEL, NLM_F_ACK, "rule!{id!=901}" },
	{ RULE_GET, NLM_F_DUMP, "" },
	{ SIP_COUNTER_GET, NLM_F_DUMP, "" },
};

/* What the requests above change or delete. */
static void prepare(void)
{
	must(&client, LISTENER_ADD, "listener{addr=127.0.0.1 port=5060}");
	must(&client, SOURCE_ADD, "source{addr=192.0.2.0 prefix=24 class=3}");
	must(&client, SOURCE_ADD, "source{addr6=2001:db8::2 port=5060 class=1}");
	must(&client, RULE_ADD, "rule{id=901 action=0}");
	must(&client, RANGE_ADD, RANGE);
}

#include "nl_spoil.h"

static void the_requests_are_right_before_they_are_spoilt(void)
{
	for (size_t b = 0; b < ARRAY_SIZE(bases); b++) {
		const struct reply *reply;

		namespace_new();
		client_close(&client);
		client_open(&client);
		prepare();
		reply = client_ask(&client, bases[b].cmd, bases[b].flags, bases[b].text, NULL);
		expect(!reply->err, "command %d, %s: %d \"%s\"", bases[b].cmd, bases[b].text,
		       reply->err, reply->text);
	}
}

#define LISTENER(rest) "listener{addr=127.0.0.1 port=5070 " rest "}"
#define SOURCE(rest) "source{addr=10.0.0.0 class=3 " rest "}"
#define LIMIT(text) "policy{limit{" text "}}"
#define RULE(rest) "rule{id=900 action=2 " rest "}"
#define PATTERN_63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct expected refusals[] = {
	/* Listeners. */
	{ LISTENER_ADD, "listener{addr=127.0.0.1 port=0}", -ERANGE },
	{ LISTENER_ADD, LISTENER("transport=3"), -ERANGE },
	{ LISTENER_ADD, LISTENER("mode=3"), -ERANGE },
	{ LISTENER_ADD, LISTENER("workers=65 key=" KEY16), -ERANGE },
	{ LISTENER_ADD, LISTENER("load=5"), -EINVAL },
	{ LISTENER_ADD, LISTENER("transport=1 workers=2 key=" KEY16), -EINVAL },
	{ LISTENER_ADD, LISTENER("addr6=::1"), -EINVAL },
	{ LISTENER_ADD, "listener{addr6=::ffff:127.0.0.1 port=5070}", -EINVAL },
	{ LISTENER_ADD, "listener{addr=10.9.8.7 port=5070}", -EADDRNOTAVAIL },
	{ LISTENER_ADD, "listener{addr6=2001:db8::1 port=5070}", -EADDRNOTAVAIL },
	{ LISTENER_ADD, "listener{addr=127.0.0.1 port=30500}", -EADDRINUSE },
	{ LISTENER_ADD, "listener{addr=127.0.0.1 port=5060}", -EEXIST },
	{ LISTENER_ADD, "listener{addr=127.0.0.1 port=5060 transport=0}", -EEXIST },
	{ LISTENER_ADD, "listener{addr=127.0.0.1 port=5060 transport=1}", 0 },
	{ LISTENER_DEL, "listener{addr=127.0.0.1 port=5060 transport=1}", 0 },
	{ LISTENER_SET, "listener{addr=127.0.0.1 port=5061}", -ENOENT },
	{ LISTENER_SET, "listener{addr=127.0.0.1 port=5060 transport=1}", -ENOENT },
	{ LISTENER_SET, "listener{addr=127.0.0.1 port=5060 load=101}", -ERANGE },
	{ LISTENER_DEL, "listener{addr=127.0.0.2 port=5060}", -ENOENT },
	{ LISTENER_DEL, "listener{addr=127.0.0.1 port=5060 mode=1}", -EINVAL },
	/* Sources. */
	{ SOURCE_ADD, "source{addr=10.0.0.0 class=0}", -ERANGE },
	{ SOURCE_ADD, "source{addr=10.0.0.0 class=4}", -ERANGE },
	{ SOURCE_ADD, SOURCE("port=0"), -ERANGE },
	{ SOURCE_ADD, SOURCE("prefix=33"), -ERANGE },
	{ SOURCE_ADD, "source{addr6=2001:db8:: prefix=129 class=3}", -ERANGE },
	{ SOURCE_ADD, SOURCE("prefix=6"), -EINVAL },
	{ SOURCE_ADD, "source{addr6=2001:db8::1 prefix=127 class=3}", -EINVAL },
	{ SOURCE_ADD, SOURCE("prefix=8 port=5060"), -EINVAL },
	{ SOURCE_ADD, SOURCE("prefix=32 port=5060"), -EINVAL },
	{ SOURCE_ADD, SOURCE("expires=0"), -ERANGE },
	{ SOURCE_ADD, SOURCE("expires=8796093022209"), -ERANGE },
	{ SOURCE_ADD, SOURCE("reason=a-text-of-just-32-octets-which-is"), -EINVAL },
	{ SOURCE_ADD, SOURCE("addr6=::1"), -EINVAL },
	{ SOURCE_ADD, "source{addr6=::ffff:10.0.0.1 class=3}", -EINVAL },
	{ SOURCE_DEL, "source{addr=10.0.0.0 prefix=8}", -ENOENT },
	{ SOURCE_DEL, "source{addr=192.0.2.0 prefix=24 class=2}", -ENOENT },
	{ SOURCE_DEL, "source{addr=192.0.2.0 prefix=25}", -ENOENT },
	{ SOURCE_DEL, "source{addr=192.0.2.1}", -ENOENT },
	{ SOURCE_DEL, "source{addr6=2001:db8::2}", -ENOENT },
	{ SOURCE_DEL, "source{addr=192.0.2.0 prefix=24 reason=x}", -EINVAL },
	{ SOURCE_GET, "source{addr=10.0.0.1}", -ENOENT },
	{ SOURCE_GET, "source{addr=192.0.2.1 prefix=24}", -EINVAL },
	{ SOURCE_GET, "source{addr=192.0.2.1 class=3}", -EINVAL },
	{ SOURCE_FLUSH, "source{addr=192.0.2.0 class=3}", -EINVAL },
	{ SOURCE_FLUSH, "source{class=0}", -ERANGE },
	/* Policy. */
	{ POLICY_SET, LIMIT("scope=3 class=0 group=0 rate=1 burst=1"), -ERANGE },
	{ POLICY_SET, LIMIT("scope=0 class=3 group=0 rate=1 burst=1"), -ERANGE },
	{ POLICY_SET, LIMIT("scope=0 class=0 group=5 rate=1 burst=1"), -ERANGE },
	{ POLICY_SET, LIMIT("scope=0 class=0 group=0 rate=1000001 burst=1"), -ERANGE },
	{ POLICY_SET, LIMIT("scope=0 class=0 group=0 rate=1 burst=0"), -ERANGE },
	{ POLICY_SET, LIMIT("scope=0 class=0 group=0 rate=1 burst=1000001"), -ERANGE },
	{ POLICY_SET, "policy{prefix4=7}", -ERANGE },
	{ POLICY_SET, "policy{prefix4=33}", -ERANGE },
	{ POLICY_SET, "policy{prefix6=15}", -ERANGE },
	{ POLICY_SET, "policy{prefix6=129}", -ERANGE },
	{ POLICY_SET, "policy{sources=1048577}", -ERANGE },
	{ POLICY_SET, "policy{drop=2}", -ERANGE },
	{ POLICY_SET, "policy{window=999}", -ERANGE },
	{ POLICY_SET, "policy{window=3600001}", -ERANGE },
	{ POLICY_SET, "policy{ban=999}", -ERANGE },
	{ POLICY_SET, "policy{ban=8796093022209}", -ERANGE },
	{ POLICY_SET, "policy{dialogs=0}", -ERANGE },
	{ POLICY_SET, "policy{registers=101}", -ERANGE },
	{ POLICY_SET, "policy{others=0}", -ERANGE },
	{ POLICY_SET, "policy{absorb=32001}", -ERANGE },
	{ POLICY_SET, "policy{connections=0}", -ERANGE },
	{ POLICY_SET, "policy{connections=1048577}", -ERANGE },
	/* The last is wrong: nothing of it must be carried out. */
	{ POLICY_SET,
	  "policy{limit{scope=0 class=0 group=0 rate=77 burst=77} prefix4=9 "
	  "limit{scope=0 class=0 group=1 rate=1}}",
	  -EINVAL },
	/* Rules. */
	{ RULE_ADD, "rule{id=0 action=2}", -ERANGE },
	{ RULE_ADD, "rule{id=900 action=4}", -ERANGE },
	{ RULE_ADD, RULE("methods=1"), -EINVAL },
	{ RULE_ADD, RULE("methods=0x10000"), -EINVAL },
	{ RULE_ADD, RULE("classes=8"), -ERANGE },
	{ RULE_ADD, RULE("classes=0"), -ERANGE },
	{ RULE_ADD, RULE("agent=" PATTERN_63 "a"), -EINVAL },
	{ RULE_ADD, RULE("user=" PATTERN_63 "a"), -EINVAL },
	{ RULE_DEL, "rule{id=900}", -ENOENT },
	{ RULE_DEL, "rule{id=0}", -ERANGE },
	{ RULE_DEL, "rule{id=901 action=0}", -EINVAL },
	/* Attributes that belong to other commands. */
	{ LISTENER_ADD, LISTENER("") " source{addr=10.0.0.0 class=3}", -EINVAL },
	{ SOURCE_ADD, SOURCE("") " policy{prefix4=9}", -EINVAL },
	{ POLICY_GET, "policy{}", -EINVAL },
	{ POLICY_SET, "", -EINVAL },
	{ RULE_ADD, RULE("") " session{id=1}", -EINVAL },
	{ CONFIG_SET, "config{hooks=0} policy{prefix4=9}", -EINVAL },
};

static void a_wrong_request_is_refused_and_changes_nothing(void)
{
	expect_each(refusals, ARRAY_SIZE(refusals));
}

static void a_rule_too_many_is_refused(void)
{
	const struct reply *reply;
	char text[64];
	int rules = client_dump(&client, RULE_GET, "")->messages;

	for (int i = rules; i < SIPFAST_MAX_RULES; i++) {
		snprintf(text, sizeof(text), "rule{id=%d action=0}", 1000 + i);
		must(&client, RULE_ADD, text);
	}
	reply = client_do(&client, RULE_ADD, "rule{id=5000 action=0}");
	expect(reply->err == -ENOSPC && reply->text[0], "%d \"%s\"", reply->err, reply->text);
	/* One that is there is replaced all the same. */
	must(&client, RULE_ADD, text);
	must(&client, RULE_DEL, "rule{id=1063}");
	must(&client, RULE_ADD, "rule{id=5000 action=0}");
}

static void a_source_too_many_is_refused(void)
{
	const struct reply *reply;

	must(&client, POLICY_SET, "policy{sources=2}");
	must(&client, SOURCE_ADD, "source{addr=10.0.0.1 class=2}");
	must(&client, SOURCE_ADD, "source{addr=10.0.0.2 class=1}");
	reply = client_do(&client, SOURCE_ADD, "source{addr=10.0.0.3 class=3}");
	expect(reply->err == -ENOSPC && reply->text[0], "%d \"%s\"", reply->err, reply->text);
	must(&client, SOURCE_ADD, "source{addr=10.0.0.2 class=3}");
	must(&client, SOURCE_DEL, "source{addr=10.0.0.1}");
	must(&client, SOURCE_ADD, "source{addr=10.0.0.3 class=3}");
}

static const struct test tests[] = {
	TEST(the_requests_are_right_before_they_are_spoilt),
	SPOIL_TESTS,
	TEST(a_wrong_request_is_refused_and_changes_nothing),
	TEST(a_rule_too_many_is_refused),
	TEST(a_source_too_many_is_refused),
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
