// SPDX-License-Identifier: GPL-2.0-or-later
/* What responses tell of the way that a call has gone (RFC 7044 s.9.3, s.9.4, s.10.1.2). */
#include <stdio.h>
#include <stdlib.h>

#include "call/history_back.h"
#include "call/history_entry.h"
#include "call/history_on.h"
#include "call_rig.h"

#define WANTED "Supported: histinfo\r\n"
#define ANONYMOUS "<sip:anonymous@anonymous.invalid"

static void as_proxy(struct call_rig *rig)
{
	rig->cfg.modes = true;
	rig->realms[0].next_hop_mode = CFG_MODE_PROXY;
}

static int setup_proxy(void **state)
{
	return call_rig_setup_with(state, as_proxy);
}

/* What the caller has called. */
static char called[256];

static void invite(struct call_rig *rig, const char *headers)
{
	snprintf(called, sizeof(called), "%s", rig->a.target);
	peer_request(&rig->a, "INVITE", headers, CALL_RIG_SDP);
}

static void end(struct call_rig *rig)
{
	peer_ack(&rig->a, "");
	call_rig_forget(rig);
}

static void refuse(struct call_rig *rig)
{
	peer_reply_invite(&rig->b, 486, "b", "", "");
	end(rig);
}

static void accept_and_end(struct call_rig *rig, struct call_peer *callee, const char *headers)
{
	peer_reply_invite(callee, 200, callee->local_tag, headers, CALL_RIG_SDP);
	assert_int_equal(rig->a.invite_status, 200);
}

static void hang_up(struct call_rig *rig, struct call_peer *callee)
{
	char target[256];

	snprintf(target, sizeof(target), "%s", rig->a.target);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	peer_request(&rig->a, "BYE", "", "");
	peer_reply(callee, 200);
	call_rig_forget(rig);
	rig->a.remote_tag[0] = '\0';
	snprintf(rig->a.target, sizeof(rig->a.target), "%s", target);
}

/* What the caller was told last, behind the entry that names whom he called. */
static const char *told(struct call_rig *rig)
{
	char first[300];
	const char *at;

	snprintf(first, sizeof(first), "\r\nHistory-Info: <%s>;index=1\r\n", called);
	at = strstr(rig->a.last, first);
	assert_non_null(at);
	return call_rig_header(at + strlen(first) - 2, "History-Info");
}

/* Shows: 7044/9.4a */
static void who_supports_it_is_told(void **state)
{
	struct call_rig *rig = *state;

	invite(rig, WANTED);
	assert_non_null(strstr(rig->b.last, ", histinfo\r\n"));
	peer_reply_invite(&rig->b, 180, "b", "", "");
	assert_string_equal(told(rig), "<sip:bob@127.0.0.1>;index=1.1");
	accept_and_end(rig, &rig->b, "");
	assert_string_equal(told(rig), "<sip:bob@127.0.0.1>;index=1.1");
	hang_up(rig, &rig->b);
	invite(rig, "Supported: timer\r\nk: HistInfo\r\n");
	peer_reply_invite(&rig->b, 486, "b", "Reason: Q.850;cause=17\r\n", "");
	assert_string_equal(told(rig), "<sip:bob@127.0.0.1?Reason=SIP%3Bcause%3D486"
				       "&Reason=Q.850%3Bcause%3D17>;index=1.1");
	end(rig);
	/* 100 says nothing of it. */
	invite(rig, WANTED);
	assert_null(strstr(rig->a.last, "History-Info"));
	peer_cancel(&rig->a, "");
	assert_int_equal(rig->a.invite_status, 487);
	assert_string_equal(told(rig), "<sip:bob@127.0.0.1?Reason=SIP%3Bcause%3D487>;index=1.1");
	peer_reply_invite(&rig->b, 487, "b", "", "");
	end(rig);
}

/* Shows: 7044/9.4b */
static void others_are_not(void **state)
{
	struct call_rig *rig = *state;
	static const char line[] = "History-Info: <sip:bob@b>;index=1\r\n";

	invite(rig, "Supported: timer\r\n");
	peer_reply_invite(&rig->b, 180, "b", line, "");
	assert_null(strstr(rig->a.last, "History-Info"));
	peer_reply_invite(&rig->b, 486, "b", line, "");
	assert_null(strstr(rig->a.last, "History-Info"));
	end(rig);
}

