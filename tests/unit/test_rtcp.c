// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading RTCP (RFC 3550 s.6): which packets are whole, and what they report. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rtcp.h"

#define BYTES(...) (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ })

#define SR_HEAD(count, words) 0x80 | (count), 200, 0, words
#define RR_HEAD(count, words) 0x80 | (count), 201, 0, words
#define SENDER_INFO                                                                      \
	0xe0, 0x01, 0x02, 0x03, 0x80, 0x00, 0x00, 0x05, 0, 0, 0x10, 0, 0, 0, 0, 9, 0, 0, 6, 0x0c

/* In a heap block of its very size, so that a read beyond it is seen. */
static bool rtcp_read_copy(const uint8_t *data, size_t len, uint32_t about, struct rtcp_summary *s)
{
	uint8_t *copy = malloc(len ? len : 1);
	bool whole;

	assert_non_null(copy);
	memcpy(copy, data, len);
	whole = rtcp_read(copy, (unsigned int)len, about, s);
	assert_int_equal(whole, rtcp_is_compound(copy, (unsigned int)len));
	free(copy);
	return whole;
}

static bool whole(const uint8_t *data, size_t len)
{
	struct rtcp_summary summary;

	return rtcp_read_copy(data, len, 0, &summary);
}

static void lengths_must_add_up(void **state)
{
	(void)state;
	assert_true(whole(BYTES(RR_HEAD(0, 1), 0, 0, 0, 1)));
	assert_true(whole(BYTES(RR_HEAD(0, 1), 0, 0, 0, 1, 0x80, 202, 0, 0)));
	assert_true(whole(BYTES(0x80, 203, 0, 0)));
	assert_false(whole((const uint8_t *)"", 0));
	assert_false(whole(BYTES(0)));
	/* 4 octets that say they are 8, and 3 that are nothing. */
	assert_false(whole(BYTES(RR_HEAD(0, 1))));
	assert_false(whole(BYTES(0x80, 201, 0)));
	/* Something behind the last packet: an SRTCP index and tag. */
	assert_false(whole(BYTES(RR_HEAD(0, 1), 0, 0, 0, 1, 0x80, 0, 0)));
	assert_false(whole(BYTES(RR_HEAD(0, 1), 0, 0, 0, 1, 0x00, 0, 0, 1)));
	assert_false(whole(BYTES(RR_HEAD(0, 1), 0, 0, 0, 1, 0x80, 202, 0, 1)));
	assert_false(whole(BYTES(0x80, 202, 0xff, 0xff)));
}

static void report_blocks_must_fit(void **state)
{
	uint8_t packet[28 + 24] = { SR_HEAD(1, 12) };

	(void)state;
	assert_true(whole(packet, sizeof(packet)));
	packet[0] = 0x82;
	assert_false(whole(packet, sizeof(packet)));
	/* As RR it has room for a block more, as a profile's extension would need. */
	packet[0] = 0x81;
	packet[1] = 201;
	assert_true(whole(packet, sizeof(packet)));
	packet[0] = 0x82;
	assert_false(whole(packet, sizeof(packet)));
	assert_false(whole(BYTES(RR_HEAD(0, 0))));
	assert_false(whole(BYTES(SR_HEAD(0, 1), 0, 0, 0, 1)));
}

static void only_the_last_is_padded(void **state)
{
	(void)state;
	assert_true(whole(BYTES(0xa0, 201, 0, 2, 0, 0, 0, 1, 0, 0, 0, 4)));
	assert_false(whole(BYTES(0xa0, 201, 0, 2, 0, 0, 0, 1, 0, 0, 0, 4, 0x80, 203, 0, 0)));
	/* Counts that are none, odd, or of more than there is. */
	assert_false(whole(BYTES(0xa0, 201, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0)));
	assert_false(whole(BYTES(0xa0, 201, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3)));
	assert_false(whole(BYTES(0xa0, 201, 0, 2, 0, 0, 0, 1, 0, 0, 0, 12)));
	/* Of which the header of the RR would be a part. */
	assert_false(whole(BYTES(0xa0, 201, 0, 2, 0, 0, 0, 1, 0, 0, 0, 8)));
	assert_false(whole(BYTES(0xa0, 203, 0, 0)));
}

static void sender_report_is_read(void **state)
{
	struct rtcp_summary s;

	(void)state;
	assert_true(rtcp_read_copy(BYTES(SR_HEAD(0, 6), 0xfe, 0xdc, 0xba, 0x98, SENDER_INFO), 0,
				   &s));
	assert_int_equal(s.has, RTCP_HAS_SENDER | RTCP_HAS_NTP);
	assert_int_equal(s.sender, 0xfedcba98);
	assert_int_equal(s.ntp, 0x02038000);
}

#define BLOCK(ssrc, fraction, lost)                                                   \
	0, 0, 0, ssrc, fraction, (lost) >> 16 & 0xff, (lost) >> 8 & 0xff, (lost) & 0xff, \
		0, 2, 0xff, 0xf0, 0, 0, 0, 160, 1, 2, 3, 4, 0, 1, 0x80, 0

