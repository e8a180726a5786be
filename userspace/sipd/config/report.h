/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mistakes in a configuration file, told one line each. */
#ifndef SIPD_CONFIG_REPORT_H
#define SIPD_CONFIG_REPORT_H

#include <stddef.h>

/* Line and column, counted from 1. */
struct cfg_pos {
	size_t line;
	size_t column;
};

struct cfg_report {
	const char *path;
	void (*cb)(void *arg, const char *line);
	void *arg;
	unsigned int mistakes;
};

/* Tells "path:line:column: text" and counts it. */
void cfg_mistake(struct cfg_report *report, struct cfg_pos pos, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The same for a mistake of the file as a whole: "path: text". */
void cfg_mistake_file(struct cfg_report *report, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
