// SPDX-License-Identifier: GPL-2.0-or-later
/* The proxy: what it sends on, where, and what of it comes back (RFC 3261 s.16, RFC 5393). */
#include <stdio.h>

#include "call/proxy.h"
#include "call_rig.h"
#include "short_of_memory.h"

static void configure(struct call_rig *rig)
{
	rig->cfg.modes = true;
	rig->realms[0].next_hop_mode = CFG_MODE_PROXY;
	rig->cfg.trace = (struct cfg_trace){ .flows = 64, .messages = 1 << 20 };
}

static int setup(void **state)
{
	return call_rig_setup_with(state, configure);
}

static void route(struct call_rig *rig, enum cfg_strategy strategy)
{
	rig->route.mode = CFG_MODE_PROXY;
	call_rig_route(rig, strategy, NULL);
}

static void invite(struct call_rig *rig, const char *expected)
{
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	call_rig_expect(rig, expected);
}

static void answer(struct call_rig *rig, struct call_peer *callee, int status)
{
	(void)rig;
	peer_reply_invite(callee, status, callee->local_tag, "", "");
}

/* A 2xx with what a UAS copies into it. */
static void accept_call(struct call_rig *rig, struct call_peer *callee)
{
	char extra[1400], *line = strstr(callee->invite, "\r\nRecord-Route: ");

	(void)rig;
	assert_non_null(line);
	snprintf(extra, sizeof(extra), "%.*s\r\n", (int)strcspn(line + 2, "\r"), line + 2);
	peer_reply_invite(callee, 200, callee->local_tag, extra, CALL_RIG_SDP);
}

/* The note in the flow of the caller's last request. */
struct note_search {
	const char *method;
	char text[256];
};

static void see_note(void *arg, const struct flow *flow)
{
	struct note_search *search = arg;

	if (flow->outgoing || search->text[0])
		return;
	snprintf(search->text, sizeof(search->text), "%.*s", VIEW_ARG(flow_text(flow, FLOW_NOTE)));
}

static void expect_note(struct call_rig *rig, const char *method, const char *part)
{
	const struct flow_filter filter = { .method = method };
	struct flow_cursor cursor = { 0 };
	struct note_search search = { .method = method };

	flow_each(rig->engine->flows, &filter, &cursor, 20, see_note, &search);
	if (!strstr(search.text, part))
		print_error("no \"%s\" in \"%s\"\n", part, search.text);
	assert_non_null(strstr(search.text, part));
}

static void learn_dialog(struct call_peer *caller)
{
	peer_learn(caller);
	peer_learn_route(caller);
}

/* A call stands; nothing is kept of it but transactions. */
static void establish(struct call_rig *rig)
{
	char text[8192];

	invite(rig, "0 A 100\n0 B INVITE\n");
	snprintf(text, sizeof(text), "%s", rig->b.last);
	answer(rig, &rig->b, 180);
	call_rig_expect(rig, "0 A 180\n");
	accept_call(rig, &rig->b);
	call_rig_expect(rig, "0 A 200\n");
	learn_dialog(&rig->a);
	snprintf(rig->b.last, sizeof(rig->b.last), "%s", text);
	peer_learn(&rig->b);
	peer_learn_route(&rig->b);
	snprintf(rig->b.remote_tag, sizeof(rig->b.remote_tag), "%s", rig->a.local_tag);
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 B ACK\n");
	assert_null(strstr(rig->b.last, "\r\nRoute: "));
	assert_int_equal(rig->engine->counts.active, 0);
	assert_int_equal(rig->engine->dialogs.count, 0);
}

/*
 * Shows: 3261/16.4a 3261/16.6a 3261/16.6b 3261/16.6d 3261/16.6f 3261/16.7b 3261/16.7f 3261/17a
 * Shows: 5658/3a 5658/3c 5393/5.3b
 */
static void call_goes_through(void **state)
{
	struct call_rig *rig = *state;
	char ruri[300];

	establish(rig);
	/* As it came, but for what a proxy changes. */
	assert_non_null(strstr(rig->b.invite, "\r\nTo: <sip:peer@sipd.example>\r\n"));
	assert_non_null(strstr(rig->b.invite, "\r\nMax-Forwards: 69\r\n"));
	assert_non_null(strstr(rig->b.invite, "\r\nMax-Breadth: 60\r\n"));
	assert_non_null(strstr(rig->b.invite, "\r\nCall-ID: call-of-A\r\n"));
	assert_non_null(strstr(rig->b.invite, CALL_RIG_SDP));
	snprintf(ruri, sizeof(ruri),
		 "INVITE sip:bob@%s SIP/2.0\r\nVia: SIP/2.0/UDP %s;rport;branch=", rig->b.address,
		 rig->b.sipd);
	assert_memory_equal(rig->b.invite, ruri, strlen(ruri));
	snprintf(ruri, sizeof(ruri), "\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK-A-", rig->a.address);
	assert_non_null(strstr(rig->b.invite, ruri));
	/* The other way. */
	peer_request(&rig->b, "INFO", "", "");
	call_rig_expect(rig, "0 A INFO\n");
	peer_reply(&rig->a, 200);
	call_rig_expect(rig, "0 B 200\n");
	peer_request(&rig->a, "BYE", "", "");
	call_rig_expect(rig, "0 B BYE\n");
	assert_null(strstr(rig->b.last, "\r\nRoute: "));
	assert_null(strstr(rig->b.last, "\r\nRecord-Route: "));
	peer_reply(&rig->b, 200);
	call_rig_expect(rig, "0 A 200\n");
	expect_note(rig, "BYE", "proxied by Record-Route: dialog: 200");
	expect_note(rig, "INVITE", "proxied by next-hop of realm access: ");
}

