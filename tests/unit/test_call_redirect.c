// SPDX-License-Identifier: GPL-2.0-or-later
/* 3xx: refused, passed on, or followed (RFC 3261 s.8.1.3.4, s.21.3; RFC 5806; RFC 7044). */
#include <stdio.h>

#include "call/target.h"
#include "call_rig.h"
#include "fake_dns.h"

static struct call_peer *callee(struct call_rig *rig, unsigned int index)
{
	return call_rig_callee(rig, index);
}

static void call(struct call_rig *rig, enum cfg_redirect redirect)
{
	rig->realms[0].next_hop_redirect = redirect;
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n");
}

/* @text: a Contact value with %s for each callee's address in turn. */
static void redirect(struct call_rig *rig, unsigned int from, int status, const char *text)
{
	char value[512], line[600];

	snprintf(value, sizeof(value), text, callee(rig, 1)->address, callee(rig, 2)->address);
	snprintf(line, sizeof(line), "X-Nothing: 1\r\nm: %s\r\n", value);
	peer_reply_invite(callee(rig, from), status, callee(rig, from)->local_tag, line, "");
}

static void refused_by_default(void **state)
{
	struct call_rig *rig = *state;

	call(rig, CFG_REDIRECT_REFUSE);
	redirect(rig, 0, 302, "<sip:carol@%s>");
	call_rig_expect(rig, "0 A 502\n0 B ACK\n");
	assert_null(strstr(rig->a.last, "carol"));
	assert_non_null(strstr(rig->a.last, "Redirection is not followed"));
	peer_ack(&rig->a, "");
}

static void passed_on(void **state)
{
	struct call_rig *rig = *state;

	call(rig, CFG_REDIRECT_PASS);
	redirect(rig, 0, 302, "<sip:carol@%s>;q=0.5");
	call_rig_expect(rig, "0 A 302\n0 B ACK\n");
	assert_non_null(strstr(rig->a.last, "\r\nContact: <sip:carol@"));
	assert_null(strstr(rig->a.last, "X-Nothing: 2"));
	peer_ack(&rig->a, "");
}

/* Shows: 3261/8.1.3.4a 3261/8.1.3.4b 7044/10.4b 7044/9.4b */
static void followed(void **state)
{
	struct call_rig *rig = *state;
	char ruri[256];

	call(rig, CFG_REDIRECT_RECURSE);
	redirect(rig, 0, 302, "<sip:carol@%s;x=y?Subject=no>;q=0.2, <sip:dave@%s>;q=0.8");
	/* The one with the higher q first. */
	call_rig_expect(rig, "0 B ACK\n0 D INVITE\n");
	snprintf(ruri, sizeof(ruri), "INVITE sip:dave@%s SIP/2.0\r\n", callee(rig, 2)->address);
	assert_memory_equal(callee(rig, 2)->last, ruri, strlen(ruri));
	snprintf(ruri, sizeof(ruri), "<sip:bob@%s>;reason=unknown;counter=1", rig->b.address);
	assert_string_equal(peer_header(callee(rig, 2), "Diversion"), ruri);
	snprintf(ruri, sizeof(ruri),
		 "<sip:bob@%s?Reason=SIP%%3Bcause%%3D302>;index=1, <sip:dave@%s>;index=2",
		 rig->b.address, callee(rig, 2)->address);
	assert_string_equal(peer_header(callee(rig, 2), "History-Info"), ruri);
	assert_non_null(strstr(call_rig_ladder(rig, "next hop: 302 Whatever from "),
			       ", redirected to 2 contacts"));
	peer_reply_invite(callee(rig, 2), 486, "d", "", "");
	call_rig_expect(rig, "0 C INVITE\n0 D ACK\n");
	snprintf(ruri, sizeof(ruri), "INVITE sip:carol@%s;x=y SIP/2.0\r\n",
		 callee(rig, 1)->address);
	assert_memory_equal(callee(rig, 1)->last, ruri, strlen(ruri));
	snprintf(ruri, sizeof(ruri),
		 "<sip:dave@%s?Reason=SIP%%3Bcause%%3D486>;index=2, <sip:carol@%s;x=y>;index=3",
		 callee(rig, 2)->address, callee(rig, 1)->address);
	assert_non_null(strstr(peer_header(callee(rig, 1), "History-Info"), ruri));
	peer_reply_invite(callee(rig, 1), 200, "c", "", CALL_RIG_SDP);
	/* He has not said that he would understand it. */
	assert_string_equal(peer_header(&rig->a, "History-Info"), "");
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 200\n0 C ACK\n");
	peer_request(&rig->a, "BYE", "", "");
	peer_reply(callee(rig, 1), 200);
	assert_counts(rig, 0, 0);
}