/* As they came; ours stand below the last one. Shows: 7044/9.4a */
static void what_came_goes_back(void **state)
{
	struct call_rig *rig = *state;
	static const char line[] =
		"History-Info: <sip:x@192.0.2.7?Reason=SIP%3Bcause%3D302>;index=1, "
		"<sip:y@z>;index=1.1\r\n";

	invite(rig, line);
	/* It stays on its side. */
	assert_null(strstr(rig->b.last, "History-Info"));
	peer_reply_invite(&rig->b, 486, "b", "", "");
	assert_non_null(strstr(rig->a.last, line));
	assert_true(peer_got(&rig->a, "History-Info: <sip:bob@127.0.0.1?Reason=SIP%3Bcause%3D486>;"
				      "index=1.1.1"));
	end(rig);
}

/* Hosts of his side do not. Shows: 7044/9.3b 7044/9.4a */
static void what_the_callee_tells_goes_back(void **state)
{
	struct call_rig *rig = *state;
	char line[512];

	invite(rig, WANTED);
	snprintf(
		line, sizeof(line),
		"History-Info: <sip:bob@%s>;index=1\r\n"
		"History-Info: \"Bob\" <sip:bob@10.9.9.9:5070;x=y?Reason=SIP%%3Bcause%%3D486"
		"%%3Btext%%3D%%22at%%2010.9.9.8%%22&Subject=10.9.9.7&Reason=Q.850%%3bcause%%3d17>"
		";index=1.1;rc=1;foo=10.9.9.6, <tel:+4420;phone-context=b.example>;mp=1.1;index=1.2"
		"\r\n",
		rig->b.address);
	peer_reply_invite(&rig->b, 183, "b", line, "");
	assert_string_equal(
		told(rig), "<sip:bob@127.0.0.1>;index=1.1, <sip:bob@127.0.0.1?"
			   "Reason=SIP%3Bcause%3D486&Reason=Q.850%3bcause%3d17>;index=1.1.1;rc=1.1,"
			   " <sip:+4420@127.0.0.1>;index=1.1.2;mp=1.1.1");
	/* The last response counts. */
	accept_and_end(rig, &rig->b, "History-Info: <sip:al@10.9.9.9>;index=1\r\n");
	assert_string_equal(told(rig), "<sip:bob@127.0.0.1>;index=1.1, <sip:al@127.0.0.1>;"
				       "index=1.1.1");
	hang_up(rig, &rig->b);
}

/* Shows: 7044/9.3a 7044/9.4a */
static void those_who_failed_are_told_of(void **state)
{
	struct call_rig *rig = *state;

	call_rig_route(rig, CFG_PRIORITY, NULL);
	invite(rig, WANTED);
	peer_reply_invite(&rig->b, 503, "b",
			  "Reason: Q.850;cause=34\r\nHistory-Info: <sip:x@y>;index=1\r\n", "");
	accept_and_end(rig, call_rig_callee(rig, 1), "");
	assert_string_equal(
		told(rig),
		"<sip:bob@127.0.0.1?Reason=SIP%3Bcause%3D503&Reason=Q.850%3Bcause%3D34>;index=1.1,"
		" <sip:x@127.0.0.1>;index=1.1.1, <sip:bob@127.0.0.1>;index=1.2");
	hang_up(rig, call_rig_callee(rig, 1));
}

/* Others have said nothing by then, and have been cancelled. Shows: 7044/9.3a 7044/9.4a */
static void those_who_were_given_up_are_told_of(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c = call_rig_callee(rig, 1), *d = call_rig_callee(rig, 2);

	call_rig_route(rig, CFG_PARALLEL, NULL);
	invite(rig, WANTED);
	peer_reply_invite(&rig->b, 404, "b", "", "");
	peer_reply_invite(d, 180, "d", "", "");
	assert_string_equal(told(rig), "<sip:bob@127.0.0.1?Reason=SIP%3Bcause%3D404>;index=1.1, "
				       "<sip:bob@127.0.0.1>;index=1.2, "
				       "<sip:bob@127.0.0.1>;index=1.3");
	accept_and_end(rig, c, "");
	assert_string_equal(told(rig), "<sip:bob@127.0.0.1?Reason=SIP%3Bcause%3D404>;index=1.1, "
				       "<sip:bob@127.0.0.1>;index=1.2, "
				       "<sip:bob@127.0.0.1?Reason=SIP%3Bcause%3D487>;index=1.3");
	peer_reply_other(d, 200, "d", "");
	peer_reply_invite(d, 487, "d", "", "");
	hang_up(rig, c);
}

