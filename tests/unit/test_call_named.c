// SPDX-License-Identifier: GPL-2.0-or-later
/* Calls to a next hop that has a name: waiting for DNS, and from one address to the next. */
#include "call/peers.h"
#include "call_rig.h"
#include "fake_dns.h"
#include "named_next_hop.h"
#include "short_of_memory.h"

static char zone[512];
static char peers[256]; /* as the hook was told last */

static void note_peers(void *arg, const struct call_named_peer *peer, const struct tp_addr *addrs,
		       unsigned int count)
{
	char text[TP_ADDR_STRLEN];
	size_t len = 0;

	(void)arg;
	len += (size_t)snprintf(peers + len, sizeof(peers) - len, "%s:", peer->name);
	for (unsigned int i = 0; i < count; i++)
		len += (size_t)snprintf(peers + len, sizeof(peers) - len, " %s",
					tp_addr_host(&addrs[i], text));
}

static int setup(void **state)
{
	static const struct call_hooks hooks = { .peers = note_peers };
	struct call_rig *rig;
	int ret = call_rig_setup_with(state, name_next_hop);

	rig = *state;
	peers[0] = '\0';
	call_engine_set_hooks(rig->engine, &hooks, NULL);
	return ret;
}

/* The background has looked at it: the cache knows. */
static void know(struct call_rig *rig)
{
	call_rig_advance(rig, 1);
	resolve(rig);
	rig->start_ms++;
}

static const char *header(const char *message, const char *name)
{
	static char values[4][512];
	static unsigned int turn;
	char start[64];
	const char *at;
	char *value = values[turn++ % 4];

	snprintf(start, sizeof(start), "\r\n%s: ", name);
	at = strstr(message, start);
	assert_non_null(at);
	at += strlen(start);
	snprintf(value, sizeof(values[0]), "%.*s", (int)strcspn(at, "\r"), at);
	return value;
}

static bool noted(struct call_rig *rig, const char *text)
{
	const struct call *call = TAILQ_FIRST(&rig->engine->active);

	if (!call)
		call = TAILQ_FIRST(&rig->engine->finished);
	for (unsigned int i = 0; i < call->ladder.nevents; i++)
		if (strstr(ladder_label(&call->ladder, &call->ladder.events[i]), text))
			return true;
	return false;
}

static void answer(struct call_rig *rig, struct call_peer *peer)
{
	peer_reply_invite(peer, 200, "tag-of-X", "", CALL_RIG_SDP);
	assert_int_equal(strncmp(rig->a.last, "SIP/2.0 200", 11), 0);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
}

static void hang_up(struct call_rig *rig, struct call_peer *peer)
{
	peer_request(&rig->a, "BYE", "", "");
	assert_int_equal(strncmp(peer->last, "BYE ", 4), 0);
	peer_reply(peer, 200);
	assert_int_equal(rig->engine->counts.active, 0);
}

static void waits_for_dns(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 100\n");
	assert_int_equal(TAILQ_FIRST(&rig->engine->active)->state, CALL_RESOLVING);
	resolve(rig);
	call_rig_expect(rig, "0 C INVITE\n");
	assert_int_equal(TAILQ_FIRST(&rig->engine->active)->state, CALL_TRYING);
	assert_int_equal(strncmp(rig->more[0].invite, "INVITE sip:bob@" HOST " SIP/2.0\r\n", 40),
			 0);
	assert_non_null(strstr(header(rig->more[0].invite, "To"), "@" HOST ">"));
	assert_true(noted(rig, "resolved " HOST ": 2 targets"));
	answer(rig, &rig->more[0]);
	hang_up(rig, &rig->more[0]);
}

static void known_names_wait_for_nothing(void **state)
{
	struct call_rig *rig = *state;

	know(rig);
	fake_dns.asked = 0;
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 100\n0 C INVITE\n");
	assert_int_equal(fake_dns.asked, 0);
	answer(rig, &rig->more[0]);
	hang_up(rig, &rig->more[0]);
}

/* A Route that names B, which C has recorded. Shows: 3263/4.3c */
static void names_in_a_dialog_lead_to_where_it_began(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c = &rig->more[0];
	unsigned int asked;
	char record[64];

	know(rig);
	snprintf(record, sizeof(record), "Record-Route: <sip:b.example:%u;lr>\r\n",
		 tp_addr_port(&rig->b.flow.remote));
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	asked = fake_dns.asked;
	peer_reply_invite(c, 200, "tag-of-X", record, CALL_RIG_SDP);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 100\n0 C INVITE\n0 A 200\n0 C ACK\n");
	hang_up(rig, c);
	assert_non_null(strstr(header(c->last, "Route"), "<sip:b.example:"));
	assert_int_equal(fake_dns.asked, asked);
}

