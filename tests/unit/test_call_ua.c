// SPDX-License-Identifier: GPL-2.0-or-later
/* What any user agent has to do, whatever the call is about (RFC 3261 s.8, s.12, s.13). */
#include <stdio.h>

#include "call/leg.h"
#include "call_rig.h"

/* Header lines of that name in the message received last. */
static unsigned int count_of(const struct call_peer *peer, const char *name)
{
	const char *line = peer->last;
	unsigned int count = 0;
	char start[64];

	snprintf(start, sizeof(start), "\r\n%s: ", name);
	while ((line = strstr(line, start))) {
		line += 2;
		count++;
	}
	return count;
}

static void keep(char *to, size_t size, const char *value)
{
	assert_in_range(snprintf(to, size, "%s", value), 1, size - 1);
}

static void hang_up(struct call_rig *rig)
{
	peer_request(&rig->a, "BYE", "", "");
	peer_reply(&rig->b, 200);
	assert_counts(rig, 0, 0);
	call_rig_forget(rig);
}

/* Of the INVITE that the callee has. */
static void assert_complete(const struct call_peer *peer)
{
	static const char *const once[] = { "To",	    "From", "CSeq",    "Call-ID",
					    "Max-Forwards", "Via",  "Contact", "Content-Length" };

	for (size_t i = 0; i < sizeof(once) / sizeof(*once); i++)
		assert_int_equal(count_of(peer, once[i]), 1);
	assert_null(strstr(peer_header(peer, "To"), "tag="));
	assert_memory_equal(peer_header(peer, "Contact"), "<sip:", 5);
	assert_null(strchr(peer_header(peer, "Contact"), ','));
}

/*
 * Shows: 3261/8.1.1a 3261/8.1.1.2a 3261/8.1.1.3a 3261/8.1.1.4a 3261/8.1.1.6a 3261/8.1.1.8a
 * Shows: 3261/19.3a
 */
static void a_new_request(void **state)
{
	struct call_rig *rig = *state;
	char call_id[128], tag[64], target[256];

	/* Its own Max-Forwards: the caller's INVITE has none. */
	peer_request(&rig->a, "INVITE", "X-No: Max-Forwards:\r\n", CALL_RIG_SDP);
	assert_complete(&rig->b);
	assert_string_equal(peer_header(&rig->b, "Max-Forwards"), "70");
	keep(call_id, sizeof(call_id), peer_header(&rig->b, "Call-ID"));
	keep(tag, sizeof(tag), peer_tag(&rig->b, "From"));
	/* Hexadecimal digits, so at least 32 bits. */
	assert_in_range(strspn(tag, "0123456789abcdef"), 8, 64);
	peer_learn(&rig->b);
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", CALL_RIG_SDP);
	keep(target, sizeof(target), rig->a.target);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	assert_string_equal(peer_header(&rig->b, "Call-ID"), call_id);
	assert_string_equal(peer_tag(&rig->b, "From"), tag);
	/* The Contact leads here. */
	peer_request(&rig->b, "INFO", "", "");
	assert_memory_equal(rig->a.last, "INFO ", 5);
	peer_reply(&rig->a, 200);
	hang_up(rig);
	assert_string_equal(peer_header(&rig->b, "Call-ID"), call_id);
	/* Another call has nothing of the first one. */
	keep(rig->a.target, sizeof(rig->a.target), target);
	rig->a.remote_tag[0] = '\0';
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	assert_complete(&rig->b);
	assert_string_not_equal(peer_header(&rig->b, "Call-ID"), call_id);
	assert_string_not_equal(peer_tag(&rig->b, "From"), tag);
	peer_reply_invite(&rig->b, 486, "tag-of-B", "", "");
	peer_ack(&rig->a, "");
}

/* Shows: 3261/12.2.1.1c 3261/12.2.1.2b */
static void the_contact_stays_as_it_was(void **state)
{
	struct call_rig *rig = *state;
	char to_a[256], to_b[256], start[300];

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_learn(&rig->b);
	keep(to_b, sizeof(to_b), peer_header(&rig->b, "Contact"));
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", CALL_RIG_SDP);
	peer_learn(&rig->a);
	keep(to_a, sizeof(to_a), peer_header(&rig->a, "Contact"));
	peer_ack(&rig->a, "");
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	assert_string_equal(peer_header(&rig->b, "Contact"), to_b);
	/* The callee's answer says where he is now. */
	rig->b.name = "moved";
	peer_reply_invite(&rig->b, 200, "", "", CALL_RIG_SDP);
	rig->b.name = "B";
	assert_string_equal(peer_header(&rig->a, "Contact"), to_a);
	peer_ack(&rig->a, "");
	snprintf(start, sizeof(start), "ACK sip:moved@%s SIP/2.0\r\n", rig->b.address);
	assert_memory_equal(rig->b.last, start, strlen(start));
	peer_request(&rig->b, "INVITE", "", CALL_RIG_SDP);
	assert_string_equal(peer_header(&rig->a, "Contact"), to_a);
	peer_reply_invite(&rig->a, 200, "", "", CALL_RIG_SDP);
	assert_string_equal(peer_header(&rig->b, "Contact"), to_b);
	peer_ack(&rig->b, "");
	hang_up(rig);
}

