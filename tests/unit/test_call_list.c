// SPDX-License-Identifier: GPL-2.0-or-later
/* What can be asked of calls: their record, and the ladder of their messages. */
#include <errno.h>
#include <stdio.h>

#include "call_rig.h"

struct answer {
	unsigned int calls;
	char id[CALL_ID_STRLEN];
	enum call_state state;
	char text[512];
	char ladder[8192];
};

/* Its length up to the address of a peer, whose port is another one each time. */
static int before_address(const char *label)
{
	const char *address = strstr(label, "127.0.0.1");

	return address ? (int)(address - label) : (int)strlen(label);
}

static void write_ladder(const struct ladder *ladder, char *out, size_t size)
{
	size_t len = 0;

	for (uint32_t i = 0; i < ladder->nevents; i++) {
		const struct ladder_event *event = &ladder->events[i];

		len += (size_t)snprintf(out + len, size - len, "%u %c>%c %.*s%s | %s\n",
					event->t_ms, "ASB"[event->from], "ASB"[event->to],
					before_address(ladder_label(ladder, event)),
					ladder_label(ladder, event),
					event -> retransmission ? " again" : "",
					ladder_detail(ladder, event));
		assert_true(len < size);
	}
}

static void take(const struct call_info *info, void *arg)
{
	struct answer *answer = arg;

	answer->calls++;
	memcpy(answer->id, info->id, sizeof(answer->id));
	answer->state = info->state;
	snprintf(answer->text, sizeof(answer->text),
		 "%s %s>%s ring %lld setup %lld talk %lld code %d %s by %s, A %s %s %s, B %s %s %s",
		 call_state_name(info->state), info->from, info->to, (long long)info->ring_ms,
		 (long long)info->setup_ms, (long long)info->talk_ms, info->code, info->reason,
		 info->ended_by, info->legs[MEDIA_A].realm, info->legs[MEDIA_A].call_id,
		 info->legs[MEDIA_A].state, info->legs[MEDIA_B].realm,
		 info->legs[MEDIA_B].remote_tag, info->legs[MEDIA_B].state);
	write_ladder(info->ladder, answer->ladder, sizeof(answer->ladder));
}

static void ask(struct call_rig *rig, bool finished, struct answer *answer)
{
	memset(answer, 0, sizeof(*answer));
	call_each(rig->engine, finished, take, answer);
}

static void record_of_a_call(void **state)
{
	struct call_rig *rig = *state;
	struct answer answer;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	ask(rig, false, &answer);
	assert_string_equal(answer.text, "trying sip:A@home.example>sip:peer@sipd.example ring -1 "
					 "setup -1 talk -1 code 0  by , A access call-of-A early, "
					 "B core  none");
	call_rig_advance(rig, 100);
	peer_reply_invite(&rig->b, 180, "b", "", "");
	ask(rig, false, &answer);
	assert_int_equal(answer.state, CALL_EARLY);
	call_rig_advance(rig, 1000);
	peer_reply_invite(&rig->b, 200, "b", "", CALL_RIG_SDP);
	ask(rig, false, &answer);
	assert_int_equal(answer.state, CALL_ANSWERED);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	call_rig_advance(rig, 5000);
	ask(rig, false, &answer);
	assert_string_equal(answer.text,
			    "established sip:A@home.example>sip:peer@sipd.example ring 100 "
			    "setup 1000 talk 4000 code 200  by , A access call-of-A confirmed, "
			    "B core b confirmed");
	call_rig_hang_up(rig);
	call_rig_advance(rig, 9000);
	ask(rig, false, &answer);
	assert_int_equal(answer.calls, 0);
	ask(rig, true, &answer);
	assert_int_equal(answer.calls, 1);
	assert_string_equal(answer.text,
			    "ended sip:A@home.example>sip:peer@sipd.example ring 100 setup 1000 "
			    "talk 4000 code 200 hung up by caller, A access call-of-A terminated, "
			    "B core b terminated");
}

