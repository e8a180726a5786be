// SPDX-License-Identifier: GPL-2.0-or-later
/* Bodies of several parts that are refused, and what others may make of them. */
#include <stdio.h>

#include "multipart_fixture.h"

#define BROKEN "--rig\r\nContent-Type: application/sdp\r\n\r\n" CALL_RIG_SDP

static void refused(struct call_rig *rig, const char *extra, const char *body, int status,
		    const char *warning)
{
	call_rig_refused(rig, extra, body, status);
	assert_string_equal(peer_header(&rig->a, "Accept"), "application/sdp, multipart/mixed");
	if (warning)
		assert_non_null(strstr(peer_header(&rig->a, "Warning"), warning));
	else
		assert_string_equal(peer_header(&rig->a, "Warning"), "");
}

/* Shows: 3261/8.2.3a */
static void broken(void **state)
{
	struct call_rig *rig = *state;
	char type[128], body[512];

	refused(rig, "", BROKEN, 400, "no closing delimiter");
	refused(rig, "Content-Type: multipart/mixed\r\n", PARTS, 400, "without boundary");
	refused(rig, "", "--rig\r\nContent-Type: application/sdp\r\n--rig--", 400, "no empty line");
	snprintf(type, sizeof(type), "Content-Type: multipart/mixed;boundary=%071d\r\n", 0);
	snprintf(body, sizeof(body), "--%071d\r\n" SDP_HEADERS "\r\nv=0\r\n--%071d--", 0, 0);
	refused(rig, type, body, 400, "boundary of the multipart body is malformed");
	/* SDP that cannot be read is found when the call has been made. */
	peer_request(&rig->a, "INVITE", "", PART(SDP_HEADERS, "") PARTS_END);
	call_rig_expect(rig, "0 A 100\n0 A 400\n");
	assert_string_not_equal(peer_header(&rig->a, "Warning"), "");
	peer_ack(&rig->a, "");
	assert_counts(rig, 0, 1);
	assert_int_equal(fake_count(), 0);
}

/* Shows: 3261/8.2.3b 5621/8.4a */
static void encoded(void **state)
{
	struct call_rig *rig = *state;

	refused(rig, "Content-Encoding: gzip\r\nContent-Type: " CALL_RIG_PARTS "\r\n", PARTS, 415,
		NULL);
	assert_string_equal(peer_header(&rig->a, "Accept-Encoding"), "identity");
	refused(rig, "",
		PART(SDP_HEADERS "Content-Transfer-Encoding: base64\r\n", "dj0w") PARTS_END, 415,
		"encoded");
	refused(rig, "", PART(SDP_HEADERS "Content-Encoding: gzip\r\n", "x") PARTS_END, 415,
		"encoded");
}

static void other_kinds_of_multipart(void **state)
{
	struct call_rig *rig = *state;

	refused(rig, "Content-Type: multipart/alternative;boundary=rig\r\n", PARTS, 415, NULL);
	refused(rig, "Content-Type: multipart/mixedup;boundary=rig\r\n", PARTS, 415, NULL);
}

/* Shows: 5621/4.2a */
static void parts_of_parts(void **state)
{
#define INNER(subtype, parts) \
	PART("Content-Type: multipart/" subtype ";boundary=in\r\n", parts "--in--")
#define IN(headers, content) "--in\r\n" headers "\r\n" content "\r\n"
	static const char other[] = INNER("related", IN("", "x") IN("A: b\r\n", "y")) PARTS_END;
	struct call_rig *rig = *state;

	refused(rig, "", INNER("alternative", IN("", "x") IN(SDP_HEADERS, CALL_RIG_SDP)) PARTS_END,
		415, "in a multipart within");
	refused(rig, "", INNER("mixed", "--in\r\n") PARTS_END, 400, "no empty line");
	/* What has none is not touched, nor what comes after the session's. */
	peer_request(&rig->a, "INVITE", "", other);
	assert_string_equal(peer_body(&rig->b), other);
	call_rig_refuse(rig, 486);
	rig->a.remote_tag[0] = '\0';
	peer_request(&rig->a, "INVITE", "",
		     PART_SDP INNER("alternative", IN(SDP_HEADERS, "v=0")) PARTS_END);
	assert_around(&rig->b, "--rig\r\n" SDP_HEADERS "\r\n",
		      "\r\n" INNER("alternative", IN(SDP_HEADERS, "v=0")) PARTS_END);
	call_rig_refuse(rig, 486);
}

