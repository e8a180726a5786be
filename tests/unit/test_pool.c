// SPDX-License-Identifier: GPL-2.0-or-later
/* Pools hand out zeroed objects that do not overlap, and take them back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/pool.h"

#define OBJECTS 5000

static void objects_are_zeroed_aligned_and_apart(void **state)
{
	static const size_t sizes[] = { 1, 24, 100, 5000, 40000 };
	static unsigned char *objects[OBJECTS];
	struct pool pool;

	(void)state;
	for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
		size_t size = sizes[s], n = size > 1000 ? 50 : OBJECTS;

		pool_init(&pool, "test", size);
		for (int round = 0; round < 2; round++) {
			for (size_t i = 0; i < n; i++) {
				objects[i] = pool_alloc(&pool);
				assert_non_null(objects[i]);
				assert_int_equal((uintptr_t)objects[i] % 16, 0);
				for (size_t j = 0; j < size; j++)
					assert_int_equal(objects[i][j], 0);
				memset(objects[i], i + 1, size);
			}
			assert_int_equal(pool.in_use, n);
			for (size_t i = 0; i < n; i++) {
				assert_int_equal(objects[i][0], (unsigned char)(i + 1));
				assert_int_equal(objects[i][size - 1], (unsigned char)(i + 1));
			}
			for (size_t i = 0; i < n; i++)
				pool_free(&pool, objects[i]);
			assert_int_equal(pool.in_use, 0);
		}
		pool_clean(&pool);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_are_zeroed_aligned_and_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
