// SPDX-License-Identifier: GPL-2.0-or-later
/* REGISTER and who may send it, with a store that writes nothing before it is told to. */
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
	const char *from; /* the user */
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
	tr.from = "al";
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
			 "From: <sip:%s@sipd.example>;tag=a\r\nTo: <sip:al@sipd.example>\r\n"
			 "Call-ID: c\r\nCSeq: %u %s\r\nMax-Forwards: 70\r\n%s"
			 "Content-Length: 0\r\n\r\n",
			 method, rig->a.address, cseq, tr.from, cseq, method, extra);

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

/* The URIs of its Contacts, each with a space behind it. */
static void expect_answer(struct call_rig *rig, const char *contacts)
{
	static const char start[] = "\r\nContact: <";
	const char *p = rig->a.last;
	char text[1024] = "";

	assert_memory_equal(p, "SIP/2.0 200 ", 12);
	while ((p = strstr(p, start))) {
		p += sizeof(start) - 1;
		strncat(text, p, strcspn(p, ">"));
		strcat(text, " ");
	}
	assert_string_equal(text, contacts);
}

static int see_binding(void *arg, const struct store_binding *binding)
{
	strcat(strcat(arg, binding->contact), " ");
	return 0;
}

/* The same of what would be there after a restart, in any order. */
static void expect_stored(const char *contacts)
{
	static const struct store_reader reader = { .binding = see_binding };
	char text[1024] = "", one[128];
	struct store *store;

	assert_int_equal(store_open(&store, tr.path), 0);
	assert_int_equal(store_read(store, 1, &reader, text), 0);
	store_close(store);
	assert_int_equal(strlen(text), strlen(contacts));
	for (; *contacts; contacts += strlen(one)) {
		snprintf(one, sizeof(one), "%.*s ", (int)strcspn(contacts, " "), contacts);
		assert_non_null(strstr(text, one));
	}
}

static void registers(struct call_rig *rig, const char *lines, const char *contacts)
{
	send_register(rig, lines);
	write_store(rig);
	expect_answer(rig, contacts);
	expect_stored(contacts);
}

#define CONTACT "Contact: <sip:al@192.0.2.1>\r\n"
#define CONTACT_X1 "Contact: <sip:al@192.0.2.1;x=1>\r\n"
#define CONTACT_X2 "Contact: <sip:al@192.0.2.1;x=2>\r\n"
#define URI "sip:al@192.0.2.1 "
#define URI_X1 "sip:al@192.0.2.1;x=1 "
#define URI_X2 "sip:al@192.0.2.1;x=2 "

/* Which are not equal to one another, but both to that. */
static void two_contacts_equal_one_binding(void **state)
{
	struct call_rig *rig = *state;

	registers(rig, CONTACT, URI);
	registers(rig, CONTACT_X1 CONTACT_X2, URI_X2 URI_X1);
	registers(rig, CONTACT_X1 CONTACT_X2 "Expires: 0\r\n", "");
	registers(rig, CONTACT, URI);
	registers(rig, CONTACT_X1 CONTACT_X2 "Expires: 0\r\n", "");
	registers(rig, CONTACT, URI);
	registers(rig, "Contact: <sip:al@192.0.2.1;x=1>;expires=0\r\n" CONTACT_X2, URI_X2);
	registers(rig, CONTACT_X1 "Contact: <sip:al@192.0.2.1;x=2>;expires=0\r\n", URI_X1);
}

static void one_contact_equals_two_bindings(void **state)
{
	struct call_rig *rig = *state;

	registers(rig, CONTACT_X1 CONTACT_X2, URI_X2 URI_X1);
	registers(rig, CONTACT, URI);
	registers(rig, CONTACT_X1 "Contact: <sip:al@192.0.2.1;x=2>;q=0.5\r\n", URI_X1 URI_X2);
	registers(rig, CONTACT_X2, URI_X2 URI_X1);
	registers(rig, CONTACT "Expires: 0\r\n", "");
}

/* The last of those that are equal is what counts, and what was there goes for any of them. */
static void contacts_that_come_again(void **state)
{
	struct call_rig *rig = *state;

	registers(rig, CONTACT_X1, URI_X1);
	registers(rig, CONTACT_X1 CONTACT CONTACT_X2, URI_X2);
	registers(rig, CONTACT_X2 CONTACT, URI);
	registers(rig, CONTACT "Contact: <sip:al@192.0.2.1>;expires=0\r\n", "");
}

/* Nothing of it is done then. Shows: 3261/10.3e 3261/10.3g */
static void one_of_several_is_late(void **state)
{
	struct call_rig *rig = *state;

	rig->a.cseq = 5;
	registers(rig, CONTACT, URI);
	rig->a.cseq = 2;
	send_register(rig, CONTACT_X1 CONTACT_X2);
	assert_memory_equal(rig->a.last, "SIP/2.0 500 ", 12);
	rig->a.cseq = 6;
	registers(rig, "Contact: <sip:al@192.0.2.2>\r\n", "sip:al@192.0.2.2 " URI);
}

/* As long as no more are there afterwards. */
static void as_many_as_may_be_are_replaced(void **state)
{
	char lines[4096] = "";
	struct call_rig *rig = *state;

	for (unsigned int i = 0; i < LOCATION_MAX_BINDINGS; i++)
		snprintf(lines + strlen(lines), sizeof(lines) - strlen(lines),
			 "Contact: <sip:%u@192.0.2.2>\r\n", i);
	send_register(rig, lines);
	write_store(rig);
	assert_memory_equal(rig->a.last, "SIP/2.0 200 ", 12);
	send_register(rig, CONTACT);
	assert_memory_equal(rig->a.last, "SIP/2.0 503 ", 12);
	send_register(rig, "Contact: <sip:1@192.0.2.2>;expires=0\r\n" CONTACT);
	write_store(rig);
	assert_memory_equal(rig->a.last, "SIP/2.0 200 ", 12);
	send_register(rig, CONTACT_X1 CONTACT);
	write_store(rig);
	assert_memory_equal(rig->a.last, "SIP/2.0 200 ", 12);
	registers(rig, "Contact: *\r\nExpires: 0\r\n", "");
}

