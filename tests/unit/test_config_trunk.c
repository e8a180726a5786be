// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration of registrations with trunks, and whether two are of the same. */
#include <stdio.h>

#include "config/equal.h"
#include "config_fixture.h"

/* What follows is of line 3. */
#define BEFORE "media: none\nrealms: [ { name: a, listen: [ udp:10.0.0.1:5060 ] } ]\n"
#define ACCOUNT "credentials: { user: al, password: x }"
#define TRUNK(keys) BEFORE "trunks: [ { name: t, realm: a, " keys " } ]\n"
#define ADDRESS "address: 10.0.0.9, " ACCOUNT

static const struct cfg_registration *registration_of(const struct cfg *cfg)
{
	if (!cfg)
		print_error("%s", told);
	assert_non_null(cfg);
	assert_non_null(cfg->trunks[0].registration);
	return cfg->trunks[0].registration;
}

static void presets(void **state)
{
	struct cfg *cfg = load(TRUNK("uri: \"sip:sip.carrier.example\", " ACCOUNT
				     ", register: { user: '+15550100' }"));
	const struct cfg_registration *registration = registration_of(cfg);

	(void)state;
	assert_string_equal(registration->user, "+15550100");
	assert_string_equal(registration->contact, "+15550100");
	assert_string_equal(registration->domain, "sip.carrier.example");
	assert_int_equal(registration->expires_s, 3600);
	assert_int_equal(registration->retry_ms, 30000);
	assert_int_equal(registration->max_retry_ms, 1800000);
	assert_int_equal(registration->refused_ms, 3600000);
	cfg_free(cfg);
}