/* No one of the first, nor of those that ring still. Shows: 7044/9.2a 7044/9.2c 7044/9.3a */
static void the_next_one_is_told_of_those_who_failed(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c = call_rig_callee(rig, 1), *d = call_rig_callee(rig, 2);
	char text[512];

	call_rig_route(rig, CFG_PRIORITY, NULL);
	rig->trunks[1].no_answer_ms = 5000;
	invite(rig, "");
	assert_string_equal(peer_header(&rig->b, "History-Info"), "");
	peer_reply_invite(&rig->b, 503, "b", "Reason: Q.850;cause=34\r\n", "");
	snprintf(text, sizeof(text),
		 "<sip:bob@%s?Reason=SIP%%3Bcause%%3D503&Reason=Q.850%%3Bcause%%3D34>;index=1, "
		 "<sip:bob@%s>;index=2",
		 rig->b.address, c->address);
	assert_string_equal(peer_header(c, "History-Info"), text);
	assert_string_equal(peer_header(c, "Diversion"), "");
	/* Nothing in time. */
	peer_reply_invite(c, 180, "c", "", "");
	call_rig_advance(rig, 5000);
	snprintf(text + strlen(text) - strlen(">;index=2"), sizeof(text) - strlen(text),
		 "?Reason=SIP%%3Bcause%%3D408>;index=2, <sip:bob@%s>;index=3", d->address);
	assert_string_equal(call_rig_header(d->invite, "History-Info"), text);
	peer_reply_other(c, 200, "c", "");
	peer_reply_invite(c, 487, "c", "", "");
	peer_reply_invite(d, 486, "d", "", "");
	end(rig);
}

/* Shows: 7044/9.2c */
static void those_who_ring_are_not_told_of(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c = call_rig_callee(rig, 1), *d = call_rig_callee(rig, 2);
	char text[512];

	call_rig_route(rig, CFG_PARALLEL, NULL);
	rig->trunks[0].redirect = CFG_REDIRECT_RECURSE;
	invite(rig, "");
	assert_null(strstr(rig->b.last, "History-Info"));
	assert_null(strstr(c->last, "History-Info"));
	assert_null(strstr(d->last, "History-Info"));
	peer_reply_invite(c, 404, "c", "", "");
	snprintf(text, sizeof(text), "Contact: <sip:carol@%s>\r\n", c->address);
	peer_reply_invite(&rig->b, 302, "b", text, "");
	snprintf(text, sizeof(text),
		 "<sip:bob@%s?Reason=SIP%%3Bcause%%3D302>;index=1, "
		 "<sip:bob@%s?Reason=SIP%%3Bcause%%3D404>;index=2, <sip:carol@%s>;index=4",
		 rig->b.address, c->address, c->address);
	assert_string_equal(peer_header(c, "History-Info"), text);
	peer_reply_invite(c, 486, "c2", "", "");
	peer_reply_invite(d, 486, "d", "", "");
	end(rig);
}

/* Below the index that he has now. Shows: 7044/9.3b */
static void what_those_who_failed_have_told_goes_on(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c = call_rig_callee(rig, 1), *d = call_rig_callee(rig, 2);
	char text[512];

	call_rig_route(rig, CFG_PRIORITY, NULL);
	invite(rig, "");
	peer_reply_invite(&rig->b, 503, "b",
			  "History-Info: <sip:x@y?Reason=SIP%3Bcause%3D480>;index=1\r\n", "");
	snprintf(text, sizeof(text),
		 "History-Info: <sip:bob@x>;index=1, <sip:bob@%s>;index=2, <sip:z@y>;index=2.1;mp=2"
		 "\r\nPrivacy: history\r\n",
		 c->address);
	peer_reply_invite(c, 503, "c", text, "");
	snprintf(text, sizeof(text),
		 "<sip:bob@%s?Reason=SIP%%3Bcause%%3D503>;index=1, "
		 "<sip:x@y?Reason=SIP%%3Bcause%%3D480>;index=1.1, " ANONYMOUS
		 "?Reason=SIP%%3Bcause%%3D503>;index=2, " ANONYMOUS ">;index=2.1;mp=2, "
		 "<sip:bob@%s>;index=3",
		 rig->b.address, d->address);
	assert_string_equal(peer_header(d, "History-Info"), text);
	peer_reply_invite(d, 486, "d", "", "");
	end(rig);
}

