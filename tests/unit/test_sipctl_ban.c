// SPDX-License-Identifier: GPL-2.0-or-later
/* "sipctl ban" and "sipctl kernel source": words, lists, documents, refusals. */
#include "fake_sip.h"

static void a_ban_is_listed_as_it_was_added(void **state)
{
	(void)state;
	assert_says("ban list", "SOURCE  AGE  EXPIRES  PACKETS  BY  REASON\n");
	assert_says("ban add 10.0.0.1", "");
	assert_says("ban add 10.0.2.0/24 for 10m reason \"too many\"", "");
	assert_says("ban add 10.0.0.1:5060 for never", "");
	assert_says("ban add [2001:db8::1]:5060 for 90d", "");
	assert_says("ban add 2001:db8:1::/48 reason \"sipd: guesses passwords\"", "");
	fake.sources[0].packets = 1234;
	fake.sources[0].by_kernel = true;
	fake.sources[0].age_ms = 65000;
	assert_says("ban list",
		    "SOURCE                AGE  EXPIRES  PACKETS  BY        REASON\n"
		    "10.0.0.1            1m05s    never     1234  kernel    -\n"
		    "10.0.2.0/24           0ms   10m00s        0  operator  too many\n"
		    "10.0.0.1:5060         0ms    never        0  operator  -\n"
		    "[2001:db8::1]:5060    0ms   90d00h        0  operator  -\n"
		    "2001:db8:1::/48       0ms    never        0  sipd      guesses passwords\n");
}

static void a_list_is_of_what_overlaps(void **state)
{
	(void)state;
	assert_says("ban add 10.0.2.0/24", "");
	assert_says("ban add 10.0.2.128:5060", "");
	assert_says("ban add 10.0.3.1", "");
	assert_says("ban add 2001:db8::/32", "");
	assert_says("kernel source add 10.0.2.4 class trusted", "10.0.2.4 was banned as part of "
								"10.0.2.0/24\n");
	assert_says("ban list 10.0.2.128",
		    "SOURCE           AGE  EXPIRES  PACKETS  BY        REASON\n"
		    "10.0.2.0/24      0ms    never        0  operator  -\n"
		    "10.0.2.128:5060  0ms    never        0  operator  -\n");
	assert_says("ban list 10.0.2.0/25", "SOURCE       AGE  EXPIRES  PACKETS  BY        REASON\n"
					    "10.0.2.0/24  0ms    never        0  operator  -\n");
	assert_says("ban list 10.0.2.128:5061",
		    "SOURCE       AGE  EXPIRES  PACKETS  BY        REASON\n"
		    "10.0.2.0/24  0ms    never        0  operator  -\n");
	assert_says("ban list 2001:db8::5",
		    "SOURCE         AGE  EXPIRES  PACKETS  BY        REASON\n"
		    "2001:db8::/32  0ms    never        0  operator  -\n");
}

static void a_ban_tells_who_was_trusted(void **state)
{
	(void)state;
	assert_says("kernel source add 10.0.0.0/8 class trusted", "");
	assert_says("kernel source add 10.0.0.1 class registered for 1h",
		    "10.0.0.1 was trusted as part of 10.0.0.0/8\n");
	assert_says("ban add 10.0.0.1", "10.0.0.1 was registered\n");
	assert_says("ban add 10.0.0.1", "");
	/* A part of what is trusted that is more than a host: that says nothing of its hosts. */
	assert_says("ban add 10.1.0.0/16", "");
	assert_json("ban add 10.0.0.0/8",
		    "{\"schema\":1,\"source\":\"10.0.0.0/8\",\"was\":{\"source\":\"10.0.0.0/8\","
		    "\"address\":\"10.0.0.0\",\"prefix\":8,\"port\":null,\"class\":\"trusted\","
		    "\"age_ms\":0,\"expires_ms\":null,\"packets\":0,\"by\":\"operator\","
		    "\"reason\":\"\"}}\n");
	assert_json("ban add 192.0.2.1:9 for 1s",
		    "{\"schema\":1,\"source\":\"192.0.2.1:9\",\"was\":null}\n");
	assert_json("ban list 192.0.2.1",
		    "{\"schema\":1,\"bans\":[{\"source\":\"192.0.2.1:9\",\"address\":\"192.0.2.1\","
		    "\"prefix\":32,\"port\":9,\"class\":\"banned\",\"age_ms\":0,"
		    "\"expires_ms\":1000,\"packets\":0,\"by\":\"operator\",\"reason\":\"\"}]}\n");
}

static void only_bans_are_ended(void **state)
{
	(void)state;
	assert_says("ban add 10.0.0.1", "");
	assert_says("ban add 10.0.0.2", "");
	assert_says("ban add 10.0.0.3", "");
	assert_says("kernel source add 10.0.0.4 class trusted", "");
	assert_json("ban del 10.0.0.1 10.0.0.2",
		    "{\"schema\":1,\"deleted\":[\"10.0.0.1\",\"10.0.0.2\"]}\n");
	assert_refused("ban del 10.0.0.4", CTL_NOT_FOUND,
		       "sipctl: ban del: the fake module says so, 10.0.0.4, see \"sipctl ban "
		       "list\"\n");
	/* One that is wrong spares all others. */
	assert_refused("ban del 10.0.0.3 10.0.0.x", CTL_USAGE,
		       "sipctl: ban del: bad source \"10.0.0.x\", ban del, give an address, "
		       "ADDRESS/LENGTH, ADDRESS:PORT or [IPV6]:PORT\n");
	/* One that is not there does not. */
	assert_refused("ban del 10.0.0.9 10.0.0.3", CTL_NOT_FOUND,
		       "sipctl: ban del: the fake module says so, 10.0.0.9, see \"sipctl ban "
		       "list\"\n");
	assert_says("ban list", "SOURCE  AGE  EXPIRES  PACKETS  BY  REASON\n");
	assert_says("ban add 10.0.0.3", "");
	assert_json("ban del all", "{\"schema\":1,\"deleted\":\"all\"}\n");
	assert_says("kernel source list",
		    "CLASS    SOURCE    AGE  EXPIRES  PACKETS  BY        REASON\n"
		    "trusted  10.0.0.4  0ms    never        0  operator  -\n");
}

