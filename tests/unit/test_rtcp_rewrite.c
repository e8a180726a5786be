// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RTCP made to match rewritten RTP: the very octets that change, and none else. The stream of
 * the sender (SSRC S, becomes N) goes one way; the stream it reports on (SSRC M there, W where
 * it came from) was moved by a number of sequence numbers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rtcp.h"

#define S 0xe5, 0, 0, 1
#define N 0xe5, 0, 0, 2
#define M 0xd1, 0, 0, 1
#define W 0xd1, 0, 0, 2
#define OTHER 0xaa, 0xbb, 0xcc, 0xdd

#define SENDER RTCP_REWRITE_SENDER
#define MEDIA RTCP_REWRITE_MEDIA

static struct rtcp_rewrite rule(uint32_t what, int32_t seq_shift)
{
	return (struct rtcp_rewrite){
		.what = what,
		.sender = 0xe5000002,
		.sender_was = 0xe5000001,
		.media = 0xd1000001,
		.media_was = 0xd1000002,
		.seq_shift = seq_shift,
	};
}

/* In a heap block of its very size, so that what is done beyond it is seen. */
static void check(const struct rtcp_rewrite *rw, bool whole, const uint8_t *before,
		  const uint8_t *after, size_t len)
{
	uint8_t *copy = malloc(len);

	assert_non_null(copy);
	memcpy(copy, before, len);
	assert_int_equal(rtcp_rewrite(copy, (unsigned int)len, rw), whole);
	assert_memory_equal(copy, after, len);
	free(copy);
}

#define CHECK(rw, before, after)                                         \
	do {                                                             \
		static const uint8_t b[] = before, a[] = after;          \
		_Static_assert(sizeof(a) == sizeof(b), "same length");   \
		check(&(rw), true, b, a, sizeof(b));                     \
	} while (0)
#define P(...) { __VA_ARGS__ }
#define Q(a, b, c, d) a, b, c, d

#define SR(ssrc, timestamp) 0x80, 200, 0, 6, ssrc, 1, 2, 3, 4, 5, 6, 7, 8, timestamp, \
			    0, 0, 0, 9, 0, 0, 0, 99
#define RR(ssrc) 0x80, 201, 0, 1, ssrc
#define RR1(ssrc, about, highest) 0x81, 201, 0, 7, ssrc, about, 3, 0, 0, 4, highest, \
				  0, 0, 0, 5, 1, 1, 1, 1, 2, 2, 2, 2

static void nothing_asked_for_nothing_changed(void **state)
{
	struct rtcp_rewrite rw = rule(0, 1000);

	(void)state;
	CHECK(rw, P(SR(S, Q(0, 0, 0, 7)), RR1(S, M, Q(0, 1, 2, 3)), 0x81, 203, 0, 1, S),
	      P(SR(S, Q(0, 0, 0, 7)), RR1(S, M, Q(0, 1, 2, 3)), 0x81, 203, 0, 1, S));
}

static void what_is_not_whole_stays(void **state)
{
	static const uint8_t four[] = { 0x80, 200, 0, 1 };
	static const uint8_t srtcp[] = { RR(S), 0x80, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 };
	static const uint8_t cut[] = { RR(S), 0x81, 203, 0, 2, S };
	struct rtcp_rewrite rw = rule(SENDER | MEDIA, 1);

	(void)state;
	check(&rw, false, four, four, sizeof(four));
	check(&rw, false, srtcp, srtcp, sizeof(srtcp));
	check(&rw, false, cut, cut, sizeof(cut));
}

static void sender_of_every_type_of_packet(void **state)
{
	struct rtcp_rewrite rw = rule(SENDER, 0);

	(void)state;
	CHECK(rw, P(SR(S, Q(0, 0, 0, 7)), RR(S), 0x80, 204, 0, 2, S, 'n', 'a', 'm', 'e',
		    0x81, 205, 0, 3, S, OTHER, 0, 1, 0, 0, 0x81, 206, 0, 2, S, OTHER,
		    0x80, 207, 0, 1, S),
	      P(SR(N, Q(0, 0, 0, 7)), RR(N), 0x80, 204, 0, 2, N, 'n', 'a', 'm', 'e',
		0x81, 205, 0, 3, N, OTHER, 0, 1, 0, 0, 0x81, 206, 0, 2, N, OTHER,
		0x80, 207, 0, 1, N));
	/* Types that nobody knows stay. */
	CHECK(rw, P(RR(S), 0x80, 199, 0, 1, S, 0x80, 208, 0, 1, S),
	      P(RR(N), 0x80, 199, 0, 1, S, 0x80, 208, 0, 1, S));
}

static void timestamp_of_sender_reports(void **state)
{
	struct rtcp_rewrite rw = rule(0, 0);

	(void)state;
	rw.timestamp_offset = 0x11;
	CHECK(rw, P(SR(S, Q(0xff, 0xff, 0xff, 0xf0)), RR(S)), P(SR(S, Q(0, 0, 0, 1)), RR(S)));
}

