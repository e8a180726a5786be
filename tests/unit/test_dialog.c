// SPDX-License-Identifier: GPL-2.0-or-later
/* Dialogs: what they take from messages, how they are found, where their requests go (s.12). */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "sip/dialog.h"

static struct sip_msg msg;
static char raw[4096], head[4096];

static void parse(const char *start, const char *from, const char *to, const char *extra)
{
	const char *method = strncmp(start, "SIP/", 4) ? start : "INVITE ";
	struct sip_msg_error error;

	snprintf(raw, sizeof(raw),
		 "%s\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\nFrom: %s\r\nTo: %s\r\nCall-ID: c1\r\n"
		 "CSeq: 7 %.*s\r\n%sContent-Length: 0\r\n\r\n",
		 start, from, to, (int)strcspn(method, " "), method, extra);
	assert_int_equal(sip_msg_parse(&msg, raw, strlen(raw), &error), 0);
}

static struct tp_flow flow_of(const char *address)
{
	static struct tp_listener udp;
	struct tp_flow flow = { .listener = &udp };

	assert_int_equal(tp_addr_parse(&flow.remote, view_str(address), 5060), 0);
	return flow;
}

static void assert_text(const struct sip_dialog *dialog, enum sip_dialog_text which,
			const char *text)
{
	struct view v = sip_dialog_text(dialog, which);

	assert_string_equal(v.p, text);
	assert_int_equal(v.len, strlen(text));
}

static void assert_flow(const struct tp_flow *flow, const char *address)
{
	char text[TP_ADDR_STRLEN];

	assert_string_equal(tp_addr_format(&flow->remote, text), address);
}

static void assert_request(const struct sip_dialog *dialog, const char *to, const char *ruri,
			   const char *headers)
{
	struct sip_request request = { 0 };
	struct sip_out out;

	sip_out_init(&out, head, sizeof(head) - 1);
	sip_dialog_request(dialog, SIP_BYE, VIEW_NONE, 9, &out, &request);
	head[out.len] = '\0';
	assert_flow(&request.to, to);
	assert_true(view_eq(request.ruri, view_str(ruri)));
	assert_string_equal(head, headers);
}

static void uas(struct sip_dialog *dialog, const char *extra)
{
	const struct tp_flow from = flow_of("203.0.113.5:5070");

	parse("INVITE sip:b@x SIP/2.0", "\"Al, ice\" <sip:a@home;user=phone>;x=y;tag=a1",
	      "<sip:b@x>", extra);
	assert_int_equal(sip_dialog_init_uas(dialog, &msg, &from, VIEW_LIT("b1")), 0);
}

/* Shows: 3261/12.1.1b */
static void uas_takes_the_request(void **state)
{
	struct sip_dialog dialog = { 0 };

	(void)state;
	uas(&dialog, "Record-Route: <sip:203.0.113.1;lr>,\r\n <sip:p2;lr>\r\n"
		     "Record-Route: <sip:p3;lr>\r\nContact: <sip:a@203.0.113.9:5080?X=y>;q=1\r\n");
	assert_int_equal(dialog.state, SIP_DIALOG_EARLY);
	assert_text(&dialog, SIP_DIALOG_CALL_ID, "c1");
	assert_text(&dialog, SIP_DIALOG_LOCAL_TAG, "b1");
	assert_text(&dialog, SIP_DIALOG_REMOTE_TAG, "a1");
	assert_text(&dialog, SIP_DIALOG_LOCAL, "<sip:b@x>");
	assert_text(&dialog, SIP_DIALOG_REMOTE, "\"Al, ice\" <sip:a@home;user=phone>");
	assert_text(&dialog, SIP_DIALOG_TARGET, "sip:a@203.0.113.9:5080");
	assert_text(&dialog, SIP_DIALOG_ROUTES, "<sip:203.0.113.1;lr>,<sip:p2;lr>,<sip:p3;lr>");
	assert_request(&dialog, "203.0.113.1:5060", "sip:a@203.0.113.9:5080",
		       "Route: <sip:203.0.113.1;lr>,<sip:p2;lr>,<sip:p3;lr>\r\n"
		       "From: <sip:b@x>;tag=b1\r\n"
		       "To: \"Al, ice\" <sip:a@home;user=phone>;tag=a1\r\n"
		       "Call-ID: c1\r\nCSeq: 9 BYE\r\n");
	sip_dialog_clean(&dialog);
}

