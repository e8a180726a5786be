// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model_ua.h"

#define T1 500
#define T2 4000

/* --- text --- */

/* The first header of that name; "" if there is none. */
static const char *header(const char *text, const char *name)
{
	static char values[4][512];
	static unsigned int turn;
	char *value = values[turn++ % 4], start[32];
	const char *line;

	snprintf(start, sizeof(start), "\r\n%s: ", name);
	line = strstr(text, start);
	snprintf(value, sizeof(values[0]), "%s", line ? line + strlen(start) : "");
	value[strcspn(value, "\r")] = '\0';
	return value;
}

static const char *branch_of(const char *text)
{
	static char branch[128];
	const char *found = strstr(header(text, "Via"), ";branch=");

	assert_non_null(found);
	snprintf(branch, sizeof(branch), "%s", found + strlen(";branch="));
	branch[strcspn(branch, ";, ")] = '\0';
	return branch;
}

static int status_of(const char *text)
{
	int status = 0;

	return sscanf(text, "SIP/2.0 %d", &status) == 1 ? status : 0;
}

static const char *method_of(const char *text)
{
	static char method[12];

	if (sscanf(header(text, "CSeq"), "%*u %11s", method) != 1)
		fail_msg("no CSeq in:\n%s", text);
	return method;
}

static unsigned int cseq_of(const char *text)
{
	return strtoul(header(text, "CSeq"), NULL, 10);
}

static bool is_invite(const char *method)
{
	return !strcmp(method, "INVITE");
}

/* --- session descriptions --- */

static void write_sdp(const struct model_ua *ua, uint16_t port, char sdp[512])
{
	snprintf(sdp, 512,
		 "v=0\r\no=- %u %u IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n"
		 "m=audio %u RTP/AVP 0\r\n",
		 1, port, ua->media_address, ua->media_address, port);
}

/* Where the peer wants its media, if @text tells. */
static void read_sdp(struct model_ua *ua, const char *text)
{
	const char *address = strstr(text, "\r\nc=IN IP4 "), *port = strstr(text, "\r\nm=audio ");

	if (!address || !port)
		return;
	snprintf(ua->remote_media, sizeof(ua->remote_media), "%s", address + 11);
	ua->remote_media[strcspn(ua->remote_media, "\r")] = '\0';
	ua->remote_port = (uint16_t)strtoul(port + 10, NULL, 10);
}

/* --- client transactions --- */

static struct model_client *client_new(struct model_ua *ua)
{
	for (int i = 0; i < MODEL_TRANSACTIONS; i++)
		if (!ua->clients[i].method[0])
			return &ua->clients[i];
	print_error("%s has too many transactions\n", ua->name);
	abort();
}

static struct model_client *client_pending(const struct model_ua *ua, const char *method)
{
	for (int i = 0; i < MODEL_TRANSACTIONS; i++)
		if (!strcmp(ua->clients[i].method, method) && ua->clients[i].status < 200)
			return (struct model_client *)&ua->clients[i];
	return NULL;
}

static void write_request(const struct model_ua *ua, char text[MODEL_TEXT], const char *method,
			  unsigned int cseq, const char *branch, const char *sdp)
{
	int len = snprintf(text, MODEL_TEXT,
			   "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=%s\r\nMax-Forwards: 70\r\n"
			   "From: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %u %s\r\n"
			   "Contact: <sip:%s@%s>\r\n%sContent-Length: %zu\r\n\r\n%s",
			   method, ua->target, ua->address, branch, ua->local, ua->remote,
			   ua->call_id, cseq, method, ua->name, ua->address,
			   sdp[0] ? "Content-Type: application/sdp\r\n" : "", strlen(sdp), sdp);

	assert_in_range(len, 1, MODEL_TEXT - 1);
}

static void new_branch(struct model_ua *ua, char branch[48])
{
	snprintf(branch, 48, "z9hG4bK-%s-%s-%u", ua->name, ua->tag, ++ua->branch);
}

static void client_begin(struct model_ua *ua, struct model_client *ct)
{
	ct->interval_ms = T1;
	ct->again_ms = ua->now_ms + T1;
	ct->end_ms = ua->now_ms + 64 * T1;
	ua->send(ua, ct->text);
}

