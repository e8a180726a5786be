// SPDX-License-Identifier: GPL-2.0-or-later
/* Challenges to what sipd sends, by trunks that it has credentials for and by others. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#include "call_rig.h"
#include "sip/digest.h"

static struct cfg_account account = {
	.user = (char[]){ "sbc" },
	.password = (char[]){ "secret" },
	.realm = (char[]){ "carrier" },
};

static void add_account(struct call_rig *rig)
{
	rig->realms[0].next_hop.account = &account;
}

static int setup(void **state)
{
	return call_rig_setup_with(state, add_account);
}

static void clear(struct call_rig *rig)
{
	rig->journal_len = 0;
	rig->journal[0] = '\0';
}

#define CHALLENGE(kind, realm, nonce, more) \
	kind "-Authenticate: Digest realm=\"" realm "\", nonce=\"" nonce "\"" more "\r\n"
#define SHA256(nonce) CHALLENGE("WWW", "carrier", nonce, ", qop=\"auth\", algorithm=SHA-256")
#define MD5(nonce) CHALLENGE("WWW", "carrier", nonce, ", qop=\"auth\", algorithm=MD5")
#define PROXY(nonce, more) CHALLENGE("Proxy", "carrier", nonce, ", qop=\"auth\"" more)

/* Are the first credentials of that header in @text those of the account, for that nonce and nc? */
static void assert_credentials(const char *text, const char *name, const char *method,
			       const char *nonce, uint32_t nc)
{
	char start[64], expected[SIP_DIGEST_STRLEN], value[1024];
	struct sip_credentials credentials;
	uint8_t ha1[SIP_DIGEST_MAX];
	const char *line, *body = strstr(text, "\r\n\r\n") + 4;

	snprintf(start, sizeof(start), "\r\n%s: ", name);
	line = strstr(text, start);
	assert_non_null(line);
	snprintf(value, sizeof(value), "%s", line + strlen(start));
	value[strcspn(value, "\r")] = '\0';
	assert_int_equal(sip_credentials_parse(&credentials, view_str(value)), 0);
	assert_true(view_eq(credentials.username, view_str(account.user)));
	assert_true(view_eq(credentials.nonce, view_str(nonce)));
	assert_int_equal(sip_credentials_nc(&credentials), nc);
	/* The Request-URI as it is. */
	assert_memory_equal(text + strlen(method) + 1, credentials.uri.p, credentials.uri.len);
	credentials.body = view_str(body);
	assert_int_equal(sip_digest_ha1(credentials.algorithm, view_str(account.user),
					credentials.realm, view_str(account.password), ha1),
			 0);
	assert_int_equal(sip_digest_response(&credentials, ha1, view_str(method), expected), 0);
	assert_true(sip_digest_equal(credentials.response, view_str(expected)));
}

static void assert_none(const char *text)
{
	assert_null(strstr(text, "uthorization: "));
}

/* Is it not the caller's business that our credentials are wrong? */
static void assert_refused_us(struct call_rig *rig)
{
	assert_null(strstr(rig->a.last, "-Authenticate:"));
	assert_non_null(strstr(peer_header(&rig->a, "Warning"), "refused the credentials"));
}

/* A final response with headers to the request that is no INVITE. */
static void reply(struct call_peer *peer, int status, const char *extra)
{
	snprintf(peer->invite, sizeof(peer->invite), "%s", peer->other);
	peer_reply_invite(peer, status, "", extra, "");
}

/* A call that the callee has challenged once, by SHA-256 and the nonce "n1". */
static void establish(struct call_rig *rig)
{
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 401, "t", SHA256("n1"), "");
	peer_learn(&rig->b);
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", CALL_RIG_SDP);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 B ACK\n0 B INVITE\n0 A 200\n0 B ACK\n");
}

/*
 * Shows: 3261/22.2a 7616/3.4a 7616/3.4b 8760/2.4a 3261/8.1.3.5a 3261/8.1.3.5b 3261/13.2.2.4a
 * Shows: 3261/22.4c
 */