static void uas_needs_a_contact(void **state)
{
	struct sip_dialog dialog = { 0 };
	const struct tp_flow from = flow_of("203.0.113.5:5070");

	(void)state;
	parse("INVITE sip:b@x SIP/2.0", "<sip:a@home>;tag=a1", "<sip:b@x>", "");
	assert_int_equal(sip_dialog_init_uas(&dialog, &msg, &from, VIEW_LIT("b1")), -EBADMSG);
	assert_null(dialog.text);
}

static void uac(struct sip_dialog *dialog)
{
	const struct sip_dialog_uac init = {
		.call_id = VIEW_LIT("c1"),
		.local_tag = VIEW_LIT("a1"),
		.local = VIEW_LIT("<sip:a@home>"),
		.remote = VIEW_LIT("<sip:b@x>"),
		.target = VIEW_LIT("sip:b@203.0.113.2:5062"),
		.to = flow_of("203.0.113.2:5062"),
	};

	assert_int_equal(sip_dialog_init_uac(dialog, &init), 0);
}

/* Shows: 3261/12.1.2a 3261/12.2.1.1a 3261/12.1.2b 3261/13.2.2.4e */
static void uac_takes_responses(void **state)
{
	struct sip_dialog dialog = { 0 };

	(void)state;
	uac(&dialog);
	assert_int_equal(dialog.state, SIP_DIALOG_NONE);
	assert_request(&dialog, "203.0.113.2:5062", "sip:b@203.0.113.2:5062",
		       "From: <sip:a@home>;tag=a1\r\nTo: <sip:b@x>\r\nCall-ID: c1\r\n"
		       "CSeq: 9 BYE\r\n");
	parse("SIP/2.0 180 Ringing", "<sip:a@home>;tag=a1", "<sip:b@x>;tag=b1", "");
	assert_int_equal(sip_dialog_response(&dialog, &msg, NULL), 0);
	assert_int_equal(dialog.state, SIP_DIALOG_EARLY);
	assert_text(&dialog, SIP_DIALOG_TARGET, "sip:b@203.0.113.2:5062");
	/* The route set is that of the 2xx, in reverse (s.12.1.2, s.13.2.2.4). */
	parse("SIP/2.0 200 OK", "<sip:a@home>;tag=a1", "<sip:b@x>;tag=b1",
	      "Record-Route: <sip:p1;lr>, <sip:p2;lr>\r\n"
	      "Record-Route: <sip:203.0.113.7:5066;lr>\r\n"
	      "Contact: sip:b@203.0.113.8;x=y\r\n");
	assert_int_equal(sip_dialog_response(&dialog, &msg, NULL), 0);
	assert_text(&dialog, SIP_DIALOG_REMOTE_TAG, "b1");
	assert_text(&dialog, SIP_DIALOG_TARGET, "sip:b@203.0.113.8");
	assert_text(&dialog, SIP_DIALOG_ROUTES,
		    "<sip:203.0.113.7:5066;lr>,<sip:p2;lr>,<sip:p1;lr>");
	sip_dialog_clean(&dialog);
}

/* Shows: 3261/12.2.1.1b 3261/8.1.2a */
static void strict_router_finds_itself_in_the_request_uri(void **state)
{
	struct sip_dialog dialog = { 0 };

	(void)state;
	uas(&dialog, "Record-Route: <sip:203.0.113.1:5065>, <sip:p2;lr>\r\n"
		     "Contact: <sip:a@203.0.113.9>\r\n");
	assert_request(&dialog, "203.0.113.1:5065", "sip:203.0.113.1:5065",
		       "Route: <sip:p2;lr>,<sip:a@203.0.113.9>\r\nFrom: <sip:b@x>;tag=b1\r\n"
		       "To: \"Al, ice\" <sip:a@home;user=phone>;tag=a1\r\nCall-ID: c1\r\n"
		       "CSeq: 9 BYE\r\n");
	sip_dialog_clean(&dialog);
}

static void next_hop_is(const char *uri, const char *source, const char *expected)
{
	const struct tp_flow flow = flow_of(source);
	struct tp_flow to;

	sip_dialog_next_hop(view_str(uri), &flow, &to);
	assert_flow(&to, expected);
}