static void cancelled_while_resolving(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_cancel(&rig->a, "");
	call_rig_expect(rig, "0 A 100\n0 A 200\n0 A 487\n");
	peer_ack(&rig->a, "");
	assert_int_equal(rig->engine->counts.active, 0);
	resolve(rig);
	call_rig_expect(rig, "");
}

static void no_answer_while_resolving(void **state)
{
	struct call_rig *rig = *state;

	rig->cfg.no_answer_ms = 5000;
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	call_rig_advance(rig, 5000);
	call_rig_expect(rig, "0 A 100\n5000 A 480\n");
	peer_ack(&rig->a, "");
	resolve(rig);
	call_rig_expect(rig, "");
}

static void killed_while_resolving(void **state)
{
	struct call_rig *rig = *state;
	char id[CALL_ID_STRLEN];

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	assert_int_equal(call_kill(rig->engine, "", id), 0);
	call_rig_settle(rig);
	assert_int_equal(strncmp(rig->a.last, "SIP/2.0 4", 9), 0);
	peer_ack(&rig->a, "");
	resolve(rig);
}

static void repeated_while_resolving(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_repeat(&rig->a);
	call_rig_expect(rig, "0 A 100\n0 A 100\n");
	resolve(rig);
	call_rig_expect(rig, "0 C INVITE\n");
	answer(rig, &rig->more[0]);
	hang_up(rig, &rig->more[0]);
}

static void not_resolved(void **state)
{
	struct call_rig *rig = *state;

	fake_dns_reset("_sip._udp." HOST " 0 SRV silent\n");
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	resolve(rig);
	call_rig_expect(rig, "0 A 100\n0 A 504\n");
	assert_non_null(strstr(header(rig->a.last, "Warning"), "399 127.0.0.1 \"The next hop"));
	/* Whose name it is stays here. */
	assert_null(strstr(rig->a.last, "carrier"));
	peer_ack(&rig->a, "");
	assert_true(noted(rig, "not resolved: " HOST " (SRV _sip._udp." HOST ": no answer)"));
	assert_counts(rig, 0, 1);
	/* For the next ones the failure is known. */
	rig->a.remote_tag[0] = '\0';
	strcpy(rig->a.call_id, "again");
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 100\n0 A 504\n");
	peer_ack(&rig->a, "");
}

static void leads_back_here(void **state)
{
	struct call_rig *rig = *state;

	snprintf(zone, sizeof(zone),
		 "_sip._udp." HOST " 300 SRV 1 0 %u b.example\nb.example 300 A 127.0.0.1\n",
		 tp_addr_port(&rig->engine->realms[0].listeners[0].tp->local));
	fake_dns_reset(zone);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	resolve(rig);
	call_rig_expect(rig, "0 A 100\n0 A 504\n");
	assert_true(noted(rig, "leads back to a listener"));
	peer_ack(&rig->a, "");
}

/* It is maddr that is looked up. Shows: 3263/4a */
static void redirected_by_maddr(void **state)
{
	struct call_rig *rig = *state;
	char line[256];

	know(rig);
	rig->realms[0].next_hop_redirect = CFG_REDIRECT_RECURSE;
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	snprintf(line, sizeof(line), "Contact: <sip:bob@elsewhere.example%s;maddr=b.example>\r\n",
		 strchr(rig->b.address, ':'));
	peer_reply_invite(&rig->more[0], 302, "c", line, "");
	resolve(rig);
	call_rig_expect(rig, "0 A 100\n0 C INVITE\n0 B INVITE\n0 C ACK\n");
	assert_memory_equal(rig->b.invite, "INVITE sip:bob@elsewhere.example:", 33);
	answer(rig, &rig->b);
	hang_up(rig, &rig->b);
}

