// SPDX-License-Identifier: GPL-2.0-or-later
/* Listeners, sources, policy and rules read back as written; which of them count. */
#define _GNU_SOURCE
#include <time.h>

#include "nl_batch.h"

static void listeners_read_back_as_written(void)
{
#define NOTHING " level=0 messages=0 dropped=0}"
	must(&client, LISTENER_ADD, "listener{addr=127.0.0.1 port=5060}");
	expect_text("by default", client_dump(&client, LISTENER_GET, "")->body,
		    "listener{addr=127.0.0.1 port=5060 transport=0 mode=1 workers=0" NOTHING);
	must(&client, LISTENER_SET,
	     "listener{addr=127.0.0.1 port=5060 workers=64 key=000102030405060708090a0b0c0d0e0f}");
	must(&client, LISTENER_SET, "listener{addr=127.0.0.1 port=5060 mode=2 load=100}");
	expect_text("after changes", client_dump(&client, LISTENER_GET, "")->body,
		    "listener{addr=127.0.0.1 port=5060 transport=0 mode=2 workers=64" NOTHING);
	must(&client, LISTENER_DEL, "listener{addr=127.0.0.1 port=5060}");
	must(&client, LISTENER_ADD, "listener{addr6=::1 port=1 transport=2 mode=0}");
	expect_text("of IPv6", client_dump(&client, LISTENER_GET, "")->body,
		    "listener{addr6=::1 port=1 transport=2 mode=0 workers=0" NOTHING);
	must(&client, LISTENER_DEL, "listener{addr6=::1 port=1 transport=2}");
	must(&client, LISTENER_ADD, "listener{addr6=::1 port=1 transport=1 mode=2}");
	must(&client, LISTENER_SET, "listener{addr6=::1 port=1 transport=1 mode=0}");
	expect_text("of TCP", client_dump(&client, LISTENER_GET, "")->body,
		    "listener{addr6=::1 port=1 transport=1 mode=0 workers=0 level=0 messages=0 "
		    "dropped=0 connections=0}");
}

/* The source that counts for @addr. */
static void expect_counts(const char *addr, const char *source)
{
	char text[96];

	snprintf(text, sizeof(text), "source{%s}", addr);
	expect_text(addr, client_do(&client, SOURCE_GET, text)->body, source);
}

static void the_most_special_source_counts(void)
{
	must(&client, SOURCE_ADD, "source{addr=0.0.0.0 prefix=0 class=3 reason=all}");
	must(&client, SOURCE_ADD, "source{addr=10.0.0.0 prefix=8 class=2}");
	must(&client, SOURCE_ADD, "source{addr=10.0.1.0 prefix=24 class=1}");
	must(&client, SOURCE_ADD, "source{addr=10.0.1.1 class=2}");
	must(&client, SOURCE_ADD, "source{addr=10.0.1.1 port=5060 class=3 reason=port}");
	must(&client, SOURCE_ADD, "source{addr6=2001:db8:: prefix=32 class=1}");
	expect_counts("addr=10.0.1.1 port=5060",
		      "source{addr=10.0.1.1 port=5060 class=3 reason=port packets=0}");
	expect_counts("addr=10.0.1.1 port=5061",
		      "source{addr=10.0.1.1 prefix=32 class=2 packets=0}");
	expect_counts("addr=10.0.1.1", "source{addr=10.0.1.1 prefix=32 class=2 packets=0}");
	expect_counts("addr=10.0.1.2", "source{addr=10.0.1.0 prefix=24 class=1 packets=0}");
	expect_counts("addr=10.0.2.1", "source{addr=10.0.0.0 prefix=8 class=2 packets=0}");
	expect_counts("addr=192.0.2.1",
		      "source{addr=0.0.0.0 prefix=0 class=3 reason=all packets=0}");
	expect_counts("addr6=2001:db8:ffff::1",
		      "source{addr6=2001:db8:: prefix=32 class=1 packets=0}");
	/* Not by what is said of all of IPv4. */
	expect(client_do(&client, SOURCE_GET, "source{addr6=2001:db9::1}")->err == -ENOENT,
	       "an address of IPv6 is known");
	must(&client, SOURCE_DEL, "source{addr=10.0.1.0 prefix=24}");
	expect_counts("addr=10.0.1.2", "source{addr=10.0.0.0 prefix=8 class=2 packets=0}");
	must(&client, SOURCE_ADD, "source{addr=10.0.0.0 prefix=8 class=3}");
	expect_counts("addr=10.0.1.2", "source{addr=10.0.0.0 prefix=8 class=3 packets=0}");
}

