/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An account of what happened, in sentences, from what sipd has recorded. */
#ifndef SIPCTL_WHY_H
#define SIPCTL_WHY_H

#include <jansson.h>

/* malloc()ed text, a line for each thing to say. */
char *why_call(const json_t *call, const json_t *flows);
/* Of a request that belongs to no call. */
char *why_flow(const json_t *flow);

/* --- why_media.c --- */

struct why;

/* What is wrong with the media of @call. */
void why_media(struct why *why, const json_t *call);

/* --- why_text.c --- */

struct why {
	char *text;
};

/* Adds a line. */
void why_say(struct why *why, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* "; it means: ...", and what to do about it, on lines of their own. */
void why_say_code(struct why *why, int code);
/* The cause of a "Reason: Q.850;cause=17" in @text, if there is one that is known. */
void why_say_cause(struct why *why, const char *text);
/* The first flow of that method and direction ("in", "out"), or NULL; flows are newest first. */
const json_t *why_flow_of(const json_t *flows, const char *method, const char *direction);
/* The first note of that kind, "" if there is none. */
const char *why_note(const json_t *call, const char *kind);

#endif /* SIPCTL_WHY_H */
