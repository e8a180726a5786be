/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_UNIT_VIEW_ASSERT_H
#define TESTS_UNIT_VIEW_ASSERT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/view.h"

/* @v is @text; NULL: it is none. */
static inline void assert_view(struct view v, const char *text)
{
	if (!text) {
		assert_null(v.p);
		return;
	}
	assert_int_equal(v.len, strlen(text));
	assert_memory_equal(v.p, text, v.len);
}

#endif
