// SPDX-License-Identifier: GPL-2.0-or-later
/* Subscriptions through sipd: SUBSCRIBE and NOTIFY between two dialogs. A subscribes to B. */
#include <stdio.h>
#include <stdlib.h>

#include "call/event.h"
#include "call/relay.h"
#include "call_rig.h"
#include "short_of_memory.h"

#define ACTIVE "Event: presence\r\nSubscription-State: active;expires=600\r\n"
#define ENDED "Event: presence\r\nSubscription-State: terminated;reason=noresource\r\n"
#define PIDF "Content-Type: application/pidf+xml\r\n"

static void assert_subscriptions(struct call_rig *rig, unsigned int count)
{
	assert_int_equal(rig->engine->counts.subscriptions, count);
}

/* B gets the SUBSCRIBE and has a dialog of it with the tag @tag. */
static void b_is_asked(struct call_rig *rig, const char *tag)
{
	assert_memory_equal(rig->b.last, "SUBSCRIBE ", 10);
	peer_learn(&rig->b);
	snprintf(rig->b.local_tag, sizeof(rig->b.local_tag), "%s", tag);
}

static void ask(struct call_rig *rig, const char *extra)
{
	char all[512];

	snprintf(all, sizeof(all), "Event: presence\r\nExpires: 600\r\n%s", extra);
	peer_request(&rig->a, "SUBSCRIBE", all, "");
	b_is_asked(rig, "tag-of-B");
}

static void accepts(struct call_rig *rig, const char *extra)
{
	peer_reply_other(&rig->b, 200, "tag-of-B", extra);
	assert_memory_equal(rig->a.last, "SIP/2.0 200", 11);
	peer_learn(&rig->a);
}

static void notify(struct call_rig *rig, const char *extra)
{
	peer_request(&rig->b, "NOTIFY", extra, "");
}

/* The subscription stands, and its first NOTIFY was answered. */
static void subscribe(struct call_rig *rig)
{
	ask(rig, "");
	accepts(rig, "Expires: 600\r\n");
	notify(rig, ACTIVE);
	assert_memory_equal(rig->a.last, "NOTIFY ", 7);
	peer_reply(&rig->a, 200);
	call_rig_expect(rig, "0 B SUBSCRIBE\n0 A 200\n0 A NOTIFY\n0 B 200\n");
	assert_subscriptions(rig, 1);
}

static void finish(struct call_rig *rig)
{
	notify(rig, ENDED);
	peer_reply(&rig->a, 200);
	assert_subscriptions(rig, 0);
	call_rig_forget(rig);
}

