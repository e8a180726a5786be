// SPDX-License-Identifier: GPL-2.0-or-later
#include "sipctl/flow_message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sipctl/field.h"
#include "sipctl/text.h"

static int digit(char c)
{
	return c >= 'a' ? c - 'a' + 10 : c - '0';
}

char *flow_message_octets(const json_t *message, size_t *len)
{
	const char *hex = json_string_value(json_object_get(message, "hex"));
	const char *text = field_text(message, "text");
	char *octets = malloc((hex ? strlen(hex) / 2 : strlen(text)) + 1);

	if (!octets) {
		perror("sipctl");
		exit(1);
	}
	if (hex) {
		*len = strlen(hex) / 2;
		for (size_t i = 0; i < *len; i++)
			octets[i] = (char)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
	} else {
		*len = strlen(text);
		memcpy(octets, text, *len);
	}
	octets[*len] = '\0';
	return octets;
}

char *flow_message_label(const char *text)
{
	size_t line = strcspn(text, "\r\n");

	if (!strncmp(text, "SIP/2.0 ", 8))
		return text_format("%.*s", (int)(line > 8 ? line - 8 : 0), text + 8);
	line = strcspn(text, " \r\n");
	return line ? text_format("%.*s", (int)(line < 40 ? line : 40), text) :
		      text_format("(no SIP)");
}

/* The value of the first header @name up to the end of its line, "" if there is none. */
static char *header(const char *text, const char *name, const char *compact)
{
	const char *line = text, *next, *value;

	while ((next = strchr(line, '\n'))) {
		line = next + 1;
		if (*line == '\r' || *line == '\n' || !*line)
			break;
		value = line;
		if (!strncasecmp(line, name, strlen(name)))
			value += strlen(name);
		else if (compact && !strncasecmp(line, compact, strlen(compact)))
			value += strlen(compact);
		else
			continue;
		value += strspn(value, " \t");
		if (*value != ':')
			continue;
		value++;
		value += strspn(value, " \t");
		return text_format("%.*s", (int)strcspn(value, "\r\n"), value);
	}
	return text_format("%s", "");
}

char *flow_message_detail(const char *text)
{
	char *cseq = header(text, "CSeq", NULL), *type = header(text, "Content-Type", "c");
	bool sdp = !strncasecmp(type, "application/sdp", 15);
	char *detail = text_format("%s%s%s%s", *cseq ? "CSeq " : "", cseq,
				   *cseq && *type ? ", " : "", sdp ? "SDP" : type);

	free(cseq);
	free(type);
	return detail;
}

static void print_time(json_int_t ns)
{
	time_t seconds = (time_t)(ns / 1000000000);
	struct tm tm;
	char text[32];

	localtime_r(&seconds, &tm);
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);
	printf("%s.%06lld", text, (long long)(ns % 1000000000 / 1000));
}

/* Line by line: a line's end is the message's, everything else is escaped. */
static void print_lines(char *text)
{
	char *line = text, *end;

	while (*line) {
		char *safe;

		end = line + strcspn(line, "\n");
		if (*end)
			*end++ = '\0';
		line[strcspn(line, "\r")] = '\0';
		safe = text_escape(line);
		printf("  %s\n", safe);
		free(safe);
		line = end;
	}
}

static void print_message(const json_t *message)
{
	bool outgoing = json_is_true(json_object_get(message, "outgoing"));
	char *local = text_escape(field_text(message, "local"));
	char *peer = text_escape(field_text(message, "peer"));
	size_t len;
	char *text = flow_message_octets(message, &len);

	putchar('\n');
	print_time(json_integer_value(json_object_get(message, "time_ns")));
	printf("  %s %s -> %s  %zu octets%s\n", field_text(message, "transport"),
	       outgoing ? local : peer, outgoing ? peer : local, len,
	       json_is_true(json_object_get(message, "retransmission")) ? ", retransmission" : "");
	print_lines(text);
	free(text);
	free(local);
	free(peer);
}

void flow_messages_print(const json_t *messages)
{
	json_t *message;
	size_t i;

	json_array_foreach(messages, i, message)
		print_message(message);
}
