// SPDX-License-Identifier: GPL-2.0-or-later
#include "sipctl/session_print.h"

#include <inttypes.h>
#include <stdlib.h>

#include "sipctl/names.h"
#include "sipctl/text.h"

static void print_addresses(const struct sf_endpoint *ep, FILE *out)
{
	char *local = name_address(&ep->local);
	char *remote = name_address(&ep->remote);
	char *from = name_prefix(ep->learn_addr, ep->learn_prefix);

	fprintf(out, "  local      %s\n", local);
	fprintf(out, "  remote     %s%s\n", ep->has & SF_HAS_REMOTE ? remote : "not known yet",
		ep->learned ? " (learned)" : "");
	fprintf(out, "  carries    %s, clock %" PRIu32 " Hz, dscp %u, ttl %u\n",
		name_of(component_names, ep->component), ep->clock_rate, ep->dscp, ep->ttl);
	fprintf(out, "  learn      %s", name_of(learn_names, ep->learn));
	if (ep->learn != SIPFAST_LEARN_OFF)
		fprintf(out, " from %s", from);
	fprintf(out, ", source %s\n", name_of(source_names, ep->source));
	free(local);
	free(remote);
	free(from);
}

static void print_forwards(const struct sf_endpoint *ep, FILE *out)
{
	fputs("  forwards   ", out);
	if (!ep->nforwards)
		fputs("nothing", out);
	for (unsigned int i = 0; i < ep->nforwards; i++)
		fprintf(out, "%s%" PRIu32, i ? ", " : "to ", ep->forwards[i]);
	fputc('\n', out);
}

static void print_statistics(const struct sf_endpoint *ep, FILE *out)
{
	const struct sf_rx *rx = &ep->rx;
	char *idle = text_duration(rx->idle_ms);

	fprintf(out, "  received   %" PRIu64 " packets, %" PRIu64 " octets", rx->packets,
		rx->octets);
	if (ep->has & SF_HAS_IDLE)
		fprintf(out, ", idle %s", idle);
	fprintf(out,
		"\n  quality    lost %" PRId64 ", duplicate %" PRIu64 ", reordered %" PRIu64
		", jitter %" PRIu32 ".%03" PRIu32 "ms\n",
		rx->lost, rx->duplicate, rx->reordered, rx->jitter_us / 1000, rx->jitter_us % 1000);
	if (ep->has & SF_HAS_SSRC)
		fprintf(out, "  stream     SSRC 0x%08" PRIx32 ", payload type %u\n", rx->ssrc,
			rx->payload_type);
	fprintf(out, "  rejected   %" PRIu64 " from elsewhere, %" PRIu64 " malformed\n",
		rx->bad_source, rx->malformed);
	fprintf(out, "  sent       %" PRIu64 " packets, %" PRIu64 " octets, %" PRIu64 " dropped\n",
		ep->tx.packets, ep->tx.octets, ep->tx.dropped);
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
		print_forwards(&session->endpoints[i], out);
		print_statistics(&session->endpoints[i], out);
	}
	free(owner);
	free(timeout);
	free(age);
	free(idle);
}