static void invite_is_answered(void **state)
{
	struct call_rig *rig = *state;
	char first[8192], call_id[256], from[256];

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	assert_none(rig->b.invite);
	snprintf(first, sizeof(first), "%s", rig->b.invite);
	peer_reply_invite(&rig->b, 100, "", "", "");
	peer_reply_invite(&rig->b, 401, "t",
			  MD5("weak") CHALLENGE("WWW", "carrier", "new", ", algorithm=NEW-1")
				  SHA256("n1"),
			  "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 B ACK\n0 B INVITE\n");
	assert_credentials(rig->b.invite, "Authorization", "INVITE", "n1", 1);
	assert_non_null(strstr(rig->b.invite, ", uri=\"sip:"));
	assert_string_equal(call_rig_header(rig->b.invite, "CSeq"), "2 INVITE");
	snprintf(call_id, sizeof(call_id), "%s", call_rig_header(first, "Call-ID"));
	assert_string_equal(call_rig_header(rig->b.invite, "Call-ID"), call_id);
	snprintf(from, sizeof(from), "%s", call_rig_header(first, "From"));
	assert_string_equal(call_rig_header(rig->b.invite, "From"), from);
	assert_null(strstr(call_rig_header(rig->b.invite, "To"), "tag="));
	assert_string_equal(strstr(rig->b.invite, "\r\n\r\n"), strstr(first, "\r\n\r\n"));
	assert_string_not_equal(call_rig_header(rig->b.invite, "Via"), strstr(first, "Via: ") + 5);
	assert_non_null(call_rig_ladder(rig, "401 from 127.0.0.1"));
	peer_learn(&rig->b);
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", CALL_RIG_SDP);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	assert_string_equal(call_rig_header(rig->b.last, "CSeq"), "2 ACK");
	/* Those of its INVITE (s.22.1). */
	assert_string_equal(call_rig_header(rig->b.last, "Authorization"),
			    strcpy(from, call_rig_header(rig->b.invite, "Authorization")));
	call_rig_hang_up(rig);
}

/* Shows: 7616/3.4c */
static void later_requests_come_with_credentials(void **state)
{
	struct call_rig *rig = *state;

	establish(rig);
	peer_request(&rig->a, "INFO", "Content-Type: text/plain\r\n", "x");
	assert_credentials(rig->b.last, "Authorization", "INFO", "n1", 2);
	peer_reply(&rig->b, 200);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	assert_credentials(rig->b.last, "Authorization", "INVITE", "n1", 3);
	peer_reply_invite(&rig->b, 200, "", "", CALL_RIG_SDP);
	peer_ack(&rig->a, "");
	peer_request(&rig->a, "BYE", "", "");
	assert_credentials(rig->b.last, "Authorization", "BYE", "n1", 4);
	/* What the trunk sends is carried on to one who gets nothing of it. */
	peer_reply(&rig->b, 200);
	assert_none(rig->a.last);
	clear(rig);
}

/* Shows: 7616/3.3a */
static void stale_nonces_are_renewed_once(void **state)
{
	struct call_rig *rig = *state;

	establish(rig);
	peer_request(&rig->a, "UPDATE", "", CALL_RIG_SDP);
	reply(&rig->b, 401,
	      CHALLENGE("WWW", "carrier", "n2", ", qop=\"auth\", algorithm=SHA-256, stale=true"));
	assert_credentials(rig->b.last, "Authorization", "UPDATE", "n2", 1);
	assert_string_not_equal(peer_body(&rig->b), "");
	reply(&rig->b, 401,
	      CHALLENGE("WWW", "carrier", "n3", ", qop=\"auth\", algorithm=SHA-256, stale=true"));
	assert_credentials(rig->b.last, "Authorization", "UPDATE", "n3", 1);
	reply(&rig->b, 401,
	      CHALLENGE("WWW", "carrier", "n4", ", qop=\"auth\", algorithm=SHA-256, stale=true"));
	call_rig_expect(rig, "0 B UPDATE\n0 B UPDATE\n0 B UPDATE\n0 A 500\n");
	assert_refused_us(rig);
	call_rig_hang_up(rig);
}

