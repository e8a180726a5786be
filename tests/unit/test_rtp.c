// SPDX-License-Identifier: GPL-2.0-or-later
/* What a media packet is, and what RFC 3550 makes of a stream of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rtp.h"

#define MS 1000000ULL

/* In a heap block of its very size, so that a read beyond it is seen. */
static enum rtp_kind parse(const void *data, size_t len, struct rtp_header *header)
{
	uint8_t *copy = malloc(len ? len : 1);
	enum rtp_kind kind;

	assert_non_null(copy);
	memcpy(copy, data, len);
	kind = rtp_parse(copy, (unsigned int)len, header);
	free(copy);
	return kind;
}

#define PARSE(...)                                                                     \
	parse((const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }), \
	      &(struct rtp_header){ 0 })

static void rtp_header_is_read(void **state)
{
	static const uint8_t packet[] = { 0x80, 0xe0, 0x12, 0x34, 0x89, 0xab,
					  0xcd, 0xef, 0xfe, 0xdc, 0xba, 0x98 };
	struct rtp_header header;

	(void)state;
	assert_int_equal(parse(packet, sizeof(packet), &header), RTP_KIND_RTP);
	assert_int_equal(header.payload_type, 0x60);
	assert_int_equal(header.seq, 0x1234);
	assert_int_equal(header.timestamp, 0x89abcdef);
	assert_int_equal(header.ssrc, 0xfedcba98);
}

static void every_length_of_csrc_and_extension(void **state)
{
	uint8_t packet[RTP_HEADER_MAX + 5 * 4] = { 0 };
	struct rtp_header header;
	unsigned int csrc, size, total;

	(void)state;
	for (csrc = 0; csrc <= 15; csrc++) {
		size = 12 + csrc * 4;
		packet[0] = (uint8_t)(0x80 | csrc);
		memset(packet + 12, 0xff, sizeof(packet) - 12);
		for (total = 0; total < sizeof(packet); total++)
			assert_int_equal(parse(packet, total, &header),
					 total < size ? RTP_KIND_NONE : RTP_KIND_RTP);
		packet[0] |= 0x10;
		packet[size + 2] = 0;
		packet[size + 3] = 5;
		for (total = 0; total <= size + 4 + 20; total++)
			assert_int_equal(parse(packet, total, &header),
					 total < size + 24 ? RTP_KIND_NONE : RTP_KIND_RTP);
	}
}

static void extension_longer_than_any_packet(void **state)
{
	(void)state;
	assert_int_equal(PARSE(0x90, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0xff, 0xff),
			 RTP_KIND_NONE);
}

static void padding_count_is_not_looked_at(void **state)
{
	(void)state;
	assert_int_equal(PARSE(0xa0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0xff), RTP_KIND_RTP);
}

/* Shows: 5761/4a */
static void rtcp_is_told_apart_by_packet_type(void **state)
{
	uint8_t packet[12] = { 0x80, 0, 0, 1 };
	struct rtp_header header;
	unsigned int type;

	(void)state;
	for (type = 0; type < 256; type++) {
		packet[1] = (uint8_t)type;
		assert_int_equal(parse(packet, sizeof(packet), &header),
				 type >= 192 && type <= 223 ? RTP_KIND_RTCP : RTP_KIND_RTP);
	}
}

static void rtcp_length_must_fit(void **state)
{
	(void)state;
	assert_int_equal(PARSE(0x80, 201, 0, 1, 0, 0, 0, 1), RTP_KIND_RTCP);
	assert_int_equal(PARSE(0x80, 201, 0, 2, 0, 0, 0, 1), RTP_KIND_NONE);
	assert_int_equal(PARSE(0x80, 201, 0xff, 0xff, 0, 0, 0, 1), RTP_KIND_NONE);
	assert_int_equal(PARSE(0x80, 201, 0, 0, 0, 0, 0), RTP_KIND_NONE);
	/* More follows, as in a compound packet. */
	assert_int_equal(PARSE(0x80, 201, 0, 1, 0, 0, 0, 1, 9, 9), RTP_KIND_RTCP);
}

