// SPDX-License-Identifier: GPL-2.0-or-later
/* Session timers on the two legs of a call (RFC 4028). */
#include <stdio.h>
#include <stdlib.h>

#include "call_rig.h"

#define ALLOW_UPDATE "Allow: INVITE, ACK, BYE, UPDATE\r\n"
#define NO_UPDATE "Allow: INVITE, ACK, BYE\r\n"

static void core_requests(struct call_rig *rig)
{
	rig->realms[1].session_timers = CFG_SESSION_TIMERS_REQUEST;
}

static void both_request(struct call_rig *rig)
{
	rig->realms[0].session_timers = CFG_SESSION_TIMERS_REQUEST;
	core_requests(rig);
}

static void both_off(struct call_rig *rig)
{
	rig->realms[0].session_timers = CFG_SESSION_TIMERS_OFF;
	rig->realms[1].session_timers = CFG_SESSION_TIMERS_OFF;
}

static int setup_core_requests(void **state)
{
	return call_rig_setup_with(state, core_requests);
}

static int setup_both_request(void **state)
{
	return call_rig_setup_with(state, both_request);
}

static int setup_both_off(void **state)
{
	return call_rig_setup_with(state, both_off);
}

/* A call whose INVITE has @asked, and whose 2xx @answered. */
static void establish(struct call_rig *rig, const char *asked, const char *answered)
{
	peer_request(&rig->a, "INVITE", asked, CALL_RIG_SDP);
	peer_learn(&rig->b);
	peer_reply_invite(&rig->b, 200, "tag-of-B", answered, CALL_RIG_SDP);
	peer_learn(&rig->a);
}

static void acknowledge(struct call_rig *rig)
{
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 200\n0 B ACK\n");
}

static void assert_header(const struct call_peer *peer, const char *name, const char *value)
{
	assert_string_equal(peer_header(peer, name), value);
}

static void assert_no_timer(const struct call_peer *peer)
{
	assert_header(peer, "Session-Expires", "");
	assert_header(peer, "Min-SE", "");
	assert_header(peer, "Require", "");
}

/* Both got BYE with that cause, and answer. */
static void assert_ended(struct call_rig *rig, const char *reason)
{
	assert_int_equal(strncmp(rig->a.last, "BYE ", 4), 0);
	assert_header(&rig->a, "Reason", reason);
	assert_int_equal(strncmp(rig->b.last, "BYE ", 4), 0);
	assert_header(&rig->b, "Reason", reason);
	peer_reply(&rig->a, 200);
	peer_reply(&rig->b, 200);
	assert_counts(rig, 0, 1);
}

#define EXPIRED "SIP;cause=408;text=\"Session timer expired\""

static void clear(struct call_rig *rig)
{
	rig->journal_len = 0;
	rig->journal[0] = '\0';
}

/* --- as UAS --- */

/* Shows: 4028/9e */
static void nobody_asks(void **state)
{
	struct call_rig *rig = *state;

	establish(rig, "", "");
	assert_header(&rig->a, "Supported", "timer");
	assert_no_timer(&rig->a);
	acknowledge(rig);
	call_rig_advance(rig, 7200000);
	call_rig_expect(rig, "");
	call_rig_hang_up(rig);
}

/* Shows: 4028/9c 4028/9d 4028/10a 3326/2a */
static void caller_refreshes_or_the_call_ends(void **state)
{
	struct call_rig *rig = *state;

	establish(rig, "Supported: timer\r\nSession-Expires: 600\r\n", "");
	assert_header(&rig->a, "Session-Expires", "600;refresher=uac");
	assert_header(&rig->a, "Require", "timer");
	acknowledge(rig);
	/* 600 - 32 s after the last refresh. */
	call_rig_advance(rig, 567999);
	call_rig_expect(rig, "");
	call_rig_advance(rig, 568000);
	call_rig_expect(rig, "568000 A BYE\n568000 B BYE\n");
	assert_non_null(call_rig_ladder(rig, "session timer of the caller expired"));
	assert_ended(rig, EXPIRED);
}

/*
 * A good call must not end because the refresh was an UPDATE.
 * Shows: 4028/9a 4028/10b 3261/8.2.4b
 */