static void a_new_nonce_needs_no_stale(void **state)
{
	struct call_rig *rig = *state;

	establish(rig);
	peer_request(&rig->a, "INFO", "", "");
	reply(&rig->b, 401, SHA256("n2"));
	assert_credentials(rig->b.last, "Authorization", "INFO", "n2", 1);
	reply(&rig->b, 200, "");
	peer_request(&rig->a, "INFO", "", "");
	assert_credentials(rig->b.last, "Authorization", "INFO", "n2", 2);
	/* The very nonce, and no word of stale: they are wrong. */
	reply(&rig->b, 401, SHA256("n2"));
	call_rig_expect(rig, "0 B INFO\n0 B INFO\n0 A 200\n0 B INFO\n0 A 500\n");
	assert_refused_us(rig);
	call_rig_hang_up(rig);
}

/* Shows: 3261/22.1b 7616/3.3b */
static void wrong_credentials_are_not_insisted_on(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 401, "t", SHA256("n1"), "");
	peer_reply_invite(&rig->b, 401, "t", SHA256("n2"), "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 B ACK\n0 B INVITE\n0 A 500\n0 B ACK\n");
	assert_refused_us(rig);
	peer_ack(&rig->a, "");
	assert_counts(rig, 0, 1);
	assert_non_null(call_rig_ladder(rig, "401 from 127.0.0.1"));
}

/* Shows: 7616/3.4d */
static void integrity_of_the_body(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 407, "t",
			  CHALLENGE("Proxy", "carrier", "n1",
				    ", qop=\"auth-int\", algorithm=SHA-512-256, opaque=\"o\""),
			  "");
	assert_non_null(strstr(rig->b.invite, "qop=auth-int"));
	assert_non_null(strstr(rig->b.invite, "opaque=\"o\""));
	assert_credentials(rig->b.invite, "Proxy-Authorization", "INVITE", "n1", 1);
	peer_reply_invite(&rig->b, 486, "t", "", "");
	peer_ack(&rig->a, "");
	clear(rig);
}

/* Shows: 3261/22.4b */
static void old_servers(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 407, "t", CHALLENGE("Proxy", "carrier", "n1", ""), "");
	assert_credentials(rig->b.invite, "Proxy-Authorization", "INVITE", "n1", 0);
	assert_null(strstr(rig->b.invite, "qop"));
	peer_reply_invite(&rig->b, 486, "t", "", "");
	peer_ack(&rig->a, "");
	clear(rig);
}

/* A proxy on the way, and then who is behind it. Shows: 8760/2.5a */
static void one_after_the_other(void **state)
{
	struct call_rig *rig = *state;
	char *realm = account.realm;

	account.realm = NULL;
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 407, "t", CHALLENGE("Proxy", "edge", "e1", ", qop=\"auth\""),
			  "");
	peer_reply_invite(&rig->b, 401, "t", SHA256("n1"), "");
	assert_credentials(rig->b.invite, "Proxy-Authorization", "INVITE", "e1", 2);
	assert_credentials(rig->b.invite, "Authorization", "INVITE", "n1", 1);
	assert_string_equal(call_rig_header(rig->b.invite, "CSeq"), "3 INVITE");
	assert_null(
		strstr(strstr(rig->b.invite, "Proxy-Authorization") + 5, "Proxy-Authorization"));
	peer_reply_invite(&rig->b, 486, "t", "", "");
	peer_ack(&rig->a, "");
	clear(rig);
	account.realm = realm;
}

/* --- nothing for others --- */

/* Shows: 3261/22.1a */
static void another_realm_gets_nothing(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 401, "t", CHALLENGE("WWW", "evil", "n1", ", qop=\"auth\""), "");
	/* The caller may have credentials of his own for it. */
	assert_non_null(strstr(peer_header(&rig->a, "WWW-Authenticate"), "evil"));
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 401\n0 B ACK\n");
	assert_counts(rig, 0, 1);
}

static void another_address_gets_nothing(void **state)
{
	struct call_rig *rig = *state;
	struct tp_addr own = rig->b.flow.remote;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	rig->b.flow.remote.in.sin_addr.s_addr = inet_addr("127.0.0.9");
	peer_reply_invite(&rig->b, 401, "t", SHA256("n1"), "");
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 401\n0 B ACK\n");
	rig->b.flow.remote = own;
	assert_non_null(call_rig_ladder(rig, "401 from 127.0.0.9"));
}