static struct model_client *request(struct model_ua *ua, const char *method, const char *sdp)
{
	struct model_client *ct = client_new(ua);

	snprintf(ct->method, sizeof(ct->method), "%s", method);
	ct->cseq = ++ua->cseq;
	new_branch(ua, ct->branch);
	write_request(ua, ct->text, method, ct->cseq, ct->branch, sdp);
	client_begin(ua, ct);
	return ct;
}

static void invite(struct model_ua *ua)
{
	uint16_t port = ua->next_port++;
	char sdp[512];

	write_sdp(ua, port, sdp);
	request(ua, "INVITE", sdp)->port = port;
}

static void hang_up(struct model_ua *ua)
{
	request(ua, "BYE", "");
	ua->state = MODEL_ENDED;
}

/* The ACK of a 2xx is a transaction of its own, that of a refusal none (s.13.2.2.4, s.17.1.1.3). */
static void acknowledge(struct model_ua *ua, struct model_client *ct, bool accepted)
{
	char branch[48], to[256];

	if (!ct->ack[0]) {
		snprintf(branch, sizeof(branch), "%s", ct->branch);
		if (accepted)
			new_branch(ua, branch);
		snprintf(to, sizeof(to), "%s", ua->remote);
		write_request(ua, ct->ack, "ACK", ct->cseq, branch, "");
	}
	ua->send(ua, ct->ack);
}

static void learn_peer(struct model_ua *ua, const char *text, bool response)
{
	const char *who = header(text, response ? "To" : "From"),
		   *contact = header(text, "Contact");

	if (strstr(who, ";tag=")) {
		snprintf(ua->remote, sizeof(ua->remote), "%s", who);
		ua->has_remote_tag = true;
	}
	if (contact[0] == '<') {
		snprintf(ua->target, sizeof(ua->target), "%s", contact + 1);
		ua->target[strcspn(ua->target, ">")] = '\0';
	}
}

static void invite_accepted(struct model_ua *ua, struct model_client *ct, const char *text,
			    bool first)
{
	if (!first) {
		acknowledge(ua, ct, true);
		return;
	}
	learn_peer(ua, text, true);
	acknowledge(ua, ct, true);
	if (ua->state == MODEL_ENDED)
		return;
	if (ua->ends_on_answer) {
		hang_up(ua);
		return;
	}
	ua->state = MODEL_CONFIRMED;
	ua->port = ct->port;
	read_sdp(ua, text);
}

static void invite_refused(struct model_ua *ua, struct model_client *ct, const char *text,
			   bool first)
{
	char remote[256];

	/* Its ACK has the To of the response. */
	snprintf(remote, sizeof(remote), "%s", ua->remote);
	snprintf(ua->remote, sizeof(ua->remote), "%s", header(text, "To"));
	acknowledge(ua, ct, false);
	snprintf(ua->remote, sizeof(ua->remote), "%s", remote);
	if (!first)
		return;
	if (ua->state == MODEL_CALLING)
		ua->state = MODEL_ENDED;
	else if (ct->status == 481 || ct->status == 408)
		ua->state = MODEL_ENDED;
}

static struct model_client *client_of(struct model_ua *ua, const char *text)
{
	for (int i = 0; i < MODEL_TRANSACTIONS; i++) {
		struct model_client *ct = &ua->clients[i];

		if (ct->method[0] && !strcmp(ct->branch, branch_of(text)) &&
		    !strcmp(ct->method, method_of(text)))
			return ct;
	}
	return NULL;
}

static void receive_response(struct model_ua *ua, const char *text)
{
	struct model_client *ct = client_of(ua, text);
	int status = status_of(text);
	bool first;

	/* All that comes answers what was sent. */
	if (!ct)
		fail_msg("%s has not asked for:\n%s", ua->name, text);
	first = ct->status < 200;
	if (status < 200) {
		if (!first)
			return;
		ct->status = status;
		ct->interval_ms = T2;
		ct->again_ms = is_invite(ct->method) ? MODEL_NEVER : ua->now_ms + T2;
		ct->end_ms = is_invite(ct->method) ? MODEL_NEVER : ct->end_ms;
		if (status > 100 && ua->state == MODEL_CALLING)
			learn_peer(ua, text, true);
		return;
	}
	if (first) {
		ct->status = status;
		ct->again_ms = ct->end_ms = MODEL_NEVER;
	} else {
		assert_int_equal(ct->status, status);
	}
	if (is_invite(ct->method) && status < 300)
		invite_accepted(ua, ct, text, first);
	else if (is_invite(ct->method))
		invite_refused(ua, ct, text, first);
}

