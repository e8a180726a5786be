// SPDX-License-Identifier: GPL-2.0-or-later
/* Codecs taken out of descriptions, and put in order. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sdp/sdp_codecs.h"

#define HEAD "v=0\r\no=alice 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\n"
#define PHONE                                                                             \
	"m=audio 4000 RTP/AVP 96 0 18 9 13 101 97\r\na=rtpmap:96 opus/48000/2\r\n"        \
	"a=fmtp:96 useinbandfec=1\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:18 G729/8000\r\n"   \
	"a=fmtp:18 annexb=no\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n" \
	"a=rtpmap:97 telephone-event/48000\r\na=ptime:20\r\na=rtcp-fb:* nack\r\n"

static struct sdp sdp;
static struct sdp_codecs_result result;
static char out[8192];

#define LIST(...)                                                                              \
	{                                                                                      \
		(struct sdp_codec[]){ __VA_ARGS__ },                                           \
			sizeof((struct sdp_codec[]){ __VA_ARGS__ }) / sizeof(struct sdp_codec) \
	}
#define ANY(name)                   \
	{                           \
		(char[]){ name }, 0 \
	}

static void read_ok(const char *text)
{
	struct sdp_error error;

	if (sdp_parse(&sdp, view_str(text), &error))
		fail_msg("line %u: %s", error.line, error.reason);
}

static int filter(const char *text, const struct sdp_codec_rules *rules, enum sdp_role role)
{
	int len;

	read_ok(text);
	len = sdp_codecs_write(&sdp, rules, role, out, sizeof(out) - 1, &result);
	assert_true(len >= 0);
	out[len] = '\0';
	assert_int_equal(!len, !result.changed);
	return len;
}

static void offered(const char *text, const struct sdp_codec_rules *rules, const char *expected)
{
	filter(text, rules, SDP_OFFER);
	assert_string_equal(out, expected);
}

static void only_what_is_allowed_is_offered(void **state)
{
	const struct sdp_codec_rules rules = { .audio.allow = LIST(ANY("pcmu"), ANY("G722")) };

	(void)state;
	offered(HEAD PHONE, &rules,
		HEAD "m=audio 4000 RTP/AVP 0 9 13 101\r\na=rtpmap:0 PCMU/8000\r\n"
		     "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\n"
		     "a=rtcp-fb:* nack\r\n");
	assert_string_equal(result.removed, "opus/48000, G729/8000, telephone-event/48000");
	assert_int_equal(result.left, 1);
	assert_int_equal(result.rejected, 0);
}

static void what_is_denied_is_not_offered(void **state)
{
	const struct sdp_codec_rules rules = {
		.audio.deny =
			LIST(ANY("G729"), ANY("CN"), { (char[]){ "telephone-event" }, 48000 }),
	};

	(void)state;
	offered(HEAD PHONE, &rules,
		HEAD "m=audio 4000 RTP/AVP 96 0 9 101\r\na=rtpmap:96 opus/48000/2\r\n"
		     "a=fmtp:96 useinbandfec=1\r\na=rtpmap:0 PCMU/8000\r\n"
		     "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\n"
		     "a=rtcp-fb:* nack\r\n");
}

/* Shows: 3264/5.1a */
static void codecs_come_in_the_configured_order(void **state)
{
	const struct sdp_codec_rules rules = { .audio.order = LIST(ANY("G722"), ANY("PCMU")) };
	const struct sdp_codec_rules same = { .audio.order = LIST(ANY("opus")) };

	(void)state;
	filter(HEAD PHONE, &rules, SDP_OFFER);
	assert_non_null(strstr(out, "m=audio 4000 RTP/AVP 9 0 96 18 13 101 97\r\n"));
	assert_string_equal(strstr(out, "a=rtpmap:96"), strstr(HEAD PHONE, "a=rtpmap:96"));
	assert_string_equal(result.removed, "");
	assert_int_equal(filter(HEAD PHONE, &same, SDP_OFFER), 0);
	/* The offerer's order is nothing that an answer must keep, nor does it change. */
	assert_int_equal(filter(HEAD PHONE, &rules, SDP_ANSWER), 0);
}

