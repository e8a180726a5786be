// SPDX-License-Identifier: GPL-2.0-or-later
/* How long answers are kept, who shares a question, what is served while servers fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dns/dns.h"
#include "fake_dns.h"

#define REQUESTS 100

static const struct dns_reach udp4 = { .families = { [TP_UDP] = DNS_IPV4 } };
static const struct dns_where where = { .host = "example.com", .port = 5060 };

static struct loop *loop;
static struct dns *dns;
static struct dns_request requests[REQUESTS];
static unsigned int done_count;
static uint64_t now_ms;

static int setup(void **state)
{
	static const struct dns_config config = {
		.cache = { .min_ttl_s = 5,
			   .max_ttl_s = 3600,
			   .max_negative_ttl_s = 60,
			   .stale_ms = 600000 },
		.dead_ms = 60000,
	};

	(void)state;
	fake_dns_reset("");
	done_count = 0;
	memset(requests, 0, sizeof(requests));
	assert_int_equal(loop_alloc(&loop), 0);
	now_ms = loop_now_ms(loop);
	return dns_alloc(&dns, loop, &config);
}

static int teardown(void **state)
{
	(void)state;
	for (int i = 0; i < REQUESTS; i++)
		dns_cancel(&requests[i]);
	dns_free(dns);
	assert_int_equal(timer_wheel_count(loop_timers(loop)), 0);
	loop_free(loop);
	return 0;
}

static void pass_ms(uint64_t ms)
{
	now_ms += ms;
	timer_wheel_advance(loop_timers(loop), now_ms);
}

static void done(struct dns_request *request)
{
	(void)request;
	done_count++;
}

static int ask_for(unsigned int i, const char *host)
{
	const struct dns_where other = { .host = host, .port = 5060 };

	return dns_resolve(dns, &requests[i], &other, &udp4, done);
}

static int ask(unsigned int i)
{
	return dns_resolve(dns, &requests[i], &where, &udp4, done);
}

static void assert_found(unsigned int i, const char *address)
{
	char text[TP_ADDR_STRLEN];

	assert_int_equal(requests[i].count, 1);
	assert_string_equal(tp_addr_format(&requests[i].targets[0].addr, text), address);
}

/* Asked for and answered; the answer is in the cache. */
static void fill(const char *zone)
{
	fake_dns.zone = zone;
	assert_int_equal(ask(0), -EINPROGRESS);
	assert_int_equal(fake_dns_answer(), 1);
	assert_int_equal(done_count, 1);
	done_count = 0;
	fake_dns.asked = 0;
}

static struct dns_cache_stats stats(void)
{
	struct dns_stats all;

	dns_stats(dns, &all);
	return all.cache;
}

static void questions_are_shared(void **state)
{
	(void)state;
	fake_dns_reset("example.com 300 A 192.0.2.1\n");
	for (unsigned int i = 0; i < REQUESTS; i++)
		assert_int_equal(ask(i), -EINPROGRESS);
	assert_int_equal(fake_dns.asked, 1);
	assert_int_equal(stats().in_flight, 1);
	dns_cancel(&requests[7]);
	fake_dns_answer();
	assert_int_equal(done_count, REQUESTS - 1);
	for (unsigned int i = 0; i < REQUESTS; i++)
		if (i != 7)
			assert_found(i, "192.0.2.1:5060");
	assert_int_equal(ask(7), 0);
	assert_int_equal(fake_dns.asked, 1);
	assert_int_equal(stats().shared, REQUESTS - 1);
	assert_int_equal(stats().in_flight, 0);
}

/* Names are the same however they are written. */
static void names_are_normalized(void **state)
{
	(void)state;
	fill("example.com 300 A 192.0.2.1\n");
	assert_int_equal(ask_for(1, "EXAMPLE.com."), 0);
	assert_found(1, "192.0.2.1:5060");
}

