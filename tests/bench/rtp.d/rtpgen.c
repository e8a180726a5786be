// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rtpgen [OPTIONS] DEVICE DESTINATION-MAC <FLOWS: sends RTP (RFC 3550) of many flows.
 *
 * Each packet has its flow's SSRC, its number as the sequence number, and 20 ms more of timestamp,
 * which is 160 times the number. For the rest see sender.h.
 */
#include <arpa/inet.h>
#include <string.h>

#include "sender.h"

#define MEDIA_SIZE 160 /* 20 ms of G.711; with the RTP header 172 octets */

struct rtp {
	uint8_t first;
	uint8_t payload_type;
	uint16_t sequence;
	uint32_t timestamp;
	uint32_t ssrc;
	uint8_t media[MEDIA_SIZE];
};

static struct rtp rtp = { .first = 2 << 6 };

static void write_rtp(uint8_t *payload, const struct sender_packet *packet)
{
	rtp.sequence = htons(packet->number);
	rtp.timestamp = htonl(packet->number * MEDIA_SIZE);
	rtp.ssrc = htonl(0x11110000 + packet->flow);
	memcpy(payload, &rtp, sizeof(rtp));
}

int main(int argc, char **argv)
{
	static const struct sender_content content = { sizeof(rtp), write_rtp };

	sender_options(argc, argv, 0, 0, "rtpgen [OPTIONS] DEVICE DESTINATION-MAC <FLOWS");
	memset(rtp.media, 0xd5, sizeof(rtp.media));
	return sender_run(&content);
}
