// SPDX-License-Identifier: GPL-2.0-or-later
/* What goes out instead of a session description that came in. */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sdp/sdp.h"
#include "sdp/sdp_origin.h"

#define HEAD "v=0\r\no=alice 2890844526 2890844527 IN IP4 10.0.0.1\r\ns=-\r\n"
#define OUR_HEAD "v=0\r\no=- 77 3 IN IP4 203.0.113.7\r\ns=-\r\n"

static struct sdp sdp;
static char out[4096];

static struct sdp_edit ours(uint16_t port)
{
	struct sdp_edit edit = {
		.media_relayed = true,
		.address = { .family = AF_INET, .v4.s_addr = inet_addr("203.0.113.7") },
		.origin_id = 77,
		.origin_version = 3,
	};

	for (unsigned int i = 0; i < SDP_MAX_MEDIA; i++) {
		edit.media[i].port = port + 2 * i;
		edit.media[i].rtcp_port = port + 2 * i + 1;
	}
	return edit;
}

static void read_ok(const char *text)
{
	struct sdp_error error;

	if (sdp_parse(&sdp, view_str(text), &error))
		fail_msg("line %u: %s", error.line, error.reason);
}

static void assert_written(const char *in, const struct sdp_edit *edit, const char *expected)
{
	int len;

	read_ok(in);
	len = sdp_write(&sdp, edit, out, sizeof(out) - 1);
	assert_int_equal(len, strlen(expected));
	out[len] = '\0';
	assert_string_equal(out, expected);
}

static void addresses_and_ports_are_ours(void **state)
{
	struct sdp_edit edit = ours(30000);

	(void)state;
	assert_written(HEAD "c=IN IP4 10.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\na=ptime:20\r\n"
			    "m=video 4002 RTP/AVP 31\r\nc=IN IP4 10.0.0.2\r\n",
		       &edit,
		       OUR_HEAD "c=IN IP4 203.0.113.7\r\nt=0 0\r\nm=audio 30000 RTP/AVP 0\r\n"
				"a=ptime:20\r\nm=video 30002 RTP/AVP 31\r\n"
				"c=IN IP4 203.0.113.7\r\n");
}

static void every_other_line_survives_in_order(void **state)
{
	static const char *const lines =
		"b=AS:128\r\nz=2882844526 -1h\r\nk=clear:secret\r\nx=unknown\r\nt=0 0\r\n"
		"r=7d 1h 0 25h\r\na=unknown:one  two \r\na=flag\r\n";
	struct sdp_edit edit = ours(30000);
	char in[1024], expected[1024];

	(void)state;
	snprintf(in, sizeof(in), HEAD "%sm=audio 4000 RTP/AVP 0 8\r\n%s", lines, lines);
	snprintf(expected, sizeof(expected), OUR_HEAD "%sm=audio 30000 RTP/AVP 0 8\r\n%s", lines,
		 lines);
	assert_written(in, &edit, expected);
}

static void who_wrote_it_and_with_what_stays_behind(void **state)
{
	struct sdp_edit edit = ours(30000);

	(void)state;
	edit.media[1] = (struct sdp_media_edit){ 0 };
	assert_written("v=0\r\no=alice 1 1 IN IP4 10.0.0.1\r\ns=Call by pbx.home\r\ni=A call\r\n"
		       "u=http://pbx.home/\r\ne=alice@pbx.home\r\np=+1 617 555-6011\r\nt=0 0\r\n"
		       "a=tool:Phone 1.0\r\nm=audio 4000 RTP/AVP 0\r\ni=Handset\r\na=flag\r\n"
		       "m=message 2855 TCP/MSRP *\r\na=path:msrp://10.0.0.1:2855/x;tcp\r\n",
		       &edit,
		       OUR_HEAD "t=0 0\r\nm=audio 30000 RTP/AVP 0\r\na=flag\r\n"
				"m=message 0 TCP/MSRP *\r\n");
}

static void lines_end_with_crlf(void **state)
{
	struct sdp_edit edit = ours(30000);

	(void)state;
	assert_written("v=0\no=- 1 1 IN IP4 10.0.0.1\ns=-\nm=audio 4000 RTP/AVP 0\na=x", &edit,
		       OUR_HEAD "m=audio 30000 RTP/AVP 0\r\na=x\r\n");
}