/* Who is called himself is not hidden from himself. Shows: 7044/10.1.2a */
static void those_who_failed_may_stay_private(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c = call_rig_callee(rig, 1);
	char text[512];

	call_rig_route(rig, CFG_PRIORITY, NULL);
	invite(rig, "Privacy: history\r\n");
	peer_reply_invite(&rig->b, 503, "b", "", "");
	snprintf(text, sizeof(text),
		 ANONYMOUS "?Reason=SIP%%3Bcause%%3D503>;index=1, <sip:bob@%s>;index=2",
		 c->address);
	assert_string_equal(peer_header(c, "History-Info"), text);
	peer_reply_invite(c, 486, "c", "", "");
	end(rig);
}

/* A hostile peer's entries: 8 go on. */
static void many_entries_of_one_who_failed(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c = call_rig_callee(rig, 1);
	static char text[32768];
	size_t len;

	call_rig_route(rig, CFG_PRIORITY, NULL);
	invite(rig, "");
	len = (size_t)snprintf(text, sizeof(text), "History-Info: <sip:x@y>;index=1");
	for (unsigned int i = 1; i < 500; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, ", <sip:x@y>;index=1.%u",
					i);
	snprintf(text + len, sizeof(text) - len, "\r\n");
	peer_reply_invite(&rig->b, 503, "b", text, "");
	assert_non_null(strstr(c->last, ";index=1.1.7, <sip:bob@"));
	assert_null(strstr(c->last, ";index=1.1.8"));
	peer_reply_invite(c, 486, "c", "", "");
	end(rig);
}

/* Targets of one level that have been called in vain, and one more, of a name each. */
static void many_targets(struct call_targets *all, struct call_target targets[CALL_MAX_TARGETS],
			 const char *uri)
{
	*all = (struct call_targets){ .tried = NULL };
	memset(targets, 0, CALL_MAX_TARGETS * sizeof(*targets));
	for (unsigned int i = 0; i < CALL_MAX_TARGETS; i++) {
		targets[i].past.uri = view_str(uri);
		targets[i].next = all->tried;
		all->tried = &targets[i];
		call_history_begin(all, &targets[i]);
		assert_int_equal(targets[i].past.index, i + 1);
		targets[i].past.sent = true;
		targets[i].past.failed = i < CALL_MAX_TARGETS - 1 ? 503 : 0;
	}
}

/* Who is called is told of himself and of all who have led to him, though others do not fit. */
static void what_goes_on_is_bounded(void **state)
{
	const struct call_history_reader reader = { .trusted = true };
	static struct call_target targets[CALL_MAX_TARGETS];
	struct call_past by = { .uri = VIEW_LIT("sip:al@b"), .index = 1, .cause = 302 };
	const struct call_target *last = &targets[CALL_MAX_TARGETS - 1];
	static char uri[400], text[16384];
	struct call_targets all;
	struct sip_out out;

	(void)state;
	memset(uri, 'x', sizeof(uri) - 1);
	memcpy(uri, "sip:", 4);
	many_targets(&all, targets, uri);
	for (int led = 0; led < 2; led++) {
		targets[CALL_MAX_TARGETS - 1].past.by = led ? &by : NULL;
		sip_out_init(&out, text, sizeof(text) - 1);
		call_history_write_on(&out, &all, last, NULL, &reader);
		text[out.len] = '\0';
		assert_true(out.len > CALL_MAX_HISTORY_ON);
		assert_true(out.len < CALL_MAX_HISTORY_ON + sizeof(uri) + 128);
		assert_non_null(strstr(text, led ? ">;index=1.32;mp=1\r\n" : ">;index=32\r\n"));
		assert_int_equal(!!strstr(text, "<sip:al@b?Reason=SIP%3Bcause%3D302>"), led);
		assert_null(strstr(text, ">;index=6"));
	}
}

/* That of another realm is not shown to two user agents. */
static void hosts_of_other_realms_do_not_go_on(void **state)
{
	const struct call_history_reader reader = { .host = VIEW_LIT("ours.example") };
	static struct call_target targets[CALL_MAX_TARGETS];
	static char text[4096];
	struct call_targets all;
	struct call_realm *other = (struct call_realm *)text;
	struct sip_out out;

	(void)state;
	many_targets(&all, targets, "sip:bob@10.9.9.9;x=y");
	targets[0].realm = other;
	targets[0].past.entries = view_dup(VIEW_LIT(",<sip:x@10.9.9.8>;index=1"));
	sip_out_init(&out, text, sizeof(text) - 1);
	call_history_write_on(&out, &all, &targets[CALL_MAX_TARGETS - 1], NULL, &reader);
	text[out.len] = '\0';
	assert_non_null(strstr(text, "<sip:bob@ours.example?Reason=SIP%3Bcause%3D503>;index=1, "));
	assert_non_null(strstr(text, ", <sip:x@ours.example>;index=1.1, "));
	assert_non_null(strstr(text, "<sip:bob@10.9.9.9;x=y?Reason=SIP%3Bcause%3D503>;index=2, "));
	free(targets[0].past.entries);
}

