// SPDX-License-Identifier: GPL-2.0-or-later
#include "sipctl/session_print.h"

#include <inttypes.h>
#include <stdlib.h>

#include "sipctl/names.h"
#include "sipctl/text.h"

static void print_learn(const struct sf_endpoint *ep, FILE *out)
{
	char *from = name_prefix(&ep->learn_addr, ep->learn_prefix);
	char *left = text_duration(ep->learn_ms);

	fprintf(out, "  learn      %s", name_of(learn_names, ep->learn));
	if (ep->learn != SIPFAST_LEARN_OFF)
		fprintf(out, " from %s", from);
	if (ep->has & SF_HAS_LEARN_MS)
		fprintf(out, ", %s left", left);
	fprintf(out, ", source %s\n", name_of(source_names, ep->source));
	free(from);
	free(left);
}

static void print_addresses(const struct sf_endpoint *ep, FILE *out)
{
	char *local = name_address(&ep->local);
	char *remote = name_address(&ep->remote);

	fprintf(out, "  local      %s\n", local);
	fprintf(out, "  remote     %s%s\n", ep->has & SF_HAS_REMOTE ? remote : "not known yet",
		ep->learned ? " (learned)" : "");
	fprintf(out, "  carries    %s", name_of(component_names, ep->component));
	if (ep->component != SIPFAST_COMPONENT_TRANSPARENT)
		fprintf(out, ", clock %" PRIu32 " Hz", ep->clock_rate);
	fprintf(out, ", dscp %u, ttl %u\n", ep->dscp, ep->ttl);
	free(local);
	free(remote);
}

/* What it makes events of. */
static void print_reports(const struct sf_endpoint *ep, FILE *out)
{
	bool dtmf = ep->has & SF_HAS_DTMF_TYPE && ep->dtmf_type != SF_DTMF_NONE;
	char *inactive = text_duration(ep->inactive_ms);

	if (ep->inactive_ms || dtmf)
		fputs("  reports    ", out);
	if (ep->inactive_ms)
		fprintf(out, "silence of %s%s", inactive, dtmf ? ", " : "\n");
	if (dtmf)
		fprintf(out, "telephone events of payload type %u\n", ep->dtmf_type);
	free(inactive);
}

/* In the words of "session add". */
static void print_forward(const struct sf_forward *forward, FILE *out)
{
	fprintf(out, "%" PRIu32, forward->to);
	if (forward->mode != SIPFAST_FORWARD_PASS)
		fprintf(out, " mode=%s", name_of(mode_names, forward->mode));
	for (unsigned int i = 0; i < forward->npayload_types; i++)
		fprintf(out, " pt=%u:%u", forward->payload_types[i].from,
			forward->payload_types[i].to);
	if (forward->has & SF_FORWARD_SSRC)
		fprintf(out, " ssrc=0x%08" PRIx32, forward->ssrc);
	if (forward->seq_offset)
		fprintf(out, " seq=%+d", (int16_t)forward->seq_offset);
	if (forward->timestamp_offset)
		fprintf(out, " timestamp=%+" PRId32, (int32_t)forward->timestamp_offset);
	if (forward->has & SF_FORWARD_DSCP)
		fprintf(out, " dscp=%u", forward->dscp);
	if (forward->has & SF_FORWARD_TTL)
		fprintf(out, " ttl=%u", forward->ttl);
}

static void print_forwards(const struct sf_endpoint *ep, FILE *out)
{
	fputs("  forwards   ", out);
	if (!ep->nforwards)
		fputs("nothing", out);
	for (unsigned int i = 0; i < ep->nforwards; i++) {
		fputs(i ? ", " : "to ", out);
		print_forward(&ep->forwards[i], out);
	}
	fputc('\n', out);
}

static void print_us(const char *what, uint32_t us, FILE *out)
{
	fprintf(out, "%s %" PRIu32 ".%03" PRIu32 "ms", what, us / 1000, us % 1000);
}