/* To the address there, without a look for the host. Shows: 3263/4a */
static void maddr(void **state)
{
	struct call_rig *rig = *state;
	char value[256], line[300];

	call(rig, CFG_REDIRECT_RECURSE);
	snprintf(value, sizeof(value), "sip:carol@elsewhere.example%s;maddr=127.0.0.1",
		 strchr(callee(rig, 1)->address, ':'));
	snprintf(line, sizeof(line), "Contact: <%s>\r\n", value);
	peer_reply_invite(&rig->b, 302, "b", line, "");
	call_rig_expect(rig, "0 B ACK\n0 C INVITE\n");
	assert_memory_equal(callee(rig, 1)->last + strlen("INVITE "), value, strlen(value));
	peer_reply_invite(callee(rig, 1), 404, "c", "", "");
	call_rig_expect(rig, "0 A 404\n0 C ACK\n");
	peer_ack(&rig->a, "");
}

/* As redirect() with one Contact, at the callee of that number, and @more header lines. */
static void redirect_with(struct call_rig *rig, unsigned int from, unsigned int to,
			  const char *more)
{
	char lines[4096];

	snprintf(lines, sizeof(lines), "Contact: <sip:carol@%s>\r\n%s", callee(rig, to)->address,
		 more);
	peer_reply_invite(callee(rig, from), 302, callee(rig, from)->local_tag, lines, "");
}

static void refuse_the_last_one(struct call_rig *rig, unsigned int index)
{
	peer_reply_invite(callee(rig, index), 404, "x", "", "");
	peer_ack(&rig->a, "");
	rig->journal_len = 0;
}

/* He has told himself whom he was called for and why. Shows: 5806/5.2a 5806/6.5a */
static void diversions_of_a_3xx_go_on(void **state)
{
	static const char told[] =
		"Diversion: \"Bob\" <sip:bob@b.example>;reason=do-not-disturb\r\n"
		"Diversion: <tel:+4420>;reason=\"x\";counter=2, <sip:al@c>\r\n";
	struct call_rig *rig = *state;
	char text[512];

	call(rig, CFG_REDIRECT_RECURSE);
	snprintf(text, sizeof(text), "%sDiversion: <sip:unreadable\r\n", told);
	redirect_with(rig, 0, 1, text);
	snprintf(text, sizeof(text), "\r\n%s", told);
	assert_non_null(strstr(callee(rig, 1)->last, text));
	assert_null(strstr(callee(rig, 1)->last, "unreadable"));
	assert_null(strstr(callee(rig, 1)->last, "reason=unknown"));
	/* The next one does not. */
	redirect_with(rig, 1, 2, "");
	snprintf(text, sizeof(text), "\r\nDiversion: <sip:carol@%s>;reason=unknown;counter=1\r\n%s",
		 callee(rig, 1)->address, told);
	assert_non_null(strstr(callee(rig, 2)->last, text));
	refuse_the_last_one(rig, 2);
}

static unsigned int count_of(const char *text, const char *what)
{
	unsigned int count = 0;

	while ((text = strstr(text, what))) {
		count++;
		text++;
	}
	return count;
}