static void first_octet_demultiplexes(void **state)
{
	uint8_t packet[20] = { 0 };
	struct rtp_header header;
	enum rtp_kind kind;
	unsigned int octet;

	(void)state;
	for (octet = 0; octet < 256; octet++) {
		packet[0] = (uint8_t)octet;
		kind = RTP_KIND_NONE;
		if (octet <= 3)
			kind = RTP_KIND_STUN;
		else if (octet >= 20 && octet <= 63)
			kind = RTP_KIND_DTLS;
		else if (octet >= 128 && octet <= 191 && (octet & 0x0f) <= 2 && !(octet & 0x10))
			kind = RTP_KIND_RTP;
		if (octet >= 128 && octet <= 191 && octet & 0x10 && (octet & 0x0f) <= 1)
			kind = RTP_KIND_RTP;
		assert_int_equal(parse(packet, sizeof(packet), &header), kind);
	}
	assert_int_equal(parse("", 0, &header), RTP_KIND_NONE);
	assert_int_equal(parse("\0", 1, &header), RTP_KIND_NONE);
}

static void clock_rates_of_rfc_3551(void **state)
{
	(void)state;
	assert_int_equal(rtp_clock_rate(0), 8000);
	assert_int_equal(rtp_clock_rate(9), 8000); /* G.722, by an error made permanent */
	assert_int_equal(rtp_clock_rate(10), 44100);
	assert_int_equal(rtp_clock_rate(14), 90000);
	assert_int_equal(rtp_clock_rate(18), 8000);
	assert_int_equal(rtp_clock_rate(34), 90000);
	assert_int_equal(rtp_clock_rate(1), 0);
	assert_int_equal(rtp_clock_rate(35), 0);
	assert_int_equal(rtp_clock_rate(96), 0);
	assert_int_equal(rtp_clock_rate(127), 0);
}

/* A stream that is on time, 20 ms and 160 timestamp units a packet, numbered from anywhere. */
static enum rtp_seq receive(struct rtp_source *source, uint16_t seq)
{
	struct rtp_header header = { .ssrc = 1, .seq = seq, .timestamp = seq * 160U };

	return rtp_source_update(source, &header, 5000 * MS + seq * 20 * MS, 8000);
}

static void nothing_is_lost_in_order(void **state)
{
	struct rtp_source source = { 0 };
	unsigned int i;

	(void)state;
	assert_int_equal(rtp_source_lost(&source), 0);
	assert_int_equal(receive(&source, 65000), RTP_SEQ_START);
	for (i = 65001; i < 65536 + 65536 + 500; i++) {
		assert_int_equal(receive(&source, (uint16_t)i), RTP_SEQ_NEXT);
		assert_int_equal(rtp_source_lost(&source), 0);
	}
	assert_int_equal(source.cycles, 2 * 65536);
	assert_int_equal(source.max_seq, 499);
}

static void gaps_are_lost_until_they_come(void **state)
{
	struct rtp_source source = { 0 };

	(void)state;
	receive(&source, 65534);
	assert_int_equal(receive(&source, 1), RTP_SEQ_NEXT);
	assert_int_equal(rtp_source_lost(&source), 2);
	assert_int_equal(receive(&source, 65535), RTP_SEQ_REORDERED);
	assert_int_equal(rtp_source_lost(&source), 1);
	assert_int_equal(receive(&source, 65535), RTP_SEQ_DUPLICATE);
	assert_int_equal(rtp_source_lost(&source), 0);
	assert_int_equal(receive(&source, 1), RTP_SEQ_DUPLICATE);
	assert_int_equal(receive(&source, 65534), RTP_SEQ_DUPLICATE);
	assert_int_equal(rtp_source_lost(&source), -2);
	assert_int_equal(source.max_seq, 1);
	assert_int_equal(source.cycles, 65536);
}

static void window_ends(void **state)
{
	struct rtp_source source = { 0 };

	(void)state;
	receive(&source, 100);
	assert_int_equal(receive(&source, 163), RTP_SEQ_NEXT);
	assert_int_equal(receive(&source, 100), RTP_SEQ_DUPLICATE);
	assert_int_equal(receive(&source, 164), RTP_SEQ_NEXT);
	/* 64 behind: what it was is forgotten. */
	assert_int_equal(receive(&source, 100), RTP_SEQ_REORDERED);
	/* A gap of the window's size clears it. */
	assert_int_equal(receive(&source, 164 + 64), RTP_SEQ_NEXT);
	assert_int_equal(receive(&source, 165), RTP_SEQ_REORDERED);
	assert_int_equal(receive(&source, 165), RTP_SEQ_DUPLICATE);
}