static void goodbye_of_the_sender_and_whom_it_mixes(void **state)
{
	struct rtcp_rewrite rw = rule(SENDER, 0);

	(void)state;
	CHECK(rw, P(RR(S), 0x82, 203, 0, 4, S, OTHER, 3, 'b', 'y', 'e', 0, 0, 0, 0),
	      P(RR(N), 0x82, 203, 0, 4, N, OTHER, 3, 'b', 'y', 'e', 0, 0, 0, 0));
	/* Alone (RFC 5506): the sender is known from its RTP. More sources than fit. */
	CHECK(rw, P(0x9f, 203, 0, 2, OTHER, S), P(0x9f, 203, 0, 2, OTHER, N));
	/* The sender is whom the first packet names, even if it is not known. */
	CHECK(rw, P(RR(OTHER), 0x82, 203, 0, 2, OTHER, S),
	      P(RR(N), 0x82, 203, 0, 2, N, S));
}

static void chunks_of_descriptions(void **state)
{
	struct rtcp_rewrite rw = rule(SENDER, 0);

	(void)state;
	CHECK(rw, P(RR(S), 0x83, 202, 0, 8, S, 1, 2, 'a', 'b', 0, 0, 0, 0,
		    OTHER, 1, 1, 'c', 0, S, 2, 3, 'd', 'e', 'f', 0, 0, 0),
	      P(RR(N), 0x83, 202, 0, 8, N, 1, 2, 'a', 'b', 0, 0, 0, 0,
		OTHER, 1, 1, 'c', 0, N, 2, 3, 'd', 'e', 'f', 0, 0, 0));
	/* Items that run out of the packet, and one that is cut in its head, end it. */
	CHECK(rw, P(RR(S), 0x82, 202, 0, 3, S, 1, 200, 'a', 'b', S),
	      P(RR(N), 0x82, 202, 0, 3, N, 1, 200, 'a', 'b', S));
	CHECK(rw, P(RR(S), 0x82, 202, 0, 2, S, 1, 1, 'a', 1),
	      P(RR(N), 0x82, 202, 0, 2, N, 1, 1, 'a', 1));
	/* A chunk that is not there. */
	CHECK(rw, P(RR(S), 0x9f, 202, 0, 0), P(RR(N), 0x9f, 202, 0, 0));
}

static void reports_go_back_to_what_was_sent(void **state)
{
	struct rtcp_rewrite rw = rule(MEDIA, 1000);

	(void)state;
	CHECK(rw, P(RR1(S, M, Q(0, 2, 0x04, 0xe8))), P(RR1(S, W, Q(0, 2, 0x01, 0x00))));
	CHECK(rw, P(RR1(S, M, Q(0, 2, 0x00, 0x10))), P(RR1(S, W, Q(0, 1, 0xfc, 0x28))));
	/* Before the first cycle there is none. */
	CHECK(rw, P(RR1(S, M, Q(0, 0, 0x00, 0x10))), P(RR1(S, W, Q(0, 0, 0xfc, 0x28))));
	CHECK(rw, P(RR1(S, OTHER, Q(0, 2, 0x04, 0xe8))), P(RR1(S, OTHER, Q(0, 2, 0x04, 0xe8))));
	rw.seq_shift = -64536;
	CHECK(rw, P(RR1(S, M, Q(0, 0, 0x01, 0xd0))), P(RR1(S, W, Q(0, 0, 0xfd, 0xe8))));
	CHECK(rw, P(RR1(S, M, Q(0, 0, 0x04, 0x00))), P(RR1(S, W, Q(0, 1, 0x00, 0x18))));
}