/* Shows: 6665/4.1.2a 6665/4.1.2.1a 6665/4.1.3b 6665/4.2.1a 6665/4.2.2a 6665/4.4.1a */
static void there_and_back(void **state)
{
	struct call_rig *rig = *state;
	char tag[64];

	peer_request(&rig->a, "SUBSCRIBE",
		     "Event: presence;id=7\r\nExpires: 600\r\nAccept: application/pidf+xml\r\n"
		     "Record-Route: <sip:10.9.9.9;lr>\r\nAllow-Events: presence\r\n",
		     "");
	assert_string_equal(peer_header(&rig->b, "Event"), "presence;id=7");
	assert_string_equal(peer_header(&rig->b, "Expires"), "600");
	assert_string_equal(peer_header(&rig->b, "Accept"), "application/pidf+xml");
	assert_string_equal(peer_header(&rig->b, "Record-Route"), "");
	assert_non_null(strstr(peer_header(&rig->b, "Contact"), rig->b.sipd));
	assert_null(strstr(rig->b.last, rig->a.address));
	assert_null(strstr(rig->b.last, rig->a.call_id));
	b_is_asked(rig, "tag-of-B");
	accepts(rig, "Expires: 300\r\n");
	assert_string_equal(peer_header(&rig->a, "Expires"), "300");
	assert_string_equal(peer_header(&rig->a, "Record-Route"), "<sip:10.9.9.9;lr>");
	assert_non_null(strstr(peer_header(&rig->a, "Contact"), rig->a.sipd));
	assert_null(strstr(rig->a.last, rig->b.address));
	snprintf(tag, sizeof(tag), "%s", peer_tag(&rig->a, "To"));
	peer_request(&rig->b, "NOTIFY",
		     "Event: presence;id=7\r\nSubscription-State: pending;expires=299\r\n" PIDF
		     "Record-Route: <sip:inside.example;lr>\r\n",
		     "<presence/>");
	assert_memory_equal(rig->a.last, "NOTIFY ", 7);
	assert_string_equal(peer_header(&rig->a, "Call-ID"), rig->a.call_id);
	assert_string_equal(peer_tag(&rig->a, "From"), tag);
	assert_string_equal(peer_tag(&rig->a, "To"), rig->a.local_tag);
	assert_string_equal(peer_header(&rig->a, "Event"), "presence;id=7");
	assert_string_equal(peer_header(&rig->a, "Subscription-State"), "pending;expires=299");
	assert_string_equal(peer_header(&rig->a, "Content-Type"), "application/pidf+xml");
	assert_string_equal(peer_header(&rig->a, "Route"), "<sip:10.9.9.9;lr>");
	assert_string_equal(peer_header(&rig->a, "Record-Route"), "");
	assert_string_equal(peer_body(&rig->a), "<presence/>");
	assert_null(strstr(rig->a.last, rig->b.address));
	peer_reply(&rig->a, 200);
	assert_subscriptions(rig, 1);
	peer_request(&rig->b, "NOTIFY",
		     "Event: presence;id=7\r\nSubscription-State: terminated;reason=rejected\r\n",
		     "");
	assert_string_equal(peer_header(&rig->a, "Subscription-State"),
			    "terminated;reason=rejected");
	peer_reply(&rig->a, 200);
	assert_subscriptions(rig, 0);
	call_rig_expect(rig, "0 B SUBSCRIBE\n0 A 200\n0 A NOTIFY\n0 B 200\n0 A NOTIFY\n0 B 200\n");
	/* Nothing is left of it for anybody. */
	peer_request(&rig->b, "NOTIFY", ACTIVE, "");
	peer_request(&rig->a, "SUBSCRIBE", "Event: presence;id=7\r\n", "");
	call_rig_expect(rig, "0 B 481\n0 A 481\n");
}

/* Whatever is answered, and in either direction. Shows: 3325/9.1a 3325/6a */
static void who_answers_is_told(void **state)
{
	static const char asserted[] = "P-Asserted-Identity: <sip:b@b.example>\r\n";
	struct call_rig *rig = *state;

	subscribe(rig);
	for (int trusted = 0; trusted < 2; trusted++) {
		rig->realms[0].border.trusted = rig->realms[1].border.trusted = trusted;
		peer_request(&rig->a, "SUBSCRIBE", "Event: presence\r\nExpires: 600\r\n", "");
		peer_reply_other(&rig->b, 200, "", asserted);
		assert_memory_equal(rig->a.last, "SIP/2.0 200", 11);
		assert_int_equal(!!strstr(rig->a.last, asserted), trusted);
		notify(rig, ACTIVE);
		peer_reply_other(&rig->a, 500, "", asserted);
		assert_memory_equal(rig->b.last, "SIP/2.0 500", 11);
		assert_int_equal(!!strstr(rig->b.last, asserted), trusted);
	}
	finish(rig);
}

/* Shows: 6665/4.1.2.4a 6665/4.4.1b */
static void a_notify_overtakes_the_2xx(void **state)
{
	struct call_rig *rig = *state;
	char tag[64];

	ask(rig, "");
	notify(rig, ACTIVE);
	assert_memory_equal(rig->a.last, "NOTIFY ", 7);
	snprintf(tag, sizeof(tag), "%s", peer_tag(&rig->a, "From"));
	peer_reply(&rig->a, 200);
	/* B's last request was a NOTIFY's answer: the SUBSCRIBE is what it still has to answer. */
	accepts(rig, "Expires: 600\r\n");
	assert_string_equal(peer_tag(&rig->a, "To"), tag);
	call_rig_expect(rig, "0 B SUBSCRIBE\n0 A NOTIFY\n0 B 200\n0 A 200\n");
	assert_subscriptions(rig, 1);
	finish(rig);
}

