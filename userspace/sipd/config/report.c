// SPDX-License-Identifier: GPL-2.0-or-later
#include "config/report.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>

static void tell(struct cfg_report *report, const char *where, const char *format, va_list args)
{
	char what[512], line[1024], *p;

	vsnprintf(what, sizeof(what), format, args);
	/* What is quoted from the file may hold anything; a report is one line. */
	for (p = what; *p; p++) {
		if (iscntrl((unsigned char)*p))
			*p = '?';
	}
	snprintf(line, sizeof(line), "%s:%s %s\n", report->path, where, what);
	report->mistakes++;
	report->cb(report->arg, line);
}

void cfg_mistake(struct cfg_report *report, struct cfg_pos pos, const char *format, ...)
{
	char where[48];
	va_list args;

	snprintf(where, sizeof(where), "%zu:%zu:", pos.line, pos.column);
	va_start(args, format);
	tell(report, where, format, args);
	va_end(args);
}

void cfg_mistake_file(struct cfg_report *report, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	tell(report, "", format, args);
	va_end(args);
}
