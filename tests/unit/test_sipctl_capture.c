// SPDX-License-Identifier: GPL-2.0-or-later
/* Captures: packets that tshark takes for what they stand for, of both families, over streams. */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "sipctl/capture.h"

static const char options[] =
	"OPTIONS sip:b@c SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\n"
	"To: <sip:b@c>\r\nCall-ID: x\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";

static char path[] = "/tmp/test_capture.XXXXXX";

static union capture_address v4(const char *text, uint16_t port)
{
	union capture_address address = { .in = { .sin_family = AF_INET,
						  .sin_port = htons(port) } };

	assert_int_equal(inet_pton(AF_INET, text, &address.in.sin_addr), 1);
	return address;
}

static union capture_address v6(const char *text, uint16_t port)
{
	union capture_address address = { .in6 = { .sin6_family = AF_INET6,
						   .sin6_port = htons(port) } };

	assert_int_equal(inet_pton(AF_INET6, text, &address.in6.sin6_addr), 1);
	return address;
}

/* What tshark says of the file. */
static void assert_packets(const char *expected)
{
	char command[512], said[4096];
	size_t len;
	FILE *out;

	snprintf(command, sizeof(command),
		 "tshark -r %s -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE "
		 "-o tcp.check_checksum:TRUE -T fields -e frame.time_epoch -e ip.src -e ipv6.src "
		 "-e udp.dstport -e tcp.dstport -e udp.checksum.status -e tcp.checksum.status "
		 "-e sip.Method -e sip.Via.branch -E separator=, -E occurrence=f 2>/dev/null",
		 path);
	out = popen(command, "r");
	assert_non_null(out);
	len = fread(said, 1, sizeof(said) - 1, out);
	said[len] = '\0';
	pclose(out);
	assert_string_equal(said, expected);
}

static void packets_of_all_kinds(void **state)
{
	struct capture *capture = capture_open(path);
	struct capture_message message = {
		.time_ns = UINT64_C(1700000000123456789),
		.from = v4("192.0.2.1", 5060),
		.to = v4("192.0.2.2", 5062),
		.octets = options,
		.len = sizeof(options) - 1,
	};

	(void)state;
	assert_non_null(capture);
	assert_int_equal(capture_write(capture, &message), 0);
	message.time_ns++;
	message.stream = true;
	assert_int_equal(capture_write(capture, &message), 0);
	/* In two pieces, as a stream may have it. */
	message.len = 100;
	assert_int_equal(capture_write(capture, &message), 0);
	message.octets += 100;
	message.len = sizeof(options) - 1 - 100;
	assert_int_equal(capture_write(capture, &message), 0);
	message.octets = options;
	message.len = sizeof(options) - 1;
	/* What TLS carried, in the clear. */
	message.to.in.sin_port = htons(5061);
	assert_int_equal(capture_write(capture, &message), 0);
	message.stream = false;
	message.from = v6("2001:db8::1", 5060);
	message.to = v6("2001:db8::2", 5060);
	assert_int_equal(capture_write(capture, &message), 0);
	assert_int_equal(capture_close(capture), 0);
	assert_packets("1700000000.123456789,192.0.2.1,,5062,,1,,OPTIONS,z9hG4bKx\n"
		       "1700000000.123456790,192.0.2.1,,,5062,,1,OPTIONS,z9hG4bKx\n"
		       "1700000000.123456790,192.0.2.1,,,5062,,1,,\n"
		       "1700000000.123456790,192.0.2.1,,,5062,,1,OPTIONS,z9hG4bKx\n"
		       "1700000000.123456790,192.0.2.1,,,5061,,1,OPTIONS,z9hG4bKx\n"
		       "1700000000.123456790,,2001:db8::1,5060,,1,,OPTIONS,z9hG4bKx\n");
}

/* The longest there can be goes into one datagram, or two segments. */
static void long_messages(void **state)
{
	struct capture_message message = {
		.from = v4("192.0.2.1", 5060),
		.to = v4("192.0.2.2", 5060),
		.len = 65535,
	};
	char *octets = malloc(message.len);
	struct capture *capture = capture_open(path);

	(void)state;
	assert_non_null(octets);
	memset(octets, 'x', message.len);
	message.octets = octets;
	for (int i = 0; i < 4; i++) {
		message.stream = i & 1;
		if (i == 2) {
			message.from = v6("2001:db8::1", 5060);
			message.to = v6("2001:db8::2", 5060);
		}
		assert_int_equal(capture_write(capture, &message), 0);
	}
	assert_int_equal(capture_close(capture), 0);
	free(octets);
	assert_packets(
		"0.000000000,192.0.2.1,,5060,,1,,,\n0.000000000,192.0.2.1,,,5060,,1,,\n"
		"0.000000000,192.0.2.1,,,5060,,1,,\n0.000000000,,2001:db8::1,5060,,1,,,\n"
		"0.000000000,,2001:db8::1,,5060,,1,,\n0.000000000,,2001:db8::1,,5060,,1,,\n");
}

static void where_nothing_can_be_written(void **state)
{
	struct capture *capture;
	struct capture_message message = { .from = v4("192.0.2.1", 1),
					   .to = v4("192.0.2.2", 1),
					   .octets = options,
					   .len = sizeof(options) - 1 };

	(void)state;
	errno = 0;
	assert_null(capture_open("/nonexistent/x.pcap"));
	assert_int_equal(errno, ENOENT);
	capture = capture_open("/dev/full");
	assert_non_null(capture);
	assert_int_equal(capture_write(capture, &message), 0);
	assert_int_equal(capture_close(capture), -EIO);
}

static int set_up(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 || close(fd);
}

static int tear_down(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_of_all_kinds),
		cmocka_unit_test(long_messages),
		cmocka_unit_test(where_nothing_can_be_written),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
