// SPDX-License-Identifier: GPL-2.0-or-later
/* Bodies of several parts, taken apart and put together again (RFC 2046 s.5.1). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "sip/multipart.h"
#include "view_assert.h"

#define TYPE "multipart/mixed;boundary=b"
#define SDP "--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n\r\n"
#define OTHER "--b\r\nContent-Type: text/plain\r\nContent-ID: <1@x>\r\n\r\nhello\r\n"
#define END "--b--\r\n"

static struct sip_multipart multipart;
static const char *reason;
static char *type_copy, *body_copy;

/* On the heap, so that the sanitizer sees every octet read beyond it. */
static struct view exact(char **copy, struct view text)
{
	free(*copy);
	*copy = malloc(text.len);
	assert_true(*copy || !text.len);
	if (text.len)
		memcpy(*copy, text.p, text.len);
	return (struct view){ *copy, text.len };
}

static int split_view(const char *type, struct view body)
{
	memset(&multipart, 0xa5, sizeof(multipart));
	return sip_multipart_split(&multipart, exact(&type_copy, view_str(type)),
				   exact(&body_copy, body), &reason);
}

static void read_ok(const char *type, const char *body, unsigned int nparts)
{
	if (split_view(type, view_str(body)))
		fail_msg("%s: %s", reason, body);
	assert_null(reason);
	assert_int_equal(multipart.nparts, nparts);
}

static void refused(const char *type, const char *body, const char *why)
{
	assert_int_equal(split_view(type, view_str(body)), -EBADMSG);
	assert_string_equal(reason, why);
}

static int teardown(void **state)
{
	(void)state;
	free(type_copy);
	free(body_copy);
	type_copy = body_copy = NULL;
	return 0;
}

static void assert_written(const struct sip_part *part, const char *content, const char *expected)
{
	char text[4096];
	struct sip_out out;

	sip_out_init(&out, text, sizeof(text));
	if (content)
		sip_multipart_write(&out, &multipart, part, view_str(content));
	else
		sip_multipart_write_without(&out, &multipart, part);
	assert_true(sip_out_ok(&out));
	assert_view(sip_out_text(&out), expected);
}

static void parts_with_headers_and_content(void **state)
{
	struct view value;

	(void)state;
	read_ok(TYPE, SDP OTHER END, 2);
	assert_view(multipart.parts[0].whole, SDP);
	assert_view(multipart.parts[0].headers, "Content-Type: application/sdp\r\n");
	assert_view(multipart.parts[0].content, "v=0\r\n");
	assert_view(multipart.parts[1].whole, OTHER);
	assert_view(multipart.parts[1].content, "hello");
	assert_true(sip_part_header(&multipart.parts[1], VIEW_LIT("content-id"), &value));
	assert_view(value, "<1@x>");
	assert_false(sip_part_header(&multipart.parts[0], VIEW_LIT("Content-ID"), &value));
	/* No headers, no content. */
	read_ok(TYPE, "--b\r\n\r\n\r\n--b--", 1);
	assert_view(multipart.parts[0].headers, "");
	assert_view(multipart.parts[0].content, "");
	read_ok(TYPE, "--b\r\nA: 1\r\nFolded: x\r\n\ty\r\n  z\r\nB:\r\n\r\n\r\n--b--", 1);
	assert_true(sip_part_header(&multipart.parts[0], VIEW_LIT("Folded"), &value));
	assert_view(value, "x\r\n\ty\r\n  z");
	assert_true(sip_part_header(&multipart.parts[0], VIEW_LIT("B"), &value));
	assert_int_equal(value.len, 0);
}

static void what_stands_around_parts(void **state)
{
	(void)state;
	read_ok(TYPE, "For old readers.\r\n" OTHER END "The end\r\n--b\r\n", 1);
	read_ok(TYPE, "\r\n" OTHER "--b--", 1);
	read_ok(TYPE, "--b \t\r\n\r\nx\r\n--b-- \r\n", 1);
	assert_view(multipart.parts[0].content, "x");
	/* What looks like one, in a line of another content. */
	read_ok(TYPE, "--b\r\n\r\nx --b\r\n-b\r\n--a\r\n\r\n--b--", 1);
	assert_view(multipart.parts[0].content, "x --b\r\n-b\r\n--a\r\n");
}

