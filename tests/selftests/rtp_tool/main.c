// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rtp_tool: sends and receives the datagrams of the selftests, good and bad ones. Every datagram
 * proves by its content that it arrived as it was sent; see payload.h.
 */
#include <errno.h>
#include <linux/filter.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tool.h"

volatile sig_atomic_t stopped;

static const char usage[] =
	"usage: rtp_tool send [OPTIONS] SOURCE DESTINATION    each an ADDRESS:PORT\n"
	"  -n COUNT      datagrams, 0: until SIGTERM, then prints how many (default 1)\n"
	"  -e            end at the first error, as if that were SIGTERM\n"
	"  -r RATE       per second (default: as fast as possible)\n"
	"  -j USEC       come up to so much later than the rate says\n"
	"  -i LIST       indices such as 0-9,11,10: what is left out is lost, what is there\n"
	"                twice a duplicate; sequence number and timestamp follow the index\n"
	"  -k KIND       rtp, rtcp, stun, dtls\n"
	"  -l LEN[-MAX]  octets of UDP payload; growing from datagram to datagram (default 172)\n"
	"  -x HEX        the first octets are these\n"
	"  -X FILE       its lines, of hexadecimal digits, each a datagram\n"
	"  -p TYPE -s SSRC -q SEQUENCE -t TIMESTAMP-STEP\n"
	"  -T TTL -O TOS\n"
	"  -G COUNT      hand the kernel so many at once, of the same length (UDP_SEGMENT)\n"
	"  Built by hand, sent from a device:\n"
	"  -D DEVICE -M MAC-OF-THE-NEXT-HOP\n"
	"  -c none|bad   UDP checksum\n"
	"  -o OCTETS     of IP options (IPv4)\n"
	"  -U LEN -I LEN what the UDP, the IP header claims\n"
	"  -C LEN        cut off after so many octets of IP\n"
	"  -P OCTETS     behind the IP datagram\n"
	"  -F OCTETS     of each fragment (IPv4)\n"
	"  -S COUNT      from so many source addresses and ports, counting up\n"
	"rtp_tool recv [OPTIONS] ADDRESS:PORT\n"
	"  -n COUNT      until so many came and -g milliseconds were silent (default 100)\n"
	"  -w SECONDS    but no longer than this (default 120)\n"
	"  -b            in the background, once bound; prints its PID\n"
	"  -o FILE       results; appears at the end\n"
	"  -v FILE       a line per datagram: SSRC and sequence number\n"
	"  -x FILE       a line per datagram: its octets in hexadecimal digits\n"
	"  -D DEVICE     looks at what arrives there: checks checksums itself (IPv4)\n"
	"rtp_tool bind [-6] [-s] [-b] [-c COUNT] ADDRESS PORT\n"
	"  binds COUNT sockets and prints their ports; -s IPv6 only; -b keeps them in the\n"
	"  background and prints its PID\n";

void fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("rtp_tool: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	exit(1);
}

unsigned long parse_number(const char *text, unsigned long max)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, 0);
	if (errno || end == text || *end || value > max)
		fail("bad number \"%s\"", text);
	return value;
}

int udp_socket(const union address *bound)
{
	int fd = socket(bound->any.sa_family, SOCK_DGRAM, 0);
	struct sock_filter always_first = { .code = BPF_RET | BPF_K, .k = 0 };
	struct sock_fprog choice = { .len = 1, .filter = &always_first };
	int size = 16 << 20, one = 1;

	if (fd < 0)
		fail("socket: %s", strerror(errno));
	/*
	 * A sender and a receiver may share a port. The first of them gets what comes, and that is
	 * the receiver.
	 */
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one)))
		fail("SO_REUSEPORT: %s", strerror(errno));
	/* Bursts must not be lost here. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		fail("SO_RCVBUFFORCE: %s", strerror(errno));
	if (bind(fd, &bound->any, address_size(bound)))
		fail("bind to port %d: %s", ntohs(address_port(bound)), strerror(errno));
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &choice, sizeof(choice)))
		fail("SO_ATTACH_REUSEPORT_CBPF: %s", strerror(errno));
	return fd;
}

static const char *output_path;
static char *output_partial;

void output_open(const char *path, bool background)
{
	pid_t pid;

	if (background) {
		fflush(stdout);
		pid = fork();
		if (pid < 0)
			fail("fork: %s", strerror(errno));
		if (pid) {
			printf("%d\n", (int)pid);
			fflush(stdout);
			_exit(0);
		}
		setsid();
	}
	output_path = path;
	if (!path && background)
		path = "/dev/null";
	else if (path && asprintf(&output_partial, "%s.partial", path) < 0)
		fail("no memory");
	if (path && !freopen(output_partial ? output_partial : path, "w", stdout))
		fail("%s: %s", path, strerror(errno));
	/* Who reads the caller's output must not wait for us. */
	if (background && (!freopen("/dev/null", "r", stdin) || dup2(1, 2) < 0))
		fail("/dev/null: %s", strerror(errno));
}

void output_close(void)
{
	if (fflush(stdout))
		fail("output: %s", strerror(errno));
	if (output_partial && rename(output_partial, output_path))
		fail("%s: %s", output_path, strerror(errno));
}

static void stop(int signal_number)
{
	(void)signal_number;
	stopped = 1;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(int argc, char **argv);
	} commands[] = {
		{ "send", send_main },
		{ "recv", recv_main },
		{ "bind", bind_main },
	};
	struct sigaction action = { .sa_handler = stop };

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	for (unsigned int i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	fputs(usage, stderr);
	return 2;
}
