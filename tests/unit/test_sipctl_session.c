// SPDX-License-Identifier: GPL-2.0-or-later
/* The grammar of "sipctl session add" and "session set". */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sipctl/session_words.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define WORDS_MAX 256

static struct sf_session session;
static char why[256];

/* Cuts @line at its blanks, in place. */
static int split(char *line, char **words)
{
	int n = 0;

	for (char *word = strtok(line, " "); word; word = strtok(NULL, " ")) {
		assert_true(n < WORDS_MAX);
		words[n++] = word;
	}
	return n;
}

static int parse(bool change, const char *text)
{
	char *words[WORDS_MAX];
	char *line = strdup(text);
	int ret;

	assert_non_null(line);
	strcpy(why, "untouched");
	ret = session_words_parse(&session, change, split(line, words), words, why, sizeof(why));
	free(line);
	return ret;
}

/* @ip: of either family. */
static void assert_address(const struct sf_address *address, const char *ip, unsigned int port)
{
	char text[INET6_ADDRSTRLEN];

	assert_int_equal(address->family, strchr(ip, ':') ? AF_INET6 : AF_INET);
	assert_string_equal(inet_ntop(address->family, &address->v6, text, sizeof(text)), ip);
	assert_int_equal(address->port, htons(port));
}

static void reads_a_whole_session(void **state)
{
	const struct sf_endpoint *one = &session.endpoints[0], *two = &session.endpoints[1];

	(void)state;
	assert_int_equal(parse(false, "17 timeout 30s endpoint 1 local 10.0.1.1:30000 "
				      "remote 10.0.1.2:4000 learn once from 10.0.1.0/24 "
				      "forward 2 endpoint 2 local 10.0.2.1:30000 "
				      "remote 10.0.2.2:4000 forward 1"),
			 0);
	assert_int_equal(session.id, 17);
	assert_int_equal(session.owner, SF_OWNER_OPERATOR);
	assert_true(session.has_timeout);
	assert_int_equal(session.timeout_ms, 30000);
	assert_int_equal(session.nendpoints, 2);
	assert_int_equal(one->id, 1);
	assert_int_equal(one->has, SF_HAS_LOCAL | SF_HAS_REMOTE | SF_HAS_LEARN | SF_HAS_LEARN_FROM |
					   SF_HAS_FORWARDS);
	assert_address(&one->local, "10.0.1.1", 30000);
	assert_address(&one->remote, "10.0.1.2", 4000);
	assert_int_equal(one->learn, SIPFAST_LEARN_ONCE);
	assert_address(&one->learn_addr, "10.0.1.0", 0);
	assert_int_equal(one->learn_prefix, 24);
	assert_int_equal(one->nforwards, 1);
	assert_int_equal(one->forwards[0].to, 2);
	assert_int_equal(two->id, 2);
	assert_int_equal(two->has, SF_HAS_LOCAL | SF_HAS_REMOTE | SF_HAS_FORWARDS);
	assert_address(&two->local, "10.0.2.1", 30000);
	assert_int_equal(two->forwards[0].to, 1);
}

static void reads_every_option(void **state)
{
	const struct sf_endpoint *ep = &session.endpoints[0];

	(void)state;
	assert_int_equal(parse(false, "18446744073709551615 owner sipd endpoint 4294967295 "
				      "component mux source accept dscp 46 ttl 255 clock 48000 "
				      "learn off from any forward 1,2,0x3 forward 4"),
			 0);
	assert_true(session.id == UINT64_MAX);
	assert_int_equal(session.owner, SF_OWNER_SIPD);
	assert_false(session.has_timeout);
	assert_int_equal(ep->id, UINT32_MAX);
	assert_int_equal(ep->component, SIPFAST_COMPONENT_MUX);
	assert_int_equal(ep->source, SIPFAST_SOURCE_ACCEPT);
	assert_int_equal(ep->dscp, 46);
	assert_int_equal(ep->ttl, 255);
	assert_int_equal(ep->clock_rate, 48000);
	assert_int_equal(ep->learn, SIPFAST_LEARN_OFF);
	assert_int_equal(ep->learn_prefix, 0);
	assert_int_equal(ep->nforwards, 4);
	assert_int_equal(ep->forwards[2].to, 3);
	assert_int_equal(ep->forwards[3].to, 4);
	assert_int_equal(ep->has, SF_HAS_COMPONENT | SF_HAS_SOURCE | SF_HAS_DSCP | SF_HAS_TTL |
					  SF_HAS_CLOCK_RATE | SF_HAS_LEARN | SF_HAS_LEARN_FROM |
					  SF_HAS_FORWARDS);
}

