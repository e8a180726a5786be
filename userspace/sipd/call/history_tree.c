// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/history_tree.h"

#include "call/history_entry.h"

/* Why it was left; 0: it was not. Who has not said anything has been cancelled. */
static int left_with(const struct call_history_tree *tree, const struct call_past *past)
{
	if (past->cause)
		return past->cause;
	if (past->failed)
		return past->failed;
	return tree->final && past->sent && !past->accepted ? 487 : 0;
}

/* Is @past who is told, or one that has led to him? */
static bool has_led(const struct call_history_tree *tree, const struct call_past *past)
{
	const struct call_past *by = tree->to ? &tree->to->past : NULL;

	while (by && by != past)
		by = by->by;
	return by;
}

/* Where users and groups of ours have their calls sent is their business, and of who gets them. */
static bool is_hidden(const struct call_history_tree *tree, const struct call_past *past)
{
	const struct call_past *by = past->by;

	if (call_history_hides(tree->reader, past))
		return true;
	while (by && !by->ours)
		by = by->by;
	return by && !tree->reader->trusted && !has_led(tree, past);
}

static bool is_called(const struct call_history_tree *tree, const struct call_past *past)
{
	return tree->to && past == &tree->to->past;
}

/* Who is called knows who he is. */
static void write_address(const struct call_history_tree *tree, const struct call_past *past)
{
	if (is_called(tree, past))
		sip_out_view(tree->out, past->uri);
	else if (is_hidden(tree, past))
		sip_out_str(tree->out, CALL_HISTORY_ANONYMOUS);
	else if (past->ours || tree->near)
		sip_out_view(tree->out, past->uri);
	else
		call_history_write_uri(tree->out, past->uri, tree->reader);
}

static void write_entry(const struct call_history_tree *tree, const struct call_past *past)
{
	const char *found = call_history_found(past);
	int status = left_with(tree, past);
	struct sip_out *out = tree->out;

	sip_out_str(out, tree->before);
	sip_out_str(out, "<");
	write_address(tree, past);
	if (status)
		call_history_write_reasons(out, past, status);
	sip_out_str(out, ">;index=");
	call_history_write_index(out, past, tree->base);
	if (found) {
		sip_out_str(out, found);
		call_history_write_index(out, past->by, tree->base);
	}
}

static struct view index_text(const struct call_past *past, struct view base,
			      char text[CALL_INDEX_TEXT])
{
	struct sip_out out;

	sip_out_init(&out, text, CALL_INDEX_TEXT);
	call_history_write_index(&out, past, base);
	return sip_out_text(&out);
}

/* The last index that the request to @past had, empty: none. */
static struct view sent_index(const struct call_history_tree *tree, const struct call_past *past,
			      char text[CALL_INDEX_TEXT])
{
	if (!past->told)
		return tree->came;
	return index_text(past, tree->proxied && !tree->came.len ? VIEW_LIT("1") : tree->came,
			  text);
}

/* What he has told of others. */
static void write_beyond(const struct call_history_tree *tree, const struct call_past *past)
{
	struct call_history_reader reader = *tree->reader;
	char before[CALL_INDEX_TEXT], now[CALL_INDEX_TEXT];
	const struct call_history_beyond beyond = {
		.past = past,
		.sent = sent_index(tree, past, before),
		.now = index_text(past, tree->base, now),
		.hidden = is_hidden(tree, past),
	};

	if (tree->near)
		reader.host = VIEW_NONE;
	call_history_write_beyond(tree->out, &beyond, &reader);
}

static bool is_told(const struct call_history_tree *tree, const struct call_past *past)
{
	for (unsigned int i = 0; i < tree->ntold; i++)
		if (tree->told[i] == past)
			return true;
	return false;
}

/* False: what has been written since @start has no room, and is taken back. */
static bool fits(struct call_history_tree *tree, size_t start)
{
	if (tree->out->len <= tree->end)
		return true;
	tree->out->len = start;
	tree->full = true;
	return false;
}

void call_history_tell(struct call_history_tree *tree, const struct call_past *past)
{
	bool led = has_led(tree, past);
	size_t start;

	if (is_told(tree, past))
		return;
	if (past->by)
		call_history_tell(tree, past->by);
	if (tree->ntold == CALL_MAX_HISTORY_TOLD || (tree->full && !led))
		return;
	tree->told[tree->ntold++] = past;
	start = tree->out->len;
	write_entry(tree, past);
	if (!led && !fits(tree, start))
		return;
	tree->before = ", ";
	start = tree->out->len;
	if (!tree->full && past->entries && !is_called(tree, past)) {
		write_beyond(tree, past);
		fits(tree, start);
	}
}

/*
 * Who has redirected the call lets his realm know where he is; of one carrier who refused it
 * another one is not told where that is.
 */
static bool is_near(const struct call_history_tree *tree, const struct call_target *tried)
{
	return tree->to && tried->realm == tree->to->realm &&
	       (tried->past.cause / 100 == 3 ||
		tp_addr_same_host(&tried->to.remote, &tree->to->to.remote));
}

void call_history_tell_tried(struct call_history_tree *tree, const struct call_target *tried)
{
	if (!tried)
		return;
	call_history_tell_tried(tree, tried->next);
	if (!tried->past.sent || (tree->to && !call_history_has_failed(&tried->past)))
		return;
	tree->near = is_near(tree, tried);
	call_history_tell(tree, &tried->past);
}