static void what_is_not_said_comes_from_the_trunk(void **state)
{
	static const struct {
		const char *text, *user, *domain;
	} cases[] = {
		{ TRUNK(ADDRESS ", register: { expires: 30s }"), "al", "10.0.0.9" },
		{ TRUNK("uri: \"sip:[2001:db8::1]:5070\", register: { user: b }"), "b",
		  "[2001:db8::1]" },
		{ TRUNK("uri: \"sip:c.example:5070\", register: { user: b, domain: d.example }"),
		  "b", "d.example" },
		{ TRUNK(ADDRESS ", register: { domain: '[2001:db8::2]' }"), "al", "[2001:db8::2]" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct cfg *cfg = load(cases[i].text);

		assert_string_equal(registration_of(cfg)->user, cases[i].user);
		assert_string_equal(registration_of(cfg)->domain, cases[i].domain);
		cfg_free(cfg);
	}
}

static void all_keys(void **state)
{
	struct cfg *cfg = load(TRUNK(
		ADDRESS ", register: { user: b, domain: d.example, contact: in.bound, expires: 2h, "
			"retry: 500ms, max-retry: 1m, refused-retry: 7m }"));
	const struct cfg_registration *registration = registration_of(cfg);

	(void)state;
	assert_string_equal(registration->contact, "in.bound");
	assert_int_equal(registration->expires_s, 7200);
	assert_int_equal(registration->retry_ms, 500);
	assert_int_equal(registration->max_retry_ms, 60000);
	assert_int_equal(registration->refused_ms, 420000);
	cfg_free(cfg);
	/* What was not written follows what was. */
	cfg = load(TRUNK(ADDRESS ", register: { retry: 40m }"));
	assert_int_equal(registration_of(cfg)->max_retry_ms, 2400000);
	cfg_free(cfg);
	cfg = load(TRUNK(ADDRESS));
	assert_non_null(cfg);
	assert_null(cfg->trunks[0].registration);
	cfg_free(cfg);
}

static void health(void **state)
{
	struct cfg *cfg = load(TRUNK(ADDRESS ", health: { interval: 15s }"));

	(void)state;
	assert_non_null(cfg);
	assert_int_equal(cfg->trunks[0].health_ms, 15000);
	assert_int_equal(cfg->trunks[0].health_fall, 3);
	assert_int_equal(cfg->trunks[0].health_rise, 2);
	cfg_free(cfg);
	cfg = load(TRUNK(ADDRESS ", health: { interval: 1m, fall: 5, rise: 1 }"));
	assert_non_null(cfg);
	assert_int_equal(cfg->trunks[0].health_fall, 5);
	assert_int_equal(cfg->trunks[0].health_rise, 1);
	cfg_free(cfg);
}

static void mistakes_are_told(void **state)
{
	static const struct {
		const char *text, *expected;
	} cases[] = {
		{ TRUNK("address: 10.0.0.9, register: { expires: 1h }"),
		  "3:61: register has no user, and the trunk no credentials to take it from; write "
		  "\"register: { user: USER }\", or credentials\n" },
		{ TRUNK(ADDRESS ", register: { user: 'a b' }"),
		  "3:109: user cannot be \"a b\"; write what stands before the @ of a SIP address, "
		  "such as +15550100\n" },
		{ TRUNK(ADDRESS ", register: { contact: 'a@b' }"),
		  "3:112: contact cannot be \"a@b\"; write what stands before the @ of a SIP "
		  "address, such as +15550100\n" },
		{ TRUNK(ADDRESS ", register: { domain: 'sip:x' }"),
		  "3:111: domain cannot be \"sip:x\"; write the name or address behind the @ of "
		  "the carrier's SIP addresses, such as carrier.example\n" },
		{ TRUNK(ADDRESS ", register: { expires: 10s }"),
		  "3:112: expires of 10s is out of range; choose 30000ms to 604800s\n" },
		{ TRUNK(ADDRESS ", register: { retry: never }"),
		  "3:110: retry cannot be \"never\"; write a number with ms, s, m or h, such as "
		  "500ms\n" },
		{ TRUNK(ADDRESS ", register: { retry: 2m, max-retry: 1m }"),
		  "3:125: max-retry (60000ms) is less than retry (120000ms); make it at least as "
		  "long\n" },
		{ TRUNK(ADDRESS ", register: { refused-retry: 0 }"),
		  "3:118: refused-retry of 0 is out of range; choose 500ms to 604800s\n" },
		{ TRUNK(ADDRESS ", health: { interval: 0 }"),
		  "3:111: interval of 0 is out of range; choose 500ms to 3600s\n" },
		{ TRUNK(ADDRESS ", health: { interval: 5s, fall: 0, rise: 101 }"),
		  "3:121: fall cannot be 0; choose 1 to 100\n"
		  "3:130: rise cannot be 101; choose 1 to 100\n" },
		{ TRUNK(ADDRESS ", register: { expire: 1h }"),
		  "3:103: unknown key \"expire\" in register; did you mean \"expires\"?\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_null(load(cases[i].text));
		if (strcmp(told, cases[i].expected))
			print_error("in:\n%s", cases[i].text);
		assert_string_equal(told, cases[i].expected);
	}
}

/* --- two configurations --- */

#define LONG_ONE                                                                                 \
	"uri: \"sip:c.example\", credentials: { user: al, password: x, realm: r }, register: { " \
	"user: b, domain: d.example, contact: c }"

/* What goes on with another configuration, and what begins anew. */
static void the_same_registration(void **state)
{
	static const struct {
		const char *text;
		bool same;
	} cases[] = {
		{ TRUNK(LONG_ONE), true },
		/* Of no matter to who is registered already. */
		{ TRUNK("weight: 7, no-answer: 3s, " LONG_ONE), true },
		{ BEFORE
		  "trunks: [ { name: first, realm: a, address: 10.0.0.8 }, { name: t, realm: "
		  "a, " LONG_ONE " } ]\n",
		  true },
		{ TRUNK("uri: \"sip:c.example\", credentials: { user: al, password: x, realm: r }, "
			"register: { user: b, domain: d.example, contact: c, expires: 1m, retry: "
			"1s, refused-retry: 1s }"),
		  true },
		{ BEFORE "trunks: [ { name: u, realm: a, " LONG_ONE " } ]\n", false },
		{ TRUNK("uri: \"sip:e.example\", credentials: { user: al, password: x, realm: r }, "
			"register: { user: b, domain: d.example, contact: c }"),
		  false },
		{ TRUNK("address: 10.0.0.9, credentials: { user: al, password: x, realm: r }, "
			"register: { user: b, domain: d.example, contact: c }"),
		  false },
		{ TRUNK("uri: \"sip:c.example\", credentials: { user: al, password: y, realm: r }, "
			"register: { user: b, domain: d.example, contact: c }"),
		  false },
		{ TRUNK("uri: \"sip:c.example\", credentials: { user: al, password: x }, "
			"register: { user: b, domain: d.example, contact: c }"),
		  false },
		{ TRUNK("uri: \"sip:c.example\", register: { user: b, domain: d.example, contact: "
			"c }"),
		  false },
		{ TRUNK("uri: \"sip:c.example\", credentials: { user: al, password: x, realm: r }, "
			"register: { user: bb, domain: d.example, contact: c }"),
		  false },
		{ TRUNK("uri: \"sip:c.example\", credentials: { user: al, password: x, realm: r }, "
			"register: { user: b, domain: dd.example, contact: c }"),
		  false },
		{ TRUNK("uri: \"sip:c.example\", credentials: { user: al, password: x, realm: r }, "
			"register: { user: b, domain: d.example, contact: cc }"),
		  false },
		{ TRUNK("uri: \"sip:c.example\", credentials: { user: al, password: x, realm: r }"),
		  false },
		{ "media: none\nrealms: [ { name: a, listen: [ udp:10.0.0.2:5060 ] } ]\n"
		  "trunks: [ { name: t, realm: a, " LONG_ONE " } ]\n",
		  false },
		{ "media: none\nrealms: [ { name: a, listen: [ udp:10.0.0.1:5060 ], advertise: "
		  "192.0.2.1 } ]\ntrunks: [ { name: t, realm: a, " LONG_ONE " } ]\n",
		  false },
		{ "media: none\nrealms: [ { name: b, listen: [ udp:10.0.0.1:5060 ] } ]\n"
		  "trunks: [ { name: t, realm: b, " LONG_ONE " } ]\n",
		  false },
	};
	struct cfg *first = load(TRUNK(LONG_ONE));

	(void)state;
	assert_non_null(first);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct cfg *cfg = load(cases[i].text);
		const struct cfg_trunk *trunk;

		if (!cfg)
			print_error("%s in:\n%s", told, cases[i].text);
		assert_non_null(cfg);
		trunk = &cfg->trunks[cfg->ntrunks - 1];
		if (cfg_trunk_registers_as(&first->trunks[0], trunk) != cases[i].same)
			print_error("in:\n%s", cases[i].text);
		assert_int_equal(cfg_trunk_registers_as(&first->trunks[0], trunk), cases[i].same);
		assert_int_equal(cfg_trunk_registers_as(trunk, &first->trunks[0]), cases[i].same);
		cfg_free(cfg);
	}
	cfg_free(first);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(presets),
		cmocka_unit_test(what_is_not_said_comes_from_the_trunk),
		cmocka_unit_test(all_keys),
		cmocka_unit_test(health),
		cmocka_unit_test(mistakes_are_told),
		cmocka_unit_test(the_same_registration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
