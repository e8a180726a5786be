/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bodies of several parts, as the peers of the call rig send them: CALL_RIG_PARTS. */
#ifndef TESTS_UNIT_MULTIPART_FIXTURE_H
#define TESTS_UNIT_MULTIPART_FIXTURE_H

#include "call_media_fixture.h"

#define PART(headers, content) "--rig\r\n" headers "\r\n" content "\r\n"
#define SDP_HEADERS "Content-Type: application/sdp\r\n"
#define PART_SDP PART(SDP_HEADERS, CALL_RIG_SDP)
#define PART_LOCATION                                                               \
	PART("Content-Type: application/pidf+xml\r\nContent-ID: <loc@home.example>" \
	     "\r\nContent-Disposition: render;\r\n handling=optional\r\n",          \
	     "<presence entity=\"sip:a@home.example\">\n <tuple/>\r\n\r\n</presence>")
#define PART_ISUP                                                                                  \
	PART("content-type:application/ISUP;version=nxv3\r\nContent-Transfer-Encoding: binary\r\n" \
	     "Content-Disposition: signal;handling=required\r\n",                                  \
	     "\x01\x11\x48\xff\n\r\x7f\x03")
#define PARTS_END "--rig--\r\n"
/* The SDP among others, and those others alone. */
#define PARTS "preamble\r\n" PART_LOCATION PART_SDP PART_ISUP PARTS_END

/*
 * @peer has got @head, SDP that leads media to sipd, and @tail.
 */
static inline void assert_around(const struct call_peer *peer, const char *head, const char *tail)
{
	const char *body = peer_body(peer), *sdp = body + strlen(head);
	size_t len = strlen(body);

	assert_int_equal(atoi(peer_header(peer, "Content-Length")), len);
	assert_true(len > strlen(head) + strlen(tail));
	assert_memory_equal(body, head, strlen(head));
	assert_string_equal(body + len - strlen(tail), tail);
	assert_memory_equal(sdp, "v=0\r\no=- ", 9);
	assert_null(strstr(body, "192.0.2.9"));
	assert_non_null(strstr(sdp, "\r\nc=IN IP4 "));
	assert_non_null(strstr(sdp, "\r\nm=audio 40"));
}

#endif