static void content_of_any_octets(void **state)
{
	static const char body[] =
		"--b\r\nContent-Type: application/isup\r\n\r\n\1\0\r\n\n\xff\r\r\n--b--";

	(void)state;
	assert_int_equal(split_view(TYPE, (struct view){ body, sizeof(body) - 1 }), 0);
	assert_int_equal(multipart.parts[0].content.len, 7);
	assert_memory_equal(multipart.parts[0].content.p, "\1\0\r\n\n\xff\r", 7);
}

static void boundaries(void **state)
{
	char type[128], body[256];
	static const char odd[] = "Multipart/Mixed ; charset=x; Boundary=\"a'()+_,-./:=? z\" ; c=d";

	(void)state;
	read_ok(odd, "--a'()+_,-./:=? z\r\n\r\n\r\n--a'()+_,-./:=? z--", 1);
	read_ok("multipart/mixed;\r\n boundary=-", "---\r\n\r\n\r\n-----", 1);
	for (int len = 70; len <= 71; len++) {
		snprintf(type, sizeof(type), "multipart/mixed;boundary=%0*d", len, 0);
		snprintf(body, sizeof(body), "--%0*d\r\n\r\n\r\n--%0*d--", len, 0, len, 0);
		if (len == 70)
			read_ok(type, body, 1);
		else
			refused(type, body, "The boundary of the multipart body is malformed");
	}
	refused("multipart/mixed", SDP END, "Multipart body without boundary");
	refused("multipart/mixed;boundary", SDP END, "Multipart body without boundary");
	refused("multipart/mixed;boundary=b;boundary=c", SDP END,
		"Multipart body with two boundaries");
	refused("multipart/mixed;boundary=\"\"", SDP END,
		"The boundary of the multipart body is malformed");
	refused("multipart/mixed;boundary=\"b ", SDP END,
		"The boundary of the multipart body is malformed");
	refused("multipart/mixed;boundary=\"b \"", SDP END,
		"The boundary of the multipart body is malformed");
	refused("multipart/mixed;boundary=\"b\\b\"", SDP END,
		"The boundary of the multipart body is malformed");
}

static void broken(void **state)
{
	static const char none[] = "The multipart body has no closing delimiter";
	static const char line[] = "A delimiter of the multipart body is not alone in its line";
	static const char empty[] = "A part of the multipart body has no empty line";
	static const char header[] = "A part of the multipart body has a malformed header";

	(void)state;
	refused(TYPE, "", none);
	refused(TYPE, "--", none);
	refused(TYPE, "b", none);
	refused(TYPE, "v=0\r\n", none);
	refused(TYPE, SDP, none);
	refused(TYPE, SDP "--b-", line);
	refused(TYPE, SDP "--b", line);
	refused(TYPE, SDP "--b--x", line);
	refused(TYPE, SDP "--b--\r", line);
	refused(TYPE, SDP "--bc\r\n" END, line);
	refused(TYPE, "--b--", "The multipart body has no part");
	refused(TYPE, "--b\r\n" END, empty);
	refused(TYPE, "--b\r\n\r\n" END, empty);
	refused(TYPE, "--b\r\nContent-Type: application/sdp\r\n" END, empty);
	refused(TYPE, "--b\r\nContent-Type: application/sdp\r\nv=0\r\n\r\n" END, header);
	refused(TYPE, "--b\r\n folded: x\r\n\r\n\r\n" END, header);
	refused(TYPE, "--b\r\n: x\r\n\r\n\r\n" END, header);
	refused(TYPE, "--b\r\nA: x\n\nv=0\r\n\r\n\r\n" END, header);
	refused(TYPE, "--b\r\nA: x\rB: y\r\n\r\n\r\n" END, header);
	refused(TYPE, "--b\r\n\r\nx\n--b\r\n\r\ny\r\n" END,
		"A delimiter of the multipart body does not follow CRLF");
}

