// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sip_scan: every span lies in the message, the iterator always gets on, what follows the headers
 * does not matter, and the summary says what sipd's parser says.
 */
#include <stdlib.h>
#include <string.h>

#include "sip/msg.h"
#include "sip_scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_span(struct sip_scan_span span, size_t len)
{
	check(span.off <= len && span.len <= len - span.off);
	check(span.off || !span.len || span.len <= len);
}

static void check_spans(const struct sip_scan *scan, size_t len)
{
	check_span(scan->method_name, len);
	check_span(scan->uri, len);
	check_span(scan->call_id, len);
	check_span(scan->via_sent_by, len);
	check_span(scan->via_branch, len);
	check_span(scan->from_tag, len);
	check_span(scan->to_tag, len);
	check_span(scan->user_agent, len);
	check(scan->body <= len);
	check(!scan->status || (scan->status >= 100 && scan->status <= 699));
	check(scan->max_forwards >= -1 && scan->max_forwards <= 255);
	check(scan->cseq <= INT32_MAX);
}

static void check_text(struct sip_scan_text text, const char *begin, const char *end)
{
	check(text.p >= begin && text.p <= end && text.len <= (size_t)(end - text.p));
}

static void check_steps(const char *buf, size_t len)
{
	struct sip_scan_header header;
	struct sip_scan_start start;
	struct sip_scan_iter iter;
	enum sip_scan_step step;
	const char *line;

	if (sip_scan_begin(&iter, &start, buf, len) > SIP_SCAN_RESPONSE)
		return;
	do {
		line = iter.p;
		step = sip_scan_next(&iter, &header);
		check(iter.p <= buf + len && (iter.p > line || step == SIP_SCAN_TRUNCATED));
		if (step != SIP_SCAN_HEADER)
			continue;
		check_text(header.name, line, iter.p);
		check_text(header.value, header.name.p + header.name.len, iter.p);
		check(header.name.len > 0);
	} while (step < SIP_SCAN_BODY);
}

static void check_same(struct sip_scan_span span, const char *buf, struct view v)
{
	check(span.len == v.len);
	if (v.p)
		check(buf + span.off == v.p);
	else
		check(!span.off);
}

static void check_agrees(const struct sip_scan *scan, const char *buf, size_t len)
{
	static struct sip_msg msg;
	struct sip_msg_error error;

	if (sip_msg_parse(&msg, buf, len, &error))
		return;
	check(scan->complete && !scan->malformed && scan->version_2_0);
	check((scan->kind == SIP_SCAN_REQUEST) == msg.request);
	check(scan->method == msg.method);
	check(scan->status == msg.status);
	check(scan->cseq == msg.cseq);
	check(scan->max_forwards == msg.max_forwards);
	check(buf + scan->body == msg.body.p);
	check(!scan->has_content_length || scan->content_length == msg.body.len);
	check_same(scan->method_name, buf, msg.method_name);
	check_same(scan->uri, buf, msg.ruri);
	check_same(scan->call_id, buf, msg.call_id);
	check_same(scan->via_branch, buf, msg.via.branch);
	check(buf + scan->via_sent_by.off == msg.via.host.p);
	check_same(scan->from_tag, buf, msg.from.tag);
	check_same(scan->to_tag, buf, msg.to.tag);
}

/* The same headers without a body, in a buffer that ends with them. */
static void check_without_body(const struct sip_scan *scan, const char *buf)
{
	char *headers = malloc(scan->body);
	struct sip_scan again;

	check(headers);
	memcpy(headers, buf, scan->body);
	sip_scan(&again, headers, scan->body);
	check(!memcmp(scan, &again, sizeof(again)));
	free(headers);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *buf = malloc(size ? size : 1);
	struct sip_scan scan;

	check(buf);
	memcpy(buf, data, size);
	check(sip_scan(&scan, buf, size) == scan.kind);
	check_spans(&scan, size);
	check_steps(buf, size);
	check_agrees(&scan, buf, size);
	if (scan.complete)
		check_without_body(&scan, buf);
	free(buf);
	return 0;
}
