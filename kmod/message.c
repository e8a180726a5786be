// SPDX-License-Identifier: GPL-2.0
#include "message_read.h"

#include "octets.h"

#define STUN_COOKIE	0x2112a442

/* Stays in the CPU's scratch until the next message. */
static struct sip_scan_stream *read_pieces(struct sf_message *m)
{
	struct sip_scan_stream *stream = this_cpu_ptr(m->sip->scratch);
	enum sip_scan_stream_event event = SIP_STREAM_MORE;
	unsigned int done = 0, len;
	struct skb_seq_state seq;
	const u8 *piece;

	sip_scan_stream_init(stream);
	skb_prepare_seq_read(m->skb, m->offset, m->offset + m->len, &seq);
	while (event == SIP_STREAM_MORE && (len = skb_seq_read(done, &piece, &seq))) {
		done += len;
		while (len && event == SIP_STREAM_MORE) {
			size_t taken = sip_scan_stream_feed(stream, piece, len, &event);

			piece += taken;
			len -= taken;
		}
	}
	if (event != SIP_STREAM_MORE)
		skb_abort_seq_read(&seq);
	return stream;
}

static struct sip_scan_text text_of(const struct sf_message *m, struct sip_scan_span span)
{
	struct sip_scan_text text = { span.len ? m->text + span.off : NULL, span.len };

	return text;
}

static struct sip_scan_text copy_of(const struct sip_scan_copy *copy)
{
	struct sip_scan_text text = { copy->len ? copy->text : NULL, copy->len };

	return text;
}

/* What there is but the texts. */
static void take_scan(struct sf_message *m, const struct sip_scan *scan)
{
	m->scan = (struct sip_scan_brief){
		.kind = scan->kind,
		.method = scan->method,
		.status = scan->status,
		.has_credentials = scan->has_credentials,
		.body = scan->body,
	};
	m->cseq = scan->cseq;
	m->is_malformed = scan->kind > SIP_SCAN_RESPONSE || !scan->complete || scan->malformed;
}

static void take_texts(struct sf_message *m, const struct sip_scan *scan)
{
	take_scan(m, scan);
	m->scan.call_id = text_of(m, scan->call_id);
	m->scan.user_agent = text_of(m, scan->user_agent);
	m->scan.uri = text_of(m, scan->uri);
	m->scan.via_branch = text_of(m, scan->via_branch);
	m->scan.via_sent_by = text_of(m, scan->via_sent_by);
	m->scan.to_tag = text_of(m, scan->to_tag);
}

static bool is_whole(const struct sip_scan *scan)
{
	return scan->via_branch.len <= SF_MESSAGE_TEXT && scan->via_sent_by.len <= SF_MESSAGE_TEXT;
}

void sf_message_take(struct sf_message *m, const struct sip_scan_stream *stream)
{
	m->text = NULL;
	take_scan(m, &stream->scan);
	m->scan.call_id = copy_of(&stream->call_id);
	m->scan.user_agent = copy_of(&stream->user_agent);
	m->scan.uri = copy_of(&stream->uri);
	m->scan.via_branch = copy_of(&stream->via_branch);
	m->scan.via_sent_by = copy_of(&stream->via_sent_by);
	m->scan.to_tag = copy_of(&stream->to_tag);
	m->kind = sf_message_kind(&m->scan);
	sf_message_identify(m, is_whole(&stream->scan));
}

void sf_message_read_any(struct sf_message *m)
{
	unsigned int linear = skb_headlen(m->skb) - m->offset;
	struct sip_scan scan;

	sip_scan(&scan, m->text, min(m->len, linear));
	if (!scan.complete && m->len > linear) {
		sf_message_take(m, read_pieces(m));
	} else {
		take_texts(m, &scan);
		sf_message_identify(m, is_whole(&scan));
	}
	if (m->len > linear)
		m->text = NULL;
	m->kind = sf_message_kind(&m->scan);
}

u32 sf_message_cseq(const struct sf_message *m)
{
	return m->scan.cseq.len ? sip_scan_brief_cseq(&m->scan) : m->cseq;
}

bool sf_message_is_keepalive(const struct sf_message *m)
{
	u8 begin[20];
	unsigned int n = min_t(unsigned int, m->len, sizeof(begin)), i;

	if (m->scan.kind == SIP_SCAN_EMPTY)
		return true;
	if (m->scan.kind < SIP_SCAN_EMPTY || skb_copy_bits(m->skb, m->offset, begin, n))
		return false;
	if (n == sizeof(begin) && begin[0] < 4 && octets_get32(begin + 4) == STUN_COOKIE)
		return true;
	for (i = 0; i < n; i++)
		if (begin[i] != '\r' && begin[i] != '\n' && begin[i] != '\0')
			return false;
	return m->len <= sizeof(begin);
}
