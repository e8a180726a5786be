/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sending datagrams of many flows through a packet socket: what rtpgen and sipgen have in common.
 *
 * usage: PROGRAM [OPTIONS] DEVICE DESTINATION-MAC ... <FLOWS
 *
 * Standard input has a line per flow: source address, port, destination address, port. Of a source
 * 10.0.0.0/8, say, each packet has another one with that prefix, and another port. Packets
 * leave in batches that go round the flows, with all checksums. The work per packet is the same
 * whatever the number of flows. Marks for the instruction counter enclose the packets of -n.
 *
 *   -n N   packets to send and count (default none: no marks)
 *   -w N   packets to send before (default: one per flow)
 *   -g US  pause after each batch, and run with real-time priority: a batch has left before the
 *          program that takes it runs (default no)
 *   -b N   packets per batch (default 200)
 *   -s N   number of each flow's first packet (default 1)
 *   -r     all packets of a flow have this number
 *   -f N   fragments of so many octets behind the IP header, a multiple of 8 (default: whole); IPv4
 *   -e     send batches until SIGTERM, without marks, instead of -w and -n
 *   -a MS  with -e, send each batch once more after so long
 *
 * Prints how many packets have left.
 */
#ifndef SENDER_H
#define SENDER_H

#include <stddef.h>
#include <stdint.h>

#define SENDER_MAX_PAYLOAD 8192

struct sender_packet {
	uint32_t flow; /* from 0 */
	uint32_t nflows;
	uint32_t number; /* of the packet in its flow */
};

struct sender_content {
	size_t size; /* of each UDP payload, at most SENDER_MAX_PAYLOAD */
	void (*write)(uint8_t *payload, const struct sender_packet *packet);
};

/* Exits with @usage when it is wrong. Returns the arguments behind the MAC, @least to @most. */
char **sender_options(int argc, char **argv, int least, int most, const char *usage);

/* Sends what the options say; the program's exit status. */
int sender_run(const struct sender_content *content);

void sender_die(const char *what) __attribute__((noreturn));

#endif /* SENDER_H */
