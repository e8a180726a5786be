// SPDX-License-Identifier: GPL-2.0-or-later
/* DNS messages, octet by octet: names, compression, aliases, and what is cut or made up. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dns/message.h"

#define HEAD(rcode, answers, authority) \
	"\x12\x34\x81" rcode "\0\x01\0" answers "\0" authority "\0\0"
#define QUESTION(type) \
	"\x01"         \
	"a\x07"        \
	"example\0\0" type "\0\x01"
/* Of the question's name. */
#define RECORD(type, length) "\xc0\x0c\0" type "\0\x01\0\0\x01\x2c\0" length

/* In a buffer of exactly its size, for the sanitizer; and every shorter one is refused or read. */
static int parse(const char *octets, size_t len, enum dns_type type, struct dns_answer **answer)
{
	uint8_t *exact;
	int ret;

	for (size_t cut = 0; cut < len; cut++) {
		exact = malloc(cut ? cut : 1);
		assert_non_null(exact);
		memcpy(exact, octets, cut);
		ret = dns_message_parse(exact, cut, "a.example", type, answer);
		assert_true(ret == 0 || ret == -EBADMSG);
		if (!ret)
			free(*answer);
		free(exact);
	}
	exact = malloc(len);
	assert_non_null(exact);
	memcpy(exact, octets, len);
	*answer = NULL;
	ret = dns_message_parse(exact, len, "a.example", type, answer);
	free(exact);
	return ret;
}

#define PARSE(text, type, answer) parse((text), sizeof(text) - 1, (type), (answer))

static void addresses(void **state)
{
	static const char text[] = HEAD("\x80", "\x02", "\0") QUESTION("\x01")
		RECORD("\x01", "\x04") "\xc0\0\x02\x01" RECORD("\x01", "\x04") "\xc0\0\x02\x02";
	struct dns_answer *answer;

	(void)state;
	assert_int_equal(PARSE(text, DNS_A, &answer), 0);
	assert_int_equal(answer->result, DNS_FOUND);
	assert_int_equal(answer->nrecords, 2);
	assert_int_equal(answer->ttl_s, 300);
	assert_memory_equal(&answer->records[1].v4, "\xc0\0\x02\x02", 4);
	free(answer);
	/* What was not asked for is not there. */
	assert_int_equal(PARSE(text, DNS_AAAA, &answer), 0);
	assert_int_equal(answer->result, DNS_NO_DATA);
	free(answer);
}

static void service(void **state)
{
	static const char text[] = HEAD("\x80", "\x02", "\0") QUESTION("\x21")
		RECORD("\x21", "\x09") "\0\x05\0\x07\x13\xc4\xc0\x0e\0" RECORD(
			"\x21", "\x07") "\0\x05\0\x07\x13\xc4\0";
	static const char good[] = HEAD("\x80", "\x02", "\0") QUESTION("\x21")
		RECORD("\x21", "\x0a") "\0\x05\0\x07\x13\xc4\x01"
				       "B\xc0\x0e" RECORD("\x21", "\x07") "\0\0\0\0\0\0\0";
	struct dns_answer *answer;

	(void)state;
	/* A name that ends before its data does is no reason to read on elsewhere. */
	assert_int_equal(PARSE(text, DNS_SRV, &answer), 0);
	assert_string_equal(dns_record_name(answer, &answer->records[0]), "example");
	free(answer);
	assert_int_equal(PARSE(good, DNS_SRV, &answer), 0);
	assert_int_equal(answer->nrecords, 2);
	assert_int_equal(answer->records[0].order, 5);
	assert_int_equal(answer->records[0].preference, 7);
	assert_int_equal(answer->records[0].port, 5060);
	assert_string_equal(dns_record_name(answer, &answer->records[0]), "b.example");
	assert_string_equal(dns_record_name(answer, &answer->records[1]), "");
	free(answer);
}

static void naptr(void **state)
{
	static const char text[] = HEAD("\x80", "\x03", "\0") QUESTION("\x23")
		RECORD("\x23", "\x11") "\0\x0a\0\x14\x01"
				       "S\x07SIP+D2U\0\xc0\x0e" RECORD(
					       "\x23",
					       "\x11") "\0\x0a\0\x14\x01"
						       "u\x07"
						       "E2U+sip\x01!\0" RECORD(
							       "\x23",
							       "\x09") "\0\x0a\0\x14\0\0\0\xc0\x0e";
	static const char beyond[] = HEAD("\x80", "\x01", "\0") QUESTION("\x23")
		RECORD("\x23", "\x08") "\0\x0a\0\x14\x01"
				       "S\x70S";
	struct dns_answer *answer;

	(void)state;
	assert_int_equal(PARSE(text, DNS_NAPTR, &answer), 0);
	assert_int_equal(answer->nrecords, 3);
	assert_true(answer->records[0].terminal);
	assert_string_equal(answer->text + answer->records[0].service, "SIP+D2U");
	assert_string_equal(dns_record_name(answer, &answer->records[0]), "example");
	assert_false(answer->records[1].terminal);
	assert_false(answer->records[2].terminal);
	free(answer);
	assert_int_equal(PARSE(beyond, DNS_NAPTR, &answer), -EBADMSG);
}

