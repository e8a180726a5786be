// SPDX-License-Identifier: GPL-2.0
#include "stream.h"

#include <linux/slab.h>
#include <net/tcp.h>

#include "conn.h"
#include "inspect.h"
#include "verdict.h"
#include "watch.h"

/* Octets. No acknowledgment is older, as no window is larger (RFC 7323 s.2.3). */
#define MAX_ACK_AGE	BIT(30)

/* What becomes of a connection when a segment has been looked at. */
enum fate {
	FATE_STAYS,
	FATE_IS_PROVEN,
	FATE_CLOSES,
	FATE_ENDS,
};

/* What becomes of a message, and with it of the rest of its segment. */
enum outcome {
	GO_ON,
	HOLD,	/* back, for now */
	END,	/* the connection */
};

/**
 * struct look - at a segment
 * @take: looks at a message when its headers are complete, or where the stream is lost
 * @m: the message that is looked at, and what is the same for all of @segment
 * @segment: of @conn
 * @conn: whose lock is held
 * @way: of @conn
 * @stream: the CPU's scratch
 * @end: octets of payload to look at
 * @done: of these, that were looked at, before or now
 * @start: of the message that is looked at; 0: it began earlier
 * @has_judged: there was one
 * @fate: of @conn
 */
struct look {
	enum outcome (*take)(struct look *look, enum sip_scan_stream_event event);
	struct sf_message *m;
	struct sf_segment *segment;
	struct sf_conn *conn;
	struct sf_conn_way *way;
	struct sip_scan_stream *stream;
	unsigned int end;
	unsigned int done;
	unsigned int start;
	bool has_judged;
	enum fate fate;
};

/* --- from segments to messages --- */

static void lose(struct look *look, enum sf_conn_loss loss)
{
	struct sf_conn_way *way = look->way;

	if (way->loss)
		return;
	way->loss = loss;
	kfree(way->headers);
	way->headers = NULL;
	sf_count(look->m->sip->sn, SF_TCP_LOST);
}

static enum outcome scan_piece(struct look *look, const char *piece, unsigned int len)
{
	enum sip_scan_stream_event event;
	enum outcome outcome;
	size_t taken;

	while (len) {
		taken = sip_scan_stream_feed(look->stream, piece, len, &event);
		piece += taken;
		len -= taken;
		look->done += taken;
		if (event == SIP_STREAM_MORE)
			continue;
		outcome = look->take(look, event);
		if (outcome != GO_ON || look->way->loss)
			return outcome;
	}
	return GO_ON;
}

static enum outcome scan(struct look *look)
{
	unsigned int begin = look->segment->payload + look->done, n = 0, len;
	struct sf_conn_way *way = look->way;
	enum outcome outcome = GO_ON;
	struct skb_seq_state seq;
	const u8 *piece;

	look->stream = this_cpu_ptr(look->m->sip->scratch);
	if (way->headers)
		*look->stream = *way->headers;
	else
		sip_scan_stream_resume(look->stream, way->body_left);
	skb_prepare_seq_read(look->m->skb, begin, look->segment->payload + look->end, &seq);
	while ((len = skb_seq_read(n, &piece, &seq))) {
		n += len;
		outcome = scan_piece(look, (const char *)piece, len);
		if (outcome != GO_ON || way->loss) {
			skb_abort_seq_read(&seq);
			break;
		}
	}
	return outcome;
}

/* Goes on from what was scanned when the next segment comes. */
static void keep(struct look *look)
{
	struct sf_conn_way *way = look->way;

	way->next = look->segment->seq + look->end;
	if (way->loss)
		return;
	if (!sip_scan_stream_is_in_headers(look->stream)) {
		way->body_left = look->stream->body_left;
		kfree(way->headers);
		way->headers = NULL;
		return;
	}
	if (!way->headers)
		way->headers = kmalloc(sizeof(*way->headers), GFP_ATOMIC | __GFP_NOWARN);
	if (way->headers)
		*way->headers = *look->stream;
	else
		lose(look, SF_CONN_MISSED);
}

/* --- what comes --- */

/* What is dropped for it comes again by itself, when it may be let through. */
static bool is_for_now(enum sipfast_verdict verdict)
{
	switch (verdict) {
	case SIPFAST_VERDICT_LIMIT_SOURCE:
	case SIPFAST_VERDICT_LIMIT_PREFIX:
	case SIPFAST_VERDICT_LIMIT_GLOBAL:
	case SIPFAST_VERDICT_NOT_REPEATED:
	case SIPFAST_VERDICT_OVERLOAD:
		return true;
	default:
		return false;
	}
}

