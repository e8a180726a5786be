// SPDX-License-Identifier: GPL-2.0-or-later
/* Objects as attributes and back: to the octet what <linux/sipfast.h> says. */
#include "attr_fixture.h"

/* --- requests ------------------------------------------------------------------------------ */

static void a_range_is_of_either_family(void **state)
{
	struct sf_range range = { .port_min = 0x1234, .port_max = 0x5678 };

	(void)state;
	kernel = keep;
	range.addr = ip("10.0.1.1", 0);
	assert_int_equal(sf_range_add(client, &range), 0);
	assert_sent(SIPFAST_CMD_RANGE_ADD, "\x1c\x00\x04\x80"
					   "\x08\x00\x02\x00\x0a\x00\x01\x01"
					   "\x06\x00\x03\x00\x34\x12\x00\x00"
					   "\x06\x00\x04\x00\x78\x56\x00\x00");
	range.addr = ip("2001:db8::1", 0);
	assert_int_equal(sf_range_del(client, &range), 0);
	assert_sent(SIPFAST_CMD_RANGE_DEL,
		    "\x28\x00\x04\x80"
		    "\x14\x00\x07\x00" DB8_1 "\x06\x00\x03\x00\x34\x12\x00\x00"
		    "\x06\x00\x04\x00\x78\x56\x00\x00");
}

static void an_endpoint_is_of_either_family(void **state)
{
	struct sf_session session = { .id = 0x17, .nendpoints = 1 };
	struct sf_endpoint *ep = &session.endpoints[0];

	(void)state;
	kernel = keep;
	ep->id = 1;
	ep->has = SF_HAS_LOCAL | SF_HAS_REMOTE | SF_HAS_LEARN | SF_HAS_LEARN_FROM | SF_HAS_LEARN_MS;
	ep->local = ip("2001:db8::1", 0x1234);
	ep->remote = ip("2001:db8::1", 0x5678);
	ep->learn = SIPFAST_LEARN_WINDOW;
	ep->learn_addr = ip("2001:db8::1", 0);
	ep->learn_prefix = 128;
	ep->learn_ms = 600000;
	assert_int_equal(sf_session_add(client, &session), 0);
	assert_sent(SIPFAST_CMD_SESSION_ADD,
		    "\x80\x00\x05\x80"
		    "\x0c\x00\x02\x00\x17\x00\x00\x00\x00\x00\x00\x00"
		    "\x70\x00\x05\x80"
		    "\x08\x00\x02\x00\x01\x00\x00\x00"
		    "\x14\x00\x15\x00" DB8_1 "\x06\x00\x05\x00\x12\x34\x00\x00"
		    "\x14\x00\x16\x00" DB8_1 "\x06\x00\x07\x00\x56\x78\x00\x00"
		    "\x05\x00\x09\x00\x02\x00\x00\x00"
		    "\x14\x00\x17\x00" DB8_1 "\x05\x00\x0b\x00\x80\x00\x00\x00"
		    "\x08\x00\x18\x00\xc0\x27\x09\x00");
	/* From anywhere: a prefix of no address. */
	ep->has = SF_HAS_LEARN_FROM;
	ep->learn_addr = (struct sf_address){ 0 };
	ep->learn_prefix = 0;
	assert_int_equal(sf_session_set(client, &session), 0);
	assert_sent(SIPFAST_CMD_SESSION_SET, "\x24\x00\x05\x80"
					     "\x0c\x00\x02\x00\x17\x00\x00\x00\x00\x00\x00\x00"
					     "\x14\x00\x05\x80"
					     "\x08\x00\x02\x00\x01\x00\x00\x00"
					     "\x05\x00\x0b\x00\x00\x00\x00\x00");
}