static void reads_ipv6(void **state)
{
	const struct sf_endpoint *one = &session.endpoints[0], *two = &session.endpoints[1];

	(void)state;
	assert_int_equal(parse(false, "17 endpoint 1 local [2001:db8::1]:30000 "
				      "remote [2001:db8::2]:65535 learn window for 90s "
				      "from 2001:db8::/32 endpoint 2 from [::1]"),
			 0);
	assert_address(&one->local, "2001:db8::1", 30000);
	assert_address(&one->remote, "2001:db8::2", 65535);
	assert_int_equal(one->learn, SIPFAST_LEARN_WINDOW);
	assert_int_equal(one->learn_ms, 90000);
	assert_address(&one->learn_addr, "2001:db8::", 0);
	assert_int_equal(one->learn_prefix, 32);
	assert_int_equal(one->has, SF_HAS_LOCAL | SF_HAS_REMOTE | SF_HAS_LEARN | SF_HAS_LEARN_FROM |
					   SF_HAS_LEARN_MS);
	assert_address(&two->learn_addr, "::1", 0);
	assert_int_equal(two->learn_prefix, 128);
}

static void reads_what_to_report(void **state)
{
	const struct sf_endpoint *one = &session.endpoints[0], *two = &session.endpoints[1];

	(void)state;
	assert_int_equal(parse(true, "17 endpoint 1 inactive 5s dtmf 101 "
				     "endpoint 2 inactive never dtmf none"),
			 0);
	assert_int_equal(one->has, SF_HAS_INACTIVE | SF_HAS_DTMF_TYPE);
	assert_int_equal(one->inactive_ms, 5000);
	assert_int_equal(one->dtmf_type, 101);
	assert_int_equal(two->has, SF_HAS_INACTIVE | SF_HAS_DTMF_TYPE);
	assert_int_equal(two->inactive_ms, 0);
	assert_int_equal(two->dtmf_type, SF_DTMF_NONE);
}

static void reads_options_of_forwards(void **state)
{
	const struct sf_forward *forwards = session.endpoints[0].forwards;

	(void)state;
	assert_int_equal(parse(false, "17 endpoint 1 forward 2,mode=silence,pt=101:96,pt=0:8,"
				      "ssrc=0x1234abcd,seq=+100,timestamp=-8000,dscp=46,ttl=1,3 "
				      "forward 4,seq=-1,timestamp=7,mode=block,ssrc=0"),
			 0);
	assert_int_equal(session.endpoints[0].nforwards, 3);
	assert_int_equal(forwards[0].to, 2);
	assert_int_equal(forwards[0].mode, SIPFAST_FORWARD_SILENCE);
	assert_int_equal(forwards[0].npayload_types, 2);
	assert_int_equal(forwards[0].payload_types[0].from, 101);
	assert_int_equal(forwards[0].payload_types[0].to, 96);
	assert_int_equal(forwards[0].payload_types[1].from, 0);
	assert_int_equal(forwards[0].payload_types[1].to, 8);
	assert_int_equal(forwards[0].has, SF_FORWARD_SSRC | SF_FORWARD_DSCP | SF_FORWARD_TTL);
	assert_int_equal(forwards[0].ssrc, 0x1234abcd);
	assert_int_equal(forwards[0].seq_offset, 100);
	assert_int_equal(forwards[0].timestamp_offset, UINT32_MAX - 7999);
	assert_int_equal(forwards[0].dscp, 46);
	assert_int_equal(forwards[0].ttl, 1);
	assert_int_equal(forwards[1].to, 3);
	assert_int_equal(forwards[1].has, 0);
	assert_int_equal(forwards[1].seq_offset, 0);
	assert_int_equal(forwards[2].to, 4);
	assert_int_equal(forwards[2].mode, SIPFAST_FORWARD_BLOCK);
	assert_int_equal(forwards[2].has, SF_FORWARD_SSRC);
	assert_int_equal(forwards[2].ssrc, 0);
	assert_int_equal(forwards[2].seq_offset, UINT16_MAX);
	assert_int_equal(forwards[2].timestamp_offset, 7);
}

