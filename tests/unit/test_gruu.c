// SPDX-License-Identifier: GPL-2.0-or-later
/* GRUUs: what is written, read and refused. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "call/gruu.h"

static struct cfg_domain domain = { .name = (char[]){ "example.com" }, .registrar = true };
static const struct cfg cfg = { .domains = &domain, .ndomains = 1 };
static const struct gruu_key key = { { 1, 2, 3 }, { 4, 5, 6 } };

static struct location_binding *binding(const char *instance, const char *call_id)
{
	const struct view texts[LOCATION_TEXTS] = {
		[LOCATION_CONTACT] = VIEW_LIT("sip:al@192.0.2.1"),
		[LOCATION_CALL_ID] = view_str(call_id),
		[LOCATION_INSTANCE] = view_str(instance),
	};
	struct location_binding *made = location_binding_alloc(texts);

	assert_non_null(made);
	return made;
}

struct given {
	char pub[512], temp[512];
};

static void take(const char *text, const char *name, char uri[512])
{
	const char *start = strstr(text, name);
	size_t len;

	assert_non_null(start);
	start += strlen(name);
	len = strcspn(start, "\"");
	memcpy(uri, start, len);
	uri[len] = '\0';
}

static struct given give(const char *user, const char *instance, const char *call_id)
{
	struct location_binding *at = binding(instance, call_id);
	struct aor aor = { .domain = &domain };
	struct given given;
	struct sip_out out;
	char text[1024];

	strcpy(aor.user, user);
	sip_out_init(&out, text, sizeof(text) - 1);
	gruu_write(&out, &key, &aor, at);
	assert_true(sip_out_ok(&out));
	text[out.len] = '\0';
	take(text, ";pub-gruu=\"", given.pub);
	take(text, ";temp-gruu=\"", given.temp);
	free(at);
	return given;
}

/* As gruu_read(), and then gruu_fits() with that binding. */
static int leads_to(const char *uri_text, const struct gruu_key *with, const char *user,
		    const char *instance, const char *call_id)
{
	struct location_binding *at = binding(instance, call_id);
	struct gruu gruu;
	struct sip_uri uri;
	struct aor aor;
	int ret;

	assert_int_equal(sip_uri_parse(&uri, view_str(uri_text)), 0);
	ret = gruu_read(&gruu, &aor, with, &cfg, &uri);
	if (ret == 1) {
		assert_string_equal(aor.user, user);
		ret = gruu_fits(&gruu, with, &aor, at);
	}
	free(at);
	return ret;
}

#define ONE "\"<urn:uuid:1>\""
#define TWO "\"<urn:uuid:2>\""

/* Shows: 5627/5.3a 5627/5.4a */
static void a_public_one_is_of_the_instance(void **state)
{
	struct given given = give("al", ONE, "c"), odd = give("al", "\"<a;b=\\\"c>\"", "c");

	(void)state;
	assert_string_equal(given.pub, "sip:al@example.com;gr=urn:uuid:1");
	assert_string_equal(odd.pub, "sip:al@example.com;gr=a%3Bb%3D%5C%22c");
	assert_int_equal(leads_to(given.pub, &key, "al", ONE, "other"), 1);
	assert_int_equal(leads_to(given.pub, &key, "al", TWO, "c"), 0);
	assert_int_equal(leads_to(given.pub, &key, "al", "", "c"), 0);
	assert_int_equal(leads_to(odd.pub, &key, "al", "\"<a;b=\\\"c>\"", "c"), 1);
	assert_int_equal(leads_to("sip:al@example.com;gr=%75rn:uuid:1", &key, "al", ONE, "c"), 1);
}

