// SPDX-License-Identifier: GPL-2.0-or-later
/* STUN as a keep-alive: what is answered, and what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "transport/stun.h"

#define COOKIE 0x21, 0x12, 0xa4, 0x42
#define ID 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae
#define HEAD(length) 0x00, 0x01, 0x00, length, COOKIE, ID

static struct tp_addr address(const char *text)
{
	struct tp_addr addr;

	assert_int_equal(tp_addr_parse(&addr, view_str(text), 0), 0);
	return addr;
}

/* In a copy of exactly its size. */
static int ask(const uint8_t *request, size_t len, const char *from, uint8_t *answer)
{
	struct tp_addr addr = address(from);
	uint8_t *copy = malloc(len ? len : 1);
	int size;

	assert_non_null(copy);
	memcpy(copy, request, len);
	size = stun_answer(copy, len, &addr, answer);
	free(copy);
	return size;
}

/* The addresses are those of RFC 5769 s.2.2 and s.2.3. Shows: 5626/8a */
static void who_asks_is_told_his_address(void **state)
{
	static const uint8_t request[] = { HEAD(0) };
	static const uint8_t v4[] = { 0x01, 0x01, 0x00, 0x0c, COOKIE, ID,   0x00, 0x20, 0x00,
				      0x08, 0x00, 0x01, 0xa1, 0x47,   0xe1, 0x12, 0xa6, 0x43 };
	/* clang-format off */
	static const uint8_t v6[] = {
		0x01, 0x01, 0x00, 0x18, COOKIE, ID, 0x00, 0x20, 0x00, 0x14, 0x00, 0x02, 0xa1, 0x47,
		0x01, 0x13, 0xa9, 0xfa, 0xa5, 0xd3, 0xf1, 0x79, 0xbc, 0x25, 0xf4, 0xb5, 0xbe, 0xd2,
		0xb9, 0xd9,
	};
	/* clang-format on */
	uint8_t answer[STUN_ANSWER_MAX];

	(void)state;
	assert_int_equal(ask(request, sizeof(request), "192.0.2.1:32853", answer), sizeof(v4));
	assert_memory_equal(answer, v4, sizeof(v4));
	assert_int_equal(ask(request, sizeof(request),
			     "[2001:db8:1234:5678:11:2233:4455:6677]:32853", answer),
			 sizeof(v6));
	assert_memory_equal(answer, v6, sizeof(v6));
}

/* Shows: 5626/8b */
static void credentials_and_what_is_optional_are_passed_over(void **state)
{
	static const uint8_t request[] = { HEAD(20), 0x00, 0x06, 0x00, 0x03, 'a',  'l',
					   ':',	     0x00, 0x80, 0x22, 0x00, 0x01, 'x',
					   0x00,     0x00, 0x00, 0x80, 0x28, 0x00, 0x00 };
	uint8_t answer[STUN_ANSWER_MAX];

	(void)state;
	assert_int_equal(ask(request, sizeof(request), "192.0.2.1:1", answer), 32);
	assert_int_equal(answer[1], 0x01);
}

static void what_must_be_known_and_is_not_is_named(void **state)
{
	static const uint8_t request[] = { HEAD(8), 0x00, 0x03, 0x00, 0x04, 0, 0, 0, 6 };
	static const uint8_t expected[] = { 0x00, 0x09, 0x00, 0x04, 0x00, 0x00, 0x04, 0x14,
					    0x00, 0x0a, 0x00, 0x02, 0x00, 0x03, 0x00, 0x00 };
	uint8_t many[20 + 4 * 20] = { HEAD(80) };
	uint8_t answer[STUN_ANSWER_MAX];

	(void)state;
	assert_int_equal(ask(request, sizeof(request), "192.0.2.1:1", answer),
			 20 + sizeof(expected));
	assert_int_equal(answer[0] << 8 | answer[1], 0x0111);
	assert_memory_equal(answer + 20, expected, sizeof(expected));
	for (unsigned int i = 0; i < 20; i++)
		many[20 + 4 * i + 1] = (uint8_t)(0x10 + i);
	assert_int_equal(ask(many, sizeof(many), "192.0.2.1:1", answer), 20 + 12 + 16);
}

static void nothing_else_is_answered(void **state)
{
	static const uint8_t sip[] = "OPTIONS sip:a@b SIP/2.0\r\n\r\n", crlf[] = "\r\n\r\n";
	static const uint8_t old[] = { 0x00, 0x01, 0x00, 0x00, 1, 2, 3, 4, ID };
	static const uint8_t answer_of_ours[] = { 0x01, 0x01, 0x00, 0x00, COOKIE, ID };
	static const uint8_t longer[] = { HEAD(4) }, odd[] = { HEAD(3), 0, 6, 0 };
	static const uint8_t beyond[] = { HEAD(4), 0x00, 0x06, 0x00, 0x10 };
	uint8_t answer[STUN_ANSWER_MAX];

	(void)state;
	assert_int_equal(ask(sip, sizeof(sip) - 1, "192.0.2.1:1", answer), 0);
	assert_int_equal(ask(crlf, sizeof(crlf) - 1, "192.0.2.1:1", answer), 0);
	assert_int_equal(ask(crlf, 0, "192.0.2.1:1", answer), 0);
	assert_int_equal(ask(old, sizeof(old), "192.0.2.1:1", answer), 0);
	assert_int_equal(ask(answer_of_ours, sizeof(answer_of_ours), "192.0.2.1:1", answer), -1);
	assert_int_equal(ask(longer, sizeof(longer), "192.0.2.1:1", answer), -1);
	assert_int_equal(ask(odd, sizeof(odd), "192.0.2.1:1", answer), -1);
	assert_int_equal(ask(beyond, sizeof(beyond), "192.0.2.1:1", answer), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_asks_is_told_his_address),
		cmocka_unit_test(credentials_and_what_is_optional_are_passed_over),
		cmocka_unit_test(what_must_be_known_and_is_not_is_named),
		cmocka_unit_test(nothing_else_is_answered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