static enum outcome conclude(struct look *look, enum sipfast_verdict verdict)
{
	struct sf_conn *conn = look->conn;

	look->has_judged = true;
	if (look->m->enforce && is_for_now(verdict)) {
		if (!conn->held)
			sf_inspect_conclude(look->m, verdict);
		conn->held = true;
		return HOLD;
	}
	conn->held = false;
	return sf_inspect_conclude(look->m, verdict) ? END : GO_ON;
}

static enum outcome judge(struct look *look, bool is_keepalive)
{
	look->m->is_repeated = look->conn->held;
	return conclude(look, sf_inspect_judge(look->m, is_keepalive));
}

/* Without a length, nothing tells where the next message begins (RFC 3261 s.18.3). */
static enum sf_conn_loss loss_after(const struct sip_scan_stream *stream)
{
	if (stream->scan.complete && stream->scan.has_content_length)
		return SF_CONN_SOUND;
	return stream->scan.complete && stream->too_long ? SF_CONN_MISSED : SF_CONN_STRANGE;
}

static enum outcome take_message(struct look *look, enum sip_scan_stream_event event)
{
	const struct sip_scan *scan = &look->stream->scan;
	enum sf_conn_loss loss = loss_after(look->stream);
	struct sf_message *m = look->m;
	bool is_first = !look->has_judged;
	enum outcome outcome;

	sf_message_take(m, look->stream);
	if (event == SIP_STREAM_HEADERS)
		m->len = min_t(u64, (u64)scan->body + scan->content_length, U32_MAX);
	else
		m->len = look->end;
	look->start = scan->complete && scan->body <= look->done ? look->done - scan->body : 0;
	m->offset = look->segment->payload + look->start;
	m->is_malformed |= loss == SF_CONN_STRANGE;
	outcome = judge(look, false);
	/* Where to cut is not known: what comes before has been let through. */
	if (outcome == HOLD && event == SIP_STREAM_LOST && !is_first)
		outcome = GO_ON;
	if (outcome == GO_ON && loss)
		lose(look, loss);
	return outcome;
}

/* Line ends between messages keep a connection alive (RFC 5626 s.4.4.1). */
static bool is_keepalive(const struct look *look)
{
	return !look->has_judged && !look->way->headers && !look->way->body_left &&
	       look->stream->state == SIP_STREAM_BETWEEN;
}

/* Lets through what is before the message that is held back. */
static unsigned int hold(struct look *look, unsigned int before)
{
	struct sf_segment *segment = look->segment;
	struct sf_conn_way *way = look->way;

	sf_count(look->m->sip->sn, SF_DROP_TCP_HELD);
	if (look->start <= before || !sf_segment_cut(look->m->skb, segment, look->start))
		return NF_DROP;
	kfree(way->headers);
	way->headers = NULL;
	way->body_left = 0;
	way->next = segment->seq + look->start;
	return NF_ACCEPT;
}

/*
 * The receiver gets a RST instead of the segment. The sender, which repeats the segment, then gets
 * one from it.
 */
static unsigned int end(struct look *look, u32 seq)
{
	if (!sf_segment_reset(look->m->skb, look->segment, seq))
		return sf_drop(look->m->sip->sn, SF_DROP_NO_MEMORY);
	look->fate = FATE_ENDS;
	return sf_pass(look->m->sip->sn, SF_TCP_RESET);
}

/* There is something new in it, from @look->done on, and all before is known. */
static unsigned int take_new(struct look *look)
{
	struct sf_segment *segment = look->segment;
	struct sf_conn *conn = look->conn;
	const struct sf_net *sn = look->m->sip->sn;
	unsigned int before = look->done;
	s32 room = conn->edge - segment->seq;
	enum outcome outcome;

	/* A single octet asks whether the window is still closed (RFC 9293 s.3.8.6.1). */
	if (room <= (s32)before)
		return segment->len - before == 1 || !look->m->enforce ?
		       NF_ACCEPT : sf_drop(sn, SF_DROP_TCP_ORDER);
	look->end = min_t(unsigned int, segment->len, room);
	if (look->end < segment->len && look->m->enforce &&
	    !sf_segment_cut(look->m->skb, segment, look->end))
		return sf_drop(sn, SF_DROP_NO_MEMORY);
	outcome = scan(look);
	if (outcome == GO_ON && is_keepalive(look)) {
		sf_message_take(look->m, look->stream);
		outcome = judge(look, true);
	}
	if (outcome == HOLD)
		return hold(look, before);
	if (outcome == END)
		return end(look, conn->in.next);
	keep(look);
	return NF_ACCEPT;
}