/* Shows: 3261/16.7a 6026/7.1b 6026/7.2a 6026/8.4a */
static void every_2xx_is_sent_on(void **state)
{
	struct call_rig *rig = *state;

	establish(rig);
	peer_reply_invite(&rig->b, 200, rig->b.local_tag, "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 200\n");
	peer_reply_invite(&rig->b, 200, "other", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 200\n");
	assert_string_equal(peer_tag(&rig->a, "To"), "other");
	/* None is repeated from here. */
	call_rig_advance(rig, 10000);
	call_rig_expect(rig, "");
}

/* Shows: 3261/16.7a 3261/16.7e 3261/16.7k */
static void first_200_cancels_others(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c = call_rig_callee(rig, 1), *d = call_rig_callee(rig, 2);

	route(rig, CFG_PARALLEL);
	invite(rig, "0 A 100\n0 B INVITE\n0 C INVITE\n0 D INVITE\n");
	assert_non_null(strstr(c->invite, "\r\nMax-Breadth: 20\r\n"));
	answer(rig, &rig->b, 180);
	answer(rig, c, 180);
	answer(rig, d, 180);
	call_rig_expect(rig, "0 A 180\n0 A 180\n0 A 180\n");
	accept_call(rig, c);
	call_rig_expect(rig, "0 A 200\n0 B CANCEL\n0 D CANCEL\n");
	assert_non_null(strstr(d->other, "\r\nReason: SIP;cause=200;"));
	assert_null(strstr(strstr(d->other, "\r\nVia: ") + 2, "\r\nVia: "));
	peer_reply(&rig->b, 200);
	peer_reply(d, 200);
	answer(rig, &rig->b, 487);
	/* Both have accepted. */
	accept_call(rig, d);
	call_rig_expect(rig, "0 B ACK\n0 A 200\n");
	assert_string_equal(peer_tag(&rig->a, "To"), d->local_tag);
	expect_note(rig, "INVITE", "D: 200 after the final response, sent on");
}

/* Shows: 3261/16.6g */
static void one_after_the_other(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c = call_rig_callee(rig, 1), *d = call_rig_callee(rig, 2);

	route(rig, CFG_PRIORITY);
	invite(rig, "0 A 100\n0 B INVITE\n");
	answer(rig, &rig->b, 500);
	call_rig_expect(rig, "0 B ACK\n0 C INVITE\n");
	answer(rig, c, 503);
	call_rig_expect(rig, "0 C ACK\n0 D INVITE\n");
	answer(rig, d, 486);
	call_rig_expect(rig, "0 A 486\n0 D ACK\n");
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "");
	expect_note(rig, "INVITE", "proxied by route for any user: D: 486 from");
}

/* Shows: 3261/16.7l */
static void all_busy(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c = call_rig_callee(rig, 1), *d = call_rig_callee(rig, 2);

	route(rig, CFG_PARALLEL);
	invite(rig, "0 A 100\n0 B INVITE\n0 C INVITE\n0 D INVITE\n");
	answer(rig, &rig->b, 480);
	answer(rig, c, 404);
	call_rig_expect(rig, "0 B ACK\n0 C ACK\n");
	answer(rig, d, 503);
	call_rig_expect(rig, "0 A 480\n0 D ACK\n");
	assert_string_equal(peer_tag(&rig->a, "To"), rig->b.local_tag);
	/* What is not acknowledged is repeated. */
	call_rig_advance(rig, 600);
	call_rig_expect(rig, "500 A 480\n");
	peer_ack(&rig->a, "");
}

/* Shows: 3261/16.7c 3261/16.7j */
static void declined_everywhere(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c = call_rig_callee(rig, 1), *d = call_rig_callee(rig, 2);

	route(rig, CFG_PARALLEL);
	invite(rig, "0 A 100\n0 B INVITE\n0 C INVITE\n0 D INVITE\n");
	answer(rig, &rig->b, 180);
	answer(rig, c, 180);
	answer(rig, d, 180);
	call_rig_expect(rig, "0 A 180\n0 A 180\n0 A 180\n");
	answer(rig, &rig->b, 603);
	call_rig_expect(rig, "0 B ACK\n0 C CANCEL\n0 D CANCEL\n");
	peer_reply(c, 200);
	peer_reply(d, 200);
	answer(rig, c, 487);
	answer(rig, d, 487);
	call_rig_expect(rig, "0 C ACK\n0 A 603\n0 D ACK\n");
	peer_ack(&rig->a, "");
}

