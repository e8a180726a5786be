// SPDX-License-Identifier: GPL-2.0-or-later
/* RFC 3263: from a URI to targets, against DNS servers that the test plays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dns/dns.h"
#include "fake_dns.h"

#define UDP4                                        \
	{                                           \
		.families = { [TP_UDP] = DNS_IPV4 } \
	}
#define ALL                                                                                   \
	{                                                                                     \
		.families = { DNS_IPV4 | DNS_IPV6, DNS_IPV4 | DNS_IPV6, DNS_IPV4 | DNS_IPV6 } \
	}

static const struct dns_reach udp4 = UDP4, all = ALL;
static const struct dns_reach udp_tcp4 = { .families = { DNS_IPV4, DNS_IPV4, 0 } };

static struct loop *loop;
static struct dns *dns;
static struct dns_request request;
static unsigned int done_count;
static uint64_t now_ms;

static int setup(void **state)
{
	static const struct dns_config config = {
		.cache = { .min_ttl_s = 5,
			   .max_ttl_s = 3600,
			   .max_negative_ttl_s = 60,
			   .stale_ms = 3600000 },
		.dead_ms = 60000,
	};

	(void)state;
	fake_dns_reset("");
	done_count = 0;
	assert_int_equal(loop_alloc(&loop), 0);
	now_ms = loop_now_ms(loop);
	return dns_alloc(&dns, loop, &config);
}

static int teardown(void **state)
{
	(void)state;
	dns_cancel(&request);
	dns_free(dns);
	loop_free(loop);
	return 0;
}

static void pass_ms(uint64_t ms)
{
	now_ms += ms;
	timer_wheel_advance(loop_timers(loop), now_ms);
}

static void done(struct dns_request *r)
{
	assert_ptr_equal(r, &request);
	done_count++;
}

static const char *targets_text(const struct dns_request *r)
{
	static char text[4096];
	char addr[TP_ADDR_STRLEN];
	size_t len = 0;

	text[0] = '\0';
	for (unsigned int i = 0; i < r->count; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s %s", i ? ", " : "",
					tp_proto_name(r->targets[i].proto),
					tp_addr_format(&r->targets[i].addr, addr));
	return text;
}

/* To the end, servers answering all that is asked. Of example.com, if no host is named. */
static const char *resolve(struct dns_where where, const struct dns_reach *reach)
{
	done_count = 0;
	if (!where.host)
		where.host = "example.com";
	if (dns_resolve(dns, &request, &where, reach, done) == -EINPROGRESS) {
		for (int i = 0; !done_count && i < 64; i++)
			assert_in_range(fake_dns_answer(), 1, FAKE_DNS_QUESTIONS);
		assert_int_equal(done_count, 1);
	}
	return targets_text(&request);
}

#define UNWRAP(...) __VA_ARGS__
#define expect(where, reach, text) \
	assert_string_equal(resolve((struct dns_where){ UNWRAP where }, (reach)), (text))

/*
 * RFC 3263 s.4.1, s.4.2: a numeric address is asked nobody.
 * Shows: 3263/4a 3263/4.1b 3263/4.2a 3263/4.1a 3261/8.1.2b
 */
static void numeric(void **state)
{
	(void)state;
	expect((.host = "192.0.2.1"), &all, "UDP 192.0.2.1:5060");
	expect((.host = "192.0.2.1", .port = 5070), &all, "UDP 192.0.2.1:5070");
	expect((.host = "[2001:db8::1]"), &all, "UDP [2001:db8::1]:5060");
	expect((.host = "192.0.2.1", .sips = true), &all, "TLS 192.0.2.1:5061");
	expect((.host = "192.0.2.1", .has_proto = true, .proto = TP_TCP), &all,
	       "TCP 192.0.2.1:5060");
	expect((.host = "192.0.2.1", .has_proto = true, .proto = TP_TLS), &all,
	       "TLS 192.0.2.1:5061");
	assert_int_equal(fake_dns.asked, 0);
	expect((.host = "2001:db8::1"), &udp4, "");
	assert_non_null(strstr(request.why, "no listener"));
	expect((.host = "192.0.2.1", .sips = true), &udp4, "");
}

