/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For one test program, linked with --wrap=malloc,--wrap=calloc: an allocation fails when asked. */
#ifndef SHORT_OF_MEMORY_H
#define SHORT_OF_MEMORY_H

#include <stddef.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);

static unsigned int fail_in; /* the so many-th allocation fails; 0: none */

void *__wrap_malloc(size_t size)
{
	return fail_in && !--fail_in ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fail_in && !--fail_in ? NULL : __real_calloc(count, size);
}

#endif
