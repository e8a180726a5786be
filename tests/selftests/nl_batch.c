// SPDX-License-Identifier: GPL-2.0-or-later
/* Many requests in one send. */
#define _GNU_SOURCE
#include "nl_batch.h"

/* Good and bad requests: each has its own acknowledgement, in order. */
static void a_batch_is_acknowledged_one_by_one(void)
{
	static const struct expected requests[] = {
		{ RANGE_ADD, RANGE, 0 },
		{ ADD, SESSION1, 0 },
		{ ADD, SESSION1, -EEXIST },
		{ SET, "session{id=1 endpoint{id=1 dscp=46}}", 0 },
		{ ADD, NEW("dscp=64"), -ERANGE },
		{ ADD, NEW("dscp=63"), 0 },
		{ DEL, "session{id=1}", 0 },
		{ SET, "session{id=1 timeout=1000}", -ENOENT },
		{ RANGE_DEL, RANGE, -EBUSY },
		{ DEL, "session{id=5}", 0 },
		{ RANGE_DEL, RANGE, 0 },
	};
	struct batch batch = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(requests); i++)
		batch_add(&batch, requests[i].cmd, requests[i].text);
	batch_send(&batch);
	for (size_t i = 0; i < ARRAY_SIZE(requests); i++) {
		struct reply reply;

		client_reply(&client, batch.first + i, &reply, NULL, NULL);
		expect(reply.err == requests[i].err, "request %zu: %d instead of %d (\"%s\")", i,
		       reply.err, requests[i].err, reply.text);
		expect(!reply.err || reply.text[0], "request %zu: no sentence", i);
	}
}

static const struct test tests[] = {
	TEST(a_batch_is_acknowledged_one_by_one),
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