/* --- server transactions --- */

static struct model_server *server_new(struct model_ua *ua)
{
	for (int i = 0; i < MODEL_TRANSACTIONS; i++)
		if (!ua->servers[i].method[0])
			return &ua->servers[i];
	print_error("%s has too many transactions\n", ua->name);
	abort();
}

static struct model_server *server_pending(const struct model_ua *ua)
{
	for (int i = 0; i < MODEL_TRANSACTIONS; i++)
		if (is_invite(ua->servers[i].method) && ua->servers[i].status < 200)
			return (struct model_server *)&ua->servers[i];
	return NULL;
}

static void reply(struct model_ua *ua, struct model_server *st, int status, const char *sdp)
{
	const char *to = header(st->request, "To");

	st->status = status;
	snprintf(st->reply, sizeof(st->reply),
		 "SIP/2.0 %d Whatever\r\nVia: %s\r\nFrom: %s\r\nTo: %s%s%s\r\nCall-ID: %s\r\n"
		 "CSeq: %u %s\r\nContact: <sip:%s@%s>\r\n%sContent-Length: %zu\r\n\r\n%s",
		 status, header(st->request, "Via"), header(st->request, "From"), to,
		 strstr(to, ";tag=") || status == 100 ? "" : ";tag=",
		 strstr(to, ";tag=") || status == 100 ? "" : ua->tag,
		 header(st->request, "Call-ID"), st->cseq, st->method, ua->name, ua->address,
		 sdp[0] ? "Content-Type: application/sdp\r\n" : "", strlen(sdp), sdp);
	if (is_invite(st->method) && status >= 200) {
		st->interval_ms = T1;
		st->again_ms = ua->now_ms + T1;
		st->end_ms = ua->now_ms + 64 * T1;
	}
	ua->send(ua, st->reply);
}

static void answer(struct model_ua *ua, struct model_server *st)
{
	char sdp[512];

	if (!ua->port)
		ua->port = ua->next_port++;
	write_sdp(ua, ua->port, sdp);
	read_sdp(ua, st->request);
	reply(ua, st, 200, sdp);
	if (ua->state == MODEL_CALLING)
		ua->state = MODEL_CONFIRMED;
}

static void receive_invite(struct model_ua *ua, struct model_server *st)
{
	bool first = !strstr(header(st->request, "To"), ";tag=");

	if (first && ua->state == MODEL_IDLE) {
		snprintf(ua->call_id, sizeof(ua->call_id), "%s", header(st->request, "Call-ID"));
		snprintf(ua->local, sizeof(ua->local), "%s;tag=%s", header(st->request, "To"),
			 ua->tag);
		learn_peer(ua, st->request, false);
		ua->state = MODEL_CALLING;
		reply(ua, st, 100, "");
		return;
	}
	/* One INVITE makes one call, whatever is lost. */
	assert_false(first);
	if (ua->state != MODEL_CONFIRMED)
		reply(ua, st, 481, "");
	else if (client_pending(ua, "INVITE"))
		reply(ua, st, 491, "");
	else
		learn_peer(ua, st->request, false);
}

static void receive_cancel(struct model_ua *ua, struct model_server *st)
{
	for (int i = 0; i < MODEL_TRANSACTIONS; i++) {
		struct model_server *to = &ua->servers[i];

		if (!is_invite(to->method) || strcmp(to->branch, st->branch))
			continue;
		reply(ua, st, 200, "");
		if (to->status >= 200)
			return;
		reply(ua, to, 487, "");
		if (ua->state == MODEL_CALLING)
			ua->state = MODEL_ENDED;
		return;
	}
	reply(ua, st, 481, "");
}

static void receive_bye(struct model_ua *ua, struct model_server *st)
{
	struct model_server *pending = server_pending(ua);

	if (ua->state == MODEL_IDLE) {
		reply(ua, st, 481, "");
		return;
	}
	reply(ua, st, 200, "");
	ua->state = MODEL_ENDED;
	if (pending)
		reply(ua, pending, 487, "");
}

