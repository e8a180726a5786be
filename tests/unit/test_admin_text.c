// SPDX-License-Identifier: GPL-2.0-or-later
/* Strings from the network in JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "admin/text.h"

static void assert_text(const char *text, const char *expected)
{
	json_t *json = admin_text(text);

	assert_non_null(json);
	assert_string_equal(json_string_value(json), expected);
	json_decref(json);
}

static void text_is_always_utf8(void **state)
{
	(void)state;
	assert_text(NULL, "");
	assert_text("", "");
	assert_text("sip:a@b", "sip:a@b");
	assert_text("\x01\x7f\"\\", "\x01\x7f\"\\");
	assert_text("J\xc3\xbcrgen \xe2\x82\xac \xf0\x9f\x98\x80", "J\xc3\xbcrgen \xe2\x82\xac "
								     "\xf0\x9f\x98\x80");
	assert_text("J\xfcrgen", "J\\xfcrgen");
	assert_text("\xc3", "\\xc3");
	assert_text("\xe2\x82", "\\xe2\\x82");
	assert_text("\xf0\x9f\x98", "\\xf0\\x9f\\x98");
	assert_text("\xc0\xaf", "\\xc0\\xaf");
	assert_text("\xe0\x80\xaf", "\\xe0\\x80\\xaf");
	assert_text("\xed\xa0\x80", "\\xed\\xa0\\x80");
	assert_text("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
	assert_text("\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80");
	assert_text("\x80", "\\x80");
}

static void long_text_is_cut(void **state)
{
	char text[ADMIN_TEXT_MAX + 2];
	char expected[ADMIN_TEXT_MAX + 4];

	(void)state;
	memset(text, 'a', sizeof(text));
	text[ADMIN_TEXT_MAX] = 0;
	assert_text(text, text);
	memset(expected, 'a', sizeof(expected));
	strcpy(expected + ADMIN_TEXT_MAX, "...");
	text[ADMIN_TEXT_MAX] = 'a';
	text[ADMIN_TEXT_MAX + 1] = 0;
	assert_text(text, expected);
	/* Never in the middle of a character. */
	memcpy(text + ADMIN_TEXT_MAX - 1, "\xc3\xbc", 3);
	strcpy(expected + ADMIN_TEXT_MAX - 1, "...");
	assert_text(text, expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_always_utf8),
		cmocka_unit_test(long_text_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