static void kept_for_its_ttl(void **state)
{
	(void)state;
	fill("example.com 100 A 192.0.2.1\n");
	pass_ms(89000);
	assert_int_equal(ask(0), 0);
	assert_int_equal(fake_dns.asked, 0);
	/* The last tenth: used as before, and renewed. */
	pass_ms(2000);
	fake_dns.zone = "example.com 100 A 192.0.2.2\n";
	assert_int_equal(ask(0), 0);
	assert_found(0, "192.0.2.1:5060");
	assert_int_equal(ask(0), 0);
	assert_int_equal(fake_dns.asked, 1);
	fake_dns_answer();
	assert_int_equal(ask(0), 0);
	assert_found(0, "192.0.2.2:5060");
	/* Unused to its end: asked again. */
	pass_ms(100000);
	fake_dns.asked = 0;
	assert_int_equal(ask(0), -EINPROGRESS);
	assert_int_equal(fake_dns.asked, 1);
}

static void ttl_has_bounds(void **state)
{
	(void)state;
	fill("example.com 0 A 192.0.2.1\n");
	pass_ms(4000);
	assert_int_equal(ask(0), 0);
	pass_ms(1000);
	assert_int_equal(ask(0), -EINPROGRESS);
	fake_dns.zone = "example.com 4294967295 A 192.0.2.1\n"; /* RFC 2181 s.8: 0 */
	fake_dns_answer();
	pass_ms(5000);
	assert_int_equal(ask(0), -EINPROGRESS);
	fake_dns.zone = "example.com 999999 A 192.0.2.1\n";
	fake_dns_answer();
	pass_ms(3599000);
	assert_int_equal(ask(0), 0);
	pass_ms(1000);
	assert_int_equal(ask(1), -EINPROGRESS);
}

/*
 * RFC 2308 s.5: the lesser of the SOA's TTL and its last field, within our bound.
 * Shows: 2308/5a 2308/5b
 */
static void negative_ttl(void **state)
{
	(void)state;
	fill("other 900 SOA 20\n");
	assert_int_equal(requests[0].count, 0);
	pass_ms(17000);
	assert_int_equal(ask(0), 0);
	assert_int_equal(requests[0].count, 0);
	pass_ms(3000);
	assert_int_equal(ask(0), -EINPROGRESS);
	fake_dns.zone = "other 10 SOA 20\nexample.com 1 AAAA ::1\n";
	fake_dns_answer();
	assert_string_equal(requests[0].why, "A example.com: no such record");
	pass_ms(10000);
	assert_int_equal(ask(0), -EINPROGRESS);
	fake_dns.zone = "other 9000 SOA 9000\n";
	fake_dns_answer();
	pass_ms(60000);
	assert_int_equal(ask(0), -EINPROGRESS);
	/* Without SOA. */
	fake_dns.zone = "";
	fake_dns_answer();
	pass_ms(26000);
	assert_int_equal(ask(0), 0);
	pass_ms(4000);
	assert_int_equal(ask(0), -EINPROGRESS);
}

/* A dead server is asked every five seconds, however many calls want to know. Shows: 2308/7.1a */
static void failures_are_held(void **state)
{
	(void)state;
	fill("example.com 0 A silent\n");
	assert_int_equal(requests[0].count, 0);
	for (int i = 0; i < 50; i++) {
		assert_int_equal(ask(0), 0);
		assert_int_equal(requests[0].count, 0);
		pass_ms(99);
	}
	assert_int_equal(fake_dns.asked, 0);
	pass_ms(100);
	assert_int_equal(ask(0), -EINPROGRESS);
	assert_int_equal(stats().failures, 1);
}

/* RFC 8767: what has run out is better than nothing. */
static void stale_is_served(void **state)
{
	(void)state;
	fill("example.com 10 A 192.0.2.1\n");
	pass_ms(10000);
	/* Nobody answers: after a short while the old answer will do. */
	assert_int_equal(ask(0), -EINPROGRESS);
	assert_int_equal(ask(1), -EINPROGRESS);
	pass_ms(DNS_STALE_WAIT_MS - 1);
	assert_int_equal(done_count, 0);
	pass_ms(1);
	assert_int_equal(done_count, 2);
	assert_found(0, "192.0.2.1:5060");
	/* From then on at once. */
	assert_int_equal(ask(2), 0);
	assert_found(2, "192.0.2.1:5060");
	assert_int_equal(fake_dns.asked, 1);
	/* It fails; the next try comes later, and brings something new. */
	fake_dns.zone = "example.com 0 A silent\n";
	fake_dns_answer();
	assert_int_equal(ask(2), 0);
	assert_found(2, "192.0.2.1:5060");
	pass_ms(DNS_FAILURE_HOLD_MS);
	assert_int_equal(ask(2), -EINPROGRESS);
	fake_dns.zone = "example.com 10 A 192.0.2.2\n";
	fake_dns_answer();
	assert_found(2, "192.0.2.2:5060");
	assert_true(stats().stale >= 4);
}

