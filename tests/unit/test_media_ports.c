// SPDX-License-Identifier: GPL-2.0-or-later
/* Pairs of media ports. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "media_ports.h"

static void pairs_are_even_and_inside(void **state)
{
	struct media_ports ports;

	(void)state;
	assert_int_equal(media_ports_init(&ports, 20001, 20006), 0);
	assert_int_equal(ports.npairs, 2);
	assert_int_equal(media_ports_get(&ports), 20002);
	assert_int_equal(media_ports_get(&ports), 20004);
	assert_int_equal(media_ports_get(&ports), 0);
	assert_int_equal(ports.used, 2);
	media_ports_clean(&ports);
	assert_int_equal(media_ports_init(&ports, 1, 65535), 0);
	assert_int_equal(ports.npairs, 32767);
	for (unsigned int port = 2; port < 65535; port += 2)
		assert_int_equal(media_ports_get(&ports), port);
	assert_int_equal(media_ports_get(&ports), 0);
	media_ports_clean(&ports);
}

static void a_range_without_a_pair(void **state)
{
	struct media_ports ports;

	(void)state;
	assert_int_equal(media_ports_init(&ports, 20000, 20000), -EINVAL);
	assert_int_equal(media_ports_init(&ports, 20001, 20002), -EINVAL);
	assert_int_equal(media_ports_init(&ports, 65535, 65535), -EINVAL);
	assert_int_equal(media_ports_init(&ports, 20002, 20000), -EINVAL);
	assert_int_equal(media_ports_init(&ports, 0, 20000), -EINVAL);
}

static void the_last_returned_is_used_last(void **state)
{
	struct media_ports ports;

	(void)state;
	assert_int_equal(media_ports_init(&ports, 20000, 20007), 0);
	assert_int_equal(media_ports_get(&ports), 20000);
	assert_int_equal(media_ports_get(&ports), 20002);
	media_ports_put(&ports, 20002);
	media_ports_put(&ports, 20000);
	assert_int_equal(ports.used, 0);
	assert_int_equal(media_ports_get(&ports), 20004);
	assert_int_equal(media_ports_get(&ports), 20006);
	assert_int_equal(media_ports_get(&ports), 20002);
	assert_int_equal(media_ports_get(&ports), 20000);
	assert_int_equal(media_ports_get(&ports), 0);
	media_ports_clean(&ports);
}

static void withheld_pairs_come_back(void **state)
{
	struct media_ports ports;

	(void)state;
	assert_int_equal(media_ports_init(&ports, 20000, 20005), 0);
	/* RTP and RTCP of one pair; what lies outside does not matter. */
	media_ports_withhold(&ports, 20000);
	media_ports_withhold(&ports, 20001);
	media_ports_withhold(&ports, 19999);
	media_ports_withhold(&ports, 20006);
	assert_int_equal(ports.used, 1);
	assert_int_equal(media_ports_get(&ports), 20002);
	assert_int_equal(media_ports_get(&ports), 20004);
	assert_int_equal(media_ports_get(&ports), 0);
	media_ports_release(&ports, 20001);
	assert_int_equal(media_ports_get(&ports), 0);
	media_ports_release(&ports, 20000);
	assert_int_equal(ports.used, 2);
	assert_int_equal(media_ports_get(&ports), 20000);
	assert_int_equal(media_ports_get(&ports), 0);
	media_ports_clean(&ports);
}

static void withheld_and_released_in_the_queue(void **state)
{
	struct media_ports ports;

	(void)state;
	assert_int_equal(media_ports_init(&ports, 20000, 20003), 0);
	media_ports_withhold(&ports, 20000);
	media_ports_release(&ports, 20000);
	assert_int_equal(ports.used, 0);
	assert_int_equal(media_ports_get(&ports), 20000);
	assert_int_equal(media_ports_get(&ports), 20002);
	assert_int_equal(media_ports_get(&ports), 0);
	media_ports_clean(&ports);
}

static void withheld_while_it_is_given_out(void **state)
{
	struct media_ports ports;

	(void)state;
	assert_int_equal(media_ports_init(&ports, 20000, 20001), 0);
	assert_int_equal(media_ports_get(&ports), 20000);
	media_ports_withhold(&ports, 20000);
	assert_int_equal(ports.used, 1);
	media_ports_put(&ports, 20000);
	assert_int_equal(media_ports_get(&ports), 0);
	media_ports_release(&ports, 20000);
	assert_int_equal(media_ports_get(&ports), 20000);
	media_ports_withhold(&ports, 20000);
	media_ports_release(&ports, 20000);
	assert_int_equal(media_ports_get(&ports), 0);
	media_ports_clean(&ports);
}

static void parts_are_whole_pairs(void **state)
{
	static const struct {
		uint16_t min, max; /* of the range */
		unsigned int count;
		uint16_t parts[4][2]; /* 0: none */
	} cases[] = {
		{ 20000, 20007, 1, { { 20000, 20007 } } },
		{ 20000, 20007, 4,
		  { { 20000, 20001 }, { 20002, 20003 }, { 20004, 20005 }, { 20006, 20007 } } },
		{ 20000, 20009, 3, { { 20000, 20001 }, { 20002, 20005 }, { 20006, 20009 } } },
		{ 20001, 20008, 3, { { 20002, 20003 }, { 20004, 20005 }, { 20006, 20007 } } },
		{ 20000, 20003, 3, { { 0, 0 }, { 20000, 20001 }, { 20002, 20003 } } },
		{ 65532, 65535, 2, { { 65532, 65533 }, { 65534, 65535 } } },
		{ 20001, 20001, 1, { { 0, 0 } } },
	};
	uint16_t min, max;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		for (unsigned int part = 0; part < cases[i].count; part++) {
			const uint16_t *wanted = cases[i].parts[part];

			min = cases[i].min;
			max = cases[i].max;
			assert_int_equal(media_ports_part(&min, &max, part, cases[i].count),
					 wanted[0] ? 0 : -EINVAL);
			if (!wanted[0])
				continue;
			assert_int_equal(min, wanted[0]);
			assert_int_equal(max, wanted[1]);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pairs_are_even_and_inside),
		cmocka_unit_test(a_range_without_a_pair),
		cmocka_unit_test(parts_are_whole_pairs),
		cmocka_unit_test(the_last_returned_is_used_last),
		cmocka_unit_test(withheld_pairs_come_back),
		cmocka_unit_test(withheld_and_released_in_the_queue),
		cmocka_unit_test(withheld_while_it_is_given_out),
	};

	return cmocka_run_group_tests_name("media_ports", tests, NULL, NULL);
}
