// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A session description that can be read can be written, and what was written says the same, but
 * for what a relay changes; writing that again changes nothing.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "sdp/sdp_codecs.h"

#define CHECK(condition) check(condition, #condition, __LINE__)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok, const char *condition, int line)
{
	if (ok)
		return;
	fprintf(stderr, "fuzz_sdp.c:%d: %s\n", line, condition);
	abort();
}

static struct sdp_edit relay_edit(const struct sdp *sdp)
{
	struct sdp_edit edit = {
		.media_relayed = true,
		.address = { .family = AF_INET, .v4.s_addr = inet_addr("203.0.113.7") },
		.origin_id = UINT64_MAX,
		.origin_version = UINT64_MAX,
	};

	for (unsigned int i = 0; i < sdp->nmedia; i++) {
		if (!sdp->media[i].port || !(sdp->media[i].is_rtp || sdp->media[i].is_udptl))
			continue;
		edit.media[i].port = 60000 + 2 * i;
		edit.media[i].rtcp_port = 60000 + 2 * i + (i != 1);
	}
	return edit;
}

/* Into a buffer that has just the room for it. */
static char *write_exactly(const struct sdp *sdp, const struct sdp_edit *edit, int *len)
{
	static char text[1 << 17];
	char *exact;

	*len = sdp_write(sdp, edit, text, sizeof(text));
	CHECK(*len > 0);
	exact = malloc(*len);
	CHECK(exact);
	CHECK(sdp_write(sdp, edit, exact, *len - 1) == -EMSGSIZE);
	CHECK(sdp_write(sdp, edit, exact, *len) == *len);
	CHECK(!memcmp(exact, text, *len));
	return exact;
}

static void check_media(const struct sdp_media *was, const struct sdp_media *is,
			const struct sdp_edit *edit, const struct sdp_media_edit *media_edit)
{
	CHECK(view_eq(was->type, is->type) && view_eq(was->proto, is->proto));
	CHECK(view_eq(was->formats, is->formats) && view_eq(was->codec, is->codec));
	CHECK(was->clock_rate == is->clock_rate && was->direction == is->direction);
	CHECK(was->is_rtp == is->is_rtp && was->rtcp_mux == is->rtcp_mux);
	CHECK(was->is_udptl == is->is_udptl);
	CHECK(is->port == media_edit->port && is->port_count == 1);
	if (is->port)
		CHECK(is->rtcp_port == media_edit->rtcp_port);
	if (!was->has_address)
		return;
	CHECK(is->has_address && was->held == is->held);
	CHECK(is->address.family == edit->address.family);
	if (host_is_set(&was->address))
		CHECK(host_equal(&is->address, &edit->address));
	else
		CHECK(!host_is_set(&is->address));
}

static void check_relayed(const struct sdp *was)
{
	static struct sdp is;
	struct sdp_edit edit = relay_edit(was);
	struct sdp_error error;
	char *text, *again;
	int len, len_again;

	text = write_exactly(was, &edit, &len);
	if (sdp_parse(&is, (struct view){ text, len }, &error)) {
		/* a=rtcp lines were added. */
		CHECK(was->nlines + was->nmedia > SDP_MAX_LINES);
		free(text);
		return;
	}
	CHECK(is.nmedia == was->nmedia);
	CHECK(view_eq(is.origin_user, VIEW_LIT("-")));
	for (unsigned int i = 0; i < is.nmedia; i++)
		check_media(&was->media[i], &is.media[i], &edit, &edit.media[i]);
	again = write_exactly(&is, &edit, &len_again);
	CHECK(len == len_again && !memcmp(text, again, len));
	free(again);
	free(text);
}

static void check_unchanged(const struct sdp *sdp)
{
	struct sdp_edit edit = { .media_relayed = false };
	int len;
	char *text = write_exactly(sdp, &edit, &len);

	CHECK(view_eq((struct view){ text, len }, sdp->text));
	free(text);
}

/* Codecs can be taken out of it: it stays what it is, and has nothing left to be taken out. */
static void check_codecs(const struct sdp *was, enum sdp_role role)
{
	static char pcmu[] = "PCMU", opus[] = "opus", t38[] = SDP_T38;
	struct sdp_codec allowed[] = { { pcmu, 0 }, { opus, 48000 } }, denied[] = { { t38, 0 } };
	const struct sdp_codec_rules rules = {
		.audio = { .allow = { allowed, 2 },
			   .deny = { denied, 1 },
			   .order = { allowed + 1, 1 } },
		.video = { .deny = { allowed, 1 }, .order = { allowed, 1 } },
	};
	static struct sdp_codecs_result result;
	static char text[1 << 17], again[1 << 17];
	static struct sdp is;
	struct sdp_error error;
	int len = sdp_codecs_write(was, &rules, role, text, sizeof(text), &result);

	CHECK(len >= 0 && !len == !result.changed);
	if (!len)
		return;
	CHECK(!sdp_parse(&is, (struct view){ text, (size_t)len }, &error));
	CHECK(is.nmedia == was->nmedia);
	for (unsigned int i = 0; i < is.nmedia; i++) {
		CHECK(view_eq(was->media[i].type, is.media[i].type));
		CHECK(view_eq(was->media[i].proto, is.media[i].proto));
		CHECK(is.media[i].port == was->media[i].port || !is.media[i].port);
		CHECK(!is.media[i].port || !is.media[i].is_udptl);
	}
	CHECK(!sdp_codecs_write(&is, &rules, role, again, sizeof(again), &result));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sdp sdp;
	struct sdp_error error = { 0 };
	char summary[64];
	char *text = malloc(size);

	if (!text)
		return 0;
	memcpy(text, data, size);
	if (sdp_parse(&sdp, (struct view){ text, size }, &error)) {
		CHECK(error.reason && error.line);
	} else {
		sdp_summary(&sdp, summary, sizeof(summary));
		for (const char *p = summary; *p; p++)
			CHECK(*p >= ' ' && *p <= '~');
		check_unchanged(&sdp);
		check_relayed(&sdp);
		check_codecs(&sdp, SDP_OFFER);
		check_codecs(&sdp, SDP_ANSWER);
	}
	free(text);
	return 0;
}