static void update_refreshes(void **state)
{
	struct call_rig *rig = *state;

	establish(rig, "Supported: timer\r\nSession-Expires: 600\r\n", ALLOW_UPDATE);
	acknowledge(rig);
	call_rig_advance(rig, 300000);
	peer_request(&rig->a, "UPDATE",
		     "Supported: timer\r\nSession-Expires: 600;refresher=uac\r\n", "");
	peer_reply(&rig->b, 200);
	assert_header(&rig->a, "Session-Expires", "600;refresher=uac");
	assert_header(&rig->a, "Require", "timer");
	call_rig_expect(rig, "300000 B UPDATE\n300000 A 200\n");
	/* One that says nothing of timers is no less a refresh. */
	call_rig_advance(rig, 600000);
	peer_request(&rig->a, "UPDATE", "Supported: timer\r\n", "");
	peer_reply(&rig->b, 200);
	assert_header(&rig->a, "Session-Expires", "600;refresher=uac");
	clear(rig);
	call_rig_advance(rig, 600000 + 567999);
	call_rig_expect(rig, "");
	call_rig_advance(rig, 600000 + 568000);
	call_rig_expect(rig, "1168000 A BYE\n1168000 B BYE\n");
	assert_ended(rig, EXPIRED);
}

/* The other side's lack of UPDATE is not the refresher's business. */
static void update_is_answered_for_who_knows_none(void **state)
{
	struct call_rig *rig = *state;

	establish(rig, "Supported: timer\r\nSession-Expires: 600\r\n", NO_UPDATE);
	acknowledge(rig);
	call_rig_advance(rig, 300000);
	peer_request(&rig->a, "UPDATE", "Supported: timer\r\nSession-Expires: 600\r\n", "");
	assert_header(&rig->a, "Session-Expires", "600;refresher=uac");
	assert_string_not_equal(peer_header(&rig->a, "Contact"), "");
	call_rig_expect(rig, "300000 A 200\n");
	call_rig_advance(rig, 867999);
	call_rig_expect(rig, "");
	call_rig_hang_up(rig);
}

static void update_that_turns_out_to_be_unknown(void **state)
{
	struct call_rig *rig = *state;

	establish(rig, "Supported: timer\r\nSession-Expires: 600\r\n", "");
	acknowledge(rig);
	peer_request(&rig->a, "UPDATE", "Supported: timer\r\nSession-Expires: 600\r\n", "");
	peer_reply(&rig->b, 501);
	assert_header(&rig->a, "Session-Expires", "600;refresher=uac");
	peer_request(&rig->a, "UPDATE", "Supported: timer\r\nSession-Expires: 600\r\n", "");
	call_rig_expect(rig, "0 B UPDATE\n0 A 200\n0 A 200\n");
	call_rig_hang_up(rig);
}

/* Shows: 4028/9h */
static void reinvite_refreshes_both_legs(void **state)
{
	struct call_rig *rig = *state;

	establish(rig, "Supported: timer\r\nSession-Expires: 600\r\n",
		  "Require: timer\r\nSession-Expires: 600;refresher=uas\r\n");
	acknowledge(rig);
	call_rig_advance(rig, 500000);
	peer_request(&rig->a, "INVITE", "Supported: timer\r\nSession-Expires: 600\r\n",
		     CALL_RIG_SDP);
	assert_header(&rig->b, "Session-Expires", "600;refresher=uas");
	peer_reply_invite(&rig->b, 200, "",
			  "Require: timer\r\nSession-Expires: 600;refresher=uas\r\n", CALL_RIG_SDP);
	assert_header(&rig->a, "Session-Expires", "600;refresher=uac");
	peer_ack(&rig->a, "");
	clear(rig);
	call_rig_advance(rig, 500000 + 567999);
	call_rig_expect(rig, "");
	call_rig_advance(rig, 500000 + 568000);
	call_rig_expect(rig, "1068000 A BYE\n1068000 B BYE\n");
	assert_ended(rig, EXPIRED);
}

/* Shows: 4028/9b 4028/5a */
static void interval_too_small(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "Supported: timer\r\nSession-Expires: 89\r\n",
		     CALL_RIG_SDP);
	assert_header(&rig->a, "Min-SE", "90");
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 422\n");
	/* Who does not know of timers is not refused, and gets more. */
	rig->a.call_id[0] = 'C';
	establish(rig, "Session-Expires: 60\r\n", "");
	assert_header(&rig->a, "Session-Expires", "90;refresher=uas");
	assert_header(&rig->a, "Require", "");
	acknowledge(rig);
	peer_request(&rig->a, "UPDATE", "Supported: timer\r\nSession-Expires: 5\r\n", "");
	assert_header(&rig->a, "Min-SE", "90");
	peer_request(&rig->a, "INVITE", "Supported: timer\r\nSession-Expires: 5\r\n", CALL_RIG_SDP);
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 422\n0 A 422\n");
	call_rig_hang_up(rig);
}

