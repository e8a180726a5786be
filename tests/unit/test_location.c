// SPDX-License-Identifier: GPL-2.0-or-later
/* Users and where they are: the tables that shards share. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "call/aor.h"
#include "call/location_flow.h"
#include "call/users.h"
#include "view_assert.h"

/* --- addresses of record --- */

static void a_user_is_the_same_however_he_is_written(void **state)
{
	struct cfg_domain domain = { .name = (char[]){ "example.com" } };
	const struct cfg cfg = { .domains = &domain, .ndomains = 1 };
	static const struct {
		const char *uri, *user;
		int ret;
	} cases[] = {
		{ "sip:al@example.com", "al", 0 },
		{ "sips:al:pw@EXAMPLE.com:5061;transport=tcp", "al", 0 },
		{ "sip:%61l@example.com", "al", 0 },
		{ "sip:Al@example.com", "Al", 0 },
		{ "sip:a%2cl%20@example.com", "a,l%20", 0 },
		{ "sip:a%00@example.com", "a%00", 0 },
		{ "sip:example.com", NULL, -EINVAL },
		{ "sip:al@example.net", NULL, -ENOENT },
		{ "tel:+441632960000", NULL, -ENOENT },
	};
	char longest[256];
	struct sip_uri uri;
	struct aor aor;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(sip_uri_parse(&uri, view_str(cases[i].uri)), 0);
		assert_int_equal(aor_read(&aor, &cfg, &uri), cases[i].ret);
		if (cases[i].user)
			assert_string_equal(aor.user, cases[i].user);
	}
	snprintf(longest, sizeof(longest), "sip:%0128d@example.com", 0);
	assert_int_equal(sip_uri_parse(&uri, view_str(longest)), 0);
	assert_int_equal(aor_read(&aor, &cfg, &uri), 0);
	assert_int_equal(strlen(aor.user), AOR_USER_MAX);
	uri.user.len++;
	assert_int_equal(aor_read(&aor, &cfg, &uri), -EINVAL);
}

/* --- users --- */

static void put_user(struct users *users, const char *name, uint8_t octet)
{
	const struct store_user user = {
		.user = name,
		.domain = "example.com",
		.md5 = { octet },
		.enabled = octet % 2,
	};

	assert_int_equal(users_put(users, &user), 0);
}

static void count_user(void *arg, const char *user, const char *domain, bool enabled)
{
	unsigned int *counts = arg;
	int number = atoi(user + 1);

	assert_string_equal(domain, "example.com");
	assert_int_equal(enabled, number % 2);
	counts[number]++;
}

static void users_come_and_go(void **state)
{
	struct users *users = users_alloc();
	static unsigned int counts[5000];
	struct user_secret secret;
	unsigned int from = 0, pages = 0;
	char name[16];

	(void)state;
	assert_non_null(users);
	for (unsigned int i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "u%u", i);
		put_user(users, name, (uint8_t)i);
	}
	assert_int_equal(users_count(users), 5000);
	put_user(users, "u7", 77);
	assert_int_equal(users_count(users), 5000);
	assert_true(users_find(users, "u7", "example.com", &secret));
	assert_int_equal(secret.md5[0], 77);
	assert_false(users_find(users, "u7", "example.net", &secret));
	assert_false(users_find(users, "U7", "example.com", NULL));
	/* Page by page, each once, and no page much greater than asked for. */
	while (from < STRIPES) {
		from = users_each(users, from, 500, count_user, counts);
		pages++;
	}
	assert_in_range(pages, 8, 10);
	for (unsigned int i = 0; i < 5000; i++)
		assert_int_equal(counts[i], 1);
	assert_true(users_del(users, "u7", "example.com"));
	assert_false(users_del(users, "u7", "example.com"));
	assert_false(users_find(users, "u7", "example.com", NULL));
	assert_int_equal(users_count(users), 4999);
	users_free(users);
}

/* --- where they are --- */

