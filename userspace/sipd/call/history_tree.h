/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The entries of those who have been called, as requests and responses tell of them: each behind
 * those that led there, in the order of trial, which is that of their indices (RFC 7044 s.10.3).
 */
#ifndef SIPD_CALL_HISTORY_TREE_H
#define SIPD_CALL_HISTORY_TREE_H

#include "call/callee.h"
#include "call/target.h"

#define CALL_MAX_HISTORY_TOLD (CALL_MAX_TARGETS + CALL_MAX_DIVERSIONS + 1)

struct call_history_tree {
	struct sip_out *out;
	const struct call_history_reader *reader;
	const struct call_target *to; /* who is called and told, NULL: the sender is told */
	struct view came; /* last index that a proxied request came with, empty: none */
	struct view base; /* index that all stand below, empty: none */
	bool proxied;
	bool final; /* nothing more is expected of those who have not answered */
	size_t end; /* of what fits; who has led to @to is told of all the same */
	const char *before; /* of the next entry; begins with a comma if there is one before it */
	bool near; /* the host of what is told of now is no secret */
	bool full;
	unsigned int ntold;
	const struct call_past *told[CALL_MAX_HISTORY_TOLD];
};

/* Writes the entry of @past, unless it has been, behind those that have led there. */
void call_history_tell(struct call_history_tree *tree, const struct call_past *past);
/* Those of all that a request has gone to; if tree->to is told, of those that have failed. */
void call_history_tell_tried(struct call_history_tree *tree, const struct call_target *tried);

#endif
