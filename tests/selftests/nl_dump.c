// SPDX-License-Identifier: GPL-2.0-or-later
/* Which sessions a dump has, and which a flush deletes. */
#define _GNU_SOURCE
#include "nl_batch.h"

/* A session @id of @owner with one endpoint. */
#define ONE(id, owner) \
	"session{id=" #id " owner=" #owner " endpoint{id=1 laddr=127.0.0.1 lport=3100" #id "}}"

/* Session IDs without their endpoints, in the order they came. */
static const char *dumped(const char *filter)
{
	static char ids[512];
	const struct reply *reply = client_dump(&client, GET, filter);

	expect(!reply->err, "dump of %s: %d \"%s\"", filter, reply->err, reply->text);
	ids[0] = '\0';
	for (const char *p = reply->body; (p = strstr(p, "session{id=")); p++)
		snprintf(ids + strlen(ids), sizeof(ids) - strlen(ids), "%s%llu", *ids ? " " : "",
			 strtoull(p + strlen("session{id="), NULL, 10));
	return ids;
}

static void a_dump_is_filtered(void)
{
	const char *one, *two;

	must(&client, RANGE_ADD, RANGE);
	must(&client, ADD, ONE(1, 9));
	must(&client, ADD, ONE(2, 8));
	must(&client, ADD, ONE(3, 9));
	expect_text("by ID", dumped("session{id=2}"), "2");
	expect_text("by ID and owner", dumped("session{id=2 owner=8}"), "2");
	expect_text("by ID and another owner", dumped("session{id=2 owner=9}"), "");
	expect_text("by an ID that is not there", dumped("session{id=4}"), "");
	expect_text("by owner", dumped("session{owner=8}"), "2");
	one = dumped("session{owner=9}");
	expect(!strcmp(one, "1 3") || !strcmp(one, "3 1"), "by owner 9: %s", one);
	expect_text("by an owner that has none", dumped("session{owner=0}"), "");
	two = dumped("");
	expect(strlen(two) == strlen("1 2 3"), "all: %s", two);
	expect_text("of an empty filter", dumped("session{}"), two);
}

static void a_flush_deletes_by_owner(void)
{
	must(&client, RANGE_ADD, RANGE);
	must(&client, ADD, "session{id=1 owner=9 " EP1 " " EP2 "}");
	must(&client, ADD, ONE(2, 8));
	must(&client, ADD, ONE(3, 0));
	must(&client, FLUSH, "session{owner=9}");
	must(&client, FLUSH, "session{owner=0}");
	expect_text("after a flush of 9 and 0", dumped(""), "2");
	must(&client, ADD, "session{id=3 owner=9 " EP1 " " EP2 "}");
	must(&client, FLUSH, "");
	expect_text("after a flush of all", dumped(""), "");
	must(&client, RANGE_DEL, RANGE);
}
#define MANY 5000
#define BATCH 50 /* acknowledgements fit the receive buffer */

static void add_many(void)
{
	struct reply reply;

	for (int i = 0; i < MANY; i += BATCH) {
		struct batch batch = { 0 };

		for (int id = i + 1; id <= i + BATCH; id++) {
			char text[128];

			snprintf(text, sizeof(text),
				 "session{id=%d endpoint{id=1 laddr=127.0.0.1 lport=%d}}", id,
				 30000 + id);
			batch_add(&batch, ADD, text);
		}
		batch_send(&batch);
		for (int j = 0; j < BATCH; j++) {
			client_reply(&client, batch.first + j, &reply, NULL, NULL);
			expect(!reply.err, "session %d: %d", i + j + 1, reply.err);
		}
	}
}

struct seen {
	int messages;
	unsigned char times[MANY + 1];
};

static void note_session(struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *nest = genlmsg_attrdata(nlmsg_data(nlh), 0);
	struct nlattr *id = nla_find(nla_data(nest), nla_len(nest), SIPFAST_A_SESSION_ID);
	struct seen *seen = arg;

	seen->messages++;
	if (id && nla_get_u64(id) <= MANY)
		seen->times[nla_get_u64(id)]++;
}

static void a_dump_of_5000_has_each_once(void)
{
	static struct seen seen;
	struct reply reply;
	struct nl_msg *msg;
	int wrong = 0;

	must(&client, RANGE_ADD, RANGE);
	add_many();
	memset(&seen, 0, sizeof(seen));
	msg = client_request(&client, GET, NLM_F_DUMP, "", NULL);
	client_send(&client, msg);
	client_reply(&client, nlmsg_hdr(msg)->nlmsg_seq, &reply, note_session, &seen);
	nlmsg_free(msg);
	expect(!reply.err && seen.messages == MANY, "error %d, %d messages", reply.err,
	       seen.messages);
	for (int id = 1; id <= MANY; id++)
		wrong += seen.times[id] != 1;
	expect(!wrong, "%d sessions not exactly once", wrong);
	must(&client, FLUSH, "");
	must(&client, RANGE_DEL, RANGE);
}

static const struct test tests[] = {
	TEST(a_dump_is_filtered),
	TEST(a_flush_deletes_by_owner),
	TEST(a_dump_of_5000_has_each_once),
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
