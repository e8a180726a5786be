// SPDX-License-Identifier: GPL-2.0-or-later
/* Media of a transfer: who hears whom, by which ports, and what SDP says to who was moved. */
#include "fake_libsipfast.h"
#include "media_private.h"
#include "transfer_fixture.h"

#define PLAYER "v=0\r\no=- 1 1 IN IP4 192.0.2.%u\r\ns=-\r\nc=IN IP4 192.0.2.%u\r\nt=0 0\r\n"
#define AUDIO "m=audio %u RTP/AVP 0\r\n"

/* SDP at 192.0.2.@host, audio on @port, and with video on two ports above. */
static const char *sdp_of(unsigned int host, unsigned int port, bool video)
{
	static char text[512];
	int len = snprintf(text, sizeof(text), PLAYER AUDIO, host, host, port);

	if (video)
		snprintf(text + len, sizeof(text) - (size_t)len, "m=video %u RTP/AVP 31\r\n",
			 port + 2);
	return text;
}

static void configure(struct call_rig *rig)
{
	call_rig_configure_media(rig);
	transfer_route_to_c(rig);
}

static int setup(void **state)
{
	fake_reset();
	return call_rig_setup_with(state, configure);
}

static void establish(struct call_rig *rig, bool video)
{
	peer_request(&rig->a, "INVITE", "", sdp_of(10, 4000, video));
	peer_learn(&rig->b);
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", sdp_of(20, 5000, video));
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	assert_int_equal(fake_count(), 1);
}

static void refer(struct call_rig *rig)
{
	peer_request(&rig->a, "REFER", "Refer-To: <sip:carol@sipd.example>\r\n", "");
	peer_reply(&rig->a, 200);
	peer_learn(&rig->more[0]);
}

/* Ends A's part; what is left is the new call's. */
static void leave(struct call_rig *rig)
{
	peer_reply(&rig->a, 200);
	peer_request(&rig->a, "BYE", "", "");
	call_rig_settle(rig);
	assert_int_equal(rig->engine->counts.active, 1);
	assert_int_equal(fake_count(), 1);
}

static bool is_at(const struct sf_endpoint *ep, const char *address, unsigned int port)
{
	char text[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &ep->remote.v4, text, sizeof(text));
	return !strcmp(text, address) && ntohs(ep->remote.port) == port;
}

/* What comes from one goes to the other, and back. */
static void assert_talk(const char *one, unsigned int port, const char *other,
			unsigned int other_port)
{
	struct sf_session *session = fake_only();
	const struct sf_endpoint *x = NULL, *y;

	for (unsigned int i = 0; i < session->nendpoints; i++)
		if (is_at(&session->endpoints[i], one, port))
			x = &session->endpoints[i];
	assert_non_null(x);
	y = fake_endpoint_of(session, x->forwards[0].to);
	assert_true(is_at(y, other, other_port));
	assert_int_equal(y->forwards[0].to, x->id);
}

static void origin(const char *sdp, unsigned long long *id, unsigned long long *version)
{
	assert_int_equal(sscanf(strstr(sdp, "\r\no="), "\r\no=%*s %llu %llu", id, version), 2);
}

static void assert_no_ports(struct call_rig *rig)
{
	unsigned int used, total;

	for (int i = 0; i < 2; i++) {
		media_realm_ports(rig->engine->realms[i].media, &used, &total);
		assert_int_equal(used, 0);
	}
	assert_int_equal(fake_count(), 0);
}

static void end(struct call_rig *rig)
{
	peer_request(&rig->b, "BYE", "", "");
	peer_reply(&rig->more[0], 200);
	assert_no_ports(rig);
}

/* Shows: 5589/6a */
static void the_two_hear_each_other(void **state)
{
	unsigned long long id[2], version[2];
	struct call_rig *rig = *state;

	establish(rig, false);
	origin(rig->b.invite, &id[0], &version[0]);
	refer(rig);
	peer_reply_invite(&rig->more[0], 200, "tag-of-C", "", sdp_of(30, 6000, false));
	/* The same session to him (RFC 3264 s.8), changed. */
	origin(rig->b.invite, &id[1], &version[1]);
	assert_true(id[1] == id[0]);
	assert_true(version[1] == version[0] + 1);
	peer_reply_invite(&rig->b, 200, "", "", sdp_of(20, 5000, false));
	leave(rig);
	assert_talk("192.0.2.20", 5000, "192.0.2.30", 6000);
	end(rig);
}