/*
 * A segment of a stream in which messages cannot be told apart is judged as one that is no SIP.
 * @next: what the receiver waits for, as far as is known.
 */
static unsigned int take_lost(struct look *look, u32 next)
{
	struct sf_message *m = look->m;
	enum outcome outcome;

	if (!look->segment->len)
		return NF_ACCEPT;
	if (look->way->loss == SF_CONN_MISSED) {
		outcome = conclude(look, sf_inspect_unread(m, SIPFAST_GROUP_OTHER));
	} else {
		look->stream = this_cpu_ptr(m->sip->scratch);
		sip_scan_stream_init(look->stream);
		look->stream->scan.kind = SIP_SCAN_NOT_SIP;
		sf_message_take(m, look->stream);
		outcome = judge(look, false);
	}
	if (outcome == END)
		return end(look, next);
	return outcome == HOLD ? sf_drop(m->sip->sn, SF_DROP_TCP_HELD) : NF_ACCEPT;
}

/*
 * Something before it has not come. Dropped, it comes again behind that. Where that has passed
 * unseen, the acknowledgment of it tells.
 */
static unsigned int take_early(struct look *look)
{
	if (look->m->enforce)
		return sf_drop(look->m->sip->sn, SF_DROP_TCP_ORDER);
	lose(look, SF_CONN_MISSED);
	return take_lost(look, look->segment->seq);
}

/* Would TCP take it as one that answers what was sent? */
static bool is_good_ack(const struct sf_conn *conn, const struct sf_segment *segment)
{
	if (!segment->has_ack)
		return false;
	if (!conn->proven)
		return segment->ack - conn->first.out <= conn->out.next - conn->first.out;
	return conn->out.next - segment->ack <= MAX_ACK_AGE;
}

static unsigned int take_in_order(struct look *look)
{
	const struct sf_segment *segment = look->segment;
	struct sf_conn_way *way = look->way;
	unsigned int verdict = NF_ACCEPT;

	if (after(segment->seq, way->next))
		return take_early(look);
	look->done = way->next - segment->seq;
	if (look->done < segment->len && !way->fin)
		verdict = take_new(look);
	if (verdict == NF_ACCEPT && segment->fin && !way->fin &&
	    way->next == segment->seq + segment->len) {
		way->fin = true;
		way->next++;
		look->fate = look->conn->out.fin ? FATE_ENDS : FATE_CLOSES;
	}
	return verdict;
}

static unsigned int take(struct look *look)
{
	const struct sf_segment *segment = look->segment;
	struct sf_conn *conn = look->conn;
	const u32 next = conn->in.loss ? segment->seq : conn->in.next;

	lockdep_assert_held(&conn->lock);
	if (segment->rst) {
		if (segment->seq == conn->in.next || conn->in.loss)
			look->fate = FATE_CLOSES;
		return NF_ACCEPT;
	}
	if (!is_good_ack(conn, segment))
		return NF_ACCEPT;
	if (!conn->proven) {
		WRITE_ONCE(conn->proven, true);
		look->fate = FATE_IS_PROVEN;
	}
	WRITE_ONCE(conn->seen, jiffies);
	/* Urgent data is taken out of the stream, or not, as the receiver likes. */
	if (segment->urg && segment->len)
		lose(look, SF_CONN_STRANGE);
	if (!conn->in.loss)
		return segment->len || segment->fin ? take_in_order(look) : NF_ACCEPT;
	if (segment->fin)
		look->fate = FATE_CLOSES;
	return take_lost(look, next);
}

static void meet(struct sf_sip *sip, struct sf_conn *conn, enum fate fate)
{
	switch (fate) {
	case FATE_STAYS:
		break;
	case FATE_IS_PROVEN:
		sf_conn_settle(sip, conn);
		break;
	case FATE_CLOSES:
		sf_conn_unsettle(sip, conn);
		break;
	case FATE_ENDS:
		sf_conn_remove(sip, conn);
		break;
	}
}

