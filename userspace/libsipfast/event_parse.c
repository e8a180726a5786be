// SPDX-License-Identifier: GPL-2.0-or-later
/* What only events say: it stands in the one endpoint that they are about. */
#include <errno.h>

#include "client.h"

static const struct sf_field event_fields[] = {
	SF_FIELD(SIPFAST_A_ENDPOINT_GAP_MS, struct sf_event, gap_ms, 0),
	SF_FIELD(SIPFAST_A_ENDPOINT_OLD_SSRC, struct sf_event, old_ssrc, 0),
	SF_FIELD(SIPFAST_A_ENDPOINT_REJECTED_PORT, struct sf_event, rejected.port, 0),
	{ 0 },
};

static const struct sf_field dtmf_fields[] = {
	SF_FIELD(SIPFAST_A_DTMF_EVENT, struct sf_event, dtmf.event, 0),
	SF_FIELD(SIPFAST_A_DTMF_VOLUME, struct sf_event, dtmf.volume, 0),
	SF_FIELD(SIPFAST_A_DTMF_DURATION_MS, struct sf_event, dtmf.duration_ms, 0),
	{ 0 },
};

static const struct sf_field icmp_fields[] = {
	SF_FIELD(SIPFAST_A_ICMP_TYPE, struct sf_event, icmp.type, 0),
	SF_FIELD(SIPFAST_A_ICMP_CODE, struct sf_event, icmp.code, 0),
	SF_FIELD(SIPFAST_A_ICMP_MTU, struct sf_event, icmp.mtu, 0),
	{ 0 },
};

static int read_dtmf(const struct nlattr *nest, struct sf_event *event)
{
	const struct nlattr *tb[SIPFAST_A_DTMF_MAX + 1];

	if (sf_attr_table(NULL, nest, tb, SIPFAST_A_DTMF_MAX))
		return -EPROTO;
	return sf_fields_read(tb, dtmf_fields, event, NULL);
}

static int read_icmp(const struct nlattr *nest, struct sf_event *event)
{
	const struct nlattr *tb[SIPFAST_A_ICMP_MAX + 1];

	if (sf_attr_table(NULL, nest, tb, SIPFAST_A_ICMP_MAX))
		return -EPROTO;
	return sf_fields_read(tb, icmp_fields, event, NULL);
}

static int read_endpoint(const struct nlattr *nest, struct sf_event *event)
{
	const struct nlattr *tb[SIPFAST_A_ENDPOINT_MAX + 1];

	if (sf_attr_table(NULL, nest, tb, SIPFAST_A_ENDPOINT_MAX) ||
	    sf_fields_read(tb, event_fields, event, NULL) ||
	    sf_address_read(tb[SIPFAST_A_ENDPOINT_REJECTED_ADDR4],
			    tb[SIPFAST_A_ENDPOINT_REJECTED_ADDR6], &event->rejected))
		return -EPROTO;
	if (tb[SIPFAST_A_ENDPOINT_DTMF] && read_dtmf(tb[SIPFAST_A_ENDPOINT_DTMF], event))
		return -EPROTO;
	if (tb[SIPFAST_A_ENDPOINT_ICMP] && read_icmp(tb[SIPFAST_A_ENDPOINT_ICMP], event))
		return -EPROTO;
	return 0;
}

int sf_event_parse(const struct nlmsghdr *nlh, struct sf_event *event)
{
	const struct nlattr *top[SIPFAST_A_MAX + 1];
	const struct nlattr *tb[SIPFAST_A_SESSION_MAX + 1];

	if (sf_attr_table(nlh, NULL, top, SIPFAST_A_MAX) || !top[SIPFAST_A_SESSION] ||
	    sf_attr_table(NULL, top[SIPFAST_A_SESSION], tb, SIPFAST_A_SESSION_MAX) ||
	    !tb[SIPFAST_A_SESSION_ENDPOINT])
		return -EPROTO;
	return read_endpoint(tb[SIPFAST_A_SESSION_ENDPOINT], event);
}