/* Shows: 7044/9.2a 7044/9.2c 7044/10.3a */
static void a_proxy_tells_the_next_one(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c = call_rig_callee(rig, 1);
	const char *const came[] = { "", "History-Info: <sip:y@z>;index=1.1\r\n" };
	const char *const base[] = { "1", "1.1" };
	char text[512];

	call_rig_route(rig, CFG_PRIORITY, NULL);
	rig->route.mode = CFG_MODE_PROXY;
	for (int i = 0; i < 2; i++) {
		invite(rig, came[i]);
		assert_string_equal(peer_header(&rig->b, "History-Info"),
				    i ? "<sip:y@z>;index=1.1" : "");
		peer_reply_invite(&rig->b, 503, "b", "", "");
		snprintf(text, sizeof(text),
			 "History-Info: %s%s%s<sip:bob@%s?Reason=SIP%%3Bcause%%3D503>;index=%s.1, "
			 "<sip:bob@%s>;index=%s.2",
			 i ? "" : "<", i ? "" : called, i ? "" : ">;index=1, ", rig->b.address,
			 base[i], c->address, base[i]);
		assert_true(peer_got(c, text));
		peer_reply_invite(c, 486, "c", "", "");
		end(rig);
	}
}

static void redirect(struct call_rig *rig, const char *more)
{
	char lines[4096];

	snprintf(lines, sizeof(lines), "Contact: <sip:carol@%s>\r\n%s",
		 call_rig_callee(rig, 1)->address, more);
	peer_reply_invite(&rig->b, 302, "b", lines, "");
}

/* Shows: 7044/9.3b 7044/9.4a */
static void a_3xx_tells_whom_it_leads_to(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c = call_rig_callee(rig, 1);
	char text[512];

	rig->realms[0].next_hop_redirect = CFG_REDIRECT_RECURSE;
	invite(rig, WANTED);
	snprintf(text, sizeof(text),
		 "History-Info: <sip:bob@%s>;index=1, <sip:desk@10.1.1.1?Reason=SIP>;index=1.1;mp=1"
		 "\r\n",
		 rig->b.address);
	redirect(rig, text);
	snprintf(text, sizeof(text),
		 "<sip:bob@%s?Reason=SIP%%3Bcause%%3D302>;index=1, <sip:desk@10.1.1.1?Reason=SIP>;"
		 "index=1.1;mp=1, <sip:carol@%s>;index=2",
		 rig->b.address, c->address);
	assert_string_equal(peer_header(c, "History-Info"), text);
	/* He goes on from there. */
	snprintf(
		text, sizeof(text),
		"History-Info: <sip:bob@x>;index=1, <sip:carol@%s>;index=2, "
		"<sip:c@h>;index=2.1;rc=2"
		"\r\n",
		c->address);
	accept_and_end(rig, c, text);
	assert_string_equal(
		told(rig), "<sip:bob@127.0.0.1?Reason=SIP%3Bcause%3D302>;index=1.1, "
			   "<sip:desk@127.0.0.1>;index=1.1.1;mp=1.1, "
			   "<sip:carol@127.0.0.1>;index=1.2, <sip:c@127.0.0.1>;index=1.2.1;rc=1.2");
	hang_up(rig, c);
}

/* Shows: 7044/10.1.2a */
static void the_callees_may_stay_private(void **state)
{
	static const char entries[] = "History-Info: <sip:al@x>;index=1, "
				      "<sip:vip@x?Reason=SIP%3Bcause%3D302&Privacy=history>;"
				      "index=1.1\r\n";
	struct call_rig *rig = *state;
	char text[512];

	invite(rig, WANTED);
	peer_reply_invite(&rig->b, 183, "b", entries, "");
	assert_string_equal(told(rig),
			    "<sip:bob@127.0.0.1>;index=1.1, <sip:al@127.0.0.1>;"
			    "index=1.1.1, " ANONYMOUS "?Reason=SIP%3Bcause%3D302>;index=1.1.1.1");
	snprintf(text, sizeof(text), "Privacy: id;history\r\n%s", entries);
	peer_reply_invite(&rig->b, 183, "b", text, "");
	assert_string_equal(told(rig),
			    ANONYMOUS ">;index=1.1, " ANONYMOUS ">;index=1.1.1, " ANONYMOUS
				      "?Reason=SIP%3Bcause%3D302>;index=1.1.1.1");
	rig->realms[0].border.trusted = true;
	peer_reply_invite(&rig->b, 180, "b", text, "");
	assert_memory_equal(rig->a.last, "SIP/2.0 180", 11);
	assert_non_null(strstr(told(rig), "sip:vip@127.0.0.1"));
	assert_null(strstr(rig->a.last, "anonymous.invalid"));
	refuse(rig);
}