static void some_diversions_are_enough(void **state)
{
	struct call_rig *rig = *state;
	char text[3000] = "";

	for (int i = 0; i < 20; i++)
		strcat(text, "Diversion: <sip:x@b>\r\n");
	call(rig, CFG_REDIRECT_RECURSE);
	redirect_with(rig, 0, 1, text);
	assert_int_equal(count_of(callee(rig, 1)->last, "Diversion: "), CALL_MAX_DIVERSION_LINES);
	/* A long one is none. */
	snprintf(text, sizeof(text), "Diversion: <sip:%01100d@b>\r\n", 0);
	redirect_with(rig, 1, 2, text);
	assert_int_equal(count_of(callee(rig, 2)->last, "Diversion: "),
			 CALL_MAX_DIVERSION_LINES + 1);
	assert_null(strstr(callee(rig, 2)->last, "0000000"));
	refuse_the_last_one(rig, 2);
}

/* Shows: 5806/5.3a 5806/3.1f */
static void passed_on_with_diversion(void **state)
{
	struct call_rig *rig = *state;
	char text[256];

	call(rig, CFG_REDIRECT_PASS);
	redirect_with(rig, 0, 1, "Diversion: <sip:al@b>;reason=away\r\n");
	assert_string_equal(peer_header(&rig->a, "Diversion"), "<sip:al@b>;reason=away");
	assert_int_equal(count_of(rig->a.last, "Diversion: "), 1);
	peer_ack(&rig->a, "");
	rig->journal_len = 0;
	/* Who sends it on without saying so. */
	call(rig, CFG_REDIRECT_PASS);
	redirect_with(rig, 0, 1, "");
	snprintf(text, sizeof(text), "<sip:bob@%s>;reason=unknown;counter=1", rig->b.address);
	assert_string_equal(peer_header(&rig->a, "Diversion"), text);
	peer_ack(&rig->a, "");
	rig->journal_len = 0;
	/* Hidden with its Contacts. */
	call(rig, CFG_REDIRECT_REFUSE);
	redirect_with(rig, 0, 1, "Diversion: <sip:al@b>;reason=away\r\n");
	assert_string_equal(peer_header(&rig->a, "Diversion"), "");
	peer_ack(&rig->a, "");
	rig->journal_len = 0;
}

/* Shows: 7044/9.3a 7044/10.3a 7044/10.3b 5806/6.5a 7044/10.4b */
static void each_level_is_told(void **state)
{
	struct call_rig *rig = *state;
	char text[512];

	call(rig, CFG_REDIRECT_RECURSE);
	redirect(rig, 0, 301, "<sip:carol@%s>");
	redirect(rig, 1, 302, "<sip:carol@%s>, <sip:dave@%s>");
	assert_memory_equal(callee(rig, 2)->last, "INVITE sip:dave@", 16);
	snprintf(text, sizeof(text),
		 "<sip:bob@%s?Reason=SIP%%3Bcause%%3D301>;index=1, "
		 "<sip:carol@%s?Reason=SIP%%3Bcause%%3D302>;index=2, "
		 "<sip:dave@%s>;index=3",
		 rig->b.address, callee(rig, 1)->address, callee(rig, 2)->address);
	assert_string_equal(peer_header(callee(rig, 2), "History-Info"), text);
	snprintf(text, sizeof(text),
		 "\r\nDiversion: <sip:carol@%s>;reason=unknown;counter=1\r\n"
		 "Diversion: <sip:bob@%s>;reason=unknown;counter=1\r\n",
		 callee(rig, 1)->address, rig->b.address);
	assert_non_null(strstr(callee(rig, 2)->last, text));
	assert_non_null(call_rig_ladder(rig, "not redirected to sip:carol@"));
	peer_reply_invite(callee(rig, 2), 404, "d", "", "");
	call_rig_expect(rig, "0 B ACK\n0 C INVITE\n0 C ACK\n0 D INVITE\n0 A 404\n0 D ACK\n");
	peer_ack(&rig->a, "");
}