/* Shows: 3263/4.2b 3263/4.1b */
static void explicit_port(void **state)
{
	(void)state;
	fake_dns_reset("example.com 300 A 192.0.2.1\n"
		       "example.com 300 AAAA 2001:db8::1\n"
		       "_sip._udp.example.com 300 SRV 0 0 9 wrong.example.com\n");
	expect((.port = 5070), &udp4, "UDP 192.0.2.1:5070");
	assert_int_equal(fake_dns.asked, 1);
	expect((.port = 5070), &all, "UDP [2001:db8::1]:5070, UDP 192.0.2.1:5070");
	expect((.port = 5070, .sips = true), &all, "TLS [2001:db8::1]:5070, TLS 192.0.2.1:5070");
}

static const char naptr_zone[] = "example.com 300 NAPTR 50 50 s SIPS+D2T _sips._tcp.example.com\n"
				 "example.com 300 NAPTR 90 50 s SIP+D2T _sip._tcp.example.com\n"
				 "example.com 300 NAPTR 100 50 s SIP+D2U _u.example.com\n"
				 "_sips._tcp.example.com 300 SRV 0 1 5061 s1.example.com\n"
				 "_sip._tcp.example.com 300 SRV 0 1 5060 s1.example.com\n"
				 "_sip._tcp.example.com 300 SRV 1 2 5060 s2.example.com\n"
				 "_u.example.com 300 SRV 0 1 5062 s1.example.com\n"
				 "s1.example.com 300 A 192.0.2.1\n"
				 "s2.example.com 300 A 192.0.2.2\n";

/*
 * The example of RFC 3263 s.4.1: services that are not supported are passed over.
 * Shows: 3263/4.1c 3263/4.1d 3263/4.1a
 */
static void naptr(void **state)
{
	(void)state;
	fake_dns_reset(naptr_zone);
	expect((), &udp_tcp4, "TCP 192.0.2.1:5060, TCP 192.0.2.2:5060");
	expect((), &udp4, "UDP 192.0.2.1:5062");
	expect((), &all, "TLS 192.0.2.1:5061");
	expect((.sips = true), &all, "TLS 192.0.2.1:5061");
	/* A transport parameter leaves nothing for NAPTR to say. */
	fake_dns_reset(naptr_zone);
	expect((.has_proto = true, .proto = TP_TCP), &all,
	       "TCP 192.0.2.1:5060, TCP 192.0.2.2:5060");
}

static void naptr_same_order(void **state)
{
	(void)state;
	fake_dns_reset("example.com 300 NAPTR 10 20 s SIP+D2U _sip._udp.example.com\n"
		       "example.com 300 NAPTR 10 10 S sip+d2t _sip._tcp.example.com\n"
		       "example.com 300 NAPTR 20 1 s SIP+D2U _later.example.com\n"
		       "_sip._udp.example.com 300 SRV 0 0 5060 a.example.com\n"
		       "_sip._tcp.example.com 300 SRV 0 0 5060 a.example.com\n"
		       "_later.example.com 300 SRV 0 0 5099 a.example.com\n"
		       "a.example.com 300 A 192.0.2.1\n");
	expect((), &udp_tcp4, "TCP 192.0.2.1:5060, UDP 192.0.2.1:5060");
}

/* NAPTR records for other things, or with flags that RFC 3263 does not know. */
static void naptr_unusable(void **state)
{
	(void)state;
	fake_dns_reset("example.com 300 NAPTR 10 20 u E2U+sip .\n"
		       "example.com 300 NAPTR 10 20 a SIP+D2U a.example.com\n"
		       "example.com 300 NAPTR 10 20 s SIP+D2S _sip._sctp.example.com\n"
		       "_sip._udp.example.com 300 SRV 0 0 5065 a.example.com\n"
		       "a.example.com 300 A 192.0.2.1\n");
	expect((), &udp4, "UDP 192.0.2.1:5065");
}

