// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fax: terminals of T.38 (spandsp's) that send and receive a page over UDPTL (ITU-T T.38 Annex D is
 * what brings them together, and none of their business).
 *
 * fax page FILE                          makes a page, as a TIFF of group 4
 * fax send LOCAL PORT REMOTE PORT FILE   calls; FILE is the page
 * fax receive LOCAL PORT REMOTE PORT FILE
 * fax same FILE FILE                     succeeds when the pages are, dot by dot
 *
 * They print what was sent and received, and succeed when both sides say that it was.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <tiffio.h>

#define SPANDSP_EXPOSE_INTERNAL_STRUCTURES
#include <spandsp.h>

#define WIDTH 1728
#define LINES 400
#define DATAGRAM_MAX 1400
/* How many packets of before each datagram repeats. */
#define REDUNDANCY 3
#define IFP_MAX 300
#define STEP_MS 20
#define SAMPLES_PER_MS 8
#define LIMIT_S 240
/* Goes on for so long after the end, so that the other side hears of it. */
#define LINGER_MS 2000

struct ifp {
	uint8_t data[IFP_MAX];
	unsigned int len;
};

static struct fax {
	t38_terminal_state_t *t38;
	int fd;
	bool is_sender;
	bool ended;
	int result;
	uint16_t expected; /* sequence number that comes next */
	struct ifp sent[REDUNDANCY + 1]; /* the last one first */
	unsigned long datagrams_out, datagrams_in, repaired;
} fax;

static __attribute__((noreturn, format(printf, 1, 2))) void fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("fax: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	exit(1);
}

/* --- UDPTL (ITU-T T.38 s.9.1): ASN.1's packed encoding, of what is used of it --- */

struct cursor {
	const uint8_t *p, *end;
};

/* An open type: its length, up to 16383, and its octets. False: there is no such. */
static bool take(struct cursor *cursor, struct cursor *value)
{
	size_t len;

	if (cursor->p == cursor->end)
		return false;
	len = *cursor->p++;
	if (len & 0x80) {
		if (len & 0x40 || cursor->p == cursor->end)
			return false;
		len = (len & 0x3f) << 8 | *cursor->p++;
	}
	if (len > (size_t)(cursor->end - cursor->p))
		return false;
	*value = (struct cursor){ cursor->p, cursor->p + len };
	cursor->p += len;
	return true;
}

static uint8_t *put(uint8_t *p, const struct ifp *ifp)
{
	if (ifp->len >= 0x80)
		*p++ = 0x80 | ifp->len >> 8;
	*p++ = ifp->len;
	memcpy(p, ifp->data, ifp->len);
	return p + ifp->len;
}

static void deliver(uint16_t seq, const struct cursor *ifp)
{
	t38_core_rx_ifp_packet(t38_terminal_get_t38_core_state(fax.t38), ifp->p,
			       (int)(ifp->end - ifp->p), seq);
	fax.expected = seq + 1;
}

/* What is missing before @seq is taken from what the datagram repeats, if it has that. */
static void repair(uint16_t seq, struct cursor *rest)
{
	struct cursor repeated[REDUNDANCY + 1];
	unsigned int n = 0;

	if (rest->end - rest->p < 2 || rest->p[0] & 0x80)
		return;
	rest->p++;
	for (unsigned int count = *rest->p++; n < count && n < REDUNDANCY; n++)
		if (!take(rest, &repeated[n]))
			return;
	while (n--) {
		uint16_t earlier = seq - 1 - n;

		if ((int16_t)(earlier - fax.expected) < 0 || repeated[n].p == repeated[n].end)
			continue;
		fax.repaired++;
		deliver(earlier, &repeated[n]);
	}
}

static void receive(const uint8_t *data, size_t len)
{
	struct cursor cursor = { data, data + len }, primary;
	uint16_t seq;

	if (len < 4)
		fail("a datagram of %zu octets", len);
	seq = data[0] << 8 | data[1];
	cursor.p += 2;
	if (!take(&cursor, &primary))
		fail("a datagram that is no UDPTL");
	fax.datagrams_in++;
	if ((int16_t)(seq - fax.expected) < 0)
		return;
	if (seq != fax.expected)
		repair(seq, &cursor);
	deliver(seq, &primary);
}