/* Shows: 4028/4a */
static void malformed(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "Supported: timer\r\nSession-Expires: soon\r\n",
		     CALL_RIG_SDP);
	assert_non_null(strstr(peer_header(&rig->a, "Warning"), "Session-Expires"));
	peer_ack(&rig->a, "");
	rig->a.call_id[0] = 'C';
	peer_request(&rig->a, "INVITE", "Supported: timer\r\nMin-SE: -1\r\n", CALL_RIG_SDP);
	assert_non_null(strstr(peer_header(&rig->a, "Warning"), "Min-SE"));
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 400\n0 A 400\n");
}

/* Shows: 4028/9g */
static void interval_is_lowered_but_not_below_min_se(void **state)
{
	struct call_rig *rig = *state;

	establish(rig, "Supported: timer\r\nSession-Expires: 7200;refresher=uas\r\n", "");
	assert_header(&rig->a, "Session-Expires", "1800;refresher=uas");
	acknowledge(rig);
	call_rig_hang_up(rig);
	rig->a.call_id[0] = 'C';
	rig->a.remote_tag[0] = '\0';
	establish(rig, "Supported: timer\r\nSession-Expires: 7200\r\nMin-SE: 3600\r\n", "");
	assert_header(&rig->a, "Session-Expires", "3600;refresher=uac");
	acknowledge(rig);
	call_rig_hang_up(rig);
}

static void off_is_off(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "Require: timer\r\n", CALL_RIG_SDP);
	assert_header(&rig->a, "Unsupported", "timer");
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 420\n");
	rig->a.call_id[0] = 'C';
	peer_request(&rig->a, "INVITE", "Supported: timer\r\nSession-Expires: 60\r\n",
		     CALL_RIG_SDP);
	assert_header(&rig->b, "Supported", "replaces, norefersub");
	assert_no_timer(&rig->b);
	peer_learn(&rig->b);
	peer_reply_invite(&rig->b, 200, "tag-of-B", "Session-Expires: 90;refresher=uac\r\n",
			  CALL_RIG_SDP);
	peer_learn(&rig->a);
	assert_header(&rig->a, "Supported", "replaces, norefersub");
	assert_no_timer(&rig->a);
	acknowledge(rig);
	call_rig_advance(rig, 100000);
	call_rig_expect(rig, "");
	call_rig_hang_up(rig);
}

/* --- as UAC --- */

/* Shows: 4028/7.1a 4028/7.4a 4028/7.4c 4028/7.4d */
static void sipd_refreshes_by_update(void **state)
{
	struct call_rig *rig = *state;

	establish(rig, "",
		  ALLOW_UPDATE "Require: timer\r\nSession-Expires: 1200;refresher=uac\r\n");
	acknowledge(rig);
	call_rig_advance(rig, 600000);
	call_rig_expect(rig, "600000 B UPDATE\n");
	assert_header(&rig->b, "Session-Expires", "1200;refresher=uac");
	assert_header(&rig->b, "Supported", "timer");
	assert_string_equal(peer_body(&rig->b), "");
	assert_string_not_equal(peer_header(&rig->b, "Contact"), "");
	peer_reply(&rig->b, 200);
	/* Its 2xx names no interval any more: the session lasts (s.7.2). */
	call_rig_advance(rig, 1900000);
	assert_counts(rig, 1, 0);
	call_rig_hang_up(rig);
}

static void reply_refresh(struct call_peer *peer, int status, const char *extra)
{
	/* As an INVITE, to have more headers. */
	strcpy(peer->invite, peer->other);
	peer_reply_invite(peer, status, "", extra, "");
}

static void refreshes_go_on(void **state)
{
	struct call_rig *rig = *state;
	static const char timer[] = "Require: timer\r\nSession-Expires: 200;refresher=uac\r\n";
	char answered[256];

	snprintf(answered, sizeof(answered), ALLOW_UPDATE "%s", timer);
	establish(rig, "", answered);
	acknowledge(rig);
	for (unsigned int i = 1; i <= 100; i++) {
		char line[64];

		call_rig_advance(rig, i * 100000);
		snprintf(line, sizeof(line), "%u B UPDATE\n", i * 100000);
		call_rig_expect(rig, line);
		reply_refresh(&rig->b, 200, timer);
	}
	/* Its transactions are gone, all but the last one. */
	call_rig_advance(rig, 10000000 + 90000);
	assert_int_equal(rig->engine->relays.in_use, 0);
	call_rig_hang_up(rig);
}

