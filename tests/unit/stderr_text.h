/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a function says on stderr, as text. After cmocka.h and what that needs. */
#ifndef TESTS_UNIT_STDERR_TEXT_H
#define TESTS_UNIT_STDERR_TEXT_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What @write_lines puts on stderr; to be freed. */
static char *stderr_text(void (*write_lines)(void))
{
	int saved = dup(STDERR_FILENO);
	FILE *file = tmpfile();
	char *text;
	long len;

	assert_non_null(file);
	assert_int_equal(dup2(fileno(file), STDERR_FILENO), STDERR_FILENO);
	write_lines();
	dup2(saved, STDERR_FILENO);
	close(saved);
	len = lseek(fileno(file), 0, SEEK_END);
	text = calloc(1, len + 1);
	assert_non_null(text);
	assert_int_equal(pread(fileno(file), text, len, 0), len);
	fclose(file);
	return text;
}

#endif