static void sources_are_listed_by_class(void **state)
{
	(void)state;
	assert_says("kernel source add 10.0.0.1 class trusted reason carrier", "");
	assert_says("kernel source add 10.0.0.2:5060 for 30s class registered", "");
	assert_says("ban add 10.0.0.3", "");
	assert_says("kernel source list",
		    "CLASS       SOURCE         AGE  EXPIRES  PACKETS  BY        REASON\n"
		    "trusted     10.0.0.1       0ms    never        0  operator  carrier\n"
		    "registered  10.0.0.2:5060  0ms      30s        0  operator  -\n"
		    "banned      10.0.0.3       0ms    never        0  operator  -\n");
	assert_says("kernel source list registered",
		    "CLASS       SOURCE         AGE  EXPIRES  PACKETS  BY        REASON\n"
		    "registered  10.0.0.2:5060  0ms      30s        0  operator  -\n");
	/* Of any class. */
	assert_says("kernel source del 10.0.0.1 10.0.0.3", "");
	assert_json("kernel source list trusted", "{\"schema\":1,\"sources\":[]}\n");
}

static void tells_what_is_wrong(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "ban add 10.0.0.1/24",
		  "ban add: not the first address of its prefix \"10.0.0.1/24\", ban, give "
		  "10.0.0.0/24" },
		{ "ban add 2001:db8::1/63", "ban add: not the first address of its prefix "
					    "\"2001:db8::1/63\", ban, give 2001:db8::/63" },
		{ "ban add any", "ban add: bad source \"any\", ban, give an address, "
				 "ADDRESS/LENGTH, ADDRESS:PORT or [IPV6]:PORT" },
		{ "ban add 10.0.0.1:0", "ban add: bad source \"10.0.0.1:0\", ban, give an address, "
					"ADDRESS/LENGTH, ADDRESS:PORT or [IPV6]:PORT" },
		{ "ban add 10.0.0.1 10m",
		  "ban add: unknown word \"10m\", ban, give for or reason" },
		{ "ban add 10.0.0.1 for", "ban add: incomplete \"for\", ban, give a time such as "
					  "10m, 2h or 7d, or never after it" },
		{ "ban add 10.0.0.1 for 0s", "ban add: bad for \"0s\", ban, give a time such as "
					     "10m, 2h or 7d, or never" },
		{ "ban add 10.0.0.1 for 3257813d", "ban add: bad for \"3257813d\", ban, give a "
						   "time such as 10m, 2h or 7d, or never" },
		{ "ban add 10.0.0.1 for 1m for 2m",
		  "ban add: repeated word \"for\", ban, give it once" },
		{ "ban add 10.0.0.1 reason \"a text of more than 31 octets is\"",
		  "ban add: bad reason \"a text of more than 31 octets is\", ban, give a text of 1 "
		  "to 31 octets" },
		{ "ban list 10.0.0.0/33", "ban list: bad source \"10.0.0.0/33\", bans, give an "
					  "address, ADDRESS/LENGTH, ADDRESS:PORT or [IPV6]:PORT" },
		{ "kernel source add 10.0.0.1 class banned",
		  "kernel source add: bad class \"banned\", source, give trusted or registered" },
		{ "kernel source add 10.0.0.1 for 10m",
		  "kernel source add: no class, give: sipctl kernel source add SOURCE class "
		  "trusted|registered [for DURATION] [reason TEXT]" },
		{ "kernel source list unknown", "kernel source list: bad class \"unknown\", "
						"sources, give trusted, registered or banned" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char expected[320];

		snprintf(expected, sizeof(expected), "sipctl: %s\n", cases[i].why);
		assert_refused(cases[i].text, CTL_USAGE, expected);
	}
	assert_int_equal(fake.changes, 0);
}

static void tells_what_the_module_refuses(void **state)
{
	(void)state;
	fake.refuse = -ENOSPC;
	assert_refused("ban add 10.0.0.1", CTL_FAILED,
		       "sipctl: ban add: the fake module says so, 10.0.0.1, see \"sipctl kernel "
		       "policy\"\n");
	fake.refuse = -EPERM;
	assert_refused("ban del all", CTL_PERMISSION,
		       "sipctl: ban del: the fake module says so, bans, be root or have "
		       "CAP_NET_ADMIN\n");
	fake.no_module = true;
	assert_refused("ban list", CTL_UNREACHABLE,
		       "sipctl: ban list: the sipfast kernel module is not loaded, netlink, load "
		       "it with \"modprobe sipfast\"\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_ban_is_listed_as_it_was_added), TEST(a_list_is_of_what_overlaps),
		TEST(a_ban_tells_who_was_trusted),     TEST(only_bans_are_ended),
		TEST(sources_are_listed_by_class),     TEST(tells_what_is_wrong),
		TEST(tells_what_the_module_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