/* Shows: 4028/7.4b 3264/8b */
static void sipd_refreshes_by_reinvite(void **state)
{
	struct call_rig *rig = *state;
	char offered[1024];

	establish(rig, "", NO_UPDATE "Require: timer\r\nSession-Expires: 600;refresher=uac\r\n");
	snprintf(offered, sizeof(offered), "%s", strstr(rig->b.invite, "\r\n\r\n"));
	acknowledge(rig);
	call_rig_advance(rig, 300000);
	call_rig_expect(rig, "300000 B INVITE\n");
	assert_header(&rig->b, "Session-Expires", "600;refresher=uac");
	assert_string_equal(strstr(rig->b.last, "\r\n\r\n"), offered);
	/* Not now: ours comes first. */
	peer_request(&rig->b, "INVITE", "", CALL_RIG_SDP);
	peer_ack(&rig->b, "");
	call_rig_expect(rig, "300000 B 491\n");
	peer_reply_invite(&rig->b, 200, "", "Session-Expires: 600;refresher=uac\r\n", CALL_RIG_SDP);
	peer_repeat(&rig->b);
	call_rig_expect(rig, "300000 B ACK\n300000 B ACK\n");
	call_rig_advance(rig, 600000);
	call_rig_expect(rig, "600000 B INVITE\n");
	assert_string_equal(strstr(rig->b.last, "\r\n\r\n"), offered);
	peer_reply_invite(&rig->b, 200, "", "Session-Expires: 600;refresher=uac\r\n", CALL_RIG_SDP);
	call_rig_hang_up(rig);
}

/* What a re-INVITE has changed is what is offered from then on; what was refused is not. */
static void offers_what_stands(void **state)
{
	struct call_rig *rig = *state;
	char offered[1024];

	establish(rig, "", NO_UPDATE "Require: timer\r\nSession-Expires: 600;refresher=uac\r\n");
	acknowledge(rig);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP "a=sendonly\r\n");
	snprintf(offered, sizeof(offered), "%s", strstr(rig->b.invite, "\r\n\r\n"));
	peer_reply_invite(&rig->b, 200, "", "Session-Expires: 600;refresher=uac\r\n",
			  CALL_RIG_SDP "a=recvonly\r\n");
	peer_ack(&rig->a, "");
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP "a=inactive\r\n");
	peer_reply_invite(&rig->b, 488, "", "", "");
	peer_ack(&rig->a, "");
	clear(rig);
	call_rig_advance(rig, 300000);
	call_rig_expect(rig, "300000 B INVITE\n");
	assert_non_null(strstr(offered, "a=sendonly"));
	assert_string_equal(strstr(strstr(rig->b.last, "\r\n\r\n"), "s=-"), strstr(offered, "s=-"));
	peer_reply_invite(&rig->b, 200, "", "Session-Expires: 600;refresher=uac\r\n",
			  CALL_RIG_SDP "a=recvonly\r\n");
	call_rig_hang_up(rig);
}

/* Shows: 4028/7.2a 4028/9f */
static void alone_with_who_knows_no_timers(void **state)
{
	struct call_rig *rig = *state;

	establish(rig, "", ALLOW_UPDATE);
	assert_header(&rig->a, "Session-Expires", "1800;refresher=uas");
	assert_header(&rig->a, "Require", "");
	assert_non_null(strstr(rig->b.invite, "Session-Expires: 1800\r\n"));
	acknowledge(rig);
	call_rig_advance(rig, 900000);
	/* The caller allows what nobody knows, so he gets a re-INVITE. */
	call_rig_expect(rig, "900000 A INVITE\n900000 B UPDATE\n");
	peer_reply(&rig->b, 200);
	peer_reply_invite(&rig->a, 200, "", "", CALL_RIG_SDP);
	call_rig_expect(rig, "900000 A ACK\n");
	call_rig_advance(rig, 1800000);
	call_rig_expect(rig, "1800000 A INVITE\n1800000 B UPDATE\n");
	peer_reply(&rig->b, 200);
	peer_reply_invite(&rig->a, 200, "", "", CALL_RIG_SDP);
	call_rig_hang_up(rig);
}