/* Shows: 3263/4a */
static void next_hop_that_can_be_reached(void **state)
{
	(void)state;
	next_hop_is("sip:a@203.0.113.9", "203.0.113.5:5070", "203.0.113.9:5060");
	next_hop_is("sip:a@203.0.113.9:5080", "203.0.113.5:5070", "203.0.113.9:5080");
	/* A name cannot be resolved, a private address behind a NAT not be reached. */
	next_hop_is("sip:a@phone.example", "203.0.113.5:5070", "203.0.113.5:5070");
	next_hop_is("sip:a@10.1.2.3:5080", "203.0.113.5:5070", "203.0.113.5:5070");
	next_hop_is("sip:a@172.31.0.1", "203.0.113.5:5070", "203.0.113.5:5070");
	next_hop_is("sip:a@192.168.1.1", "203.0.113.5:5070", "203.0.113.5:5070");
	next_hop_is("sip:a@100.64.1.1", "203.0.113.5:5070", "203.0.113.5:5070");
	next_hop_is("sip:a@172.32.0.1", "203.0.113.5:5070", "172.32.0.1:5060");
	/* maddr is what it leads to, not the host. */
	next_hop_is("sip:a@phone.example:5080;maddr=203.0.113.9;lr", "203.0.113.5:5070",
		    "203.0.113.9:5080");
	next_hop_is("sip:a@203.0.113.8;maddr=203.0.113.9", "203.0.113.5:5070", "203.0.113.9:5060");
	next_hop_is("sip:a@203.0.113.8;maddr=name.example", "203.0.113.5:5070", "203.0.113.5:5070");
	next_hop_is("sip:a@203.0.113.8;maddr=10.1.2.3", "203.0.113.5:5070", "203.0.113.5:5070");
	next_hop_is("sip:a@203.0.113.8;maddr=127.0.0.1", "203.0.113.5:5070", "203.0.113.5:5070");
	next_hop_is("sip:a@203.0.113.8;maddr=224.0.1.75", "203.0.113.5:5070", "203.0.113.5:5070");
	next_hop_is("sip:a@[2001:db8::1];maddr=[2001:db8::3]", "[2001:db8::2]:5070",
		    "[2001:db8::3]:5060");
	/* On one private network with the sender it can. */
	next_hop_is("sip:a@10.1.2.3:5080", "10.9.9.9:5070", "10.1.2.3:5080");
	next_hop_is("sip:a@0.0.0.0", "203.0.113.5:5070", "203.0.113.5:5070");
	/* Another family than the listener's. */
	next_hop_is("sip:a@[2001:db8::1]", "203.0.113.5:5070", "203.0.113.5:5070");
	next_hop_is("sip:a@[2001:db8::1]:5080", "[2001:db8::2]:5070", "[2001:db8::1]:5080");
	next_hop_is("sip:a@[fe80::1]", "[2001:db8::2]:5070", "[2001:db8::2]:5070");
	/* A peer must not make us talk to ourselves, nor to everybody. */
	next_hop_is("sip:a@127.0.0.1:53", "203.0.113.5:5070", "203.0.113.5:5070");
	next_hop_is("sip:a@127.1.2.3:53", "10.9.9.9:5070", "10.9.9.9:5070");
	next_hop_is("sip:a@127.0.0.1:5080", "127.0.0.1:5070", "127.0.0.1:5080");
	next_hop_is("sip:a@224.0.1.75", "203.0.113.5:5070", "203.0.113.5:5070");
	next_hop_is("sip:a@255.255.255.255", "10.9.9.9:5070", "10.9.9.9:5070");
	next_hop_is("sip:a@0.1.2.3", "10.9.9.9:5070", "10.9.9.9:5070");
	next_hop_is("sip:a@[::1]:53", "[2001:db8::2]:5070", "[2001:db8::2]:5070");
	next_hop_is("sip:a@[::1]:53", "[fe80::2]:5070", "[fe80::2]:5070");
	next_hop_is("sip:a@[::ffff:127.0.0.1]:53", "[2001:db8::2]:5070", "[2001:db8::2]:5070");
	next_hop_is("sip:a@[ff02::1]", "[2001:db8::2]:5070", "[2001:db8::2]:5070");
	next_hop_is("tel:+49", "203.0.113.5:5070", "203.0.113.5:5070");
}