static void ladder_of_a_call(void **state)
{
	struct call_rig *rig = *state;
	struct answer answer;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 200, "b", "", CALL_RIG_SDP);
	call_rig_advance(rig, 500);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	peer_reply_invite(&rig->b, 200, "b", "", CALL_RIG_SDP);
	peer_request(&rig->a, "OPTIONS", "", "");
	call_rig_hang_up(rig);
	ask(rig, true, &answer);
	assert_string_equal(answer.ladder,
			    "0 A>S INVITE | CSeq 1 INVITE, SDP audio PCMU sendrecv\n"
			    "0 S>A 100 Trying | CSeq 1 INVITE\n"
			    "0 S>S next-hop of realm access:  | \n"
			    "0 S>B INVITE | CSeq 1 INVITE, SDP audio PCMU sendrecv\n"
			    "0 B>S 200 Whatever | CSeq 1 INVITE, SDP audio PCMU sendrecv\n"
			    "0 S>A 200 Whatever | CSeq 1 INVITE, SDP audio PCMU sendrecv\n"
			    "500 S>A 200 Whatever again | CSeq 1 INVITE, SDP audio PCMU sendrecv\n"
			    "500 A>S ACK | CSeq 1 ACK\n"
			    "500 S>B ACK | CSeq 1 ACK\n"
			    "500 B>S 200 Whatever again | CSeq 1 INVITE, SDP audio PCMU sendrecv\n"
			    "500 S>B ACK again | CSeq 1 ACK\n"
			    "500 A>S OPTIONS | CSeq 2 OPTIONS\n"
			    "500 S>A 200 OK | CSeq 2 OPTIONS\n"
			    "500 A>S BYE | CSeq 3 BYE\n"
			    "500 S>A 200 OK | CSeq 3 BYE\n"
			    "500 S>B BYE | CSeq 2 BYE\n"
			    "500 B>S 200 Whatever | CSeq 2 BYE\n");
}

static void ladder_of_a_call_without_answer(void **state)
{
	struct call_rig *rig = *state;
	struct answer answer;

	rig->cfg.no_answer_ms = 3000;
	peer_request(&rig->a, "INVITE", "", "");
	peer_reply_invite(&rig->b, 180, "b", "", "");
	call_rig_advance(rig, 3000);
	peer_ack(&rig->a, "");
	peer_reply(&rig->b, 200);
	peer_reply_invite(&rig->b, 487, "b", "", "");
	ask(rig, true, &answer);
	assert_string_equal(answer.ladder, "0 A>S INVITE | CSeq 1 INVITE\n"
					   "0 S>A 100 Trying | CSeq 1 INVITE\n"
					   "0 S>S next-hop of realm access:  | \n"
					   "0 S>B INVITE | CSeq 1 INVITE\n"
					   "0 B>S 180 Whatever | CSeq 1 INVITE\n"
					   "0 S>A 180 Whatever | CSeq 1 INVITE\n"
					   "3000 S>S no answer for 3 s | \n"
					   "3000 S>A 480 Temporarily Unavailable | CSeq 1 INVITE\n"
					   "3000 S>B CANCEL | CSeq 1 CANCEL\n"
					   "3000 A>S ACK | CSeq 1 ACK\n"
					   "3000 B>S 200 Whatever | CSeq 1 CANCEL\n"
					   "3000 B>S 487 Whatever | CSeq 1 INVITE\n"
					   "3000 S>B ACK | CSeq 1 ACK\n");
	assert_counts(rig, 0, 1);
}

static void longest_duration(void **state)
{
	struct call_rig *rig = *state;
	struct answer answer;

	rig->cfg.max_duration_ms = 60000;
	call_rig_establish(rig);
	call_rig_advance(rig, 59999);
	call_rig_expect(rig, "");
	call_rig_advance(rig, 60000);
	call_rig_expect(rig, "60000 A BYE\n60000 B BYE\n");
	assert_string_not_equal(peer_header(&rig->a, "Reason"), "");
	peer_reply(&rig->a, 200);
	peer_reply(&rig->b, 200);
	ask(rig, true, &answer);
	assert_non_null(strstr(answer.ladder, "60000 S>S maximum duration reached | \n"));
	assert_non_null(strstr(answer.text, "by maximum duration"));
	assert_counts(rig, 0, 0);
}

static void found_by_the_beginning_of_its_id(void **state)
{
	struct call_rig *rig = *state;
	struct answer first, found = { 0 };
	char id[CALL_ID_STRLEN];

	call_rig_establish(rig);
	ask(rig, false, &first);
	assert_int_equal(strlen(first.id), 16);
	assert_int_equal(call_find(rig->engine, first.id, take, &found), 0);
	assert_string_equal(found.id, first.id);
	first.id[8] = '\0';
	assert_int_equal(call_find(rig->engine, first.id, take, &found), 0);
	assert_int_equal(call_find(rig->engine, "0123456789abcdef0", take, &found), -ENOENT);
	call_rig_hang_up(rig);
	assert_int_equal(call_find(rig->engine, first.id, take, &found), 0);
	assert_int_equal(found.state, CALL_ENDED);
	assert_int_equal(call_kill(rig->engine, first.id, id), -EALREADY);
	/* Both of two begin with nothing. */
	rig->a.remote_tag[0] = '\0';
	call_rig_establish(rig);
	assert_int_equal(call_find(rig->engine, "", take, &found), -EEXIST);
	assert_int_equal(call_kill(rig->engine, "", id), -EEXIST);
	call_rig_hang_up(rig);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, call_rig_setup, call_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(record_of_a_call),
		TEST(ladder_of_a_call),
		TEST(ladder_of_a_call_without_answer),
		TEST(longest_duration),
		TEST(found_by_the_beginning_of_its_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
