// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading session descriptions. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sdp/sdp.h"

#define HEAD "v=0\r\no=alice 2890844526 2890844527 IN IP4 192.0.2.1\r\ns=-\r\n"
#define HEAD_C HEAD "c=IN IP4 192.0.2.1\r\nt=0 0\r\n"

static struct sdp sdp;
static struct sdp_error error;

static void read_ok(const char *text)
{
	int err = sdp_parse(&sdp, view_str(text), &error);

	if (err)
		fail_msg("line %u: %s", error.line, error.reason);
}

static void refused(struct view text, unsigned int line, const char *reason)
{
	error = (struct sdp_error){ 0 };
	assert_int_equal(sdp_parse(&sdp, text, &error), -EBADMSG);
	assert_string_equal(error.reason, reason);
	assert_int_equal(error.line, line);
}

static void assert_view(struct view v, const char *expected)
{
	char text[256];

	snprintf(text, sizeof(text), "%.*s", VIEW_ARG(v));
	assert_string_equal(text, expected);
}

static void assert_address(struct host address, const char *expected)
{
	char text[HOST_STRLEN];

	assert_string_equal(host_format(&address, text), expected);
}

static void the_fields_of_a_phone_s_offer(void **state)
{
	(void)state;
	read_ok(HEAD_C "m=audio 49170 RTP/AVP 8 0 101\r\n"
		       "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n");
	assert_view(sdp.origin_user, "alice");
	assert_view(sdp.origin_id, "2890844526");
	assert_view(sdp.origin_version, "2890844527");
	assert_int_equal(sdp.origin, 1);
	assert_int_equal(sdp.nlines, 8);
	assert_int_equal(sdp.nmedia, 1);
	assert_int_equal(sdp.media[0].first, 5);
	assert_int_equal(sdp.media[0].count, 3);
	assert_view(sdp.media[0].type, "audio");
	assert_int_equal(sdp.media[0].port, 49170);
	assert_int_equal(sdp.media[0].port_count, 1);
	assert_view(sdp.media[0].proto, "RTP/AVP");
	assert_view(sdp.media[0].formats, "8 0 101");
	assert_true(sdp.media[0].is_rtp);
	assert_false(sdp.media[0].is_dtls);
	assert_true(sdp.media[0].has_address);
	assert_address(sdp.media[0].address, "192.0.2.1");
	assert_address(sdp.media[0].rtcp_address, "192.0.2.1");
	assert_int_equal(sdp.media[0].rtcp_port, 49171);
	assert_false(sdp.media[0].rtcp_mux);
	assert_int_equal(sdp.media[0].direction, SDP_SENDRECV);
	assert_false(sdp.media[0].held);
	assert_view(sdp.media[0].codec, "PCMA");
	assert_int_equal(sdp.media[0].clock_rate, 8000);
}

static void lines_end_with_lf_or_nothing(void **state)
{
	(void)state;
	read_ok("v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\n"
		"m=audio 4000 RTP/AVP 0\na=sendonly");
	assert_int_equal(sdp.nlines, 7);
	assert_int_equal(sdp.media[0].direction, SDP_SENDONLY);
	read_ok(HEAD_C "m=audio 4000 RTP/AVP 0\r\n\r\n\n");
	assert_int_equal(sdp.nlines, 6);
}

static void media_have_addresses_of_their_own(void **state)
{
	(void)state;
	read_ok(HEAD "t=0 0\r\nm=audio 4000 RTP/AVP 0\r\nc=IN IP4 198.51.100.1\r\n"
		     "m=video 4002 RTP/AVP 31\r\nc=IN IP4 198.51.100.2\r\nm=audio 0 RTP/AVP 0\r\n");
	assert_address(sdp.media[0].address, "198.51.100.1");
	assert_address(sdp.media[1].address, "198.51.100.2");
	assert_true(sdp.media[1].has_address);
	assert_false(sdp.media[2].has_address);
}

static void an_address_is_that_of_one_host(void **state)
{
	(void)state;
	read_ok(HEAD "c=IN IP4 192.0.2.1\r\nt=0 0\r\n"
		     "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 2001:db8::1\r\n"
		     "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 media.example.com\r\n"
		     "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 224.2.36.42/127\r\n"
		     "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 224.2.36.42\r\n"
		     "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 255.255.255.255\r\n"
		     "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 0.0.0.1\r\n"
		     "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\n");
	for (unsigned int i = 0; i < 6; i++)
		assert_false(sdp.media[i].has_address);
	assert_true(sdp.media[6].has_address);
	assert_true(sdp.media[6].held);
	assert_int_equal(sdp.media[6].direction, SDP_SENDRECV);
}

