// SPDX-License-Identifier: GPL-2.0-or-later
/* Telephone events (RFC 4733): one report for each, whatever is lost or comes twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dtmf.h"

#define RATE 8000

static struct dtmf_state dtmf;
static struct dtmf_event out[DTMF_MAX_REPORTS];

static int reset(void **state)
{
	(void)state;
	memset(&dtmf, 0, sizeof(dtmf));
	return 0;
}

static unsigned int give(uint32_t ssrc, uint32_t timestamp, const uint8_t *payload, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);
	unsigned int n;

	assert_non_null(copy);
	memcpy(copy, payload, len);
	memset(out, 0xee, sizeof(out));
	n = dtmf_packet(&dtmf, ssrc, timestamp, copy, (unsigned int)len, RATE, out);
	free(copy);
	return n;
}

static unsigned int event(uint32_t timestamp, uint8_t number, uint16_t duration, bool end)
{
	uint8_t payload[] = { number, (uint8_t)(end ? 0x8a : 0x0a), (uint8_t)(duration >> 8),
			      (uint8_t)duration };

	return give(1, timestamp, payload, sizeof(payload));
}

static void assert_event(unsigned int i, uint8_t number, uint32_t duration)
{
	assert_int_equal(out[i].event, number);
	assert_int_equal(out[i].duration, duration);
	assert_int_equal(out[i].volume, 10);
}

#define UPDATE(timestamp, number, duration) \
	assert_int_equal(event(timestamp, number, duration, false), 0)
#define END(timestamp, number, duration) \
	assert_int_equal(event(timestamp, number, duration, true), 0)
#define END_REPORTS(timestamp, number, duration)                               \
	do {                                                                    \
		assert_int_equal(event(timestamp, number, duration, true), 1);  \
		assert_event(0, number, duration);                              \
	} while (0)

/* Shows: 4733/2.5.1.4a */
static void an_end_sent_thrice_is_one(void **state)
{
	(void)state;
	UPDATE(1000, 5, 160);
	UPDATE(1000, 5, 320);
	END_REPORTS(1000, 5, 800);
	END(1000, 5, 800);
	END(1000, 5, 800);
	UPDATE(3000, 5, 160);
	END_REPORTS(3000, 5, 480);
	END(3000, 5, 480);
}

static void one_end_of_three_is_enough(void **state)
{
	(void)state;
	END_REPORTS(1000, 11, 800);
	END_REPORTS(2000, 11, 640);
}

/* Shows: 4733/2.5.2.2a */
static void without_an_end_the_next_event_ends_it(void **state)
{
	(void)state;
	UPDATE(1000, 1, 160);
	UPDATE(1000, 1, 640);
	assert_int_equal(event(3000, 2, 160, false), 1);
	assert_event(0, 1, 640);
	END_REPORTS(3000, 2, 800);
	UPDATE(5000, 3, 160);
	assert_int_equal(event(7000, 4, 800, true), 2);
	assert_event(0, 3, 160);
	assert_event(1, 4, 800);
	END(7000, 4, 800);
}

/* Shows: 4733/2.5.2.2a */
static void without_an_end_audio_ends_it(void **state)
{
	(void)state;
	assert_false(dtmf_other(&dtmf, 1, 500, RATE, &out[0]));
	UPDATE(1000, 1, 640);
	/* Audio may go on beside it, and stands for nothing until updates are missed. */
	assert_false(dtmf_other(&dtmf, 1, 900, RATE, &out[0]));
	assert_false(dtmf_other(&dtmf, 1, 1640, RATE, &out[0]));
	assert_false(dtmf_other(&dtmf, 1, 1640 + RATE / 4 - 1, RATE, &out[0]));
	assert_true(dtmf_is_active(&dtmf));
	assert_true(dtmf_other(&dtmf, 1, 1640 + RATE / 4, RATE, &out[0]));
	assert_event(0, 1, 640);
	assert_false(dtmf_is_active(&dtmf));
	assert_false(dtmf_other(&dtmf, 1, 90000, RATE, &out[0]));
	END(1000, 1, 800);
}

static void packets_out_of_order_change_nothing(void **state)
{
	(void)state;
	UPDATE(1000, 7, 480);
	UPDATE(1000, 7, 320);
	END_REPORTS(1000, 7, 800);
	UPDATE(1000, 7, 640);
	UPDATE(2000, 8, 160);
	END(1000, 7, 800);
	END_REPORTS(2000, 8, 800);
	END(1000, 7, 800);
}

static void an_end_that_comes_early_counts_what_was_seen(void **state)
{
	(void)state;
	UPDATE(1000, 7, 480);
	assert_int_equal(event(1000, 7, 320, true), 1);
	assert_event(0, 7, 480);
}

