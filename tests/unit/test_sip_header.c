// SPDX-License-Identifier: GPL-2.0-or-later
/* Finding headers in a message, by number and by name; names, methods and reason phrases. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sip/msg.h"

static struct sip_msg msg;

static void assert_value(const struct sip_header *header, const char *value)
{
	assert_non_null(header);
	assert_int_equal(header->value.len, strlen(value));
	assert_memory_equal(header->value.p, value, header->value.len);
}

static int parse(void **state)
{
	struct sip_msg_error error;
	struct view text = VIEW_LIT("OPTIONS sip:a SIP/2.0\r\n"
				    "v: SIP/2.0/UDP h\r\n"
				    "X-One: 1\r\n"
				    "Via: SIP/2.0/UDP i\r\n"
				    "f: <sip:b>;tag=1\r\n"
				    "To : <sip:a>\r\n"
				    "CALL-id: 1\r\n"
				    "cseq: 1 OPTIONS\r\n"
				    "vIA: SIP/2.0/UDP j\r\n"
				    "Supported: timer , 100REL\r\n"
				    "k: replaces\r\n"
				    "Allow: INVITE,ACK\r\n"
				    "Accept: text/plain;q=1, application/sdp\r\n"
				    "u: presence\r\n"
				    "x-ONE: 2\r\n"
				    "\r\n");

	(void)state;
	return sip_msg_parse(&msg, text.p, text.len, &error);
}

/* Shows: 3261/7.3.1b */
static void headers_by_number_in_order(void **state)
{
	const struct sip_header *header;

	(void)state;
	header = sip_msg_header(&msg, SIP_HDR_VIA, NULL);
	assert_value(header, "SIP/2.0/UDP h");
	header = sip_msg_header(&msg, SIP_HDR_VIA, header);
	assert_value(header, "SIP/2.0/UDP i");
	header = sip_msg_header(&msg, SIP_HDR_VIA, header);
	assert_value(header, "SIP/2.0/UDP j");
	assert_null(sip_msg_header(&msg, SIP_HDR_VIA, header));
	assert_null(sip_msg_header(&msg, SIP_HDR_ROUTE, NULL));
	header = sip_msg_header(&msg, SIP_HDR_OTHER, NULL);
	assert_value(header, "1");
	header = sip_msg_header(&msg, SIP_HDR_OTHER, header);
	assert_value(header, "presence");
	header = sip_msg_header(&msg, SIP_HDR_OTHER, header);
	assert_value(header, "2");
	assert_null(sip_msg_header(&msg, SIP_HDR_OTHER, header));
}

/* Shows: 3261/7.3.1e */
static void every_header_is_found_by_its_name(void **state)
{
	char name[64];

	(void)state;
	assert_string_equal(sip_hdr_name(SIP_HDR_OTHER), "?");
	assert_string_equal(sip_hdr_name(SIP_HDR_COUNT), "?");
	for (unsigned int id = SIP_HDR_OTHER + 1; id < SIP_HDR_COUNT; id++) {
		assert_non_null(sip_hdr_name(id));
		snprintf(name, sizeof(name), "%s", sip_hdr_name(id));
		assert_int_equal(sip_hdr_parse(view_str(name)), id);
		for (char *p = name; *p; p++)
			*p = (char)(*p >= 'a' && *p <= 'z' ? *p - 0x20 : *p);
		assert_int_equal(sip_hdr_parse(view_str(name)), id);
		/* One letter more, one less, and each one changed. */
		strcat(name, "x");
		assert_int_equal(sip_hdr_parse(view_str(name)), SIP_HDR_OTHER);
		name[strlen(name) - 1] = '\0';
		for (char *p = name; *p; p++) {
			*p ^= 1;
			assert_int_equal(sip_hdr_parse(view_str(name)), SIP_HDR_OTHER);
			*p ^= 1;
		}
		assert_int_equal(sip_hdr_parse(view_str(name)), id);
	}
}

/*
 * The letters of the IANA registry that have a number here; all others have none.
 * Shows: 3261/7.3.3a
 */
static void compact_forms(void **state)
{
	static const struct {
		const char *letters;
		enum sip_hdr_id id;
	} forms[] = {
		{ "bB", SIP_HDR_REFERRED_BY },
		{ "cC", SIP_HDR_CONTENT_TYPE },
		{ "eE", SIP_HDR_CONTENT_ENCODING },
		{ "fF", SIP_HDR_FROM },
		{ "iI", SIP_HDR_CALL_ID },
		{ "kK", SIP_HDR_SUPPORTED },
		{ "lL", SIP_HDR_CONTENT_LENGTH },
		{ "mM", SIP_HDR_CONTACT },
		{ "oO", SIP_HDR_EVENT },
		{ "rR", SIP_HDR_REFER_TO },
		{ "sS", SIP_HDR_SUBJECT },
		{ "tT", SIP_HDR_TO },
		{ "vV", SIP_HDR_VIA },
		{ "xX", SIP_HDR_SESSION_EXPIRES },
	};
	enum sip_hdr_id expected;

	(void)state;
	for (int c = 0; c < 256; c++) {
		char letter = (char)c;

		expected = SIP_HDR_OTHER;
		for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
			if (c && strchr(forms[i].letters, c))
				expected = forms[i].id;
		assert_int_equal(sip_hdr_parse((struct view){ &letter, 1 }), expected);
	}
	assert_int_equal(sip_hdr_parse(VIEW_NONE), SIP_HDR_OTHER);
	assert_int_equal(sip_hdr_parse(VIEW_LIT("Call\x0dID")), SIP_HDR_OTHER);
}

static void methods(void **state)
{
	(void)state;
	assert_string_equal(sip_method_name(SIP_METHOD_OTHER), "?");
	assert_string_equal(sip_method_name(SIP_METHOD_COUNT), "?");
	assert_string_equal(sip_method_name(SIP_INVITE), "INVITE");
	assert_string_equal(sip_method_name(SIP_PUBLISH), "PUBLISH");
}

static void reason_phrases(void **state)
{
	(void)state;
	assert_string_equal(sip_reason(100), "Trying");
	assert_string_equal(sip_reason(180), "Ringing");
	assert_string_equal(sip_reason(200), "OK");
	assert_string_equal(sip_reason(487), "Request Terminated");
	assert_string_equal(sip_reason(513), "Message Too Large");
	assert_string_equal(sip_reason(606), "Not Acceptable");
	/* Unknown ones are told by their class. */
	assert_string_equal(sip_reason(499), "Request Failure");
	assert_string_equal(sip_reason(699), "Global Failure");
	for (int status = -1; status < 1000; status++)
		assert_true(strlen(sip_reason(status)) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_by_number_in_order),
		cmocka_unit_test(every_header_is_found_by_its_name),
		cmocka_unit_test(compact_forms),
		cmocka_unit_test(methods),
		cmocka_unit_test(reason_phrases),
	};

	return cmocka_run_group_tests(tests, parse, NULL);
}