static void aliases(void **state)
{
	static const char chain[] = HEAD("\x80", "\x02", "\0")
		QUESTION("\x01") "\x01"
				 "b\xc0\x0e\0\x01\0\x01\0\0\0\x0a\0\x04\xc0\0\x02\x01" RECORD(
					 "\x05", "\x04") "\x01"
							 "b\xc0\x0e";
	static const char half[] = HEAD("\x80", "\x01", "\0") QUESTION("\x01")
		RECORD("\x05", "\x04") "\x01"
				       "b\xc0\x0e";
	static const char loop[] = HEAD("\x80", "\x01", "\0") QUESTION("\x01")
		RECORD("\x05", "\x02") "\xc0\x0c";
	static const char root[] = HEAD("\x80", "\x01", "\0") QUESTION("\x01")
		RECORD("\x05", "\x01") "\0";
	struct dns_answer *answer;

	(void)state;
	assert_int_equal(PARSE(chain, DNS_A, &answer), 0);
	assert_int_equal(answer->result, DNS_FOUND);
	assert_int_equal(answer->ttl_s, 10);
	free(answer);
	assert_int_equal(PARSE(half, DNS_A, &answer), 0);
	assert_int_equal(answer->result, DNS_ALIAS);
	assert_string_equal(dns_record_name(answer, &answer->records[0]), "b.example");
	free(answer);
	assert_int_equal(PARSE(loop, DNS_A, &answer), -EBADMSG);
	assert_int_equal(PARSE(root, DNS_A, &answer), -EBADMSG);
}

#define SOA                                          \
	"\xc0\x0e\0\x06\0\x01\0\0\x01\x2c\0\x16\0\0" \
	"\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\0\0\x1e"

static void negative(void **state)
{
	static const char no_name[] = HEAD("\x83", "\0", "\x01") QUESTION("\x01") SOA;
	static const char no_data[] = HEAD("\x80", "\0", "\x01") QUESTION("\x01") SOA;
	static const char servfail[] = HEAD("\x82", "\0", "\0") QUESTION("\x01");
	struct dns_answer *answer;

	(void)state;
	assert_int_equal(PARSE(no_name, DNS_A, &answer), 0);
	assert_int_equal(answer->result, DNS_NO_NAME);
	assert_int_equal(answer->ttl_s, 30);
	free(answer);
	assert_int_equal(PARSE(no_data, DNS_A, &answer), 0);
	assert_int_equal(answer->result, DNS_NO_DATA);
	free(answer);
	assert_int_equal(PARSE(servfail, DNS_A, &answer), -EBADMSG);
}

static void made_up(void **state)
{
	static const char forward[] = HEAD("\x80", "\x01", "\0")
		QUESTION("\x01") "\xc0\x40\0\x01\0\x01\0\0\0\x0a\0\x04\xc0\0\x02\x01";
	static const char itself[] = HEAD("\x80", "\x01", "\0")
		QUESTION("\x01") "\xc0\x1b\0\x01\0\x01\0\0\0\x0a\0\x04\xc0\0\x02\x01";
	static const char reserved[] = HEAD("\x80", "\x01", "\0")
		QUESTION("\x01") "\x80\x0c\0\x01\0\x01\0\0\0\x0a\0\x04\xc0\0\x02\x01";
	static const char short_address[] = HEAD("\x80", "\x01", "\0") QUESTION("\x01")
		RECORD("\x01", "\x03") "\xc0\0\x02";
	static const char question[] = "\x12\x34\x01\0\0\x01\0\0\0\0\0\0" QUESTION("\x01");
	static const char odd[] = HEAD("\x80", "\x01", "\0") QUESTION("\x21")
		RECORD("\x21", "\x0a") "\0\0\0\0\0\x01\x02"
				       "a b";
	struct dns_answer *answer;

	(void)state;
	assert_int_equal(PARSE(forward, DNS_A, &answer), -EBADMSG);
	assert_int_equal(PARSE(itself, DNS_A, &answer), -EBADMSG);
	assert_int_equal(PARSE(reserved, DNS_A, &answer), -EBADMSG);
	assert_int_equal(PARSE(short_address, DNS_A, &answer), -EBADMSG);
	assert_int_equal(PARSE(question, DNS_A, &answer), -EBADMSG);
	assert_int_equal(PARSE(odd, DNS_SRV, &answer), -EBADMSG);
}

static void names(void **state)
{
	char out[DNS_NAME_STRLEN], name[300];

	(void)state;
	assert_int_equal(dns_name_normalize("SIP.Example.COM.", 16, out), 0);
	assert_string_equal(out, "sip.example.com");
	assert_int_equal(dns_name_normalize("_sip._udp.a-b", 13, out), 0);
	assert_int_equal(dns_name_normalize("", 0, out), -EINVAL);
	assert_int_equal(dns_name_normalize(".", 1, out), -EINVAL);
	assert_int_equal(dns_name_normalize("a..b", 4, out), -EINVAL);
	assert_int_equal(dns_name_normalize(".a", 2, out), -EINVAL);
	assert_int_equal(dns_name_normalize("a b", 3, out), -EINVAL);
	assert_int_equal(dns_name_normalize("a\0b", 3, out), -EINVAL);
	memset(name, 'a', sizeof(name));
	assert_int_equal(dns_name_normalize(name, 63, out), 0);
	assert_int_equal(dns_name_normalize(name, 64, out), -EINVAL);
	for (int i = 1; i < 300; i += 2)
		name[i] = '.';
	assert_int_equal(dns_name_normalize(name, 253, out), 0);
	assert_int_equal(dns_name_normalize(name, 255, out), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses), cmocka_unit_test(service),	 cmocka_unit_test(naptr),
		cmocka_unit_test(aliases),   cmocka_unit_test(negative), cmocka_unit_test(made_up),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
