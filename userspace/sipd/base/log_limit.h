/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Log lines that peers can cause at will: of each place in the code a few pass at once, the others
 * are counted, and before the next one that passes it is told how many they were. Each thread
 * counts for itself.
 */
#ifndef SIPD_BASE_LOG_LIMIT_H
#define SIPD_BASE_LOG_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/log.h"

#define LOG_LIMIT_LINES 10
#define LOG_LIMIT_MS 10000

/* One place; begins as zeros. */
struct log_limit {
	uint64_t since_ms; /* begin of the present interval */
	unsigned int lines; /* passed in it */
	unsigned int suppressed; /* since the last one that passed */
};

/*
 * May a line be written at @now_ms? At most LOG_LIMIT_LINES in LOG_LIMIT_MS, which begin with the
 * first. If it may, @suppressed receives how many might not before it.
 */
bool log_limit_pass(struct log_limit *limit, uint64_t now_ms, unsigned int *suppressed);

/* log_at() for what passes. */
void log_limited_at(struct log_limit *limit, enum log_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#define log_limited(level, ...)                                \
	do {                                                   \
		static _Thread_local struct log_limit limit_;  \
		log_limited_at(&limit_, (level), __VA_ARGS__); \
	} while (0)

#define log_error_limited(...) log_limited(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warn_limited(...) log_limited(LOG_LEVEL_WARN, __VA_ARGS__)
#define log_info_limited(...) log_limited(LOG_LEVEL_INFO, __VA_ARGS__)

#endif
