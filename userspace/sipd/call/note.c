// SPDX-License-Identifier: GPL-2.0-or-later
/* The decision log: what was decided about a call, and about requests that never became one. */
#include <stdarg.h>
#include <stdio.h>

#include "call/exchange.h"

void call_note(struct call *call, enum call_note note, const char *text)
{
	ladder_note(&call->ladder, call_now(call), note, text);
}

void call_note_printf(struct call *call, enum call_note note, const char *format, ...)
{
	char text[CALL_NOTE_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	call_note(call, note, text);
}

/* What stands in header lines between @begin and @end; VIEW_NONE: nothing. */
static struct view between(const struct sip_out *lines, const char *begin, const char *end)
{
	const char *stop = lines->p + lines->len, *from, *to;

	from = memmem(lines->p, lines->len, begin, strlen(begin));
	if (!from)
		return VIEW_NONE;
	from += strlen(begin);
	to = memmem(from, (size_t)(stop - from), end, strlen(end));
	return to ? (struct view){ from, (size_t)(to - from) } : VIEW_NONE;
}

/* Of those that are sent without Warning. */
static const char *meaning(int status)
{
	switch (status) {
	case 404:
		return "there is no such user";
	case 480:
		return "nobody can be called there: not registered, or not to be disturbed";
	case 405:
	case 501:
		return "no requests of this method are taken here";
	case 415:
		return "the body is of a type that is not understood";
	case 416:
		return "the Request-URI is neither sip: nor tel:";
	case 481:
		return "no dialog is known with this Call-ID and these tags";
	case 482:
		return "the request came twice on different ways, or sipd sent it itself";
	case 423:
		return "the interval that is asked for is shorter than min-expires";
	case 483:
		return "Max-Forwards is 0: it has gone through too many hops";
	case 491:
		return "an offer is under way in this call";
	default:
		return sip_reason(status);
	}
}

static void write_refusal(char text[CALL_NOTE_MAX], const struct call_engine *engine, int status,
			  const struct sip_out *lines)
{
	struct view warning = VIEW_NONE, extensions = VIEW_NONE, later = VIEW_NONE;
	uint32_t max = engine->cfg->max_calls;

	if (lines && sip_out_ok(lines)) {
		warning = between(lines, " \"", "\"\r\n");
		extensions = between(lines, "Unsupported: ", "\r\n");
		later = between(lines, "Retry-After: ", "\r\n");
	}
	if (warning.p)
		snprintf(text, CALL_NOTE_MAX, "%.*s", VIEW_ARG(warning));
	else if (extensions.p)
		snprintf(text, CALL_NOTE_MAX, "it requires extensions that are not supported: %.*s",
			 VIEW_ARG(extensions));
	else if (status == 500 && later.p)
		snprintf(text, CALL_NOTE_MAX,
			 "what is under way in the dialog must end first; it may be tried again");
	else if (status == 503 && max)
		snprintf(text, CALL_NOTE_MAX,
			 "all of the %u calls that calls.max allows are in use; raise it, or see "
			 "what holds them (sipctl call list)",
			 max);
	else
		snprintf(text, CALL_NOTE_MAX, "%s", meaning(status));
}

void call_note_refused_here(struct call *call, int status, const struct sip_out *lines)
{
	char text[CALL_NOTE_MAX];

	write_refusal(text, call->engine, status, lines);
	call_note_printf(call, CALL_NOTE_REFUSAL, "%d from sipd itself: %s", status, text);
}

void call_note_refused(struct call_engine *engine, const struct sip_strans *st, int status,
		       const struct sip_out *lines)
{
	char text[CALL_NOTE_MAX];

	/* call_authenticate() has said more. */
	if (status == 401 || status == 407)
		return;
	write_refusal(text, engine, status, lines);
	flow_note(engine->flows, sip_strans_mark(st), text);
}
