// SPDX-License-Identifier: GPL-2.0-or-later
/* What a lingering transaction costs, all in: at most 2 KiB, with messages as carriers send. */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "sip_rig.h"

#define TRANSACTIONS 3000
#define MAX_OCTETS 2048

#define FROM "From: \"Alice Example\" <sip:+4930123456789@carrier-a.example.com;user=phone>;tag="
#define TO "To: \"Bob Example\" <sip:+442079460123@sbc.example.com;user=phone>"
#define SDP                                                                               \
	"v=0\r\no=- 3893471024 3893471024 IN IP4 198.51.100.27\r\ns=-\r\n"                \
	"c=IN IP4 198.51.100.27\r\nt=0 0\r\nm=audio 30542 RTP/AVP 8 0 18 101\r\n"         \
	"a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:18 G729/8000\r\n"       \
	"a=fmtp:18 annexb=no\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n" \
	"a=ptime:20\r\na=sendrecv\r\n"
#define EXTRA                                                                              \
	"Contact: <sip:+442079460123@198.51.100.1:5060>\r\n"                               \
	"Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO, REFER, NOTIFY, PRACK\r\n" \
	"Supported: timer, replaces, 100rel\r\nSession-Expires: 1800;refresher=uas\r\n"    \
	"User-Agent: Sipfast\r\n"

/* Under the sanitizer, malloc() is not glibc's. */
size_t __sanitizer_get_current_allocated_bytes(void) __attribute__((weak));

static size_t allocated(void)
{
	struct mallinfo2 info;

	if (__sanitizer_get_current_allocated_bytes)
		return __sanitizer_get_current_allocated_bytes();
	info = mallinfo2();
	return info.uordblks + info.hblkhd;
}

static void receive_numbered(struct rig *rig, const char *method, int number, const char *to_tag,
			     const char *body)
{
	char text[4096];

	snprintf(text, sizeof(text),
		 "%s sip:+442079460123@198.51.100.1:5060;user=phone SIP/2.0\r\n"
		 "Via: SIP/2.0/UDP @P;branch=z9hG4bK-524287-1---%08x7d3c;rport\r\n"
		 "Via: SIP/2.0/UDP 192.0.2.119:5060;branch=z9hG4bK4d2b1f7e;received=192.0.2.7\r\n"
		 "Max-Forwards: 68\r\nRecord-Route: <sip:192.0.2.40;lr;ftag=as5a1c2e>\r\n" FROM
		 "as5a1c2e%08x\r\n" TO "%s\r\nCall-ID: call-1@example\r\nCSeq: 102 %s\r\n" EXTRA
		 "%sContent-Length: %zu\r\n\r\n%s",
		 method, number, number, to_tag, method,
		 *body ? "Content-Type: application/sdp\r\n" : "", strlen(body), body);
	rig_receive(rig, text);
}

static void answer(struct rig *rig, int status)
{
	struct sip_reply reply = { .status = status, .headers = VIEW_LIT(EXTRA) };

	if (status == 200 && sip_strans_method(rig->st) == SIP_INVITE) {
		reply.content_type = VIEW_LIT("application/sdp");
		reply.body = VIEW_LIT(SDP);
	}
	assert_int_equal(sip_strans_respond(rig->st, &reply), 0);
}

static void send_request(struct rig *rig, enum sip_method method)
{
	char headers[2048];
	struct sip_request request = {
		.method = method,
		.ruri = VIEW_LIT("sip:+442079460123@carrier-b.example.com;user=phone"),
		.to = rig->from,
	};

	snprintf(headers, sizeof(headers),
		 "Max-Forwards: 67\r\n" FROM "5d1f0c2a77e04c13\r\n" TO
		 "\r\nCall-ID: call-1@example\r\nCSeq: 1 %s\r\n" EXTRA,
		 sip_method_name(method));
	request.headers = view_str(headers);
	if (method == SIP_INVITE) {
		request.content_type = VIEW_LIT("application/sdp");
		request.body = VIEW_LIT(SDP);
	}
	rig->ct = sip_ctrans_send(rig->stack, &request, &rig_ctrans_ops, rig);
	assert_non_null(rig->ct);
}

/* --- one transaction of each kind, brought to where it lingers --- */

static void server_bye_completed(struct rig *rig, int number)
{
	receive_numbered(rig, "BYE", number, ";tag=5d1f0c2a77e04c13", "");
	answer(rig, 200);
}

static void server_invite_proceeding(struct rig *rig, int number)
{
	receive_numbered(rig, "INVITE", number, "", SDP);
	answer(rig, 180);
}

static void server_invite_accepted_unacked(struct rig *rig, int number)
{
	receive_numbered(rig, "INVITE", number, "", SDP);
	answer(rig, 200);
}

static void server_invite_accepted(struct rig *rig, int number)
{
	server_invite_accepted_unacked(rig, number);
	sip_strans_acked(rig->st);
}

static void server_invite_confirmed(struct rig *rig, int number)
{
	receive_numbered(rig, "INVITE", number, "", SDP);
	answer(rig, 486);
	receive_numbered(rig, "ACK", number, "", "");
}

static void client_invite_calling(struct rig *rig, int number)
{
	(void)number;
	send_request(rig, SIP_INVITE);
}

static void client_invite_proceeding(struct rig *rig, int number)
{
	client_invite_calling(rig, number);
	rig_respond(rig, 180, "INVITE", "a");
}

static void client_invite_accepted(struct rig *rig, int number)
{
	client_invite_proceeding(rig, number);
	rig_respond(rig, 200, "INVITE", "a");
}

static void client_invite_completed(struct rig *rig, int number)
{
	client_invite_proceeding(rig, number);
	rig_respond(rig, 486, "INVITE", "a");
}

static void client_bye_completed(struct rig *rig, int number)
{
	(void)number;
	send_request(rig, SIP_BYE);
	rig_respond(rig, 200, "BYE", "a");
}

static void transactions_stay_within_2_kib(void **state)
{
	static const struct {
		const char *name;
		void (*make)(struct rig *rig, int number);
		size_t max; /* less than MAX_OCTETS where something has been let go */
	} kinds[] = {
#define KIND(make, max) { #make, make, max }
		KIND(server_bye_completed, MAX_OCTETS),
		KIND(server_invite_proceeding, MAX_OCTETS),
		KIND(server_invite_accepted_unacked, MAX_OCTETS),
		KIND(server_invite_accepted, 320),
		KIND(server_invite_confirmed, 320),
		KIND(client_invite_calling, MAX_OCTETS),
		KIND(client_invite_proceeding, 700),
		KIND(client_invite_accepted, 320),
		KIND(client_invite_completed, 700),
		KIND(client_bye_completed, 320),
	};
	unsigned long existing;
	size_t before, each;
	struct rig *rig;

	(void)state;
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		assert_int_equal(rig_setup((void **)&rig), 0);
		rig->silent = true;
		before = allocated();
		for (int i = 0; i < TRANSACTIONS; i++) {
			kinds[k].make(rig, i);
			rig_collect(rig);
		}
		existing = sip_stack_stats(rig->stack)->server_transactions +
			   sip_stack_stats(rig->stack)->client_transactions;
		assert_int_equal(existing, TRANSACTIONS);
		each = (allocated() - before) / TRANSACTIONS;
		print_message("# %s: %zu octets\n", kinds[k].name, each);
		assert_in_range(each, 100, kinds[k].max);
		rig_teardown((void **)&rig);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(transactions_stay_within_2_kib),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