static struct location_binding *binding(const char *contact, unsigned int q, uint64_t expires_ms)
{
	const struct view texts[LOCATION_TEXTS] = {
		[LOCATION_CONTACT] = view_str(contact),
		[LOCATION_CALL_ID] = VIEW_LIT("c"),
		[LOCATION_USER_AGENT] = VIEW_LIT("phone"),
	};
	struct location_binding *new = location_binding_alloc(texts);

	assert_non_null(new);
	new->q = (uint16_t)q;
	new->expires_ms = expires_ms;
	return new;
}

static void add(struct location *location, const char *user, struct location_binding *new)
{
	struct location_ref ref;

	location_open(location, user, "example.com", 0, &ref);
	assert_int_equal(location_prepare(&ref), 0);
	location_add(&ref, new);
	location_close(&ref);
}

static void assert_at(struct location *location, const char *user, uint64_t now_ms,
		      const char *contacts)
{
	const struct location_binding *at;
	struct location_ref ref;
	char text[256] = "";

	location_open(location, user, "example.com", now_ms, &ref);
	for (at = location_first(&ref); at; at = at->next) {
		strcat(text, location_text(at, LOCATION_CONTACT).p);
		strcat(text, " ");
		assert_view(location_text(at, LOCATION_USER_AGENT), "phone");
		assert_view(location_text(at, LOCATION_PATH), "");
	}
	location_close(&ref);
	assert_string_equal(text, contacts);
}

static void bindings_are_in_order_until_they_expire(void **state)
{
	struct location *location = location_alloc();
	struct location_binding *third = binding("three", 700, 3000);
	struct location_ref ref;

	(void)state;
	assert_non_null(location);
	assert_at(location, "al", 0, "");
	add(location, "al", binding("one", 500, 1000));
	add(location, "al", binding("two", 1000, 2000));
	add(location, "al", third);
	add(location, "al", binding("four", 500, 4000));
	add(location, "bo", binding("five", 500, 500));
	assert_int_equal(location_count(location), 5);
	/* The latest of the same q first. */
	assert_at(location, "al", 999, "two three four one ");
	assert_at(location, "al", 1000, "two three four ");
	assert_int_equal(location_count(location), 4);
	location_open(location, "al", "example.com", 0, &ref);
	assert_int_equal(ref.count, 3);
	location_remove(&ref, third);
	assert_int_equal(ref.count, 2);
	location_close(&ref);
	free(third);
	assert_at(location, "al", 1000, "two four ");
	/* Nobody asks for the other one. */
	for (unsigned int i = 0; i < STRIPES; i++)
		location_sweep(location, i, 1000);
	assert_int_equal(location_count(location), 2);
	assert_at(location, "al", 4000, "");
	assert_int_equal(location_count(location), 0);
	location_free(location);
}

static void count_binding(void *arg, const char *user, const char *domain,
			  const struct location_binding *at)
{
	unsigned int *counts = arg;

	(void)domain;
	assert_string_equal(user, location_text(at, LOCATION_CONTACT).p);
	counts[atoi(user + 1)]++;
}

static void all_are_listed_by_pages(void **state)
{
	struct location *location = location_alloc();
	static unsigned int counts[5000];
	unsigned int from = 0;
	char name[16];

	(void)state;
	for (unsigned int i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "u%u", i);
		add(location, name, binding(name, 0, i % 2 ? 1000 : 2000));
	}
	while (from < STRIPES)
		from = location_each(location, from, 500, 1500, count_binding, counts);
	for (unsigned int i = 0; i < 5000; i++)
		assert_int_equal(counts[i], i % 2 ? 0 : 1);
	location_free(location);
}

/* Each of several threads changes all users; none is lost, and what is seen is whole. */
static void *hammer(void *arg)
{
	struct location *location = arg;
	struct location_binding *old;
	struct location_ref ref;
	char name[16];

	for (unsigned int i = 0; i < 20000; i++) {
		snprintf(name, sizeof(name), "u%u", i % 97);
		location_open(location, name, "example.com", 0, &ref);
		while ((old = location_first(&ref))) {
			location_remove(&ref, old);
			free(old);
		}
		if (!location_prepare(&ref))
			location_add(&ref, binding(name, i % 1000, UINT64_MAX));
		location_close(&ref);
		location_sweep(location, i, 0);
	}
	return NULL;
}