/* Even the last one. */
static void the_end_overtakes_the_2xx(void **state)
{
	struct call_rig *rig = *state;
	char tag[64];

	ask(rig, "");
	notify(rig, ENDED);
	snprintf(tag, sizeof(tag), "%s", peer_tag(&rig->a, "From"));
	peer_reply(&rig->a, 200);
	assert_subscriptions(rig, 0);
	accepts(rig, "Expires: 0\r\n");
	assert_string_equal(peer_tag(&rig->a, "To"), tag);
	assert_subscriptions(rig, 0);
	notify(rig, ACTIVE);
	call_rig_expect(rig, "0 B SUBSCRIBE\n0 A NOTIFY\n0 B 200\n0 A 200\n0 B 481\n");
}

/* Shows: 6665/4.1.2.2a 6665/4.2.1.4a */
static void refreshes(void **state)
{
	struct call_rig *rig = *state;

	subscribe(rig);
	call_rig_advance(rig, 500000);
	peer_request(&rig->a, "SUBSCRIBE", "Event: presence\r\nExpires: 600\r\n", "");
	assert_memory_equal(rig->b.last, "SUBSCRIBE ", 10);
	assert_string_equal(peer_tag(&rig->b, "To"), "tag-of-B");
	assert_string_equal(peer_header(&rig->b, "Call-ID"), rig->b.call_id);
	assert_int_equal(atoi(peer_header(&rig->b, "CSeq")), 2);
	peer_reply_other(&rig->b, 200, "", "Expires: 600\r\n");
	notify(rig, ACTIVE);
	peer_reply(&rig->a, 200);
	call_rig_advance(rig, 1000000);
	assert_subscriptions(rig, 1);
	/* It has not been refreshed any more: the notifier does not say so, so sipd does. */
	call_rig_forget(rig);
	call_rig_advance(rig, 1104999);
	call_rig_expect(rig, "");
	call_rig_advance(rig, 1105000);
	call_rig_expect(rig, "1105000 A NOTIFY\n");
	assert_string_equal(peer_header(&rig->a, "Subscription-State"),
			    "terminated;reason=timeout");
	assert_string_equal(peer_header(&rig->a, "Event"), "presence");
	peer_reply(&rig->a, 200);
	assert_subscriptions(rig, 0);
}

/* Shows: 6665/4.2.1.1a */
static void intervals_that_are_too_brief(void **state)
{
	struct call_rig *rig = *state;

	ask(rig, "");
	peer_reply_other(&rig->b, 423, "x", "Min-Expires: 900\r\n");
	call_rig_expect(rig, "0 B SUBSCRIBE\n0 A 423\n");
	assert_string_equal(peer_header(&rig->a, "Min-Expires"), "900");
	assert_int_equal(rig->engine->outside->subscription_pool.in_use, 0);
	subscribe(rig);
	/* Of a refresh: what is left of the time stays. */
	peer_request(&rig->a, "SUBSCRIBE", "Event: presence\r\nExpires: 1\r\n", "");
	peer_reply_other(&rig->b, 423, "x", "Min-Expires: 900\r\n");
	call_rig_expect(rig, "0 B SUBSCRIBE\n0 A 423\n");
	assert_subscriptions(rig, 1);
	finish(rig);
}

/* Shows: 6665/4.1.2.3a */
static void unsubscribes(void **state)
{
	struct call_rig *rig = *state;

	subscribe(rig);
	peer_request(&rig->a, "SUBSCRIBE", "Event: presence\r\nExpires: 0\r\n", "");
	peer_reply_other(&rig->b, 200, "", "Expires: 0\r\n");
	assert_subscriptions(rig, 1);
	finish(rig);
}