/* Shows: 4028/7.1b 4028/7.3a 4028/7.3b */
static void longer_when_told_so(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	assert_header(&rig->b, "Session-Expires", "1800");
	assert_header(&rig->b, "Min-SE", "");
	peer_reply_invite(&rig->b, 100, "", "", "");
	peer_reply_invite(&rig->b, 422, "tag-1", "Min-SE: 2000\r\n", "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 B ACK\n0 B INVITE\n");
	assert_header(&rig->b, "Session-Expires", "2000");
	assert_header(&rig->b, "Min-SE", "2000");
	assert_header(&rig->b, "CSeq", "2 INVITE");
	assert_string_equal(peer_tag(&rig->b, "To"), "");
	assert_string_not_equal(peer_body(&rig->b), "");
	peer_reply_invite(&rig->b, 422, "tag-2", "Min-SE: 2400\r\n", "");
	assert_header(&rig->b, "Session-Expires", "2400");
	assert_header(&rig->b, "CSeq", "3 INVITE");
	peer_learn(&rig->b);
	peer_reply_invite(&rig->b, 200, "tag-of-B",
			  ALLOW_UPDATE "Require: timer\r\nSession-Expires: 2400;refresher=uac\r\n",
			  CALL_RIG_SDP);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	assert_header(&rig->b, "CSeq", "3 ACK");
	clear(rig);
	call_rig_advance(rig, 1200000);
	assert_header(&rig->b, "Session-Expires", "2400;refresher=uac");
	assert_header(&rig->b, "Min-SE", "2400");
	assert_header(&rig->b, "CSeq", "4 UPDATE");
	/* A refresh is asked for more as well. */
	reply_refresh(&rig->b, 422, "Min-SE: 3000\r\n");
	assert_header(&rig->b, "Session-Expires", "3000;refresher=uac");
	assert_header(&rig->b, "CSeq", "5 UPDATE");
	reply_refresh(&rig->b, 200, "Session-Expires: 3000;refresher=uac\r\n");
	call_rig_expect(rig, "1200000 B UPDATE\n1200000 B UPDATE\n");
	call_rig_hang_up(rig);
}

static void a_422_without_more_is_final(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 422, "tag-1", "Min-SE: 1800\r\n", "");
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 502\n0 B ACK\n");
	assert_header(&rig->a, "Min-SE", "");
}

static void a_422_after_the_caller_has_gone(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_cancel(&rig->a, "");
	peer_ack(&rig->a, "");
	clear(rig);
	peer_reply_invite(&rig->b, 422, "tag-1", "Min-SE: 2000\r\n", "");
	call_rig_expect(rig, "0 B ACK\n");
	assert_counts(rig, 0, 0);
}

static void a_422_of_one_of_several(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c;

	call_rig_route(rig, CFG_PARALLEL, NULL);
	c = call_rig_callee(rig, 1);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(c, 422, "tag-1", "Min-SE: 2000\r\n", "");
	assert_header(c, "Session-Expires", "2000");
	assert_header(&rig->b, "Session-Expires", "1800");
	peer_reply_invite(&rig->b, 486, "tag-1", "", "");
	peer_reply_invite(call_rig_callee(rig, 2), 486, "tag-1", "", "");
	peer_learn(c);
	peer_reply_invite(c, 200, "tag-of-C", "", CALL_RIG_SDP);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	assert_header(c, "CSeq", "2 ACK");
	peer_request(&rig->a, "BYE", "", "");
	assert_header(c, "CSeq", "3 BYE");
	peer_reply(c, 200);
	clear(rig);
}

/* --- refreshes that fail --- */

static void establish_alone(struct call_rig *rig)
{
	establish(rig, "Supported: timer\r\nSession-Expires: 90000\r\n",
		  ALLOW_UPDATE "Require: timer\r\nSession-Expires: 600;refresher=uac\r\n");
	acknowledge(rig);
	call_rig_advance(rig, 300000);
	call_rig_expect(rig, "300000 B UPDATE\n");
}

/* Shows: 4028/10c */
static void refresh_answered_481(void **state)
{
	struct call_rig *rig = *state;

	establish_alone(rig);
	peer_reply(&rig->b, 481);
	call_rig_expect(rig, "300000 A BYE\n300000 B BYE\n");
	assert_ended(rig, "SIP;cause=481;text=\"Session refresh failed\"");
}