static void bounds_of_dropout_and_misorder(void **state)
{
	struct rtp_source source = { 0 };

	(void)state;
	receive(&source, 1000);
	assert_int_equal(receive(&source, 901), RTP_SEQ_REORDERED);
	assert_int_equal(receive(&source, 900), RTP_SEQ_JUMP);
	assert_int_equal(receive(&source, 1000 + 3000), RTP_SEQ_JUMP);
	assert_int_equal(receive(&source, 1000 + 2999), RTP_SEQ_NEXT);
}

static void two_in_sequence_prove_a_restart(void **state)
{
	struct rtp_source source = { 0 };

	(void)state;
	receive(&source, 1000);
	receive(&source, 1005);
	assert_int_equal(rtp_source_lost(&source), 4);
	assert_int_equal(receive(&source, 40000), RTP_SEQ_JUMP);
	assert_int_equal(receive(&source, 1006), RTP_SEQ_NEXT);
	assert_int_equal(rtp_source_lost(&source), 4);
	assert_int_equal(receive(&source, 65535), RTP_SEQ_JUMP);
	assert_int_equal(receive(&source, 0), RTP_SEQ_START);
	assert_int_equal(rtp_source_lost(&source), 0);
	assert_int_equal(receive(&source, 1), RTP_SEQ_NEXT);
}

static void new_ssrc_starts_anew(void **state)
{
	struct rtp_header header = { .ssrc = 2, .seq = 9, .payload_type = 8 };
	struct rtp_source source = { 0 };

	(void)state;
	receive(&source, 1000);
	receive(&source, 1500);
	assert_int_equal(rtp_source_update(&source, &header, 0, 8000), RTP_SEQ_START);
	assert_int_equal(source.ssrc, 2);
	assert_int_equal(source.payload_type, 8);
	assert_int_equal(rtp_source_lost(&source), 0);
	assert_int_equal(rtp_source_jitter_us(&source), 0);
}

static void jitter_of_a_stream_on_time_is_zero(void **state)
{
	struct rtp_source source = { 0 };
	uint16_t i;

	(void)state;
	for (i = 0; i < 1000; i++)
		receive(&source, i);
	assert_int_equal(rtp_source_jitter_us(&source), 0);
}

/* RFC 3550 A.8 by hand: J += |D| - ((J + 8) >> 4), J being 16 times the jitter. */
static void jitter_follows_the_rfc(void **state)
{
	struct rtp_header header = { .ssrc = 1 };
	struct rtp_source source = { 0 };
	uint32_t expected = 0, d;
	uint64_t now = 77 * MS;
	uint16_t i;

	(void)state;
	rtp_source_update(&source, &header, now, 8000);
	for (i = 1; i < 500; i++) {
		d = i % 3 * 8; /* units of 125 us: 0, 1 or 2 ms late against the last */
		now += 20 * MS + i % 3 * MS;
		header.seq = i;
		header.timestamp += 160;
		rtp_source_update(&source, &header, now, 8000);
		expected += d - ((expected + 8) >> 4);
		assert_int_equal(source.jitter, expected);
	}
	assert_int_equal(rtp_source_jitter_us(&source), (expected >> 4) * 125);
	assert_in_range(rtp_source_jitter_us(&source), 750, 1250);
}

static void early_counts_as_late_does(void **state)
{
	struct rtp_header header = { .ssrc = 1 };
	struct rtp_source source = { 0 };

	(void)state;
	rtp_source_update(&source, &header, 100 * MS, 8000);
	header.seq = 1;
	header.timestamp = 160;
	rtp_source_update(&source, &header, 110 * MS, 8000);
	assert_int_equal(source.jitter, 80);
}

static void a_new_time_base_is_no_jitter(void **state)
{
	struct rtp_header header = { .ssrc = 1 };
	struct rtp_source source = { 0 };

	(void)state;
	rtp_source_update(&source, &header, 100 * MS, 8000);
	header.seq = 1;
	header.timestamp = 0x80000000;
	rtp_source_update(&source, &header, 120 * MS, 8000);
	assert_int_equal(source.jitter, 0);
	/* Nor is a pause of any length, while time and timestamp go on. */
	header.seq = 2;
	header.timestamp += 160;
	rtp_source_update(&source, &header, UINT64_MAX / 2, 192000);
	rtp_source_update(&source, &header, UINT64_MAX, 192000);
	assert_int_equal(source.jitter, 0);
}