/* Shows: 3263/4.1a */
static void who_wants_tcp_is_reached_by_it(void **state)
{
	struct tp_listener tcp = { .proto = TP_TCP }, udp = { .stream = &tcp };
	struct tp_flow flow = flow_of("203.0.113.5:5070"), to;

	(void)state;
	flow.listener = &udp;
	sip_dialog_next_hop(VIEW_LIT("sip:a@203.0.113.9:5080;transport=TCP"), &flow, &to);
	assert_ptr_equal(to.listener, &tcp);
	assert_flow(&to, "203.0.113.9:5080");
	sip_dialog_next_hop(VIEW_LIT("sip:a@203.0.113.9:5080;transport=udp"), &flow, &to);
	assert_ptr_equal(to.listener, &udp);
	assert_false(to.any_proto);
	/* Who has come by TCP may have done so for once. */
	flow.listener = &tcp;
	sip_dialog_next_hop(VIEW_LIT("sip:a@203.0.113.9:5080"), &flow, &to);
	assert_ptr_equal(to.listener, &tcp);
	assert_true(to.any_proto);
	sip_dialog_next_hop(VIEW_LIT("sip:a@203.0.113.9:5080;transport=tcp"), &flow, &to);
	assert_false(to.any_proto);
	flow.listener = &udp;
	/* Where it does not lead to, it says nothing. */
	sip_dialog_next_hop(VIEW_LIT("sip:a@10.1.2.3;transport=tcp"), &flow, &to);
	assert_ptr_equal(to.listener, &udp);
	udp.stream = NULL;
	sip_dialog_next_hop(VIEW_LIT("sip:a@203.0.113.9;transport=tcp"), &flow, &to);
	assert_ptr_equal(to.listener, &udp);
}

/* Shows: 5626/4.3 */
static void who_wants_it_is_reached_by_his_flow(void **state)
{
	struct tp_flow flow = flow_of("203.0.113.5:5070"), to;

	(void)state;
	next_hop_is("sip:a@203.0.113.9;ob", "203.0.113.5:5070", "203.0.113.5:5070");
	next_hop_is("sip:a@203.0.113.5;transport=tcp;ob", "203.0.113.5:5070", "203.0.113.5:5070");
	next_hop_is("sip:a@203.0.113.9;x=ob", "203.0.113.5:5070", "203.0.113.9:5060");
	next_hop_is("sip:token@203.0.113.9;lr;ob", "203.0.113.5:5070", "203.0.113.9:5060");
	/* Nothing else leads there. */
	flow.pinned = true;
	flow.conn = 7;
	sip_dialog_next_hop(VIEW_LIT("sip:a@203.0.113.9"), &flow, &to);
	assert_flow(&to, "203.0.113.5:5070");
	assert_int_equal(to.conn, 7);
}

static void found_by_all_its_parts(void **state)
{
	struct sip_dialog first = { 0 }, second = { 0 };
	struct htab tab;

	(void)state;
	assert_int_equal(htab_init(&tab), 0);
	uac(&first);
	parse("SIP/2.0 180 Ringing", "<sip:a@home>;tag=a1", "<sip:b@x>;tag=b1", "");
	assert_int_equal(sip_dialog_response(&first, &msg, NULL), 0);
	/* Another branch of the same INVITE. */
	assert_int_equal(sip_dialog_init_copy(&second, &first, VIEW_LIT("a1")), 0);
	parse("SIP/2.0 180 Ringing", "<sip:a@home>;tag=a1", "<sip:b@x>;tag=b2", "");
	assert_int_equal(sip_dialog_response(&second, &msg, NULL), 0);
	sip_dialog_add(&tab, &first);
	sip_dialog_add(&tab, &second);
	assert_ptr_equal(sip_dialog_find(&tab, &msg), &second);
	parse("BYE sip:a@x SIP/2.0", "<sip:b@x>;tag=b1", "<sip:a@home>;tag=a1", "");
	assert_ptr_equal(sip_dialog_find(&tab, &msg), &first);
	parse("BYE sip:a@x SIP/2.0", "<sip:b@x>;tag=b3", "<sip:a@home>;tag=a1", "");
	assert_null(sip_dialog_find(&tab, &msg));
	parse("BYE sip:a@x SIP/2.0", "<sip:b@x>;tag=b1", "<sip:a@home>;tag=a2", "");
	assert_null(sip_dialog_find(&tab, &msg));
	parse("BYE sip:a@x SIP/2.0", "<sip:b@x>;tag=b1", "<sip:a@home>;tag=a1", "");
	msg.call_id = VIEW_LIT("c2");
	assert_null(sip_dialog_find(&tab, &msg));
	sip_dialog_del(&tab, &first);
	sip_dialog_del(&tab, &second);
	htab_clean(&tab);
	sip_dialog_clean(&first);
	sip_dialog_clean(&second);
}

