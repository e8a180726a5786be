// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/ladder.h"

#include <stdlib.h>
#include <string.h>

/* Of a full ladder: the set-up of the call, which is not thinned out. */
#define KEEP_FIRST (LADDER_MAX_EVENTS / 2)
/* The network chooses the texts: what is longer is cut. */
#define MAX_LABEL 100
#define MAX_DETAIL 400

#define FIRST_EVENTS 16
#define FIRST_TEXT 512

/* Makes room for @more elements; false without memory. */
static bool reserve(void **array, size_t size, uint32_t used, uint32_t more, uint32_t *cap,
		    uint32_t first)
{
	uint32_t wanted = *cap ? *cap : first;
	void *grown;

	while (wanted < used + more)
		wanted *= 2;
	if (wanted == *cap)
		return true;
	grown = realloc(*array, wanted * size);
	if (!grown)
		return false;
	*array = grown;
	*cap = wanted;
	return true;
}

static void remove_event(struct ladder *ladder, uint32_t index)
{
	struct ladder_event *events = ladder->events;
	uint32_t start = events[index].text, end, i;

	/* Texts lie in the order of their events. */
	end = index + 1 < ladder->nevents ? events[index + 1].text : ladder->text_len;
	memmove(ladder->text + start, ladder->text + end, ladder->text_len - end);
	ladder->text_len -= end - start;
	ladder->nevents--;
	memmove(events + index, events + index + 1, (ladder->nevents - index) * sizeof(*events));
	for (i = index; i < ladder->nevents; i++)
		events[i].text -= end - start;
	ladder->omitted++;
}

/* Retransmissions go first, they are the least missed; then what is oldest. */
static uint32_t dispensable(const struct ladder *ladder)
{
	uint32_t i;

	for (i = KEEP_FIRST; i < ladder->nevents; i++) {
		if (ladder->events[i].retransmission)
			return i;
	}
	return KEEP_FIRST;
}

static void append_text(struct ladder *ladder, const char *text, size_t len)
{
	memcpy(ladder->text + ladder->text_len, text, len);
	ladder->text[ladder->text_len + len] = 0;
	ladder->text_len += len + 1;
}

void ladder_add(struct ladder *ladder, uint64_t now_ms, enum ladder_kind kind,
		enum ladder_column from, enum ladder_column to, bool retransmission,
		const char *label, const char *detail)
{
	size_t label_len = strnlen(label, MAX_LABEL);
	size_t detail_len = detail ? strnlen(detail, MAX_DETAIL) : 0;

	if (!ladder->nevents && !ladder->omitted)
		ladder->start_ms = now_ms;
	if (ladder->nevents == LADDER_MAX_EVENTS)
		remove_event(ladder, dispensable(ladder));
	if (!reserve((void **)&ladder->events, sizeof(*ladder->events), ladder->nevents, 1,
		     &ladder->event_cap, FIRST_EVENTS) ||
	    !reserve((void **)&ladder->text, 1, ladder->text_len, label_len + detail_len + 2,
		     &ladder->text_cap, FIRST_TEXT)) {
		ladder->omitted++;
		return;
	}
	ladder->events[ladder->nevents++] = (struct ladder_event){
		.t_ms = now_ms - ladder->start_ms,
		.kind = (uint8_t)kind,
		.from = from,
		.to = to,
		.retransmission = retransmission,
		.text = ladder->text_len,
	};
	append_text(ladder, label, label_len);
	append_text(ladder, detail ? detail : "", detail_len);
}

void ladder_note(struct ladder *ladder, uint64_t now_ms, enum call_note note, const char *text)
{
	uint32_t omitted = ladder->omitted + (ladder->nevents == LADDER_MAX_EVENTS);
	size_t len = strlen(text);
	char label[MAX_LABEL + 1];

	/* Between two words, if it is too long for one line. */
	if (len > MAX_LABEL)
		for (len = MAX_LABEL; len && text[len] != ' '; len--)
			;
	if (!len && *text)
		len = MAX_LABEL;
	memcpy(label, text, len);
	label[len] = '\0';
	ladder_add(ladder, now_ms, LADDER_NOTE, LADDER_SIPD, LADDER_SIPD, false, label,
		   text + len + (text[len] == ' '));
	if (ladder->omitted == omitted)
		ladder->events[ladder->nevents - 1].note = note;
}

const char *ladder_note_name(enum call_note note)
{
	static const char *const names[CALL_NOTES] = {
		[CALL_NOTE_OTHER] = "other",	 [CALL_NOTE_ROUTE] = "route",
		[CALL_NOTE_FORWARD] = "forward", [CALL_NOTE_TRY] = "try",
		[CALL_NOTE_REFUSAL] = "refusal", [CALL_NOTE_SILENCE] = "silence",
		[CALL_NOTE_MEDIA] = "media",	 [CALL_NOTE_CHANGE] = "change",
		[CALL_NOTE_END] = "end",
	};

	return names[note];
}

const char *ladder_detail(const struct ladder *ladder, const struct ladder_event *event)
{
	const char *label = ladder_label(ladder, event);

	return label + strlen(label) + 1;
}

void ladder_clean(struct ladder *ladder)
{
	free(ladder->events);
	free(ladder->text);
	memset(ladder, 0, sizeof(*ladder));
}