static void stale_has_an_end(void **state)
{
	(void)state;
	fill("example.com 10 A 192.0.2.1\n");
	pass_ms(10000 + 600000);
	assert_int_equal(ask(0), -EINPROGRESS);
	pass_ms(1000);
	assert_int_equal(done_count, 0);
	fake_dns.zone = "example.com 0 A silent\n";
	fake_dns_answer();
	assert_int_equal(requests[0].count, 0);
}

/* A "no" is believed: the name is not there any more. */
static void no_is_no_failure(void **state)
{
	(void)state;
	fill("example.com 10 A 192.0.2.1\n");
	pass_ms(10000);
	fake_dns.zone = "";
	assert_int_equal(ask(0), -EINPROGRESS);
	fake_dns_answer();
	assert_int_equal(requests[0].count, 0);
}

static void renewal_that_fails(void **state)
{
	(void)state;
	fill("example.com 100 A 192.0.2.1\n");
	pass_ms(95000);
	assert_int_equal(ask(0), 0);
	fake_dns.zone = "example.com 0 A refused\n";
	fake_dns_answer();
	assert_int_equal(ask(0), 0);
	assert_found(0, "192.0.2.1:5060");
	assert_int_equal(fake_dns.asked, 1);
}

static void memory_is_bounded(void **state)
{
	char host[32];

	(void)state;
	fake_dns_reset("host0 300 A 192.0.2.1\nkept 300 A 192.0.2.2\n");
	ask_for(1, "kept");
	fake_dns_answer();
	for (unsigned int i = 0; i < 5 * DNS_CACHE_MAX; i++) {
		snprintf(host, sizeof(host), "host%u", i);
		ask_for(0, host);
		fake_dns_answer();
		if (i % 100 == 0)
			assert_int_equal(ask_for(1, "kept"), 0);
		assert_in_range(stats().entries, 1, DNS_CACHE_MAX);
	}
	assert_true(stats().evicted >= 4 * DNS_CACHE_MAX);
	/* The least lately used ones had to go. */
	assert_int_equal(ask_for(1, "kept"), 0);
	assert_int_equal(ask_for(0, "host0"), -EINPROGRESS);
}

static void questions_are_bounded(void **state)
{
	static struct dns_request many[DNS_MAX_QUESTIONS + 10];
	unsigned int failed = 0;
	char host[32];

	(void)state;
	for (unsigned int i = 0; i < DNS_MAX_QUESTIONS + 10; i++) {
		const struct dns_where other = { .host = host, .port = 5060 };

		snprintf(host, sizeof(host), "host%u", i);
		failed += !dns_resolve(dns, &many[i], &other, &udp4, done);
	}
	assert_int_equal(failed, 10);
	assert_int_equal(fake_dns.asked, DNS_MAX_QUESTIONS);
	fake_dns_answer();
	assert_int_equal(done_count, DNS_MAX_QUESTIONS);
}

/* Who is told may ask for something else, and forget others that wait. */
static void cancel_another(struct dns_request *request)
{
	done_count++;
	dns_cancel(&requests[request == &requests[0]]);
	ask_for(2, "other");
}

static void waking_others(void **state)
{
	(void)state;
	fake_dns_reset("example.com 300 A 192.0.2.1\n");
	dns_resolve(dns, &requests[0], &where, &udp4, cancel_another);
	dns_resolve(dns, &requests[1], &where, &udp4, cancel_another);
	fake_dns_answer();
	assert_int_equal(done_count, 1);
	fake_dns_answer();
	assert_int_equal(done_count, 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(questions_are_shared), TEST(names_are_normalized), TEST(kept_for_its_ttl),
		TEST(ttl_has_bounds),	    TEST(negative_ttl),		TEST(failures_are_held),
		TEST(stale_is_served),	    TEST(stale_has_an_end),	TEST(no_is_no_failure),
		TEST(renewal_that_fails),   TEST(memory_is_bounded),	TEST(questions_are_bounded),
		TEST(waking_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
