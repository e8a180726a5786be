// SPDX-License-Identifier: GPL-2.0-or-later
/* Events about SIP as libsipfast hands them on, and what it says of the kernel's SIP helper. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attr_fixture.h"

static struct sf_sip_event got;
static unsigned int ngot;

static void note_event(const struct sf_sip_event *event, void *arg)
{
	(void)arg;
	got = *event;
	ngot++;
}

/* clang-format off */

#define SOURCE_1 A_NEST("\x14", "\x08") A_U32("\x02", "\x0a\x00\x01\x01") A_U16("\x05", "\x12\x34")

static void every_event_is_read(void **state)
{
	struct sf_address address = ip("10.0.1.1", 0x1234);
	struct sf_sip_monitor *monitor;

	(void)state;
	assert_int_equal(sf_sip_monitor_open(&monitor), 0);
	assert_int_equal(joined, 10);
#define EXPECT(event)                                                                \
	do {                                                                         \
		assert_int_equal(sf_sip_monitor_read(monitor, note_event, NULL), 1); \
		assert_int_equal(got.type, SF_SIP_EVENT_##event);                    \
	} while (0)
	PUSH_EVENT(BAN,
		A_NEST("\x34", "\x08")
		A_U32("\x02", "\x0a\x00\x01\x01")
		A_U16("\x05", "\x12\x34")
		A_U8("\x06", "\x03")
		A_U64("\x07", "\xc0\x27\x09\x00")
		"\x08\x00\x08\x00" "abc\x00"
		A_FLAG("\x09"));
	EXPECT(BAN);
	assert_true(sf_address_equal(&got.source.addr, &address));
	assert_int_equal(got.source.class, SIPFAST_CLASS_BANNED);
	assert_int_equal(got.source.expires_ms, 600000);
	assert_string_equal(got.source.reason, "abc");
	assert_true(got.source.by_kernel);
	PUSH_EVENT(OVERLOAD,
		A_NEST("\x34", "\x07")
		A_U32("\x02", "\x0a\x00\x01\x01")
		A_U16("\x04", "\x12\x34")
		A_U8("\x05", "\x01")
		A_U8("\x09", "\x46")
		A_U8("\x0a", "\x50")
		A_U8("\x0b", "\x02"));
	EXPECT(OVERLOAD);
	assert_true(sf_address_equal(&got.listener.addr, &address));
	assert_int_equal(got.listener.transport, SIPFAST_TRANSPORT_TCP);
	assert_int_equal(got.listener.load, 70);
	assert_int_equal(got.listener.queue, 80);
	assert_int_equal(got.listener.level, SIPFAST_LEVEL_REGISTERS);
	PUSH_EVENT(RULE,
		A_NEST("\x14", "\x0a")
		A_U32("\x02", "\x07\x00\x00\x00")
		A_U8("\x03", "\x01")
		SOURCE_1);
	EXPECT(RULE);
	assert_int_equal(got.rule.id, 7);
	assert_int_equal(got.rule.action, SIPFAST_ACTION_LOG);
	assert_true(sf_address_equal(&got.source.addr, &address));
	PUSH_EVENT(MALFORMED, SOURCE_1 "\x07\x00\x0c\x00" "\x16\x00\x01\x00");
	EXPECT(MALFORMED);
	assert_true(sf_address_equal(&got.source.addr, &address));
	assert_int_equal(got.sample_len, 3);
	assert_memory_equal(got.sample, "\x16\x00\x01", 3);
	sf_sip_monitor_close(monitor);
}

static void nonsense_is_refused(void **state)
{
	static char sample[4 + SIPFAST_MAX_SAMPLE + 4] = { SIPFAST_MAX_SAMPLE + 5, 0, 0x0c, 0 };
	static char event[sizeof(SOURCE_1) - 1 + sizeof(sample)];
	struct sf_sip_monitor *monitor;

	(void)state;
	ngot = 0;
	assert_int_equal(sf_sip_monitor_open(&monitor), 0);
	/* A rule without a source, a sample that is too long, an address of two octets. */
	PUSH_EVENT(RULE, A_NEST("\x0c", "\x0a") A_U32("\x02", "\x07\x00\x00\x00"));
	assert_int_equal(sf_sip_monitor_read(monitor, note_event, NULL), -EPROTO);
	memcpy(event, SOURCE_1, sizeof(SOURCE_1) - 1);
	memcpy(event + sizeof(SOURCE_1) - 1, sample, sizeof(sample));
	push_event(SIPFAST_CMD_EVENT_MALFORMED, event, sizeof(event));
	assert_int_equal(sf_sip_monitor_read(monitor, note_event, NULL), -EPROTO);
	PUSH_EVENT(BAN, A_NEST("\x0c", "\x08") A_U16("\x02", "\x0a\x00"));
	assert_int_equal(sf_sip_monitor_read(monitor, note_event, NULL), -EPROTO);
	assert_int_equal(ngot, 0);
	/* What this library does not know is left out; what was lost is told. */
	push_event(SIPFAST_CMD_MAX + 1, "", 0);
	push_error(ENOBUFS);
	PUSH_EVENT(LEARNED, "");
	assert_int_equal(sf_sip_monitor_read(monitor, note_event, NULL), 1);
	assert_int_equal(got.type, SF_SIP_EVENT_OVERRUN);
	sf_sip_monitor_close(monitor);
}

/* clang-format on */

/* --- the kernel's own SIP helper ----------------------------------------------------------- */

static char root[64];

static void make(bool directory, const char *path, const char *text)
{
	char whole[256];
	FILE *file;

	snprintf(whole, sizeof(whole), "%s%s", root, path);
	if (directory) {
		assert_int_equal(mkdir(whole, 0700), 0);
		return;
	}
	file = fopen(whole, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void the_sip_helper_is_found(void **state)
{
	char why[512], command[96];

	(void)state;
	strcpy(root, "/tmp/sip-helper-XXXXXX");
	assert_non_null(mkdtemp(root));
	assert_false(sf_sip_helper_look(root, why, sizeof(why)));
	make(true, "/proc", NULL);
	make(true, "/proc/net", NULL);
	make(true, "/sys", NULL);
	make(true, "/sys/module", NULL);
	make(true, "/sys/module/nf_conntrack_sip", NULL);
	/* Built in, with nothing to do but what is of others. */
	make(false, "/proc/net/nf_conntrack_expect",
	     "299 l3proto = 2 proto=6 src=10.0.0.1 dst=10.0.0.2 sport=0 dport=21 ftp\n"
	     "299 l3proto = 2 proto=17 src=10.0.0.1 dst=10.0.0.2 sport=0 dport=4000 \n");
	assert_false(sf_sip_helper_look(root, why, sizeof(why)));
	make(false, "/proc/net/nf_conntrack_expect",
	     "299 l3proto = 2 proto=17 src=10.0.0.1 dst=10.0.0.2 sport=0 dport=5060 "
	     "sip/signalling\n");
	assert_true(sf_sip_helper_look(root, why, sizeof(why)));
	assert_string_equal(why,
			    "the kernel's SIP helper, which changes and drops messages, is there "
			    "and expects 1 connection, nf_conntrack_sip, remove rules with \"ct "
			    "helper\" (nft) or \"--helper sip\" (iptables)");
	make(false, "/sys/module/nf_conntrack_sip/initstate", "live\n");
	make(false, "/proc/net/nf_conntrack_expect", "");
	assert_true(sf_sip_helper_look(root, why, sizeof(why)));
	assert_string_equal(why,
			    "the kernel's SIP helper, which changes and drops messages, is there, "
			    "nf_conntrack_sip, remove rules with \"ct helper\" (nft) or \"--helper "
			    "sip\" (iptables), then \"rmmod nf_nat_sip nf_conntrack_sip\"");
	snprintf(command, sizeof(command), "rm -r %s", root);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_event_is_read),
		TEST(nonsense_is_refused),
		cmocka_unit_test(the_sip_helper_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
