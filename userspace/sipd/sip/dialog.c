// SPDX-License-Identifier: GPL-2.0-or-later
#include "sip/dialog.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sip/dialog_text.h"

const char *sip_dialog_state_name(enum sip_dialog_state state)
{
	static const char *const names[] = {
		[SIP_DIALOG_NONE] = "none",
		[SIP_DIALOG_EARLY] = "early",
		[SIP_DIALOG_CONFIRMED] = "confirmed",
		[SIP_DIALOG_TERMINATED] = "terminated",
	};

	return names[state];
}

/* Display name and URI as the header has them, up to its parameters. */
static struct view address(struct view value)
{
	struct sip_nameaddr addr;
	const char *end;

	if (sip_nameaddr_parse(&addr, value))
		return value;
	end = addr.uri.p + addr.uri.len;
	if (end < value.p + value.len && *end == '>')
		end++;
	return (struct view){ value.p, (size_t)(end - value.p) };
}

static struct view header_address(const struct sip_msg *msg, enum sip_hdr_id id)
{
	const struct sip_header *header = sip_msg_header(msg, id, NULL);

	return header ? address(header->value) : VIEW_NONE;
}

/* Stores @texts with the route set that @msg sets up. */
static int store_with_routes(struct sip_dialog *dialog, struct view texts[SIP_DIALOG_TEXTS],
			     const struct sip_msg *msg)
{
	char *routes;
	int ret;

	ret = dialog_routes(msg, !msg->request, &routes);
	if (ret)
		return ret;
	texts[SIP_DIALOG_ROUTES] = view_str(routes);
	ret = dialog_store(dialog, texts);
	free(routes);
	return ret;
}

int sip_dialog_init_uas(struct sip_dialog *dialog, const struct sip_msg *request,
			const struct tp_flow *from, struct view local_tag)
{
	struct view texts[SIP_DIALOG_TEXTS];
	int ret;

	texts[SIP_DIALOG_CALL_ID] = request->call_id;
	texts[SIP_DIALOG_LOCAL_TAG] = local_tag;
	texts[SIP_DIALOG_REMOTE_TAG] = request->from.tag;
	texts[SIP_DIALOG_LOCAL] = header_address(request, SIP_HDR_TO);
	texts[SIP_DIALOG_REMOTE] = header_address(request, SIP_HDR_FROM);
	texts[SIP_DIALOG_TARGET] = dialog_contact(request);
	if (!texts[SIP_DIALOG_TARGET].p)
		return -EBADMSG;
	ret = store_with_routes(dialog, texts, request);
	if (ret)
		return ret;
	dialog->flow = *from;
	dialog->remote_cseq = request->cseq;
	dialog->state = SIP_DIALOG_EARLY;
	return 0;
}

int sip_dialog_init_uac(struct sip_dialog *dialog, const struct sip_dialog_uac *uac)
{
	const struct view texts[SIP_DIALOG_TEXTS] = {
		[SIP_DIALOG_CALL_ID] = uac->call_id, [SIP_DIALOG_LOCAL_TAG] = uac->local_tag,
		[SIP_DIALOG_LOCAL] = uac->local,     [SIP_DIALOG_REMOTE] = uac->remote,
		[SIP_DIALOG_TARGET] = uac->target,
	};

	dialog->flow = uac->to;
	return dialog_store(dialog, texts);
}

int sip_dialog_init_copy(struct sip_dialog *dialog, const struct sip_dialog *from,
			 struct view local_tag)
{
	struct view texts[SIP_DIALOG_TEXTS];
	int ret;

	dialog_texts(from, texts);
	texts[SIP_DIALOG_LOCAL_TAG] = local_tag;
	ret = dialog_store(dialog, texts);
	if (ret)
		return ret;
	dialog->flow = from->flow;
	dialog->by_flow = from->by_flow;
	dialog->local_cseq = from->local_cseq;
	dialog->remote_cseq = from->remote_cseq;
	dialog->state = from->state;
	return 0;
}

void sip_dialog_clean(struct sip_dialog *dialog)
{
	free(dialog->text);
	dialog->text = NULL;
	memset(dialog->len, 0, sizeof(dialog->len));
}

/*
 * Where the peer's last message came from. One that was too large for UDP, and so came by a stream
 * for once, does not tell (s.18.1.1).
 */
static void follow(struct sip_dialog *dialog, const struct tp_flow *from)
{
	if (!from || from->listener != dialog->flow.listener)
		return;
	dialog->flow.remote = from->remote;
	dialog->flow.conn = from->conn;
}