/* Shows: 3261/16.7i */
static void declined_by_the_first(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c = call_rig_callee(rig, 1);
	static const int any[] = { 408, 500, 0 };

	rig->route.mode = CFG_MODE_PROXY;
	call_rig_route(rig, CFG_PRIORITY, any);
	invite(rig, "0 A 100\n0 B INVITE\n");
	answer(rig, &rig->b, 500);
	call_rig_expect(rig, "0 B ACK\n0 C INVITE\n");
	answer(rig, c, 603);
	call_rig_expect(rig, "0 A 603\n0 C ACK\n");
	peer_ack(&rig->a, "");
}

/*
 * Who had said nothing when the call was declined has accepted it all the same, and the caller has
 * acknowledged the failure long ago. Shows: 3261/16.7a
 */
static void accepted_after_an_acknowledged_failure(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c = call_rig_callee(rig, 1);
	static char text[sizeof(c->sent)];

	route(rig, CFG_PARALLEL);
	invite(rig, "0 A 100\n0 B INVITE\n0 C INVITE\n0 D INVITE\n");
	memcpy(text, rig->a.sent, sizeof(text));
	answer(rig, &rig->b, 603);
	call_rig_expect(rig, "0 A 603\n0 B ACK\n");
	peer_ack(&rig->a, "");
	call_rig_advance(rig, 20000);
	call_rig_forget(rig);
	/* The INVITE comes again: nobody is asked once more. */
	memcpy(rig->a.sent, text, sizeof(text));
	peer_repeat(&rig->a);
	call_rig_expect(rig, "");
	accept_call(rig, c);
	call_rig_expect(rig, "20000 A 200\n");
	assert_string_equal(peer_tag(&rig->a, "To"), c->local_tag);
}

/* What comes back too late belongs to nothing. Shows: 6026/8.9a */
static void late_2xx_is_dropped(void **state)
{
	struct call_rig *rig = *state;

	establish(rig);
	call_rig_advance(rig, 100000);
	accept_call(rig, &rig->b);
	call_rig_expect(rig, "");
}

/* Nobody says anything. Shows: 3261/16.7n */
static void silence(void **state)
{
	struct call_rig *rig = *state;

	invite(rig, "0 A 100\n0 B INVITE\n");
	call_rig_advance(rig, 32000);
	rig->journal_len = 0;
	assert_non_null(strstr(rig->a.last, "SIP/2.0 408 "));
	rig->journal[0] = '\0';
	peer_ack(&rig->a, "");
	expect_note(rig, "INVITE", "no response from");
}

/* Shows: 3261/16.7d */
static void overload_is_not_ours(void **state)
{
	struct call_rig *rig = *state;

	invite(rig, "0 A 100\n0 B INVITE\n");
	peer_reply_invite(&rig->b, 503, "x", "Retry-After: 60\r\n", "");
	call_rig_expect(rig, "0 A 500\n0 B ACK\n");
	assert_null(strstr(rig->a.last, "Retry-After"));
	assert_string_not_equal(peer_tag(&rig->a, "To"), "");
	peer_ack(&rig->a, "");
}

/* Shows: 3261/22.3a 3261/16.7m */
static void all_challenges_go_back(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c = call_rig_callee(rig, 1), *d = call_rig_callee(rig, 2);

	route(rig, CFG_PARALLEL);
	invite(rig, "0 A 100\n0 B INVITE\n0 C INVITE\n0 D INVITE\n");
	peer_reply_invite(&rig->b, 407, "b",
			  "Proxy-Authenticate: Digest realm=\"b\", nonce=\"1\"\r\n", "");
	peer_reply_invite(c, 401, "c", "WWW-Authenticate: Digest realm=\"c\", nonce=\"2\"\r\n", "");
	peer_reply_invite(d, 407, "d", "Proxy-Authenticate: Digest realm=\"d\", nonce=\"3\"\r\n",
			  "");
	call_rig_expect(rig, "0 B ACK\n0 C ACK\n0 A 407\n0 D ACK\n");
	assert_non_null(strstr(rig->a.last, "realm=\"b\""));
	assert_non_null(strstr(rig->a.last, "realm=\"c\""));
	assert_non_null(strstr(rig->a.last, "realm=\"d\""));
	peer_ack(&rig->a, "");
}

/* Shows: 3261/16.6c 3261/16.7h 3261/16.7k 3261/16.8a */
static void timer_c(void **state)
{
	struct call_rig *rig = *state;

	invite(rig, "0 A 100\n0 B INVITE\n");
	answer(rig, &rig->b, 180);
	call_rig_advance(rig, 100000);
	answer(rig, &rig->b, 183);
	call_rig_expect(rig, "0 A 180\n100000 A 183\n");
	call_rig_advance(rig, 280000);
	call_rig_expect(rig, "");
	call_rig_advance(rig, 281000);
	call_rig_expect(rig, "281000 A 408\n281000 B CANCEL\n");
	peer_ack(&rig->a, "");
	peer_reply(&rig->b, 200);
	/* It had been accepted all the same: that is for the caller to end. */
	accept_call(rig, &rig->b);
	call_rig_expect(rig, "281000 A 200\n");
}