/* Of a connection that was there before its listener, or that had to make room for others. */
static unsigned int pass_unfollowed(struct sf_message *m)
{
	const struct sf_net *sn = m->sip->sn;

	if (sf_inspect_conclude(m, sf_inspect_unread(m, SIPFAST_GROUP_IN_DIALOG)))
		return sf_drop(sn, SF_DROP_TCP_HELD);
	return sf_pass(sn, SF_TCP_UNFOLLOWED);
}

unsigned int sf_stream_receive(struct sf_message *m, struct sf_segment *segment)
{
	struct sf_conn *conn = sf_conn_lookup(&m->sip->conns, &segment->src, &segment->dst);
	struct look look = {
		.take = take_message,
		.m = m,
		.segment = segment,
		.conn = conn,
	};
	unsigned int verdict;

	lockdep_assert_in_softirq();
	if (!conn)
		return segment->len ? pass_unfollowed(m) : NF_ACCEPT;
	look.way = &conn->in;
	if (!segment->len && !segment->fin && !segment->rst && READ_ONCE(conn->proven))
		return NF_ACCEPT;
	/* TCP drops it. */
	if (segment->syn || !sf_segment_is_sound(m->skb, segment))
		return NF_ACCEPT;
	spin_lock(&conn->lock);
	verdict = take(&look);
	spin_unlock(&conn->lock);
	meet(m->sip, conn, look.fate);
	return verdict;
}

/* --- what leaves --- */

static enum outcome take_sent(struct look *look, enum sip_scan_stream_event event)
{
	enum sf_conn_loss loss = loss_after(look->stream);
	const struct sip_scan *scan = &look->stream->scan;
	struct sf_message *m = look->m;

	sf_message_take(m, look->stream);
	/* Of its headers, and if they have not begun in an earlier segment. */
	m->len = scan->body <= look->done ? scan->body : 0;
	m->offset = look->segment->payload + look->done - m->len;
	if (scan->complete)
		sf_watch_message(m);
	if (loss)
		lose(look, loss);
	return GO_ON;
}

/* What the listener's host says of what it has received. */
static void take_ack(struct look *look)
{
	const struct sf_segment *segment = look->segment;
	struct sf_conn *conn = look->conn;
	u32 edge = segment->ack + ((u32)segment->window << conn->scale);

	if (!segment->has_ack)
		return;
	if (after(edge, conn->edge))
		conn->edge = edge;
	if (!conn->in.loss && after(segment->ack, conn->in.next)) {
		look->way = &conn->in;
		lose(look, SF_CONN_MISSED);
	}
}

static void follow_sent(struct look *look)
{
	const struct sf_segment *segment = look->segment;
	struct sf_conn *conn = look->conn;
	struct sf_conn_way *way = &conn->out;
	u32 end = segment->seq + segment->len;

	lockdep_assert_held(&conn->lock);
	WRITE_ONCE(conn->seen, jiffies);
	take_ack(look);
	look->way = way;
	if (after(segment->seq, way->next))
		lose(look, SF_CONN_MISSED);
	if (after(end, way->next)) {
		look->done = way->next - segment->seq;
		look->end = segment->len;
		if (!way->loss) {
			scan(look);
			keep(look);
		}
		way->next = end;
	}
	if (segment->fin && way->next == end && !way->fin) {
		way->fin = true;
		way->next++;
		look->fate = conn->in.fin ? FATE_ENDS : FATE_CLOSES;
	}
}

static void open(struct sf_message *m, const struct sf_segment *segment)
{
	struct sf_conn_spec spec = {
		.in = segment->ack,
		.out = segment->seq + 1,
		.edge = segment->ack + segment->window,
		.scale = sf_segment_scale(m->skb, segment),
	};

	sf_conn_open(m->listener, &m->peer, &spec);
}

void sf_stream_send(struct sf_message *m, const struct sf_segment *segment)
{
	struct sf_segment copy = *segment;
	struct look look = {
		.take = take_sent,
		.m = m,
		.segment = &copy,
	};

	if (segment->syn) {
		if (segment->has_ack)
			open(m, segment);
		return;
	}
	look.conn = sf_conn_lookup(&m->sip->conns, &segment->dst, &segment->src);
	if (!look.conn)
		return;
	if (segment->rst) {
		sf_conn_remove(m->sip, look.conn);
		return;
	}
	spin_lock(&look.conn->lock);
	follow_sent(&look);
	spin_unlock(&look.conn->lock);
	meet(m->sip, look.conn, look.fate);
}