/*
 * C offers audio alone to who has had video: he still sees two lines, and C none but its own.
 * Shows: 3264/8c
 */
static void lines_do_not_shrink(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c = &rig->more[0];

	establish(rig, true);
	refer(rig);
	peer_reply_invite(c, 200, "tag-of-C", "", sdp_of(30, 6000, false));
	assert_non_null(strstr(rig->b.invite, "\r\nm=audio 4"));
	assert_non_null(strstr(rig->b.invite, "\r\nm=audio 0 RTP/AVP 0\r\n"));
	peer_reply_invite(&rig->b, 200, "", "",
			  "v=0\r\no=- 1 1 IN IP4 192.0.2.20\r\ns=-\r\nc=IN IP4 192.0.2.20\r\n"
			  "t=0 0\r\nm=audio 5000 RTP/AVP 0\r\nm=audio 0 RTP/AVP 0\r\n");
	assert_true(!strncmp(c->last, "ACK ", 4));
	assert_non_null(strstr(c->last, "\r\nm=audio 4"));
	assert_null(strstr(c->last, "m=audio 0"));
	leave(rig);
	assert_talk("192.0.2.20", 5000, "192.0.2.30", 6000);
	end(rig);
}

/* Nor do they when sipd refreshes his session by a re-INVITE. Shows: 3264/8c */
static void lines_do_not_shrink_in_a_refresh(void **state)
{
	static const char answer[] =
		"v=0\r\no=- 1 1 IN IP4 192.0.2.20\r\ns=-\r\nc=IN IP4 192.0.2.20\r\n"
		"t=0 0\r\nm=audio 5000 RTP/AVP 0\r\nm=audio 0 RTP/AVP 0\r\n";
	static const char timer[] = "Allow: INVITE, ACK, BYE\r\nRequire: timer\r\n"
				    "Session-Expires: 1200;refresher=uac\r\n";
	unsigned long long id[2], version[2];
	struct call_rig *rig = *state;
	struct call_peer *c = &rig->more[0];

	establish(rig, true);
	refer(rig);
	peer_reply_invite(c, 200, "tag-of-C", "", sdp_of(30, 6000, false));
	peer_reply_invite(&rig->b, 200, "", timer, answer);
	leave(rig);
	for (unsigned int i = 0; i < 2; i++) {
		rig->b.invite[0] = '\0';
		call_rig_advance(rig, (i + 1) * 600000);
		assert_non_null(strstr(rig->b.invite, "\r\nm=audio 4"));
		assert_non_null(strstr(rig->b.invite, "\r\nm=audio 0 RTP/AVP 0\r\n"));
		origin(rig->b.invite, &id[i], &version[i]);
		peer_reply_invite(&rig->b, 200, "", timer, answer);
		assert_true(!strncmp(rig->b.last, "ACK ", 4));
	}
	assert_true(id[1] == id[0] && version[1] == version[0]);
	assert_talk("192.0.2.20", 5000, "192.0.2.30", 6000);
	/* C has never seen more than its own, and may go on with that. */
	peer_request(c, "INVITE", "", sdp_of(30, 6002, false));
	assert_true(!strncmp(rig->b.last, "INVITE ", 7));
	peer_reply_invite(&rig->b, 200, "", "", sdp_of(20, 5000, false));
	peer_learn(c);
	peer_ack(c, "");
	assert_talk("192.0.2.20", 5000, "192.0.2.30", 6002);
	end(rig);
}

/* What was refused leaves the media of before as it was. */
static void refused(void **state)
{
	unsigned long long id[2], version[2];
	struct call_rig *rig = *state;

	establish(rig, false);
	refer(rig);
	peer_reply_invite(&rig->more[0], 200, "tag-of-C", "", sdp_of(30, 6000, false));
	origin(rig->b.invite, &id[0], &version[0]);
	peer_reply_invite(&rig->b, 488, "", "", "");
	peer_reply(&rig->a, 200);
	peer_reply(&rig->more[0], 200);
	assert_int_equal(rig->engine->counts.active, 1);
	assert_talk("192.0.2.20", 5000, "192.0.2.10", 4000);
	/* Versions that he has seen, if only in what he refused, do not come again. */
	peer_request(&rig->a, "INVITE", "", sdp_of(10, 4000, false));
	origin(rig->b.invite, &id[1], &version[1]);
	assert_true(id[1] == id[0]);
	assert_true(version[1] > version[0]);
	peer_reply_invite(&rig->b, 200, "", "", sdp_of(20, 5000, false));
	peer_ack(&rig->a, "");
	call_rig_hang_up(rig);
	assert_no_ports(rig);
}