/* Shows: 3261/16.10a 3326/2c */
static void cancelled(void **state)
{
	struct call_rig *rig = *state;

	invite(rig, "0 A 100\n0 B INVITE\n");
	answer(rig, &rig->b, 180);
	call_rig_expect(rig, "0 A 180\n");
	peer_cancel(&rig->a, "Reason: SIP;cause=600;text=\"Gone\", Q.850;cause=1\r\n"
			     "Reason: sip;cause=200\r\n");
	call_rig_expect(rig, "0 A 200\n0 B CANCEL\n");
	assert_non_null(strstr(rig->b.other, "\r\nReason: SIP;cause=600;text=\"Gone\"\r\n"
					     "Reason: Q.850;cause=1\r\n"));
	assert_null(strstr(rig->b.other, "cause=200"));
	peer_reply(&rig->b, 200);
	answer(rig, &rig->b, 487);
	call_rig_expect(rig, "0 A 487\n0 B ACK\n");
	peer_ack(&rig->a, "");
}

/* The CANCEL crosses the 200, or comes before anything: who has accepted is not left alone. */
static void accepted_after_cancel(void **state)
{
	struct call_rig *rig = *state;

	invite(rig, "0 A 100\n0 B INVITE\n");
	peer_cancel(&rig->a, "");
	call_rig_expect(rig, "0 A 200\n");
	accept_call(rig, &rig->b);
	call_rig_expect(rig, "0 A 200\n");
	learn_dialog(&rig->a);
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 B ACK\n");
}

/* Nobody answers at all, and the caller has given up. */
static void cancelled_in_silence(void **state)
{
	struct call_rig *rig = *state;

	invite(rig, "0 A 100\n0 B INVITE\n");
	peer_cancel(&rig->a, "");
	call_rig_advance(rig, 31900);
	rig->journal_len = 0;
	rig->journal[0] = '\0';
	call_rig_advance(rig, 32000);
	call_rig_expect(rig, "32000 A 487\n");
	peer_ack(&rig->a, "");
}

static void unknown_cancel(void **state)
{
	struct call_rig *rig = *state;

	peer_cancel(&rig->a, "");
	call_rig_expect(rig, "0 A 481\n");
}

/* Shows: 3261/16.3a */
static void max_forwards(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "Max-Forwards: 0\r\n", "");
	call_rig_expect(rig, "0 A 483\n");
	peer_request(&rig->a, "OPTIONS", "Max-Forwards: 0\r\n", "");
	call_rig_expect(rig, "0 A 200\n");
	peer_request(&rig->a, "OPTIONS", "Max-Forwards: 1\r\n", "");
	call_rig_expect(rig, "0 B OPTIONS\n");
	assert_non_null(strstr(rig->b.last, "\r\nMax-Forwards: 0\r\n"));
	peer_reply(&rig->b, 200);
	call_rig_expect(rig, "0 A 200\n");
	expect_note(rig, "INVITE", "too many hops");
}

/* Shows: 3261/16.3c */
static void proxy_require(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "Proxy-Require: foo\r\n", "");
	call_rig_expect(rig, "0 A 420\n");
	assert_non_null(strstr(rig->a.last, "\r\nUnsupported: foo\r\n"));
	/* What is required of the callee is not the proxy's business. */
	peer_request(&rig->a, "INVITE", "Require: foo\r\n", CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n");
	assert_non_null(strstr(rig->b.last, "\r\nRequire: foo\r\n"));
	peer_reply_invite(&rig->b, 420, "x", "Unsupported: foo\r\n", "");
	call_rig_expect(rig, "0 A 420\n0 B ACK\n");
	peer_ack(&rig->a, "");
}

/* Shows: 3261/16.3e 4320/4.1a 4320/4.2a */
static void any_method(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "FROBNICATE", "X-Odd : 1\r\n", "hello");
	call_rig_expect(rig, "0 B FROBNICATE\n");
	assert_non_null(strstr(rig->b.last, "\r\nX-Odd : 1\r\n"));
	assert_non_null(strstr(rig->b.last, "\r\n\r\nhello"));
	/* Repetitions end here. */
	peer_repeat(&rig->a);
	call_rig_expect(rig, "");
	/* No provisional response goes back, nor a 408. */
	peer_reply(&rig->b, 183);
	call_rig_expect(rig, "");
	peer_reply(&rig->b, 202);
	call_rig_expect(rig, "0 A 202\n");
	peer_repeat(&rig->a);
	peer_request(&rig->a, "SUBSCRIBE", "Event: presence\r\n", "");
	rig->journal_len = 0;
	rig->journal[0] = '\0';
	assert_non_null(strstr(rig->b.last, "\r\nRecord-Route: "));
	call_rig_advance(rig, 33000);
	assert_null(strstr(rig->journal, "A 408"));
	rig->journal_len = 0;
	rig->journal[0] = '\0';
}

/* What Replaces stands next to is for who is called to refuse (RFC 3891 s.3). */
static void replaces_passes(void **state)
{
	static const char replaces[] = "Replaces: x;to-tag=1;from-tag=2;to-tag=3\r\nJoin: y\r\n";
	struct call_rig *rig = *state;

	peer_request(&rig->a, "MESSAGE", replaces, "");
	call_rig_expect(rig, "0 B MESSAGE\n");
	assert_non_null(strstr(rig->b.last, replaces));
	peer_reply(&rig->b, 200);
	call_rig_expect(rig, "0 A 200\n");
	establish(rig);
	peer_request(&rig->a, "INFO", replaces, "");
	call_rig_expect(rig, "0 B INFO\n");
	assert_non_null(strstr(rig->b.last, replaces));
	peer_reply(&rig->b, 200);
	call_rig_expect(rig, "0 A 200\n");
}