/* RFC 3263 s.4.3: silence; a new transaction of the same call. Shows: 3263/4.3a 3263/4.3c */
static void silent_address(void **state)
{
	struct call_rig *rig = *state;
	char first[sizeof(rig->more[0].invite)];

	know(rig);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	call_rig_advance(rig, 3999);
	call_rig_expect(rig, "0 A 100\n0 C INVITE\n500 C INVITE\n1500 C INVITE\n3500 C INVITE\n");
	call_rig_advance(rig, 4000);
	call_rig_expect(rig, "4000 B INVITE\n");
	strcpy(first, rig->more[0].invite);
	assert_string_not_equal(header(first, "Via"), header(rig->b.invite, "Via"));
	assert_string_equal(header(first, "Call-ID"), header(rig->b.invite, "Call-ID"));
	assert_string_equal(header(first, "From"), header(rig->b.invite, "From"));
	assert_string_equal(header(rig->b.invite, "CSeq"), "2 INVITE");
	assert_string_equal(strstr(first, "\r\n\r\n"), strstr(rig->b.invite, "\r\n\r\n"));
	assert_true(noted(rig, " did not answer, trying "));
	answer(rig, &rig->b);
	/* In the dialog nothing goes anywhere else. */
	hang_up(rig, &rig->b);
	/* The next call does not wait for C. */
	rig->a.remote_tag[0] = '\0';
	strcpy(rig->a.call_id, "again");
	snprintf(rig->a.target, sizeof(rig->a.target), "sip:bob@%s", rig->a.sipd);
	rig->journal_len = 0;
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	call_rig_expect(rig, "4000 A 100\n4000 B INVITE\n");
	answer(rig, &rig->b);
	hang_up(rig, &rig->b);
}

/* C is late: it is cancelled; if it has answered, that call is ended. */
static void late_address(void **state)
{
	struct call_rig *rig = *state;
	char invite[sizeof(rig->more[0].invite)];

	know(rig);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	call_rig_advance(rig, 4000);
	strcpy(invite, rig->more[0].invite);
	rig->journal_len = 0;
	peer_reply_invite(&rig->more[0], 180, "tag-of-C", "", "");
	call_rig_expect(rig, "4000 C CANCEL\n");
	peer_reply(&rig->more[0], 200);
	strcpy(rig->more[0].invite, invite);
	peer_reply_invite(&rig->more[0], 200, "tag-of-C", "", CALL_RIG_SDP);
	call_rig_expect(rig, "4000 C ACK\n4000 C BYE\n");
	peer_reply(&rig->more[0], 200);
	answer(rig, &rig->b);
	hang_up(rig, &rig->b);
}

/* The ACK of a 503 comes before the next try. Shows: 3263/4.3b */
static void unavailable_address(void **state)
{
	struct call_rig *rig = *state;

	know(rig);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->more[0], 100, "", "", "");
	rig->journal_len = 0;
	peer_reply_invite(&rig->more[0], 503, "tag-of-C", "Retry-After: 20 (soon)\r\n", "");
	call_rig_expect(rig, "0 B INVITE\n0 C ACK\n");
	assert_true(noted(rig, " is not available, trying "));
	answer(rig, &rig->b);
	hang_up(rig, &rig->b);
	assert_int_equal(rig->engine->counts.failed, 0);
}

static void all_unavailable(void **state)
{
	struct call_rig *rig = *state;

	know(rig);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->more[0], 503, "tag-of-C", "", "");
	peer_reply_invite(&rig->b, 503, "tag-of-B", "", "");
	call_rig_expect(rig, "0 A 100\n0 C INVITE\n0 B INVITE\n0 C ACK\n0 A 500\n0 B ACK\n");
	peer_ack(&rig->a, "");
}

/* Any other refusal is the callee's word, and so is 503 once it has rung. */
static void refusals_are_final(void **state)
{
	struct call_rig *rig = *state;

	know(rig);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->more[0], 180, "tag-of-C", "", "");
	peer_reply_invite(&rig->more[0], 503, "tag-of-C", "", "");
	call_rig_expect(rig, "0 A 100\n0 C INVITE\n0 A 180\n0 A 500\n0 C ACK\n");
	peer_ack(&rig->a, "");
}

/* A provisional response, and be it 100, is enough of an answer. */
static void trying_is_an_answer(void **state)
{
	struct call_rig *rig = *state;

	know(rig);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->more[0], 100, "", "", "");
	call_rig_advance(rig, 30000);
	call_rig_expect(rig, "0 A 100\n0 C INVITE\n");
	answer(rig, &rig->more[0]);
	hang_up(rig, &rig->more[0]);
}

/* Without a time of its own it is timer B, for the last address in any case. */
static void timer_b(void **state)
{
	struct call_rig *rig = *state;

	rig->cfg.failover_ms = 0;
	know(rig);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	call_rig_advance(rig, 31999);
	rig->journal_len = 0;
	call_rig_advance(rig, 32000);
	call_rig_expect(rig, "32000 B INVITE\n");
	call_rig_advance(rig, 63999);
	rig->journal_len = 0;
	call_rig_advance(rig, 64000);
	call_rig_expect(rig, "64000 A 408\n");
	peer_ack(&rig->a, "");
}

