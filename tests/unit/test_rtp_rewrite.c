// SPDX-License-Identifier: GPL-2.0-or-later
/* RTP headers rewritten, and payload made silent: the very octets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rtp_rewrite.h"

static void assert_rewritten(const struct rtp_rewrite *rw, const uint8_t before[12],
			     const uint8_t after[12])
{
	uint8_t *copy = malloc(RTP_FIXED_HEADER);

	assert_non_null(copy);
	memcpy(copy, before, RTP_FIXED_HEADER);
	rtp_rewrite(copy, rw);
	assert_memory_equal(copy, after, RTP_FIXED_HEADER);
	free(copy);
}

#define HEADER(...) ((const uint8_t[12]){ __VA_ARGS__ })

static void what_is_not_asked_for_stays(void **state)
{
	struct rtp_rewrite rw = { .ssrc = 0x01020304, .payload_types = { [0x60] = 1 } };

	(void)state;
	assert_rewritten(&rw, HEADER(0x80, 0xe0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
			 HEADER(0x80, 0xe0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
}

static void numbers_wrap(void **state)
{
	struct rtp_rewrite rw = { .seq_offset = 0x1001, .timestamp_offset = 0x80000001 };

	(void)state;
	assert_rewritten(&rw, HEADER(0x80, 0, 0xf0, 0, 0x80, 0, 0, 0, 0, 0, 0, 1),
			 HEADER(0x80, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1));
	assert_rewritten(&rw, HEADER(0x80, 0, 0, 0xff, 0, 0, 0, 0xff, 0, 0, 0, 1),
			 HEADER(0x80, 0, 0x11, 0, 0x80, 0, 1, 0, 0, 0, 0, 1));
}

static void ssrc_is_set(void **state)
{
	struct rtp_rewrite rw = { .what = RTP_REWRITE_SSRC, .ssrc = 0xfedcba98 };

	(void)state;
	assert_rewritten(&rw, HEADER(0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4),
			 HEADER(0x80, 0, 0, 0, 0, 0, 0, 0, 0xfe, 0xdc, 0xba, 0x98));
	rw.ssrc = 0;
	assert_rewritten(&rw, HEADER(0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4),
			 HEADER(0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
}

static void every_payload_type_keeps_its_marker(void **state)
{
	struct rtp_rewrite rw = { .what = RTP_REWRITE_PAYLOAD_TYPES };
	uint8_t header[12] = { 0x80 };
	unsigned int type;

	(void)state;
	for (type = 0; type < 128; type++)
		rw.payload_types[type] = 127 - type;
	for (type = 0; type < 256; type++) {
		header[1] = (uint8_t)type;
		rtp_rewrite(header, &rw);
		assert_int_equal(header[1], (type & 0x80) | (127 - (type & 0x7f)));
	}
}

static void silence_is_known_of_four(void **state)
{
	unsigned int type;

	(void)state;
	for (type = 0; type < 128; type++)
		assert_int_equal(rtp_has_silence(type),
				 type == 0 || type == 8 || type == 10 || type == 11);
}

static void assert_silenced(const uint8_t *before, const uint8_t *after, size_t len)
{
	uint8_t *copy = malloc(len);

	assert_non_null(copy);
	memcpy(copy, before, len);
	rtp_silence(copy, (unsigned int)len);
	assert_memory_equal(copy, after, len);
	free(copy);
}

#define SILENCED(before, after)                                         \
	do {                                                            \
		static const uint8_t b[] = before, a[] = after;         \
		_Static_assert(sizeof(a) == sizeof(b), "same length");  \
		assert_silenced(b, a, sizeof(b));                       \
	} while (0)
#define P(...) { __VA_ARGS__ }
#define REST 0, 1, 0, 0, 0, 2, 0, 0, 0, 3

static void each_has_its_silence(void **state)
{
	(void)state;
	SILENCED(P(0x80, 0x80, REST, 1, 2, 3), P(0x80, 0x80, REST, 0xff, 0xff, 0xff));
	SILENCED(P(0x80, 8, REST, 1, 2, 3), P(0x80, 8, REST, 0xd5, 0xd5, 0xd5));
	SILENCED(P(0x80, 10, REST, 1, 2, 3, 4), P(0x80, 10, REST, 0, 0, 0, 0));
	SILENCED(P(0x80, 0x8b, REST, 1, 2), P(0x80, 0x8b, REST, 0, 0));
	SILENCED(P(0x80, 0, REST), P(0x80, 0, REST));
}

static void sources_extension_and_padding_stay(void **state)
{
	(void)state;
	SILENCED(P(0x92, 8, REST, 9, 9, 9, 9, 8, 8, 8, 8, 7, 7, 0, 1, 6, 6, 6, 6, 1, 2),
		 P(0x92, 8, REST, 9, 9, 9, 9, 8, 8, 8, 8, 7, 7, 0, 1, 6, 6, 6, 6, 0xd5, 0xd5));
	SILENCED(P(0xa0, 8, REST, 1, 2, 0, 0, 3), P(0xa0, 8, REST, 0xd5, 0xd5, 0, 0, 3));
	/* All of it, or nothing, or more than there is. */
	SILENCED(P(0xa0, 8, REST, 0, 0, 3), P(0xa0, 8, REST, 0, 0, 3));
	SILENCED(P(0xa0, 8, REST, 1, 2, 0), P(0x80, 8, REST, 0xd5, 0xd5, 0xd5));
	SILENCED(P(0xa0, 8, REST, 1, 2, 4), P(0x80, 8, REST, 0xd5, 0xd5, 0xd5));
	SILENCED(P(0xb0, 8, REST, 7, 7, 0, 0), P(0x90, 8, REST, 7, 7, 0, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_asked_for_stays),
		cmocka_unit_test(numbers_wrap),
		cmocka_unit_test(ssrc_is_set),
		cmocka_unit_test(every_payload_type_keeps_its_marker),
		cmocka_unit_test(silence_is_known_of_four),
		cmocka_unit_test(each_has_its_silence),
		cmocka_unit_test(sources_extension_and_padding_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