/* Shows: 3263/4.1e 3263/4.2d 2782/A */
static void srv_without_naptr(void **state)
{
	(void)state;
	fake_dns_reset("_sip._udp.example.com 300 SRV 2 0 5060 b.example.com\n"
		       "_sip._udp.example.com 300 SRV 1 0 5061 a.example.com\n"
		       "_sip._tcp.example.com 300 SRV 0 0 5062 a.example.com\n"
		       "a.example.com 300 A 192.0.2.1\n"
		       "b.example.com 300 A 192.0.2.2\n"
		       "b.example.com 300 AAAA 2001:db8::2\n");
	expect((), &udp_tcp4, "UDP 192.0.2.1:5061, UDP 192.0.2.2:5060, TCP 192.0.2.1:5062");
	expect((), &all,
	       "UDP 192.0.2.1:5061, UDP [2001:db8::2]:5060, UDP 192.0.2.2:5060, "
	       "TCP 192.0.2.1:5062");
}

/* Shows: 3263/4.1f 3263/4.2c */
static void address_without_srv(void **state)
{
	(void)state;
	fake_dns_reset("example.com 300 A 192.0.2.1\n");
	expect((), &all, "UDP 192.0.2.1:5060");
	expect((.sips = true), &all, "TLS 192.0.2.1:5061");
	expect((.has_proto = true, .proto = TP_TCP), &all, "TCP 192.0.2.1:5060");
}

/* RFC 2782: "." says that the service is not there; the address is no way around. Shows: 2782/C */
static void srv_not_offered(void **state)
{
	(void)state;
	fake_dns_reset("_sip._udp.example.com 300 SRV 0 0 0 .\n"
		       "example.com 300 A 192.0.2.1\n");
	expect((), &udp4, "");
	assert_string_equal(request.why, "SRV _sip._udp.example.com: the service is not offered");
	fake_dns_reset("_sip._udp.more.example 300 SRV 0 0 0 .\n"
		       "_sip._tcp.more.example 300 SRV 0 0 5060 more.example\n"
		       "more.example 300 A 192.0.2.1\n");
	expect((.host = "more.example"), &udp_tcp4, "TCP 192.0.2.1:5060");
}

static void nothing_there(void **state)
{
	(void)state;
	expect((), &udp4, "");
	assert_string_equal(request.why, "A example.com: no such name");
	expect((.host = "no_such host"), &udp4, "");
	assert_string_equal(request.why, "no name of a host");
	fake_dns_reset("x.example 300 A 0.0.0.0\nx.example 300 A 224.0.0.1\n"
		       "x.example 300 A 255.255.255.255\n");
	expect((.host = "x.example", .port = 5060), &udp4, "");
	assert_string_equal(request.why, "A x.example: no address of a host");
}

/* No answer is not "no": what may be there is not passed over. */
static void servers_fail(void **state)
{
	(void)state;
	fake_dns_reset("example.com 0 NAPTR silent\n"
		       "refuses.example 0 NAPTR refused\n"
		       "refuses.example 300 A 192.0.2.1\n"
		       "half.example 0 SOA 1\n"
		       "_sip._udp.half.example 0 SRV refused\n"
		       "_sip._tcp.half.example 300 SRV 0 0 5060 refuses.example\n"
		       "none.example 300 A 192.0.2.9\n"
		       "_sip._udp.none.example 0 SRV garbage\n");
	expect((), &udp4, "");
	assert_string_equal(request.why, "NAPTR example.com: no answer");
	assert_int_equal(fake_dns.asked, 1);
	/* Some servers know no NAPTR. */
	expect((.host = "refuses.example"), &udp4, "UDP 192.0.2.1:5060");
	expect((.host = "half.example"), &udp_tcp4, "TCP 192.0.2.1:5060");
	expect((.host = "none.example"), &udp_tcp4, "");
	assert_string_equal(request.why,
			    "SRV _sip._udp.none.example: an answer that cannot be read");
	fake_dns_reset("m.example 0 A memory\n");
	expect((.host = "m.example", .port = 1), &udp4, "");
	assert_string_equal(request.why, "A m.example: refused or SERVFAIL");
}