static void assert_target(struct call_rig *rig, const char *name)
{
	char start[128];

	peer_request(&rig->b, "INFO", "", "");
	snprintf(start, sizeof(start), "INFO sip:%s@%s SIP/2.0\r\n", name, rig->a.address);
	assert_memory_equal(rig->a.last, start, strlen(start));
	peer_reply(&rig->a, 200);
	call_rig_forget(rig);
}

/* Shows: 3261/8.2a 3261/12.2.2d */
static void who_is_refused_has_not_moved(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *a = &rig->a;

	call_rig_establish(rig);
	/* By the other side, and by sipd itself. */
	a->name = "moved";
	peer_request(a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 488, "", "", "");
	peer_ack(a, "");
	assert_target(rig, "A");
	peer_request(a, "INVITE", "Content-Type: text/plain\r\n", "x");
	assert_memory_equal(a->last, "SIP/2.0 415 ", 12);
	peer_ack(a, "");
	assert_target(rig, "A");
	peer_request(a, "UPDATE", "", CALL_RIG_SDP);
	peer_reply(&rig->b, 504);
	assert_target(rig, "A");
	/* Who has moved again meanwhile stays there. */
	peer_request(a, "INVITE", "", "");
	a->name = "further";
	peer_request(a, "UPDATE", "", "");
	peer_reply(&rig->b, 200);
	a->name = "moved";
	peer_reply_invite(&rig->b, 488, "", "", "");
	peer_ack(a, "");
	assert_target(rig, "further");
	peer_request(a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 200, "", "", CALL_RIG_SDP);
	peer_ack(a, "");
	assert_target(rig, "moved");
	a->name = "A";
	hang_up(rig);
}

/* Shows: 3261/8.1.3.2a 3261/8.1.3.2b */
static void responses_that_nobody_knows(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c = call_rig_callee(rig, 1);

	call_rig_route(rig, CFG_PRIORITY, NULL);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 189, "b", "", CALL_RIG_SDP);
	assert_string_not_equal(peer_tag(&rig->a, "To"), "");
	peer_reply_invite(&rig->b, 499, "b", "", "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 189\n0 A 499\n0 B ACK\n");
	peer_ack(&rig->a, "");
	/* As 500 another one is tried, as 600 nobody. */
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 599, "b", "", "");
	peer_reply_invite(c, 699, "c", "", "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 B ACK\n0 C INVITE\n0 A 699\n0 C ACK\n");
	peer_ack(&rig->a, "");
	/* As 200 it is acknowledged, and there is a session. */
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 299, "b", "", CALL_RIG_SDP);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 299\n0 B ACK\n");
	peer_request(&rig->a, "BYE", "", "");
	peer_reply(&rig->b, 200);
	assert_int_equal(rig->engine->counts.active, 0);
}

/* What only requests have means nothing in a response. Shows: 3261/7.3.2a */
static void headers_of_requests_in_responses(void **state)
{
	static const char odd[] = "Max-Forwards: 0\r\nRoute: <sip:192.0.2.7;lr>\r\n"
				  "Proxy-Require: magic\r\nRefer-To: <sip:x@192.0.2.7>\r\n"
				  "Replaces: nothing\r\n";
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 180, "b", odd, "");
	peer_reply_invite(&rig->b, 200, "b", odd, CALL_RIG_SDP);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 180\n0 A 200\n0 B ACK\n");
	assert_string_equal(peer_header(&rig->b, "Route"), "");
	hang_up(rig);
}

