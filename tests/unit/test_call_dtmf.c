// SPDX-License-Identifier: GPL-2.0-or-later
/* Digits within calls: by INFO (RFC 6086) and as telephone events (RFC 4733). */
#include <stdio.h>
#include <sys/epoll.h>

#include "call_media_fixture.h"
#include "media_private.h"

#define RELAY "Content-Type: application/dtmf-relay\r\n"

static struct call_digits digits;

static void take_digits(const struct call_info *info, void *arg)
{
	(void)arg;
	digits = info->digits;
}

static void assert_digits(struct call_rig *rig, unsigned int a_events, unsigned int b_events,
			  unsigned int a_info, unsigned int b_info)
{
	assert_int_equal(call_find(rig->engine, "", take_digits, NULL), 0);
	assert_int_equal(digits.events[MEDIA_A], a_events);
	assert_int_equal(digits.events[MEDIA_B], b_events);
	assert_int_equal(digits.info[MEDIA_A], a_info);
	assert_int_equal(digits.info[MEDIA_B], b_info);
}

/* Shows: 6086/4.2.2a 6086/4.2.3a 6086/6a */
static void info_passes_both_ways(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	peer_request(&rig->a, "INFO", RELAY, "Signal=5\r\nDuration=160\r\n");
	assert_string_equal(peer_header(&rig->b, "Content-Type"), "application/dtmf-relay");
	assert_string_equal(peer_body(&rig->b), "Signal=5\r\nDuration=160\r\n");
	peer_reply(&rig->b, 200);
	/* The callee's side of the dialog, as the ACK has left it. */
	snprintf(rig->b.local_tag, sizeof(rig->b.local_tag), "tag-of-B");
	peer_request(&rig->b, "INFO", "Content-Type: application/dtmf\r\n", "#");
	assert_string_equal(peer_body(&rig->a), "#");
	peer_reply(&rig->a, 200);
	peer_request(&rig->b, "INFO", RELAY, "Signal=1\r\n");
	peer_reply(&rig->a, 415);
	/* Another package is no digit. */
	peer_request(&rig->a, "INFO",
		     "Info-Package: example\r\nContent-Disposition: Info-Package\r\n"
		     "Content-Type: text/plain\r\n",
		     "5");
	assert_string_equal(peer_header(&rig->b, "Info-Package"), "example");
	assert_string_equal(peer_header(&rig->b, "Content-Disposition"), "Info-Package");
	peer_reply_other(&rig->b, 469, "", "Recv-Info: other\r\n");
	call_rig_expect(rig, "0 B INFO\n0 A 200\n0 A INFO\n0 B 200\n0 A INFO\n0 B 415\n"
			     "0 B INFO\n0 A 469\n");
	assert_digits(rig, 0, 0, 1, 2);
	call_rig_hang_up(rig);
	assert_digits(rig, 0, 0, 1, 2);
}

/* Shows: 6086/5.2a 6086/5.2b */
static void packages_are_agreed_on(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "Recv-Info: a, b\r\n", CALL_RIG_SDP);
	assert_string_equal(peer_header(&rig->b, "Recv-Info"), "a, b");
	peer_learn(&rig->b);
	peer_reply_invite(&rig->b, 200, "tag-of-B", "Recv-Info: c\r\n", CALL_RIG_SDP);
	assert_string_equal(peer_header(&rig->a, "Recv-Info"), "c");
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	peer_request(&rig->a, "INFO", "Info-Package: x\r\n", "");
	peer_reply_other(&rig->b, 469, "", "Recv-Info: c\r\n");
	assert_memory_equal(rig->a.last, "SIP/2.0 469", 11);
	assert_string_equal(peer_header(&rig->a, "Recv-Info"), "c");
	call_rig_hang_up(rig);
}

static void tell_event(struct call_rig *rig, uint32_t endpoint)
{
	struct sf_session event = { .id = fake_only()->id,
				    .owner = SF_OWNER_SIPD,
				    .nendpoints = 1 };

	event.endpoints[0].id = endpoint;
	fake_queue(SF_EVENT_DTMF, &event);
	media_session_event(&rig->engine->media->lfd, EPOLLIN);
}

static const struct sf_endpoint *endpoint(uint32_t id)
{
	return fake_endpoint_of(fake_only(), id);
}

/* What each side sends has the payload type that the other side's SDP says. */
static void events_are_counted(void **state)
{
	struct call_rig *rig = *state;
	enum { A_RTP = 1, A_RTCP = 2, B_RTP = 3 };

	peer_request(&rig->a, "INVITE", "",
		     "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"
		     "m=audio 4000 RTP/AVP 0 96 101\r\na=rtpmap:96 telephone-event/48000\r\n"
		     "a=rtpmap:101 telephone-event/8000\r\na=rtpmap:102 telephone-event/8000\r\n");
	peer_learn(&rig->b);
	peer_reply_invite(
		&rig->b, 200, "tag-of-B", "",
		"v=0\r\no=- 1 1 IN IP4 192.0.2.8\r\ns=-\r\nc=IN IP4 192.0.2.8\r\nt=0 0\r\n"
		"m=audio 5000 RTP/AVP 0 97\r\na=rtpmap:97 TELEPHONE-EVENT/8000\r\n");
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	assert_true(endpoint(A_RTP)->has & SF_HAS_DTMF_TYPE);
	assert_int_equal(endpoint(A_RTP)->dtmf_type, 97);
	assert_true(endpoint(B_RTP)->has & SF_HAS_DTMF_TYPE);
	assert_int_equal(endpoint(B_RTP)->dtmf_type, 101);
	assert_false(endpoint(A_RTCP)->has & SF_HAS_DTMF_TYPE);
	tell_event(rig, A_RTP);
	tell_event(rig, A_RTP);
	tell_event(rig, B_RTP);
	assert_digits(rig, 2, 1, 0, 0);
	call_rig_hang_up(rig);
	assert_digits(rig, 2, 1, 0, 0);
}

static void without_events_none_are_looked_for(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	assert_false(endpoint(1)->has & SF_HAS_DTMF_TYPE);
	assert_false(endpoint(3)->has & SF_HAS_DTMF_TYPE);
	call_rig_hang_up(rig);
}

#define T(f) cmocka_unit_test_setup_teardown(f, call_rig_setup, call_rig_teardown)
#define M(f) cmocka_unit_test_setup_teardown(f, call_media_setup, call_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(info_passes_both_ways),
		T(packages_are_agreed_on),
		M(events_are_counted),
		M(without_events_none_are_looked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