/* The present SSRC and payload type, and what came before if that was another. */
static void print_stream(const struct sf_endpoint *ep, FILE *out)
{
	const struct sf_rx *rx = &ep->rx;
	unsigned int seen = 0;

	fprintf(out, "  stream     SSRC 0x%08" PRIx32, rx->ssrc);
	if (rx->ssrc_changes)
		fprintf(out, " after %" PRIu32 " changes", rx->ssrc_changes);
	fprintf(out, ", payload type %u", rx->payload_type);
	for (unsigned int i = 0; i < sizeof(rx->payload_types); i++)
		seen += __builtin_popcount(rx->payload_types[i]);
	if (seen > 1)
		fputs(", so far", out);
	for (unsigned int type = 0; seen > 1 && type < 128; type++)
		if (rx->payload_types[type / 8] & 1 << type % 8)
			fprintf(out, " %u", type);
	fputc('\n', out);
}

/* What the remote says of what it is sent. */
static void print_reported(const struct sf_endpoint *ep, FILE *out)
{
	const struct sf_rx *rx = &ep->rx;

	if (!(ep->has & (SF_HAS_RTT | SF_HAS_REPORT)))
		return;
	fputs("  reported   ", out);
	if (ep->has & SF_HAS_REPORT) {
		fprintf(out, "lost %" PRId32 " (%.1f%% of late), ", rx->report_lost,
			rx->report_fraction * 100 / 256.0);
		print_us("jitter", rx->report_jitter_us, out);
	}
	if (ep->has & SF_HAS_RTT)
		print_us(ep->has & SF_HAS_REPORT ? ", round trip" : "round trip", rx->rtt_us, out);
	fputc('\n', out);
}

static void print_quality(const struct sf_rx *rx, FILE *out)
{
	fprintf(out, "  quality    lost %" PRId64 ", duplicate %" PRIu64 ", reordered %" PRIu64,
		rx->lost, rx->duplicate, rx->reordered);
	print_us(", jitter", rx->jitter_us, out);
	fputc('\n', out);
}

static void print_statistics(const struct sf_endpoint *ep, FILE *out)
{
	const struct sf_rx *rx = &ep->rx;
	const struct sf_tx *tx = &ep->tx;
	char *idle = text_duration(rx->idle_ms);

	fprintf(out, "  received   %" PRIu64 " packets, %" PRIu64 " octets", rx->packets,
		rx->octets);
	if (ep->has & SF_HAS_IDLE)
		fprintf(out, ", idle %s", idle);
	fputc('\n', out);
	if (ep->has & SF_HAS_QUALITY)
		print_quality(rx, out);
	if (ep->has & SF_HAS_SSRC)
		print_stream(ep, out);
	print_reported(ep, out);
	fprintf(out, "  rejected   %" PRIu64 " from elsewhere, %" PRIu64 " malformed\n",
		rx->bad_source, rx->malformed);
	fprintf(out,
		"  sent       %" PRIu64 " packets, %" PRIu64 " octets, %" PRIu64
		" dropped, %" PRIu64 " blocked, %" PRIu64 " ICMP errors\n",
		tx->packets, tx->octets, tx->dropped, tx->blocked, tx->icmp);
	free(idle);
}

void session_print(const struct sf_session *session, FILE *out)
{
	char *owner = name_owner(session->owner);
	char *timeout = session->timeout_ms ? text_duration(session->timeout_ms) :
					      text_format("never");
	char *age = text_duration(session->age_ms);
	char *idle = text_duration(session->idle_ms);

	fprintf(out, "session %" PRIu64 ": owner %s, timeout %s, age %s, idle %s\n", session->id,
		owner, timeout, age, idle);
	for (unsigned int i = 0; i < session->nendpoints; i++) {
		fprintf(out, "\nendpoint %" PRIu32 "\n", session->endpoints[i].id);
		print_addresses(&session->endpoints[i], out);
		print_learn(&session->endpoints[i], out);
		print_reports(&session->endpoints[i], out);
		print_forwards(&session->endpoints[i], out);
		print_statistics(&session->endpoints[i], out);
	}
	free(owner);
	free(timeout);
	free(age);
	free(idle);
}
