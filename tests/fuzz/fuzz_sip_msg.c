// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sip_msg_parse, and every reader of values on every header, whatever it is for; each value is in
 * a buffer of its own size. A message that is accepted is written again, unfolded, and must be
 * accepted as the same.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sip/msg.h"
#include "sip/out.h"
#include "sip/reliable.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static struct view copy_of(const void *p, size_t len)
{
	char *copy = malloc(len ? len : 1);

	check(copy);
	if (len)
		memcpy(copy, p, len);
	return (struct view){ copy, len };
}

static void check_inside(struct view part, struct view whole)
{
	if (part.p)
		check(part.p >= whole.p && part.len <= whole.len &&
		      (size_t)(part.p - whole.p) <= whole.len - part.len);
	else
		check(!part.len);
}

static void walk_params(struct view params)
{
	static const char *const names[] = { "tag", "q", "expires", "lr", "transport" };
	struct view value;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (sip_param(params, view_str(names[i]), &value))
			check_inside(value, params);
}

static void walk_uri(struct view text)
{
	struct view copy = copy_of(text.p, text.len);
	struct sip_uri uri;
	bool valid = !sip_uri_parse(&uri, copy);

	check_inside(uri.scheme, copy);
	check_inside(uri.user, copy);
	check_inside(uri.password, copy);
	check_inside(uri.host, copy);
	check_inside(uri.params, copy);
	check_inside(uri.headers, copy);
	check_inside(uri.opaque, copy);
	check(!valid || (uri.host.len > 0) != (uri.opaque.len > 0));
	walk_params(uri.params);
	free((char *)copy.p);
}

static void walk_address(struct view text)
{
	struct view copy = copy_of(text.p, text.len), value;
	struct sip_nameaddr addr;
	bool valid = !sip_nameaddr_parse(&addr, copy);

	check_inside(addr.display, copy);
	check_inside(addr.uri, copy);
	check_inside(addr.params, copy);
	check_inside(addr.tag, addr.params);
	walk_uri(addr.uri);
	walk_params(addr.params);
	if (valid) {
		check(addr.uri.len > 0);
		check(sip_param(addr.params, VIEW_LIT("tag"), &value) == !!addr.tag.p);
		check(!addr.tag.p || (value.p == addr.tag.p && value.len == addr.tag.len));
	}
	free((char *)copy.p);
}

static void walk_via(struct view text)
{
	struct view copy = copy_of(text.p, text.len);
	struct sip_via via;
	bool valid = !sip_via_parse(&via, copy);

	check_inside(via.transport, copy);
	check_inside(via.host, copy);
	check_inside(via.params, copy);
	check_inside(via.branch, via.params);
	check_inside(via.received, via.params);
	check(!valid || (via.transport.len && via.host.len));
	walk_params(via.params);
	free((char *)copy.p);
}

static void walk_value(struct view text)
{
	struct view copy = copy_of(text.p, text.len), rest = copy, element;
	struct sip_rack rack;
	uint32_t number;

	while (sip_list_next(&rest, &element)) {
		check_inside(element, copy);
		check_inside(rest, copy);
		walk_address(element);
		walk_via(element);
	}
	walk_uri(copy);
	walk_params(copy);
	if (!view_to_u32(copy, 1000, &number))
		check(number <= 1000);
	if (!sip_rack_parse(&rack, copy)) {
		check(rack.rseq > 0 && rack.method.len > 0);
		check_inside(rack.method, copy);
	}
	free((char *)copy.p);
}

static void walk_headers(const struct sip_msg *msg, struct view whole)
{
	const struct sip_header *header;
	unsigned int seen = 0;

	check(msg->nheaders <= SIP_MAX_HEADERS);
	check(!sip_rseq(msg) || (msg->status > 100 && msg->status < 200));
	for (unsigned int i = 0; i < msg->nheaders; i++) {
		header = &msg->headers[i];
		check_inside(header->name, whole);
		check_inside(header->value, whole);
		check(sip_hdr_parse(header->name) == header->id);
		walk_value(header->value);
	}
	for (unsigned int id = 0; id < SIP_HDR_COUNT; id++) {
		header = NULL;
		while ((header = sip_msg_header(msg, id, header)))
			seen++;
	}
	check(seen == msg->nheaders);
}

static void write_message(struct sip_out *out, const struct sip_msg *msg)
{
	if (msg->request) {
		sip_out_view(out, msg->method_name);
		sip_out_str(out, " ");
		sip_out_view(out, msg->ruri);
		sip_out_str(out, " SIP/2.0\r\n");
	} else {
		sip_out_printf(out, "SIP/2.0 %d ", msg->status);
		sip_out_view(out, msg->reason);
		sip_out_str(out, "\r\n");
	}
	for (unsigned int i = 0; i < msg->nheaders; i++) {
		char *name = view_dup(msg->headers[i].name);

		check(name);
		sip_out_header(out, name, msg->headers[i].value);
		free(name);
	}
	sip_out_str(out, "\r\n");
	sip_out_view(out, msg->body);
}

static void check_written_again(const struct sip_msg *msg)
{
	static char buf[SIP_MAX_MESSAGE * 3];
	static struct sip_msg again;
	struct sip_msg_error error;
	struct sip_out out;

	sip_out_init(&out, buf, sizeof(buf));
	write_message(&out, msg);
	check(sip_out_ok(&out));
	if (out.len > SIP_MAX_MESSAGE)
		return;
	check(!sip_msg_parse(&again, out.p, out.len, &error));
	check(again.request == msg->request && again.method == msg->method);
	check(again.status == msg->status && again.cseq == msg->cseq);
	check(again.max_forwards == msg->max_forwards && again.nheaders == msg->nheaders);
	check(view_eq(again.ruri, msg->ruri) && view_eq(again.call_id, msg->call_id));
	check(view_eq(again.via.host, msg->via.host) && again.via.port == msg->via.port);
	check(view_eq(again.from.uri, msg->from.uri) && view_eq(again.to.uri, msg->to.uri));
	check(view_eq(again.body, msg->body));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct view text = copy_of(data, size);
	struct sip_msg_error error;
	static struct sip_msg msg;
	int ret = sip_msg_parse(&msg, text.p, text.len, &error);

	check(ret == 0 || ret == -EBADMSG);
	check(!ret == !error.reason);
	check(ret ? !error.status || (msg.request && msg.via.host.p) : !error.status);
	check_inside(msg.raw, text);
	check_inside(msg.body, text);
	walk_headers(&msg, text);
	walk_uri(msg.ruri);
	/* What is no message may be a value. */
	walk_value(text);
	if (!ret)
		check_written_again(&msg);
	free((char *)text.p);
	return 0;
}