static void a_forward_says_only_what_it_changes(void **state)
{
	struct sf_session session = { .id = 0x17, .nendpoints = 1 };
	struct sf_endpoint *ep = &session.endpoints[0];

	(void)state;
	kernel = keep;
	ep->id = 1;
	ep->has = SF_HAS_INACTIVE | SF_HAS_DTMF_TYPE | SF_HAS_FORWARDS;
	ep->inactive_ms = 100;
	ep->dtmf_type = SF_DTMF_NONE;
	ep->nforwards = 2;
	ep->forwards[0] = (struct sf_forward){
		.to = 2,
		.has = SF_FORWARD_SSRC | SF_FORWARD_DSCP | SF_FORWARD_TTL,
		.mode = SIPFAST_FORWARD_SILENCE,
		.npayload_types = 3,
		.payload_types = { { 101, 96 }, { 0, 8 }, { 127, 1 } },
		.seq_offset = 0xff9c,
		.timestamp_offset = 0x12345678,
	};
	ep->forwards[1] = (struct sf_forward){ .to = 3, .ssrc = 5, .dscp = 5, .ttl = 5 };
	assert_int_equal(sf_session_set(client, &session), 0);
	assert_sent(SIPFAST_CMD_SESSION_SET, "\x80\x00\x05\x80"
					     "\x0c\x00\x02\x00\x17\x00\x00\x00\x00\x00\x00\x00"
					     "\x70\x00\x05\x80"
					     "\x08\x00\x02\x00\x01\x00\x00\x00"
					     "\x08\x00\x19\x00\x64\x00\x00\x00"
					     "\x05\x00\x1a\x00\xff\x00\x00\x00"
					     "\x48\x00\x10\x80"
					     "\x08\x00\x01\x00\x02\x00\x00\x00"
					     "\x05\x00\x02\x00\x01\x00\x00\x00"
					     "\x0a\x00\x03\x00\x65\x60\x00\x08\x7f\x01\x00\x00"
					     "\x08\x00\x04\x00\x00\x00\x00\x00"
					     "\x06\x00\x05\x00\x9c\xff\x00\x00"
					     "\x08\x00\x06\x00\x78\x56\x34\x12"
					     "\x05\x00\x07\x00\x00\x00\x00\x00"
					     "\x05\x00\x08\x00\x00\x00\x00\x00"
					     "\x0c\x00\x10\x80"
					     "\x08\x00\x01\x00\x03\x00\x00\x00");
}

static void brief_is_asked_for(void **state)
{
	static struct sf_session session;

	(void)state;
	kernel = keep;
	sf_session_get_brief(client, 0x17, &session);
	assert_sent(SIPFAST_CMD_SESSION_GET,
		    A_NEST("\x14", "\x05") A_U64("\x02", "\x17\x00\x00\x00") A_FLAG("\x08"));
	sf_session_del_brief(client, 0x17, &session);
	assert_sent(SIPFAST_CMD_SESSION_DEL,
		    A_NEST("\x14", "\x05") A_U64("\x02", "\x17\x00\x00\x00") A_FLAG("\x08"));
	sf_session_del(client, 0x17, &session);
	assert_sent(SIPFAST_CMD_SESSION_DEL,
		    A_NEST("\x10", "\x05") A_U64("\x02", "\x17\x00\x00\x00"));
}

static void what_overflows_is_refused_before_it_is_sent(void **state)
{
	static struct sf_session session = { .id = 1, .nendpoints = 1 };
	struct sf_endpoint *ep = &session.endpoints[0];
	struct sf_config config = { .has = SF_HAS_HOOKS, .ndevices = 1 };

	(void)state;
	kernel = keep;
	ep->id = 7;
	ep->nforwards = SIPFAST_MAX_FORWARDS + 1;
	assert_int_equal(sf_session_add(client, &session), -EINVAL);
	assert_string_equal(sf_error(client), "endpoint 7 has more than 8 forwards");
	ep->nforwards = 1;
	ep->forwards[0].npayload_types = SF_MAX_PAYLOAD_TYPES + 1;
	assert_int_equal(sf_session_set(client, &session), -EINVAL);
	assert_string_equal(sf_error(client),
			    "a forward of endpoint 7 has more than 16 payload types");
	config.devices = (const char *const[]){ "sixteen-letters-" };
	assert_int_equal(sf_config_set(client, &config), -EINVAL);
	assert_string_equal(sf_error(client), "too long for a device: sixteen-letters-");
	assert_int_equal(requests, 0);
}