static void threads_share_it(void **state)
{
	struct location *location = location_alloc();
	pthread_t threads[4];

	(void)state;
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, hammer, location), 0);
	for (size_t i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(location_count(location), 97);
	assert_at(location, "u5", 0, "u5 ");
	location_free(location);
}

static struct location_binding *by_conn(const char *contact, uint64_t conn)
{
	struct location_binding *new = binding(contact, 0, 1000);

	new->flow.conn = conn;
	return new;
}

/* Contacts of @user, those with a connection that is gone in brackets. */
static void assert_flows(struct location *location, const char *user, const char *expected)
{
	const struct location_binding *at;
	struct location_ref ref;
	char text[256] = "";

	location_open(location, user, "example.com", 0, &ref);
	for (at = location_first(&ref); at; at = at->next)
		sprintf(text + strlen(text), at->flow_lost ? "(%s) " : "%s ",
			location_text(at, LOCATION_CONTACT).p);
	location_close(&ref);
	assert_string_equal(text, expected);
}

static void the_end_of_a_connection_marks_who_came_by_it(void **state)
{
	struct location *location = location_alloc();
	struct location_flows *flows = location_flows(location);
	struct location_binding *gone = by_conn("three", 8);
	struct location_ref ref;

	(void)state;
	add(location, "al", by_conn("one", 7));
	add(location, "al", binding("two", 0, 1000));
	add(location, "al", gone);
	add(location, "bo", by_conn("four", 7));
	location_open(location, "al", "example.com", 0, &ref);
	location_remove(&ref, gone);
	free(gone);
	location_close(&ref);
	assert_int_equal(location_flows_lost(flows, 8), 0);
	assert_int_equal(location_flows_lost(flows, 0), 0);
	assert_flows(location, "al", "two one ");
	assert_int_equal(location_flows_lost(flows, 7), 2);
	assert_int_equal(location_flows_lost(flows, 7), 0);
	assert_flows(location, "al", "two (one) ");
	assert_flows(location, "bo", "(four) ");
	/* Expired, it is in no table. */
	location_sweep(location, 0, 1000);
	assert_at(location, "al", 1000, "");
	assert_at(location, "bo", 1000, "");
	assert_int_equal(location_flows_lost(flows, 7), 0);
	add(location, "al", by_conn("five", 9));
	location_free(location);
}

/* Shows: 5626/6b */
static void what_only_a_flow_leads_to_is_known(void **state)
{
	static const struct {
		const char *contact, *remote;
		enum tp_proto proto;
		bool outbound, pinned;
	} cases[] = {
		{ "sip:al@192.0.2.1:5060", "192.0.2.1:40000", TP_TCP, false, false },
		{ "sips:al@[2001:db8::1]", "[2001:db8::1]:40000", TP_TLS, false, false },
		{ "sip:al@192.0.2.1", "192.0.2.1:40000", TP_TCP, true, true },
		{ "sip:al@10.0.0.1", "192.0.2.1:40000", TP_TCP, false, true },
		{ "sip:al@df7jal23ls0d.invalid", "192.0.2.1:40000", TP_TLS, false, true },
		{ "sip:al@10.0.0.1", "192.0.2.1:40000", TP_UDP, true, false },
	};
	struct tp_addr remote;
	struct sip_uri uri;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(sip_uri_parse(&uri, view_str(cases[i].contact)), 0);
		assert_int_equal(tp_addr_parse(&remote, view_str(cases[i].remote), 0), 0);
		assert_int_equal(location_flow_pinned(&uri, cases[i].proto, &remote,
						      cases[i].outbound),
				 cases[i].pinned);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_user_is_the_same_however_he_is_written),
		cmocka_unit_test(users_come_and_go),
		cmocka_unit_test(bindings_are_in_order_until_they_expire),
		cmocka_unit_test(all_are_listed_by_pages),
		cmocka_unit_test(threads_share_it),
		cmocka_unit_test(the_end_of_a_connection_marks_who_came_by_it),
		cmocka_unit_test(what_only_a_flow_leads_to_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