/* Without the last NOTIFY it ends with timer N. Shows: 6665/4.1.2.4c */
static void unsubscribes_from_nobody(void **state)
{
	struct call_rig *rig = *state;

	subscribe(rig);
	peer_request(&rig->a, "SUBSCRIBE", "Event: presence\r\nExpires: 0\r\n", "");
	peer_reply_other(&rig->b, 200, "", "Expires: 0\r\n");
	call_rig_advance(rig, 31999);
	assert_subscriptions(rig, 1);
	call_rig_advance(rig, 32000);
	assert_subscriptions(rig, 0);
}

/* Shows: 6665/4.4.3a */
static void fetches_once(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "SUBSCRIBE", "Event: presence\r\nExpires: 0\r\n", "");
	b_is_asked(rig, "tag-of-B");
	accepts(rig, "Expires: 0\r\n");
	notify(rig, "Event: presence\r\nSubscription-State: terminated;reason=timeout\r\n");
	peer_reply(&rig->a, 200);
	call_rig_expect(rig, "0 B SUBSCRIBE\n0 A 200\n0 A NOTIFY\n0 B 200\n");
	assert_subscriptions(rig, 0);
}

/* Shows: 6665/4.1.2.4b */
static void no_notify_comes(void **state)
{
	struct call_rig *rig = *state;

	ask(rig, "");
	accepts(rig, "Expires: 600\r\n");
	call_rig_advance(rig, 31999);
	assert_subscriptions(rig, 1);
	call_rig_advance(rig, 32000);
	assert_subscriptions(rig, 0);
	call_rig_advance(rig, 32001);
	assert_int_equal(rig->engine->outside->subscription_pool.in_use, 0);
}

/* Shows: 6665/8.3.2a */
static void the_notifier_refuses(void **state)
{
	struct call_rig *rig = *state;

	ask(rig, "");
	peer_reply_other(&rig->b, 489, "x", "Allow-Events: dialog\r\n");
	call_rig_expect(rig, "0 B SUBSCRIBE\n0 A 489\n");
	assert_string_equal(peer_header(&rig->a, "Allow-Events"), "dialog");
	notify(rig, ACTIVE);
	call_rig_expect(rig, "0 B 481\n");
}

/* He has forgotten it: a refresh says so. Shows: 6665/4.1.2.2b */
static void the_notifier_forgets(void **state)
{
	struct call_rig *rig = *state;

	subscribe(rig);
	peer_request(&rig->a, "SUBSCRIBE", "Event: presence\r\nExpires: 600\r\n", "");
	peer_reply_other(&rig->b, 481, "", "");
	call_rig_expect(rig, "0 B SUBSCRIBE\n0 A 481\n");
	assert_subscriptions(rig, 0);
}

/* A refresh that fails otherwise does not end it. Shows: 6665/4.1.2.2c */
static void the_notifier_vanishes(void **state)
{
	struct call_rig *rig = *state;

	subscribe(rig);
	peer_request(&rig->a, "SUBSCRIBE", "Event: presence\r\nExpires: 600\r\n", "");
	call_rig_advance(rig, 100000);
	assert_subscriptions(rig, 1);
	call_rig_forget(rig);
	call_rig_advance(rig, 605000);
	call_rig_expect(rig, "605000 A NOTIFY\n");
	assert_subscriptions(rig, 0);
	call_rig_forget(rig);
}

/* Shows: 6665/4.2.2b */
static void the_subscriber_vanishes(void **state)
{
	struct call_rig *rig = *state;

	subscribe(rig);
	notify(rig, ACTIVE);
	call_rig_advance(rig, 31999);
	assert_subscriptions(rig, 1);
	call_rig_advance(rig, 32010);
	assert_subscriptions(rig, 0);
	call_rig_forget(rig);
	notify(rig, ACTIVE);
	call_rig_expect(rig, "32010 B 481\n");
}

/* Shows: 6665/4.2.2c */
static void the_subscriber_has_enough(void **state)
{
	struct call_rig *rig = *state;

	subscribe(rig);
	notify(rig, ACTIVE);
	peer_reply_other(&rig->a, 481, "", "");
	notify(rig, ACTIVE);
	call_rig_expect(rig, "0 A NOTIFY\n0 B 481\n0 B 481\n");
	assert_subscriptions(rig, 0);
}