static void a_source_expires(void)
{
	const struct timespec pause = { .tv_nsec = 5000000 };
	const char *text = "source{addr=10.0.0.1}";

	must(&client, SOURCE_ADD, "source{addr=10.0.0.0 prefix=8 class=2}");
	must(&client, SOURCE_ADD, "source{addr=10.0.0.1 class=3 expires=300}");
	for (int i = 0; i < 4000 && strstr(client_do(&client, SOURCE_GET, text)->body, "class=3");
	     i++)
		nanosleep(&pause, NULL);
	expect_counts("addr=10.0.0.1", "source{addr=10.0.0.0 prefix=8 class=2 packets=0}");
	expect_text("what is left", client_dump(&client, SOURCE_GET, "")->body,
		    "source{addr=10.0.0.0 prefix=8 class=2 packets=0}");
}

#define MANY 5000
#define BATCH 50

static void add_many(void)
{
	struct reply reply;

	for (int i = 0; i < MANY; i += BATCH) {
		struct batch batch = { 0 };

		for (int n = i; n < i + BATCH; n++) {
			char text[96];

			snprintf(text, sizeof(text), "source{addr=10.1.%d.%d class=%d}", n >> 8,
				 n & 255, n % 5 ? 3 : 2);
			batch_add(&batch, SOURCE_ADD, text);
		}
		batch_send(&batch);
		for (int j = 0; j < BATCH; j++) {
			client_reply(&client, batch.first + j, &reply, NULL, NULL);
			expect(!reply.err, "source %d: %d", i + j, reply.err);
		}
	}
}

static unsigned char seen[MANY];

static void note_source(struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *nest = genlmsg_attrdata(nlmsg_data(nlh), 0);
	struct nlattr *addr = nla_find(nla_data(nest), nla_len(nest), SIPFAST_A_SOURCE_ADDR4);
	unsigned int n = addr ? ntohl(nla_get_u32(addr)) & 0xffff : MANY;

	(void)arg;
	if (n < MANY && seen[n] < 255)
		seen[n]++;
}

/* Dumps what fits @filter: how many come once, and how many more than once. */
static void dump_all(const char *filter, int *once, int *often)
{
	struct nl_msg *msg = client_request(&client, SOURCE_GET, NLM_F_DUMP, filter, NULL);
	struct reply reply;

	memset(seen, 0, sizeof(seen));
	client_send(&client, msg);
	client_reply(&client, nlmsg_hdr(msg)->nlmsg_seq, &reply, note_source, NULL);
	nlmsg_free(msg);
	expect(!reply.err, "dump of %s: %d", filter, reply.err);
	*once = *often = 0;
	for (int n = 0; n < MANY; n++) {
		*once += seen[n] == 1;
		*often += seen[n] > 1;
	}
}

/* How many a dump with @filter has. Each must come once, as soon as the table has its size. */
static int count_dumped(const char *filter)
{
	const struct timespec pause = { .tv_nsec = 50000000 };
	int once, often;

	dump_all(filter, &once, &often);
	for (int i = 0; i < 200 && often; i++) {
		nanosleep(&pause, NULL);
		dump_all(filter, &once, &often);
	}
	expect(!often, "dump of %s: %d sources more than once", filter, often);
	return once;
}

static void a_dump_of_5000_has_each(void)
{
	add_many();
	expect(count_dumped("") == MANY, "all: %d", count_dumped(""));
	expect(count_dumped("source{class=2}") == MANY / 5, "trusted: %d",
	       count_dumped("source{class=2}"));
	expect(count_dumped("source{class=1}") == 0, "some are registered");
	must(&client, SOURCE_FLUSH, "source{class=3}");
	expect(count_dumped("") == MANY / 5, "after a flush of bans: %d", count_dumped(""));
	must(&client, SOURCE_FLUSH, "");
	expect(count_dumped("") == 0, "after a flush: %d", count_dumped(""));
}

