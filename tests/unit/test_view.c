// SPDX-License-Identifier: GPL-2.0-or-later
/* Views compare, trim, become numbers and copies, without a NUL behind them. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/view.h"

static void views_compare(void **state)
{
	(void)state;
	assert_true(view_eq(VIEW_LIT("abc"), VIEW_LIT("abc")));
	assert_false(view_eq(VIEW_LIT("abc"), VIEW_LIT("aBc")));
	assert_false(view_eq(VIEW_LIT("abc"), VIEW_LIT("ab")));
	assert_true(view_ieq(VIEW_LIT("aBc"), VIEW_LIT("AbC")));
	assert_false(view_ieq(VIEW_LIT("abc"), VIEW_LIT("abd")));
	assert_false(view_ieq(VIEW_LIT("abc"), VIEW_LIT("abcd")));
	assert_true(view_eq(VIEW_NONE, VIEW_LIT("")));
	assert_true(view_eq(VIEW_LIT("a\0b"), VIEW_LIT("a\0b")));
	assert_false(view_eq(VIEW_LIT("a\0b"), VIEW_LIT("a\0c")));
}

static void views_of_strings(void **state)
{
	char text[8];

	(void)state;
	assert_int_equal(view_str("four").len, 4);
	assert_int_equal(view_str(NULL).len, 0);
	assert_null(view_str(NULL).p);
	snprintf(text, sizeof(text), "%.*s", VIEW_ARG(((struct view){ "abcdef", 3 })));
	assert_string_equal(text, "abc");
	snprintf(text, sizeof(text), "%.*s", VIEW_ARG(VIEW_NONE));
	assert_string_equal(text, "");
}

static void trimming_takes_line_ends_too(void **state)
{
	struct view v;

	(void)state;
	assert_true(view_eq(view_trim(VIEW_LIT(" \t\r\n a b\r\n\t ")), VIEW_LIT("a b")));
	assert_true(view_eq(view_trim(VIEW_LIT("ab")), VIEW_LIT("ab")));
	assert_int_equal(view_trim(VIEW_LIT(" \r\n")).len, 0);
	v = view_trim(VIEW_NONE);
	assert_null(v.p);
	assert_int_equal(v.len, 0);
}

static void numbers(void **state)
{
	uint32_t number = 7;

	(void)state;
	assert_int_equal(view_to_u32(VIEW_LIT("0"), 0, &number), 0);
	assert_int_equal(number, 0);
	assert_int_equal(view_to_u32(VIEW_LIT("4294967295"), UINT32_MAX, &number), 0);
	assert_int_equal(number, 4294967295U);
	assert_int_equal(view_to_u32(VIEW_LIT("00000000000000000000000000000042"), 42, &number), 0);
	assert_int_equal(number, 42);
}

static void what_is_no_number(void **state)
{
	uint32_t number = 7;

	(void)state;
	assert_int_equal(view_to_u32(VIEW_LIT(""), 9, &number), -EINVAL);
	assert_int_equal(view_to_u32(VIEW_NONE, 9, &number), -EINVAL);
	assert_int_equal(view_to_u32(VIEW_LIT("-1"), 9, &number), -EINVAL);
	assert_int_equal(view_to_u32(VIEW_LIT("+1"), 9, &number), -EINVAL);
	assert_int_equal(view_to_u32(VIEW_LIT(" 1"), 9, &number), -EINVAL);
	assert_int_equal(view_to_u32(VIEW_LIT("1 "), 9, &number), -EINVAL);
	assert_int_equal(view_to_u32(VIEW_LIT("0x1"), 9, &number), -EINVAL);
	assert_int_equal(view_to_u32(VIEW_LIT("99999999999999999999x"), 9, &number), -EINVAL);
	assert_int_equal(number, 7);
}

static void numbers_out_of_range(void **state)
{
	uint32_t number = 7;

	(void)state;
	assert_int_equal(view_to_u32(VIEW_LIT("10"), 9, &number), -ERANGE);
	assert_int_equal(view_to_u32(VIEW_LIT("4294967296"), UINT32_MAX, &number), -ERANGE);
	/* 2^64 and 2^64 + 1 */
	assert_int_equal(view_to_u32(VIEW_LIT("18446744073709551616"), 9, &number), -ERANGE);
	assert_int_equal(view_to_u32(VIEW_LIT("18446744073709551617"), 9, &number), -ERANGE);
	assert_int_equal(number, 7);
}

static void copies_end_in_nul(void **state)
{
	char *copy = view_dup((struct view){ "abcdef", 3 });

	(void)state;
	assert_string_equal(copy, "abc");
	free(copy);
	copy = view_dup(VIEW_NONE);
	assert_string_equal(copy, "");
	free(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(views_compare),
		cmocka_unit_test(views_of_strings),
		cmocka_unit_test(trimming_takes_line_ends_too),
		cmocka_unit_test(numbers),
		cmocka_unit_test(what_is_no_number),
		cmocka_unit_test(numbers_out_of_range),
		cmocka_unit_test(copies_end_in_nul),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
