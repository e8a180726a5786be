// SPDX-License-Identifier: GPL-2.0-or-later
/* The ladder that sipctl draws, against golden text; and what makes text safe for it. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sipctl/ladder.h"
#include "sipctl/text.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define MESSAGE(t, a, b, name, more)                                                  \
	{                                                                             \
		.kind = LADDER_MESSAGE, .t_ms = t, .from = a, .to = b, .label = name, \
		.detail = more                                                        \
	}

static struct ladder_event events[] = {
	MESSAGE(0, 0, 1, "INVITE", "CSeq 1, SDP offer PCMU PCMA"),
	MESSAGE(1, 1, 0, "100 Trying", ""),
	MESSAGE(2, 1, 2, "INVITE", ""),
	{ .kind = LADDER_MESSAGE,
	  .t_ms = 502,
	  .from = 1,
	  .to = 2,
	  .label = "INVITE",
	  .detail = "",
	  .retransmission = true },
	{ .kind = LADDER_MESSAGE,
	  .t_ms = 900,
	  .from = 2,
	  .to = 1,
	  .label = "183 Session Progress",
	  .detail = "",
	  .retransmission = true },
	MESSAGE(1500, 2, 1, "200 OK", "SDP answer PCMU with a long list of lines"),
	{ .kind = LADDER_MEDIA,
	  .t_ms = 1501,
	  .from = 0,
	  .to = 2,
	  .label = "RTP PCMU",
	  .detail = "" },
	{ .kind = LADDER_MEDIA,
	  .t_ms = 1502,
	  .from = 0,
	  .to = 1,
	  .label = "RTP PCMU 10.0.1.2:4000 <-> 10.0.1.1:30000",
	  .detail = "" },
	{ .kind = LADDER_NOTE,
	  .t_ms = 61000,
	  .from = 0,
	  .to = 2,
	  .label = "put on hold by A",
	  .detail = "" },
	MESSAGE(3600000, 2, 0, "NOTIFY", ""),
	MESSAGE(3600001, 7, 0, "BYE", ""),
};

static const struct ladder ladder = {
	.ncolumns = 3,
	.columns = { { "10.0.1.2:5060", "access" }, { "sipd", "" }, { "10.0.2.2:5060", "core" } },
	.nevents = ARRAY_SIZE(events),
	.events = events,
};

static char *draw(const struct ladder *drawn, unsigned int width)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	ladder_draw(drawn, width, out);
	fclose(out);
	return text;
}

/* In 80 columns as the file has it. */
static void assert_drawn(const char *path)
{
	char *text = draw(&ladder, 80);
	char want[8192];
	FILE *golden = fopen(path, "r");
	size_t len;

	assert_non_null(golden);
	len = fread(want, 1, sizeof(want) - 1, golden);
	want[len] = '\0';
	fclose(golden);
	assert_string_equal(text, want);
	free(text);
}

static void draws_in_utf8(void **state)
{
	(void)state;
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	assert_drawn("tests/unit/golden/ladder.utf8");
}

static void draws_in_ascii(void **state)
{
	(void)state;
	assert_non_null(setlocale(LC_CTYPE, "C"));
	assert_drawn("tests/unit/golden/ladder.ascii");
}

static unsigned int widest(const char *text)
{
	unsigned int most = 0;

	while (*text) {
		size_t len = strcspn(text, "\n");
		char *line = strndup(text, len);

		most = text_width(line) > most ? text_width(line) : most;
		free(line);
		text += len + 1;
	}
	return most;
}

static void keeps_within_its_width(void **state)
{
	static const struct {
		unsigned int asked;
		unsigned int most;
	} cases[] = { { 0, 80 }, { 80, 80 }, { 100, 100 }, { 120, 120 }, { 4000, 120 } };

	(void)state;
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *text = draw(&ladder, cases[i].asked);

		assert_true(widest(text) <= cases[i].most);
		assert_true(widest(text) > cases[i].most - 20);
		free(text);
	}
}

/* A caller that shows a growing ladder prints only what is new. */
static void later_events_change_no_line_before(void **state)
{
	struct ladder part = ladder;
	char *before = strdup(""), *text;

	(void)state;
	for (part.nevents = 0; part.nevents <= ladder.nevents; part.nevents++) {
		text = draw(&part, 100);
		assert_memory_equal(text, before, strlen(before));
		free(before);
		before = text;
	}
	free(before);
}

static void escapes_what_could_command_a_terminal(void **state)
{
	static const struct {
		const char *text;
		const char *utf8;
		const char *ascii;
	} cases[] = {
		{ "INVITE", "INVITE", "INVITE" },
		{ "\033[31m", "\\x1b[31m", "\\x1b[31m" },
		{ "a\r\nb\tc\177", "a\\x0d\\x0ab\\x09c\\x7f", "a\\x0d\\x0ab\\x09c\\x7f" },
		{ "J\303\274rgen", "J\303\274rgen", "J\\u{fc}rgen" },
		{ "\302\233x", "\\u{9b}x", "\\u{9b}x" },
		{ "\342\200\256x", "\\u{202e}x", "\\u{202e}x" },
		{ "e\314\201", "e\\u{301}", "e\\u{301}" },
		{ "\303", "\\xc3", "\\xc3" },
		{ "\300\257", "\\xc0\\xaf", "\\xc0\\xaf" },
		{ "\355\240\200", "\\xed\\xa0\\x80", "\\xed\\xa0\\x80" },
	};

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(cases); i++) {
		bool utf8 = i < ARRAY_SIZE(cases);
		char *text;

		assert_non_null(setlocale(LC_CTYPE, utf8 ? "C.UTF-8" : "C"));
		text = text_escape(cases[i % ARRAY_SIZE(cases)].text);
		assert_string_equal(text,
				    utf8 ? cases[i].utf8 : cases[i - ARRAY_SIZE(cases)].ascii);
		free(text);
	}
}

static void durations_are_short(void **state)
{
	static const struct {
		uint64_t ms;
		const char *text;
	} cases[] = {
		{ 0, "0ms" },		{ 999, "999ms" },     { 1000, "1s" },
		{ 12345, "12.3s" },	{ 59999, "59.9s" },   { 60000, "1m00s" },
		{ 245000, "4m05s" },	{ 3600000, "1h00m" }, { 11520000, "3h12m" },
		{ 187200000, "2d04h" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *text = text_duration(cases[i].ms);

		assert_string_equal(text, cases[i].text);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(draws_in_utf8),
		cmocka_unit_test(draws_in_ascii),
		cmocka_unit_test(keeps_within_its_width),
		cmocka_unit_test(later_events_change_no_line_before),
		cmocka_unit_test(escapes_what_could_command_a_terminal),
		cmocka_unit_test(durations_are_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