static void reads_a_change(void **state)
{
	(void)state;
	assert_int_equal(parse(true, "17 timeout never endpoint 1 no-forwards endpoint 2 delete"),
			 0);
	assert_true(session.has_timeout);
	assert_int_equal(session.timeout_ms, 0);
	assert_int_equal(session.endpoints[0].has, SF_HAS_FORWARDS);
	assert_int_equal(session.endpoints[0].nforwards, 0);
	assert_int_equal(session.endpoints[1].has, SF_DELETE);
}

static void reads_durations(void **state)
{
	static const struct {
		const char *words;
		uint32_t ms;
	} cases[] = {
		{ "1 timeout 500ms", 500 },   { "1 timeout 30s", 30000 },
		{ "1 timeout 5m", 300000 },   { "1 timeout 2h", 7200000 },
		{ "1 timeout 1d", 86400000 }, { "1 timeout 49d", 4233600000 },
		{ "1 timeout 0s", 0 },	      { "1 timeout 4294967295ms", UINT32_MAX },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(parse(false, cases[i].words), 0);
		assert_int_equal(session.timeout_ms, cases[i].ms);
	}
}

static void tells_what_is_wrong_where_and_what_to_do(void **state)
{
	static const struct {
		bool change;
		const char *words;
		const char *why;
	} cases[] = {
		{ 0, "x", "bad ID \"x\", first word, give a number from 1 up" },
		{ 0, "0", "bad ID \"0\", first word, give a number from 1 up" },
		{ 0, "18446744073709551616",
		  "bad ID \"18446744073709551616\", first word, give a number from 1 up" },
		{ 0, "-1", "bad ID \"-1\", first word, give a number from 1 up" },
		{ 0, "5 frob",
		  "unknown word \"frob\", session 5, give owner, timeout or endpoint" },
		{ 0, "5 local 10.0.0.1:1",
		  "unknown word \"local\", session 5, give owner, timeout or endpoint" },
		{ 0, "5 endpoint 1 frob",
		  "unknown word \"frob\", endpoint 1, see \"sipctl help session add\"" },
		{ 0, "5 timeout 30",
		  "bad timeout \"30\", session 5, "
		  "give a time such as 500ms, 30s, 5m, 2h or never" },
		{ 0, "5 timeout 50d",
		  "bad timeout \"50d\", session 5, "
		  "give a time such as 500ms, 30s, 5m, 2h or never" },
		{ 0, "5 timeout",
		  "incomplete \"timeout\", session 5, "
		  "give a time such as 500ms, 30s, 5m, 2h or never after it" },
		{ 0, "5 owner me", "bad owner \"me\", session 5, give operator, sipd or a number" },
		{ 0, "5 owner 1 owner 2", "repeated word \"owner\", session 5, give it once" },
		{ 0, "5 endpoint 0", "bad endpoint \"0\", session 5, give a number from 1 up" },
		{ 0, "5 endpoint 1 endpoint 1",
		  "repeated endpoint \"1\", session 5, say all about it at one place" },
		{ 0, "5 endpoint 1 dscp 64",
		  "bad dscp \"64\", endpoint 1, give a number from 0 to 63" },
		{ 0, "5 endpoint 1 dscp 1 dscp 2",
		  "repeated word \"dscp\", endpoint 1, give it once" },
		{ 0, "5 endpoint 1 ttl 0",
		  "bad ttl \"0\", endpoint 1, give a number from 1 to 255" },
		{ 0, "5 endpoint 1 clock 999",
		  "bad clock \"999\", endpoint 1, give Hz from 1000 to 192000" },
		{ 0, "5 endpoint 1 component both",
		  "bad component \"both\", endpoint 1, give rtp, rtcp, mux or transparent" },
		{ 0, "5 endpoint 1 learn twice",
		  "bad learn \"twice\", endpoint 1, give off, once or window" },
		{ 0, "5 endpoint 1 learn once from 10.0.0.0/33",
		  "bad from \"10.0.0.0/33\", endpoint 1, give ADDRESS, ADDRESS/LENGTH or any" },
		{ 0, "5 endpoint 1 source lax",
		  "bad source \"lax\", endpoint 1, give strict or accept" },
		{ 0, "5 endpoint 1 local 10.0.0.1",
		  "bad local \"10.0.0.1\", endpoint 1, "
		  "give ADDRESS:PORT or [ADDRESS6]:PORT" },
		{ 0, "5 endpoint 1 local 10.0.0.1:0",
		  "bad local \"10.0.0.1:0\", endpoint 1, "
		  "give ADDRESS:PORT or [ADDRESS6]:PORT" },
		{ 0, "5 endpoint 1 remote 10.0.0.256:5",
		  "bad remote \"10.0.0.256:5\", endpoint 1, "
		  "give ADDRESS:PORT or [ADDRESS6]:PORT" },
		{ 0, "5 endpoint 1 forward 2,",
		  "bad forward \"2,\", endpoint 1, "
		  "give endpoint numbers such as 2 or 2,3 or, with options, 2,dscp=46" },
		{ 0, "5 endpoint 1 forward 1,2,3,4,5,6,7,8,9",
		  "one too many forward \"9\", endpoint 1, 8 is the most" },
		{ 0, "5 endpoint 1 local 2001:db8::1:5060",
		  "bad local \"2001:db8::1:5060\", endpoint 1, "
		  "give ADDRESS:PORT or [ADDRESS6]:PORT" },
		{ 0, "5 endpoint 1 local [2001:db8::1]",
		  "bad local \"[2001:db8::1]\", endpoint 1, "
		  "give ADDRESS:PORT or [ADDRESS6]:PORT" },
		{ 0, "5 endpoint 1 local [10.0.0.1]:5",
		  "bad local \"[10.0.0.1]:5\", endpoint 1, "
		  "give ADDRESS:PORT or [ADDRESS6]:PORT" },
		{ 0, "5 endpoint 1 remote [fe80::1%lo]:5",
		  "bad remote \"[fe80::1%lo]:5\", endpoint 1, "
		  "give ADDRESS:PORT or [ADDRESS6]:PORT" },
		{ 0, "5 endpoint 1 from 2001:db8::/129",
		  "bad from \"2001:db8::/129\", endpoint 1, "
		  "give ADDRESS, ADDRESS/LENGTH or any" },
		{ 0, "5 endpoint 1 learn window for 11m",
		  "bad for \"11m\", endpoint 1, give a time such as 500ms, 30s or 10m, the most" },
		{ 0, "5 endpoint 1 for never",
		  "bad for \"never\", endpoint 1, "
		  "give a time such as 500ms, 30s or 10m, the most" },
		{ 0, "5 endpoint 1 inactive soon",
		  "bad inactive \"soon\", endpoint 1, "
		  "give a time such as 500ms, 30s, 5m, 2h or never" },
		{ 0, "5 endpoint 1 dtmf 128",
		  "bad dtmf \"128\", endpoint 1, give a payload type from 0 to 127 or none" },
		{ 0, "5 endpoint 1 forward mode=block",
		  "option of no forward \"mode=block\", endpoint 1, "
		  "give the number of an endpoint before it" },
		{ 0, "5 endpoint 1 forward 2,foo=1",
		  "unknown option \"foo=1\", endpoint 1, "
		  "give mode, pt, ssrc, seq, timestamp, dscp or ttl" },
		{ 0, "5 endpoint 1 forward 2,mode=quiet",
		  "bad mode \"mode=quiet\", endpoint 1, "
		  "give mode=pass, mode=silence or mode=block" },
		{ 0, "5 endpoint 1 forward 2,pt=101",
		  "bad pt \"pt=101\", endpoint 1, "
		  "give pt=FROM:TO with payload types from 0 to 127" },
		{ 0, "5 endpoint 1 forward 2,pt=1:128",
		  "bad pt \"pt=1:128\", endpoint 1, "
		  "give pt=FROM:TO with payload types from 0 to 127" },
		{ 0, "5 endpoint 1 forward 2,ssrc=4294967296",
		  "bad ssrc \"ssrc=4294967296\", endpoint 1, "
		  "give ssrc=NUMBER such as ssrc=0x1234abcd" },
		{ 0, "5 endpoint 1 forward 2,seq=-65536",
		  "bad seq \"seq=-65536\", endpoint 1, "
		  "give seq=OFFSET such as seq=+100, 65535 at most" },
		{ 0, "5 endpoint 1 forward 2,seq=+-1",
		  "bad seq \"seq=+-1\", endpoint 1, "
		  "give seq=OFFSET such as seq=+100, 65535 at most" },
		{ 0, "5 endpoint 1 forward 2,timestamp=",
		  "bad timestamp \"timestamp=\", endpoint 1, "
		  "give timestamp=OFFSET such as timestamp=-8000" },
		{ 0, "5 endpoint 1 forward 2,dscp=64",
		  "bad dscp \"dscp=64\", endpoint 1, give dscp=NUMBER from 0 to 63" },
		{ 0, "5 endpoint 1 forward 2,ttl=0",
		  "bad ttl \"ttl=0\", endpoint 1, give ttl=NUMBER from 1 to 255" },
		{ 0, "5 endpoint 1 forward 2,ttl=1,ttl=1",
		  "repeated ttl \"ttl=1\", endpoint 1, give it once" },
		{ 0, "5 endpoint 1 forward 2,pt=1:1,pt=2:1,pt=3:1,pt=4:1,pt=5:1,pt=6:1,pt=7:1,"
		     "pt=8:1,pt=9:1,pt=10:1,pt=11:1,pt=12:1,pt=13:1,pt=14:1,pt=15:1,pt=16:1,"
		     "pt=17:1",
		  "one too many pt \"pt=17:1\", endpoint 1, 16 is the most" },
		{ 0, "5 endpoint 1 delete",
		  "unknown word \"delete\", endpoint 1, see \"sipctl help session add\"" },
		{ 1, "5 owner 1", "unknown word \"owner\", session 5, give timeout or endpoint" },
		{ 1, "5 endpoint 1 frob",
		  "unknown word \"frob\", endpoint 1, see \"sipctl help session set\"" },
		{ 1, "5 endpoint 1 forward 2 no-forwards",
		  "repeated word \"no-forwards\", endpoint 1, give it once" },
		{ 1, "5 endpoint 1 no-forwards forward 2",
		  "after no-forwards a forward \"2\", endpoint 1, give one of them" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(parse(cases[i].change, cases[i].words), -EINVAL);
		assert_string_equal(why, cases[i].why);
	}
}

static void takes_32_endpoints_and_no_more(void **state)
{
	char text[1024] = "5";

	(void)state;
	for (int i = 1; i <= SIPFAST_MAX_ENDPOINTS; i++)
		sprintf(text + strlen(text), " endpoint %d", i);
	assert_int_equal(parse(false, text), 0);
	assert_int_equal(session.nendpoints, SIPFAST_MAX_ENDPOINTS);
	strcat(text, " endpoint 33");
	assert_int_equal(parse(false, text), -EINVAL);
	assert_string_equal(why, "one too many endpoint \"33\", session 5, 32 is the most");
}

static void completes_words(void **state)
{
	static const struct {
		bool change;
		const char *words;
		const char *candidates;
	} cases[] = {
		{ 0, "", "" },
		{ 0, "5", "owner\ntimeout\nendpoint\n" },
		{ 1, "5", "timeout\nendpoint\n" },
		{ 0, "5 timeout", "" },
		{ 0, "5 timeout 30s", "owner\ntimeout\nendpoint\n" },
		{ 0, "5 endpoint 1 component", "rtp\nrtcp\nmux\ntransparent\n" },
		{ 0, "5 endpoint 1 source", "strict\naccept\n" },
		{ 0, "5 endpoint 1 learn", "off\nonce\nwindow\n" },
		{ 0, "5 endpoint 1 dtmf", "none\n" },
		{ 1, "5 endpoint 1 no-forwards",
		  "timeout\nendpoint\nlocal\nremote\ncomponent\nlearn\nfrom\nfor\nsource\ndscp\n"
		  "ttl\nclock\ninactive\ndtmf\nforward\nno-forwards\ndelete\n" },
		{ 0, "5 nonsense", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *words[WORDS_MAX], *line = strdup(cases[i].words), *text;
		size_t size;
		FILE *out = open_memstream(&text, &size);

		session_words_complete(cases[i].change, split(line, words), words, out);
		fclose(out);
		assert_string_equal(text, cases[i].candidates);
		free(text);
		free(line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_whole_session),
		cmocka_unit_test(reads_every_option),
		cmocka_unit_test(reads_ipv6),
		cmocka_unit_test(reads_what_to_report),
		cmocka_unit_test(reads_options_of_forwards),
		cmocka_unit_test(reads_a_change),
		cmocka_unit_test(reads_durations),
		cmocka_unit_test(tells_what_is_wrong_where_and_what_to_do),
		cmocka_unit_test(takes_32_endpoints_and_no_more),
		cmocka_unit_test(completes_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