static void receive_ack(struct model_ua *ua, const char *text)
{
	for (int i = 0; i < MODEL_TRANSACTIONS; i++) {
		struct model_server *st = &ua->servers[i];

		if (!is_invite(st->method) || st->cseq != cseq_of(text) || st->status < 200)
			continue;
		st->acknowledged = true;
		st->again_ms = st->end_ms = MODEL_NEVER;
	}
}

static void receive_request(struct model_ua *ua, const char *text)
{
	struct model_server *st;

	if (!strncmp(text, "ACK ", 4)) {
		receive_ack(ua, text);
		return;
	}
	for (int i = 0; i < MODEL_TRANSACTIONS; i++) {
		st = &ua->servers[i];
		if (strcmp(st->branch, branch_of(text)) || strcmp(st->method, method_of(text)))
			continue;
		if (st->reply[0])
			ua->send(ua, st->reply);
		return;
	}
	st = server_new(ua);
	snprintf(st->method, sizeof(st->method), "%s", method_of(text));
	snprintf(st->branch, sizeof(st->branch), "%s", branch_of(text));
	snprintf(st->request, sizeof(st->request), "%s", text);
	st->cseq = cseq_of(text);
	st->again_ms = st->end_ms = MODEL_NEVER;
	if (is_invite(st->method))
		receive_invite(ua, st);
	else if (!strcmp(st->method, "CANCEL"))
		receive_cancel(ua, st);
	else if (!strcmp(st->method, "BYE"))
		receive_bye(ua, st);
	else
		fail_msg("%s did not expect:\n%s", ua->name, text);
}

void model_ua_receive(struct model_ua *ua, const char *text)
{
	if (status_of(text))
		receive_response(ua, text);
	else
		receive_request(ua, text);
}

/* --- its user --- */

static bool can_hang_up(const struct model_ua *ua)
{
	/* The callee waits for the ACK (s.15); the caller may end an early dialog. */
	if (ua->state == MODEL_CALLING)
		return !ua->servers[0].method[0] && ua->has_remote_tag && !ua->ends_on_answer;
	return ua->state == MODEL_CONFIRMED &&
	       (!is_invite(ua->servers[0].method) || ua->servers[0].acknowledged);
}

bool model_ua_can(const struct model_ua *ua, enum model_action action)
{
	const struct model_client *mine = client_pending(ua, "INVITE");
	const struct model_server *theirs = server_pending(ua);

	switch (action) {
	case MODEL_RING:
		return theirs && theirs->status < 180 && ua->state == MODEL_CALLING;
	case MODEL_ANSWER:
	case MODEL_REFUSE:
		return theirs && ua->state != MODEL_ENDED;
	case MODEL_CANCEL:
		/* Not before a provisional response (s.9.1). */
		return mine && mine->status && !client_pending(ua, "CANCEL") &&
		       !ua->ends_on_answer && ua->state != MODEL_ENDED;
	case MODEL_BYE:
		return can_hang_up(ua);
	case MODEL_REINVITE:
		return ua->state == MODEL_CONFIRMED && can_hang_up(ua) && !mine && !theirs;
	default:
		return false;
	}
}

static void cancel(struct model_ua *ua)
{
	const struct model_client *invite = client_pending(ua, "INVITE");
	struct model_client *ct = client_new(ua);
	char remote[256];

	snprintf(ct->method, sizeof(ct->method), "CANCEL");
	ct->cseq = invite->cseq;
	snprintf(ct->branch, sizeof(ct->branch), "%s", invite->branch);
	/* To and Request-URI are those of the INVITE. */
	snprintf(remote, sizeof(remote), "%s", ua->remote);
	snprintf(ua->remote, sizeof(ua->remote), "%s", header(invite->text, "To"));
	write_request(ua, ct->text, "CANCEL", ct->cseq, ct->branch, "");
	snprintf(ua->remote, sizeof(ua->remote), "%s", remote);
	ua->ends_on_answer = ua->state == MODEL_CALLING;
	client_begin(ua, ct);
}