static void a_policy_reads_back_as_written(void)
{
#define LIMIT(group, values) "limit{scope=0 class=0 group=" #group " " values "}"
	const char *body;

	must(&client, POLICY_SET, "policy{" LIMIT(0, "rate=11 burst=33") "}");
	must(&client, POLICY_SET,
	     "policy{prefix4=16 prefix6=48 sources=1000 drop=1 malformed=1 failures=2 refused=3 "
	     "ports=4 window=60000 ban=3600000 dialogs=1 registers=2 others=3 reject=5 retry=6 "
	     "absorb=7 connections=1048576}");
	must(&client, POLICY_SET,
	     "policy{" LIMIT(1, "rate=1000000 burst=1000000") " prefix4=8 absorb=0}");
	must(&client, POLICY_SET, "policy{}");
	body = client_do(&client, POLICY_GET, "")->body;
	expect(strstr(body, LIMIT(0, "rate=11 burst=33") " "), "the first: %s", body);
	expect(strstr(body, LIMIT(1, "rate=1000000 burst=1000000") " "), "the second: %s", body);
	expect_text("the rest", strstr(body, " prefix4=") ?: body,
		    " prefix4=8 prefix6=48 sources=1000 drop=1 malformed=1 failures=2 refused=3 "
		    "ports=4 window=60000 ban=3600000 dialogs=1 registers=2 others=3 reject=5 "
		    "retry=6 absorb=0 connections=1048576}");
	must(&client, POLICY_SET, "policy{" LIMIT(0, "rate=0") "}");
	body = client_do(&client, POLICY_GET, "")->body;
	expect(strstr(body, LIMIT(0, "rate=0") " "), "none: %s", body);
}

/* Those that the module has by itself go first. */
static void delete_all_rules(void)
{
	const char *p = strdup(client_dump(&client, RULE_GET, "")->body);
	char text[32];

	for (; (p = strstr(p, "rule{id=")); p++) {
		snprintf(text, sizeof(text), "rule{id=%u}", atoi(p + strlen("rule{id=")));
		must(&client, RULE_DEL, text);
	}
	expect_text("without rules", client_dump(&client, RULE_GET, "")->body, "");
}

static void rules_read_back_as_written(void)
{
	delete_all_rules();
	must(&client, RULE_ADD, "rule{id=4294967295 action=3 agent=*}");
	must(&client, RULE_ADD, "rule{id=7 action=0}");
	must(&client, RULE_ADD,
	     "rule{id=10 action=2 methods=0xfffe classes=7 agent=*scan* user=a*b size=65535}");
	must(&client, RULE_ADD, "rule{id=8 action=1 user=*}");
	expect_text("by ID", client_dump(&client, RULE_GET, "")->body,
		    "rule{id=7 action=0 classes=1 hits=0} "
		    "rule{id=8 action=1 classes=1 user=* hits=0} "
		    "rule{id=10 action=2 methods=65534 classes=7 agent=*scan* user=a*b size=65535 "
		    "hits=0} "
		    "rule{id=4294967295 action=3 classes=1 agent=* hits=0}");
	must(&client, RULE_ADD, "rule{id=10 action=1}");
	must(&client, RULE_DEL, "rule{id=7}");
	must(&client, RULE_DEL, "rule{id=8}");
	expect_text("after changes", client_dump(&client, RULE_GET, "")->body,
		    "rule{id=10 action=1 classes=1 hits=0} "
		    "rule{id=4294967295 action=3 classes=1 agent=* hits=0}");
}

static void all_this_is_of_the_namespace(void)
{
	char *before;
	struct client other;

	must(&client, SOURCE_ADD, "source{addr=10.0.0.1 class=3}");
	must(&client, LISTENER_ADD, "listener{addr=127.0.0.1 port=5060}");
	before = everything();
	namespace_new();
	client_open(&other);
	must(&other, LISTENER_ADD, "listener{addr=127.0.0.1 port=5060 mode=2}");
	must(&other, POLICY_SET, "policy{prefix4=9}");
	must(&other, RULE_ADD, "rule{id=900 action=3}");
	must(&other, SOURCE_ADD, "source{addr=10.0.0.1 class=2}");
	must(&other, SOURCE_FLUSH, "");
	expect_nothing_changed(&before, "all in another namespace");
	client_close(&other);
	free(before);
}

static const struct test tests[] = {
	TEST(listeners_read_back_as_written),
	TEST(the_most_special_source_counts),
	TEST(a_source_expires),
	TEST(a_dump_of_5000_has_each),
	TEST(a_policy_reads_back_as_written),
	TEST(rules_read_back_as_written),
	TEST(all_this_is_of_the_namespace),
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
