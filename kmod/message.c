// SPDX-License-Identifier: GPL-2.0
#include "message.h"

#include "octets.h"
#include "sip_scan_word.h"

/* Texts that are longer identify nothing: what lies in pieces is known so far. */
#define MAX_TEXT	SIP_STREAM_COPY_MAX

/* Makes four letters small; of the digit among them it changes nothing. */
#define FOLD		0x20202020

#define STUN_COOKIE	0x2112a442

static u8 kind_of(const struct sip_scan_brief *scan)
{
	BUILD_BUG_ON(SIP_METHOD_OTHER + SIPFAST_SIP_OTHER != SIPFAST_SIP_OTHER);
	BUILD_BUG_ON(SIP_PUBLISH + SIPFAST_SIP_OTHER != SIPFAST_SIP_PUBLISH);
	if (scan->kind == SIP_SCAN_REQUEST)
		return SIPFAST_SIP_OTHER + scan->method;
	if (scan->kind == SIP_SCAN_RESPONSE && scan->status)
		return SIPFAST_SIP_1XX + scan->status / 100 - 1;
	return SIPFAST_SIP_NONE;
}

/* Compared without case, as tokens are. */
static bool is_cookie(struct sip_scan_text branch)
{
	static const char cookie[] = "z9hg4bk";

	if (branch.len <= sizeof(cookie) - 1)
		return false;
	/* Two words that overlap by an octet. */
	return (word_quarter(branch.p) | FOLD) == word_quarter(cookie) &&
	       (word_quarter(branch.p + 3) | FOLD) == word_quarter(cookie + 3);
}

static noinline u32 cseq_of(const struct sf_message *m)
{
	u32 number = m->cseq;

	if (m->scan.cseq.len)
		sip_scan_number(m->scan.cseq, U32_MAX, &number);
	return number;
}

/* Requests of RFC 2543 have no branch that is theirs alone. @fits: what identifies is whole. */
static __always_inline void identify(struct sf_message *m, bool fits)
{
	const struct sip_hash_key *key = &m->sip->key;
	const struct sip_scan_brief *scan = &m->scan;
	u64 seed = scan->method;

	m->dialog = 0;
	if (likely(scan->call_id.len))
		m->dialog = sip_hash_text(key, 0, scan->call_id.p,
					  min_t(size_t, scan->call_id.len, SIP_HASH_CALL_ID_MAX));
	m->is_cookie = is_cookie(scan->via_branch);
	m->has_request = fits && (m->is_cookie || scan->call_id.len);
	if (unlikely(!m->has_request))
		return;
	if (likely(m->is_cookie)) {
		seed = sip_hash_text(key, seed, scan->via_branch.p, scan->via_branch.len);
		m->request = sip_hash_text(key, seed, scan->via_sent_by.p, scan->via_sent_by.len);
	} else {
		m->request = sip_hash_mix(m->dialog ^ key->word[0], seed << 32 | cseq_of(m));
	}
}

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
		/* Only whether it is there is of interest. */
		.to_tag.len = scan->to_tag.len,
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
}

static bool is_whole(const struct sip_scan *scan)
{
	return scan->via_branch.len <= MAX_TEXT && scan->via_sent_by.len <= MAX_TEXT;
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
	m->kind = kind_of(&m->scan);
	identify(m, is_whole(&stream->scan));
}

/* A message that has something unusual, or is wrong, or lies in pieces. */
static noinline void read_any(struct sf_message *m, unsigned int linear)
{
	struct sip_scan scan;

	sip_scan(&scan, m->text, min(m->len, linear));
	if (!scan.complete && m->len > linear) {
		sf_message_take(m, read_pieces(m));
	} else {
		take_texts(m, &scan);
		identify(m, is_whole(&scan));
	}
	if (m->len > linear)
		m->text = NULL;
}

void sf_message_read(struct sf_message *m, enum sip_scan_extent extent)
{
	unsigned int linear = skb_headlen(m->skb) - m->offset;

	lockdep_assert_in_softirq();
	m->text = m->skb->data + m->offset;
	if (likely(m->len <= linear && sip_scan_brief(&m->scan, extent, m->text, m->len))) {
		m->is_malformed = false;
		identify(m, max(m->scan.via_branch.len, m->scan.via_sent_by.len) <= MAX_TEXT);
	} else {
		read_any(m, linear);
	}
	m->kind = kind_of(&m->scan);
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
