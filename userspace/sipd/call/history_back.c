// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/history_back.h"

#include <stdlib.h>

#include "call/callee.h"
#include "call/history_entry.h"
#include "call/history_tree.h"
#include "sip/reliable.h"

/* --- who is told --- */

static size_t came_len(const struct sip_msg *req)
{
	size_t len = 0;

	for (unsigned int i = 0; i < req->nheaders; i++)
		if (call_is_history(&req->headers[i]))
			len += req->headers[i].value.len + sizeof("History-Info: \r\n");
	return len;
}

static void write_came(struct sip_out *out, const struct sip_msg *req)
{
	for (unsigned int i = 0; i < req->nheaders; i++)
		if (call_is_history(&req->headers[i]))
			sip_out_header(out, "History-Info", req->headers[i].value);
}

static void write_ruri(struct sip_out *out, const struct sip_msg *req)
{
	sip_out_str(out, "History-Info: <");
	sip_out_view(out, req->ruri);
	sip_out_str(out, ">;index=1\r\n");
}

struct call_history *call_history_of(const struct sip_msg *req, bool proxied)
{
	char text[CALL_MAX_HISTORY_CAME];
	struct call_history *history;
	struct view index;
	struct sip_out out;

	if (!came_len(req) && !sip_names_option(req, SIP_HDR_SUPPORTED, VIEW_LIT("histinfo")))
		return NULL;
	sip_out_init(&out, text, sizeof(text));
	write_came(&out, req);
	index = call_history_last_index(req);
	if (!index.len)
		write_ruri(&out, req);
	if (!sip_out_ok(&out))
		return NULL;
	history = calloc(1, sizeof(*history) + out.len + index.len + 2);
	if (!history)
		return NULL;
	memcpy(history->came, text, out.len);
	memcpy(history->came + out.len + 1, index.p ? index.p : "", index.len);
	history->index = (struct view){ history->came + out.len + 1, index.len };
	history->proxied = proxied;
	return history;
}

void call_history_echo(struct sip_out *out, const struct sip_msg *req)
{
	struct call_history *history = call_history_of(req, false);

	if (!history)
		return;
	sip_out_str(out, history->came);
	call_history_free(&history);
}

void call_history_free(struct call_history **history)
{
	if (*history)
		free((*history)->kept);
	free(*history);
	*history = NULL;
}

/* --- what they are told --- */

void call_history_write_back(struct sip_out *out, const struct call_history *history,
			     const struct call_targets *targets,
			     const struct call_history_reader *reader, bool final)
{
	struct call_history_tree tree = {
		.out = out,
		.reader = reader,
		.came = history->proxied ? history->index : VIEW_NONE,
		.base = history->index.len ? history->index : VIEW_LIT("1"),
		.proxied = history->proxied,
		.final = final,
		.before = "History-Info: ",
	};

	sip_out_str(out, history->came);
	tree.end = out->len + CALL_MAX_HISTORY_BACK;
	call_history_tell_tried(&tree, targets->tried);
	/* He has sent it on, and nobody has been called yet. */
	if (targets->callees)
		call_history_tell(&tree, &targets->callees->past);
	if (*tree.before == ',')
		sip_out_str(out, "\r\n");
}
