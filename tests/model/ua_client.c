// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "ua_private.h"

struct model_client *ua_client_new(struct model_ua *ua)
{
	for (int i = 0; i < MODEL_TRANSACTIONS; i++)
		if (!ua->clients[i].method[0])
			return &ua->clients[i];
	ua->wrong(ua, "has too many transactions", "");
}

struct model_client *ua_client_pending(const struct model_ua *ua, const char *method)
{
	for (int i = 0; i < MODEL_TRANSACTIONS; i++)
		if (!strcmp(ua->clients[i].method, method) && ua->clients[i].status < 200)
			return (struct model_client *)&ua->clients[i];
	return NULL;
}

void ua_write_request(const struct model_ua *ua, char text[MODEL_TEXT], const char *method,
		      unsigned int cseq, const char *branch, const char *sdp)
{
	int len = snprintf(text, MODEL_TEXT,
			   "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=%s\r\nMax-Forwards: 70\r\n"
			   "From: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %u %s\r\n"
			   "Contact: <sip:%s@%s>\r\n%sContent-Length: %zu\r\n\r\n%s",
			   method, ua->target, ua->address, branch, ua->local, ua->remote,
			   ua->call_id, cseq, method, ua->name, ua->address,
			   sdp[0] ? "Content-Type: application/sdp\r\n" : "", strlen(sdp), sdp);

	if (len >= MODEL_TEXT)
		ua->wrong(ua, "would send more than it can", text);
}

static void new_branch(struct model_ua *ua, char branch[48])
{
	snprintf(branch, 48, "z9hG4bK-%s-%s-%u", ua->name, ua->tag, ++ua->branch);
}

void ua_client_begin(struct model_ua *ua, struct model_client *ct)
{
	ct->interval_ms = ua->t1_ms;
	ct->again_ms = ua->now_ms + ua->t1_ms;
	ct->end_ms = ua->now_ms + 64 * ua->t1_ms;
	ua->send(ua, ct->text);
}

static struct model_client *request(struct model_ua *ua, const char *method, const char *sdp)
{
	struct model_client *ct = ua_client_new(ua);

	snprintf(ct->method, sizeof(ct->method), "%s", method);
	ct->cseq = ++ua->cseq;
	new_branch(ua, ct->branch);
	ua_write_request(ua, ct->text, method, ct->cseq, ct->branch, sdp);
	ua_client_begin(ua, ct);
	return ct;
}

void ua_invite(struct model_ua *ua)
{
	uint16_t port = ua->next_port++;
	char sdp[512];

	ua_write_sdp(ua, port, sdp);
	request(ua, "INVITE", sdp)->port = port;
}

void ua_hang_up(struct model_ua *ua)
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
		ua_write_request(ua, ct->ack, "ACK", ct->cseq, branch, "");
	}
	ua->send(ua, ct->ack);
}

void ua_learn_peer(struct model_ua *ua, const char *text, bool response)
{
	const char *who = model_header(text, response ? "To" : "From"),
		   *contact = model_header(text, "Contact");

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
	ua_learn_peer(ua, text, true);
	acknowledge(ua, ct, true);
	if (ua->state == MODEL_ENDED)
		return;
	if (ua->ends_on_answer) {
		ua_hang_up(ua);
		return;
	}
	ua->state = MODEL_CONFIRMED;
	ua->port = ct->port;
	ua_read_sdp(ua, text);
}

static void invite_refused(struct model_ua *ua, struct model_client *ct, const char *text,
			   bool first)
{
	char remote[256];

	/* Its ACK has the To of the response. */
	snprintf(remote, sizeof(remote), "%s", ua->remote);
	snprintf(ua->remote, sizeof(ua->remote), "%s", model_header(text, "To"));
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

		if (ct->method[0] && !strcmp(ct->branch, model_branch(text)) &&
		    !strcmp(ct->method, model_method(text)))
			return ct;
	}
	return NULL;
}

void ua_receive_response(struct model_ua *ua, const char *text)
{
	struct model_client *ct = client_of(ua, text);
	int status = model_status(text);
	bool first;

	/* All that comes answers what was sent. */
	if (!ct)
		ua->wrong(ua, "has not asked for this", text);
	first = ct->status < 200;
	if (status < 200) {
		if (!first)
			return;
		ct->status = status;
		ct->interval_ms = ua->t2_ms;
		ct->again_ms = is_invite(ct->method) ? MODEL_NEVER : ua->now_ms + ua->t2_ms;
		ct->end_ms = is_invite(ct->method) ? MODEL_NEVER : ct->end_ms;
		if (status > 100 && ua->state == MODEL_CALLING)
			ua_learn_peer(ua, text, true);
		return;
	}
	if (first) {
		ct->status = status;
		ct->again_ms = ct->end_ms = MODEL_NEVER;
	} else if (ct->status != status) {
		ua->wrong(ua, "got another answer before", text);
	}
	if (is_invite(ct->method) && status < 300)
		invite_accepted(ua, ct, text, first);
	else if (is_invite(ct->method))
		invite_refused(ua, ct, text, first);
}