/* Called by the terminal. @count: how often it should be sent. */
static int transmit(t38_core_state_t *core, void *arg, const uint8_t *data, int len, int count)
{
	static uint16_t seq;
	uint8_t datagram[DATAGRAM_MAX], *p = datagram;
	unsigned int repeated = 0;

	(void)core;
	(void)arg;
	if (len > IFP_MAX)
		fail("a packet of %d octets", len);
	memmove(&fax.sent[1], &fax.sent[0], REDUNDANCY * sizeof(fax.sent[0]));
	fax.sent[0].len = (unsigned int)len;
	memcpy(fax.sent[0].data, data, (size_t)len);
	*p++ = seq >> 8;
	*p++ = seq;
	p = put(p, &fax.sent[0]);
	while (repeated < REDUNDANCY && repeated < seq && fax.sent[repeated + 1].len)
		repeated++;
	*p++ = 0; /* secondary packets, no forward error correction */
	*p++ = repeated;
	for (unsigned int i = 1; i <= repeated; i++)
		p = put(p, &fax.sent[i]);
	seq++;
	while (count-- > 0) {
		if (send(fax.fd, datagram, (size_t)(p - datagram), 0) < 0 && errno != ECONNREFUSED)
			fail("send: %s", strerror(errno));
		fax.datagrams_out++;
	}
	return 0;
}

/* --- a call --- */

static void phase_e(t30_state_t *t30, void *arg, int result)
{
	(void)t30;
	(void)arg;
	fax.ended = true;
	fax.result = result;
}

static struct sockaddr_in address(const char *host, const char *port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_port = htons(atoi(port)) };

	if (inet_pton(AF_INET, host, &addr.sin_addr) != 1)
		fail("bad address %s", host);
	return addr;
}

static void open_socket(char **words)
{
	struct sockaddr_in local = address(words[0], words[1]);
	struct sockaddr_in remote = address(words[2], words[3]);

	fax.fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	if (fax.fd < 0 || bind(fax.fd, (struct sockaddr *)&local, sizeof(local)) ||
	    connect(fax.fd, (struct sockaddr *)&remote, sizeof(remote)))
		fail("%s: %s", words[0], strerror(errno));
}

static void start(const char *file)
{
	t30_state_t *t30;

	fax.t38 = t38_terminal_init(NULL, fax.is_sender, transmit, NULL);
	if (!fax.t38)
		fail("no terminal");
	t30 = t38_terminal_get_t30_state(fax.t38);
	t30_set_tx_ident(t30, fax.is_sender ? "caller" : "callee");
	t30_set_phase_e_handler(t30, phase_e, NULL);
	t30_set_ecm_capability(t30, true);
	t30_set_supported_compressions(t30, T30_SUPPORT_T4_1D_COMPRESSION |
						    T30_SUPPORT_T4_2D_COMPRESSION |
						    T30_SUPPORT_T6_COMPRESSION);
	if (fax.is_sender)
		t30_set_tx_file(t30, file, -1, -1);
	else
		t30_set_rx_file(t30, file, -1);
}

static void take_all(void)
{
	uint8_t datagram[DATAGRAM_MAX];
	ssize_t len;

	while ((len = recv(fax.fd, datagram, sizeof(datagram), 0)) >= 0 || errno == ECONNREFUSED)
		if (len >= 0)
			receive(datagram, (size_t)len);
	if (errno != EAGAIN)
		fail("recv: %s", strerror(errno));
}

