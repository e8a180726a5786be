/* SPDX-License-Identifier: GPL-2.0 */
/* How nearly all messages are read, in one place with who asks for it: calls cost a tenth of it. */
#ifndef SF_MESSAGE_READ_H
#define SF_MESSAGE_READ_H

#include "message.h"
#include "sip_scan_word.h"

/* Texts that are longer identify nothing: what lies in pieces is known so far. */
#define SF_MESSAGE_TEXT	SIP_STREAM_COPY_MAX

/* Makes four letters small; of the digit among them it changes nothing. */
#define SF_MESSAGE_FOLD	0x20202020

static __always_inline u8 sf_message_kind(const struct sip_scan_brief *scan)
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
static __always_inline bool sf_message_is_cookie(struct sip_scan_text branch)
{
	static const char cookie[] = "z9hg4bk";

	if (branch.len <= sizeof(cookie) - 1)
		return false;
	/* Two words that overlap by an octet. */
	return (word_quarter(branch.p) | SF_MESSAGE_FOLD) == word_quarter(cookie) &&
	       (word_quarter(branch.p + 3) | SF_MESSAGE_FOLD) == word_quarter(cookie + 3);
}

/* The number of its CSeq, whoever has read it. */
u32 sf_message_cseq(const struct sf_message *m);

/* Goes on from @hash with as much of @text as there is of one that lies in pieces, too. */
static __always_inline u64 sf_message_hash(const struct sf_message *m, u64 hash,
					   struct sip_scan_text text)
{
	return sip_hash_text(&m->sip->key, hash, text.p,
			     min_t(size_t, text.len, SIP_HASH_CALL_ID_MAX));
}

/*
 * Hash of a dialog with the host of @m->peer: by our @tag, or without one, when the Call-ID is
 * ours. There is a Call-ID.
 */
static __always_inline u64 sf_message_dialog(const struct sf_message *m, struct sip_scan_text tag)
{
	const u64 hash = sf_message_hash(m, m->host, m->scan.call_id);

	return tag.len ? sf_message_hash(m, hash, tag) : hash;
}

/* Requests of RFC 2543 have no branch that is theirs alone. @fits: what identifies is whole. */
static __always_inline void sf_message_identify(struct sf_message *m, bool fits)
{
	const struct sip_hash_key *key = &m->sip->key;
	const struct sip_scan_brief *scan = &m->scan;
	u64 seed = scan->method;

	m->is_cookie = sf_message_is_cookie(scan->via_branch);
	m->has_request = fits && (m->is_cookie || scan->call_id.len);
	if (unlikely(!m->has_request))
		return;
	if (likely(m->is_cookie)) {
		seed = sip_hash_text(key, seed, scan->via_branch.p, scan->via_branch.len);
		m->request = sip_hash_text(key, seed, scan->via_sent_by.p, scan->via_sent_by.len);
	} else {
		seed = seed << 32 | sf_message_cseq(m);
		m->request = sip_hash_mix(sf_message_hash(m, 0, scan->call_id) ^ key->word[0],
					  seed);
	}
}

/* What is remembered of a request that leaves; its hash as it is would be of one that came. */
static __always_inline u64 sf_message_sent(const struct sf_message *m)
{
	return ~m->request;
}

/* One that has something unusual, or is wrong, or lies in pieces. */
void sf_message_read_any(struct sf_message *m);

/*
 * Reads @m->skb. Unless all is to be read, not all is known of most messages: neither whether they
 * are malformed behind what is, nor of credentials there. Called with bottom halves disabled.
 */
static __always_inline void sf_message_read(struct sf_message *m, struct sip_scan_extent extent)
{
	unsigned int linear = skb_headlen(m->skb) - m->offset;

	lockdep_assert_in_softirq();
	m->text = m->skb->data + m->offset;
	if (unlikely(m->len > linear || !sip_scan_brief(&m->scan, extent, m->text, m->len))) {
		sf_message_read_any(m);
		return;
	}
	m->is_malformed = false;
	sf_message_identify(m, max(m->scan.via_branch.len, m->scan.via_sent_by.len) <=
			    SF_MESSAGE_TEXT);
	m->kind = sf_message_kind(&m->scan);
}

#endif /* SF_MESSAGE_READ_H */
