// SPDX-License-Identifier: GPL-2.0-or-later
/* Reliable provisional responses below any call (RFC 3262): numbers, repetitions, and headers. */
#include "sip/reliable.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "sip_rig.h"

static unsigned int refreshes, unanswered;

static void no_prack(void *user)
{
	assert_non_null(user);
	unanswered++;
}

static void refresh(void *user)
{
	assert_non_null(user);
	refreshes++;
}

static const struct sip_reliable_ops ops = { .no_prack = no_prack, .refresh = refresh };

static int send_reliable(struct rig *rig, struct sip_reliable *rel, int status, const char *tag,
			 const char *body)
{
	struct sip_reply reply = { .status = status,
				   .to_tag = view_str(tag),
				   .headers = VIEW_LIT("X-More: 1\r\n"),
				   .content_type = VIEW_LIT("text/plain"),
				   .body = view_str(body) };
	int ret = sip_reliable_send(rel, rig->st, &reply, &ops, rig);

	rig_collect(rig);
	return ret;
}

static bool matches(const struct sip_reliable *rel, const char *rack)
{
	struct sip_msg_error error;
	struct sip_msg msg;
	char text[512];
	int len;

	len = snprintf(text, sizeof(text),
		       "PRACK sip:a@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\n"
		       "From: <sip:a@h>;tag=1\r\nTo: <sip:b@h>;tag=2\r\nCall-ID: 1\r\n"
		       "CSeq: 9 PRACK\r\nMax-Forwards: 70\r\n%s\r\n\r\n",
		       rack);
	assert_int_equal(sip_msg_parse(&msg, text, (size_t)len, &error), 0);
	return sip_reliable_matches(rel, &msg);
}

static bool matches_number(const struct sip_reliable *rel, uint32_t rseq, const char *rest)
{
	char rack[64];

	snprintf(rack, sizeof(rack), "RAck: %u %s", rseq, rest);
	return matches(rel, rack);
}

/* Shows: 3262/3a 3262/3c 3262/3d 3262/7.1a */
static void numbers(void **state)
{
	struct sip_reliable rel = { 0 };
	struct rig *rig = *state;
	uint32_t first;

	rig_request(rig, "INVITE", "z9hG4bK-abc", "");
	assert_int_equal(send_reliable(rig, &rel, 183, "t1", "v=0\r\n"), 0);
	first = rel.rseq;
	assert_in_range(first, 1, INT32_MAX);
	assert_string_equal(rig_header(rig, "Require"), "100rel");
	assert_string_equal(rig_header(rig, "X-More"), "1");
	assert_int_equal(atoi(rig_header(rig, "RSeq")), first);
	assert_int_equal(send_reliable(rig, &rel, 180, "t1", ""), -EBUSY);
	assert_false(matches_number(&rel, first + 1, "7 INVITE"));
	assert_false(matches_number(&rel, first, "8 INVITE"));
	assert_false(matches_number(&rel, first, "7 UPDATE"));
	assert_false(matches_number(&rel, first, "7 INVITE x"));
	assert_false(matches(&rel, "X: 1"));
	assert_false(matches(&rel, "RAck:"));
	assert_true(matches_number(&rel, first, "  7\t INVITE"));
	sip_reliable_acked(&rel);
	assert_false(matches_number(&rel, first, "7 INVITE"));
	assert_int_equal(send_reliable(rig, &rel, 180, "t1", ""), 0);
	assert_int_equal(rel.rseq, first + 1);
	sip_reliable_clean(&rel);
	assert_false(matches_number(&rel, first + 1, "7 INVITE"));
}

/* Shows: 3262/3b */
static void repetitions(void **state)
{
	struct sip_reliable rel = { 0 };
	struct rig *rig = *state;

	rig_request(rig, "INVITE", "z9hG4bK-abc", "");
	assert_int_equal(send_reliable(rig, &rel, 183, "t1", "v=0\r\n"), 0);
	rig_expect(rig, "0 user request INVITE\n0 100\n0 183\n");
	rig_advance(rig, 31999);
	rig_expect(rig, "500 183\n1500 183\n3500 183\n7500 183\n15500 183\n31500 183\n");
	assert_int_equal(unanswered, 0);
	rig_advance(rig, 100000);
	rig_expect(rig, "");
	assert_int_equal(unanswered, 1);
	sip_reliable_clean(&rel);
}

/* Each as it was sent, whatever was sent after it. Shows: 3262/4g */
static void several_rows(void **state)
{
	struct sip_reliable first = { 0 }, second = { 0 };
	struct rig *rig = *state;

	rig_request(rig, "INVITE", "z9hG4bK-abc", "");
	assert_int_equal(send_reliable(rig, &first, 183, "t1", "v=0\r\n"), 0);
	assert_int_equal(send_reliable(rig, &second, 180, "t2", ""), 0);
	rig_advance(rig, 400);
	rig_expect(rig, "0 user request INVITE\n0 100\n0 183\n0 180\n");
	sip_reliable_acked(&second);
	rig_advance(rig, 600);
	rig_expect(rig, "500 183\n");
	assert_string_equal(rig_to_tag(rig), "t1");
	assert_int_equal(atoi(rig_header(rig, "RSeq")), first.rseq);
	assert_true(sip_reliable_holds_2xx(&first));
	assert_false(sip_reliable_holds_2xx(&second));
	sip_reliable_clean(&first);
	sip_reliable_clean(&second);
	rig_advance(rig, 60000);
	rig_expect(rig, "");
}