static void feedback_names_what_was_sent(void **state)
{
	struct rtcp_rewrite rw = rule(MEDIA, 1000);

	(void)state;
	/* NACK: sequence numbers, not the masks; of others not. */
	CHECK(rw, P(0x81, 205, 0, 4, S, M, 0x04, 0xe8, 0xab, 0xcd, 0, 1, 0, 0),
	      P(0x81, 205, 0, 4, S, W, 0x01, 0x00, 0xab, 0xcd, 0xfc, 0x19, 0, 0));
	CHECK(rw, P(0x81, 205, 0, 3, S, OTHER, 0x04, 0xe8, 0, 0),
	      P(0x81, 205, 0, 3, S, OTHER, 0x04, 0xe8, 0, 0));
	/* TMMBR, TMMBN, FIR name it in their entries, the media source being 0. */
	CHECK(rw, P(0x83, 205, 0, 4, S, 0, 0, 0, 0, M, 9, 9, 9, 9,
		    0x84, 205, 0, 6, S, 0, 0, 0, 0, OTHER, 9, 9, 9, 9, M, 9, 9, 9, 9,
		    0x84, 206, 0, 4, S, 0, 0, 0, 0, M, 1, 0, 0, 0),
	      P(0x83, 205, 0, 4, S, 0, 0, 0, 0, W, 9, 9, 9, 9,
		0x84, 205, 0, 6, S, 0, 0, 0, 0, OTHER, 9, 9, 9, 9, W, 9, 9, 9, 9,
		0x84, 206, 0, 4, S, 0, 0, 0, 0, W, 1, 0, 0, 0));
	/* PLI; transport-wide feedback has numbers of its own. */
	CHECK(rw, P(0x81, 206, 0, 2, S, M, 0x8f, 205, 0, 3, S, M, 0x04, 0xe8, 0, 1),
	      P(0x81, 206, 0, 2, S, W, 0x8f, 205, 0, 3, S, W, 0x04, 0xe8, 0, 1));
	/* REMB, with more sources announced than there are; other application messages. */
	CHECK(rw, P(0x8f, 206, 0, 6, S, 0, 0, 0, 0, 'R', 'E', 'M', 'B', 9, 1, 2, 3, OTHER, M),
	      P(0x8f, 206, 0, 6, S, 0, 0, 0, 0, 'R', 'E', 'M', 'B', 9, 1, 2, 3, OTHER, W));
	CHECK(rw, P(0x8f, 206, 0, 4, S, 0, 0, 0, 0, M, 1, 2, 3, 4),
	      P(0x8f, 206, 0, 4, S, 0, 0, 0, 0, M, 1, 2, 3, 4));
	/* Too short to have a media source. */
	CHECK(rw, P(0x81, 205, 0, 1, S, 0x84, 206, 0, 0), P(0x81, 205, 0, 1, S, 0x84, 206, 0, 0));
}

static void extended_reports_name_what_was_sent(void **state)
{
	struct rtcp_rewrite rw = rule(MEDIA, 1000);

	(void)state;
	rw.media_timestamp_offset = 5;
	CHECK(rw, P(0x80, 207, 0, 4, S, 1, 0, 0, 2, M, 0x04, 0xe8, 0x04, 0xe9),
	      P(0x80, 207, 0, 4, S, 1, 0, 0, 2, W, 0x01, 0x00, 0x01, 0x01));
	CHECK(rw, P(0x80, 207, 0, 5, S, 3, 0, 0, 3, M, 0x04, 0xe8, 0x04, 0xe9, 0, 0, 0, 1),
	      P(0x80, 207, 0, 5, S, 3, 0, 0, 3, W, 0x01, 0x00, 0x01, 0x01, 0xff, 0xff, 0xff, 0xfc));
	/* DLRR, VoIP metrics (cut short), one without content, one that runs out. */
	CHECK(rw, P(0x80, 207, 0, 10, S, 5, 0, 0, 3, M, 1, 1, 1, 1, 2, 2, 2, 2, 7, 0, 0, 1, M,
		    7, 0, 0, 0, 1, 0, 0, 9, M),
	      P(0x80, 207, 0, 10, S, 5, 0, 0, 3, W, 1, 1, 1, 1, 2, 2, 2, 2, 7, 0, 0, 1, W,
		7, 0, 0, 0, 1, 0, 0, 9, M));
	CHECK(rw, P(0x80, 207, 0, 3, S, 1, 0, 0, 1, M), P(0x80, 207, 0, 3, S, 1, 0, 0, 1, M));
}

static void both_ways_at_once(void **state)
{
	struct rtcp_rewrite rw = rule(SENDER | MEDIA, 1);

	(void)state;
	CHECK(rw, P(RR1(S, M, Q(0, 0, 0, 9)), 0x81, 202, 0, 2, S, 0, 0, 0, 0),
	      P(RR1(N, W, Q(0, 0, 0, 8)), 0x81, 202, 0, 2, N, 0, 0, 0, 0));
}

static void padding_is_not_touched(void **state)
{
	struct rtcp_rewrite rw = rule(SENDER | MEDIA, 1);

	(void)state;
	CHECK(rw, P(0xa2, 203, 0, 5, S, OTHER, S, S, 0, 0, 0, 12),
	      P(0xa2, 203, 0, 5, N, OTHER, S, S, 0, 0, 0, 12));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_asked_for_nothing_changed),
		cmocka_unit_test(what_is_not_whole_stays),
		cmocka_unit_test(sender_of_every_type_of_packet),
		cmocka_unit_test(timestamp_of_sender_reports),
		cmocka_unit_test(goodbye_of_the_sender_and_whom_it_mixes),
		cmocka_unit_test(chunks_of_descriptions),
		cmocka_unit_test(reports_go_back_to_what_was_sent),
		cmocka_unit_test(feedback_names_what_was_sent),
		cmocka_unit_test(extended_reports_name_what_was_sent),
		cmocka_unit_test(both_ways_at_once),
		cmocka_unit_test(padding_is_not_touched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
