// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

const char *model_header(const char *text, const char *name)
{
	static char values[4][512];
	static unsigned int turn;
	char *value = values[turn++ % 4], start[32];
	const char *line;

	snprintf(start, sizeof(start), "\r\n%s: ", name);
	line = strstr(text, start);
	snprintf(value, sizeof(values[0]), "%s", line ? line + strlen(start) : "");
	value[strcspn(value, "\r")] = '\0';
	return value;
}

const char *model_branch(const char *text)
{
	static char branch[128];
	const char *found = strstr(model_header(text, "Via"), ";branch=");

	snprintf(branch, sizeof(branch), "%s", found ? found + strlen(";branch=") : "");
	branch[strcspn(branch, ";, ")] = '\0';
	return branch;
}

int model_status(const char *text)
{
	int status = 0;

	return sscanf(text, "SIP/2.0 %d", &status) == 1 ? status : 0;
}

const char *model_method(const char *text)
{
	static char method[12];

	return sscanf(model_header(text, "CSeq"), "%*u %11s", method) == 1 ? method : "";
}

unsigned int model_cseq(const char *text)
{
	return strtoul(model_header(text, "CSeq"), NULL, 10);
}

void model_first_line(const char *text, char line[MODEL_LINE])
{
	const char *cseq = strstr(text, "\r\nCSeq: ");

	snprintf(line, MODEL_LINE, "%.*s", (int)strcspn(text, " "), text);
	if (!strncmp(text, "SIP/2.0 ", 8) && cseq)
		snprintf(line, MODEL_LINE, "%.3s to %.*s", text + 8, (int)strcspn(cseq + 8, "\r"),
			 cseq + 8);
}