/* Has @msg come by a stream only because it was too large for UDP (s.18.1.1)? */
static bool is_for_once(const struct sip_dialog *dialog, const struct sip_msg *msg,
			const struct tp_flow *from)
{
	struct view contact = dialog_contact(msg), transport;
	struct sip_uri uri;

	if (dialog->flow.listener->proto != TP_UDP || from->listener->proto != TP_TCP)
		return false;
	return !contact.p || sip_uri_parse(&uri, contact) ||
	       !sip_param(uri.params, VIEW_LIT("transport"), &transport) ||
	       view_ieq(transport, VIEW_LIT("udp"));
}

void sip_dialog_heard(struct sip_dialog *dialog, const struct sip_msg *msg,
		      const struct tp_flow *from)
{
	if (!is_for_once(dialog, msg, from))
		dialog->flow = *from;
}

/* The peer is who has written @msg, under the tag @remote. */
static int learn_peer(struct sip_dialog *dialog, const struct sip_msg *msg, struct view remote)
{
	struct view texts[SIP_DIALOG_TEXTS];
	struct view contact = dialog_contact(msg);

	dialog_texts(dialog, texts);
	texts[SIP_DIALOG_REMOTE_TAG] = remote;
	if (contact.p)
		texts[SIP_DIALOG_TARGET] = contact;
	return store_with_routes(dialog, texts, msg);
}

int sip_dialog_notified(struct sip_dialog *dialog, const struct sip_msg *notify)
{
	return learn_peer(dialog, notify, notify->from.tag);
}

int sip_dialog_response(struct sip_dialog *dialog, const struct sip_msg *response,
			const struct tp_flow *from)
{
	int ret = learn_peer(dialog, response, response->to.tag);

	if (ret)
		return ret;
	follow(dialog, from);
	if (dialog->state == SIP_DIALOG_NONE)
		dialog->state = SIP_DIALOG_EARLY;
	return 0;
}

void sip_dialog_sent(struct sip_dialog *dialog, const struct tp_flow *flow)
{
	if (flow->listener == dialog->flow.listener &&
	    tp_addr_same_host(&flow->remote, &dialog->flow.remote))
		dialog->flow.conn = flow->conn;
}

void sip_dialog_confirm(struct sip_dialog *dialog)
{
	dialog->state = SIP_DIALOG_CONFIRMED;
}

void sip_dialog_terminate(struct sip_dialog *dialog)
{
	dialog->state = SIP_DIALOG_TERMINATED;
}

int sip_dialog_move(struct sip_dialog *dialog, struct view target)
{
	struct view texts[SIP_DIALOG_TEXTS];

	if (view_eq(target, sip_dialog_text(dialog, SIP_DIALOG_TARGET)))
		return 0;
	dialog->moves++;
	dialog_texts(dialog, texts);
	texts[SIP_DIALOG_TARGET] = target;
	return dialog_store(dialog, texts);
}

int sip_dialog_refresh(struct sip_dialog *dialog, const struct sip_msg *msg,
		       const struct tp_flow *from)
{
	struct view contact = dialog_contact(msg);

	follow(dialog, from);
	return contact.p ? sip_dialog_move(dialog, contact) : 0;
}

int sip_dialog_take_cseq(struct sip_dialog *dialog, uint32_t cseq)
{
	if (dialog->remote_cseq && cseq <= dialog->remote_cseq)
		return -EINVAL;
	dialog->remote_cseq = cseq;
	return 0;
}

void sip_dialog_add(struct htab *tab, struct sip_dialog *dialog)
{
	struct view tag = sip_dialog_text(dialog, SIP_DIALOG_LOCAL_TAG);

	htab_add(tab, &dialog->node, htab_hash(tag.p, tag.len));
}

void sip_dialog_del(struct htab *tab, struct sip_dialog *dialog)
{
	htab_del(tab, &dialog->node);
}

struct sip_dialog *sip_dialog_get(const struct htab *tab, struct view call_id, struct view local,
				  struct view remote)
{
	struct hnode *node = htab_first(tab, htab_hash(local.p, local.len));

	for (; node; node = htab_next(node)) {
		struct sip_dialog *dialog = HTAB_ENTRY(node, struct sip_dialog, node);

		if (view_eq(sip_dialog_text(dialog, SIP_DIALOG_LOCAL_TAG), local) &&
		    view_eq(sip_dialog_text(dialog, SIP_DIALOG_REMOTE_TAG), remote) &&
		    view_eq(sip_dialog_text(dialog, SIP_DIALOG_CALL_ID), call_id))
			return dialog;
	}
	return NULL;
}

struct sip_dialog *sip_dialog_find(const struct htab *tab, const struct sip_msg *msg)
{
	struct view local = msg->request ? msg->to.tag : msg->from.tag;
	struct view remote = msg->request ? msg->from.tag : msg->to.tag;
	struct sip_dialog *dialog = sip_dialog_get(tab, msg->call_id, local, remote);

	/* No tag is the tag of a peer of RFC 2543 only, not of one who is not known yet. */
	return dialog && dialog->state != SIP_DIALOG_NONE ? dialog : NULL;
}