/* Shows: 3261/8.2.2a 3261/8.2.2b */
static void headers_that_are_unknown_or_malformed(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE",
		     "Frobnicate: \"?;,<\r\nDate: nonsense\r\nPriority: ,,,\r\n"
		     "Timestamp: soon\r\nRetry-After: never\r\nAccept: /\r\n",
		     CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n");
	peer_reply_invite(&rig->b, 486, "b", "Frobnicate: \"?;,<\r\nWarning: none\r\n", "");
	call_rig_expect(rig, "0 A 486\n0 B ACK\n");
	peer_ack(&rig->a, "");
}

/* The ACK of the caller's INVITE, with more lines. */
static void ack_with(struct call_peer *peer, const char *extra)
{
	snprintf(peer->sent, sizeof(peer->sent),
		 "ACK %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK-%s-%u\r\n"
		 "From: <sip:%s@home.example>;tag=%s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %u ACK\r\n"
		 "Max-Forwards: 70\r\n%sContent-Length: 0\r\n\r\n",
		 peer->target, peer->address, peer->name, peer->invite_branch, peer->name,
		 peer->local_tag, peer_header(peer, "To"), peer->call_id, peer->invite_cseq, extra);
	peer_repeat(peer);
}

/* They are ignored where nothing could be refused. Shows: 3261/8.2.2.3b */
static void require_in_cancel_and_ack(void **state)
{
	static const char extra[] = "Require: magic\r\nProxy-Require: magic\r\n";
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 180, "b", "", "");
	peer_cancel(&rig->a, extra);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 180\n0 A 200\n0 A 487\n0 B CANCEL\n");
	ack_with(&rig->a, extra);
	peer_reply(&rig->b, 200);
	peer_reply_invite(&rig->b, 487, "b", "", "");
	/* It has ended the repetitions of the 487. */
	call_rig_advance(rig, 600);
	call_rig_expect(rig, "0 B ACK\n");
}

/* What an INVITE requires is not required once more. Shows: 3261/8.2.2.3c 3261/9.1g */
static void nothing_is_required_of_cancel_and_ack(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "Require: eventlist\r\n", CALL_RIG_SDP);
	assert_string_equal(peer_header(&rig->b, "Require"), "eventlist");
	peer_reply_invite(&rig->b, 180, "b", "", "");
	peer_cancel(&rig->a, "Require: eventlist\r\n");
	assert_memory_equal(rig->b.last, "CANCEL ", 7);
	assert_int_equal(count_of(&rig->b, "Require"), 0);
	assert_int_equal(count_of(&rig->b, "Proxy-Require"), 0);
	peer_reply(&rig->b, 200);
	peer_reply_invite(&rig->b, 487, "b", "", "");
	assert_memory_equal(rig->b.last, "ACK ", 4);
	assert_int_equal(count_of(&rig->b, "Require"), 0);
	peer_ack(&rig->a, "");
	peer_request(&rig->a, "INVITE", "Require: eventlist\r\n", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 200, "b", "", CALL_RIG_SDP);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	assert_memory_equal(rig->b.last, "ACK ", 4);
	assert_int_equal(count_of(&rig->b, "Require"), 0);
	call_rig_forget(rig);
	hang_up(rig);
}

/* Shows: 3261/13.3.1a */
static void an_invite_expires(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "Expires: 10\r\n", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 180, "b", "", "");
	call_rig_advance(rig, 9999);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 180\n");
	call_rig_advance(rig, 10000);
	call_rig_expect(rig, "10000 A 487\n10000 B CANCEL\n");
	peer_ack(&rig->a, "");
	peer_reply(&rig->b, 200);
	peer_reply_invite(&rig->b, 487, "b", "", "");
	call_rig_forget(rig);
	/* What is answered in time stays. */
	peer_request(&rig->a, "INVITE", "Expires: 10\r\n", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 200, "b", "", CALL_RIG_SDP);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	call_rig_forget(rig);
	call_rig_advance(rig, 60000);
	call_rig_expect(rig, "");
	peer_request(&rig->a, "BYE", "", "");
	peer_reply(&rig->b, 200);
	assert_int_equal(rig->engine->counts.active, 0);
}

/* Shows: 3261/12.3a 3261/13.2.2.3a */
static void a_refusal_ends_early_dialogs(void **state)
{
	struct call_rig *rig = *state;
	char target[256];

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_learn(&rig->b);
	peer_reply_invite(&rig->b, 180, "tag-of-B", "", "");
	keep(target, sizeof(target), rig->a.target);
	peer_learn(&rig->a);
	peer_reply_invite(&rig->b, 486, "tag-of-B", "", "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 180\n0 A 486\n0 B ACK\n");
	/* Neither side has a dialog any more. */
	peer_request(&rig->a, "INFO", "", "");
	peer_request(&rig->b, "INFO", "", "");
	call_rig_expect(rig, "0 A 481\n0 B 481\n");
	/* What else the callee says is acknowledged, and told to nobody. */
	peer_reply_invite(&rig->b, 603, "tag-of-B", "", "");
	call_rig_expect(rig, "0 B ACK\n");
	keep(rig->a.target, sizeof(rig->a.target), target);
	peer_ack(&rig->a, "");
	assert_counts(rig, 0, 1);
}