/* Shows: 7044/10.1.2a */
static void whom_the_caller_called_may_stay_private(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c = call_rig_callee(rig, 1);
	const bool proxied = rig->realms[0].next_hop_mode == CFG_MODE_PROXY;
	char text[512];

	rig->realms[0].next_hop_redirect = CFG_REDIRECT_RECURSE;
	for (int trusted = 0; trusted < 2; trusted++) {
		rig->realms[1].border.trusted = trusted;
		invite(rig, "Privacy: header\r\n");
		redirect(rig, "");
		snprintf(text, sizeof(text),
			 "%s?Reason=SIP%%3Bcause%%3D302>;index=%s, <sip:carol@%s>", ANONYMOUS,
			 proxied ? "1.1" : "1", c->address);
		assert_int_equal(!!strstr(peer_header(c, "History-Info"), text), !trusted);
		assert_int_equal(!!strstr(peer_header(c, "History-Info"), "sip:bob@"),
				 trusted || proxied);
		assert_int_equal(!!*peer_header(c, "Diversion"), trusted);
		peer_reply_invite(c, 486, "c", "", "");
		end(rig);
	}
}

/* Shows: 7044/10.1.2a */
static void a_privacy_service_has_done_it(void **state)
{
	struct call_rig *rig = *state;

	rig->realms[1].border.withhold = true;
	invite(rig, "Privacy: history;critical\r\n");
	assert_null(strstr(rig->b.last, "Privacy"));
	refuse(rig);
}

static void much_is_not_told(void **state)
{
	struct call_rig *rig = *state;
	char text[8192] = "History-Info: <sip:a@b>;index=1";
	const char *value;
	size_t len;

	for (len = strlen(text); len < CALL_MAX_HISTORY_CAME; len = strlen(text))
		snprintf(text + len, sizeof(text) - len, ", <sip:a%zu@b>;index=1.1", len);
	snprintf(text + len, sizeof(text) - len, "\r\n");
	invite(rig, text);
	peer_reply_invite(&rig->b, 180, "b", "", "");
	assert_null(strstr(rig->a.last, "History-Info"));
	refuse(rig);
	/* The callee's: 8 entries of them. */
	invite(rig, WANTED);
	len = (size_t)snprintf(text, sizeof(text), "History-Info: <sip:x@y>;index=1");
	for (unsigned int i = 1; i < 20; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, ",<sip:x@y>;index=1.%u", i);
	snprintf(text + len, sizeof(text) - len, "\r\n");
	peer_reply_invite(&rig->b, 180, "b", text, "");
	value = told(rig);
	assert_non_null(strstr(value, "index=1.1.1.7"));
	assert_null(strstr(value, "index=1.1.1.8"));
	/* And 1024 octets. */
	len = (size_t)snprintf(text, sizeof(text), "History-Info: <sip:x@y>;index=1");
	for (unsigned int i = 1; i < 4; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					",<sip:%0400u@y>;index=1.%u", i, i);
	snprintf(text + len, sizeof(text) - len, "\r\n");
	peer_reply_invite(&rig->b, 180, "b", text, "");
	assert_non_null(strstr(told(rig), "index=1.1.1.2"));
	assert_null(strstr(told(rig), "index=1.1.1.3"));
	refuse(rig);
}

static void nonsense_is_left_out(void **state)
{
	static const char *const lines[] = {
		"History-Info: <sip:x@y>\r\n",		"History-Info: <sip:x@y>;index=1.a\r\n",
		"History-Info: <sip:x@y;index=1\r\n",	"History-Info: <>;index=1\r\n",
		"History-Info: ,,;index=1\r\n",		"History-Info: <sip:@>;index=1\r\n",
		"History-Info: <sip:x @y>;index=1\r\n", "History-Info:\r\n",
	};
	struct call_rig *rig = *state;

	invite(rig, WANTED);
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		peer_reply_invite(&rig->b, 180, "b", lines[i], "");
		assert_string_equal(told(rig), "<sip:bob@127.0.0.1>;index=1.1");
	}
	refuse(rig);
	/* What the caller has sent is his, but is counted on from 1. */
	invite(rig, "History-Info: <sip:x@y>;index=1.a\r\n");
	peer_reply_invite(&rig->b, 180, "b", "", "");
	assert_true(peer_got(&rig->a, "History-Info: <sip:x@y>;index=1.a"));
	assert_string_equal(told(rig), "<sip:bob@127.0.0.1>;index=1.1");
	refuse(rig);
}