/* Shows: 6665/4.2.2c */
static void the_subscriber_is_busy(void **state)
{
	struct call_rig *rig = *state;

	subscribe(rig);
	notify(rig, ACTIVE);
	peer_reply_other(&rig->a, 500, "", "Retry-After: 3\r\n");
	assert_subscriptions(rig, 1);
	finish(rig);
}

/* A proxy behind us has sent it to two: each has a dialog. Shows: 6665/4.1.4a 6665/4.4.1c */
static void forked_behind_us(void **state)
{
	struct call_rig *rig = *state;
	char tags[2][64];

	ask(rig, "");
	accepts(rig, "Expires: 600\r\n");
	notify(rig, ACTIVE);
	snprintf(tags[0], sizeof(tags[0]), "%s", peer_tag(&rig->a, "From"));
	peer_reply(&rig->a, 200);
	snprintf(rig->b.local_tag, sizeof(rig->b.local_tag), "another-of-B");
	notify(rig, ACTIVE);
	snprintf(tags[1], sizeof(tags[1]), "%s", peer_tag(&rig->a, "From"));
	peer_reply(&rig->a, 200);
	assert_string_not_equal(tags[0], tags[1]);
	assert_string_equal(peer_header(&rig->a, "Call-ID"), rig->a.call_id);
	assert_subscriptions(rig, 2);
	/* A third, that the subscriber does not want. */
	snprintf(rig->b.local_tag, sizeof(rig->b.local_tag), "third-of-B");
	notify(rig, ACTIVE);
	peer_reply_other(&rig->a, 481, "", "");
	assert_subscriptions(rig, 2);
	/* After timer N nobody else is let in. */
	call_rig_forget(rig);
	call_rig_advance(rig, 32001);
	snprintf(rig->b.local_tag, sizeof(rig->b.local_tag), "fourth-of-B");
	notify(rig, ACTIVE);
	call_rig_expect(rig, "32001 B 481\n");
	/* The second is refreshed by its own tag. */
	snprintf(rig->a.remote_tag, sizeof(rig->a.remote_tag), "%s", tags[1]);
	peer_request(&rig->a, "SUBSCRIBE", "Event: presence\r\nExpires: 0\r\n", "");
	assert_string_equal(peer_tag(&rig->b, "To"), "another-of-B");
	peer_reply_other(&rig->b, 200, "", "Expires: 0\r\n");
	snprintf(rig->b.local_tag, sizeof(rig->b.local_tag), "another-of-B");
	notify(rig, ENDED);
	peer_reply(&rig->a, 200);
	assert_subscriptions(rig, 1);
	snprintf(rig->b.local_tag, sizeof(rig->b.local_tag), "tag-of-B");
	finish(rig);
}

/* As many as a notifier likes to pretend. */
static void forks_are_limited(void **state)
{
	struct call_rig *rig = *state;

	ask(rig, "");
	accepts(rig, "Expires: 600\r\n");
	for (unsigned int i = 0; i < 20; i++) {
		snprintf(rig->b.local_tag, sizeof(rig->b.local_tag), "tag-%u", i);
		notify(rig, ACTIVE);
	}
	assert_int_equal(rig->engine->counts.subscriptions, 8);
	assert_memory_equal(rig->b.last, "SIP/2.0 481", 11);
	call_rig_advance(rig, 40000);
	call_rig_forget(rig);
}