static void aliases(void **state)
{
	(void)state;
	fake_dns_reset("example.com 300 CNAME b.example.com\n"
		       "b.example.com 300 CNAME c.example.com\n"
		       "c.example.com 300 A 192.0.2.1\n"
		       "loop.example 300 CNAME pool.example\n"
		       "pool.example 300 CNAME loop.example\n");
	expect((.port = 5060), &udp4, "UDP 192.0.2.1:5060");
	expect((.host = "loop.example", .port = 5060), &udp4, "");
	assert_string_equal(request.why, "A loop.example: an answer that cannot be read");
}

/* RFC 2782: three to one, and the light one comes first now and then. Shows: 2782/B 3263/4.2d */
static void weights(void **state)
{
	unsigned int heavy = 0, zero = 0;

	(void)state;
	fake_dns_reset("_sip._udp.example.com 300 SRV 1 75 5060 a.example.com\n"
		       "_sip._udp.example.com 300 SRV 1 25 5060 b.example.com\n"
		       "_sip._udp.example.com 300 SRV 1 0 5060 c.example.com\n"
		       "_sip._udp.example.com 300 SRV 9 100 5060 d.example.com\n"
		       "a.example.com 300 A 192.0.2.1\nb.example.com 300 A 192.0.2.2\n"
		       "c.example.com 300 A 192.0.2.3\n"
		       "d.example.com 300 A 192.0.2.4\n");
	for (int i = 0; i < 8000; i++) {
		const char *text = resolve((struct dns_where){ .host = "example.com" }, &udp4);

		heavy += !strncmp(text, "UDP 192.0.2.1:", 14);
		zero += !strncmp(text, "UDP 192.0.2.3:", 14);
		assert_int_equal(request.count, 4);
		assert_non_null(strstr(text, ", UDP 192.0.2.4:5060"));
		assert_null(strstr(strstr(text, "192.0.2.4"), ", "));
	}
	/* Of 0 to 100, 0 alone draws weight 0: 79 of 8000 are expected, and 5941 of weight 75. */
	assert_in_range(zero, 40, 130);
	assert_in_range(heavy, 5750, 6130);
}

/* Addresses of one name take turns. */
static void addresses_share(void **state)
{
	unsigned int first = 0;

	(void)state;
	fake_dns_reset("example.com 300 A 192.0.2.1\nexample.com 300 A 192.0.2.2\n");
	for (int i = 0; i < 1000; i++)
		first += !strncmp(resolve((struct dns_where){ .host = "example.com", .port = 5060 },
					  &udp4),
				  "UDP 192.0.2.1:", 14);
	assert_in_range(first, 400, 600);
}

static void dead_ones_last(void **state)
{
	struct dns_target a = { .proto = TP_UDP }, b = { .proto = TP_UDP };
	struct dns_stats stats;

	(void)state;
	fake_dns_reset("_sip._udp.example.com 3000 SRV 1 0 5060 a.example.com\n"
		       "_sip._udp.example.com 3000 SRV 2 0 5060 b.example.com\n"
		       "a.example.com 3000 A 192.0.2.1\nb.example.com 3000 A 192.0.2.2\n");
	tp_addr_parse(&a.addr, VIEW_LIT("192.0.2.1:5060"), 0);
	tp_addr_parse(&b.addr, VIEW_LIT("192.0.2.2:5060"), 0);
	expect((), &udp4, "UDP 192.0.2.1:5060, UDP 192.0.2.2:5060");
	dns_failed(dns, &a, 0);
	expect((), &udp4, "UDP 192.0.2.2:5060, UDP 192.0.2.1:5060");
	/* All are: then in the old order. */
	dns_failed(dns, &b, 1000);
	expect((), &udp4, "UDP 192.0.2.1:5060, UDP 192.0.2.2:5060");
	pass_ms(1001);
	expect((), &udp4, "UDP 192.0.2.2:5060, UDP 192.0.2.1:5060");
	dns_served(dns, &a);
	expect((), &udp4, "UDP 192.0.2.1:5060, UDP 192.0.2.2:5060");
	dns_failed(dns, &a, 0);
	pass_ms(59999);
	dns_stats(dns, &stats);
	assert_int_equal(stats.dead, 1);
	pass_ms(1);
	dns_stats(dns, &stats);
	assert_int_equal(stats.dead, 0);
	expect((), &udp4, "UDP 192.0.2.1:5060, UDP 192.0.2.2:5060");
	/* Another port or transport of the same host is another server. */
	b = a;
	tp_addr_set_port(&b.addr, 5061);
	dns_failed(dns, &b, 0);
	b = a;
	b.proto = TP_TCP;
	dns_failed(dns, &b, 0);
	expect((), &udp4, "UDP 192.0.2.1:5060, UDP 192.0.2.2:5060");
}