/* As @method of a dialog, or before it, with what RFC 2543 had: no tag in From. */
static void send_untagged(struct call_peer *peer, const char *method, unsigned int cseq,
			  const char *body)
{
	snprintf(peer->sent, sizeof(peer->sent),
		 "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK-old-%s-%u\r\n"
		 "From: <sip:old@home.example>\r\nTo: <sip:peer@sipd.example>%s%s\r\n"
		 "Call-ID: %s\r\nCSeq: %u %s\r\nMax-Forwards: 70\r\nContact: <sip:old@%s>\r\n"
		 "%sContent-Length: %zu\r\n\r\n%s",
		 method, peer->target, peer->address, method, cseq,
		 peer->remote_tag[0] ? ";tag=" : "", peer->remote_tag, peer->call_id, cseq, method,
		 peer->address, body[0] ? "Content-Type: application/sdp\r\n" : "", strlen(body),
		 body);
	peer_repeat(peer);
}

/* Shows: 3261/12.1.1d */
static void caller_without_tag(void **state)
{
	struct call_rig *rig = *state;

	send_untagged(&rig->a, "INVITE", 1, CALL_RIG_SDP);
	assert_string_not_equal(peer_tag(&rig->b, "From"), "");
	peer_reply_invite(&rig->b, 200, "b", "", CALL_RIG_SDP);
	assert_string_equal(peer_header(&rig->a, "From"), "<sip:old@home.example>");
	peer_learn(&rig->a);
	send_untagged(&rig->a, "ACK", 1, "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 200\n0 B ACK\n");
	send_untagged(&rig->a, "BYE", 2, "");
	call_rig_expect(rig, "0 A 200\n0 B BYE\n");
	peer_reply(&rig->b, 200);
	assert_counts(rig, 0, 0);
}

/* RFC 2543 had no tags. Shows: 3261/12.1.2c */
static void callee_without_tag(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 180, "", "", "");
	peer_reply_invite(&rig->b, 200, "", "", CALL_RIG_SDP);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 180\n0 A 200\n0 B ACK\n");
	assert_null(strstr(peer_header(&rig->b, "To"), "tag="));
	hang_up(rig);
	assert_null(strstr(peer_header(&rig->b, "To"), "tag="));
}

/*
 * Before the callee has said what his tag is, who has none is not him; afterwards, if the 2xx had
 * none either, he is. Shows: 3261/12.2.2a
 */
static void a_bye_without_tag(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_learn(&rig->b);
	send_untagged(&rig->b, "BYE", 2, "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 B 481\n");
	peer_reply_invite(&rig->b, 180, "", "", "");
	send_untagged(&rig->b, "BYE", 3, "");
	call_rig_expect(rig, "0 A 180\n0 B 481\n");
	peer_reply_invite(&rig->b, 200, "", "", CALL_RIG_SDP);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 200\n0 B ACK\n");
	send_untagged(&rig->b, "BYE", 4, "");
	call_rig_expect(rig, "0 A BYE\n0 B 200\n");
	peer_reply(&rig->a, 200);
	assert_counts(rig, 0, 0);
}

/* Shows: 3261/8.1.1.9a 3261/11.2b 3891/6.2a */
static void what_sipd_can(void **state)
{
	static const char *const names[] = { "Allow", "Accept", "Accept-Encoding",
					     "Accept-Language", "Supported" };
	struct call_rig *rig = *state;

	snprintf(rig->a.target, sizeof(rig->a.target), "sip:%s", rig->a.sipd);
	peer_request(&rig->a, "OPTIONS", "", "");
	call_rig_expect(rig, "0 A 200\n");
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		assert_string_not_equal(peer_header(&rig->a, names[i]), "");
	assert_non_null(strstr(peer_header(&rig->a, "Allow"), "UPDATE"));
	/* RFC 4028, 3262, 3891, 4488: all of them standards. */
	assert_string_equal(peer_header(&rig->a, "Supported"),
			    "timer, 100rel, replaces, norefersub");
}