/* By us, to two: the first 2xx goes back, the NOTIFYs of both arrive. */
static void forked_by_us(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *b = &rig->b, *c = &rig->more[0];

	call_rig_route(rig, CFG_PARALLEL, NULL);
	peer_request(&rig->a, "SUBSCRIBE", "Event: presence\r\nExpires: 600\r\n", "");
	call_rig_expect(rig, "0 B SUBSCRIBE\n0 C SUBSCRIBE\n0 D SUBSCRIBE\n");
	peer_learn(b);
	peer_learn(c);
	peer_reply_other(c, 200, c->local_tag, "Expires: 600\r\n");
	peer_reply_other(b, 200, b->local_tag, "Expires: 600\r\n");
	peer_reply_other(&rig->more[1], 404, "x", "");
	call_rig_expect(rig, "0 A 200\n");
	peer_request(b, "NOTIFY", ACTIVE, "");
	peer_reply(&rig->a, 200);
	peer_request(c, "NOTIFY", ACTIVE, "");
	peer_reply(&rig->a, 200);
	call_rig_expect(rig, "0 A NOTIFY\n0 B 200\n0 A NOTIFY\n0 C 200\n");
	assert_subscriptions(rig, 2);
	peer_request(c, "NOTIFY", ENDED, "");
	peer_reply(&rig->a, 200);
	finish(rig);
}

static void the_order_of_requests(void **state)
{
	struct call_rig *rig = *state;

	subscribe(rig);
	rig->b.cseq -= 1;
	notify(rig, ACTIVE);
	rig->b.cseq += 10;
	notify(rig, ACTIVE);
	peer_repeat(&rig->b);
	call_rig_expect(rig, "0 B 500\n0 A NOTIFY\n");
	peer_reply(&rig->a, 200);
	peer_repeat(&rig->b);
	call_rig_expect(rig, "0 B 200\n0 B 200\n");
	rig->a.cseq -= 1;
	peer_request(&rig->a, "SUBSCRIBE", "Event: presence\r\n", "");
	call_rig_expect(rig, "0 A 500\n");
	finish(rig);
}

/* Shows: 6665/8.2.1a 6665/4.1.3a 6665/4.2.1.4b */
static void what_does_not_fit(void **state)
{
	struct call_rig *rig = *state;

	subscribe(rig);
	notify(rig, "Event: dialog\r\nSubscription-State: active\r\n");
	notify(rig, "Event: presence;id=1\r\nSubscription-State: active\r\n");
	notify(rig, "Event: presence\r\n");
	assert_non_null(strstr(peer_header(&rig->b, "Warning"), "Subscription-State"));
	peer_request(&rig->b, "SUBSCRIBE", "Event: presence\r\n", "");
	peer_request(&rig->a, "NOTIFY", ACTIVE, "");
	peer_request(&rig->a, "SUBSCRIBE", "Event: dialog\r\n", "");
	peer_request(&rig->a, "MESSAGE", "", "");
	peer_request(&rig->a, "DANCE", "", "");
	call_rig_expect(rig, "0 B 481\n0 B 481\n0 B 400\n0 B 481\n0 A 481\n0 A 481\n0 A 405\n"
			     "0 A 501\n");
	/* Parameters that mean nothing here are not compared. */
	notify(rig, "Event: presence;foo=1\r\nSubscription-State: active\r\n");
	peer_reply(&rig->a, 200);
	call_rig_expect(rig, "0 A NOTIFY\n0 B 200\n");
	finish(rig);
}

/* What has no tag of the notifier's belongs to none of his dialogs. */
static void without_his_tag(void **state)
{
	struct call_rig *rig = *state;

	subscribe(rig);
	snprintf(rig->b.sent, sizeof(rig->b.sent),
		 "NOTIFY %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK-no-tag\r\n"
		 "From: <sip:B@home.example>\r\nTo: <sip:peer@sipd.example>;tag=%s\r\n"
		 "Call-ID: %s\r\nCSeq: 99 NOTIFY\r\nMax-Forwards: 70\r\n"
		 "Contact: <sip:B@%s>\r\n" ENDED "Content-Length: 0\r\n\r\n",
		 rig->b.target, rig->b.address, rig->b.remote_tag, rig->b.call_id, rig->b.address);
	peer_repeat(&rig->b);
	call_rig_expect(rig, "0 B 481\n");
	assert_subscriptions(rig, 1);
	finish(rig);
}

static void accepted_without_his_tag(void **state)
{
	struct call_rig *rig = *state;

	ask(rig, "");
	peer_reply_other(&rig->b, 200, "", "Expires: 600\r\n");
	call_rig_expect(rig, "0 B SUBSCRIBE\n0 A 500\n");
	assert_subscriptions(rig, 0);
}