/* Shows: 3605/2.1b */
static void an_ipv6_address_is_that_of_one_host(void **state)
{
	static const char *const none[] = { "192.0.2.1",     "[2001:db8::1]", "ff15::101",
					    "ff15::101/3",   "fe80::1",	      "::ffff:192.0.2.1",
					    "2001:db8::1/3", "host.example",  "2001:db8" };

	(void)state;
	for (unsigned int i = 0; i < sizeof(none) / sizeof(*none); i++) {
		char text[256];

		snprintf(text, sizeof(text),
			 HEAD "c=IN IP6 %s\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n", none[i]);
		read_ok(text);
		assert_false(sdp.media[0].has_address);
		assert_false(sdp.media[0].held);
	}
	read_ok(HEAD "c=IN IP6 2001:db8::1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"
		     "m=audio 4002 RTP/AVP 0\r\nc=IN IP4 192.0.2.7\r\n"
		     "m=audio 4004 RTP/AVP 0\r\nc=in ip6 ::\r\n"
		     "m=audio 4006 RTP/AVP 0\r\na=rtcp:53020 IN IP6 2001:db8::9\r\n");
	assert_address(sdp.media[0].address, "2001:db8::1");
	assert_address(sdp.media[0].rtcp_address, "2001:db8::1");
	assert_address(sdp.media[1].address, "192.0.2.7");
	assert_true(sdp.media[2].has_address);
	assert_true(sdp.media[2].held);
	assert_int_equal(sdp.media[2].address.family, AF_INET6);
	assert_address(sdp.media[3].rtcp_address, "2001:db8::9");
	assert_int_equal(sdp.media[3].rtcp_port, 53020);
}

static void directions_of_session_and_media(void **state)
{
	(void)state;
	read_ok(HEAD_C "a=inactive\r\nm=audio 4000 RTP/AVP 0\r\n"
		       "m=audio 4000 RTP/AVP 0\r\na=recvonly\r\n"
		       "m=audio 4000 RTP/AVP 0\r\na=sendonly\r\n"
		       "m=audio 4000 RTP/AVP 0\r\na=sendrecv\r\n");
	assert_int_equal(sdp.media[0].direction, SDP_INACTIVE);
	assert_true(sdp.media[0].held);
	assert_int_equal(sdp.media[1].direction, SDP_RECVONLY);
	assert_false(sdp.media[1].held);
	assert_true(sdp.media[2].held);
	assert_false(sdp.media[3].held);
}

/* Shows: 3605/2.1a */
static void rtcp_elsewhere_and_muxed(void **state)
{
	(void)state;
	read_ok(HEAD_C "m=audio 4000 RTP/AVP 0\r\na=rtcp:53020\r\n"
		       "m=audio 4000 RTP/AVP 0\r\na=rtcp:53021 IN IP4 192.0.2.9\r\na=rtcp-mux\r\n"
		       "m=audio 4000 RTP/AVP 0\r\na=rtcp:seven\r\n"
		       "m=audio 65535 RTP/AVP 0\r\n");
	assert_int_equal(sdp.media[0].rtcp_port, 53020);
	assert_address(sdp.media[0].rtcp_address, "192.0.2.1");
	assert_int_equal(sdp.media[1].rtcp_port, 53021);
	assert_address(sdp.media[1].rtcp_address, "192.0.2.9");
	assert_true(sdp.media[1].rtcp_mux);
	assert_int_equal(sdp.media[2].rtcp_port, 4001);
	assert_int_equal(sdp.media[3].rtcp_port, 0);
}

