// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration of voicemail and hunt groups, and what destinations mean. */
#include <errno.h>
#include <stdio.h>

#include "config/destination.h"
#include "config_fixture.h"

/* What follows is of line 6. */
#define BEFORE                                                                    \
	"media: none\nrealms: [ { name: a, listen: [ udp:10.0.0.1:5060 ] } ]\n"   \
	"trunks: [ { name: t, realm: a, address: \"10.0.0.9:5070\" },\n"          \
	"  { name: v6, realm: a, address: \"10.0.0.8\" } ]\n"                     \
	"domains: [ { name: d.com, realm: a, registrar: true, voicemail: vm@t }," \
	" { name: e.com, realm: a } ]\n"

static void groups_are_read(void **state)
{
	struct cfg *cfg =
		load(BEFORE "groups:\n"
			    " - { name: sales, domain: D.com, members: [ al, \"+44\", x@t ] }\n"
			    " - { name: help, domain: d.com, members: [ bo ], strategy: linear,\n"
			    "     member-timeout: 7s, overflow: voicemail }\n"
			    " - { name: turn, domain: d.com, members: [ bo, bo@e.com ],\n"
			    "     strategy: round-robin, overflow: sales }\n");

	(void)state;
	assert_string_equal(told, "");
	assert_non_null(cfg);
	assert_string_equal(cfg->domains[0].voicemail, "vm@t");
	assert_null(cfg->domains[1].voicemail);
	assert_int_equal(cfg->ngroups, 3);
	assert_ptr_equal(cfg->groups[0].domain, &cfg->domains[0]);
	assert_int_equal(cfg->groups[0].strategy, CFG_RING_ALL);
	assert_int_equal(cfg->groups[0].nmembers, 3);
	assert_string_equal(cfg->groups[0].members[1], "+44");
	assert_int_equal(cfg->groups[0].member_timeout_ms, 20000);
	assert_null(cfg->groups[0].overflow);
	assert_int_equal(cfg->groups[1].member_timeout_ms, 7000);
	assert_string_equal(cfg->groups[1].overflow, "voicemail");
	assert_string_equal(cfg_hunting_name(cfg->groups[1].strategy), "linear");
	assert_string_equal(cfg_hunting_name(cfg->groups[2].strategy), "round-robin");
	assert_ptr_equal(cfg_find_group(cfg, &cfg->domains[0], "help"), &cfg->groups[1]);
	assert_null(cfg_find_group(cfg, &cfg->domains[1], "help"));
	assert_null(cfg_find_group(cfg, &cfg->domains[0], "helper"));
	cfg_free(cfg);
}

#define GROUP(rest) BEFORE "groups: [ { name: g, domain: d.com, members: [ al ]" rest " } ]\n"