static void from_the_wrong_side(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *a = &rig->a;

	subscribe(rig);
	/* Whoever knows its tags, but comes by the other realm. */
	a->flow.listener = rig->b.flow.listener;
	peer_request(a, "SUBSCRIBE", "Event: presence\r\nExpires: 0\r\n", "");
	call_rig_expect(rig, "0 A 481\n");
	a->flow.listener = rig->engine->realms[0].listeners[0].tp;
	finish(rig);
}

/* Shows: 6665/8.2.1b */
static void events_are_needed(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "SUBSCRIBE", "Expires: 600\r\n", "");
	peer_request(&rig->a, "SUBSCRIBE", "Event: a\r\nEvent: b\r\n", "");
	call_rig_expect(rig, "0 A 489\n0 A 489\n");
}

static void no_more_than_allowed(void **state)
{
	struct call_rig *rig = *state;

	rig->engine->outside->max_subscriptions = 2;
	subscribe(rig);
	rig->a.remote_tag[0] = '\0';
	snprintf(rig->a.target, sizeof(rig->a.target), "sip:bob@%s", rig->a.sipd);
	peer_request(&rig->a, "SUBSCRIBE", "Event: presence\r\n", "");
	call_rig_expect(rig, "0 A 503\n");
	assert_string_equal(peer_header(&rig->a, "Retry-After"), "10");
	finish(rig);
}

/* More NOTIFYs than the subscriber answers. */
static void requests_are_limited(void **state)
{
	struct call_rig *rig = *state;

	subscribe(rig);
	for (unsigned int i = 0; i < 9; i++)
		notify(rig, ACTIVE);
	assert_memory_equal(rig->b.last, "SIP/2.0 500", 11);
	assert_string_not_equal(peer_header(&rig->b, "Retry-After"), "");
	call_rig_advance(rig, 40000);
	call_rig_forget(rig);
}

static void the_subscriber_moves(void **state)
{
	struct call_rig *rig = *state;

	subscribe(rig);
	/* "Contact:" comes first in the rig's requests: its name is what changes. */
	rig->a.name = "A2";
	peer_request(&rig->a, "SUBSCRIBE", "Event: presence\r\nExpires: 600\r\n", "");
	peer_reply_other(&rig->b, 200, "", "Expires: 600\r\n");
	notify(rig, ACTIVE);
	assert_memory_equal(rig->a.last, "NOTIFY sip:A2@", 14);
	peer_reply(&rig->a, 200);
	finish(rig);
}

/* sipd stops: both sides learn that it is over, and the subscriber that he may come back. */
static void at_the_end_both_are_told(void **state)
{
	struct call_rig *rig = *state;

	subscribe(rig);
	call_engine_end(rig->engine);
	call_rig_settle(rig);
	call_rig_expect(rig, "0 A NOTIFY\n0 B SUBSCRIBE\n");
	assert_string_equal(peer_header(&rig->a, "Subscription-State"),
			    "terminated;reason=probation;retry-after=10");
	assert_string_equal(peer_header(&rig->b, "Expires"), "0");
}

/* What waits for a mailbox (RFC 3842) is told as it is. */
static void message_summary(void **state)
{
	struct call_rig *rig = *state;
	static const char summary[] = "Messages-Waiting: yes\r\nVoice-Message: 2/8 (0/2)\r\n";

	peer_request(&rig->a, "SUBSCRIBE",
		     "Event: message-summary\r\nAccept: application/simple-message-summary\r\n",
		     "");
	b_is_asked(rig, "tag-of-B");
	accepts(rig, "Expires: 3600\r\n");
	peer_request(&rig->b, "NOTIFY",
		     "o: message-summary\r\nSubscription-State: active\r\n"
		     "Content-Type: application/simple-message-summary\r\n",
		     summary);
	assert_string_equal(peer_body(&rig->a), summary);
	assert_string_equal(peer_header(&rig->a, "Event"), "message-summary");
	peer_reply(&rig->a, 200);
	peer_request(&rig->b, "NOTIFY",
		     "Event: message-summary\r\nSubscription-State: terminated\r\n", "");
	peer_reply(&rig->a, 200);
	assert_subscriptions(rig, 0);
}