/* Shows: 7044/10.2b 7044/10.4c 7044/10.3b */
static void a_3xx_says_how_and_why(void **state)
{
	static const char *const found[] = { "rc", "mp", "np" };
	struct call_rig *rig = *state;
	char line[400], text[512];

	for (size_t i = 0; i < 3; i++) {
		call(rig, CFG_REDIRECT_RECURSE);
		snprintf(line, sizeof(line),
			 "Reason: SIP;cause=480, Q.850;cause=17;text=\"x, y\"\r\n"
			 "Reason: q.850;cause=1, %%3E;cause=1, X;cause=<>\r\n"
			 "Contact: <sip:carol@%s;rc=no>;q=1;%s=7\r\n",
			 callee(rig, 1)->address, found[i]);
		peer_reply_invite(&rig->b, 302, rig->b.local_tag, line, "");
		snprintf(text, sizeof(text),
			 "<sip:bob@%s?Reason=SIP%%3Bcause%%3D302&Reason=Q.850%%3Bcause%%3D17>"
			 ";index=1, <sip:carol@%s;rc=no>;index=2;%s=1",
			 rig->b.address, callee(rig, 1)->address, found[i]);
		assert_string_equal(peer_header(callee(rig, 1), "History-Info"), text);
		refuse_the_last_one(rig, 1);
	}
}

/* Shows: 3261/8.1.3.4a */
static void loops_end(void **state)
{
	struct call_rig *rig = *state;
	char back[256];

	call(rig, CFG_REDIRECT_RECURSE);
	redirect(rig, 0, 302, "<sip:bob@%s>");
	snprintf(back, sizeof(back), "Contact: <sip:bob@%s>, <sip:bob@%s>\r\n", rig->b.address,
		 rig->b.sipd);
	peer_reply_invite(callee(rig, 1), 302, "c", back, "");
	call_rig_expect(rig, "0 B ACK\n0 C INVITE\n0 A 502\n0 C ACK\n");
	assert_non_null(strstr(call_rig_ladder(rig, "not redirected to sip:bob@"), "a loop"));
	peer_ack(&rig->a, "");
}

/* Whoever names a new user each time is followed so many times and no longer. */
static void depth_is_bounded(void **state)
{
	struct call_rig *rig = *state;
	char contact[160];
	unsigned int i;

	call(rig, CFG_REDIRECT_RECURSE);
	for (i = 0; !rig->a.invite_status && i < 100; i++) {
		snprintf(contact, sizeof(contact), "Contact: <sip:u%u@%s>\r\n", i, rig->b.address);
		peer_reply_invite(&rig->b, 302, "b", contact, "");
	}
	assert_int_equal(i, CALL_MAX_REDIRECTS + 1);
	assert_int_equal(rig->a.invite_status, 502);
	assert_non_null(call_rig_ladder(rig, "redirected too often"));
	peer_ack(&rig->a, "");
}

static void number_is_bounded(void **state)
{
	struct call_rig *rig = *state;
	char contacts[4096] = "";
	size_t len = 0;

	call(rig, CFG_REDIRECT_RECURSE);
	for (unsigned int i = 0; i < 40; i++)
		len += snprintf(contacts + len, sizeof(contacts) - len, "m: <sip:u%u@%s>\r\n", i,
				callee(rig, 1)->address);
	peer_reply_invite(&rig->b, 302, "b", contacts, "");
	call_rig_expect(rig, "0 B ACK\n0 C INVITE\n0 C INVITE\n0 C INVITE\n0 C INVITE\n"
			     "0 C INVITE\n0 C INVITE\n0 C INVITE\n0 C INVITE\n");
	peer_cancel(&rig->a, "");
	peer_ack(&rig->a, "");
}

