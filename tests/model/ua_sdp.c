// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ua_private.h"

void ua_write_sdp(const struct model_ua *ua, uint16_t port, char sdp[512])
{
	snprintf(sdp, 512,
		 "v=0\r\no=- %u %u IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n"
		 "m=audio %u RTP/AVP 0\r\n",
		 1, port, ua->media_address, ua->media_address, port);
}

void ua_read_sdp(struct model_ua *ua, const char *text)
{
	const char *address = strstr(text, "\r\nc=IN IP4 "), *port = strstr(text, "\r\nm=audio ");

	if (!address || !port)
		return;
	snprintf(ua->remote_media, sizeof(ua->remote_media), "%s", address + 11);
	ua->remote_media[strcspn(ua->remote_media, "\r")] = '\0';
	ua->remote_port = (uint16_t)strtoul(port + 10, NULL, 10);
}