static void assert_contact(struct tp_listener *tp, const char *target, const char *route,
			   const char *expected)
{
	static struct call_listener listener = {
		.host = VIEW_LIT("192.0.2.1"),
		.hostport = VIEW_LIT("192.0.2.1:5061;transport=x"),
	};
	const struct sip_dialog_uac init = {
		.call_id = VIEW_LIT("c1"),
		.local_tag = VIEW_LIT("a1"),
		.local = VIEW_LIT("<sip:a@home>"),
		.remote = VIEW_LIT("<sip:b@x>"),
		.target = view_str(target),
		.to = { .listener = tp },
	};
	struct sip_dialog leg = { 0 };
	char text[1024], buf[256];
	struct sip_msg_error error;
	static struct sip_msg msg;
	struct sip_out out;

	listener.tp = tp;
	tp->user = &listener;
	assert_int_equal(sip_dialog_init_uac(&leg, &init), 0);
	snprintf(text, sizeof(text),
		 "SIP/2.0 200 OK\r\nVia: SIP/2.0/TLS h;branch=z9hG4bKx\r\n"
		 "From: <sip:a@home>;tag=a1\r\n"
		 "To: <sip:b@x>;tag=b1\r\nCall-ID: c1\r\nCSeq: 1 INVITE\r\n%s"
		 "Contact: <%s>\r\nContent-Length: 0\r\n\r\n",
		 route, target);
	assert_int_equal(sip_msg_parse(&msg, text, strlen(text), &error), 0);
	assert_int_equal(sip_dialog_response(&leg, &msg, NULL), 0);
	sip_out_init(&out, buf, sizeof(buf) - 1);
	call_write_contact(&out, &leg);
	buf[out.len] = '\0';
	assert_string_equal(buf, expected);
	sip_dialog_clean(&leg);
}

/* Who is reached by sips is told so to reach us. Shows: 3261/8.1.1.8b 3261/12.1.1c */
static void contacts_of_sips(void **state)
{
	struct tp_listener tls = { .proto = TP_TLS }, tcp = { .proto = TP_TCP };

	(void)state;
	assert_int_equal(tp_addr_parse(&tls.local, VIEW_LIT("192.0.2.1:5061"), 0), 0);
	assert_contact(&tls, "sip:b@x", "", "Contact: <sip:a1@192.0.2.1:5061;transport=x>\r\n");
	assert_contact(&tls, "sips:b@x", "", "Contact: <sips:a1@192.0.2.1:5061>\r\n");
	assert_contact(&tls, "SIPS:b@x", "", "Contact: <sips:a1@192.0.2.1:5061>\r\n");
	assert_contact(&tls, "sips:b@x", "Record-Route: <sip:p;lr>\r\n",
		       "Contact: <sips:a1@192.0.2.1:5061>\r\n");
	assert_contact(&tls, "sip:b@x", "Record-Route: <sip:q;lr>, <sips:p;lr>\r\n",
		       "Contact: <sips:a1@192.0.2.1:5061>\r\n");
	/* By nothing else we could be reached so. */
	assert_contact(&tcp, "sips:b@x", "", "Contact: <sip:a1@192.0.2.1:5061;transport=x>\r\n");
}

/* Shows: 3261/20.8a */
static void call_ids_are_compared_with_case(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	snprintf(rig->a.call_id, sizeof(rig->a.call_id), "Call-of-A");
	peer_request(&rig->a, "INFO", "", "");
	call_rig_expect(rig, "0 A 481\n");
	snprintf(rig->a.call_id, sizeof(rig->a.call_id), "call-of-A");
	peer_request(&rig->a, "INFO", "", "");
	call_rig_expect(rig, "0 B INFO\n");
	peer_reply(&rig->b, 200);
	call_rig_forget(rig);
	hang_up(rig);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, call_rig_setup, call_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_new_request),
		TEST(the_contact_stays_as_it_was),
		TEST(who_is_refused_has_not_moved),
		TEST(responses_that_nobody_knows),
		TEST(headers_of_requests_in_responses),
		TEST(headers_that_are_unknown_or_malformed),
		TEST(require_in_cancel_and_ack),
		TEST(nothing_is_required_of_cancel_and_ack),
		TEST(an_invite_expires),
		TEST(a_refusal_ends_early_dialogs),
		TEST(caller_without_tag),
		TEST(callee_without_tag),
		TEST(a_bye_without_tag),
		TEST(what_sipd_can),
		TEST(call_ids_are_compared_with_case),
		cmocka_unit_test(contacts_of_sips),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
