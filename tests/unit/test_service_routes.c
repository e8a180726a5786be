// SPDX-License-Identifier: GPL-2.0-or-later
/* Which Service-Routes phones may use, within a sipd and after a restart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/log.h"
#include "call/service_routes.h"
#include "store/store.h"

static char directory[64], path[128];
static struct store *store;
static struct service_routes routes;

static int setup(void **state)
{
	(void)state;
	log_set_level(LOG_LEVEL_ERROR);
	strcpy(directory, "/tmp/test_service_routes.XXXXXX");
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/sipd.db", directory);
	return 0;
}

static int teardown(void **state)
{
	char command[96];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", directory);
	return system(command);
}

/* As sipd does; the clock that loops have starts anew. */
static void begin(uint64_t now_ms)
{
	service_routes_init(&routes);
	assert_int_equal(store_open(&store, path), 0);
	assert_int_equal(service_routes_read(&routes, store, now_ms), 0);
	assert_int_equal(store_start(store), 0);
}

static void finish(void)
{
	store_close(store);
	store = NULL;
	service_routes_clean(&routes);
}

static void set(uint64_t registration, uint64_t route, uint32_t lasts_s, uint64_t now_ms)
{
	const struct service_route_grant grant = {
		.registration = registration,
		.route = { route, route ? 1 : 0 },
		.place = route * 2,
		.lasts_s = lasts_s,
	};

	service_routes_set(&routes, &grant, now_ms);
}

static bool knows(uint64_t route, uint64_t now_ms)
{
	const struct service_route_hash hash = { route, 1 };
	uint64_t place = 0;
	bool known = service_routes_know(&routes, &hash, now_ms, &place);

	assert_int_equal(place, known ? route * 2 : 0);
	return known;
}

static uint64_t written(void)
{
	struct store_state state;

	do
		store_state(store, &state);
	while (state.waiting);
	assert_false(state.failing);
	return state.written;
}

static void phones_behind_one_address_have_the_same_one(void **state)
{
	(void)state;
	service_routes_init(&routes);
	assert_false(knows(7, 0));
	set(1, 7, 10, 0);
	set(2, 7, 20, 0);
	set(3, 7, 5, 0);
	assert_true(knows(7, 0));
	assert_false(knows(8, 0));
	/* One of them has gone, one is over: there is another one. */
	set(2, 0, 0, 0);
	assert_true(knows(7, 5000));
	assert_false(knows(7, 10000));
	set(3, 7, 5, 10000);
	assert_true(knows(7, 10000));
	/* What is said last of how long it lasts is so. */
	set(3, 7, 1, 10000);
	assert_false(knows(7, 11000));
	set(4, 7, 1, 11000);
	set(4, 9, 1, 11000);
	assert_false(knows(7, 11000));
	assert_true(knows(9, 11000));
	service_routes_clean(&routes);
}

/* The one of the same bucket that ends first gives way, in the store, too. */
static void they_are_bounded(void **state)
{
	(void)state;
	begin(0);
	for (uint64_t i = 0; i <= SERVICE_ROUTES_EACH; i++)
		set(i * SERVICE_ROUTES_BUCKETS, i + 1, (uint32_t)(1000 - i), 0);
	for (unsigned int restarts = 0; restarts < 2; restarts++) {
		for (uint64_t i = 0; i <= SERVICE_ROUTES_EACH; i++)
			assert_int_equal(knows(i + 1, 0), i != SERVICE_ROUTES_EACH - 1);
		finish();
		begin(0);
	}
	finish();
}

static void they_survive_a_restart(void **state)
{
	struct service_route_hash before, after;
	struct tp_addr phone;

	(void)state;
	assert_int_equal(tp_addr_parse(&phone, VIEW_LIT("192.0.2.1:5060"), 0), 0);
	begin(1000000);
	service_route_begin(&routes, &before, "access", &phone);
	set(1, 11, 600, 1000000);
	set(2, 12, 600, 1000000);
	set(3, 13, 600, 1000000);
	set(2, 0, 0, 1000000);
	/* Over, but not for the store: it goes all the same when it is known to have ended. */
	assert_false(knows(13, 1600000));
	set(3, 0, 0, 1600000);
	finish();
	begin(5000);
	service_route_begin(&routes, &after, "access", &phone);
	assert_int_equal(before.hash, after.hash);
	assert_true(knows(11, 5000));
	/* The store keeps it half as long again. */
	assert_true(knows(11, 5000 + 601000));
	assert_false(knows(11, 5000 + 901000));
	assert_false(knows(12, 5000));
	assert_false(knows(13, 5000));
	set(1, 0, 0, 5000);
	finish();
	begin(5000);
	assert_false(knows(11, 5000));
	finish();
}

static void what_has_expired_is_left_out(void **state)
{
	const struct store_service_route over = { 1, 11, 22, time(NULL) - 1 };
	const struct store_service_route lasts = { 2, 12, 24, time(NULL) + 100000 };
	struct store_job *job = store_job_alloc();

	(void)state;
	assert_int_equal(store_put_service_route(job, &over), 0);
	assert_int_equal(store_put_service_route(job, &lasts), 0);
	begin(0);
	assert_int_equal(store_submit(store, job, NULL, true), 0);
	finish();
	begin(0);
	assert_false(knows(11, 0));
	assert_true(knows(12, 0));
	finish();
}

static void a_refresh_is_not_written(void **state)
{
	(void)state;
	begin(0);
	set(1, 11, 36000, 0);
	assert_int_equal(written(), 1);
	for (unsigned int i = 1; i < 100; i++)
		set(1, 11, 36000, i * 1000);
	assert_int_equal(written(), 1);
	set(1, 11, 72000, 100000);
	assert_int_equal(written(), 2);
	set(1, 12, 72000, 100000);
	assert_int_equal(written(), 3);
	set(1, 0, 0, 100000);
	set(1, 0, 0, 100000);
	assert_int_equal(written(), 4);
	finish();
}

#define STORED(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(phones_behind_one_address_have_the_same_one),
		STORED(they_are_bounded),
		STORED(they_survive_a_restart),
		STORED(what_has_expired_is_left_out),
		STORED(a_refresh_is_not_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