static void report_block_is_read(void **state)
{
	struct rtcp_summary s;

	(void)state;
	assert_true(rtcp_read_copy(BYTES(RR_HEAD(1, 7), 0, 0, 0, 1, BLOCK(7, 64, 0x012345)), 7,
				   &s));
	assert_int_equal(s.has, RTCP_HAS_SENDER | RTCP_HAS_REPORT);
	assert_int_equal(s.sender, 1);
	assert_int_equal(s.report.ssrc, 7);
	assert_int_equal(s.report.fraction, 64);
	assert_int_equal(s.report.lost, 0x012345);
	assert_int_equal(s.report.highest, 0x2fff0);
	assert_int_equal(s.report.jitter, 160);
	assert_int_equal(s.report.lsr, 0x01020304);
	assert_int_equal(s.report.dlsr, 0x18000);
}

static void cumulative_loss_has_a_sign(void **state)
{
	static const struct {
		uint32_t wire;
		int32_t lost;
	} cases[] = { { 0xffffff, -1 }, { 0x800000, -8388608 }, { 0x7fffff, 8388607 }, { 0, 0 } };
	struct rtcp_summary s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(rtcp_read_copy(BYTES(RR_HEAD(1, 7), 0, 0, 0, 1,
						 BLOCK(7, 255, cases[i].wire)), 7, &s));
		assert_int_equal(s.report.lost, cases[i].lost);
		assert_int_equal(s.report.fraction, 255);
	}
}

static void the_block_asked_for_is_preferred(void **state)
{
	static const uint8_t packet[] = { RR_HEAD(3, 19), 0, 0, 0, 1, BLOCK(7, 1, 1),
					  BLOCK(8, 2, 2), BLOCK(8, 3, 3) };
	struct rtcp_summary s;

	(void)state;
	assert_true(rtcp_read_copy(packet, sizeof(packet), 8, &s));
	assert_int_equal(s.report.lost, 2);
	assert_true(rtcp_read_copy(packet, sizeof(packet), 7, &s));
	assert_int_equal(s.report.lost, 1);
	assert_true(rtcp_read_copy(packet, sizeof(packet), 9, &s));
	assert_int_equal(s.report.lost, 1);
}

static void all_packets_of_a_compound_are_read(void **state)
{
	struct rtcp_summary s;

	(void)state;
	assert_true(rtcp_read_copy(BYTES(0x81, 202, 0, 2, 0, 0, 0, 5, 0, 0, 0, 0,
					 SR_HEAD(0, 6), 0, 0, 0, 5, SENDER_INFO,
					 RR_HEAD(1, 7), 0, 0, 0, 6, BLOCK(9, 0, 3),
					 0x81, 203, 0, 1, 0, 0, 0, 5), 9, &s));
	assert_int_equal(s.has, RTCP_HAS_SENDER | RTCP_HAS_NTP | RTCP_HAS_REPORT | RTCP_HAS_BYE);
	assert_int_equal(s.sender, 5);
	assert_int_equal(s.report.lost, 3);
}

static void round_trip_is_what_is_left(void **state)
{
	(void)state;
	/* RFC 3550 s.6.4.1, figure 2: away for 11.375 s, of which 5.25 s at the other side. */
	assert_int_equal(rtcp_rtt_us(11375000000ULL, 0x00054000), 6125000);
	assert_int_equal(rtcp_rtt_us(1000, 0), 1);
	assert_int_equal(rtcp_rtt_us(999, 0), 0);
	assert_int_equal(rtcp_rtt_us(1000000000ULL, 0x10000), 0);
	assert_int_equal(rtcp_rtt_us(1000000000ULL, 0x10001), -1);
	assert_int_equal(rtcp_rtt_us(0, 0xffffffff), -1);
	assert_int_equal(rtcp_rtt_us(UINT64_MAX >> 1, 0), (int64_t)(UINT64_MAX >> 1) / 1000);
}

static void cycles_count_from_the_moved_first_number(void **state)
{
	(void)state;
	assert_int_equal(rtcp_seq_shift(100, 0), 0);
	assert_int_equal(rtcp_seq_shift(100, 1000), 1000);
	assert_int_equal(rtcp_seq_shift(65535, 0), 0);
	assert_int_equal(rtcp_seq_shift(65535, 1), -65535);
	assert_int_equal(rtcp_seq_shift(65000, 1000), -64536);
	assert_int_equal(rtcp_seq_shift(1000, 65535), -1);
	assert_int_equal(rtcp_seq_shift(0, 65535), 65535);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lengths_must_add_up),
		cmocka_unit_test(report_blocks_must_fit),
		cmocka_unit_test(only_the_last_is_padded),
		cmocka_unit_test(sender_report_is_read),
		cmocka_unit_test(report_block_is_read),
		cmocka_unit_test(cumulative_loss_has_a_sign),
		cmocka_unit_test(the_block_asked_for_is_preferred),
		cmocka_unit_test(all_packets_of_a_compound_are_read),
		cmocka_unit_test(round_trip_is_what_is_left),
		cmocka_unit_test(cycles_count_from_the_moved_first_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
