// SPDX-License-Identifier: GPL-2.0-or-later
/* Addresses of hosts. */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/host.h"

static struct host host(const char *text)
{
	struct host result;

	assert_int_equal(
		host_parse(&result, strchr(text, ':') ? AF_INET6 : AF_INET, view_str(text)), 0);
	return result;
}

static void read_and_written(void **state)
{
	static const char *const none4[] = { "", "192.0.2", "192.0.2.1.1", "2001:db8::1",
					     " 192.0.2.1" };
	static const char *const none6[] = { "",
					     "192.0.2.1",
					     "[2001:db8::1]",
					     "2001:db8::1%eth0",
					     "2001:db8::g",
					     "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000" };
	struct host result = host("2001:DB8:0:0::1");
	struct host_port at = { host("192.0.2.1"), 4000 };
	char text[HOST_PORT_STRLEN];

	(void)state;
	assert_string_equal(host_format(&result, text), "2001:db8::1");
	assert_string_equal(host_port_format(&at, text), "192.0.2.1:4000");
	at.host = host("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
	at.port = 65535;
	assert_string_equal(host_port_format(&at, text),
			    "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535");
	for (unsigned int i = 0; i < sizeof(none4) / sizeof(*none4); i++) {
		assert_int_equal(host_parse(&result, AF_INET, view_str(none4[i])), -EINVAL);
		assert_int_equal(result.family, AF_UNSPEC);
	}
	for (unsigned int i = 0; i < sizeof(none6) / sizeof(*none6); i++)
		assert_int_equal(host_parse(&result, AF_INET6, view_str(none6[i])), -EINVAL);
	assert_string_equal(host_format(&result, text), "0.0.0.0");
}

static void every_octet_is_written(void **state)
{
	char text[HOST_STRLEN], expected[INET_ADDRSTRLEN];
	struct host address = { .family = AF_INET };

	(void)state;
	for (uint32_t i = 0; i < 256; i++) {
		address.v4.s_addr = htonl(i << 24 | (255 - i) << 16 | ((i * 7) & 255) << 8 | i);
		inet_ntop(AF_INET, &address.v4, expected, sizeof(expected));
		assert_string_equal(host_format(&address, text), expected);
	}
}

static void what_an_address_is(void **state)
{
	static const struct {
		const char *text;
		bool set, unicast, private;
	} cases[] = {
		{ "0.0.0.0", false, false, false },
		{ "0.0.0.1", true, false, false },
		{ "192.0.2.1", true, true, false },
		{ "224.0.0.1", true, false, false },
		{ "255.255.255.255", true, false, false },
		{ "10.255.0.1", true, true, true },
		{ "172.16.0.1", true, true, true },
		{ "172.32.0.1", true, true, false },
		{ "192.168.1.1", true, true, true },
		{ "169.254.1.1", true, true, true },
		{ "100.64.0.1", true, true, true },
		{ "100.128.0.1", true, true, false },
		{ "::", false, false, false },
		{ "::1", true, true, false },
		{ "2001:db8::1", true, true, false },
		{ "fc00::1", true, true, true },
		{ "fdff::1", true, true, true },
		{ "fe80::1", true, false, false },
		{ "ff02::1", true, false, false },
		{ "::ffff:10.0.0.1", true, false, false },
	};
	const struct host none = { .family = AF_UNSPEC };

	(void)state;
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct host h = host(cases[i].text);

		assert_int_equal(host_is_set(&h), cases[i].set);
		assert_int_equal(host_is_unicast(&h), cases[i].unicast);
		assert_int_equal(host_is_private(&h), cases[i].private);
	}
	assert_false(host_is_set(&none));
	assert_false(host_is_unicast(&none));
	assert_false(host_is_private(&none));
}

static void equal_are_those_of_a_family(void **state)
{
	struct host v4 = host("1.2.3.4"), v6 = host("102:304::"), none = { .family = AF_UNSPEC };
	struct host same = host("102:304:0::0"), other = host("102:304::1"),
		    other4 = host("1.2.3.5");

	(void)state;
	assert_true(host_equal(&v6, &same));
	assert_false(host_equal(&v6, &other));
	assert_true(host_equal(&v4, &v4));
	assert_false(host_equal(&v4, &other4));
	assert_false(host_equal(&v4, &v6));
	assert_false(host_equal(&v4, &none));
	assert_true(host_equal(&none, &none));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read_and_written),
		cmocka_unit_test(every_octet_is_written),
		cmocka_unit_test(what_an_address_is),
		cmocka_unit_test(equal_are_those_of_a_family),
	};

	return cmocka_run_group_tests_name("host", tests, NULL, NULL);
}