static void mistakes_are_told(void **state)
{
	static const struct {
		const char *text, *expected;
	} cases[] = {
		{ BEFORE "groups: [ { name: g, domain: x.com, members: [ al ] } ]\n",
		  "6:30: there is no domain \"x.com\"; name one of this file, or add it\n" },
		{ BEFORE "groups: [ { name: g, domain: e.com, members: [ al ] } ]\n",
		  "6:30: domain \"e.com\" is no registrar, so its groups could not be called; set "
		  "its registrar: true\n" },
		{ BEFORE "groups:\n - { name: g, domain: d.com, members: [ a ] }\n"
			 " - { name: g, domain: d.com, members: [ a ] }\n",
		  "8:12: there is a group \"g\" of this domain already, in line 7; choose another "
		  "name\n" },
		{ BEFORE "groups: [ { name: \"g h\", domain: d.com, members: [ a ] } ]\n",
		  "6:19: \"g h\" is no name of a group; " },
		{ BEFORE "groups: [ { name: g, domain: d.com, members: [ a, b, a ] } ]\n",
		  "6:54: \"a\" is a member already; name it once\n" },
		{ BEFORE "groups: [ { name: g, domain: d.com, members: [ voicemail ] } ]\n",
		  "6:48: voicemail cannot be a member; make it the overflow\n" },
		{ BEFORE "groups: [ { name: g, domain: d.com, members: [ a@x.com ] } ]\n",
		  "6:48: \"a@x.com\" names a host that is neither a domain nor a trunk of the "
		  "configuration; calls are sent on to nobody else\n" },
		{ BEFORE "groups: [ { name: g, domain: d.com, members: [ \"a b\" ] } ]\n",
		  "6:48: \"a b\" cannot be read; write a user, a number, USER@DOMAIN or "
		  "USER@TRUNK\n" },
		{ GROUP(", member-timeout: 0"), "6:70: member-timeout cannot be \"0\"; " },
		{ GROUP(", member-timeout: 2h"), "6:70: member-timeout cannot be \"2h\"; " },
		{ GROUP(", overflow: a@10.0.0.7"), "6:64: \"a@10.0.0.7\" names a host that " },
		{ GROUP(", strategy: random"), "6:64: strategy cannot be " },
		{ "media: none\nrealms: [ { name: a, listen: [ udp:10.0.0.1:5060 ] } ]\n"
		  "domains: [ { name: d, realm: a, voicemail: vm@10.0.0.9 } ]\n",
		  "3:44: \"vm@10.0.0.9\" names a host that " },
		{ "media: none\nrealms: [ { name: a, listen: [ udp:10.0.0.1:5060 ] } ]\n"
		  "domains: [ { name: d, realm: a, voicemail: voicemail } ]\n",
		  "3:44: voicemail cannot be \"voicemail\"; " },
		{ "media: none\nrealms: [ { name: a, listen: [ udp:10.0.0.1:5060 ] } ]\n"
		  "domains: [ { name: d, realm: a, registrar: true } ]\n"
		  "groups: [ { name: g, domain: d, members: [ a ], overflow: voicemail } ]\n",
		  "4:59: \"voicemail\" is not set for this domain; " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_null(load(cases[i].text));
		told[strlen(cases[i].expected)] = '\0';
		assert_string_equal(told, cases[i].expected);
	}
}

static void destinations(void **state)
{
	static const struct {
		const char *text, *user;
		int ret;
		int domain, trunk; /* -1: none */
	} cases[] = {
		{ "bob", "bob", 0, 0, -1 },
		{ "+44%20", "+44%20", 0, 0, -1 },
		{ "*97", "*97", 0, 0, -1 },
		{ "sip:bob", "bob", 0, 0, -1 },
		{ "SIP:bob@E.com", "bob", 0, 1, -1 },
		{ "x@t", "x", 0, -1, 0 },
		{ "x@10.0.0.9", "x", 0, -1, 0 },
		{ "sip:x@10.0.0.9:5070", "x", 0, -1, 0 },
		{ "x@v6", "x", 0, -1, 1 },
		{ "x@10.0.0.8:5060", "x", 0, -1, 1 },
		{ "voicemail", "vm", 0, -1, 0 },
		{ "x@10.0.0.9:5060", NULL, -ENOENT, 0, 0 },
		{ "x@d.com:5060", NULL, -ENOENT, 0, 0 },
		{ "x@t:5070", NULL, -ENOENT, 0, 0 },
		{ "sips:x@d.com", NULL, -EINVAL, 0, 0 },
		{ "tel:+44", NULL, -EINVAL, 0, 0 },
		{ "x:secret@d.com", NULL, -EINVAL, 0, 0 },
		{ "x@d.com;y", NULL, -EINVAL, 0, 0 },
		{ "x@d.com?y=z", NULL, -EINVAL, 0, 0 },
		{ "x>,<sip:y@d.com", NULL, -EINVAL, 0, 0 },
		{ "x\r\nX: y", NULL, -EINVAL, 0, 0 },
		{ "@d.com", NULL, -EINVAL, 0, 0 },
		{ "", NULL, -EINVAL, 0, 0 },
		{ "a@b@c", NULL, -EINVAL, 0, 0 },
	};
	struct cfg *cfg = load(BEFORE);
	struct cfg_destination to;
	char longest[600];

	(void)state;
	assert_non_null(cfg);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int ret = cfg_destination_read(&to, cfg, &cfg->domains[0], cases[i].text);

		if (ret != cases[i].ret)
			print_error("%s\n", cases[i].text);
		assert_int_equal(ret, cases[i].ret);
		if (ret)
			continue;
		assert_string_equal(to.user, cases[i].user);
		assert_ptr_equal(to.domain,
				 cases[i].domain < 0 ? NULL : &cfg->domains[cases[i].domain]);
		assert_ptr_equal(to.trunk,
				 cases[i].trunk < 0 ? NULL : &cfg->trunks[cases[i].trunk]);
		assert_int_equal(to.voicemail, !strcmp(cases[i].text, "voicemail"));
	}
	assert_int_equal(cfg_destination_read(&to, cfg, &cfg->domains[1], "voicemail"), -ENODATA);
	memset(longest, '1', sizeof(longest));
	longest[CFG_DESTINATION_MAX] = '\0';
	assert_int_equal(cfg_destination_read(&to, cfg, &cfg->domains[0], longest), 0);
	longest[CFG_DESTINATION_MAX] = '1';
	longest[CFG_DESTINATION_MAX + 1] = '\0';
	assert_int_equal(cfg_destination_read(&to, cfg, &cfg->domains[0], longest), -EINVAL);
	longest[CFG_DESTINATION_MAX + 1] = '1';
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(cfg_destination_read(&to, cfg, &cfg->domains[0], longest), -EINVAL);
	cfg_free(cfg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups_are_read),
		cmocka_unit_test(mistakes_are_told),
		cmocka_unit_test(destinations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