/* Shows: 3262/3h 3262/3n */
static void final_response(void **state)
{
	struct sip_reliable rel = { 0 };
	struct rig *rig = *state;

	rig_request(rig, "INVITE", "z9hG4bK-abc", "");
	assert_int_equal(send_reliable(rig, &rel, 180, "t1", ""), 0);
	rig_answer(rig, 486);
	rig_collect(rig);
	rig_advance(rig, 600);
	rig_expect(rig, "0 user request INVITE\n0 100\n0 180\n0 486\n500 486\n");
	assert_true(matches_number(&rel, rel.rseq, "7 INVITE"));
	sip_reliable_acked(&rel);
	assert_int_equal(send_reliable(rig, &rel, 183, "t1", ""), -EALREADY);
	rig_advance(rig, 200000);
	assert_int_equal(unanswered, 0);
	assert_int_equal(refreshes, 0);
	/* The transaction has gone before. */
	sip_reliable_clean(&rel);
}

/* Shows: 3262/3l */
static void refreshed_less_often(void **state)
{
	struct sip_reliable rel = { 0 };
	struct rig *rig = *state;

	rig_request(rig, "INVITE", "z9hG4bK-abc", "");
	assert_int_equal(send_reliable(rig, &rel, 180, "t1", ""), 0);
	sip_reliable_acked(&rel);
	rig_expect(rig, "0 user request INVITE\n0 100\n0 180\n");
	rig_advance(rig, 149999);
	assert_int_equal(refreshes, 0);
	rig_advance(rig, 150001);
	assert_int_equal(refreshes, 1);
	rig_expect(rig, "");
	sip_reliable_clean(&rel);
}

static uint32_t rseq_of(const char *lines, int status)
{
	struct sip_msg_error error;
	struct sip_msg msg;
	char text[512];
	int len;

	len = snprintf(text, sizeof(text),
		       "SIP/2.0 %d X\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\n"
		       "From: <sip:a@h>;tag=1\r\nTo: <sip:b@h>;tag=2\r\nCall-ID: 1\r\n"
		       "CSeq: 9 INVITE\r\n%s\r\n",
		       status, lines);
	assert_int_equal(sip_msg_parse(&msg, text, (size_t)len, &error), 0);
	return sip_rseq(&msg);
}

/* Shows: 3262/3k 3262/7.1a */
static void what_is_reliable(void **state)
{
	(void)state;
	assert_int_equal(rseq_of("Require: 100rel\r\nRSeq: 5\r\n", 183), 5);
	assert_int_equal(rseq_of("Require: timer, 100REL\r\nRSeq: 4294967295\r\n", 199),
			 UINT32_MAX);
	assert_int_equal(rseq_of("Require: timer\r\nRequire: 100rel\r\nRSeq: 5\r\n", 101), 5);
	assert_int_equal(rseq_of("Require: 100rel\r\nRSeq: 5\r\n", 100), 0);
	assert_int_equal(rseq_of("Require: 100rel\r\nRSeq: 5\r\n", 200), 0);
	assert_int_equal(rseq_of("RSeq: 5\r\n", 183), 0);
	assert_int_equal(rseq_of("Require: 100rel\r\n", 183), 0);
	assert_int_equal(rseq_of("Require: 100rel\r\nRSeq: 0\r\n", 183), 0);
	assert_int_equal(rseq_of("Require: 100rel\r\nRSeq: 4294967296\r\n", 183), 0);
	assert_int_equal(rseq_of("Require: 100rel\r\nRSeq: 5x\r\n", 183), 0);
	assert_int_equal(rseq_of("Require: 100relax\r\nRSeq: 5\r\n", 183), 0);
}

/* Shows: 3262/7.2a */
static void rack(void **state)
{
	static const char *const bad[] = { "",
					   " ",
					   "1",
					   "1 2",
					   "0 2 INVITE",
					   "1 2 INVITE 3",
					   "x 2 INVITE",
					   "1 -2 INVITE",
					   "4294967296 1 INVITE",
					   "1 2147483648 INVITE" };
	struct sip_rack read;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(sip_rack_parse(&read, view_str(bad[i])), -EBADMSG);
	assert_int_equal(sip_rack_parse(&read, VIEW_LIT("4294967295\r\n  2147483647\tINVITE ")), 0);
	assert_int_equal(read.rseq, UINT32_MAX);
	assert_int_equal(read.cseq, INT32_MAX);
	assert_true(view_eq(read.method, VIEW_LIT("INVITE")));
}

static int setup(void **state)
{
	refreshes = unanswered = 0;
	return rig_setup(state);
}

#define RIGGED(name) cmocka_unit_test_setup_teardown(name, setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RIGGED(numbers),
		RIGGED(repetitions),
		RIGGED(several_rows),
		RIGGED(final_response),
		RIGGED(refreshed_less_often),
		cmocka_unit_test(what_is_reliable),
		cmocka_unit_test(rack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
