// SPDX-License-Identifier: GPL-2.0-or-later
/* Calls and their sessions in a module that the test plays. */
#include <stdio.h>

#include "call_rig.h"
#include "fake_libsipfast.h"

static void take_streams(const struct call_info *info, void *arg)
{
	*(unsigned int *)arg += info->media.nstreams;
}

/* Or else the loop would stand still for a question to the kernel per call. */
static void only_who_asks_for_one_call_gets_its_media(void **state)
{
	struct call_rig *rig = *state;
	unsigned int streams = 0;

	call_rig_establish(rig);
	assert_int_equal(fake_only()->nendpoints, 4);
	call_each(rig->engine, true, take_streams, &streams);
	assert_int_equal(fake.gets, 0);
	assert_int_equal(streams, 0);
	assert_int_equal(call_find(rig->engine, "", take_streams, &streams), 0);
	assert_int_equal(fake.gets, 1);
	assert_int_equal(streams, 1);
	call_rig_hang_up(rig);
	assert_int_equal(fake_count(), 0);
	assert_int_equal(call_find(rig->engine, "", take_streams, &streams), 0);
	assert_int_equal(streams, 2);
}

static int setup(void **state)
{
	fake_reset();
	return call_rig_setup_media(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, call_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_who_asks_for_one_call_gets_its_media),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