static void a_setting_is_sent_when_it_is_given(void **state)
{
	struct sf_config config = { .has = SF_HAS_SESSIONS_MAX,
				    .sessions_max = 0x1234,
				    .endpoints_max = 5 };

	(void)state;
	kernel = keep;
	assert_int_equal(sf_config_set(client, &config), 0);
	assert_sent(SIPFAST_CMD_CONFIG_SET, "\x0c\x00\x06\x80"
					    "\x08\x00\x01\x00\x34\x12\x00\x00");
	config.has = SF_HAS_ENDPOINTS_MAX | SF_HAS_HOOKS;
	config.hooks = SIPFAST_HOOKS_LISTED;
	config.devices = (const char *const[]){ "eth0", "fifteen-letters" };
	config.ndevices = 2;
	assert_int_equal(sf_config_set(client, &config), 0);
	assert_sent(SIPFAST_CMD_CONFIG_SET, "\x34\x00\x06\x80"
					    "\x08\x00\x02\x00\x05\x00\x00\x00"
					    "\x05\x00\x03\x00\x02\x00\x00\x00"
					    "\x09\x00\x04\x00"
					    "eth0\x00\x00\x00\x00"
					    "\x14\x00\x04\x00"
					    "fifteen-letters\x00");
}

/* --- answers ------------------------------------------------------------------------------- */

#define ENDPOINT_1 "\x08\x00\x02\x00\x01\x00\x00\x00"

/* clang-format off */
/* A session of one endpoint: the lengths of both, and what is in the endpoint. */
#define SESSION_17(session, endpoint, rest)                        \
	session "\x05\x80"                                         \
	"\x0c\x00\x02\x00\x17\x00\x00\x00\x00\x00\x00\x00"         \
	endpoint "\x05\x80" ENDPOINT_1 rest

static void what_the_remote_reports_is_read(void **state)
{
	static struct sf_session session;
	const struct sf_endpoint *ep = &session.endpoints[0];

	(void)state;
	REPLY(SESSION_17("\x74\x00", "\x64\x00",
		/* RX */
		"\x40\x00\x13\x80"
		"\x14\x00\x0d\x00\x01\x00\x00\x00\x00\x00\x00\x00"
		"\x00\x00\x00\x00\x20\x00\x00\x80"
		"\x08\x00\x0e\x00\x02\x00\x00\x00"
		"\x08\x00\x0f\x00\x39\x30\x00\x00"
		"\x08\x00\x10\x00\xfe\xff\xff\xff"
		"\x05\x00\x11\x00\x80\x00\x00\x00"
		"\x08\x00\x12\x00\xe8\x03\x00\x00"
		/* TX, with an attribute of a newer module */
		"\x18\x00\x14\x80"
		"\x0c\x00\x05\x00\x03\x00\x00\x00\x00\x00\x00\x00"
		"\x08\x00\x63\x00\x00\x00\x00\x00"));
	assert_int_equal(sf_session_get(client, 0x17, &session), 0);
	assert_int_equal(session.nendpoints, 1);
	assert_int_equal(ep->has, SF_HAS_PAYLOAD_TYPES | SF_HAS_RTT | SF_HAS_REPORT |
					  SF_HAS_QUALITY);
	assert_int_equal(ep->rx.payload_types[0], 1);
	assert_int_equal(ep->rx.payload_types[12], 0x20);
	assert_int_equal(ep->rx.payload_types[15], 0x80);
	assert_int_equal(ep->rx.ssrc_changes, 2);
	assert_int_equal(ep->rx.rtt_us, 12345);
	assert_int_equal(ep->rx.report_lost, -2);
	assert_int_equal(ep->rx.report_fraction, 128);
	assert_int_equal(ep->rx.report_jitter_us, 1000);
	assert_int_equal(ep->tx.icmp, 3);
	assert_int_equal(ep->tx.blocked, 0);
}

/* Nothing of the session before is left where the kernel says nothing. */
static void what_is_brief_is_read(void **state)
{
	static struct sf_session session;
	const struct sf_endpoint *ep = &session.endpoints[0];

	(void)state;
	memset(&session, 0xff, sizeof(session));
	REPLY(SESSION_17("\x34\x00", "\x24\x00",
		"\x04\x00\x12\x00"
		"\x10\x00\x13\x80"
		"\x0c\x00\x02\x00\x05\x00\x00\x00\x00\x00\x00\x00"
		"\x04\x00\x14\x80"));
	assert_int_equal(sf_session_get_brief(client, 0x17, &session), 0);
	assert_int_equal(session.nendpoints, 1);
	assert_int_equal(ep->rx.packets, 5);
	assert_true(ep->learned);
	assert_int_equal(ep->has, 0);
	assert_int_equal(ep->nforwards, 0);
	assert_int_equal(ep->rx.lost, 0);
	assert_int_equal(ep->tx.packets, 0);
}

