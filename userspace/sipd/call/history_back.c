// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/history_back.h"

#include <stdlib.h>

#include "call/callee.h"
#include "call/history_entry.h"
#include "sip/reliable.h"

#define MAX_TOLD (CALL_MAX_TARGETS + CALL_MAX_DIVERSIONS + 1)

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

void call_history_free(struct call_history **history)
{
	if (*history)
		free((*history)->kept);
	free(*history);
	*history = NULL;
}

/* --- what they are told --- */

/* All that is told of, each with its number among those of its level. */
struct tree {
	struct sip_out *out;
	const struct call_history *history;
	const struct call_history_reader *reader;
	size_t end; /* of what fits */
	bool final, full;
	const char *before;
	unsigned int ntold;
	struct {
		const struct call_past *past;
		unsigned int number;
	} told[MAX_TOLD];
};

static unsigned int number_of(const struct tree *tree, const struct call_past *past)
{
	for (unsigned int i = 0; i < tree->ntold; i++)
		if (tree->told[i].past == past)
			return tree->told[i].number;
	return 0;
}

static void add(struct tree *tree, const struct call_past *past)
{
	const struct call_past *level = call_history_level(past);
	unsigned int number = 1;

	for (unsigned int i = 0; i < tree->ntold; i++)
		number += call_history_level(tree->told[i].past) == level;
	tree->told[tree->ntold].past = past;
	tree->told[tree->ntold++].number = number;
}

static void write_index(const struct tree *tree, struct sip_out *out, const struct call_past *past)
{
	const struct call_past *level = call_history_level(past);

	if (level)
		write_index(tree, out, level);
	else
		sip_out_view(out, tree->history->index.len ? tree->history->index : VIEW_LIT("1"));
	sip_out_str(out, ".");
	sip_out_u32(out, number_of(tree, past));
}

/* Why it was left; 0: it was not. Who has not said anything has been cancelled. */
static int left_with(const struct tree *tree, const struct call_past *past)
{
	if (past->cause)
		return past->cause;
	if (past->failed)
		return past->failed;
	return tree->final && past->sent && !past->accepted ? 487 : 0;
}

/* Where users and groups of ours have their calls sent is their business. */
static bool is_hidden(const struct tree *tree, const struct call_past *past)
{
	const struct call_past *by = past->by;

	while (by && !by->ours)
		by = by->by;
	return call_history_hides(tree->reader, past) || (by && !tree->reader->trusted);
}

static void write_beyond(const struct tree *tree, const struct call_past *past)
{
	const struct call_history *history = tree->history;
	char before[CALL_INDEX_TEXT], now[CALL_INDEX_TEXT];
	struct call_history_beyond beyond = {
		.past = past,
		.sent = call_history_sent(past, history->proxied ? history->index : VIEW_NONE,
					  history->proxied, before),
		.hidden = is_hidden(tree, past),
	};
	struct sip_out out;

	sip_out_init(&out, now, sizeof(now));
	write_index(tree, &out, past);
	beyond.now = sip_out_text(&out);
	call_history_write_beyond(tree->out, &beyond, tree->reader);
}

static void write_entry(const struct tree *tree, const struct call_past *past)
{
	const struct call_history_reader *reader = tree->reader;
	const char *found = call_history_found(past);
	struct sip_out *out = tree->out;
	int status = left_with(tree, past);

	sip_out_str(out, "<");
	if (is_hidden(tree, past))
		sip_out_str(out, CALL_HISTORY_ANONYMOUS);
	else if (past->ours)
		sip_out_view(out, past->uri);
	else
		call_history_write_uri(out, past->uri, reader);
	if (status)
		call_history_write_reasons(out, past, status);
	sip_out_str(out, ">;index=");
	write_index(tree, out, past);
	if (found) {
		sip_out_str(out, found);
		write_index(tree, out, past->by);
	}
}

/* Behind those that have led there. */
static void tell(struct tree *tree, const struct call_past *past)
{
	size_t start;

	if (number_of(tree, past))
		return;
	if (past->by)
		tell(tree, past->by);
	if (tree->full || tree->ntold == MAX_TOLD)
		return;
	start = tree->out->len;
	add(tree, past);
	sip_out_str(tree->out, tree->before);
	write_entry(tree, past);
	write_beyond(tree, past);
	if (tree->out->len > tree->end) {
		tree->out->len = start;
		tree->full = true;
		return;
	}
	tree->before = ", ";
}

/* In the order of trial. */
static void tell_tried(struct tree *tree, const struct call_target *target)
{
	if (!target)
		return;
	tell_tried(tree, target->next);
	if (target->past.sent)
		tell(tree, &target->past);
}

void call_history_write_back(struct sip_out *out, const struct call_history *history,
			     const struct call_targets *targets,
			     const struct call_history_reader *reader, bool final)
{
	struct tree tree = {
		.out = out,
		.history = history,
		.reader = reader,
		.final = final,
		.before = "History-Info: ",
	};

	sip_out_str(out, history->came);
	tree.end = out->len + CALL_MAX_HISTORY_BACK;
	tell_tried(&tree, targets->tried);
	/* He has sent it on, and nobody has been called yet. */
	if (targets->callees)
		tell(&tree, &targets->callees->past);
	if (*tree.before == ',')
		sip_out_str(out, "\r\n");
}
