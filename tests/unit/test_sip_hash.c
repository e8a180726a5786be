// SPDX-License-Identifier: GPL-2.0-or-later
/* Who does not know the key can name no two texts that collide, nor aim at a worker. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sip_hash.h"

#define KEYS 64

static uint64_t draw(void)
{
	static uint64_t state = 0x853c49e6748fea9b;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state * 0x2545f4914f6cdd1d;
}

static struct sip_hash_key draw_key(void)
{
	return (struct sip_hash_key){ { draw(), draw() } };
}

/* Under how many of some keys do they? */
static unsigned int count_collisions(const char *a, size_t alen, const char *b, size_t blen)
{
	unsigned int count = 0;

	for (int i = 0; i < KEYS; i++) {
		struct sip_hash_key key = draw_key();

		count += sip_hash_text(&key, 0, a, alen) == sip_hash_text(&key, 0, b, blen);
	}
	return count;
}

/*
 * One letter again and again, so that words taken from either end are the same, but for one octet
 * that makes up for the difference of the lengths, in the first word of any block.
 */
static void lengths_do_not_cancel(void **state)
{
	char a[SIP_HASH_CALL_ID_MAX], b[SIP_HASH_CALL_ID_MAX];

	(void)state;
	for (size_t alen = 1; alen <= sizeof(a); alen++) {
		for (size_t blen = 1; blen < alen; blen++) {
			memset(a, 'a', sizeof(a));
			memset(b, 'a', sizeof(b));
			a[(alen - 1) / 16 * 16] = '0';
			b[(blen - 1) / 16 * 16] = (char)('0' ^ alen ^ blen);
			assert_int_equal(count_collisions(a, alen, b, blen), 0);
		}
	}
}

static void nor_do_equal_letters(void **state)
{
	char text[SIP_HASH_CALL_ID_MAX];

	(void)state;
	memset(text, 'a', sizeof(text));
	for (size_t alen = 1; alen <= sizeof(text); alen++)
		for (size_t blen = 1; blen < alen; blen++)
			assert_int_equal(count_collisions(text, alen, text, blen), 0);
}

/* Each octet of each length, and each bit of it, matters. */
static void every_bit_counts(void **state)
{
	char a[SIP_HASH_CALL_ID_MAX], b[SIP_HASH_CALL_ID_MAX];

	(void)state;
	for (size_t len = 1; len <= sizeof(a); len++) {
		for (size_t bit = 0; bit < 8 * len; bit++) {
			memset(a, 'a', len);
			memcpy(b, a, len);
			b[bit / 8] = (char)(b[bit / 8] ^ 1 << bit % 8);
			assert_int_equal(count_collisions(a, len, b, len), 0);
		}
	}
}

/* Call-IDs that differ in a number, of all lengths: three standard deviations and more. */
static void workers_have_the_same_share(void **state)
{
	enum { WORKERS = 4, IDS = 2000 };

	(void)state;
	for (int width = 4; width <= SIP_HASH_CALL_ID_MAX; width++) {
		struct sip_hash_key key = draw_key();
		unsigned int count[WORKERS] = { 0 };
		char text[SIP_HASH_CALL_ID_MAX + 1];

		for (int i = 0; i < IDS; i++) {
			snprintf(text, sizeof(text), "%0*d", width, i);
			count[sip_hash_worker(&key, text, (size_t)width, WORKERS)]++;
		}
		for (int i = 0; i < WORKERS; i++)
			assert_in_range(count[i], IDS / WORKERS - 90, IDS / WORKERS + 90);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lengths_do_not_cancel),
		cmocka_unit_test(nor_do_equal_letters),
		cmocka_unit_test(every_bit_counts),
		cmocka_unit_test(workers_have_the_same_share),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