static void what_is_over_udp_is_told(void **state)
{
	static const struct {
		const char *proto;
		bool rtp, dtls, udptl;
	} cases[] = {
		{ "RTP/AVP", true, false, false },
		{ "rtp/savp", true, false, false },
		{ "RTP/AVPF", true, false, false },
		{ "RTP/SAVPF", true, false, false },
		{ "UDP/TLS/RTP/SAVPF", true, true, false },
		{ "udptl", false, false, true },
		{ "UDPTL", false, false, true },
		{ "UDP/TLS/UDPTL", false, false, false },
		{ "TCPTL", false, false, false },
		{ "tcp", false, false, false },
		{ "TCP/MSRP", false, false, false },
		{ "TCP/RTP/AVP", false, false, false },
		{ "UDP/DTLS/SCTP", false, false, false },
		{ "RTP/AVPX", false, false, false },
	};

	(void)state;
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char text[256];

		snprintf(text, sizeof(text), HEAD_C "m=audio 4000 %s 0\r\n", cases[i].proto);
		read_ok(text);
		assert_int_equal(sdp.media[0].is_rtp, cases[i].rtp);
		assert_int_equal(sdp.media[0].is_dtls, cases[i].dtls);
		assert_int_equal(sdp.media[0].is_udptl, cases[i].udptl);
	}
}

static void codecs_by_rtpmap_table_and_number(void **state)
{
	(void)state;
	read_ok(HEAD_C "m=audio 4000 RTP/AVP 111 9\r\na=rtpmap:111 opus/48000/2\r\n"
		       "m=audio 4000 RTP/AVP 18\r\n"
		       "m=audio 4000 RTP/AVP 96\r\na=rtpmap:97 G726-32/8000\r\n"
		       "m=audio 4000 RTP/AVP 0\r\na=rtpmap:0 PCMU\r\n"
		       "m=image 4000 udptl t38\r\n");
	assert_view(sdp.media[0].codec, "opus");
	assert_int_equal(sdp.media[0].clock_rate, 48000);
	assert_view(sdp.media[1].codec, "G729");
	assert_view(sdp.media[2].codec, "96");
	assert_int_equal(sdp.media[2].clock_rate, 0);
	assert_view(sdp.media[3].codec, "PCMU");
	assert_view(sdp.media[4].codec, "t38");
	assert_int_equal(sdp.media[4].clock_rate, 0);
}

static void port_counts(void **state)
{
	(void)state;
	read_ok(HEAD_C "m=video 49170/2 RTP/AVP 31\r\n");
	assert_int_equal(sdp.media[0].port, 49170);
	assert_int_equal(sdp.media[0].port_count, 2);
}

static void a_user_name_with_spaces(void **state)
{
	(void)state;
	read_ok("v=0\r\no=John Q Public 12 34 IN IP4 192.0.2.1\r\ns=-\r\n");
	assert_view(sdp.origin_user, "John Q Public");
	assert_view(sdp.origin_id, "12");
	assert_view(sdp.origin_version, "34");
	assert_int_equal(sdp.nmedia, 0);
}

static void what_is_no_description(void **state)
{
	(void)state;
	refused(view_str(""), 1, "the first line is not v=0");
	refused(view_str("\r\n\r\n"), 1, "the first line is not v=0");
	refused(view_str("v=1\r\no=- 1 1 IN IP4 192.0.2.1\r\n"), 1, "the first line is not v=0");
	refused(view_str("o=- 1 1 IN IP4 192.0.2.1\r\nv=0\r\n"), 1, "the first line is not v=0");
	refused(view_str("v=0\r\ns=-\r\nm=audio 4000 RTP/AVP 0\r\n"), 3,
		"no o= line before the first m= line");
	refused(view_str(HEAD "o=- 1 1 IN IP4 192.0.2.1\r\n"), 4, "more than one o= line");
	refused(view_str(HEAD_C "m=audio 4000 RTP/AVP 0\r\no=- 1 1 IN IP4 192.0.2.1\r\n"), 7,
		"o= after the first m= line");
	refused(view_str("v=0\r\no=- 1 1 IN IP4\r\n"), 2, "o= has fewer than six fields");
	refused(view_str(HEAD "c=IN IP4\r\n"), 4, "c= has fewer than three fields");
	refused(view_str(HEAD_C "m=audio 4000 RTP/AVP 0\r\nc=IN\r\n"), 7,
		"c= has fewer than three fields");
}

static void lines_that_are_none(void **state)
{
	(void)state;
	refused(view_str(HEAD "\r\nt=0 0\r\n"), 4, "not of the form <letter>=<value>");
	refused(view_str(HEAD "t 0 0\r\n"), 4, "not of the form <letter>=<value>");
	refused(view_str(HEAD "1=0 0\r\n"), 4, "not of the form <letter>=<value>");
	refused(view_str(HEAD " a=x\r\n"), 4, "not of the form <letter>=<value>");
	refused(view_str(HEAD "a=x\ry\r\n"), 4, "NUL or CR inside a line");
	refused(VIEW_LIT(HEAD "a=x\0y\r\n"), 4, "NUL or CR inside a line");
}

