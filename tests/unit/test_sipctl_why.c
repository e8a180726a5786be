// SPDX-License-Identifier: GPL-2.0-or-later
/* Accounts of calls, word by word, of what tests without media cannot bring about. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sipctl/sip_code.h"
#include "sipctl/why.h"

#define HEAD                                                                             \
	"\"id\":\"1f\",\"from\":\"sip:a@x\",\"to\":\"sip:b@y\",\"realm_in\":\"access\"," \
	"\"start\":0,\"legs\":[{\"peer\":\"10.0.1.2:5060\"},{\"peer\":\"10.0.2.2:5060\"}],"
#define ANSWERED "\"answered\":true,\"setup_ms\":1000,\"talk_ms\":60000,\"code\":200,"
#define ROUTE                             \
	"{\"t_ms\":0,\"note\":\"route\"," \
	"\"text\":\"next-hop of realm access: 10.0.2.2:5060 in realm core\"}"
#define AUDIO(a, b)                                                                       \
	"\"media\":[{\"type\":\"audio\",\"a_local\":\"192.0.2.1:30000\","                 \
	"\"a_remote\":\"10.0.1.2:4000\",\"b_local\":\"198.51.100.1:30000\","              \
	"\"b_remote\":\"10.0.2.2:4000\",\"a_rx_packets\":" #a ",\"b_rx_packets\":" #b "," \
	"\"a_lost\":0,\"b_lost\":0,\"held\":false}]"

/* Behind the first two lines, which all have. */
static void assert_account(const char *call, const char *flows, const char *expected)
{
	json_t *object = json_loads(call, 0, NULL), *list = json_loads(flows, 0, NULL);
	char *text, *rest;

	assert_non_null(object);
	assert_non_null(list);
	text = why_call(object, list);
	rest = strchr(text, '\n');
	assert_non_null(rest);
	assert_memory_equal(text, "sip:a@x called sip:b@y at ", 26);
	assert_non_null(strstr(text, ", from 10.0.1.2:5060 in realm access.\n"));
	assert_string_equal(rest + 1, expected);
	free(text);
	json_decref(object);
	json_decref(list);
}

static void media_timeout(void **state)
{
	(void)state;
	assert_account(
		"{" HEAD ANSWERED "\"state\":\"ended\",\"ended_by\":\"media timeout\","
		"\"notes\":[" ROUTE ",{\"t_ms\":0,\"note\":\"media\","
		       "\"text\":\"learned: audio B 10.0.2.2:4000\"},"
		       "{\"t_ms\":61000,\"note\":\"silence\","
		"\"text\":\"media silent for 60 s\"}]," AUDIO(0, 0) "}",
		"[]",
		"The way was chosen by next-hop of realm access: 10.0.2.2:5060 in realm "
		"core.\n"
		"It was answered after 1s and lasted 1m00s.\n"
		"sipd ended it: media silent for 60 s (timers.media). Both sides are gone, or "
		"their media goes elsewhere.\n"
		"No packet of audio came from either side: not at 192.0.2.1:30000 from the "
		"caller, not at 198.51.100.1:30000 from the callee.\n");
}

static void session_timer(void **state)
{
	(void)state;
	assert_account(
		"{" HEAD ANSWERED "\"state\":\"ended\",\"ended_by\":\"session timer\","
		"\"media\":[],\"notes\":[" ROUTE ",{\"t_ms\":61000,\"note\":\"end\","
		"\"text\":\"session timer of the caller expired: no refresh from it for 60 s "
		"(Session-Expires: 90)\"}]}",
		"[]",
		"The way was chosen by next-hop of realm access: 10.0.2.2:5060 in realm "
		"core.\n"
		"It was answered after 1s and lasted 1m00s.\n"
		"sipd ended it: session timer of the caller expired: no refresh from it for 60 s "
		"(Session-Expires: 90). That side has vanished, or does not do what it has agreed "
		"to (RFC 4028).\n");
}

static void one_way_audio(void **state)
{
	(void)state;
	assert_account(
		"{" HEAD ANSWERED
		"\"state\":\"established\",\"ended_by\":\"\",\"notes\":[{\"t_ms\":1,"
		"\"note\":\"media\",\"text\":\"learned: audio A 203.0.113.5:6000, SDP says "
		"10.0.1.2:4000\"}]," AUDIO(1500, 0) "}",
		"[]",
		"It was answered after 1s and has lasted 1m00s.\n"
		"It is in progress: established.\n"
		"One-way audio: 1500 packets came from the caller, none from the callee. What is "
		"sent to the callee goes to 10.0.2.2:4000; what he sends is awaited at "
		"198.51.100.1:30000.\n"
		"What to do: look for RTP to 198.51.100.1:30000 at the interface (tcpdump); if "
		"there is none, see the NAT, firewall or media address of the callee.\n"
		"Media came from another address than the SDP says, as behind NAT, and is sent "
		"there: audio A 203.0.113.5:6000, SDP says 10.0.1.2:4000.\n");
}

static void refused_sdp(void **state)
{
	(void)state;
	assert_account(
		"{" HEAD "\"answered\":false,\"state\":\"ended\",\"code\":488,"
		"\"ended_by\":\"sipd\",\"reason\":\"Not Acceptable Here\",\"notes\":["
		"{\"t_ms\":0,\"note\":\"refusal\","
		"\"text\":\"488 from sipd itself: SDP cannot be relayed\"}]}",
		"[]",
		"It was refused: 488 from sipd itself: SDP cannot be relayed.\n"
		"488 means: the SDP offers nothing that can be used.\n"
		"What to do: compare codecs, address families and transports (RTP/AVP, SAVP) of "
		"both sides.\n");
}

