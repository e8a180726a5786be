// SPDX-License-Identifier: GPL-2.0-or-later
/* A name is resolved or it is not, but nothing breaks or leaks, whichever allocation fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dns/dns.h"
#include "fake_dns.h"

#define MAX_ALLOCATIONS 500

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);

static unsigned int fail_in; /* the so many-th allocation fails; 0: none */

static bool fails(void)
{
	return fail_in && !--fail_in;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

static const char zone[] = "example.com 300 NAPTR 100 50 s SIP+D2U _sip._udp.example.com\n"
			   "_sip._udp.example.com 300 SRV 0 1 5060 a.example.com\n"
			   "_sip._udp.example.com 300 SRV 1 1 5060 b.example.com\n"
			   "a.example.com 300 A 192.0.2.1\nb.example.com 300 A 192.0.2.2\n";

static unsigned int done_count;

static void done(struct dns_request *request)
{
	(void)request;
	done_count++;
}

/* What became of it: the number of targets; -1: it did not even start. */
static int run(struct loop *loop)
{
	static const struct dns_config config = { .cache = { .min_ttl_s = 5, .max_ttl_s = 60 } };
	static const struct dns_reach reach = { .families = { DNS_IPV4 } };
	static const struct dns_where where = { .host = "example.com" };
	static struct dns_request request;
	struct dns *dns;
	int ret;

	done_count = 0;
	if (dns_alloc(&dns, loop, &config))
		return -1;
	ret = dns_resolve(dns, &request, &where, &reach, done);
	for (int i = 0; ret && !done_count && i < 20; i++)
		fake_dns_answer();
	assert_true(!ret || done_count == 1);
	assert_true(request.count || *request.why);
	dns_free(dns);
	return (int)request.count;
}

static void every_allocation(void **state)
{
	unsigned int none = 0, fewer = 0, n;
	struct loop *loop;
	int found;

	(void)state;
	assert_int_equal(loop_alloc(&loop), 0);
	fake_dns_reset(zone);
	assert_int_equal(run(loop), 2);
	for (n = 1; n < MAX_ALLOCATIONS; n++) {
		fake_dns_reset(zone);
		fail_in = n;
		found = run(loop);
		if (fail_in)
			break;
		none += found < 0;
		fewer += found >= 0 && found < 2;
	}
	fail_in = 0;
	/* All were reached, and some made a difference. */
	assert_in_range(n, 10, MAX_ALLOCATIONS - 1);
	assert_in_range(none, 1, n);
	assert_in_range(fewer, 1, n);
	loop_free(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(every_allocation) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