/* Whoever challenges a BYE. */
static void a_bye_shows_nothing_to_others(void **state)
{
	struct call_rig *rig = *state;

	establish(rig);
	peer_request(&rig->b, "BYE", "", "");
	assert_none(rig->a.last);
	reply(&rig->a, 401, SHA256("n1"));
	call_rig_expect(rig, "0 A BYE\n0 B 200\n");
	assert_non_null(call_rig_ladder(rig, "401 from 127.0.0.1"));
	assert_counts(rig, 0, 0);
}

static void a_bye_shows_nothing_for_another_realm(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	peer_request(&rig->a, "BYE", "", "");
	assert_none(rig->b.last);
	clear(rig);
	reply(&rig->b, 401, CHALLENGE("WWW", "evil", "n1", ", qop=\"auth\""));
	call_rig_expect(rig, "");
	assert_counts(rig, 0, 0);
}

static void a_bye_is_answered_to_the_trunk(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	peer_request(&rig->a, "BYE", "", "");
	reply(&rig->b, 407, PROXY("n1", ""));
	assert_credentials(rig->b.last, "Proxy-Authorization", "BYE", "n1", 1);
	assert_counts(rig, 1, 0);
	reply(&rig->b, 200, "");
	assert_counts(rig, 0, 0);
	clear(rig);
}

/* A caller's own account there, which sipd knows nothing of. Shows: 3261/22.3a */
static void without_credentials_it_is_the_callers_business(void **state)
{
	struct call_rig *rig = *state;
	char own[] =
		"Proxy-Authorization: Digest username=\"al\", realm=\"carrier\", nonce=\"n1\", "
		"uri=\"sip:x\", response=\"00\"\r\n";

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 407, "t", PROXY("n1", ""), "");
	assert_non_null(strstr(peer_header(&rig->a, "Proxy-Authenticate"), "nonce=\"n1\""));
	peer_ack(&rig->a, "");
	peer_request(&rig->a, "INVITE", own, CALL_RIG_SDP);
	assert_non_null(strstr(rig->b.invite, own));
	peer_reply_invite(&rig->b, 486, "t", "", "");
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 407\n0 B ACK\n"
			     "0 A 100\n0 B INVITE\n0 A 486\n0 B ACK\n");
}

/* --- with others, and at bad times --- */

static void each_trunk_has_its_own(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c, *d;

	call_rig_route(rig, CFG_PARALLEL, NULL);
	rig->trunks[1].address.account = &account;
	c = call_rig_callee(rig, 1);
	d = call_rig_callee(rig, 2);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(c, 401, "t", SHA256("n1"), "");
	assert_credentials(c->invite, "Authorization", "INVITE", "n1", 1);
	/* D is asked for the same, and has nothing to show. */
	peer_reply_invite(d, 401, "t", SHA256("n1"), "");
	assert_none(d->invite);
	peer_reply_invite(&rig->b, 486, "t", "", "");
	peer_learn(c);
	peer_reply_invite(c, 200, "tag-of-C", "", CALL_RIG_SDP);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	assert_string_equal(call_rig_header(c->last, "CSeq"), "2 ACK");
	peer_request(&rig->a, "BYE", "", "");
	assert_credentials(c->last, "Authorization", "BYE", "n1", 2);
	peer_reply(c, 200);
	clear(rig);
}

static void the_next_one_after_a_refusal(void **state)
{
	static const int failover[] = { 401, 0 };
	struct call_rig *rig = *state;
	struct call_peer *c;

	call_rig_route(rig, CFG_PRIORITY, failover);
	rig->trunks[0].address.account = &account;
	c = call_rig_callee(rig, 1);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 401, "t", SHA256("n1"), "");
	peer_reply_invite(&rig->b, 401, "t", SHA256("n2"), "");
	assert_none(c->invite);
	assert_non_null(call_rig_ladder(rig, "trunk B refused our credentials"));
	peer_learn(c);
	peer_reply_invite(c, 200, "tag-of-C", "", CALL_RIG_SDP);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 B ACK\n0 B INVITE\n0 B ACK\n0 C INVITE\n"
			     "0 A 200\n0 C ACK\n");
	peer_request(&rig->a, "BYE", "", "");
	assert_none(c->other);
	peer_reply(c, 200);
	clear(rig);
}