/* The request comes back as the answer. */
static void echo(const struct nlmsghdr *request)
{
	struct nlmsghdr *nlh = message(request, SIPFAST_CMD_SESSION_GET, 0);
	size_t len = mnl_nlmsg_get_payload_len(request) - GENL_HDRLEN;

	memcpy(mnl_nlmsg_get_payload_tail(nlh), mnl_nlmsg_get_payload_offset(request, GENL_HDRLEN),
	       len);
	nlh->nlmsg_len += len;
	memcpy(sent, nlh, nlh->nlmsg_len);
	push_ack(request, 0);
}

static void assert_forward_equal(const struct sf_forward *a, const struct sf_forward *b)
{
	assert_int_equal(a->to, b->to);
	assert_int_equal(a->has, b->has);
	assert_int_equal(a->mode, b->mode);
	assert_int_equal(a->ssrc, b->ssrc);
	assert_int_equal(a->seq_offset, b->seq_offset);
	assert_int_equal(a->timestamp_offset, b->timestamp_offset);
	assert_int_equal(a->dscp, b->dscp);
	assert_int_equal(a->ttl, b->ttl);
	assert_int_equal(a->npayload_types, b->npayload_types);
	assert_memory_equal(a->payload_types, b->payload_types, sizeof(a->payload_types));
}

static void what_is_written_reads_the_same(void **state)
{
	static struct sf_session session = { .id = UINT64_MAX, .nendpoints = 1 }, back;
	struct sf_endpoint *ep = &session.endpoints[0];
	const struct sf_endpoint *got = &back.endpoints[0];

	(void)state;
	ep->id = UINT32_MAX;
	ep->has = (1 << 14) - 1 - SF_DELETE;
	ep->local = ip("2001:db8::1", 30000);
	ep->remote = ip("2001:db8::2", 4000);
	ep->learn = SIPFAST_LEARN_WINDOW;
	ep->learn_addr = ip("2001:db8::", 0);
	ep->learn_prefix = 32;
	ep->learn_ms = 5000;
	ep->dscp = 46;
	ep->ttl = 255;
	ep->clock_rate = 48000;
	ep->inactive_ms = 86400000;
	ep->dtmf_type = 101;
	ep->nforwards = SIPFAST_MAX_FORWARDS;
	for (unsigned int i = 0; i < SIPFAST_MAX_FORWARDS; i++) {
		struct sf_forward *forward = &ep->forwards[i];

		*forward = (struct sf_forward){ .to = i + 1,
						.has = i % 8,
						.mode = i % 3,
						.seq_offset = 7 * i,
						.timestamp_offset = 9 * i };
		forward->ssrc = forward->has & SF_FORWARD_SSRC ? 0xfffffff0 + i : 0;
		forward->dscp = forward->has & SF_FORWARD_DSCP ? 63 - i : 0;
		forward->ttl = forward->has & SF_FORWARD_TTL ? 255 - i : 0;
		forward->npayload_types = 2 * i + (i == 7) * 2;
		memset(forward->payload_types, 'a' + i, 2 * forward->npayload_types);
	}
	kernel = echo;
	assert_int_equal(sf_session_add(client, &session), 0);
	assert_int_equal(sf_session_parse((const void *)sent, &back, false), 0);
	assert_true(back.id == UINT64_MAX);
	assert_int_equal(back.nendpoints, 1);
	assert_int_equal(got->has, ep->has);
	assert_true(sf_address_equal(&got->local, &ep->local));
	assert_true(sf_address_equal(&got->remote, &ep->remote));
	assert_true(sf_address_equal(&got->learn_addr, &ep->learn_addr));
	assert_int_equal(got->learn_prefix, 32);
	assert_int_equal(got->learn_ms, 5000);
	assert_int_equal(got->inactive_ms, 86400000);
	assert_int_equal(got->dtmf_type, 101);
	assert_int_equal(got->nforwards, SIPFAST_MAX_FORWARDS);
	for (unsigned int i = 0; i < SIPFAST_MAX_FORWARDS; i++)
		assert_forward_equal(&got->forwards[i], &ep->forwards[i]);
}

