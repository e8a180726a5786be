// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "base/log_limit.h"

#define LINE_OCTETS 1024

bool log_limit_pass(struct log_limit *limit, uint64_t now_ms, unsigned int *suppressed)
{
	if (!limit->lines || now_ms - limit->since_ms >= LOG_LIMIT_MS) {
		limit->since_ms = now_ms;
		limit->lines = 0;
	}
	if (limit->lines == LOG_LIMIT_LINES) {
		limit->suppressed++;
		return false;
	}
	limit->lines++;
	*suppressed = limit->suppressed;
	limit->suppressed = 0;
	return true;
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (uint64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void log_limited_at(struct log_limit *limit, enum log_level level, const char *format, ...)
{
	char line[LINE_OCTETS];
	unsigned int suppressed;
	va_list ap;

	if (!log_limit_pass(limit, now_ms(), &suppressed))
		return;
	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	if (suppressed)
		log_at(level, "%u lines like the next one were suppressed", suppressed);
	log_at(level, "%s", line);
}