static void dead_are_bounded(void **state)
{
	struct dns_target target = { .proto = TP_UDP, .addr.in.sin_family = AF_INET };
	struct dns_stats stats;

	(void)state;
	for (unsigned int i = 0; i < 10 * DNS_MAX_DEAD; i++) {
		target.addr.in.sin_addr.s_addr = htonl(0x0a000000 + i);
		dns_failed(dns, &target, 1000 + i);
	}
	dns_stats(dns, &stats);
	assert_int_equal(stats.dead, DNS_MAX_DEAD);
}

/* More records than anybody needs: bounded targets, and bounded questions. */
static void too_many(void **state)
{
	static char zone[65536];
	size_t len = 0;

	(void)state;
	for (int i = 0; i < 1000; i++)
		len += (size_t)snprintf(zone + len, sizeof(zone) - len,
					"_sip._udp.example.com 9 SRV %d 0 5060 h%d.x\n", i, i);
	fake_dns_reset(zone);
	expect((), &udp4, "");
	assert_in_range(fake_dns.asked, 3, 2 + DNS_MAX_RECORDS);
	len = 0;
	for (int i = 0; i < 1000; i++)
		len += (size_t)snprintf(zone + len, sizeof(zone) - len, "m.x 9 A 10.0.%d.%d\n",
					i / 250, 1 + i % 250);
	fake_dns_reset(zone);
	resolve((struct dns_where){ .host = "m.x", .port = 5060 }, &udp4);
	assert_int_equal(request.count, DNS_MAX_TARGETS);
}

static void cancelled(void **state)
{
	static const struct dns_where where = { .host = "example.com" };

	(void)state;
	fake_dns_reset("example.com 300 A 192.0.2.1\n");
	assert_int_equal(dns_resolve(dns, &request, &where, &udp4, done), -EINPROGRESS);
	dns_cancel(&request);
	dns_cancel(&request);
	while (fake_dns_answer())
		;
	assert_int_equal(done_count, 0);
}

/* Servers whose answers come before the question has returned. */
static void at_once(void **state)
{
	(void)state;
	fake_dns_reset(naptr_zone);
	fake_dns.at_once = true;
	assert_int_equal(dns_resolve(dns, &request, &(struct dns_where){ .host = "example.com" },
				     &udp4, done),
			 0);
	assert_string_equal(targets_text(&request), "UDP 192.0.2.1:5062");
	assert_int_equal(done_count, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(numeric),
		TEST(explicit_port),
		TEST(naptr),
		TEST(naptr_same_order),
		TEST(naptr_unusable),
		TEST(srv_without_naptr),
		TEST(address_without_srv),
		TEST(srv_not_offered),
		TEST(nothing_there),
		TEST(servers_fail),
		TEST(aliases),
		TEST(weights),
		TEST(addresses_share),
		TEST(dead_ones_last),
		TEST(dead_are_bounded),
		TEST(too_many),
		TEST(cancelled),
		TEST(at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