static char devices[64];

static char no_device[] = "", lo[] = "lo";

static int note_device(const char *name, void *arg)
{
	snprintf(devices + strlen(devices), sizeof(devices) - strlen(devices), "%s;", name);
	return !strcmp(name, arg) ? 7 : 0;
}

#define STATUS_BEGIN                       \
	"\x06\x00\x01\x00"                 \
	"9\x00\x00\x00"                    \
	"\x08\x00\x02\x00\x01\x00\x00\x00" \
	"\x08\x00\x03\x00\x02\x00\x00\x00" \
	"\x08\x00\x04\x00\x03\x00\x00\x00"

static void the_status_has_devices(void **state)
{
	struct sf_status status;

	(void)state;
	REPLY("\x3c\x00\x02\x80" STATUS_BEGIN "\x08\x00\x05\x00"
	      "lo\x00\x00"
	      "\x04\x00\x06\x00"
	      "\x09\x00\x05\x00"
	      "eth0\x00\x00\x00\x00");
	devices[0] = '\0';
	assert_int_equal(sf_status_get(client, &status, note_device, no_device), 0);
	assert_string_equal(status.version, "9");
	assert_int_equal(status.endpoints, 3);
	assert_true(status.prerouting);
	assert_string_equal(devices, "lo;eth0;");
	devices[0] = '\0';
	assert_int_equal(sf_status_get(client, &status, note_device, lo), 7);
	assert_string_equal(devices, "lo;");
	assert_int_equal(sf_status_get(client, &status, NULL, NULL), 0);
	/* An older module names none. */
	REPLY("\x24\x00\x02\x80" STATUS_BEGIN);
	devices[0] = '\0';
	assert_int_equal(sf_status_get(client, &status, note_device, no_device), 0);
	assert_false(status.prerouting);
	assert_string_equal(devices, "");
}

static void settings_are_read(void **state)
{
	struct sf_config config;

	(void)state;
	REPLY("\x24\x00\x06\x80"
	      "\x08\x00\x01\x00\x01\x00\x00\x00"
	      "\x08\x00\x02\x00\x02\x00\x00\x00"
	      "\x05\x00\x03\x00\x02\x00\x00\x00"
	      "\x08\x00\x04\x00"
	      "ra\x00\x00");
	devices[0] = '\0';
	assert_int_equal(sf_config_get(client, &config, note_device, no_device), 0);
	assert_int_equal(config.has, SF_HAS_SESSIONS_MAX | SF_HAS_ENDPOINTS_MAX | SF_HAS_HOOKS);
	assert_int_equal(config.sessions_max, 1);
	assert_int_equal(config.endpoints_max, 2);
	assert_int_equal(config.hooks, SIPFAST_HOOKS_LISTED);
	assert_string_equal(devices, "ra;");
	REPLY("\x0c\x00\x06\x80"
	      "\x06\x00\x03\x00\x02\x00\x00\x00");
	assert_int_equal(sf_config_get(client, &config, NULL, NULL), -EPROTO);
}

/* --- events -------------------------------------------------------------------------------- */

static struct sf_event got_event;
static unsigned int nevents;

static void note_event(const struct sf_event *event, void *arg)
{
	const struct sf_session *session = event->session;

	(void)arg;
	assert_int_equal(session->id, 0x17);
	assert_int_equal(session->nendpoints, 1);
	assert_int_equal(session->endpoints[0].id, 1);
	if (event->type == SF_EVENT_SSRC)
		assert_int_equal(session->endpoints[0].rx.ssrc, 5);
	got_event = *event;
	nevents++;
}

