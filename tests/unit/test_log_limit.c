// SPDX-License-Identifier: GPL-2.0-or-later
/* A flood of log lines: a few pass, the others are counted and told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/log_limit.h"
#include "stderr_text.h"

/* How many of @lines, all at @now_ms, pass. */
static unsigned int passed(struct log_limit *limit, unsigned int lines, uint64_t now_ms)
{
	unsigned int suppressed, count = 0;

	while (lines--)
		count += log_limit_pass(limit, now_ms, &suppressed);
	return count;
}

static void a_few_pass_in_an_interval(void **state)
{
	struct log_limit limit = { 0 };

	(void)state;
	assert_int_equal(passed(&limit, LOG_LIMIT_LINES, 5), LOG_LIMIT_LINES);
	assert_int_equal(passed(&limit, 1, 6), 0);
	assert_int_equal(passed(&limit, 1000, 5 + LOG_LIMIT_MS - 1), 0);
	assert_int_equal(passed(&limit, 1000, 5 + LOG_LIMIT_MS), LOG_LIMIT_LINES);
}

static void an_interval_begins_with_its_first_line(void **state)
{
	struct log_limit limit = { 0 };

	(void)state;
	assert_int_equal(passed(&limit, 1, 7), 1);
	assert_int_equal(passed(&limit, 1, 50 * LOG_LIMIT_MS), 1);
	assert_int_equal(passed(&limit, LOG_LIMIT_LINES, 51 * LOG_LIMIT_MS - 1),
			 LOG_LIMIT_LINES - 1);
	assert_int_equal(passed(&limit, LOG_LIMIT_LINES, 51 * LOG_LIMIT_MS), LOG_LIMIT_LINES);
}

static void what_was_suppressed_is_told_once(void **state)
{
	struct log_limit limit = { 0 };
	unsigned int suppressed = 99;

	(void)state;
	assert_true(log_limit_pass(&limit, 0, &suppressed));
	assert_int_equal(suppressed, 0);
	passed(&limit, LOG_LIMIT_LINES - 1 + 123, 0);
	assert_true(log_limit_pass(&limit, LOG_LIMIT_MS, &suppressed));
	assert_int_equal(suppressed, 123);
	assert_true(log_limit_pass(&limit, LOG_LIMIT_MS, &suppressed));
	assert_int_equal(suppressed, 0);
}

static void flood(void)
{
	for (unsigned int i = 0; i < 100000; i++)
		log_info_limited("bad offer %u", i);
	log_info_limited("another place");
}

static void each_place_has_its_own_limit(void **state)
{
	char *text = stderr_text(flood);
	char *line = text;

	(void)state;
	for (unsigned int i = 0; i < LOG_LIMIT_LINES; i++) {
		char expected[32];

		snprintf(expected, sizeof(expected), "<6>bad offer %u\n", i);
		assert_memory_equal(line, expected, strlen(expected));
		line += strlen(expected);
	}
	assert_string_equal(line, "<6>another place\n");
	free(text);
}

static void after_a_flood(void)
{
	struct log_limit limit = { .lines = LOG_LIMIT_LINES, .suppressed = 4711 };

	/* Its interval began when the machine did. */
	log_limited_at(&limit, LOG_LEVEL_WARN, "bad %s", "answer");
	log_limited_at(&limit, LOG_LEVEL_WARN, "bad %s", "answer");
}

static void the_number_stands_before_the_next_line(void **state)
{
	char *text = stderr_text(after_a_flood);

	(void)state;
	assert_string_equal(text, "<4>4711 lines like the next one were suppressed\n"
				  "<4>bad answer\n<4>bad answer\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_few_pass_in_an_interval),
		cmocka_unit_test(an_interval_begins_with_its_first_line),
		cmocka_unit_test(what_was_suppressed_is_told_once),
		cmocka_unit_test(each_place_has_its_own_limit),
		cmocka_unit_test(the_number_stands_before_the_next_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