static void hold_stays_hold(void **state)
{
	struct sdp_edit edit = ours(30000);

	(void)state;
	assert_written(HEAD "c=IN IP4 0.0.0.0\r\nm=audio 4000 RTP/AVP 0\r\na=inactive\r\n"
			    "m=audio 4002 RTP/AVP 0\r\nc=IN IP4 10.0.0.1\r\na=sendonly\r\n",
		       &edit,
		       OUR_HEAD "c=IN IP4 0.0.0.0\r\nm=audio 30000 RTP/AVP 0\r\na=inactive\r\n"
				"m=audio 30002 RTP/AVP 0\r\nc=IN IP4 203.0.113.7\r\n"
				"a=sendonly\r\n");
}

static void rejected_media_keep_their_line(void **state)
{
	struct sdp_edit edit = ours(30000);

	(void)state;
	edit.media[1] = (struct sdp_media_edit){ 0 };
	assert_written(HEAD "c=IN IP4 10.0.0.1\r\nm=audio 4000 RTP/AVP 0\r\n"
			    "m=image 4002/2 udptl t38\r\na=T38FaxVersion:0\r\na=rtcp:4003\r\n",
		       &edit,
		       OUR_HEAD "c=IN IP4 203.0.113.7\r\nm=audio 30000 RTP/AVP 0\r\n"
				"m=image 0 udptl t38\r\na=T38FaxVersion:0\r\n");
}

static void rtcp_is_ours(void **state)
{
	struct sdp_edit edit = ours(30000);

	(void)state;
	assert_written(HEAD "m=audio 4000 RTP/AVP 0\r\na=rtcp:5001\r\na=rtcp-mux\r\n"
			    "m=audio 4000 RTP/AVP 0\r\na=rtcp:5003 IN IP4 10.0.0.9\r\n",
		       &edit,
		       OUR_HEAD "m=audio 30000 RTP/AVP 0\r\na=rtcp:30001\r\na=rtcp-mux\r\n"
				"m=audio 30002 RTP/AVP 0\r\n"
				"a=rtcp:30003 IN IP4 203.0.113.7\r\n");
	edit.media[0].rtcp_port = 30000;
	assert_written(HEAD "m=audio 4000 RTP/AVP 0\r\na=x\r\nm=audio 4000 RTP/AVP 0\r\n", &edit,
		       OUR_HEAD "m=audio 30000 RTP/AVP 0\r\na=x\r\na=rtcp:30000\r\n"
				"m=audio 30002 RTP/AVP 0\r\n");
}

static void ice_is_removed(void **state)
{
	struct sdp_edit edit = ours(30000);

	(void)state;
	assert_written(HEAD "a=ice-lite\r\na=ice-options:trickle\r\na=ICE-UFRAG:x\r\na=icecream\r\n"
			    "m=audio 4000 RTP/AVP 0\r\na=ice-ufrag:x\r\na=ice-pwd:y\r\n"
			    "a=candidate:1 1 UDP 2130706431 10.0.0.1 4000 typ host\r\n"
			    "a=end-of-candidates\r\na=remote-candidates:1 10.0.0.1 4000\r\n"
			    "a=source-filter: incl IN IP4 * 10.0.0.1\r\n"
			    "a=rtcp-fb:0 nack\r\n",
		       &edit,
		       OUR_HEAD "a=icecream\r\nm=audio 30000 RTP/AVP 0\r\na=rtcp-fb:0 nack\r\n");
}

static void other_address_families_become_ours(void **state)
{
	struct sdp_edit edit = ours(30000);

	(void)state;
	assert_written(HEAD "c=IN IP6 2001:db8::1\r\nm=audio 0 RTP/AVP 0\r\n", &edit,
		       OUR_HEAD "c=IN IP4 203.0.113.7\r\nm=audio 30000 RTP/AVP 0\r\n");
}

/* Shows: 3605/2.1c */
static void ours_may_be_of_ipv6(void **state)
{
	struct sdp_edit edit = ours(30000);

	(void)state;
	assert_int_equal(host_parse(&edit.address, AF_INET6, VIEW_LIT("2001:db8::7")), 0);
	assert_written(HEAD "c=IN IP4 10.0.0.1\r\nm=audio 4000 RTP/AVP 0\r\n"
			    "a=rtcp:5003 IN IP4 10.0.0.9\r\n"
			    "a=altc:1 IP6 2001:db8:1::1 45678\r\na=altc:2 IP4 10.0.0.1 4000\r\n"
			    "m=audio 4002 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\n"
			    "m=audio 4004 RTP/AVP 0\r\nc=IN IP6 ::\r\n",
		       &edit,
		       "v=0\r\no=- 77 3 IN IP6 2001:db8::7\r\ns=-\r\n"
		       "c=IN IP6 2001:db8::7\r\nm=audio 30000 RTP/AVP 0\r\n"
		       "a=rtcp:30001 IN IP6 2001:db8::7\r\n"
		       "m=audio 30002 RTP/AVP 0\r\nc=IN IP6 ::\r\n"
		       "m=audio 30004 RTP/AVP 0\r\nc=IN IP6 ::\r\n");
	edit = ours(30000);
	assert_written(HEAD "c=IN IP6 ::\r\nm=audio 4000 RTP/AVP 0\r\n", &edit,
		       OUR_HEAD "c=IN IP4 0.0.0.0\r\nm=audio 30000 RTP/AVP 0\r\n");
}