static void every_event_is_read(void **state)
{
	struct sf_address rejected4 = ip("10.0.1.9", 0x1234);
	struct sf_address rejected6 = ip("2001:db8::1", 0x1234);
	struct sf_monitor *monitor;

	(void)state;
	assert_int_equal(sf_monitor_open(&monitor), 0);
#define EXPECT(event)                                                            \
	do {                                                                     \
		assert_int_equal(sf_monitor_read(monitor, note_event, NULL), 1); \
		assert_int_equal(got_event.type, SF_EVENT_##event);              \
	} while (0)
	PUSH_EVENT(INACTIVE, SESSION_17("\x20\x00", "\x10\x00", "\x04\x00\x13\x80"));
	EXPECT(INACTIVE);
	PUSH_EVENT(RESUMED, SESSION_17("\x28\x00", "\x18\x00",
		"\x0c\x00\x1b\x00\x39\x30\x00\x00\x00\x00\x00\x00"));
	EXPECT(RESUMED);
	assert_int_equal(got_event.gap_ms, 12345);
	PUSH_EVENT(SSRC, SESSION_17("\x30\x00", "\x20\x00",
		"\x08\x00\x1c\x00\x04\x00\x00\x00"
		"\x0c\x00\x13\x80\x08\x00\x08\x00\x05\x00\x00\x00"));
	EXPECT(SSRC);
	assert_int_equal(got_event.old_ssrc, 4);
	PUSH_EVENT(REJECTED, SESSION_17("\x2c\x00", "\x1c\x00",
		"\x08\x00\x1d\x00\x0a\x00\x01\x09"
		"\x06\x00\x1f\x00\x12\x34\x00\x00"));
	EXPECT(REJECTED);
	assert_true(sf_address_equal(&got_event.rejected, &rejected4));
	PUSH_EVENT(REJECTED, SESSION_17("\x38\x00", "\x28\x00",
		"\x14\x00\x1e\x00" DB8_1
		"\x06\x00\x1f\x00\x12\x34\x00\x00"));
	EXPECT(REJECTED);
	assert_true(sf_address_equal(&got_event.rejected, &rejected6));
	PUSH_EVENT(DTMF, SESSION_17("\x38\x00", "\x28\x00",
		"\x1c\x00\x20\x80"
		"\x05\x00\x01\x00\x0b\x00\x00\x00"
		"\x05\x00\x02\x00\x0a\x00\x00\x00"
		"\x08\x00\x03\x00\x64\x00\x00\x00"));
	EXPECT(DTMF);
	assert_int_equal(got_event.dtmf.event, 11);
	assert_int_equal(got_event.dtmf.volume, 10);
	assert_int_equal(got_event.dtmf.duration_ms, 100);
	PUSH_EVENT(ICMP, SESSION_17("\x38\x00", "\x28\x00",
		"\x1c\x00\x21\x80"
		"\x05\x00\x01\x00\x03\x00\x00\x00"
		"\x05\x00\x02\x00\x04\x00\x00\x00"
		"\x08\x00\x03\x00\x78\x05\x00\x00"));
	EXPECT(ICMP);
	assert_int_equal(got_event.icmp.type, 3);
	assert_int_equal(got_event.icmp.code, 4);
	assert_int_equal(got_event.icmp.mtu, 1400);
	/* What is cut short, or has no endpoint, is none. */
	PUSH_EVENT(ICMP, SESSION_17("\x28\x00", "\x18\x00",
		"\x0c\x00\x21\x80"
		"\x06\x00\x01\x00\x03\x00\x00\x00"));
	assert_int_equal(sf_monitor_read(monitor, note_event, NULL), -EPROTO);
	PUSH_EVENT(RESUMED, "\x10\x00\x05\x80\x0c\x00\x02\x00\x17\x00\x00\x00\x00\x00\x00\x00");
	assert_int_equal(sf_monitor_read(monitor, note_event, NULL), -EPROTO);
	assert_int_equal(nevents, 7);
	sf_monitor_close(monitor);
}

/* clang-format on */

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_range_is_of_either_family),
		TEST(an_endpoint_is_of_either_family),
		TEST(a_forward_says_only_what_it_changes),
		TEST(brief_is_asked_for),
		TEST(what_overflows_is_refused_before_it_is_sent),
		TEST(a_setting_is_sent_when_it_is_given),
		TEST(what_the_remote_reports_is_read),
		TEST(what_is_brief_is_read),
		TEST(what_is_written_reads_the_same),
		TEST(the_status_has_devices),
		TEST(settings_are_read),
		TEST(every_event_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
