// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Masking changes octets to '*' and nothing else, never line ends, and a response in credentials is
 * hidden whatever stands around its header.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/mask.h"

#define CHECK(condition) check(condition, #condition, __LINE__)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok, const char *condition, int line)
{
	if (ok)
		return;
	fprintf(stderr, "fuzz_flow_mask.c:%d: %s\n", line, condition);
	abort();
}

static char *masked(const char *text, size_t size, unsigned int secrets)
{
	char *copy = malloc(size ? size : 1);

	CHECK(copy);
	memcpy(copy, text, size);
	flow_mask(copy, size, secrets);
	return copy;
}

static void check_kept(const char *was, size_t size, unsigned int secrets)
{
	char *once = masked(was, size, secrets);

	for (size_t i = 0; i < size; i++) {
		CHECK(once[i] == was[i] || once[i] == '*');
		CHECK((was[i] != '\r' && was[i] != '\n') || once[i] == was[i]);
	}
	free(once);
}

/* Before and behind are what the fuzzer says. */
static void check_hidden(const char *data, size_t size)
{
	static const char header[] = "\r\nProxy-Authorization: Digest response=\"SECRET-WORD\"\r\n";
	size_t half = size / 2, len = size + sizeof(header) - 1;
	char *text = malloc(len), *hidden;

	CHECK(text);
	memcpy(text, data, half);
	memcpy(text + half, header, sizeof(header) - 1);
	memcpy(text + half + sizeof(header) - 1, data + half, size - half);
	hidden = masked(text, len, FLOW_SECRET_CREDENTIALS);
	CHECK(!memmem(hidden + half, sizeof(header) - 1, "SECRET-WORD", 11));
	free(text);
	free(hidden);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	check_kept((const char *)data + 1, size - 1, data[0]);
	check_hidden((const char *)data + 1, size - 1);
	return 0;
}