static void too_deep(void **state)
{
	struct call_rig *rig = *state;
	char body[2048] = "x", outer[2048];

	for (int depth = 4; depth >= 0; depth--) {
		snprintf(outer, sizeof(outer),
			 "--b%d\r\nContent-Type: multipart/mixed;boundary=b%d\r\n\r\n%s\r\n"
			 "--b%d--\r\n",
			 depth, depth + 1, body, depth);
		memcpy(body, outer, sizeof(body));
	}
	refused(rig, "Content-Type: multipart/mixed;boundary=b0\r\n", body, 415, "too many parts");
}

static void optional_parts_may_be_left_out(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "Content-Disposition: session;handling=optional\r\n",
		     BROKEN);
	assert_memory_equal(rig->b.last, "INVITE ", 7);
	assert_string_equal(peer_body(&rig->b), "");
	call_rig_refuse(rig, 486);
}

/* It is the callee who must understand what is required. Shows: 5621/8.2a */
static void a_part_that_the_callee_refuses(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", PARTS);
	peer_reply_invite(&rig->b, 415, "b", "Accept: application/sdp\r\n", "");
	assert_int_equal(rig->a.invite_status, 415);
	assert_string_equal(peer_header(&rig->a, "Accept"), "application/sdp");
	peer_ack(&rig->a, "");
	assert_counts(rig, 0, 1);
	assert_int_equal(fake_count(), 0);
}

static void in_a_call(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	peer_request(&rig->a, "INVITE", "", BROKEN);
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 100\n0 A 400\n");
	peer_request(&rig->b, "UPDATE", "", BROKEN);
	call_rig_expect(rig, "0 B 400\n");
	assert_non_null(strstr(peer_header(&rig->b, "Warning"), "no closing delimiter"));
	assert_int_equal(fake_only()->nendpoints, 4);
	/* As an answer it is none. */
	peer_request(&rig->b, "UPDATE", "", CALL_RIG_SDP);
	peer_reply_body(&rig->a, 200, BROKEN);
	call_rig_expect(rig, "0 A UPDATE\n0 B 502\n");
	assert_int_equal(fake_only()->nendpoints, 4);
	call_rig_hang_up(rig);
}

static void the_answer_is_broken(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", PARTS);
	peer_reply_invite(&rig->b, 183, "b", "", BROKEN);
	assert_string_equal(peer_body(&rig->a), "");
	peer_reply_invite(&rig->b, 200, "b", "", BROKEN);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 183\n0 A 502\n0 B ACK\n0 B BYE\n");
	peer_reply(&rig->b, 200);
	peer_ack(&rig->a, "");
	assert_counts(rig, 0, 1);
	assert_int_equal(fake_count(), 0);
}

/* What is too large to be written anew leaves nothing behind. */
static void too_large(void **state)
{
	static char body[64900];
	struct call_rig *rig = *state;
	const size_t len = sizeof(body) - sizeof(PARTS_END);
	size_t at = (size_t)snprintf(
		body, sizeof(body),
		PART(SDP_HEADERS, CALL_RIG_SDP "a=fill:%01000d\r\n") "--rig\r\n\r\n", 0);

	memset(body + at, 'x', len - at);
	memcpy(body + len - 2, "\r\n", 2);
	memcpy(body + len, PARTS_END, sizeof(PARTS_END));
	body[5000] = '\0';
	strcat(body, "\r\n" PARTS_END);
	peer_request(&rig->a, "INVITE", "", body);
	assert_memory_equal(rig->b.last, "INVITE ", 7);
	assert_int_equal(atoi(peer_header(&rig->b, "Content-Length")), strlen(peer_body(&rig->b)));
	call_rig_refuse(rig, 486);
	memset(body + 5000, 'x', len - 2 - 5000);
	rig->a.remote_tag[0] = '\0';
	peer_request(&rig->a, "INVITE", "", body);
	call_rig_expect(rig, "0 A 100\n0 A 500\n");
	peer_ack(&rig->a, "");
	assert_int_equal(fake_count(), 0);
	assert_ports(rig, 0, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, call_media_setup, call_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(broken),
		TEST(encoded),
		TEST(other_kinds_of_multipart),
		TEST(parts_of_parts),
		TEST(too_deep),
		TEST(optional_parts_may_be_left_out),
		TEST(a_part_that_the_callee_refuses),
		TEST(in_a_call),
		TEST(the_answer_is_broken),
		TEST(too_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
