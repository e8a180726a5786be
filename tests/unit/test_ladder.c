// SPDX-License-Identifier: GPL-2.0-or-later
/* A ladder keeps what it is given, and stays within its bounds without losing the beginning. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "call/ladder.h"

static void add_numbered(struct ladder *ladder, unsigned int number, bool retransmission)
{
	char label[32], detail[32];

	snprintf(label, sizeof(label), "event %u", number);
	snprintf(detail, sizeof(detail), "detail %u", number);
	ladder_add(ladder, 1000 + number, LADDER_MESSAGE, LADDER_A, LADDER_SIPD, retransmission,
		   label, detail);
}

static void assert_numbered(const struct ladder *ladder, uint32_t index, unsigned int number)
{
	const struct ladder_event *event = &ladder->events[index];
	char text[32];

	assert_int_equal(event->t_ms, number);
	snprintf(text, sizeof(text), "event %u", number);
	assert_string_equal(ladder_label(ladder, event), text);
	snprintf(text, sizeof(text), "detail %u", number);
	assert_string_equal(ladder_detail(ladder, event), text);
}

static void events_come_back_as_they_were(void **state)
{
	struct ladder ladder = { 0 };

	(void)state;
	ladder_add(&ladder, 5000, LADDER_MESSAGE, LADDER_A, LADDER_SIPD, false, "INVITE",
		   "audio PCMU");
	ladder_add(&ladder, 5500, LADDER_MESSAGE, LADDER_A, LADDER_SIPD, true, "INVITE", NULL);
	ladder_add(&ladder, 5501, LADDER_MEDIA, LADDER_B, LADDER_A, false, "", "learned");

	assert_int_equal(ladder.nevents, 3);
	assert_int_equal(ladder.omitted, 0);
	assert_int_equal(ladder.start_ms, 5000);
	assert_int_equal(ladder.events[0].t_ms, 0);
	assert_int_equal(ladder.events[0].kind, LADDER_MESSAGE);
	assert_int_equal(ladder.events[0].from, LADDER_A);
	assert_int_equal(ladder.events[0].to, LADDER_SIPD);
	assert_false(ladder.events[0].retransmission);
	assert_string_equal(ladder_label(&ladder, &ladder.events[0]), "INVITE");
	assert_string_equal(ladder_detail(&ladder, &ladder.events[0]), "audio PCMU");
	assert_int_equal(ladder.events[1].t_ms, 500);
	assert_true(ladder.events[1].retransmission);
	assert_string_equal(ladder_detail(&ladder, &ladder.events[1]), "");
	assert_int_equal(ladder.events[2].kind, LADDER_MEDIA);
	assert_string_equal(ladder_label(&ladder, &ladder.events[2]), "");
	assert_string_equal(ladder_detail(&ladder, &ladder.events[2]), "learned");
	ladder_clean(&ladder);
}

static void a_full_ladder_keeps_its_beginning_and_its_end(void **state)
{
	const unsigned int added = 3 * LADDER_MAX_EVENTS;
	struct ladder ladder = { 0 };
	uint32_t i, half = LADDER_MAX_EVENTS / 2;

	(void)state;
	for (i = 0; i < added; i++)
		add_numbered(&ladder, i, false);

	assert_int_equal(ladder.nevents, LADDER_MAX_EVENTS);
	assert_int_equal(ladder.omitted, added - LADDER_MAX_EVENTS);
	for (i = 0; i < half; i++)
		assert_numbered(&ladder, i, i);
	for (i = half; i < LADDER_MAX_EVENTS; i++)
		assert_numbered(&ladder, i, added - LADDER_MAX_EVENTS + i);
	ladder_clean(&ladder);
}

static void retransmissions_are_left_out_first(void **state)
{
	struct ladder ladder = { 0 };
	uint32_t i;

	(void)state;
	for (i = 0; i < LADDER_MAX_EVENTS; i++)
		add_numbered(&ladder, i, i == 5 || i == 150 || i == LADDER_MAX_EVENTS - 1);
	add_numbered(&ladder, LADDER_MAX_EVENTS, false);
	assert_numbered(&ladder, 5, 5);
	assert_numbered(&ladder, 149, 149);
	assert_numbered(&ladder, 150, 151);
	add_numbered(&ladder, LADDER_MAX_EVENTS + 1, false);
	assert_numbered(&ladder, 197, 198);
	assert_numbered(&ladder, 198, LADDER_MAX_EVENTS);
	add_numbered(&ladder, LADDER_MAX_EVENTS + 2, false);
	assert_numbered(&ladder, LADDER_MAX_EVENTS / 2, LADDER_MAX_EVENTS / 2 + 1);
	assert_int_equal(ladder.omitted, 3);
	ladder_clean(&ladder);
}

static void memory_stays_bounded(void **state)
{
	struct ladder ladder = { 0 };
	char label[4096], detail[65536];
	uint32_t i;

	(void)state;
	memset(label, 'L', sizeof(label) - 1);
	label[sizeof(label) - 1] = 0;
	memset(detail, 'd', sizeof(detail) - 1);
	detail[sizeof(detail) - 1] = 0;
	for (i = 0; i < 10 * LADDER_MAX_EVENTS; i++)
		ladder_add(&ladder, i, LADDER_NOTE, LADDER_SIPD, LADDER_SIPD, false, label, detail);
	assert_int_equal(strlen(ladder_label(&ladder, &ladder.events[0])), 100);
	assert_int_equal(strlen(ladder_detail(&ladder, &ladder.events[0])), 400);
	assert_int_equal(ladder.text_len, LADDER_MAX_EVENTS * 502);
	assert_true(ladder.text_cap <= 2 * ladder.text_len);
	ladder_clean(&ladder);
}

static void clean_makes_it_empty(void **state)
{
	struct ladder ladder = { 0 };

	(void)state;
	add_numbered(&ladder, 7, false);
	ladder_clean(&ladder);
	assert_int_equal(ladder.nevents, 0);
	add_numbered(&ladder, 0, false);
	assert_int_equal(ladder.start_ms, 1000);
	assert_numbered(&ladder, 0, 0);
	ladder_clean(&ladder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_come_back_as_they_were),
		cmocka_unit_test(a_full_ladder_keeps_its_beginning_and_its_end),
		cmocka_unit_test(retransmissions_are_left_out_first),
		cmocka_unit_test(memory_stays_bounded),
		cmocka_unit_test(clean_makes_it_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