static void cancelled_at_the_second(void **state)
{
	struct call_rig *rig = *state;

	know(rig);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	call_rig_advance(rig, 4000);
	peer_reply_invite(&rig->b, 180, "tag-of-B", "", "");
	rig->journal_len = 0;
	peer_cancel(&rig->a, "");
	call_rig_expect(rig, "4000 A 200\n4000 A 487\n4000 B CANCEL\n");
	peer_ack(&rig->a, "");
	peer_reply(&rig->b, 200);
	peer_reply_invite(&rig->b, 487, "tag-of-B", "", "");
}

static void peers_are_told(void **state)
{
	struct call_rig *rig = *state;

	know(rig);
	assert_string_equal(peers, "access: 127.0.0.1");
	assert_true(call_peers_have(rig->engine, &rig->realms[1], &rig->b.flow.remote));
	assert_false(call_peers_have(rig->engine, &rig->realms[0], &rig->b.flow.remote));
	peers[0] = '\0';
	snprintf(zone, sizeof(zone),
		 "_sip._udp." HOST " 300 SRV 1 0 5060 b.example\n"
		 "b.example 300 A 192.0.2.7\nb.example 300 A 127.0.0.1\n");
	fake_dns.zone = zone;
	/* Looked at shortly before the end of the answers' lives, renewed, looked at again. */
	for (unsigned int ms = 1000; ms <= 300000 && !peers[0]; ms += 1000) {
		call_rig_advance(rig, ms);
		resolve(rig);
	}
	assert_true(strstr(peers, " 127.0.0.1") && strstr(peers, " 192.0.2.7"));
	/* A dead server takes nobody's trust away. */
	peers[0] = '\0';
	fake_dns.zone = "_sip._udp." HOST " 0 SRV silent\n" HOST " 0 NAPTR silent\n"
			"b.example 0 A silent\n";
	for (unsigned int ms = 300000; ms <= 2000000; ms += 10000) {
		call_rig_advance(rig, ms);
		resolve(rig);
	}
	assert_string_equal(peers, "");
	rig->start_ms = loop_now_ms(rig->loop);
}

/* A call that is resolved and fails over, without memory at any point of it: nothing is left. */
static void without_memory(void **state)
{
	struct call_rig *rig = *state;
	unsigned int n, refused = 0, dropped = 0;
	bool reached = true;
	uint64_t ms = 0;

	for (n = 1; reached && n < 200; n++) {
		/* So that everything that is said and asked is new. */
		ms += 100000;
		call_rig_advance(rig, ms);
		resolve(rig);
		rig->journal_len = 0;
		snprintf(rig->a.call_id, sizeof(rig->a.call_id), "call-%u", n);
		rig->a.remote_tag[0] = '\0';
		rig->more[0].invite[0] = rig->b.invite[0] = '\0';
		fail_in = n;
		peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
		resolve(rig);
		if (rig->more[0].invite[0] && !rig->a.invite_status)
			peer_reply_invite(&rig->more[0], 503, "tag-of-C", "", "");
		reached = !fail_in;
		fail_in = 0;
		if (!rig->a.invite_status && rig->b.invite[0])
			peer_reply_invite(&rig->b, 486, "tag-of-B", "", "");
		refused += rig->a.invite_status == 500;
		call_rig_advance(rig, ms += 70000);
		peer_ack(&rig->a, "");
		/* Without a transaction there is no answer: the INVITE would come again. */
		dropped += !rig->a.invite_status;
		assert_true(!rig->a.invite_status || rig->a.invite_status >= 400);
		assert_int_equal(rig->engine->counts.active, 0);
	}
	assert_in_range(n, 10, 199);
	assert_in_range(refused, 3, n);
	assert_in_range(dropped, 0, 3);
	rig->start_ms = loop_now_ms(rig->loop);
}

static void stopped_while_resolving(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	call_engine_free(rig->engine);
	assert_int_equal(call_engine_alloc(&rig->engine, rig->loop, &rig->cfg, NULL), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, call_rig_teardown)
	const struct CMUnitTest tests[] = {
		TEST(waits_for_dns),
		TEST(known_names_wait_for_nothing),
		TEST(names_in_a_dialog_lead_to_where_it_began),
		TEST(cancelled_while_resolving),
		TEST(no_answer_while_resolving),
		TEST(killed_while_resolving),
		TEST(repeated_while_resolving),
		TEST(not_resolved),
		TEST(leads_back_here),
		TEST(redirected_by_maddr),
		TEST(silent_address),
		TEST(late_address),
		TEST(unavailable_address),
		TEST(all_unavailable),
		TEST(refusals_are_final),
		TEST(trying_is_an_answer),
		TEST(timer_b),
		TEST(cancelled_at_the_second),
		TEST(peers_are_told),
		TEST(without_memory),
		TEST(stopped_while_resolving),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