/* As any 500 does, without being named by the route. */
static void another_trunk_may_do_better(void **state)
{
	struct call_rig *rig = *state;

	call_rig_route(rig, CFG_PRIORITY, NULL);
	rig->route.nto = 2;
	rig->trunks[0].address.account = &account;
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 407, "t", PROXY("n1", ""), "");
	peer_reply_invite(&rig->b, 407, "t", PROXY("n2", ""), "");
	peer_reply_invite(call_rig_callee(rig, 1), 486, "t", "", "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 B ACK\n0 B INVITE\n0 B ACK\n0 C INVITE\n"
			     "0 A 486\n0 C ACK\n");
	peer_ack(&rig->a, "");
}

/* --- from one call to the next --- */

static void call_again(struct call_rig *rig)
{
	rig->a.call_id[0]++;
	rig->a.remote_tag[0] = '\0';
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
}

static void busy(struct call_rig *rig)
{
	peer_reply_invite(&rig->b, 486, "t", "", "");
	peer_ack(&rig->a, "");
	clear(rig);
}

/* Shows: 7616/3.3d 7616/3.4c */
static void the_next_call_is_not_challenged(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 407, "t", PROXY("n1", ""), "");
	assert_credentials(rig->b.invite, "Proxy-Authorization", "INVITE", "n1", 1);
	busy(rig);
	for (uint32_t nc = 2; nc < 5; nc++) {
		call_again(rig);
		assert_credentials(rig->b.invite, "Proxy-Authorization", "INVITE", "n1", nc);
		busy(rig);
	}
	/* One that wants another nonce gets it, and the calls after it know. */
	call_again(rig);
	clear(rig);
	peer_reply_invite(&rig->b, 407, "t", PROXY("n2", ", stale=true"), "");
	assert_credentials(rig->b.invite, "Proxy-Authorization", "INVITE", "n2", 1);
	assert_null(
		strstr(strstr(rig->b.invite, "Proxy-Authorization") + 5, "Proxy-Authorization"));
	call_rig_expect(rig, "0 B ACK\n0 B INVITE\n");
	busy(rig);
	call_again(rig);
	assert_credentials(rig->b.invite, "Proxy-Authorization", "INVITE", "n2", 2);
	busy(rig);
}

/* Calls at the same time count one nonce together. */
static void calls_share_a_nonce(void **state)
{
	struct call_rig *rig = *state;

	establish(rig);
	peer_request(&rig->a, "INFO", "Content-Type: text/plain\r\n", "x");
	assert_credentials(rig->b.last, "Authorization", "INFO", "n1", 2);
	peer_reply(&rig->b, 200);
	call_rig_hang_up(rig);
	call_again(rig);
	assert_credentials(rig->b.invite, "Authorization", "INVITE", "n1", 4);
	busy(rig);
}

/* What is good for one request only is asked for each time, and answered each time. */
static void nonces_for_one_request(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 401, "t", SHA256("n1"), "");
	busy(rig);
	call_again(rig);
	/* The very one, for want of a word of stale: still it is another call's. */
	peer_reply_invite(&rig->b, 401, "t", SHA256("n1"), "");
	assert_credentials(rig->b.invite, "Authorization", "INVITE", "n1", 1);
	busy(rig);
}

static void what_was_refused_is_forgotten(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 401, "t", SHA256("n1"), "");
	peer_reply_invite(&rig->b, 401, "t", SHA256("n2"), "");
	peer_ack(&rig->a, "");
	clear(rig);
	call_again(rig);
	assert_none(rig->b.invite);
	busy(rig);
}

static void not_for_another_trunk(void **state)
{
	struct call_rig *rig = *state;
	/* The same words, and all the same another one's. */
	struct cfg_account other = account;

	call_rig_route(rig, CFG_PARALLEL, NULL);
	rig->trunks[1].address.account = &account;
	rig->trunks[2].address.account = &other;
	for (int i = 0; i < 2; i++) {
		call_again(rig);
		assert_none(rig->b.invite);
		assert_none(call_rig_callee(rig, 2)->invite);
		if (!i)
			peer_reply_invite(call_rig_callee(rig, 1), 401, "t", SHA256("n1"), "");
		assert_credentials(call_rig_callee(rig, 1)->invite, "Authorization", "INVITE", "n1",
				   (uint32_t)i + 1);
		for (unsigned int j = 0; j < CALL_RIG_CALLEES; j++)
			peer_reply_invite(call_rig_callee(rig, j), 486, "t", "", "");
		peer_ack(&rig->a, "");
		clear(rig);
	}
}