/* Shows: 5627/5.3b 5627/6 */
static void a_temporary_one_is_of_the_registration(void **state)
{
	static const struct gruu_key another = { { 1, 2, 3 }, { 4, 5, 7 } };
	char longest[AOR_USER_MAX + 1], text[512];
	struct given first = give("al", ONE, "c"), second = give("al", ONE, "c");

	(void)state;
	assert_string_not_equal(first.temp, second.temp);
	assert_null(strstr(first.temp, "urn"));
	assert_int_equal(leads_to(first.temp, &key, "al", ONE, "c"), 1);
	assert_int_equal(leads_to(second.temp, &key, "al", ONE, "c"), 1);
	assert_int_equal(leads_to(first.temp, &key, "al", ONE, "d"), 0);
	assert_int_equal(leads_to(first.temp, &key, "al", TWO, "c"), 0);
	assert_int_equal(leads_to(first.temp, &another, "al", ONE, "c"), 0);
	/* The names of many users have one length. */
	assert_int_equal(strlen(give("bartholomew", ONE, "c").temp), strlen(first.temp));
	for (size_t len = 1; len <= AOR_USER_MAX; len++) {
		memset(longest, 'u', len);
		longest[len] = '\0';
		strcpy(text, give(longest, ONE, "c").temp);
		assert_int_equal(leads_to(text, &key, longest, ONE, "c"), 1);
	}
}

/* Shows: 5627/5.4b 5627/6 */
static void no_other_octet_will_do(void **state)
{
	struct given given = give("al", ONE, "c");
	const char *end = strchr(given.temp, '@');
	struct sip_uri uri;
	struct gruu gruu;
	struct aor aor;

	(void)state;
	for (char *p = given.temp + strlen("sip:tgruu."); p < end; p++) {
		struct location_binding *at = binding(ONE, "c");
		char was = *p;

		*p = was == 'A' ? 'B' : 'A';
		assert_int_equal(sip_uri_parse(&uri, view_str(given.temp)), 0);
		if (gruu_read(&gruu, &aor, &key, &cfg, &uri) == 1)
			assert_false(gruu_fits(&gruu, &key, &aor, at));
		*p = was;
		free(at);
	}
}

static void what_is_none_is_told_from_what_cannot_be(void **state)
{
	static const struct {
		const char *uri;
		int ret;
	} cases[] = {
		{ "sip:al@example.com", 0 },
		{ "sip:al@example.net;gr=urn:uuid:1", 0 },
		{ "tel:+49;gr", 0 },
		{ "sip:al@example.com;gr", -ENOENT },
		{ "sip:tgruu.@example.com;gr", -ENOENT },
		{ "sip:tgruu.AAAA@example.com;gr", -ENOENT },
		{ "sip:tgruu.A+A*@example.com;gr", -ENOENT },
		{ "sip:example.com;gr=urn:uuid:1", -ENOENT },
		{ "sip:example.com;gr", -ENOENT },
	};
	char long_one[2048] = "sip:al@example.com;gr=";
	struct gruu gruu;
	struct sip_uri uri;
	struct aor aor;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(sip_uri_parse(&uri, view_str(cases[i].uri)), 0);
		assert_int_equal(gruu_read(&gruu, &aor, &key, &cfg, &uri), cases[i].ret);
	}
	memset(long_one + strlen(long_one), 'x', GRUU_INSTANCE_MAX + 1);
	assert_int_equal(sip_uri_parse(&uri, view_str(long_one)), 0);
	assert_int_equal(gruu_read(&gruu, &aor, &key, &cfg, &uri), -ENOENT);
	strcpy(long_one, "sip:tgruu.");
	memset(long_one + strlen(long_one), 'A', 1000);
	strcat(long_one, "@example.com;gr");
	assert_int_equal(sip_uri_parse(&uri, view_str(long_one)), 0);
	assert_int_equal(gruu_read(&gruu, &aor, &key, &cfg, &uri), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_public_one_is_of_the_instance),
		cmocka_unit_test(a_temporary_one_is_of_the_registration),
		cmocka_unit_test(no_other_octet_will_do),
		cmocka_unit_test(what_is_none_is_told_from_what_cannot_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