void model_ua_do(struct model_ua *ua, enum model_action action)
{
	struct model_server *st = server_pending(ua);

	assert_true(model_ua_can(ua, action));
	switch (action) {
	case MODEL_RING:
		reply(ua, st, 180, "");
		break;
	case MODEL_ANSWER:
		answer(ua, st);
		break;
	case MODEL_REFUSE:
		reply(ua, st, ua->state == MODEL_CALLING ? 486 : 488, "");
		if (ua->state == MODEL_CALLING)
			ua->state = MODEL_ENDED;
		break;
	case MODEL_CANCEL:
		cancel(ua);
		break;
	case MODEL_BYE:
		if (st && ua->state == MODEL_CONFIRMED)
			reply(ua, st, 487, "");
		hang_up(ua);
		break;
	default:
		invite(ua);
		break;
	}
}

void model_ua_reset(struct model_ua *ua, unsigned int run)
{
	memset(ua->clients, 0, sizeof(ua->clients));
	memset(ua->servers, 0, sizeof(ua->servers));
	snprintf(ua->call_id, sizeof(ua->call_id), "model-%u", run);
	snprintf(ua->tag, sizeof(ua->tag), "%s%u", ua->name, run);
	snprintf(ua->target, sizeof(ua->target), "sip:bob@%s", ua->peer);
	snprintf(ua->local, sizeof(ua->local), "<sip:%s@model.example>;tag=%s", ua->name, ua->tag);
	snprintf(ua->remote, sizeof(ua->remote), "<sip:bob@model.example>");
	ua->has_remote_tag = ua->ends_on_answer = false;
	ua->cseq = ua->branch = 0;
	ua->state = MODEL_IDLE;
	ua->next_port = 4000;
	ua->port = ua->remote_port = 0;
	ua->remote_media[0] = '\0';
}

void model_ua_invite(struct model_ua *ua)
{
	ua->state = MODEL_CALLING;
	invite(ua);
}

/* --- time --- */

uint64_t model_ua_next(const struct model_ua *ua)
{
	uint64_t next = MODEL_NEVER;

	for (int i = 0; i < MODEL_TRANSACTIONS; i++) {
		const struct model_client *ct = &ua->clients[i];
		const struct model_server *st = &ua->servers[i];

		if (ct->method[0] && ct->status < 200) {
			next = ct->again_ms < next ? ct->again_ms : next;
			next = ct->end_ms < next ? ct->end_ms : next;
		}
		if (st->method[0]) {
			next = st->again_ms < next ? st->again_ms : next;
			next = st->end_ms < next ? st->end_ms : next;
		}
	}
	return next;
}

static void client_tick(struct model_ua *ua, struct model_client *ct)
{
	if (ct->end_ms <= ua->now_ms) {
		ct->status = 408;
		ct->again_ms = ct->end_ms = MODEL_NEVER;
		if (is_invite(ct->method))
			ua->state = MODEL_ENDED;
	} else if (ct->again_ms <= ua->now_ms) {
		ct->interval_ms *= 2;
		if (!is_invite(ct->method) && ct->interval_ms > T2)
			ct->interval_ms = T2;
		ct->again_ms = ua->now_ms + ct->interval_ms;
		ua->send(ua, ct->text);
	}
}

static void server_tick(struct model_ua *ua, struct model_server *st)
{
	if (st->end_ms <= ua->now_ms) {
		/* A 2xx that nobody acknowledges ends the call (s.13.3.1.4). */
		st->again_ms = st->end_ms = MODEL_NEVER;
		if (st->status < 300 && ua->state == MODEL_CONFIRMED)
			hang_up(ua);
	} else if (st->again_ms <= ua->now_ms) {
		st->interval_ms = st->interval_ms * 2 > T2 ? T2 : st->interval_ms * 2;
		st->again_ms = ua->now_ms + st->interval_ms;
		ua->send(ua, st->reply);
	}
}

void model_ua_tick(struct model_ua *ua)
{
	for (int i = 0; i < MODEL_TRANSACTIONS; i++) {
		if (ua->clients[i].method[0] && ua->clients[i].status < 200)
			client_tick(ua, &ua->clients[i]);
		if (ua->servers[i].method[0])
			server_tick(ua, &ua->servers[i]);
	}
}