/* What does not fit is left out, and the line ends all the same. */
static void what_goes_back_is_bounded(void **state)
{
	static struct call_target targets[CALL_MAX_TARGETS];
	const struct call_history_reader reader = { .trusted = true };
	struct call_targets all = { .tried = NULL };
	struct call_history *history;
	static char uri[400], text[16384];
	struct sip_msg msg = { .nheaders = 0 };
	struct sip_out out;

	(void)state;
	memset(uri, 'x', sizeof(uri) - 1);
	memcpy(uri, "sip:", 4);
	for (unsigned int i = 0; i < CALL_MAX_TARGETS; i++) {
		targets[i].past.uri = view_str(uri);
		targets[i].past.index = (uint16_t)(i + 1);
		targets[i].past.sent = true;
		targets[i].next = all.tried;
		all.tried = &targets[i];
	}
	history = calloc(1, sizeof(*history) + 16);
	assert_non_null(history);
	sip_out_init(&out, text, sizeof(text) - 1);
	call_history_write_back(&out, history, &all, &reader, true);
	assert_true(out.len > CALL_MAX_HISTORY_BACK - 500);
	assert_true(out.len <= CALL_MAX_HISTORY_BACK + 2);
	text[out.len] = '\0';
	assert_memory_equal(text + out.len - 2, "\r\n", 2);
	assert_null(strstr(text, "index=1.12>"));
	call_history_free(&history);
	assert_null(call_history_of(&msg, false));
}

/* Shows: 7044/9.4b */
static void a_proxy_takes_out_what_is_not_wanted(void **state)
{
	struct call_rig *rig = *state;

	invite(rig, "");
	peer_reply_invite(&rig->b, 183, "b", "History-Info: <sip:bob@x>;index=1\r\n", "");
	assert_null(strstr(rig->a.last, "History-Info"));
	peer_reply_invite(&rig->b, 486, "b", "History-Info: <sip:bob@x>;index=1\r\n", "");
	assert_null(strstr(rig->a.last, "History-Info"));
	end(rig);
}

/* Shows: 7044/9.3b 7044/9.4a */
static void a_proxy_tells_who_supports_it(void **state)
{
	struct call_rig *rig = *state;
	char text[512];

	invite(rig, WANTED);
	snprintf(text, sizeof(text),
		 "History-Info: <sip:bob@%s>;index=1, <sip:bob@10.9.9.9>;index=1.1;rc=1\r\n",
		 rig->b.address);
	peer_reply_invite(&rig->b, 183, "b", text, "");
	snprintf(text, sizeof(text),
		 "<sip:bob@%s>;index=1.1, <sip:bob@10.9.9.9>;index=1.1.1;rc=1.1", rig->b.address);
	assert_string_equal(told(rig), text);
	peer_reply_invite(&rig->b, 486, "b", "", "");
	snprintf(text, sizeof(text), "<sip:bob@%s?Reason=SIP%%3Bcause%%3D486>;index=1.1",
		 rig->b.address);
	assert_string_equal(told(rig), text);
	end(rig);
}

/* Behind what the caller has sent, which was sent on. Shows: 7044/9.3b 7044/9.4a */
static void a_proxy_goes_on_with_what_came(void **state)
{
	static const char line[] = "History-Info: <sip:x@192.0.2.7>;index=1, <sip:y@z>;index=1.1";
	struct call_rig *rig = *state;
	char text[512];

	snprintf(text, sizeof(text), "%s\r\n", line);
	invite(rig, text);
	snprintf(text, sizeof(text), "%s, <sip:desk@10.9.9.9>;index=1.1.1;mp=1.1\r\n", line);
	peer_reply_invite(&rig->b, 183, "b", text, "");
	assert_true(peer_got(&rig->a, line));
	snprintf(
		text, sizeof(text),
		"History-Info: <sip:bob@%s>;index=1.1.1, "
		"<sip:desk@10.9.9.9>;index=1.1.1.1;mp=1.1.1",
		rig->b.address);
	assert_true(peer_got(&rig->a, text));
	refuse(rig);
}

