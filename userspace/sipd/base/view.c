// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/view.h"

#include <errno.h>
#include <stdlib.h>

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct view view_trim(struct view v)
{
	while (v.len && is_space(v.p[v.len - 1]))
		v.len--;
	while (v.len && is_space(*v.p)) {
		v.p++;
		v.len--;
	}
	return v;
}

int view_to_u32(struct view v, uint32_t max, uint32_t *out)
{
	uint64_t sum = 0;
	bool over = false;

	if (!v.len)
		return -EINVAL;
	for (size_t i = 0; i < v.len; i++) {
		if (v.p[i] < '0' || v.p[i] > '9')
			return -EINVAL;
		if (!over)
			sum = sum * 10 + (uint64_t)(v.p[i] - '0');
		over = sum > max;
	}
	if (over)
		return -ERANGE;
	*out = (uint32_t)sum;
	return 0;
}

char *view_dup(struct view v)
{
	char *copy = malloc(v.len + 1);

	if (!copy)
		return NULL;
	if (v.len)
		memcpy(copy, v.p, v.len);
	copy[v.len] = '\0';
	return copy;
}

int view_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