/* Shows: 3261/16.3d */
static void unknown_scheme(void **state)
{
	struct call_rig *rig = *state;

	snprintf(rig->a.target, sizeof(rig->a.target), "nntp:news");
	peer_request(&rig->a, "INVITE", "", "");
	call_rig_expect(rig, "0 A 416\n");
	/* Numbers are anybody's. */
	snprintf(rig->a.target, sizeof(rig->a.target), "tel:+44-20");
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n");
	answer(rig, &rig->b, 404);
	call_rig_expect(rig, "0 A 404\n0 B ACK\n");
	peer_ack(&rig->a, "");
}

/* A registrar elsewhere: its domain and what is for it stay as they are. Shows: 3261/10.3a */
static void registers_elsewhere(void **state)
{
	struct call_rig *rig = *state;

	snprintf(rig->a.target, sizeof(rig->a.target), "sip:far.example");
	peer_request(&rig->a, "REGISTER",
		     "Authorization: Digest username=\"x\", realm=\"far.example\", nonce=\"1\", "
		     "uri=\"sip:far.example\", response=\"0\"\r\n",
		     "");
	call_rig_expect(rig, "0 B REGISTER\n");
	assert_memory_equal(rig->b.last, "REGISTER sip:far.example SIP/2.0\r\n", 34);
	assert_non_null(strstr(rig->b.last, "realm=\"far.example\""));
	assert_null(strstr(rig->b.last, "\r\nRecord-Route: "));
	peer_reply(&rig->b, 200);
	call_rig_expect(rig, "0 A 200\n");
}

/* A Via of ours with the hash of the same request. */
static void loop_via(struct call_rig *rig, char *line, size_t size)
{
	const char *branch = strstr(rig->b.invite, ";branch=");

	snprintf(line, size, "Via: SIP/2.0/UDP %s%.*s\r\n", rig->b.sipd, (int)strcspn(branch, "\r"),
		 branch);
}