/* --- who it is ------------------------------------------------------------------------------- */

#define PASSWORD "secret"

/* From now on users of the domain have to say who they are. */
static void add_user(const char *name)
{
	struct store_user user = { .user = name, .domain = tr.domain.name, .enabled = true };
	uint8_t ha1[SIP_DIGEST_MAX];

	assert_int_equal(sip_digest_ha1(SIP_DIGEST_MD5, view_str(name), view_str(tr.domain.name),
					VIEW_LIT(PASSWORD), ha1),
			 0);
	memcpy(user.md5, ha1, sizeof(user.md5));
	assert_int_equal(users_put(tr.registrar->users, &user), 0);
	tr.domain.auth = CFG_AUTH_DIGEST;
	tr.domain.no_sha256 = true;
}

/* The nonce of the challenge that came last. */
static const char *nonce_of(const struct call_rig *rig, const char *header)
{
	static char nonce[SIP_NONCE_STRLEN];
	struct sip_challenge challenge;

	assert_int_equal(sip_challenge_parse(&challenge, view_str(peer_header(&rig->a, header))),
			 0);
	snprintf(nonce, sizeof(nonce), "%.*s", VIEW_ARG(challenge.nonce));
	return nonce;
}

static void add_credentials(struct sip_out *lines, const char *header, const char *method,
			    const char *name, const char *nonce)
{
	struct sip_credentials credentials = {
		.username = view_str(name),
		.realm = view_str(tr.domain.name),
		.nonce = view_str(nonce),
		.uri = VIEW_LIT("sip:sipd.example"),
		.cnonce = VIEW_LIT("c0ffee"),
		.nc = VIEW_LIT("00000001"),
		.algorithm = SIP_DIGEST_MD5,
		.qop = SIP_DIGEST_QOP_AUTH,
	};
	uint8_t ha1[SIP_DIGEST_MAX];
	char response[SIP_DIGEST_STRLEN];

	assert_int_equal(sip_digest_ha1(SIP_DIGEST_MD5, view_str(name), view_str(tr.domain.name),
					VIEW_LIT(PASSWORD), ha1),
			 0);
	assert_int_equal(sip_digest_response(&credentials, ha1, view_str(method), response), 0);
	credentials.response = view_str(response);
	sip_credentials_write(lines, header, &credentials);
	assert_true(sip_out_ok(lines));
}

/* The good ones last of @count; the others have nonces that nobody was given. */
static void send_credentials(struct call_rig *rig, unsigned int count)
{
	char text[8192];
	struct sip_out lines;

	send_register(rig, "");
	assert_memory_equal(rig->a.last, "SIP/2.0 401 ", 12);
	sip_out_init(&lines, text, sizeof(text) - 1);
	for (unsigned int i = 1; i < count; i++)
		add_credentials(&lines, "Authorization", "REGISTER", "al", "made-up");
	add_credentials(&lines, "Authorization", "REGISTER", "al",
			nonce_of(rig, "WWW-Authenticate"));
	text[lines.len] = '\0';
	send_register(rig, text);
}

/* Each costs hashes, be it as wrong as it may. */
static void only_some_credentials_are_looked_at(void **state)
{
	struct call_rig *rig = *state;

	add_user("al");
	send_credentials(rig, 4);
	assert_memory_equal(rig->a.last, "SIP/2.0 200 ", 12);
	for (unsigned int count = 5; count <= 10; count++) {
		send_credentials(rig, count);
		assert_memory_equal(rig->a.last, "SIP/2.0 401 ", 12);
	}
}

/* Who has the name that From begins with is not who it names. */
static void a_from_that_is_too_long_is_nobody(void **state)
{
	char from[201], name[AOR_USER_MAX + 1], text[2048];
	struct call_rig *rig = *state;
	struct sip_out lines;

	memset(from, 'a', sizeof(from) - 1);
	from[sizeof(from) - 1] = '\0';
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	add_user(name);
	tr.from = name;
	for (unsigned int i = 0; i < 2; i++) {
		send_as(rig, "MESSAGE", ++rig->a.cseq, "");
		assert_memory_equal(rig->a.last, "SIP/2.0 407 ", 12);
		sip_out_init(&lines, text, sizeof(text) - 1);
		add_credentials(&lines, "Proxy-Authorization", "MESSAGE", name,
				nonce_of(rig, "Proxy-Authenticate"));
		text[lines.len] = '\0';
		call_rig_forget(rig);
		send_as(rig, "MESSAGE", ++rig->a.cseq, text);
		/* Who is let in hears that the domain itself is nobody. */
		call_rig_expect(rig, i ? "0 A 403\n" : "0 A 404\n");
		tr.from = from;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		CASE(a_register_that_waits_for_the_store_is_cancelled),
		CASE(two_contacts_equal_one_binding),
		CASE(one_contact_equals_two_bindings),
		CASE(contacts_that_come_again),
		CASE(one_of_several_is_late),
		CASE(as_many_as_may_be_are_replaced),
		CASE(only_some_credentials_are_looked_at),
		CASE(a_from_that_is_too_long_is_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
