// SPDX-License-Identifier: GPL-2.0-or-later
/* Can two offers be the answers to each other? */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "sdp/sdp_common.h"

#define HEAD "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"
#define AUDIO(formats) "m=audio 4000 RTP/AVP " formats "\r\n"
#define OPUS(type) "a=rtpmap:" type " opus/48000/2\r\n"
#define EVENTS(type) "a=rtpmap:" type " telephone-event/8000\r\n"

static bool common(const char *a, const char *b)
{
	struct sdp one, other;
	struct sdp_error error;

	assert_int_equal(sdp_parse(&one, view_str(a), &error), 0);
	assert_int_equal(sdp_parse(&other, view_str(b), &error), 0);
	assert_int_equal(sdp_have_common(&one, &other), sdp_have_common(&other, &one));
	return sdp_have_common(&one, &other);
}

static void by_what_they_mean(void **state)
{
	(void)state;
	assert_true(common(HEAD AUDIO("0 8"), HEAD AUDIO("18 8")));
	assert_false(common(HEAD AUDIO("0"), HEAD AUDIO("8")));
	/* Not by their numbers. */
	assert_true(common(HEAD AUDIO("96") OPUS("96"), HEAD AUDIO("111") OPUS("111")));
	assert_false(
		common(HEAD AUDIO("96") OPUS("96"), HEAD AUDIO("96") "a=rtpmap:96 iLBC/8000\r\n"));
	assert_false(common(HEAD AUDIO("9"), HEAD AUDIO("96") "a=rtpmap:96 G722/16000\r\n"));
	/* With tones alone nobody talks. */
	assert_false(
		common(HEAD AUDIO("0 101 13") EVENTS("101"), HEAD AUDIO("8 101 13") EVENTS("101")));
}

static void line_by_line(void **state)
{
	static const char fax[] = HEAD "m=image 4000 udptl t38\r\n";
	static const char both[] = HEAD AUDIO("0") "m=video 4002 RTP/AVP 31\r\n";

	(void)state;
	assert_true(common(fax, fax));
	assert_false(common(fax, HEAD AUDIO("0")));
	assert_true(common(both, both));
	assert_false(common(both, HEAD AUDIO("0")));
	assert_false(common(both, HEAD AUDIO("0") "m=video 4002 RTP/AVP 34\r\n"));
	assert_false(common(HEAD AUDIO("0"), HEAD "m=audio 4000 RTP/SAVP 0\r\n"));
	/* What one rejects, the other one must. */
	assert_false(common(both, HEAD AUDIO("0") "m=video 0 RTP/AVP 31\r\n"));
	assert_true(common(HEAD AUDIO("0") "m=video 0 RTP/AVP 31\r\n",
			   HEAD AUDIO("0") "m=video 0 RTP/AVP 34\r\n"));
	/* Nothing is left. */
	assert_false(common(HEAD "m=audio 0 RTP/AVP 0\r\n", HEAD "m=audio 0 RTP/AVP 0\r\n"));
	assert_false(common(HEAD, HEAD));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_what_they_mean),
		cmocka_unit_test(line_by_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
