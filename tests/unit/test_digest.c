// SPDX-License-Identifier: GPL-2.0-or-later
/* Digest authentication: reading, writing, arithmetic, nonces, and the client's choice. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sip/digest.h"
#include "view_assert.h"

/* RFC 7616 s.3.9.1, the parameters that a line of it shares with the other. */
#define NONCE "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
#define CNONCE "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
#define RFC7616(algorithm, response)                                                             \
	"Digest username=\"Mufasa\",\r\n realm=\"http-auth@example.org\",\r\n"                   \
	" uri=\"/dir/index.html\",\r\n algorithm=" algorithm ",\r\n nonce=\"" NONCE              \
	"\",\r\n nc=00000001,\r\n cnonce=\"" CNONCE "\",\r\n qop=auth,\r\n response=\"" response \
	"\",\r\n opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""

struct example {
	const char *header;
	enum sip_digest_algorithm algorithm;
};

/* The first two are of RFC 7616, the others were computed with Python's hashlib. */
static const struct example examples[] = {
	{ RFC7616("MD5", "8ca523f5e9506fed4657c9700eebdbec"), SIP_DIGEST_MD5 },
	{ RFC7616("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
	  SIP_DIGEST_SHA256 },
	{ RFC7616("md5-SESS", "e783283f46242139c486a698fec7211d"), SIP_DIGEST_MD5_SESS },
	{ RFC7616("SHA-256-sess",
		  "2fd51b3a77ad75bad6afad6003e818d767133c46d9e2749e7f5232ae1ea3efd7"),
	  SIP_DIGEST_SHA256_SESS },
	{ RFC7616("SHA-512-256",
		  "430d05014cecc49cab6fbe03176d41a1da86cbfe24a16580e22aaad928d960d0"),
	  SIP_DIGEST_SHA512_256 },
	{ RFC7616("SHA-512-256-sess",
		  "3f2a34f923c38b0fb26dce2fdfc2ce326c23cecf86fbb1444f3e51fbbc2cb92e"),
	  SIP_DIGEST_SHA512_256_SESS },
	{ "Digest username=\"Mufasa\",realm=\"http-auth@example.org\",nonce=\"" NONCE
	  "\",uri=\"/dir/index.html\",response=\"7b2cc3b30e75b4777ea31027084363fd\"",
	  SIP_DIGEST_MD5 },
};

/* Shows: 7616/3.4.2a 7616/3.2a */
static void examples_of_the_rfc(void **state)
{
	struct sip_credentials credentials;
	char response[SIP_DIGEST_STRLEN];
	uint8_t ha1[SIP_DIGEST_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(*examples); i++) {
		assert_int_equal(sip_credentials_parse(&credentials, view_str(examples[i].header)),
				 0);
		assert_int_equal(credentials.algorithm, examples[i].algorithm);
		assert_int_equal(sip_digest_ha1(credentials.algorithm, credentials.username,
						credentials.realm, VIEW_LIT("Circle of Life"), ha1),
				 0);
		assert_int_equal(sip_digest_response(&credentials, ha1, VIEW_LIT("GET"), response),
				 0);
		assert_true(sip_digest_equal(credentials.response, view_str(response)));
		/* Another method, another response. */
		assert_int_equal(sip_digest_response(&credentials, ha1, VIEW_LIT("PUT"), response),
				 0);
		assert_false(sip_digest_equal(credentials.response, view_str(response)));
	}
}

static void hex_is_compared_whatever_its_case(void **state)
{
	(void)state;
	assert_true(sip_digest_equal(VIEW_LIT("00aAfF"), VIEW_LIT("00AaFf")));
	assert_false(sip_digest_equal(VIEW_LIT("00aa"), VIEW_LIT("00ab")));
	assert_false(sip_digest_equal(VIEW_LIT("00aa"), VIEW_LIT("00a")));
	/* Not by the bit that makes letters small. */
	assert_false(sip_digest_equal(VIEW_LIT("00"), VIEW_LIT("\x10\x10")));
}

static void credentials_are_read(void **state)
{
	struct sip_credentials c;

	(void)state;
	assert_int_equal(sip_credentials_parse(
				 &c, VIEW_LIT("digest  username = \"a\\\"b, c\" ,,uri=sip:x,"
					      "realm=\"\",nonce=\"n\",response=\"r\",nc=0000000A,"
					      "cnonce=\"c\",qop=\"auth\",other=x,opaque=\"\"")),
			 0);
	assert_view(c.username, "a\\\"b, c");
	assert_view(c.uri, "sip:x");
	assert_view(c.realm, "");
	assert_non_null(c.opaque.p);
	assert_int_equal(c.qop, SIP_DIGEST_QOP_AUTH);
	assert_int_equal(sip_credentials_nc(&c), 10);
}

#define NEEDED "username=\"u\",realm=\"r\",nonce=\"n\",uri=\"s\",response=\"p\""

/* Shows: 3261/22a */
static void wrong_credentials_are_refused(void **state)
{
	static const struct {
		const char *text;
		int ret;
	} cases[] = {
		{ "", -EBADMSG },
		{ "Basic QWxhZGRpbg==", -ENOTSUP },
		{ "Digest", -EBADMSG },
		{ "Digest " NEEDED ",realm=\"s\"", -EBADMSG },
		{ "Digest username=\"u\",realm=\"r\",nonce=\"n\",uri=\"s\"", -EBADMSG },
		{ "Digest " NEEDED ",qop=auth", -EBADMSG },
		{ "Digest " NEEDED ",qop=auth,cnonce=\"c\"", -EBADMSG },
		{ "Digest " NEEDED ",qop=auth,cnonce=\"c\",nc=1", -EBADMSG },
		{ "Digest " NEEDED ",qop=auth,cnonce=\"c\",nc=0000000g", -EBADMSG },
		{ "Digest " NEEDED ",qop=auth,cnonce=\"c\",nc=00000000", -EBADMSG },
		{ "Digest " NEEDED ",opaque=\"open", -EBADMSG },
		{ "Digest " NEEDED ",opaque=\"open\\\"", -EBADMSG },
		{ "Digest " NEEDED ",opaque", -EBADMSG },
		{ "Digest " NEEDED ",opaque=", -EBADMSG },
		{ "Digest " NEEDED " opaque=\"x\"", -EBADMSG },
		{ "Digest " NEEDED ",=x", -EBADMSG },
	};
	struct sip_credentials c;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(sip_credentials_parse(&c, view_str(cases[i].text)), cases[i].ret);
}

/* Shows: 7616/3.3c 3261/22.4a */
static void challenges_are_read_as_written(void **state)
{
	const struct sip_challenge written = {
		.realm = VIEW_LIT("example.com"),
		.nonce = VIEW_LIT("n1"),
		.opaque = VIEW_LIT("o"),
		.algorithm = SIP_DIGEST_SHA256,
		.qop = SIP_DIGEST_QOP_AUTH,
		.stale = true,
	};
	struct sip_challenge read;
	char text[256];
	struct sip_out out;

	(void)state;
	sip_out_init(&out, text, sizeof(text));
	sip_challenge_write(&out, "WWW-Authenticate", &written);
	assert_view(sip_out_text(&out),
		    "WWW-Authenticate: Digest realm=\"example.com\", nonce=\"n1\", opaque=\"o\", "
		    "algorithm=SHA-256, qop=\"auth\", stale=true\r\n");
	assert_int_equal(sip_challenge_parse(&read, (struct view){ text + 18, out.len - 20 }), 0);
	assert_view(read.realm, "example.com");
	assert_view(read.nonce, "n1");
	assert_view(read.opaque, "o");
	assert_int_equal(read.algorithm, SIP_DIGEST_SHA256);
	assert_int_equal(read.qop, SIP_DIGEST_QOP_AUTH);
	assert_true(read.stale);
	assert_int_equal(sip_challenge_parse(&read, VIEW_LIT("Digest realm=\"r\"")), -EBADMSG);
	assert_int_equal(
		sip_challenge_parse(&read, VIEW_LIT("Digest realm=\"r\",nonce=\"n\",qop=\"auth-int,"
						    "auth\",algorithm=SHA-1024")),
		0);
	assert_int_equal(read.qop, SIP_DIGEST_QOP_AUTH);
	assert_int_equal(read.algorithm, SIP_DIGEST_UNKNOWN);
	assert_false(read.stale);
	assert_int_equal(
		sip_challenge_parse(&read,
				    VIEW_LIT("Digest realm=\"r\",nonce=\"n\",qop=\"auth-int\"")),
		0);
	assert_int_equal(read.qop, SIP_DIGEST_QOP_AUTH_INT);
}

/* --- nonces --- */

static const struct sip_nonce_user al = {
	.realm = { "example.com", 11 },
	.host = { .family = AF_INET, .v4 = { 0x0a000102 } },
};

/* Shows: 7616/5.12a */
static void a_count_is_taken_once(void **state)
{
	struct sip_nonces *nonces = sip_nonces_alloc(300000);
	char text[SIP_NONCE_STRLEN];
	struct view nonce;
	uint64_t id;

	(void)state;
	assert_non_null(nonces);
	nonce = view_str(sip_nonce_write(nonces, &al, 5000, text));
	assert_int_equal(nonce.len, SIP_NONCE_STRLEN - 1);
	id = sip_nonce_read(nonces, nonce, &al, 5000);
	assert_true(sip_nonce_take(nonces, id, 1));
	assert_false(sip_nonce_take(nonces, id, 1));
	assert_true(sip_nonce_take(nonces, id, 3));
	assert_true(sip_nonce_take(nonces, id, 2));
	assert_false(sip_nonce_take(nonces, id, 2));
	assert_false(sip_nonce_take(nonces, id, 3));
	/* Those that are left far behind do not come any more. */
	assert_true(sip_nonce_take(nonces, id, 1000));
	assert_true(sip_nonce_take(nonces, id, 937));
	assert_false(sip_nonce_take(nonces, id, 936));
	assert_false(sip_nonce_take(nonces, id, 937));
	assert_true(sip_nonce_take(nonces, id, UINT32_MAX));
	assert_false(sip_nonce_take(nonces, id, 1000));
	sip_nonces_free(nonces);
}

static void without_a_count_it_is_good_once(void **state)
{
	struct sip_nonces *nonces = sip_nonces_alloc(300000);
	char text[SIP_NONCE_STRLEN];
	struct view nonce = view_str(sip_nonce_write(nonces, &al, 5000, text));
	uint64_t id = sip_nonce_read(nonces, nonce, &al, 5000);

	(void)state;
	assert_true(sip_nonce_take(nonces, id, 0));
	assert_false(sip_nonce_take(nonces, id, 0));
	sip_nonces_free(nonces);
}

static void nonces_are_of_a_realm_and_a_host(void **state)
{
	struct sip_nonces *nonces = sip_nonces_alloc(300000);
	struct sip_nonce_user users[] = { al, al, al, al };
	const size_t count = sizeof(users) / sizeof(*users);
	char text[SIP_NONCE_STRLEN];

	(void)state;
	users[1].realm = VIEW_LIT("example.net");
	users[2].host.v4.s_addr++;
	users[3].host.family = AF_UNSPEC;
	for (size_t i = 0; i < count; i++) {
		const struct view nonce =
			view_str(sip_nonce_write(nonces, &users[i], 5000, text));

		for (size_t j = 0; j < count; j++)
			assert_int_equal(sip_nonce_read(nonces, nonce, &users[j], 5000) != 0,
					 i == j);
	}
	sip_nonces_free(nonces);
}

static void foreign_and_old_nonces_are_stale(void **state)
{
	struct sip_nonces *nonces = sip_nonces_alloc(300000), *others = sip_nonces_alloc(300000);
	char text[SIP_NONCE_STRLEN], foreign[SIP_NONCE_STRLEN];
	struct view nonce = view_str(sip_nonce_write(nonces, &al, 5000, text));

	(void)state;
	assert_false(sip_nonce_read(others, nonce, &al, 5000));
	assert_false(sip_nonce_read(nonces, view_str(sip_nonce_write(others, &al, 5000, foreign)),
				    &al, 5000));
	assert_false(sip_nonce_read(nonces, VIEW_LIT(""), &al, 5000));
	assert_false(sip_nonce_read(nonces, VIEW_LIT("0000000500000000000000000000000G"), &al,
				    5000));
	assert_false(sip_nonce_read(nonces, nonce, &al, 306000));
	/* From the future, as the clock cannot go back: not of this process. */
	assert_false(sip_nonce_read(nonces, nonce, &al, 4000));
	assert_true(sip_nonce_read(nonces, nonce, &al, 305000));
	for (size_t i = 0; i < nonce.len; i++) {
		text[i] ^= 1;
		assert_false(sip_nonce_read(nonces, nonce, &al, 5000));
		text[i] ^= 1;
	}
	sip_nonces_free(others);
	sip_nonces_free(nonces);
}

/* Asking for challenges displaces nothing; a younger one that is used does. */
static void only_used_nonces_take_room(void **state)
{
	struct sip_nonces *nonces = sip_nonces_alloc(300000);
	char text[SIP_NONCE_STRLEN], other[SIP_NONCE_STRLEN];
	struct view nonce = view_str(sip_nonce_write(nonces, &al, 5000, text));
	uint64_t id = sip_nonce_read(nonces, nonce, &al, 5000);

	(void)state;
	assert_true(sip_nonce_take(nonces, id, 1));
	for (unsigned int i = 0; i < 1u << 18; i++)
		sip_nonce_write(nonces, &al, 5000, other);
	assert_true(sip_nonce_take(nonces, id, 2));
	assert_true(sip_nonce_take(nonces, sip_nonce_read(nonces, view_str(other), &al, 5000), 1));
	assert_false(sip_nonce_take(nonces, id, 3));
	sip_nonces_free(nonces);
}

/* --- the client --- */

#define CHALLENGED(status, challenges)                                                      \
	"SIP/2.0 " status " Unauthorized\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\n" \
	"From: <sip:al@h>;tag=1\r\nTo: <sip:al@h>;tag=2\r\nCall-ID: c\r\n"                  \
	"CSeq: 1 REGISTER\r\n" challenges "\r\n"

static void parse(struct sip_msg *msg, const char *text)
{
	struct sip_msg_error error;

	assert_int_equal(sip_msg_parse(msg, text, strlen(text), &error), 0);
}

/* Shows: 8760/2.4a 8760/2.4b 7616/3.3c 7616/3.7a */
static void the_client_takes_the_strongest(void **state)
{
	static struct sip_msg msg;
	const struct sip_header *header;
	struct sip_challenge challenge;

	(void)state;
	parse(&msg,
	      CHALLENGED("401", "WWW-Authenticate: Digest realm=\"one\",nonce=\"a\"\r\n"
				"WWW-Authenticate: Digest realm=\"one\",nonce=\"b\","
				"algorithm=SHA-1024\r\n"
				"WWW-Authenticate: Basic realm=\"one\"\r\n"
				"WWW-Authenticate: Digest realm=\"one\",nonce=\"c\",qop=\"auth\","
				"algorithm=SHA-256,opaque=\"p\"\r\n"
				"WWW-Authenticate: Digest realm=\"one\",nonce=\"e\","
				"algorithm=SHA-256\r\n"
				"WWW-Authenticate: Digest realm=\"one\",nonce=\"f\",qop=\"new\","
				"algorithm=SHA-512-256\r\n"
				"WWW-Authenticate: Digest realm=\"two\",nonce=\"d\"\r\n"));
	header = sip_challenge_next(&msg, NULL, &challenge);
	assert_non_null(header);
	assert_true(view_eq(challenge.nonce, VIEW_LIT("c")));
	header = sip_challenge_next(&msg, header, &challenge);
	assert_non_null(header);
	assert_true(view_eq(challenge.nonce, VIEW_LIT("d")));
	assert_null(sip_challenge_next(&msg, header, &challenge));
	/* A challenge of the other kind is none. */
	msg.status = 407;
	assert_null(sip_challenge_next(&msg, NULL, &challenge));
}

static void the_client_counts(void **state)
{
	const struct sip_digest_account account = { VIEW_LIT("al"), VIEW_LIT("x") };
	const struct sip_digest_request request = {
		.method = VIEW_LIT("REGISTER"),
		.uri = VIEW_LIT("sip:h"),
	};
	const struct sip_challenge challenge = {
		.realm = VIEW_LIT("one"),
		.nonce = VIEW_LIT("c"),
		.opaque = VIEW_LIT("p"),
		.algorithm = SIP_DIGEST_SHA256,
		.qop = SIP_DIGEST_QOP_AUTH,
	};
	struct sip_digest_session *session =
		sip_digest_session_alloc(&challenge, true, &account, VIEW_LIT("c0"));
	char text[1024];
	struct sip_out out;

	(void)state;
	assert_non_null(session);
	assert_true(sip_digest_session_is(session, true, VIEW_LIT("one")));
	assert_false(sip_digest_session_is(session, false, VIEW_LIT("one")));
	assert_false(sip_digest_session_is(session, true, VIEW_LIT("two")));
	for (unsigned int i = 1; i <= 16; i++) {
		char nc[16];

		sip_out_init(&out, text, sizeof(text) - 1);
		assert_int_equal(sip_digest_session_write(session, &request, &out), 0);
		text[out.len] = '\0';
		snprintf(nc, sizeof(nc), "nc=%08x\r\n", i);
		assert_string_equal(text + strlen(text) - strlen(nc), nc);
	}
	assert_non_null(strstr(text, "Proxy-Authorization: Digest username=\"al\", realm=\"one\", "
				     "nonce=\"c\", uri=\"sip:h\", response=\""));
	assert_non_null(strstr(text, "algorithm=SHA-256, cnonce=\"c0\", opaque=\"p\", qop=auth, "));
	sip_digest_session_put(session);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(examples_of_the_rfc),
		cmocka_unit_test(hex_is_compared_whatever_its_case),
		cmocka_unit_test(credentials_are_read),
		cmocka_unit_test(wrong_credentials_are_refused),
		cmocka_unit_test(challenges_are_read_as_written),
		cmocka_unit_test(a_count_is_taken_once),
		cmocka_unit_test(without_a_count_it_is_good_once),
		cmocka_unit_test(nonces_are_of_a_realm_and_a_host),
		cmocka_unit_test(foreign_and_old_nonces_are_stale),
		cmocka_unit_test(only_used_nonces_take_room),
		cmocka_unit_test(the_client_takes_the_strongest),
		cmocka_unit_test(the_client_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