static void refused_with_a_cause(void **state)
{
	(void)state;
	assert_account("{" HEAD "\"answered\":false,\"state\":\"ended\",\"code\":480,"
		       "\"ended_by\":\"callee\",\"notes\":["
		       "{\"note\":\"forward\",\"text\":\"al@d: busy, forwarded to carrier-a\"},"
		       "{\"note\":\"try\",\"text\":\"carrier-a: no response, 503\"},"
		       "{\"note\":\"refusal\",\"text\":\"480 Gone out from 10.0.2.2:5060, Reason: "
		       "Q.850;cause=20\\u001b\"}]}",
		       "[]",
		       "al@d: busy, forwarded to carrier-a.\n"
		       "Tried: carrier-a: no response, 503.\n"
		       "It was refused: 480 Gone out from 10.0.2.2:5060, Reason: "
		       "Q.850;cause=20\\x1b.\n"
		       "480 means: the callee cannot be reached now.\n"
		       "What to do: see whether he is registered.\n"
		       "Q.850 cause 20 means: subscriber absent.\n");
}

static void stuck_behind_the_next_hop(void **state)
{
	(void)state;
	assert_account(
		"{" HEAD "\"answered\":false,\"state\":\"ended\",\"code\":408,"
		"\"ended_by\":\"callee\",\"notes\":[{\"note\":\"silence\","
		"\"text\":\"no response from 10.0.2.2:5060\"}]}",
		"[{\"method\":\"INVITE\",\"direction\":\"out\",\"peer\":\"10.0.2.2:5060\","
		"\"first_code\":100,\"first_ms\":12.5,\"code\":100}]",
		"The next hop is silent: no response from 10.0.2.2:5060. The caller got 408.\n"
		"10.0.2.2:5060 said 100 after 12 ms, but never gave a final response.\n"
		"What to do: ask the operator of 10.0.2.2:5060 why its call got stuck.\n");
}

/* What one of them has said does not explain what another one has. */
static void refused_by_several(void **state)
{
	(void)state;
	assert_account(
		"{" HEAD "\"state\":\"ended\",\"ended_by\":\"callee\",\"code\":404,\"notes\":["
		"{\"note\":\"route\",\"text\":\"route ^4: one, then sip:b@10.0.2.3:5070\"},"
		"{\"note\":\"refusal\",\"text\":\"one: 503 X from 10.0.2.2:5060, told to the "
		"caller as 500, Reason: Q.850;cause=42\"},"
		"{\"note\":\"try\",\"text\":\"sip:b@10.0.2.3:5070: tried\"},"
		"{\"note\":\"refusal\",\"text\":\"sip:b@10.0.2.3:5070: 404 X from "
		"10.0.2.3:5070, Reason: Q.850;cause=1\"}]}",
		"[]",
		"The way was chosen by route ^4: one, then sip:b@10.0.2.3:5070.\n"
		"Called as well: sip:b@10.0.2.3:5070.\n"
		"It was refused: one: 503 X from 10.0.2.2:5060, told to the caller as 500, "
		"Reason: Q.850;cause=42.\n"
		"It was refused: sip:b@10.0.2.3:5070: 404 X from 10.0.2.3:5070, "
		"Reason: Q.850;cause=1.\n"
		"404 means: nobody has that number or name.\n"
		"What to do: check the number as it was sent on, prefixes included.\n"
		"Q.850 cause 1 means: unallocated number.\n");
}

#define GIVEN_UP(text)                                                                      \
	"{" HEAD "\"state\":\"ended\",\"ended_by\":\"sipd\",\"code\":487,\"notes\":[" ROUTE \
	",{\"t_ms\":1000,\"note\":\"silence\",\"text\":\"" text "\"}]}"
#define GAVE_UP(text)                                                             \
	"The way was chosen by next-hop of realm access: 10.0.2.2:5060 in realm " \
	"core.\nNobody answered: sipd gave up (" text                             \
	"), cancelled the call and told the caller 487.\n"

static void nobody_answers(void **state)
{
	(void)state;
	assert_account(GIVEN_UP("no answer for 20 s"), "[]",
		       GAVE_UP("no answer for 20 s: timers.no-answer, or that of the trunk"));
	assert_account(GIVEN_UP("no answer within the Expires of the INVITE"), "[]",
		       GAVE_UP("no answer within the Expires of the INVITE"));
}

/* An older sipd may say less. */
static void nothing_known(void **state)
{
	json_t *nothing = json_object();
	char *text = why_call(nothing, NULL);

	(void)state;
	assert_non_null(text);
	free(text);
	text = why_flow(nothing);
	assert_non_null(text);
	free(text);
	json_decref(nothing);
}

static void every_code_has_a_meaning(void **state)
{
	(void)state;
	for (int code = 100; code < 700; code++)
		assert_true(*sip_code_find(code)->meaning);
	assert_int_equal(sip_code_find(499)->code, 400);
	assert_int_equal(sip_code_find(486)->code, 486);
	assert_string_equal(sip_cause_meaning(17), "user busy");
	assert_null(sip_cause_meaning(9999));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(media_timeout),
		cmocka_unit_test(session_timer),
		cmocka_unit_test(one_way_audio),
		cmocka_unit_test(refused_sdp),
		cmocka_unit_test(refused_with_a_cause),
		cmocka_unit_test(stuck_behind_the_next_hop),
		cmocka_unit_test(refused_by_several),
		cmocka_unit_test(nobody_answers),
		cmocka_unit_test(nothing_known),
		cmocka_unit_test(every_code_has_a_meaning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