static void without_relay_nothing_changes(void **state)
{
	static const char *const text = "v=0\no=alice 1 2 IN IP6 2001:db8::1\r\ns=-\n"
					"m=audio 4000/2 RTP/AVP 0\r\na=candidate:x\r\n\r\n";
	struct sdp_edit edit = { .media_relayed = false };

	(void)state;
	assert_written(text, &edit, text);
	assert_int_equal(sdp_write(&sdp, &edit, out, strlen(text)), strlen(text));
	assert_int_equal(sdp_write(&sdp, &edit, out, strlen(text) - 1), -EMSGSIZE);
}

static void a_buffer_is_never_overrun(void **state)
{
	struct sdp_edit edit = ours(30000);
	int len;

	(void)state;
	read_ok(HEAD "c=IN IP4 10.0.0.1\r\nm=audio 4000 RTP/AVP 0\r\na=rtcp:5001\r\na=x\r\n");
	len = sdp_write(&sdp, &edit, out, sizeof(out));
	assert_true(len > 0);
	for (int cap = 0; cap <= len; cap++) {
		char *exact = malloc(cap + 1);
		int ret;

		exact[cap] = '!';
		ret = sdp_write(&sdp, &edit, exact, cap);
		assert_int_equal(ret, cap < len ? -EMSGSIZE : len);
		assert_int_equal(exact[cap], '!');
		free(exact);
	}
}

static void the_version_rises_with_the_text_only(void **state)
{
	static const char *const first = HEAD "m=audio 4000 RTP/AVP 0\r\n";
	static const char *const second = HEAD "m=audio 4000 RTP/AVP 0\r\na=sendonly\r\n";
	struct sdp_origin origin = { 0 };
	struct sdp_edit edit = ours(30000);
	uint64_t id;

	(void)state;
	read_ok(first);
	sdp_origin_stamp(&origin, &sdp, &edit);
	id = edit.origin_id;
	assert_true(id);
	assert_int_equal(edit.origin_version, 1);
	/* What the peer's own o= says does not count. */
	read_ok("v=0\r\no=alice 2890844526 2890844528 IN IP4 10.0.0.1\r\ns=-\r\n"
		"m=audio 4000 RTP/AVP 0\r\n");
	sdp_origin_stamp(&origin, &sdp, &edit);
	assert_int_equal(edit.origin_version, 1);
	read_ok(second);
	sdp_origin_stamp(&origin, &sdp, &edit);
	assert_int_equal(edit.origin_version, 2);
	edit.media[0].port = 30010;
	sdp_origin_stamp(&origin, &sdp, &edit);
	assert_int_equal(edit.origin_version, 3);
	sdp_origin_stamp(&origin, &sdp, &edit);
	assert_int_equal(edit.origin_version, 3);
	assert_int_equal(edit.origin_id, id);
	/* The same m= line with less of it. */
	sdp.media[0].formats.len--;
	sdp_origin_stamp(&origin, &sdp, &edit);
	assert_int_equal(edit.origin_version, 4);
	assert_int_equal(host_parse(&edit.address, AF_INET, VIEW_LIT("192.0.2.99")), 0);
	sdp_origin_stamp(&origin, &sdp, &edit);
	assert_int_equal(edit.origin_version, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_and_ports_are_ours),
		cmocka_unit_test(every_other_line_survives_in_order),
		cmocka_unit_test(who_wrote_it_and_with_what_stays_behind),
		cmocka_unit_test(lines_end_with_crlf),
		cmocka_unit_test(hold_stays_hold),
		cmocka_unit_test(rejected_media_keep_their_line),
		cmocka_unit_test(rtcp_is_ours),
		cmocka_unit_test(ice_is_removed),
		cmocka_unit_test(other_address_families_become_ours),
		cmocka_unit_test(ours_may_be_of_ipv6),
		cmocka_unit_test(without_relay_nothing_changes),
		cmocka_unit_test(a_buffer_is_never_overrun),
		cmocka_unit_test(the_version_rises_with_the_text_only),
	};

	return cmocka_run_group_tests_name("sdp_write", tests, NULL, NULL);
}
