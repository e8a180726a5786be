// SPDX-License-Identifier: GPL-2.0-or-later
/* The words of "sipctl kernel config set", and of ranges. */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sipctl/kernel_config.h"
#include "sipctl/names.h"
#include "sipctl/parse.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define WORDS_MAX 16

static struct sf_config config;
static const char *devices[WORDS_MAX];
static char line[256], why[256];

static int parse(const char *text)
{
	char *words[WORDS_MAX];
	int n = 0;

	strcpy(line, text);
	for (char *word = strtok(line, " "); word; word = strtok(NULL, " "))
		words[n++] = word;
	strcpy(why, "untouched");
	return kernel_config_parse(&config, devices, n, words, why, sizeof(why));
}

static void reads_settings(void **state)
{
	(void)state;
	assert_int_equal(parse("max-endpoints 4000"), 0);
	assert_int_equal(config.has, SF_HAS_ENDPOINTS_MAX);
	assert_int_equal(config.endpoints_max, 4000);
	assert_int_equal(parse("hooks listed eth0 bond0.12 max-sessions 0x10"), 0);
	assert_int_equal(config.has, SF_HAS_HOOKS | SF_HAS_SESSIONS_MAX);
	assert_int_equal(config.hooks, SIPFAST_HOOKS_LISTED);
	assert_int_equal(config.ndevices, 2);
	assert_string_equal(config.devices[0], "eth0");
	assert_string_equal(config.devices[1], "bond0.12");
	assert_int_equal(config.sessions_max, 16);
	assert_int_equal(parse("hooks auto"), 0);
	assert_int_equal(config.hooks, SIPFAST_HOOKS_AUTO);
	assert_int_equal(config.ndevices, 0);
	assert_int_equal(parse("hooks prerouting"), 0);
	assert_int_equal(config.hooks, SIPFAST_HOOKS_PREROUTING);
}

static void tells_what_is_wrong(void **state)
{
	static const struct {
		const char *words;
		const char *why;
	} cases[] = {
		{ "eth0", "unknown word \"eth0\", configuration, "
			  "give hooks, max-sessions or max-endpoints" },
		{ "hooks", "incomplete \"hooks\", configuration, "
			   "give auto, prerouting or listed with devices after it" },
		{ "hooks eth0", "bad hooks \"eth0\", configuration, "
				"give auto, prerouting or listed with devices" },
		{ "hooks listed", "incomplete \"listed\", configuration, give devices after it" },
		{ "hooks listed max-sessions 5",
		  "incomplete \"listed\", configuration, give devices after it" },
		{ "hooks listed eth0 sixteen-letters-",
		  "bad device \"sixteen-letters-\", configuration, "
		  "give a name of 15 characters at most" },
		{ "hooks auto eth0", "unknown word \"eth0\", configuration, "
				     "give hooks, max-sessions or max-endpoints" },
		{ "hooks auto hooks auto", "repeated word \"hooks\", configuration, give it once" },
		{ "max-sessions many", "bad max-sessions \"many\", configuration, give a number" },
		{ "max-sessions 4294967296",
		  "bad max-sessions \"4294967296\", configuration, give a number" },
		{ "max-endpoints -1", "bad max-endpoints \"-1\", configuration, give a number" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(parse(cases[i].words), -EINVAL);
		assert_string_equal(why, cases[i].why);
	}
}

static void ranges_read_as_they_are_named(void **state)
{
	static const char *const good[] = {
		"10.0.1.1:1-65535",
		"10.0.1.1:30000-30000",
		"[2001:db8::1]:30000-39999",
		"[::]:1-2",
	};
	static const char *const bad[] = {
		"10.0.1.1",	    "10.0.1.1:5",	 "10.0.1.1:0-5",   "10.0.1.1:6-5",
		"10.0.1.1:1-65536", "2001:db8::1:1-2",	 "[10.0.1.1]:1-2", "[2001:db8::1:1-2",
		"[2001:db8::1]1-2", "[2001:db8::g]:1-2", "[]:1-2",	   ":1-2",
	};
	struct sf_range range;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		char *name;

		assert_int_equal(parse_range(good[i], &range), 0);
		name = name_range(&range);
		assert_string_equal(name, good[i]);
		free(name);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(parse_range(bad[i], &range), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_settings),
		cmocka_unit_test(tells_what_is_wrong),
		cmocka_unit_test(ranges_read_as_they_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