static void not_for_a_caller_who_has_gone(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_cancel(&rig->a, "");
	peer_ack(&rig->a, "");
	clear(rig);
	peer_reply_invite(&rig->b, 401, "t", SHA256("n1"), "");
	call_rig_expect(rig, "0 B ACK\n");
	assert_counts(rig, 0, 0);
	/* And he can go afterwards. */
	rig->a.call_id[0] = 'C';
	rig->a.remote_tag[0] = '\0';
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 401, "t", SHA256("n1"), "");
	peer_reply_invite(&rig->b, 180, "u", "", "");
	peer_cancel(&rig->a, "");
	clear(rig);
	assert_string_equal(call_rig_header(rig->b.other, "CSeq"), "2 CANCEL");
	peer_reply(&rig->b, 200);
	peer_reply_invite(&rig->b, 487, "u", "", "");
	peer_ack(&rig->a, "");
	clear(rig);
	assert_counts(rig, 0, 0);
}

static void a_challenge_to_a_repeated_invite(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	call_rig_advance(rig, 500);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n500 B INVITE\n");
	peer_reply_invite(&rig->b, 401, "t", SHA256("n1"), "");
	/* That to the repetition comes, too. */
	strcpy(rig->b.other, rig->b.sent);
	peer_repeat(&rig->b);
	call_rig_expect(rig, "500 B ACK\n500 B INVITE\n500 B ACK\n");
	peer_reply_invite(&rig->b, 486, "t", "", "");
	peer_ack(&rig->a, "");
	clear(rig);
}

/* After it rang: the dialog that was early is nobody's any more. */
static void a_challenge_after_ringing(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 180, "early", "", "");
	peer_reply_invite(&rig->b, 401, "early", SHA256("n1"), "");
	peer_learn(&rig->b);
	peer_reply_invite(&rig->b, 180, "late", "", "");
	peer_reply_invite(&rig->b, 200, "late", "", CALL_RIG_SDP);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	assert_string_equal(call_rig_header(rig->b.last, "CSeq"), "2 ACK");
	peer_request(&rig->a, "BYE", "", "");
	assert_string_equal(call_rig_header(rig->b.last, "CSeq"), "3 BYE");
	assert_credentials(rig->b.last, "Authorization", "BYE", "n1", 2);
	peer_reply(&rig->b, 200);
	clear(rig);
}

#define TEST_WITH(name, setup) cmocka_unit_test_setup_teardown(name, setup, call_rig_teardown)
#define TEST(name) TEST_WITH(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(invite_is_answered),
		TEST(later_requests_come_with_credentials),
		TEST(stale_nonces_are_renewed_once),
		TEST(a_new_nonce_needs_no_stale),
		TEST(wrong_credentials_are_not_insisted_on),
		TEST(integrity_of_the_body),
		TEST(old_servers),
		TEST(one_after_the_other),
		TEST(another_realm_gets_nothing),
		TEST(another_address_gets_nothing),
		TEST(a_bye_shows_nothing_to_others),
		TEST(a_bye_shows_nothing_for_another_realm),
		TEST(a_bye_is_answered_to_the_trunk),
		TEST_WITH(without_credentials_it_is_the_callers_business, call_rig_setup),
		TEST_WITH(each_trunk_has_its_own, call_rig_setup),
		TEST_WITH(the_next_one_after_a_refusal, call_rig_setup),
		TEST_WITH(another_trunk_may_do_better, call_rig_setup),
		TEST(the_next_call_is_not_challenged),
		TEST(calls_share_a_nonce),
		TEST(nonces_for_one_request),
		TEST(what_was_refused_is_forgotten),
		TEST_WITH(not_for_another_trunk, call_rig_setup),
		TEST(not_for_a_caller_who_has_gone),
		TEST(a_challenge_to_a_repeated_invite),
		TEST(a_challenge_after_ringing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