static void what_cannot_be_followed(void **state)
{
	static const char *const contacts[] = {
		"<sips:x@127.0.0.1>",
		"<tel:+4930123>",
		"<http://www.example/>",
		"<sip:x@name.example;transport=sctp>",
		"<sips:x@name.example>",
		"<sip:x@127.0.0.1;maddr=224.0.1.75>",
		"<sip:x@127.0.0.1;maddr=x/y>",
		"<sip:x@127.0.0.1;transport=tcp>",
		"<sip:x@127.0.0.1;method=BYE>",
		"<sip:x@0.0.0.0>",
		"<sip:x@224.0.1.75>",
		"<sip:x@[::1]>",
		"*",
		"",
		"<<<",
	};
	struct call_rig *rig = *state;
	char line[128];

	for (size_t i = 0; i < sizeof(contacts) / sizeof(*contacts); i++) {
		snprintf(rig->a.call_id, sizeof(rig->a.call_id), "call-%zu", i);
		rig->realms[0].next_hop_redirect = CFG_REDIRECT_RECURSE;
		peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
		snprintf(rig->b.local_tag, sizeof(rig->b.local_tag), "b%zu", i);
		snprintf(line, sizeof(line), "Contact: %s\r\n", contacts[i]);
		peer_reply_invite(&rig->b, 300, rig->b.local_tag, line, "");
		assert_int_equal(rig->a.invite_status, 502);
		peer_ack(&rig->a, "");
	}
}

static void use_proxy(void **state)
{
	struct call_rig *rig = *state;
	char ruri[256];

	call(rig, CFG_REDIRECT_RECURSE);
	redirect(rig, 0, 305, "<sip:%s;lr>");
	snprintf(ruri, sizeof(ruri), "INVITE sip:bob@%s SIP/2.0\r\n", rig->b.address);
	assert_memory_equal(callee(rig, 1)->last, ruri, strlen(ruri));
	peer_reply_invite(callee(rig, 1), 200, "c", "", CALL_RIG_SDP);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	assert_memory_equal(callee(rig, 1)->last, "ACK ", 4);
	peer_request(&rig->a, "BYE", "", "");
	peer_reply(callee(rig, 1), 200);
}

static void alternative_service(void **state)
{
	struct call_rig *rig = *state;

	call(rig, CFG_REDIRECT_RECURSE);
	redirect(rig, 0, 380, "<sip:carol@%s>");
	call_rig_expect(rig, "0 A 502\n0 B ACK\n");
	peer_ack(&rig->a, "");
}

/* One of several who ring sends the call on: that one rings too, at once. */
static void while_others_ring(void **state)
{
	struct call_rig *rig = *state;
	char contact[160];

	call_rig_route(rig, CFG_PARALLEL, NULL);
	rig->route.nto = 2;
	rig->trunks[0].redirect = CFG_REDIRECT_RECURSE;
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(callee(rig, 1), 180, "c", "", "");
	snprintf(contact, sizeof(contact), "Contact: <sip:dave@%s>\r\n", callee(rig, 2)->address);
	peer_reply_invite(&rig->b, 302, "b", contact, "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 C INVITE\n0 A 180\n0 B ACK\n0 D INVITE\n");
	assert_non_null(call_rig_ladder(rig, "302 from B: tried"));
	peer_reply_invite(callee(rig, 2), 200, "d", "", CALL_RIG_SDP);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 200\n0 C CANCEL\n0 D ACK\n");
	peer_reply(callee(rig, 1), 200);
	peer_reply_invite(callee(rig, 1), 487, "c", "", "");
	peer_request(&rig->a, "BYE", "", "");
	peer_reply(callee(rig, 2), 200);
	assert_counts(rig, 0, 0);
}

static char zone[512];

static void resolve(struct call_rig *rig)
{
	while (fake_dns_answer())
		;
	call_rig_settle(rig);
}