/* D takes A's place. B, who has had video, answers with two lines, of which D sees one. */
static void taken_over(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *d = &rig->more[1];
	char line[512];

	establish(rig, true);
	snprintf(line, sizeof(line), "Replaces: %s;to-tag=%s;from-tag=%s\r\n", rig->a.call_id,
		 rig->a.remote_tag, rig->a.local_tag);
	peer_request(d, "INVITE", line, sdp_of(40, 7000, false));
	assert_non_null(strstr(rig->b.invite, "\r\nm=audio 0 RTP/AVP 0\r\n"));
	peer_reply_invite(&rig->b, 200, "", "",
			  "v=0\r\no=- 1 1 IN IP4 192.0.2.20\r\ns=-\r\nc=IN IP4 192.0.2.20\r\n"
			  "t=0 0\r\nm=audio 5000 RTP/AVP 0\r\nm=audio 0 RTP/AVP 0\r\n");
	assert_true(!strncmp(d->last, "SIP/2.0 200", 11));
	assert_null(strstr(d->last, "m=audio 0"));
	peer_learn(d);
	peer_ack(d, "");
	peer_reply(&rig->a, 200);
	assert_int_equal(rig->engine->counts.active, 1);
	assert_talk("192.0.2.20", 5000, "192.0.2.40", 7000);
	peer_request(d, "BYE", "", "");
	peer_reply(&rig->b, 200);
	assert_no_ports(rig);
}

/* D answers in the place of B, who rings: what B was offered is for nobody any more. */
static void picked_up(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *d = &rig->more[1];
	char line[512];

	peer_request(&rig->a, "INVITE", "", sdp_of(10, 4000, false));
	peer_learn(&rig->b);
	peer_reply_invite(&rig->b, 183, "tag-of-B", "", sdp_of(20, 5000, false));
	snprintf(line, sizeof(line), "Replaces: %s;to-tag=%s;from-tag=%s\r\n", rig->b.call_id,
		 rig->b.remote_tag, rig->b.local_tag);
	peer_request(d, "INVITE", line, sdp_of(40, 7000, true));
	assert_true(!strncmp(d->last, "SIP/2.0 488", 11));
	peer_ack(d, "");
	assert_talk("192.0.2.10", 4000, "192.0.2.20", 5000);
	peer_request(d, "INVITE", line, sdp_of(40, 7000, false));
	assert_true(!strncmp(d->last, "SIP/2.0 200", 11));
	assert_true(!strncmp(rig->a.last, "SIP/2.0 200", 11));
	assert_talk("192.0.2.10", 4000, "192.0.2.40", 7000);
	/* Each is sent to sipd's ports, and to no one else's. */
	assert_null(strstr(d->last, "192.0.2.10"));
	assert_null(strstr(rig->a.last, "192.0.2.40"));
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	peer_learn(d);
	peer_ack(d, "");
	peer_reply(&rig->b, 200);
	peer_reply_invite(&rig->b, 487, "tag-of-B", "", "");
	assert_ports(rig, 2, 2);
	transfer_hang_up(d, &rig->a);
	assert_no_ports(rig);
}

/* No port is free for the new call: the old one has its own. */
static void no_ports(void **state)
{
	struct call_rig *rig = *state;
	struct media_realm *realm = rig->engine->realms[1].media;
	uint16_t taken[64];
	unsigned int count = 0;

	establish(rig, false);
	refer(rig);
	while ((taken[count] = media_ports_get(&realm->ports)))
		count++;
	peer_reply_invite(&rig->more[0], 200, "tag-of-C", "", sdp_of(30, 6000, false));
	assert_non_null(strstr(rig->a.other, "SIP/2.0 503 "));
	peer_reply(&rig->a, 200);
	peer_reply(&rig->more[0], 200);
	while (count)
		media_ports_put(&realm->ports, taken[--count]);
	assert_talk("192.0.2.20", 5000, "192.0.2.10", 4000);
	call_rig_hang_up(rig);
	assert_no_ports(rig);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, call_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_two_hear_each_other),
		TEST(lines_do_not_shrink),
		TEST(lines_do_not_shrink_in_a_refresh),
		TEST(refused),
		TEST(taken_over),
		TEST(picked_up),
		TEST(no_ports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
