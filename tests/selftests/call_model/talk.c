// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "talk.h"

#define PAYLOAD_OCTETS 160 /* 20 ms of PCMU */

struct rtp {
	uint8_t version, type;
	uint16_t sequence;
	uint32_t timestamp, ssrc;
	uint8_t payload[PAYLOAD_OCTETS];
};

static uint32_t ssrc_of(uint32_t run, unsigned int ua)
{
	return htonl(run << 1 | ua);
}

void talk_begin(struct talk *talk, const struct side side[2], const struct model_world *world,
		uint32_t run)
{
	memset(talk, 0, sizeof(*talk));
	talk->run = run;
	for (int i = 0; i < 2; i++)
		talk->fd[i] = side_socket(&side[i], world->ua[i].port);
}

void talk_send(struct talk *talk, const struct model_world *world)
{
	for (int i = 0; i < 2; i++) {
		const struct model_ua *ua = &world->ua[i];
		struct sockaddr_in to = side_address(ua->remote_media, ua->remote_port);
		struct rtp rtp = {
			.version = 0x80,
			.sequence = htons(talk->sequence),
			.timestamp = htonl(talk->sequence * PAYLOAD_OCTETS),
			.ssrc = ssrc_of(talk->run, i),
		};

		sendto(talk->fd[i], &rtp, sizeof(rtp), 0, (struct sockaddr *)&to, sizeof(to));
	}
	talk->sequence++;
}

bool talk_heard(struct talk *talk, const struct model_world *world)
{
	struct rtp rtp;

	for (int i = 0; i < 2; i++) {
		while (recv(talk->fd[i], &rtp, sizeof(rtp), 0) == sizeof(rtp)) {
			if (rtp.ssrc != ssrc_of(talk->run, !i))
				model_wrong(world, "%s hears somebody else", world->ua[i].name);
			talk->heard[i] = true;
		}
	}
	return talk->heard[0] && talk->heard[1];
}

void talk_end(struct talk *talk)
{
	for (int i = 0; i < 2; i++) {
		if (talk->fd[i] >= 0)
			close(talk->fd[i]);
		talk->fd[i] = -1;
	}
}
