/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Configurations out of a text, and what is told of their mistakes. */
#ifndef CONFIG_FIXTURE_H
#define CONFIG_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "config/config.h"

static char told[4096]; /* without the name of the file */

static void collect(void *arg, const char *line)
{
	strncat(told, line + strlen(arg) + 1, sizeof(told) - strlen(told) - 1);
}

static struct cfg *load(const char *text)
{
	char path[] = "/tmp/test_config.XXXXXX";
	int fd = mkstemp(path);
	struct cfg *cfg;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	told[0] = 0;
	cfg = cfg_load(path, collect, path);
	unlink(path);
	return cfg;
}

#endif