static void refresh_not_answered(void **state)
{
	struct call_rig *rig = *state;

	establish_alone(rig);
	call_rig_advance(rig, 300000 + 31999);
	assert_counts(rig, 1, 0);
	call_rig_advance(rig, 300000 + 32000);
	assert_int_equal(strncmp(rig->b.last, "BYE ", 4), 0);
	assert_ended(rig, "SIP;cause=408;text=\"Session refresh failed\"");
	clear(rig);
}

/* Shows: 4028/10d */
static void refresh_refused_otherwise(void **state)
{
	struct call_rig *rig = *state;

	establish_alone(rig);
	peer_reply(&rig->b, 500);
	call_rig_expect(rig, "");
	/* Half of what is left, then half of that, until the session is over. */
	call_rig_advance(rig, 434000);
	call_rig_expect(rig, "434000 B UPDATE\n");
	peer_reply(&rig->b, 503);
	call_rig_advance(rig, 501000);
	call_rig_expect(rig, "501000 B UPDATE\n");
	reply_refresh(&rig->b, 200, "Session-Expires: 600;refresher=uac\r\n");
	call_rig_advance(rig, 800999);
	call_rig_expect(rig, "");
	call_rig_hang_up(rig);
}

static void refresh_refused_for_good(void **state)
{
	struct call_rig *rig = *state;

	establish_alone(rig);
	for (unsigned int i = 1; rig->engine->counts.active; i++) {
		peer_reply(&rig->b, 488);
		call_rig_advance(rig, 300000 + i * 1000);
		if (!strncmp(rig->b.last, "BYE ", 4))
			break;
	}
	assert_int_equal(loop_now_ms(rig->loop) - rig->start_ms, 568000);
	clear(rig);
	assert_ended(rig, EXPIRED);
}

static void update_that_is_unknown_after_all(void **state)
{
	struct call_rig *rig = *state;

	establish_alone(rig);
	peer_reply(&rig->b, 405);
	/* Nothing was kept of the SDP, as it was said to be known. */
	call_rig_expect(rig, "300000 B UPDATE\n");
	reply_refresh(&rig->b, 200, "Session-Expires: 600;refresher=uac\r\n");
	call_rig_hang_up(rig);
}

/* Shows: 3261/14.1b */
static void glare_of_a_refresh(void **state)
{
	struct call_rig *rig = *state;
	uint64_t at;

	establish(rig, "", NO_UPDATE "Require: timer\r\nSession-Expires: 600;refresher=uac\r\n");
	acknowledge(rig);
	call_rig_advance(rig, 300000);
	peer_reply_invite(&rig->b, 491, "", "", "");
	call_rig_expect(rig, "300000 B INVITE\n300000 B ACK\n");
	/* sipd owns that Call-ID. */
	call_rig_advance(rig, 302099);
	call_rig_expect(rig, "");
	for (at = 302100; at <= 304000 && !rig->journal_len; at += 10)
		call_rig_advance(rig, at);
	assert_non_null(strstr(rig->journal, "B INVITE"));
	peer_reply_invite(&rig->b, 200, "", "Session-Expires: 600;refresher=uac\r\n", CALL_RIG_SDP);
	call_rig_hang_up(rig);
}

/* Nothing goes before @from, and @request no later than @to, when the clock stands at @ms. */
static void expect_between(struct call_rig *rig, uint64_t ms, uint64_t from, uint64_t to,
			   const char *request)
{
	if (from) {
		call_rig_advance(rig, ms + from - 1);
		call_rig_expect(rig, "");
	}
	for (uint64_t at = ms + from; at <= ms + to && !rig->journal_len; at += 10)
		call_rig_advance(rig, at);
	assert_non_null(strstr(rig->journal, request));
	clear(rig);
}

/* Shows: 3311/5.3c */
static void glare_of_an_update(void **state)
{
	struct call_rig *rig = *state;

	establish(rig, "Supported: timer\r\nSession-Expires: 600;refresher=uas\r\n" ALLOW_UPDATE,
		  ALLOW_UPDATE "Require: timer\r\nSession-Expires: 1000;refresher=uac\r\n");
	acknowledge(rig);
	call_rig_advance(rig, 300000);
	call_rig_expect(rig, "300000 A UPDATE\n");
	peer_reply(&rig->a, 491);
	/* The Call-ID is the caller's. */
	expect_between(rig, 300000, 0, 2000, "A UPDATE");
	peer_reply_other(&rig->a, 200, "", "Session-Expires: 600;refresher=uac\r\n");
	call_rig_advance(rig, 500000);
	call_rig_expect(rig, "500000 B UPDATE\n");
	peer_reply(&rig->b, 491);
	/* sipd owns that one. */
	expect_between(rig, 500000, 2100, 4000, "B UPDATE");
	peer_reply_other(&rig->b, 200, "", "Session-Expires: 1000;refresher=uac\r\n");
	call_rig_hang_up(rig);
}