/* Shows: 4733/2.5.1.3a */
static void long_events_go_on_in_segments(void **state)
{
	(void)state;
	UPDATE(1000, 9, 0xff00);
	UPDATE(1000, 9, 0xffff);
	UPDATE(1000 + 0xffff, 9, 160);
	UPDATE(1000 + 0xffff, 9, 0xffff);
	/* The last packet of the second segment, again, and late. */
	UPDATE(1000, 9, 0xffff);
	UPDATE(1000 + 2 * 0xffff, 9, 400);
	assert_int_equal(event(1000 + 2 * 0xffff, 9, 800, true), 1);
	assert_event(0, 9, 2 * 0xffff + 800);
	END(1000 + 2 * 0xffff, 9, 800);
}

static void a_segment_counts_in_full_when_its_end_is_lost(void **state)
{
	(void)state;
	UPDATE(1000, 9, 0xfe00);
	assert_int_equal(event(1000 + 0xffff, 9, 100, true), 1);
	assert_event(0, 9, 0xffff + 100);
	/* After its end, the same distance is another event; so is another number. */
	END_REPORTS(1000 + 2 * 0xffff, 9, 100);
	UPDATE(300000, 9, 0xffff);
	assert_int_equal(event(300000 + 0xffff, 8, 100, true), 2);
	assert_event(0, 9, 0xffff);
	assert_event(1, 8, 100);
}

static void timestamps_wrap(void **state)
{
	(void)state;
	UPDATE(0xfffffff0, 1, 160);
	END_REPORTS(0xfffffff0, 1, 800);
	END_REPORTS(0x00000400, 2, 800);
	END(0xfffffff0, 1, 800);
}

static void a_new_time_base_is_not_late(void **state)
{
	(void)state;
	END_REPORTS(10 * RATE + 1000, 1, 800);
	END(1001, 1, 800);
	END_REPORTS(1000, 1, 800);
}

static void another_source_starts_anew(void **state)
{
	static const uint8_t end[] = { 2, 0x8a, 0x03, 0x20 };

	(void)state;
	UPDATE(1000, 1, 160);
	assert_int_equal(give(2, 1000, end, sizeof(end)), 2);
	assert_event(0, 1, 160);
	assert_event(1, 2, 800);
	assert_int_equal(give(2, 1000, end, sizeof(end)), 0);
	UPDATE(2000, 1, 160);
	assert_true(dtmf_other(&dtmf, 2, 0, RATE, &out[0]));
	assert_event(0, 1, 160);
}

/* Shows: 4733/2.5.1.5a */
static void events_packed_into_one_packet(void **state)
{
	static const uint8_t packed[] = { 1, 0x8a, 0x01, 0x40, 2, 0x8a, 0x01, 0x90,
					  3, 0x0a, 0x00, 0xa0 };

	(void)state;
	assert_int_equal(give(1, 1000, packed, sizeof(packed)), 2);
	assert_event(0, 1, 320);
	assert_event(1, 2, 400);
	assert_int_equal(give(1, 1000, packed, sizeof(packed)), 0);
	END_REPORTS(1720, 3, 800);
}

static void reports_are_bounded(void **state)
{
	uint8_t many[4 * 32];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(many); i += 4)
		memcpy(many + i, (const uint8_t[]){ (uint8_t)i, 0x8a, 0, 10 }, 4);
	assert_in_range(give(1, 1000, many, sizeof(many)), 1, DTMF_MAX_REPORTS);
}

static void what_is_too_short_is_nothing(void **state)
{
	static const uint8_t cut[] = { 1, 0x8a, 0x01 };

	(void)state;
	assert_int_equal(give(1, 1000, cut, sizeof(cut)), 0);
	assert_int_equal(give(1, 1000, cut, 0), 0);
	assert_false(dtmf_is_active(&dtmf));
	END_REPORTS(1000, 1, 800);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(an_end_sent_thrice_is_one, reset),
		cmocka_unit_test_setup(one_end_of_three_is_enough, reset),
		cmocka_unit_test_setup(without_an_end_the_next_event_ends_it, reset),
		cmocka_unit_test_setup(without_an_end_audio_ends_it, reset),
		cmocka_unit_test_setup(packets_out_of_order_change_nothing, reset),
		cmocka_unit_test_setup(an_end_that_comes_early_counts_what_was_seen, reset),
		cmocka_unit_test_setup(long_events_go_on_in_segments, reset),
		cmocka_unit_test_setup(a_segment_counts_in_full_when_its_end_is_lost, reset),
		cmocka_unit_test_setup(timestamps_wrap, reset),
		cmocka_unit_test_setup(a_new_time_base_is_not_late, reset),
		cmocka_unit_test_setup(another_source_starts_anew, reset),
		cmocka_unit_test_setup(events_packed_into_one_packet, reset),
		cmocka_unit_test_setup(reports_are_bounded, reset),
		cmocka_unit_test_setup(what_is_too_short_is_nothing, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
