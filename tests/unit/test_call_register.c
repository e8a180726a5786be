// SPDX-License-Identifier: GPL-2.0-or-later
/* REGISTER at the registrar, with a store that writes nothing before it is told to. */
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "call/registrar.h"
#include "call_rig.h"

static struct {
	struct cfg_domain domain;
	struct registrar *registrar;
	struct mailbox *box;
	struct store *store;
	bool writes; /* the store does */
	char directory[64], path[128];
} tr;

static void configure(struct call_rig *rig)
{
	static char name[] = "sipd.example";

	tr.domain = (struct cfg_domain){
		.name = name,
		.realm = &rig->realms[0],
		.registrar = true,
		.auth = CFG_AUTH_NONE,
		.max_expires = 3600,
		.default_expires = 3600,
	};
	rig->cfg.domains = &tr.domain;
	rig->cfg.ndomains = 1;
	rig->cfg.trace = (struct cfg_trace){ .flows = 64, .messages = 1 << 20 };
}

static int setup(void **state)
{
	struct call_rig *rig;

	log_set_level(LOG_LEVEL_ERROR);
	memset(&tr, 0, sizeof(tr));
	strcpy(tr.directory, "/tmp/test_call_register.XXXXXX");
	assert_non_null(mkdtemp(tr.directory));
	snprintf(tr.path, sizeof(tr.path), "%s/sipd.db", tr.directory);
	call_rig_setup_with(state, configure);
	rig = *state;
	assert_int_equal(store_open(&tr.store, tr.path), 0);
	assert_int_equal(mailbox_alloc(&tr.box, rig->loop, 1 << 20), 0);
	assert_int_equal(registrar_alloc(&tr.registrar, &rig->cfg, tr.store), 0);
	call_engine_set_registrar(rig->engine, tr.registrar, tr.box);
	snprintf(rig->a.target, sizeof(rig->a.target), "sip:sipd.example");
	return 0;
}

/* What of a request is the same in its CANCEL; @extra: more header lines. */
static void send_as(struct call_rig *rig, const char *method, unsigned int cseq, const char *extra)
{
	char text[8192];
	int len =
		snprintf(text, sizeof(text),
			 "%s sip:sipd.example SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK-%u\r\n"
			 "From: <sip:al@sipd.example>;tag=a\r\nTo: <sip:al@sipd.example>\r\n"
			 "Call-ID: c\r\nCSeq: %u %s\r\nMax-Forwards: 70\r\n%s"
			 "Content-Length: 0\r\n\r\n",
			 method, rig->a.address, cseq, cseq, method, extra);

	assert_in_range(len, 1, sizeof(text) - 1);
	sip_stack_receive(rig->engine->stack, &rig->a.flow, text, (size_t)len);
	call_rig_settle(rig);
}

/* Another one with these header lines. */
static void send_register(struct call_rig *rig, const char *lines)
{
	send_as(rig, "REGISTER", ++rig->a.cseq, lines);
}

struct end {
	struct store_receipt receipt; /* first */
	struct loop *loop;
};

static void on_written(struct mail *mail, bool alive)
{
	if (alive)
		loop_stop(((struct end *)mail)->loop);
}

/* All that was handed to the store is on disk, and who waited for that has been answered. */
static void write_store(struct call_rig *rig)
{
	struct end end = {
		.receipt = { .box = tr.box, .cb = on_written },
		.loop = rig->loop,
	};
	struct store_job *job = store_job_alloc();

	assert_non_null(job);
	if (!tr.writes)
		assert_int_equal(store_start(tr.store), 0);
	tr.writes = true;
	assert_int_equal(store_submit(tr.store, job, &end.receipt, true), 0);
	assert_int_equal(loop_run(rig->loop), 0);
	call_rig_settle(rig);
}

static int teardown(void **state)
{
	char command[96];
	int ret;

	write_store(*state);
	registrar_stop(tr.registrar);
	store_close(tr.store);
	mailbox_free(tr.box);
	ret = call_rig_teardown(state);
	registrar_free(tr.registrar);
	snprintf(command, sizeof(command), "rm -rf %s", tr.directory);
	return ret ? ret : system(command);
}

/* The CANCEL of what is no INVITE has no effect (RFC 3261 s.9.1), whatever that waits for. */
static void a_register_that_waits_for_the_store_is_cancelled(void **state)
{
	struct call_rig *rig = *state;

	send_register(rig, "Contact: <sip:al@192.0.2.1>\r\n");
	call_rig_expect(rig, "");
	send_as(rig, "CANCEL", rig->a.cseq, "");
	call_rig_expect(rig, "0 A 200\n");
	send_as(rig, "CANCEL", rig->a.cseq, "");
	call_rig_expect(rig, "0 A 200\n");
	write_store(rig);
	assert_string_equal(peer_header(&rig->a, "CSeq"), "1 REGISTER");
	assert_memory_equal(rig->a.last, "SIP/2.0 200 ", 12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		CASE(a_register_that_waits_for_the_store_is_cancelled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