static void clock_rates_tell_codecs_apart(void **state)
{
	const struct sdp_codec_rules rules = {
		.audio = { .allow = LIST({ (char[]){ "speex" }, 16000 },
					 { (char[]){ "PCMA" }, 8000 }) },
	};

	(void)state;
	offered(HEAD "m=audio 4000 RTP/SAVP 100 8 101 102 103\na=rtpmap:100 speex/8000\n"
		     "a=rtpmap:101 SPEEX/16000\na=rtpmap:102 speex/32000\na=crypto:1 x\n"
		     "a=rtpmap:103 telephone-event/16000\n",
		&rules,
		HEAD
		"m=audio 4000 RTP/SAVP 8 101 103\r\na=rtpmap:101 SPEEX/16000\r\na=crypto:1 x\r\n"
		"a=rtpmap:103 telephone-event/16000\r\n");
}

/* Peers offer events of 8000 Hz beside opus alone: what has been so stays so. Shows: 4733/2.1a */
static void events_of_a_rate_without_codec_stay(void **state)
{
	const struct sdp_codec_rules rules = { .audio.deny = LIST(ANY("iLBC")) };

	(void)state;
	offered(HEAD "m=audio 4000 RTP/AVP 96 98 101\r\na=rtpmap:96 opus/48000/2\r\n"
		     "a=rtpmap:98 G7221/16000\r\na=rtpmap:101 telephone-event/8000\r\n",
		&rules, "");
	offered(HEAD "m=audio 4000 RTP/AVP 96 98 101\r\na=rtpmap:96 opus/48000/2\r\n"
		     "a=rtpmap:98 iLBC/8000\r\na=rtpmap:101 telephone-event/8000\r\n",
		&rules, HEAD "m=audio 4000 RTP/AVP 96\r\na=rtpmap:96 opus/48000/2\r\n");
}

static void a_line_with_nothing_left_is_rejected(void **state)
{
	const struct sdp_codec_rules rules = { .audio.allow = LIST(ANY("AMR"), ANY("CN")) };
	static const char video[] = "m=video 5000 RTP/AVPF 99\r\na=rtpmap:99 H264/90000\r\n"
				    "a=rtcp-fb:99 nack pli\r\n";
	char text[2048], expected[2048];

	(void)state;
	snprintf(text, sizeof(text), "%s%s%s", HEAD, PHONE, video);
	snprintf(expected, sizeof(expected),
		 "%sm=audio 0 RTP/AVP 96\r\na=ptime:20\r\na=rtcp-fb:* nack\r\n%s", HEAD, video);
	offered(text, &rules, expected);
	assert_int_equal(result.left, 1);
	assert_int_equal(result.rejected, 1);
	filter(HEAD PHONE, &rules, SDP_OFFER);
	assert_int_equal(result.left, 0);
	/* Rejected before, or no RTP: nobody's codecs. */
	assert_int_equal(filter(HEAD "m=audio 0 RTP/AVP 0\r\nm=image 6000 udptl t38\r\n"
				     "m=audio 7000 TCP/RTP/AVP 0\r\n",
				&rules, SDP_OFFER),
			 0);
	assert_int_equal(result.left, 2);
}

/* As a whole, whatever else is allowed, and by that name alone. */
static void t38_goes_when_it_is_denied(void **state)
{
	static const char fax[] = HEAD "m=image 6000 UDPTL T38\r\na=T38FaxVersion:0\r\n"
				       "m=image 0 udptl t38\r\nm=image 6002 tcp t38\r\n"
				       "m=image 6004 udptl other t38\r\n";
	const struct sdp_codec_rules audio = { .audio = { .allow = LIST(ANY("PCMA")) } };
	const struct sdp_codec_rules none = {
		.audio = { .allow = LIST(ANY("PCMA")), .deny = LIST(ANY("t38")) },
	};

	(void)state;
	assert_int_equal(filter(fax, &audio, SDP_OFFER), 0);
	assert_int_equal(result.left, 3);
	offered(fax, &none,
		HEAD "m=image 0 UDPTL T38\r\na=T38FaxVersion:0\r\nm=image 0 udptl t38\r\n"
		     "m=image 6002 tcp t38\r\nm=image 0 udptl other\r\n");
	assert_int_equal(result.rejected, 2);
	assert_int_equal(result.left, 1);
	assert_string_equal(result.removed, "T38, other, t38");
}