/* At the pace of time, however late the machine is. */
static void run(void)
{
	unsigned int ms = 0, left = LINGER_MS;
	struct timespec next;

	clock_gettime(CLOCK_MONOTONIC, &next);
	for (; left && ms < LIMIT_S * 1000; ms += STEP_MS) {
		take_all();
		t38_terminal_send_timeout(fax.t38, STEP_MS * SAMPLES_PER_MS);
		if (fax.ended)
			left -= STEP_MS;
		next.tv_nsec += STEP_MS * 1000000;
		if (next.tv_nsec >= 1000000000) {
			next.tv_nsec -= 1000000000;
			next.tv_sec++;
		}
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
	}
}

static int call(bool is_sender, char **words)
{
	t30_stats_t stats;

	fax.is_sender = is_sender;
	open_socket(words);
	start(words[4]);
	run();
	t30_get_transfer_statistics(t38_terminal_get_t30_state(fax.t38), &stats);
	printf("result %s\npages %d\nrate %d\nsent %lu\ncame %lu\nrepaired %lu\n",
	       fax.ended ? t30_completion_code_to_str(fax.result) : "not ended",
	       is_sender ? stats.pages_tx : stats.pages_rx, stats.bit_rate, fax.datagrams_out,
	       fax.datagrams_in, fax.repaired);
	t38_terminal_free(fax.t38);
	return fax.ended && fax.result == T30_ERR_OK &&
			       (is_sender ? stats.pages_tx : stats.pages_rx) == 1 ?
		       0 :
		       1;
}

/* --- pages --- */

static int make_page(const char *file)
{
	uint8_t line[WIDTH / 8];
	uint32_t random = 1;
	TIFF *tiff = TIFFOpen(file, "w");

	if (!tiff)
		fail("cannot write %s", file);
	TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, WIDTH);
	TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, LINES);
	TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 1);
	TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
	TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, LINES);
	TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_CCITTFAX4);
	TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISWHITE);
	TIFFSetField(tiff, TIFFTAG_FILLORDER, FILLORDER_MSB2LSB);
	TIFFSetField(tiff, TIFFTAG_XRESOLUTION, 204.0);
	TIFFSetField(tiff, TIFFTAG_YRESOLUTION, 196.0);
	TIFFSetField(tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH);
	for (unsigned int i = 0; i < LINES; i++) {
		memset(line, 0, sizeof(line));
		/* Marks like those of writing: some every few lines. */
		for (unsigned int j = 0; i % 4 < 2 && j < 12; j++) {
			random = random * 1664525 + 1013904223;
			line[10 + (random >> 8) % (sizeof(line) - 20)] = random >> 24;
		}
		if (TIFFWriteScanline(tiff, line, i, 0) != 1)
			fail("cannot write line %u of %s", i, file);
	}
	TIFFClose(tiff);
	return 0;
}

static TIFF *open_page(const char *file, uint32_t *lines)
{
	TIFF *tiff = TIFFOpen(file, "r");
	uint32_t width = 0;

	if (!tiff || !TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &width) ||
	    !TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, lines) || width != WIDTH)
		fail("%s is no page", file);
	return tiff;
}

static int compare(const char *first, const char *second)
{
	uint8_t a[WIDTH / 8], b[WIDTH / 8];
	uint32_t lines, other;
	TIFF *tiff = open_page(first, &lines), *with = open_page(second, &other);

	if (lines != other)
		fail("%u lines in %s, %u in %s", lines, first, other, second);
	for (uint32_t i = 0; i < lines; i++)
		if (TIFFReadScanline(tiff, a, i, 0) != 1 || TIFFReadScanline(with, b, i, 0) != 1 ||
		    memcmp(a, b, sizeof(a)))
			fail("line %u differs", i);
	TIFFClose(tiff);
	TIFFClose(with);
	return 0;
}

int main(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";

	if (argc == 3 && !strcmp(verb, "page"))
		return make_page(argv[2]);
	if (argc == 4 && !strcmp(verb, "same"))
		return compare(argv[2], argv[3]);
	if (argc == 7 && !strcmp(verb, "send"))
		return call(true, argv + 2);
	if (argc == 7 && !strcmp(verb, "receive"))
		return call(false, argv + 2);
	fail("usage: fax page FILE | send|receive LOCAL PORT REMOTE PORT FILE | same FILE FILE");
}
