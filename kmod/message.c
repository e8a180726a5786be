// SPDX-License-Identifier: GPL-2.0
#include "message.h"

#include "octets.h"

/* Texts that are longer identify nothing: what lies in pieces is known so far. */
#define MAX_TEXT	SIP_STREAM_COPY_MAX

#define STUN_COOKIE	0x2112a442

static const struct sip_scan_text nothing;

static struct sip_scan_text text_of(const struct sf_message *m, struct sip_scan_span span)
{
	struct sip_scan_text text = { m->text + span.off, span.len };

	return span.len ? text : nothing;
}

static struct sip_scan_text copy_of(const struct sip_scan_copy *copy)
{
	struct sip_scan_text text = { copy->text, copy->len };

	return copy->len ? text : nothing;
}

static u8 kind_of(const struct sip_scan *scan)
{
	BUILD_BUG_ON(SIP_METHOD_OTHER + SIPFAST_SIP_OTHER != SIPFAST_SIP_OTHER);
	BUILD_BUG_ON(SIP_PUBLISH + SIPFAST_SIP_OTHER != SIPFAST_SIP_PUBLISH);
	if (scan->kind == SIP_SCAN_REQUEST)
		return SIPFAST_SIP_OTHER + scan->method;
	if (scan->kind == SIP_SCAN_RESPONSE && scan->status)
		return SIPFAST_SIP_1XX + scan->status / 100 - 1;
	return SIPFAST_SIP_NONE;
}

static bool is_cookie(struct sip_scan_text branch)
{
	/* Compared without case, as tokens are. */
	static const char cookie[] = "z9hg4bk";
	unsigned int i;

	if (branch.len <= sizeof(cookie) - 1)
		return false;
	for (i = 0; i < sizeof(cookie) - 1; i++)
		if ((branch.p[i] | 0x20) != cookie[i])
			return false;
	return true;
}

/* Requests of RFC 2543 have no branch that is theirs alone. */
static void identify(struct sf_message *m, struct sip_scan_text branch,
		     struct sip_scan_text sent_by)
{
	const struct sip_hash_key *key = &m->sip->key;
	u64 seed = m->scan.method;

	if (m->call_id.len)
		m->dialog = sip_hash_more(key, 0, m->call_id.p,
					  min_t(size_t, m->call_id.len, SIP_HASH_CALL_ID_MAX));
	m->is_cookie = is_cookie(branch);
	if (m->scan.via_branch.len > MAX_TEXT || m->scan.via_sent_by.len > MAX_TEXT)
		return;
	if (m->is_cookie)
		m->request = sip_hash_more(key, sip_hash_more(key, seed, branch.p, branch.len),
					   sent_by.p, sent_by.len);
	else
		m->request = sip_hash_mix(m->dialog ^ key->word[0], seed << 32 | m->scan.cseq);
	m->has_request = m->is_cookie || m->call_id.len;
}

/* Stays in the CPU's scratch until the next message. */
static void read_pieces(struct sf_message *m)
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

	m->text = NULL;
	m->scan = stream->scan;
	m->call_id = copy_of(&stream->call_id);
	m->user_agent = copy_of(&stream->user_agent);
	m->uri = copy_of(&stream->uri);
	identify(m, copy_of(&stream->via_branch), copy_of(&stream->via_sent_by));
}

void sf_message_read(struct sf_message *m)
{
	unsigned int linear = skb_headlen(m->skb) - m->offset;

	lockdep_assert_in_softirq();
	m->text = m->skb->data + m->offset;
	sip_scan(&m->scan, m->text, min(m->len, linear));
	if (unlikely(!m->scan.complete && m->len > linear)) {
		read_pieces(m);
	} else {
		m->call_id = text_of(m, m->scan.call_id);
		m->user_agent = text_of(m, m->scan.user_agent);
		m->uri = text_of(m, m->scan.uri);
		identify(m, text_of(m, m->scan.via_branch), text_of(m, m->scan.via_sent_by));
		if (m->len > linear)
			m->text = NULL;
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