/* Shows: 3261/12.2.2c 3261/12.1.1b */
static void target_refresh(void **state)
{
	struct sip_dialog dialog = { 0 };
	const struct tp_flow from = flow_of("203.0.113.6:1024");

	(void)state;
	uas(&dialog, "Contact: <sip:a@203.0.113.9>\r\n");
	parse("UPDATE sip:b@x SIP/2.0", "<sip:a@home>;tag=a1", "<sip:b@x>;tag=b1",
	      "Contact: <sip:new@203.0.113.10>\r\n");
	assert_int_equal(sip_dialog_refresh(&dialog, &msg, &from), 0);
	assert_text(&dialog, SIP_DIALOG_TARGET, "sip:new@203.0.113.10");
	assert_text(&dialog, SIP_DIALOG_REMOTE_TAG, "a1");
	assert_flow(&dialog.flow, "203.0.113.6:1024");
	parse("UPDATE sip:b@x SIP/2.0", "<sip:a@home>;tag=a1", "<sip:b@x>;tag=b1", "");
	assert_int_equal(sip_dialog_refresh(&dialog, &msg, NULL), 0);
	assert_text(&dialog, SIP_DIALOG_TARGET, "sip:new@203.0.113.10");
	sip_dialog_clean(&dialog);
}

static void hear(struct sip_dialog *dialog, const char *method, const char *extra,
		 struct tp_listener *by)
{
	struct tp_flow from = flow_of("203.0.113.5:40000");

	from.listener = by;
	parse(method, "<sip:a@home>;tag=a1", "<sip:b@x>;tag=b1", extra);
	sip_dialog_heard(dialog, &msg, &from);
}

/* RFC 3261 s.18.1.1: what was too large for UDP says nothing of where its sender is. */
static void a_stream_for_once(void **state)
{
	struct tp_listener tcp = { .proto = TP_TCP }, tls = { .proto = TP_TLS };
	struct tp_listener *udp;
	struct sip_dialog dialog = { 0 };

	(void)state;
	uas(&dialog, "Contact: <sip:a@203.0.113.9>\r\n");
	udp = dialog.flow.listener;
	hear(&dialog, "INVITE sip:b@x SIP/2.0", "Contact: <sip:a@203.0.113.9>\r\n", &tcp);
	hear(&dialog, "INVITE sip:b@x SIP/2.0", "Contact: <sip:a@203.0.113.9;transport=UDP>\r\n",
	     &tcp);
	hear(&dialog, "ACK sip:b@x SIP/2.0", "", &tcp);
	assert_ptr_equal(dialog.flow.listener, udp);
	assert_flow(&dialog.flow, "203.0.113.5:5070");
	hear(&dialog, "INVITE sip:b@x SIP/2.0", "Contact: <sip:a@203.0.113.9;transport=tcp>\r\n",
	     &tcp);
	assert_ptr_equal(dialog.flow.listener, &tcp);
	assert_flow(&dialog.flow, "203.0.113.5:40000");
	hear(&dialog, "INFO sip:b@x SIP/2.0", "", udp);
	assert_ptr_equal(dialog.flow.listener, udp);
	hear(&dialog, "INFO sip:b@x SIP/2.0", "", &tls);
	assert_ptr_equal(dialog.flow.listener, &tls);
	sip_dialog_clean(&dialog);
}

/* Shows: 3261/12.2.2b 3261/12.2.2e */
static void cseq_only_rises(void **state)
{
	struct sip_dialog dialog = { 0 };

	(void)state;
	uas(&dialog, "Contact: <sip:a@203.0.113.9>\r\n");
	assert_int_equal(sip_dialog_take_cseq(&dialog, 7), -EINVAL);
	assert_int_equal(sip_dialog_take_cseq(&dialog, 6), -EINVAL);
	assert_int_equal(sip_dialog_take_cseq(&dialog, 9), 0);
	assert_int_equal(sip_dialog_take_cseq(&dialog, 8), -EINVAL);
	assert_int_equal(sip_dialog_take_cseq(&dialog, 10), 0);
	sip_dialog_clean(&dialog);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(uas_takes_the_request),
		cmocka_unit_test(uas_needs_a_contact),
		cmocka_unit_test(uac_takes_responses),
		cmocka_unit_test(strict_router_finds_itself_in_the_request_uri),
		cmocka_unit_test(next_hop_that_can_be_reached),
		cmocka_unit_test(who_wants_tcp_is_reached_by_it),
		cmocka_unit_test(who_wants_it_is_reached_by_his_flow),
		cmocka_unit_test(found_by_all_its_parts),
		cmocka_unit_test(target_refresh),
		cmocka_unit_test(a_stream_for_once),
		cmocka_unit_test(cseq_only_rises),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
