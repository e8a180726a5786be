// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration of codecs. */
#include "config_fixture.h"

/* What follows is of line 4. */
#define REALM(more) \
	"media: none\nrealms:\n - name: a\n   " more "\n   listen: [ udp:10.0.0.1:5060 ]\n"

#define CODECS REALM("codecs: { allow: [ PCMA, L16/44100 ], order: [ L16/44100 ] }")
#define TRUNK                                              \
	"trunks:\n"                                        \
	" - { name: t, realm: a, address: \"10.0.0.9\",\n" \
	"     video-codecs: { deny: [ VP8 ] } }\n"

static void codecs_are_read(void **state)
{
	static const char text[] = CODECS TRUNK;
	struct cfg *cfg = load(text);
	const struct sdp_codec_rules *rules;

	(void)state;
	assert_string_equal(told, "");
	assert_non_null(cfg);
	rules = &cfg->realms[0].codecs;
	assert_int_equal(rules->audio.allow.count, 2);
	assert_string_equal(rules->audio.allow.codecs[0].name, "PCMA");
	assert_int_equal(rules->audio.allow.codecs[0].clock_rate, 0);
	assert_string_equal(rules->audio.order.codecs[0].name, "L16");
	assert_int_equal(rules->audio.order.codecs[0].clock_rate, 44100);
	assert_int_equal(rules->audio.deny.count, 0);
	assert_false(sdp_codec_rule_is_set(&rules->video));
	assert_true(cfg->trunk_codecs);
	assert_false(sdp_codec_rule_is_set(&cfg->trunks[0].codecs.audio));
	assert_string_equal(cfg->trunks[0].codecs.video.deny.codecs[0].name, "VP8");
	cfg_free(cfg);
}

static void t38_can_be_denied(void **state)
{
	struct cfg *cfg = load(REALM("codecs: { allow: [ PCMA ], deny: [ t38 ] }"));

	(void)state;
	assert_string_equal(told, "");
	assert_string_equal(cfg->realms[0].codecs.audio.deny.codecs[0].name, "t38");
	cfg_free(cfg);
}

static void without_them_all_pass(void **state)
{
	struct cfg *cfg = load(REALM(""));

	(void)state;
	assert_non_null(cfg);
	assert_false(sdp_codec_rules_are_set(&cfg->realms[0].codecs));
	assert_false(cfg->trunk_codecs);
	cfg_free(cfg);
}

static void mistakes_are_told(void **state)
{
	static const struct {
		const char *text, *expected;
	} cases[] = {
		{ REALM("codecs: { allow: [ PCMA, /8000 ] }"),
		  "4:29: \"/8000\" is no codec; write its name in a=rtpmap, such as PCMA, or name "
		  "and clock rate, such as L16/44100\n" },
		{ REALM("codecs: { deny: [ L16/fast ] }"),
		  "4:22: \"L16/fast\" is no codec; write its name in a=rtpmap, such as PCMA, or "
		  "name and clock rate, such as L16/44100\n" },
		{ REALM("codecs: { deny: [ L16/0 ] }"),
		  "4:22: \"L16/0\" is no codec; write its name in a=rtpmap, such as PCMA, or "
		  "name and clock rate, such as L16/44100\n" },
		{ REALM("codecs: { allow: [ opus, pcma ], deny: [ PCMA ] }"),
		  "4:29: \"pcma\" is allowed and denied; take it out of one list\n" },
		{ REALM("video-codecs: { allow: [ H264 ], order: [ VP8 ] }"),
		  "4:46: \"VP8\" has a place in the order, but is not allowed; allow it, or "
		  "take it out\n" },
		{ REALM("codecs: { allow: [ PCMA, T38 ] }"),
		  "4:29: \"t38\" is fax, no codec; it passes unless codecs.deny has it, without a "
		  "clock rate\n" },
		{ REALM("codecs: { deny: [ t38/8000 ], order: [ t38 ] }"),
		  "4:22: \"t38\" is fax, no codec; it passes unless codecs.deny has it, without a "
		  "clock rate\n"
		  "4:43: \"t38\" is fax, no codec; it passes unless codecs.deny has it, without a "
		  "clock rate\n" },
		{ REALM("video-codecs: { deny: [ t38 ] }"),
		  "4:28: \"t38\" is fax, no codec; it passes unless codecs.deny has it, without a "
		  "clock rate\n" },
		{ REALM("codecs: { deny: [ L16 ], order: [ L16/8000 ] }"),
		  "4:38: \"L16/8000\" has a place in the order, but is not allowed; allow it, or "
		  "take it out\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_null(load(cases[i].text));
		assert_string_equal(told, cases[i].expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codecs_are_read),
		cmocka_unit_test(t38_can_be_denied),
		cmocka_unit_test(without_them_all_pass),
		cmocka_unit_test(mistakes_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