/* Shows: 3261/16.3b 5393/4.2a 5393/4.2b */
static void loops_and_spirals(void **state)
{
	struct call_rig *rig = *state;
	char line[300];

	invite(rig, "0 A 100\n0 B INVITE\n");
	loop_via(rig, line, sizeof(line));
	answer(rig, &rig->b, 404);
	call_rig_expect(rig, "0 A 404\n0 B ACK\n");
	peer_ack(&rig->a, "");
	peer_request(&rig->a, "INVITE", line, CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 482\n");
	expect_note(rig, "INVITE", "a loop");
	/* For somebody else it is a spiral. */
	snprintf(rig->a.target, sizeof(rig->a.target), "sip:carol@%s", rig->a.sipd);
	peer_request(&rig->a, "INVITE", line, CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n");
	answer(rig, &rig->b, 404);
	call_rig_expect(rig, "0 A 404\n0 B ACK\n");
	peer_ack(&rig->a, "");
}

/* Shows: 5393/5.3a 5393/5.3c */
static void max_breadth(void **state)
{
	struct call_rig *rig = *state;

	route(rig, CFG_PARALLEL);
	peer_request(&rig->a, "INVITE", "Max-Breadth: 2\r\n", CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 440\n");
	peer_ack(&rig->a, "");
	peer_request(&rig->a, "INVITE", "max-breadth: 4\r\n", CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 C INVITE\n0 D INVITE\n");
	assert_non_null(strstr(rig->b.invite, "\r\nMax-Breadth: 2\r\n"));
	assert_non_null(strstr(rig->more[0].invite, "\r\nMax-Breadth: 1\r\n"));
	assert_null(strstr(rig->b.invite, "max-breadth"));
	answer(rig, &rig->b, 603);
	answer(rig, &rig->more[0], 603);
	answer(rig, &rig->more[1], 603);
	rig->journal_len = 0;
	rig->journal[0] = '\0';
	peer_ack(&rig->a, "");
}

/* Only configuration and its own Record-Routes make it send anything. Shows: 3261/16.5a */
static void no_open_relay(void **state)
{
	struct call_rig *rig = *state;
	char extra[300], *digit;

	snprintf(extra, sizeof(extra), "Route: <sip:%s;lr>\r\n", rig->more[0].address);
	peer_request(&rig->a, "INVITE", extra, CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 403\n");
	/* Somewhere else is where the next hop is, whatever that is. */
	snprintf(rig->a.target, sizeof(rig->a.target), "sip:bob@%s", rig->more[0].address);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n");
	snprintf(extra, sizeof(extra), "INVITE sip:bob@%s SIP/2.0\r\n", rig->more[0].address);
	assert_memory_equal(rig->b.last, extra, strlen(extra));
	accept_call(rig, &rig->b);
	call_rig_expect(rig, "0 A 200\n");
	learn_dialog(&rig->a);
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 B ACK\n");
	/* In another call. */
	snprintf(rig->a.call_id, sizeof(rig->a.call_id), "other");
	peer_request(&rig->a, "BYE", "", "");
	call_rig_expect(rig, "0 A 481\n");
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "");
	snprintf(rig->a.call_id, sizeof(rig->a.call_id), "call-of-A");
	/* Changed. */
	digit = strchr(rig->a.route, '@') - 20;
	*digit = *digit == '0' ? '1' : '0';
	peer_request(&rig->a, "BYE", "", "");
	call_rig_expect(rig, "0 A 481\n");
	*digit = *digit == '0' ? '1' : '0';
	/* Without To tag it begins something, and Record-Routes open no way. */
	rig->a.remote_tag[0] = '\0';
	peer_request(&rig->a, "MESSAGE", "", "");
	rig->journal_len = 0;
	rig->journal[0] = '\0';
	assert_null(strstr(rig->more[0].last, "MESSAGE"));
}

/* A's INVITE to @target goes to B as one to @expected. */
static void expect_ruri(struct call_rig *rig, const char *target, const char *expected)
{
	char line[300];

	rig->a.remote_tag[0] = '\0';
	snprintf(rig->a.call_id, sizeof(rig->a.call_id), "%u", rig->a.cseq);
	snprintf(rig->a.target, sizeof(rig->a.target), "%s", target);
	invite(rig, "0 A 100\n0 B INVITE\n");
	snprintf(line, sizeof(line), "INVITE %s SIP/2.0\r\n", expected);
	assert_memory_equal(rig->b.invite, line, strlen(line));
	answer(rig, &rig->b, 404);
	call_rig_expect(rig, "0 A 404\n0 B ACK\n");
	peer_ack(&rig->a, "");
}

/* Shows: 3261/16.4b */
static void own_maddr(void **state)
{
	struct call_rig *rig = *state;
	const char *port = strchr(rig->a.sipd, ':');
	char target[256];

	snprintf(target, sizeof(target), "sip:bob:pw@else.example%s;x=y;maddr=127.0.0.1;lr", port);
	expect_ruri(rig, target, "sip:bob:pw@else.example;x=y;lr");
	snprintf(target, sizeof(target), "sip:bob@else.example%s;Transport=UDP;MAddr=127.0.0.1",
		 port);
	expect_ruri(rig, target, "sip:bob@else.example;Transport=UDP");
	/* Another's, or of a port or transport that it did not come by. */
	snprintf(target, sizeof(target), "sip:bob@else.example%s;maddr=127.0.0.2", port);
	expect_ruri(rig, target, target);
	snprintf(target, sizeof(target), "sip:bob@else.example%s;maddr=127.0.0.1;transport=tcp",
		 port);
	expect_ruri(rig, target, target);
	snprintf(target, sizeof(target), "sip:bob@else.example%s;maddr", port);
	expect_ruri(rig, target, target);
	expect_ruri(rig, "sip:bob@else.example;maddr=127.0.0.1",
		    "sip:bob@else.example;maddr=127.0.0.1");
}

/* By other transports. Shows: 3261/16.4b */
static void what_goes_with_own_maddr(void **state)
{
	static const struct {
		const char *uri, *without;
		enum tp_proto proto;
		uint16_t port;
	} cases[] = {
		{ "sip:a@h;maddr=127.0.0.1", "sip:a@h", TP_UDP, 5060 },
		{ "sip:a@h:5060;maddr=127.0.0.1", "sip:a@h:5060", TP_UDP, 5060 },
		{ "sip:h;transport=tcp;maddr=127.0.0.1;x", "sip:h;x", TP_TCP, 5060 },
		{ "sip:h;maddr=127.0.0.1", NULL, TP_TCP, 5060 },
		{ "sip:h;transport=tls;maddr=127.0.0.1", "sip:h", TP_TLS, 5061 },
		{ "sip:h:5061;maddr=127.0.0.1;transport=tls", "sip:h", TP_TLS, 5061 },
		{ "sip:h;transport=tls;maddr=127.0.0.1", NULL, TP_TLS, 5060 },
		{ "sips:h:5061;maddr=127.0.0.1;transport=tcp", "sips:h:5061;transport=tcp", TP_TLS,
		  5061 },
		{ "sips:h;maddr=127.0.0.1", NULL, TP_TCP, 5061 },
	};
	struct call_rig *rig = *state;
	struct tp_listener *own = rig->engine->realms[0].listeners[0].tp, before = *own;
	struct tp_flow from = { .listener = own };
	struct sip_uri uri;
	struct sip_out out;
	char text[256];

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		own->proto = cases[i].proto;
		tp_addr_set_port(&own->local, cases[i].port);
		assert_int_equal(sip_uri_parse(&uri, view_str(cases[i].uri)), 0);
		assert_int_equal(proxy_has_own_maddr(rig->engine, &uri, &from),
				 cases[i].without != NULL);
		if (!cases[i].without)
			continue;
		sip_out_init(&out, text, sizeof(text));
		proxy_write_without_maddr(&out, &uri);
		assert_true(view_eq(sip_out_text(&out), view_str(cases[i].without)));
	}
	*own = before;
}

/* Shows: 3261/16.4a */
static void strict_router_before_us(void **state)
{
	struct call_rig *rig = *state;
	char target[256], *comma;

	establish(rig);
	/* Route lacks what the strict router took from its beginning, and has the target last. */
	snprintf(target, sizeof(target), "%.255s", rig->a.target);
	comma = strchr(rig->a.route, ',');
	snprintf(rig->a.target, sizeof(rig->a.target), "%.*s", (int)(comma - rig->a.route - 2),
		 rig->a.route + 1);
	memmove(rig->a.route, comma + 1, strlen(comma));
	snprintf(rig->a.route + strlen(rig->a.route), 512, ",<%s>", target);
	peer_request(&rig->a, "BYE", "", "");
	call_rig_expect(rig, "0 B BYE\n");
	assert_memory_equal(rig->b.last + 4, target, strlen(target));
	assert_null(strstr(rig->b.last, "\r\nRoute: "));
	peer_reply(&rig->b, 200);
	call_rig_expect(rig, "0 A 200\n");
}

/* Shows: 3261/16.6e */
static void strict_router_behind_us(void **state)
{
	struct call_rig *rig = *state;
	char text[600];

	establish(rig);
	snprintf(rig->a.route + strlen(rig->a.route), 512, ",<sip:%s>", rig->more[0].address);
	peer_request(&rig->a, "BYE", "", "");
	call_rig_expect(rig, "0 C BYE\n");
	snprintf(text, sizeof(text), "BYE sip:%s SIP/2.0\r\n", rig->more[0].address);
	assert_memory_equal(rig->more[0].last, text, strlen(text));
	snprintf(text, sizeof(text), "\r\nRoute: <%s>\r\n", rig->a.target);
	assert_non_null(strstr(rig->more[0].last, text));
	peer_reply(&rig->more[0], 200);
	call_rig_expect(rig, "0 A 200\n");
}

/* Shows: 3261/8.1.3.4a 3261/16.7g */
static void redirected(void **state)
{
	struct call_rig *rig = *state;
	char line[300];

	invite(rig, "0 A 100\n0 B INVITE\n");
	snprintf(line, sizeof(line), "Contact: <sip:carol@%s>\r\n", rig->more[0].address);
	peer_reply_invite(&rig->b, 302, "x", line, "");
	call_rig_expect(rig, "0 A 302\n0 B ACK\n");
	assert_non_null(strstr(rig->a.last, line));
	peer_ack(&rig->a, "");
	rig->realms[0].next_hop_redirect = CFG_REDIRECT_RECURSE;
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n");
	peer_reply_invite(&rig->b, 302, "x", line, "");
	call_rig_expect(rig, "0 B ACK\n0 C INVITE\n");
	snprintf(line, sizeof(line), "INVITE sip:carol@%s SIP/2.0\r\n", rig->more[0].address);
	assert_memory_equal(rig->more[0].invite, line, strlen(line));
	answer(rig, &rig->more[0], 486);
	call_rig_expect(rig, "0 A 486\n0 C ACK\n");
	peer_ack(&rig->a, "");
}

/* Shows: 3261/17.1.1.2a 3261/17.2.1b */
static void repetitions_are_absorbed(void **state)
{
	struct call_rig *rig = *state;

	invite(rig, "0 A 100\n0 B INVITE\n");
	peer_repeat(&rig->a);
	call_rig_expect(rig, "0 A 100\n");
	call_rig_advance(rig, 600);
	call_rig_expect(rig, "500 B INVITE\n");
	answer(rig, &rig->b, 486);
	call_rig_expect(rig, "600 A 486\n600 B ACK\n");
	peer_repeat(&rig->b);
	call_rig_expect(rig, "600 B ACK\n");
	peer_ack(&rig->a, "");
}

/* Shows: 3261/8.3a 3261/8.3b 3261/8.3c */
static void redirect_server(void **state)
{
	struct call_rig *rig = *state;
	char text[400];

	route(rig, CFG_PRIORITY);
	rig->route.mode = CFG_MODE_REDIRECT;
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 302\n");
	snprintf(text, sizeof(text),
		 "\r\nContact: <sip:bob@%s>;q=1, <sip:bob@%s>;q=0.999, <sip:bob@%s>;q=0.998\r\n",
		 rig->b.address, rig->more[0].address, rig->more[1].address);
	assert_non_null(strstr(rig->a.last, text));
	/* Where somebody is called diverts nothing. */
	assert_string_equal(peer_header(&rig->a, "Diversion"), "");
	expect_note(rig, "INVITE", "redirected to 3 contacts");
	/* Repeated until it is acknowledged. */
	call_rig_advance(rig, 600);
	call_rig_expect(rig, "500 A 302\n");
	peer_ack(&rig->a, "");
	peer_request(&rig->a, "MESSAGE", "", "");
	call_rig_expect(rig, "600 A 302\n");
	/* Not who is asked for. */
	rig->route.nto = 1;
	snprintf(rig->a.target, sizeof(rig->a.target), "sip:bob@%s", rig->b.address);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	call_rig_expect(rig, "600 A 480\n");
	peer_ack(&rig->a, "");
	rig->route.nto = CALL_RIG_CALLEES;
	snprintf(rig->a.remote_tag, sizeof(rig->a.remote_tag), "x");
	peer_request(&rig->a, "BYE", "", "");
	call_rig_expect(rig, "600 A 481\n");
}

/* Two are asked at once, one redirects, then the third; the caller gives up. */
static void drive(struct call_rig *rig, unsigned int round)
{
	struct call_peer *c = call_rig_callee(rig, 1), *d = call_rig_callee(rig, 2);
	char line[200];

	snprintf(rig->a.call_id, sizeof(rig->a.call_id), "round-%u", round);
	peer_request(&rig->a, "INVITE", "Subject: x\r\n", CALL_RIG_SDP);
	answer(rig, &rig->b, 407);
	answer(rig, c, 180);
	snprintf(line, sizeof(line), "Contact: <sip:carol@%s>\r\n", rig->b.address);
	peer_reply_invite(d, 302, "x", line, "");
	answer(rig, c, 401);
	answer(rig, &rig->b, 180);
	peer_cancel(&rig->a, "");
	answer(rig, &rig->b, 487);
	peer_reply_invite(&rig->b, 200, "late", "", "");
	peer_ack(&rig->a, "");
	peer_request(&rig->a, "MESSAGE", "", "hello");
	peer_reply(&rig->b, 200);
}

/* Whatever fails, nothing is left, and the next request is none the worse for it. */
static void survives_want_of_memory(void **state)
{
	struct call_rig *rig = *state;
	unsigned int n = 1;
	bool failed = true;

	route(rig, CFG_PARALLEL);
	for (unsigned int i = 0; i < CALL_RIG_CALLEES; i++)
		rig->trunks[i].redirect = CFG_REDIRECT_RECURSE;
	for (; failed; n++) {
		fail_in = n;
		drive(rig, n);
		failed = !fail_in;
		fail_in = 0;
		call_rig_advance(rig, loop_now_ms(rig->loop) - rig->start_ms + 100000);
		call_rig_assert_empty(rig);
		rig->journal_len = 0;
		rig->journal[0] = '\0';
	}
	assert_in_range(n, 20, 1000);
}

/* With the same key, calls of before a restart go on; numbers of its connections do not count. */
static void goes_on_after_a_restart(void **state)
{
	struct call_rig *rig = *state;

	establish(rig);
	rig->cfg.proxy_start = 1;
	peer_request(&rig->a, "BYE", "", "");
	call_rig_expect(rig, "0 B BYE\n");
	peer_reply(&rig->b, 200);
	call_rig_expect(rig, "0 A 200\n");
	/* With another one not. */
	rig->cfg.proxy_key.k0 = 1;
	peer_request(&rig->a, "BYE", "", "");
	call_rig_expect(rig, "0 A 481\n");
}

/* sipd ends: who waits is told, and what rings is cancelled. */
static void ends_with_requests_under_way(void **state)
{
	struct call_rig *rig = *state;

	invite(rig, "0 A 100\n0 B INVITE\n");
	answer(rig, &rig->b, 180);
	call_rig_expect(rig, "0 A 180\n");
	peer_request(&rig->a, "MESSAGE", "", "hello");
	call_rig_expect(rig, "0 B MESSAGE\n");
	call_engine_end(rig->engine);
	call_rig_settle(rig);
	call_rig_expect(rig, "0 A 503\n0 A 503\n0 B CANCEL\n");
	peer_ack(&rig->a, "");
	peer_reply(&rig->b, 200);
	answer(rig, &rig->b, 487);
	call_rig_expect(rig, "0 B ACK\n");
}

/* With both kinds in one configuration each goes its way. */
static void beside_user_agents(void **state)
{
	struct call_rig *rig = *state;

	rig->realms[0].next_hop_mode = CFG_MODE_B2BUA;
	call_rig_establish(rig);
	assert_null(strstr(rig->b.invite, "\r\nRecord-Route: "));
	call_rig_hang_up(rig);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, call_rig_teardown)
	const struct CMUnitTest tests[] = {
		TEST(call_goes_through),
		TEST(every_2xx_is_sent_on),
		TEST(first_200_cancels_others),
		TEST(one_after_the_other),
		TEST(all_busy),
		TEST(declined_everywhere),
		TEST(declined_by_the_first),
		TEST(accepted_after_an_acknowledged_failure),
		TEST(late_2xx_is_dropped),
		TEST(silence),
		TEST(overload_is_not_ours),
		TEST(all_challenges_go_back),
		TEST(timer_c),
		TEST(cancelled),
		TEST(accepted_after_cancel),
		TEST(cancelled_in_silence),
		TEST(unknown_cancel),
		TEST(max_forwards),
		TEST(proxy_require),
		TEST(any_method),
		TEST(replaces_passes),
		TEST(unknown_scheme),
		TEST(registers_elsewhere),
		TEST(loops_and_spirals),
		TEST(max_breadth),
		TEST(no_open_relay),
		TEST(own_maddr),
		TEST(what_goes_with_own_maddr),
		TEST(strict_router_before_us),
		TEST(strict_router_behind_us),
		TEST(redirected),
		TEST(repetitions_are_absorbed),
		TEST(redirect_server),
		TEST(goes_on_after_a_restart),
		TEST(ends_with_requests_under_way),
		TEST(survives_want_of_memory),
		TEST(beside_user_agents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