static void media_lines_that_are_none(void **state)
{
	static const struct {
		const char *line, *reason;
	} cases[] = {
		{ "m=audio 4000 RTP/AVP", "m= has fewer than four fields" },
		{ "m=audio", "m= has fewer than four fields" },
		{ "m=", "m= has fewer than four fields" },
		{ "m=audio 65536 RTP/AVP 0", "the port of m= is not a number of 0 to 65535" },
		{ "m=audio -1 RTP/AVP 0", "the port of m= is not a number of 0 to 65535" },
		{ "m=audio x RTP/AVP 0", "the port of m= is not a number of 0 to 65535" },
		{ "m=audio 4000/0 RTP/AVP 0", "the port of m= is not a number of 0 to 65535" },
		{ "m=audio 4000/ RTP/AVP 0", "the port of m= is not a number of 0 to 65535" },
		{ "m=aud\033io 4000 RTP/AVP 0", "m= has other than visible characters" },
		{ "m=audio 4000 RTP/AVP 0\xff", "m= has other than visible characters" },
	};

	(void)state;
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char text[256];

		snprintf(text, sizeof(text), HEAD_C "%s\r\n", cases[i].line);
		refused(view_str(text), 6, cases[i].reason);
	}
}

static void limits(void **state)
{
	char text[8192];
	size_t len;

	(void)state;
	len = snprintf(text, sizeof(text), HEAD_C);
	for (unsigned int i = 0; i < SDP_MAX_MEDIA; i++)
		len += snprintf(text + len, sizeof(text) - len, "m=audio 4000 RTP/AVP 0\r\n");
	read_ok(text);
	assert_int_equal(sdp.nmedia, SDP_MAX_MEDIA);
	snprintf(text + len, sizeof(text) - len, "m=audio 4000 RTP/AVP 0\r\n");
	refused(view_str(text), 6 + SDP_MAX_MEDIA, "too many m= lines");

	len = snprintf(text, sizeof(text), HEAD_C);
	for (unsigned int i = 5; i < SDP_MAX_LINES; i++)
		len += snprintf(text + len, sizeof(text) - len, "a=x\r\n");
	read_ok(text);
	assert_int_equal(sdp.nlines, SDP_MAX_LINES);
	snprintf(text + len, sizeof(text) - len, "a=x\r\n");
	refused(view_str(text), SDP_MAX_LINES + 1, "too many lines");
}

static void summaries(void **state)
{
	char text[128], tiny[12];

	(void)state;
	read_ok(HEAD_C "m=audio 4000 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"
		       "m=video 0 RTP/AVP 31\r\n"
		       "m=image 4004 udptl t38\r\na=sendonly\r\n"
		       "m=audio 4006 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\n");
	assert_string_equal(sdp_summary(&sdp, text, sizeof(text)),
			    "audio PCMU,PCMA,telephone-event sendrecv; video rejected; "
			    "image t38 sendonly; audio PCMU sendrecv to 0.0.0.0");
	assert_string_equal(sdp_summary(&sdp, tiny, sizeof(tiny)), "audio PCMU,");
	read_ok(HEAD_C);
	assert_string_equal(sdp_summary(&sdp, text, sizeof(text)), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_fields_of_a_phone_s_offer),
		cmocka_unit_test(lines_end_with_lf_or_nothing),
		cmocka_unit_test(media_have_addresses_of_their_own),
		cmocka_unit_test(an_address_is_that_of_one_host),
		cmocka_unit_test(an_ipv6_address_is_that_of_one_host),
		cmocka_unit_test(directions_of_session_and_media),
		cmocka_unit_test(rtcp_elsewhere_and_muxed),
		cmocka_unit_test(what_is_over_udp_is_told),
		cmocka_unit_test(codecs_by_rtpmap_table_and_number),
		cmocka_unit_test(port_counts),
		cmocka_unit_test(a_user_name_with_spaces),
		cmocka_unit_test(what_is_no_description),
		cmocka_unit_test(lines_that_are_none),
		cmocka_unit_test(media_lines_that_are_none),
		cmocka_unit_test(limits),
		cmocka_unit_test(summaries),
	};

	return cmocka_run_group_tests_name("sdp", tests, NULL, NULL);
}