static void as_many_parts_as_there_may_be(void **state)
{
	char body[1024] = "";

	(void)state;
	for (unsigned int i = 0; i < SIP_MAX_PARTS; i++)
		strcat(body, "--b\r\n\r\nx\r\n");
	strcat(body, "--b--");
	read_ok(TYPE, body, SIP_MAX_PARTS);
	strcpy(body + strlen(body) - 5, "--b\r\n\r\nx\r\n--b--");
	refused(TYPE, body, "The multipart body has too many parts");
}

static void together_again(void **state)
{
	(void)state;
	read_ok(TYPE, "pre\r\n" OTHER SDP END "post", 2);
	assert_written(&multipart.parts[1], "v=0\r\n", "pre\r\n" OTHER SDP END "post");
	assert_written(&multipart.parts[1], "v=0\r\ns=longer\r\n",
		       "pre\r\n" OTHER "--b\r\nContent-Type: application/sdp\r\n\r\n"
		       "v=0\r\ns=longer\r\n\r\n" END "post");
	assert_written(&multipart.parts[0], "",
		       "pre\r\n--b\r\nContent-Type: text/plain\r\n"
		       "Content-ID: <1@x>\r\n\r\n\r\n" SDP END "post");
	assert_written(&multipart.parts[0], NULL, "pre\r\n" SDP END "post");
	assert_written(&multipart.parts[1], NULL, "pre\r\n" OTHER END "post");
	/* Some say in each part how long it is. */
	read_ok(TYPE, "--b\r\ncontent-length : 1\r\nA: b\r\n\r\nx\r\n" END, 1);
	assert_written(&multipart.parts[0], "0123456789",
		       "--b\r\ncontent-length : 10\r\nA: b\r\n\r\n0123456789\r\n" END);
}

static void does_not_fit(void **state)
{
	char text[64];
	struct sip_out out;

	(void)state;
	read_ok(TYPE, SDP OTHER END, 2);
	sip_out_init(&out, text, sizeof(text));
	sip_multipart_write(&out, &multipart, &multipart.parts[0], VIEW_LIT("v=0\r\n"));
	assert_false(sip_out_ok(&out));
}

/* Whatever is cut off or changed of one, nothing is read beyond it. */
static void every_prefix_and_every_octet_changed(void **state)
{
	static const char whole[] = "pre\r\n" SDP OTHER "--b \r\nA: x\r\n y\r\n\r\n\r\n" END "post";
	static const char others[] = { '\r', '\n', '-', 'b', ':', ' ', '\0' };
	char body[sizeof(whole)];

	(void)state;
	for (size_t len = 0; len < sizeof(whole); len++)
		split_view(TYPE, (struct view){ whole, len });
	for (size_t i = 0; i < sizeof(whole) - 1; i++) {
		for (size_t j = 0; j < sizeof(others); j++) {
			memcpy(body, whole, sizeof(whole));
			body[i] = others[j];
			split_view(TYPE, (struct view){ body, sizeof(whole) - 1 });
		}
	}
}

static void types(void **state)
{
	(void)state;
	assert_true(sip_is_multipart(VIEW_LIT("Multipart/Related;boundary=x")));
	assert_false(sip_is_multipart(VIEW_LIT("multipart/")));
	assert_false(sip_is_multipart(VIEW_LIT("text/plain")));
	assert_false(sip_is_multipart(VIEW_NONE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(parts_with_headers_and_content, teardown),
		cmocka_unit_test_teardown(what_stands_around_parts, teardown),
		cmocka_unit_test_teardown(content_of_any_octets, teardown),
		cmocka_unit_test_teardown(boundaries, teardown),
		cmocka_unit_test_teardown(broken, teardown),
		cmocka_unit_test_teardown(as_many_parts_as_there_may_be, teardown),
		cmocka_unit_test_teardown(together_again, teardown),
		cmocka_unit_test_teardown(does_not_fit, teardown),
		cmocka_unit_test_teardown(every_prefix_and_every_octet_changed, teardown),
		cmocka_unit_test(types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