static void jitter_keeps_its_time_when_the_clock_changes(void **state)
{
	struct rtp_header header = { .ssrc = 1 };
	struct rtp_source source = { 0 };

	(void)state;
	rtp_source_update(&source, &header, 100 * MS, 8000);
	header.seq = 1;
	rtp_source_update(&source, &header, 120 * MS, 8000);
	assert_int_equal(rtp_source_jitter_us(&source), 1250);
	header.seq = 2;
	rtp_source_update(&source, &header, 140 * MS, 48000);
	assert_int_equal(rtp_source_jitter_us(&source), 1250);
}

/* A digit of 100 ms between two packets of audio, each on time. */
static void events_are_no_jitter(void **state)
{
	struct rtp_header header = { .ssrc = 1, .seq = 10 };
	struct rtp_source source = { 0 };
	unsigned int i;

	(void)state;
	rtp_source_update(&source, &header, 100 * MS, 8000);
	header.timestamp = 160;
	for (i = 1; i <= 5; i++) {
		header.seq = 10 + i;
		assert_int_equal(rtp_source_update_untimed(&source, &header, (100 + 20 * i) * MS,
							   8000), RTP_SEQ_NEXT);
	}
	header.seq = 16;
	header.timestamp = 960;
	rtp_source_update(&source, &header, 220 * MS, 8000);
	assert_int_equal(rtp_source_jitter_us(&source), 0);
	assert_int_equal(source.received, 7);
	assert_int_equal(rtp_source_lost(&source), 0);
	/* The first packet of a source is where it begins, whatever it is. */
	header.ssrc = 2;
	assert_int_equal(rtp_source_update_untimed(&source, &header, 240 * MS, 8000),
			 RTP_SEQ_START);
	assert_int_equal(source.timestamp, 960);
	assert_int_equal(source.clock_rate, 8000);
}

static void what_follows_carries_on(void **state)
{
	struct rtp_header header = { .ssrc = 1, .seq = 65530 };
	struct rtp_source source = { 0 };

	(void)state;
	assert_false(rtp_source_follows(&source, &header));
	rtp_source_update(&source, &header, 100 * MS, 8000);
	assert_false(rtp_source_follows(&source, &header));
	header.seq = 65529;
	assert_false(rtp_source_follows(&source, &header));
	header.seq = 65531;
	assert_true(rtp_source_follows(&source, &header));
	header.ssrc = 2;
	assert_false(rtp_source_follows(&source, &header));
	header.ssrc = 1;
	header.seq = (uint16_t)(65530 + 2999);
	assert_true(rtp_source_follows(&source, &header));
	header.seq++;
	assert_false(rtp_source_follows(&source, &header));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rtp_header_is_read),
		cmocka_unit_test(every_length_of_csrc_and_extension),
		cmocka_unit_test(extension_longer_than_any_packet),
		cmocka_unit_test(padding_count_is_not_looked_at),
		cmocka_unit_test(rtcp_is_told_apart_by_packet_type),
		cmocka_unit_test(rtcp_length_must_fit),
		cmocka_unit_test(first_octet_demultiplexes),
		cmocka_unit_test(clock_rates_of_rfc_3551),
		cmocka_unit_test(nothing_is_lost_in_order),
		cmocka_unit_test(gaps_are_lost_until_they_come),
		cmocka_unit_test(window_ends),
		cmocka_unit_test(bounds_of_dropout_and_misorder),
		cmocka_unit_test(two_in_sequence_prove_a_restart),
		cmocka_unit_test(new_ssrc_starts_anew),
		cmocka_unit_test(jitter_of_a_stream_on_time_is_zero),
		cmocka_unit_test(jitter_follows_the_rfc),
		cmocka_unit_test(early_counts_as_late_does),
		cmocka_unit_test(a_new_time_base_is_no_jitter),
		cmocka_unit_test(jitter_keeps_its_time_when_the_clock_changes),
		cmocka_unit_test(events_are_no_jitter),
		cmocka_unit_test(what_follows_carries_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