/* A name with two addresses: C, who does not answer, and D. */
static void to_a_name(void **state)
{
	struct call_rig *rig = *state;

	snprintf(zone, sizeof(zone),
		 "_sip._udp.edge.example 300 SRV 1 0 %u host.example\n"
		 "_sip._udp.edge.example 300 SRV 2 0 %u host.example\n"
		 "host.example 300 A 127.0.0.1\n",
		 tp_addr_port(&rig->more[0].flow.remote), tp_addr_port(&rig->more[1].flow.remote));
	fake_dns_reset(zone);
	rig->cfg.failover_ms = 4000;
	call(rig, CFG_REDIRECT_RECURSE);
	redirect(rig, 0, 302, "<sip:carol@Edge.example;a=b>");
	call_rig_expect(rig, "0 B ACK\n");
	assert_int_equal(TAILQ_FIRST(&rig->engine->active)->state, CALL_RESOLVING);
	resolve(rig);
	assert_int_equal(TAILQ_FIRST(&rig->engine->active)->state, CALL_TRYING);
	assert_non_null(strstr(rig->more[0].invite, "INVITE sip:carol@Edge.example;a=b SIP/2.0"));
	call_rig_advance(rig, 4000);
	assert_non_null(
		call_rig_ladder(rig, "302 from next hop: resolved edge.example: 2 targets"));
	assert_non_null(strstr(rig->more[1].invite, "INVITE sip:carol@Edge.example;a=b SIP/2.0"));
	assert_non_null(strstr(rig->more[1].invite, "\r\nDiversion: "));
	assert_string_equal(peer_header(&rig->more[1], "History-Info"),
			    peer_header(&rig->more[0], "History-Info"));
	/* Who is named already is not called again, whatever its case. */
	redirect(rig, 2, 302, "<sip:carol@EDGE.example>");
	assert_non_null(call_rig_ladder(rig, "not redirected to sip:carol@EDGE.example: it has "
					     "been tried, or will be: a loop"));
	assert_int_equal(rig->a.invite_status, 502);
	peer_ack(&rig->a, "");
}

/* What is refused of a numeric host is refused of a name, too. */
static void to_names_that_lead_nowhere(void **state)
{
	static const struct {
		const char *zone, *why;
	} cases[] = {
		{ "", "not resolved: edge.example (" },
		{ "edge.example 300 A 224.0.0.1\n",
		  "not resolved: edge.example (A edge.example: no address of a host)" },
		{ zone, "not resolved: edge.example (edge.example leads back to a listener" },
	};
	struct call_rig *rig = *state;
	char why[160];

	snprintf(zone, sizeof(zone),
		 "_sip._udp.edge.example 300 SRV 1 0 %u host.example\n"
		 "host.example 300 A 127.0.0.1\n",
		 tp_addr_port(&rig->engine->realms[0].listeners[0].tp->local));
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		fake_dns_reset(cases[i].zone);
		/* What was said before is forgotten. */
		call_rig_advance(rig, (i + 1) * 400000);
		rig->journal_len = 0;
		snprintf(rig->a.call_id, sizeof(rig->a.call_id), "call-%zu", i);
		rig->realms[0].next_hop_redirect = CFG_REDIRECT_RECURSE;
		peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
		redirect(rig, 0, 302, "<sip:carol@edge.example>");
		resolve(rig);
		snprintf(why, sizeof(why), "302 from next hop: %s", cases[i].why);
		assert_non_null(call_rig_ladder(rig, why));
		assert_int_equal(rig->a.invite_status, 504);
		peer_ack(&rig->a, "");
	}
}

/* Who follows redirections has a resolver. */
static void configure(struct call_rig *rig)
{
	rig->realms[0].next_hop_redirect = CFG_REDIRECT_RECURSE;
	rig->cfg.dns.dead_ms = 60000;
	rig->cfg.dns.cache = (struct dns_cache_config){
		.min_ttl_s = 5, .max_ttl_s = 3600, .max_negative_ttl_s = 60, .stale_ms = 1
	};
}

static int setup(void **state)
{
	fake_dns_reset("");
	return call_rig_setup_with(state, configure);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, call_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(refused_by_default),
		TEST(passed_on),
		TEST(followed),
		TEST(maddr),
		TEST(each_level_is_told),
		TEST(diversions_of_a_3xx_go_on),
		TEST(a_3xx_says_how_and_why),
		TEST(some_diversions_are_enough),
		TEST(passed_on_with_diversion),
		TEST(loops_end),
		TEST(depth_is_bounded),
		TEST(number_is_bounded),
		TEST(what_cannot_be_followed),
		TEST(use_proxy),
		TEST(alternative_service),
		TEST(while_others_ring),
		TEST(to_a_name),
		TEST(to_names_that_lead_nowhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