static void video_has_rules_of_its_own(void **state)
{
	const struct sdp_codec_rules rules = {
		.video = { .allow = LIST(ANY("H264"), ANY("rtx")), .order = LIST(ANY("H264")) },
	};

	(void)state;
	offered(HEAD "m=audio 4000 RTP/AVP 18\r\nm=video 5000/2 RTP/AVPF 96 97 98 99 31\r\n"
		     "a=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n"
		     "a=rtpmap:98 H264/90000\r\na=fmtp:98 profile-level-id=42e01f\r\n"
		     "a=rtpmap:99 rtx/90000\r\na=fmtp:99 apt=98;rtx-time=3000\r\n"
		     "a=rtcp-fb:96 nack\r\na=rtcp-fb:98 nack pli\r\na=rtcp-fb:98 ccm fir\r\n"
		     "a=rtcp-fb:* transport-cc\r\na=imageattr:96 send *\r\n",
		&rules,
		HEAD "m=audio 4000 RTP/AVP 18\r\nm=video 5000/2 RTP/AVPF 98 99\r\n"
		     "a=rtpmap:98 H264/90000\r\na=fmtp:98 profile-level-id=42e01f\r\n"
		     "a=rtpmap:99 rtx/90000\r\na=fmtp:99 apt=98;rtx-time=3000\r\n"
		     "a=rtcp-fb:98 nack pli\r\na=rtcp-fb:98 ccm fir\r\n"
		     "a=rtcp-fb:* transport-cc\r\n");
	assert_string_equal(result.removed, "VP8/90000, rtx/90000, H261/90000");
}

static void answers_have_only_what_was_left(void **state)
{
	const struct sdp_codec_rules rules = { .audio.allow = LIST(ANY("PCMA"), ANY("opus")) };

	(void)state;
	filter(HEAD "m=audio 4000 RTP/AVP 0 8\r\n", &rules, SDP_ANSWER);
	assert_string_equal(out, HEAD "m=audio 4000 RTP/AVP 8\r\n");
	/* The offer has said what 96 is. */
	assert_int_equal(filter(HEAD "m=audio 4000 RTP/AVP 96\r\n", &rules, SDP_ANSWER), 0);
	filter(HEAD "m=audio 4000 RTP/AVP 96\r\n", &rules, SDP_OFFER);
	assert_int_equal(result.rejected, 1);
}

static void odd_lists_are_read(void **state)
{
	const struct sdp_codec_rules rules = { .audio.deny = LIST(ANY("G729")) };
	char text[4096] = HEAD "m=audio 4000 RTP/AVP";

	(void)state;
	offered(HEAD "m=audio 4000 RTP/AVP 0 0 18 8\r\n", &rules,
		HEAD "m=audio 4000 RTP/AVP 0 8\r\n");
	for (unsigned int i = 0; i < 200; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), " x%u", i);
	strcat(text, "\r\n");
	filter(text, &rules, SDP_OFFER);
	assert_non_null(strstr(out, " x127\r\n"));
	assert_true(strlen(result.removed) < sizeof(result.removed));
}

static void what_does_not_fit_is_told(void **state)
{
	const struct sdp_codec_rules rules = { .audio.deny = LIST(ANY("G729")) };
	int len = filter(HEAD PHONE, &rules, SDP_OFFER);

	(void)state;
	for (size_t cap = 1; cap <= (size_t)len; cap++) {
		char *exact = malloc(cap);

		assert_non_null(exact);
		assert_int_equal(sdp_codecs_write(&sdp, &rules, SDP_OFFER, exact, cap, &result),
				 -EMSGSIZE);
		free(exact);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_is_allowed_is_offered),
		cmocka_unit_test(what_is_denied_is_not_offered),
		cmocka_unit_test(codecs_come_in_the_configured_order),
		cmocka_unit_test(clock_rates_tell_codecs_apart),
		cmocka_unit_test(events_of_a_rate_without_codec_stay),
		cmocka_unit_test(a_line_with_nothing_left_is_rejected),
		cmocka_unit_test(t38_goes_when_it_is_denied),
		cmocka_unit_test(video_has_rules_of_its_own),
		cmocka_unit_test(answers_have_only_what_was_left),
		cmocka_unit_test(odd_lists_are_read),
		cmocka_unit_test(what_does_not_fit_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
