/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a user wants to be done with the calls to him: where they are forwarded to, and when. */
#ifndef SIPD_CALL_TREAT_H
#define SIPD_CALL_TREAT_H

#include "config/destination.h"

enum treat_key {
	TREAT_ALWAYS, /* before anybody is called */
	TREAT_BUSY, /* 486, 600 */
	TREAT_NO_ANSWER, /* it rang in vain */
	TREAT_UNREACHABLE, /* registered nowhere, or nothing useful comes from there */
	TREAT_FORWARDS,
	TREAT_DND = TREAT_FORWARDS, /* do not disturb: as if he were busy */
	TREAT_KEYS
};

/* Seconds, for who says nothing of them. */
#define TREAT_AFTER_S 20
#define TREAT_MAX_AFTER_S 600

struct treat {
	char to[TREAT_FORWARDS][CFG_DESTINATION_MAX + 1]; /* destinations; "": none */
	uint16_t after_s; /* how long it rings before TREAT_NO_ANSWER */
	uint16_t dnd; /* the status that refuses calls; 0: they are welcome */
};

/* One setting, as it is kept and changed. */
struct treat_setting {
	enum treat_key key;
	const char *to; /* of a forward; "": none any more */
	uint32_t number; /* seconds of TREAT_NO_ANSWER; status of TREAT_DND, 0: none any more */
};

/* "always", "busy", "no-answer", "unreachable", "dnd" */
const char *treat_word(enum treat_key key);
/* TREAT_KEYS: there is no such one. */
enum treat_key treat_find(const char *word);
/* May calls be refused with that? */
bool treat_dnd_ok(uint32_t status);
void treat_set(struct treat *treat, const struct treat_setting *setting);
bool treat_is_empty(const struct treat *treat);
static inline bool treat_forwards(const struct treat *treat, enum treat_key key)
{
	return treat->to[key][0];
}

#endif
