// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"

#define LINE_OCTETS 1024

static atomic_uint max_level = LOG_LEVEL_INFO;

void log_set_level(enum log_level level)
{
	atomic_store_explicit(&max_level, level, memory_order_relaxed);
}

void log_at(enum log_level level, const char *format, ...)
{
	static const char *const prefix[] = {
		[LOG_LEVEL_ERROR] = "<3>",
		[LOG_LEVEL_WARN] = "<4>",
		[LOG_LEVEL_INFO] = "<6>",
		[LOG_LEVEL_DEBUG] = "<7>",
	};
	char line[LINE_OCTETS];
	size_t len;
	va_list ap;
	int n;

	if (level > atomic_load_explicit(&max_level, memory_order_relaxed))
		return;
	len = snprintf(line, sizeof(line), "%s", prefix[level]);
	va_start(ap, format);
	n = vsnprintf(line + len, sizeof(line) - len, format, ap);
	va_end(ap);
	if (n < 0)
		return;
	/* What the network sent may stand in the line; it must not make a second one. */
	for (; line[len]; len++)
		if ((unsigned char)line[len] < ' ' || line[len] == 0x7f)
			line[len] = '?';
	line[len++] = '\n';
	if (write(STDERR_FILENO, line, len) < 0)
		return; /* there is nowhere to complain */
}