/* Shows: 3261/14.1a */
static void waits_for_a_reinvite_under_way(void **state)
{
	struct call_rig *rig = *state;

	establish(rig, "", NO_UPDATE "Require: timer\r\nSession-Expires: 600;refresher=uac\r\n");
	acknowledge(rig);
	call_rig_advance(rig, 299999);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 180, "", "", "");
	call_rig_expect(rig, "299999 A 100\n299999 B INVITE\n299999 A 180\n");
	call_rig_advance(rig, 310000);
	call_rig_expect(rig, "");
	peer_reply_invite(&rig->b, 200, "", "Session-Expires: 600;refresher=uac\r\n", CALL_RIG_SDP);
	peer_ack(&rig->a, "");
	clear(rig);
	/* That was the refresh. */
	call_rig_advance(rig, 609999);
	call_rig_expect(rig, "");
	call_rig_hang_up(rig);
}

static void ends_while_a_refresh_is_under_way(void **state)
{
	struct call_rig *rig = *state;

	establish(rig, "", NO_UPDATE "Require: timer\r\nSession-Expires: 600;refresher=uac\r\n");
	acknowledge(rig);
	call_rig_advance(rig, 300000);
	peer_request(&rig->a, "BYE", "", "");
	peer_reply(&rig->b, 200);
	assert_counts(rig, 1, 0);
	/* Crossing it. */
	peer_reply_invite(&rig->b, 200, "", "", CALL_RIG_SDP);
	call_rig_expect(rig, "300000 B INVITE\n300000 A 200\n300000 B BYE\n300000 B ACK\n");
	assert_counts(rig, 0, 0);
}

static void peer_that_refreshes_too_late(void **state)
{
	struct call_rig *rig = *state;

	establish(rig, "", "Require: timer\r\nSession-Expires: 90;refresher=uas\r\n");
	acknowledge(rig);
	/* A third is less than 32 s. */
	call_rig_advance(rig, 59999);
	call_rig_expect(rig, "");
	call_rig_advance(rig, 60000);
	call_rig_expect(rig, "60000 A BYE\n60000 B BYE\n");
	assert_non_null(call_rig_ladder(rig, "session timer of the callee expired"));
	assert_ended(rig, EXPIRED);
}

#define TEST_WITH(name, setup) cmocka_unit_test_setup_teardown(name, setup, call_rig_teardown)
#define TEST(name) TEST_WITH(name, call_rig_setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nobody_asks),
		TEST(caller_refreshes_or_the_call_ends),
		TEST(update_refreshes),
		TEST(update_is_answered_for_who_knows_none),
		TEST(update_that_turns_out_to_be_unknown),
		TEST(reinvite_refreshes_both_legs),
		TEST(interval_too_small),
		TEST(malformed),
		TEST(interval_is_lowered_but_not_below_min_se),
		TEST_WITH(off_is_off, setup_both_off),
		TEST(sipd_refreshes_by_update),
		TEST(refreshes_go_on),
		TEST(sipd_refreshes_by_reinvite),
		TEST(offers_what_stands),
		TEST_WITH(alone_with_who_knows_no_timers, setup_both_request),
		TEST_WITH(longer_when_told_so, setup_core_requests),
		TEST_WITH(a_422_without_more_is_final, setup_core_requests),
		TEST_WITH(a_422_after_the_caller_has_gone, setup_core_requests),
		TEST_WITH(a_422_of_one_of_several, setup_core_requests),
		TEST(refresh_answered_481),
		TEST(refresh_not_answered),
		TEST(refresh_refused_otherwise),
		TEST(refresh_refused_for_good),
		TEST(update_that_is_unknown_after_all),
		TEST(glare_of_a_refresh),
		TEST(glare_of_an_update),
		TEST(waits_for_a_reinvite_under_way),
		TEST(ends_while_a_refresh_is_under_way),
		TEST(peer_that_refreshes_too_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