/* Shows: 7044/9.3a 7044/9.4a */
static void a_proxy_tells_of_those_who_were_given_up(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c = call_rig_callee(rig, 1), *d = call_rig_callee(rig, 2);

	call_rig_route(rig, CFG_PARALLEL, NULL);
	rig->route.mode = CFG_MODE_PROXY;
	invite(rig, WANTED);
	peer_reply_invite(&rig->b, 404, "b", "", "");
	peer_reply_invite(d, 180, "d", "", "");
	peer_reply_invite(c, 200, "c", "", CALL_RIG_SDP);
	assert_int_equal(rig->a.invite_status, 200);
	assert_non_null(strstr(told(rig), "?Reason=SIP%3Bcause%3D404>;index=1.1, "));
	assert_non_null(strstr(told(rig), ">;index=1.2, "));
	assert_non_null(strstr(told(rig), "?Reason=SIP%3Bcause%3D487>;index=1.3"));
	peer_reply_other(d, 200, "d", "");
	peer_reply_invite(d, 487, "d", "", "");
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	call_rig_forget(rig);
}

/* The caller's own entries, too, to who is not trusted. Shows: 7044/10.1.2a */
static void a_proxy_keeps_what_is_private(void **state)
{
	static const char line[] =
		"History-Info: <sip:x@h?Privacy=history&Reason=SIP%3Bcause%3D486>;index=1, "
		"<sip:y@z>;index=1.1;mp=1";
	struct call_rig *rig = *state;
	char text[512];

	for (int trusted = 0; trusted < 2; trusted++) {
		rig->realms[1].border.trusted = trusted;
		snprintf(text, sizeof(text), "%s\r\n", line);
		invite(rig, text);
		assert_true(peer_got(&rig->b, trusted ? line :
							"History-Info: " ANONYMOUS
							"?Reason=SIP%3Bcause%3D486>;index=1, "
							"<sip:y@z>;index=1.1;mp=1"));
		refuse(rig);
		snprintf(text, sizeof(text), "%s\r\nPrivacy: history\r\n", line);
		invite(rig, text);
		assert_true(
			peer_got(&rig->b, trusted ? line :
						    "History-Info: " ANONYMOUS
						    "?Reason=SIP%3Bcause%3D486>;index=1, " ANONYMOUS
						    ">;index=1.1;mp=1"));
		/* He knows his own. */
		peer_reply_invite(&rig->b, 486, "b", "Privacy: history\r\n", "");
		assert_true(peer_got(&rig->a, line));
		assert_true(peer_got(&rig->a, "History-Info: " ANONYMOUS
					      "?Reason=SIP%3Bcause%3D486>;index=1.1.1"));
		end(rig);
	}
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, call_rig_setup, call_rig_teardown)
#define PROXY_CASE(name) cmocka_unit_test_setup_teardown(name, setup_proxy, call_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(who_supports_it_is_told),
		CASE(others_are_not),
		CASE(what_came_goes_back),
		CASE(what_the_callee_tells_goes_back),
		CASE(those_who_failed_are_told_of),
		CASE(those_who_were_given_up_are_told_of),
		CASE(the_next_one_is_told_of_those_who_failed),
		CASE(those_who_ring_are_not_told_of),
		CASE(what_those_who_failed_have_told_goes_on),
		CASE(those_who_failed_may_stay_private),
		CASE(many_entries_of_one_who_failed),
		cmocka_unit_test(what_goes_on_is_bounded),
		cmocka_unit_test(hosts_of_other_realms_do_not_go_on),
		CASE(a_3xx_tells_whom_it_leads_to),
		CASE(the_callees_may_stay_private),
		CASE(whom_the_caller_called_may_stay_private),
		CASE(a_privacy_service_has_done_it),
		CASE(much_is_not_told),
		CASE(nonsense_is_left_out),
		cmocka_unit_test(what_goes_back_is_bounded),
		PROXY_CASE(whom_the_caller_called_may_stay_private),
		PROXY_CASE(a_proxy_takes_out_what_is_not_wanted),
		PROXY_CASE(a_proxy_tells_who_supports_it),
		PROXY_CASE(a_proxy_goes_on_with_what_came),
		PROXY_CASE(a_proxy_tells_of_those_who_were_given_up),
		PROXY_CASE(a_proxy_keeps_what_is_private),
		PROXY_CASE(a_proxy_tells_the_next_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
