// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "ua_private.h"

static struct model_server *server_new(struct model_ua *ua)
{
	for (int i = 0; i < MODEL_TRANSACTIONS; i++)
		if (!ua->servers[i].method[0])
			return &ua->servers[i];
	ua->wrong(ua, "has too many transactions", "");
}

struct model_server *ua_server_pending(const struct model_ua *ua)
{
	for (int i = 0; i < MODEL_TRANSACTIONS; i++)
		if (is_invite(ua->servers[i].method) && ua->servers[i].status < 200)
			return (struct model_server *)&ua->servers[i];
	return NULL;
}

void ua_reply(struct model_ua *ua, struct model_server *st, int status, const char *sdp)
{
	const char *to = model_header(st->request, "To");

	st->status = status;
	snprintf(st->reply, sizeof(st->reply),
		 "SIP/2.0 %d Whatever\r\nVia: %s\r\nFrom: %s\r\nTo: %s%s%s\r\nCall-ID: %s\r\n"
		 "CSeq: %u %s\r\nContact: <sip:%s@%s>\r\n%sContent-Length: %zu\r\n\r\n%s",
		 status, model_header(st->request, "Via"), model_header(st->request, "From"), to,
		 strstr(to, ";tag=") || status == 100 ? "" : ";tag=",
		 strstr(to, ";tag=") || status == 100 ? "" : ua->tag,
		 model_header(st->request, "Call-ID"), st->cseq, st->method, ua->name, ua->address,
		 sdp[0] ? "Content-Type: application/sdp\r\n" : "", strlen(sdp), sdp);
	if (is_invite(st->method) && status >= 200) {
		st->interval_ms = ua->t1_ms;
		st->again_ms = ua->now_ms + ua->t1_ms;
		st->end_ms = ua->now_ms + 64 * ua->t1_ms;
	}
	ua->send(ua, st->reply);
}

void ua_answer(struct model_ua *ua, struct model_server *st)
{
	char sdp[512];

	if (!ua->port)
		ua->port = ua->next_port++;
	ua_write_sdp(ua, ua->port, sdp);
	ua_read_sdp(ua, st->request);
	ua_reply(ua, st, 200, sdp);
	if (ua->state == MODEL_CALLING)
		ua->state = MODEL_CONFIRMED;
}

static void receive_invite(struct model_ua *ua, struct model_server *st)
{
	bool first = !strstr(model_header(st->request, "To"), ";tag=");

	if (first && ua->state == MODEL_IDLE) {
		snprintf(ua->call_id, sizeof(ua->call_id), "%s",
			 model_header(st->request, "Call-ID"));
		snprintf(ua->local, sizeof(ua->local), "%s;tag=%s", model_header(st->request, "To"),
			 ua->tag);
		ua_learn_peer(ua, st->request, false);
		ua->state = MODEL_CALLING;
		ua_reply(ua, st, 100, "");
		return;
	}
	/* One INVITE makes one call, whatever is lost. */
	if (first)
		ua->wrong(ua, "is called twice", st->request);
	if (ua->state != MODEL_CONFIRMED)
		ua_reply(ua, st, 481, "");
	else if (ua_client_pending(ua, "INVITE"))
		ua_reply(ua, st, 491, "");
	else
		ua_learn_peer(ua, st->request, false);
}

static void receive_cancel(struct model_ua *ua, struct model_server *st)
{
	for (int i = 0; i < MODEL_TRANSACTIONS; i++) {
		struct model_server *to = &ua->servers[i];

		if (!is_invite(to->method) || strcmp(to->branch, st->branch))
			continue;
		ua_reply(ua, st, 200, "");
		if (to->status >= 200)
			return;
		ua_reply(ua, to, 487, "");
		if (ua->state == MODEL_CALLING)
			ua->state = MODEL_ENDED;
		return;
	}
	ua_reply(ua, st, 481, "");
}

static void receive_bye(struct model_ua *ua, struct model_server *st)
{
	struct model_server *pending = ua_server_pending(ua);

	if (ua->state == MODEL_IDLE) {
		ua_reply(ua, st, 481, "");
		return;
	}
	ua_reply(ua, st, 200, "");
	ua->state = MODEL_ENDED;
	if (pending)
		ua_reply(ua, pending, 487, "");
}

static void receive_ack(struct model_ua *ua, const char *text)
{
	for (int i = 0; i < MODEL_TRANSACTIONS; i++) {
		struct model_server *st = &ua->servers[i];

		if (!is_invite(st->method) || st->cseq != model_cseq(text) || st->status < 200)
			continue;
		st->acknowledged = true;
		st->again_ms = st->end_ms = MODEL_NEVER;
	}
}

void ua_receive_request(struct model_ua *ua, const char *text)
{
	struct model_server *st;

	if (!strncmp(text, "ACK ", 4)) {
		receive_ack(ua, text);
		return;
	}
	for (int i = 0; i < MODEL_TRANSACTIONS; i++) {
		st = &ua->servers[i];
		if (strcmp(st->branch, model_branch(text)) ||
		    strcmp(st->method, model_method(text)))
			continue;
		if (st->reply[0])
			ua->send(ua, st->reply);
		return;
	}
	st = server_new(ua);
	snprintf(st->method, sizeof(st->method), "%s", model_method(text));
	snprintf(st->branch, sizeof(st->branch), "%s", model_branch(text));
	snprintf(st->request, sizeof(st->request), "%s", text);
	st->cseq = model_cseq(text);
	st->again_ms = st->end_ms = MODEL_NEVER;
	if (is_invite(st->method))
		receive_invite(ua, st);
	else if (!strcmp(st->method, "CANCEL"))
		receive_cancel(ua, st);
	else if (!strcmp(st->method, "BYE"))
		receive_bye(ua, st);
	else
		ua->wrong(ua, "did not expect this", text);
}
