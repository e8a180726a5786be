// SPDX-License-Identifier: GPL-2.0-or-later
/* What sentences are made of. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sipctl/field.h"
#include "sipctl/sip_code.h"
#include "sipctl/text.h"
#include "sipctl/why.h"

void why_say(struct why *why, const char *format, ...)
{
	char *line, *longer, *safe;
	va_list args;

	va_start(args, format);
	if (vasprintf(&line, format, args) < 0) {
		perror("sipctl");
		exit(1);
	}
	va_end(args);
	safe = text_escape(line);
	longer = text_format("%s%s\n", why->text ? why->text : "", safe);
	free(line);
	free(safe);
	free(why->text);
	why->text = longer;
}

void why_say_code(struct why *why, int code)
{
	const struct sip_code *known = sip_code_find(code);

	why_say(why, "%d means: %s.", code, known->meaning);
	if (known->advice)
		why_say(why, "What to do: %s.", known->advice);
}

void why_say_cause(struct why *why, const char *text)
{
	const char *protocol = strcasestr(text, "Q.850"), *cause;
	const char *meaning = NULL;
	int number = 0;

	cause = protocol ? strcasestr(protocol, "cause=") : NULL;
	if (cause) {
		number = atoi(cause + 6);
		meaning = sip_cause_meaning(number);
	}
	if (meaning)
		why_say(why, "Q.850 cause %d means: %s.", number, meaning);
}

const json_t *why_flow_of(const json_t *flows, const char *method, const char *direction)
{
	for (size_t i = json_array_size(flows); i--;) {
		const json_t *flow = json_array_get(flows, i);

		if (!strcmp(field_text(flow, "method"), method) &&
		    !strcmp(field_text(flow, "direction"), direction))
			return flow;
	}
	return NULL;
}

const char *why_note(const json_t *call, const char *kind)
{
	json_t *note;
	size_t i;

	json_array_foreach(json_object_get(call, "notes"), i, note)
		if (!strcmp(field_text(note, "note"), kind))
			return field_text(note, "text");
	return "";
}