/* Whichever allocation fails, all that is left goes with its timers. */
static void without_memory(void **state)
{
	struct call_rig *rig = *state;
	unsigned int answered = 0;

	for (unsigned int nth = 1; nth <= 60; nth++) {
		struct call_peer *b = &rig->b;

		rig->a.remote_tag[0] = b->remote_tag[0] = '\0';
		snprintf(rig->a.target, sizeof(rig->a.target), "sip:bob@%s", rig->a.sipd);
		snprintf(rig->a.local_tag, sizeof(rig->a.local_tag), "tag-%u", nth);
		b->other[0] = '\0';
		fail_in = nth;
		peer_request(&rig->a, "SUBSCRIBE", "Event: presence\r\nExpires: 60\r\n", "");
		if (!strncmp(b->other, "SUBSCRIBE ", 10)) {
			peer_learn(b);
			peer_reply_other(b, 200, "tag-of-B", "Expires: 60\r\n");
			peer_request(b, "NOTIFY", ACTIVE, "");
			peer_reply(&rig->a, 200);
			answered++;
		}
		fail_in = 0;
		call_rig_advance(rig, loop_now_ms(rig->loop) - rig->start_ms + 1000000);
		call_rig_assert_empty(rig);
		call_rig_forget(rig);
	}
	assert_in_range(answered, 20, 59);
}

static void what_ends_a_subscription(void **state)
{
	(void)state;
	assert_true(event_ended_by(481));
	assert_true(event_ended_by(404));
	assert_true(event_ended_by(489));
	assert_true(event_ended_by(604));
	assert_false(event_ended_by(401));
	assert_false(event_ended_by(408));
	assert_false(event_ended_by(423));
	assert_false(event_ended_by(486));
	assert_false(event_ended_by(500));
	assert_false(event_ended_by(200));
}

static void events_are_compared(void **state)
{
	(void)state;
	assert_true(event_same(VIEW_LIT("presence"), VIEW_LIT("presence ;x=1")));
	assert_true(event_same(VIEW_LIT("a;id=1"), VIEW_LIT("a;x;id=1")));
	assert_false(event_same(VIEW_LIT("a;id=1"), VIEW_LIT("a")));
	assert_false(event_same(VIEW_LIT("a;id=1"), VIEW_LIT("a;id=2")));
	assert_false(event_same(VIEW_LIT("presence"), VIEW_LIT("presence.winfo")));
	/* Octet by octet (s.8.2.1). */
	assert_false(event_same(VIEW_LIT("presence"), VIEW_LIT("Presence")));
}

#define T(f) cmocka_unit_test_setup_teardown(f, call_rig_setup, call_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(there_and_back),
		T(who_answers_is_told),
		T(a_notify_overtakes_the_2xx),
		T(the_end_overtakes_the_2xx),
		T(refreshes),
		T(intervals_that_are_too_brief),
		T(unsubscribes),
		T(unsubscribes_from_nobody),
		T(fetches_once),
		T(no_notify_comes),
		T(the_notifier_refuses),
		T(the_notifier_forgets),
		T(the_notifier_vanishes),
		T(the_subscriber_vanishes),
		T(the_subscriber_has_enough),
		T(the_subscriber_is_busy),
		T(forked_behind_us),
		T(forks_are_limited),
		T(forked_by_us),
		T(the_order_of_requests),
		T(what_does_not_fit),
		T(without_his_tag),
		T(accepted_without_his_tag),
		T(from_the_wrong_side),
		T(events_are_needed),
		T(no_more_than_allowed),
		T(requests_are_limited),
		T(the_subscriber_moves),
		T(at_the_end_both_are_told),
		T(message_summary),
		T(without_memory),
		cmocka_unit_test(what_ends_a_subscription),
		cmocka_unit_test(events_are_compared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
