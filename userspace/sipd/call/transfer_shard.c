// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A transfer between calls of two shards: the one that has the REFER borrows the party who is to be
 * moved, dialog and all, and claims its Call-ID. Each shard has a half of the transfer, and they
 * write to one another:
 *
 *	ASK	borrower to lender: whom Replaces names
 *	TELL	he rings still: the lender waits for him, with each provisional response of his
 *	LEND	the party, or why not
 *	BACK	how it has ended, with the party if he can go back; or of the lender, that his call
 *		has ended
 *
 *	NAME	how does the other side know that dialog?
 *	NAMED	so, if there is one
 *
 * What is sent is the receiver's. A half that is gone when mail comes for it has ended: who comes
 * back to nobody gets BYE.
 */
#include <errno.h>
#include <stdlib.h>

#include "call/transfer.h"
#include "sip/shard.h"

enum errand_kind { ASK, TELL, LEND, BACK, NAME, NAMED };

struct errand {
	struct mail mail;
	enum errand_kind kind;
	struct call_engine *engine; /* the receiver's; no other one is touched */
	unsigned int from; /* shard */
	uint32_t number, sender; /* of the receiver's half, 0: it has none yet; of the sender's */
	int status; /* 0: there is a party; of TELL his, of BACK how the transfer has ended */
	unsigned int realm; /* of who asks, of the party */
	bool has_party;
	struct call_party party;
	size_t len; /* of the Replaces value in ASK and NAME */
	char text[]; /* that, or of NAMED a struct call_replaces_name */
};

static void deliver(struct mail *mail, bool alive);

static void discard(struct errand *errand)
{
	if (errand->has_party) {
		sip_shard_release(&errand->party.dialog.claim);
		sip_dialog_clean(&errand->party.dialog);
	}
	free(errand);
}

/* Mail of no size is always taken: there is one for each message of a transfer, at most. */
static void post(struct errand *errand, struct call_engine *engine, unsigned int shard)
{
	errand->engine = sip_shard_user(engine->stack, shard);
	errand->from = sip_shard_index(engine->stack);
	if (sip_shard_post(engine->stack, shard, &errand->mail, 0, deliver))
		discard(errand);
}

/* --- parties on their way --- */

static void pack(struct errand *errand, const struct call_engine *engine)
{
	errand->has_party = true;
	errand->realm = (unsigned int)(errand->party.realm - engine->realms);
}

/* As this shard has it. 0 or -ENOMEM. */
static int unpack(struct errand *errand, struct call_engine *engine)
{
	struct sip_dialog *dialog = &errand->party.dialog;
	struct sip_claim *theirs = dialog->claim;
	int ret;

	errand->party.realm = &engine->realms[errand->realm];
	dialog->flow.listener = tp_listener_at(engine->tp, dialog->flow.listener->index);
	ret = sip_shard_claim(engine->stack, sip_dialog_text(dialog, SIP_DIALOG_CALL_ID),
			      sip_dialog_text(dialog, SIP_DIALOG_REMOTE_TAG), &dialog->claim);
	sip_shard_release(&theirs);
	return ret;
}

void call_party_drop(struct call_engine *engine, const struct call_party *party)
{
	struct sip_dialog dialog = party->dialog;

	call_fork_bye(engine, &dialog, dialog.local_cseq + 1);
	sip_shard_release(&dialog.claim);
	sip_dialog_clean(&dialog);
}

/* --- halves --- */

static void enter(struct call_transfer *transfer, struct call_engine *engine, unsigned int shard)
{
	transfer->number = ++engine->ntransfers ? engine->ntransfers : ++engine->ntransfers;
	transfer->their_shard = shard;
	transfer->next = engine->transfers;
	engine->transfers = transfer;
}

static void leave(struct call_transfer *transfer, struct call_engine *engine)
{
	struct call_transfer **at = &engine->transfers;

	while (*at != transfer)
		at = &(*at)->next;
	*at = transfer->next;
	transfer->number = 0;
}

static struct call_transfer *half(const struct call_engine *engine, uint32_t number)
{
	struct call_transfer *transfer = engine->transfers;

	while (transfer && transfer->number != number)
		transfer = transfer->next;
	return transfer;
}

static bool ask(struct call_transfer *transfer, struct call_engine *engine, enum errand_kind kind,
		const struct call_replaces *replaces, const struct call_realm *realm)
{
	const char *early = replaces->early_only ? ";early-only" : "";
	size_t cap = replaces->call_id.len + replaces->to_tag.len + replaces->from_tag.len + 64;
	size_t size = kind == NAME ? sizeof(struct call_replaces_name) : 0;
	const struct sip_shard_dialog dialog = call_replaces_dialog(replaces);
	struct errand *errand;
	struct sip_out out;
	unsigned int shard;

	if (!sip_shard_elsewhere(engine->stack, &dialog, &shard))
		return false;
	errand = calloc(1, sizeof(*errand) + (cap > size ? cap : size));
	if (!errand)
		return false;
	sip_out_init(&out, errand->text, cap);
	sip_out_printf(&out, "%.*s;to-tag=%.*s;from-tag=%.*s%s", VIEW_ARG(replaces->call_id),
		       VIEW_ARG(replaces->to_tag), VIEW_ARG(replaces->from_tag), early);
	errand->len = out.len;
	errand->kind = kind;
	errand->realm = (unsigned int)(realm - engine->realms);
	enter(transfer, engine, shard);
	transfer->waiting = true;
	errand->sender = transfer->number;
	post(errand, engine, shard);
	return true;
}

bool call_transfer_ask(struct call_transfer *transfer, struct call_engine *engine,
		       const struct call_replaces *replaces, const struct call_realm *realm)
{
	return ask(transfer, engine, ASK, replaces, realm);
}

bool call_transfer_ask_name(struct call_transfer *transfer, struct call_engine *engine,
			    const struct call_replaces *replaces, const struct call_realm *realm)
{
	transfer->naming = true;
	return ask(transfer, engine, NAME, replaces, realm);
}

/*
 * Can he who was borrowed go back as he came? Without memory he cannot, nor while he is asked for
 * an answer, which would follow him.
 */
static bool can_return(const struct call_transfer *transfer, int status, struct errand *errand)
{
	const struct call *call = transfer->to;

	if (status < 300 || !transfer->borrowed || transfer->kept || !call)
		return false;
	if (call->invite && call->invite->ct && !call->invite->final)
		return false;
	return call->pairs->leg[MEDIA_B].state == SIP_DIALOG_CONFIRMED &&
	       !call_party_take(call->pairs, MEDIA_B, &errand->party);
}

void call_transfer_part(struct call_transfer *transfer, struct call_engine *engine, int status)
{
	struct errand *errand;

	leave(transfer, engine);
	/* Who still waits will be asked for by TELL or LEND. */
	if (transfer->waiting && !transfer->their_number)
		return;
	errand = calloc(1, sizeof(*errand));
	if (!errand)
		return;
	errand->kind = BACK;
	errand->number = transfer->their_number;
	errand->status = status;
	if (can_return(transfer, status, errand))
		pack(errand, engine);
	post(errand, engine, transfer->their_shard);
}

/* --- what comes --- */

/* 0 or the status that says why not. */
static int find_party(const struct errand *errand, const struct call_engine *engine,
		      struct call_replaced *replaced)
{
	struct call_replaces replaces;

	if (call_replaces_parse(&replaces, (struct view){ errand->text, errand->len }))
		return 400;
	return call_replaces_check(engine, &replaces, &engine->realms[errand->realm], replaced);
}

/* The other party of the half's call goes with @errand. 0 or a status. */
static int lend(struct errand *errand, struct call_transfer *transfer)
{
	struct call *call = transfer->other;
	enum media_side side = call_other((enum media_side)transfer->other_side);

	if (call_party_take(call->pairs, side, &errand->party))
		return 500;
	transfer->lent = true;
	transfer->kept = true;
	errand->kind = LEND;
	call_note_printf(call, CALL_NOTE_CHANGE, "transfer: the %s joins a call of another shard",
			 call_side_name(side));
	pack(errand, call->engine);
	return 0;
}

void call_transfer_lend(struct call_transfer *transfer)
{
	struct call_engine *engine = transfer->other->engine;
	struct errand *errand = calloc(1, sizeof(*errand));

	if (!errand || lend(errand, transfer)) {
		free(errand);
		call_transfer_done(transfer, 500);
		return;
	}
	errand->number = transfer->their_number;
	errand->sender = transfer->number;
	post(errand, engine, transfer->their_shard);
}

void call_transfer_tell(struct call_transfer *transfer, int status)
{
	struct errand *errand = calloc(1, sizeof(*errand));

	if (!errand)
		return;
	errand->kind = TELL;
	errand->status = status;
	errand->number = transfer->their_number;
	errand->sender = transfer->number;
	post(errand, transfer->other->engine, transfer->their_shard);
}

/* Whom Replaces names is lent at once, or rings still. 0 or the status that says why not. */
static int begin(struct errand *errand, struct call_engine *engine, struct call_transfer *transfer)
{
	struct call_replaced replaced;
	int status = find_party(errand, engine, &replaced);

	if (status)
		return status;
	errand->kind = TELL;
	errand->status = 100;
	if (replaced.ringing) {
		call_transfer_await(transfer, &replaced);
		return 0;
	}
	transfer->other = replaced.call;
	transfer->other_side = (uint8_t)replaced.side;
	status = lend(errand, transfer);
	errand->status = 0;
	if (!status)
		replaced.call->transfer = transfer;
	return status;
}

static void asked(struct errand *errand, struct call_engine *engine)
{
	struct call_transfer *transfer = call_transfer_alloc();
	unsigned int shard = errand->from;
	int status = transfer ? begin(errand, engine, transfer) : 500;

	errand->number = errand->sender;
	errand->sender = 0;
	if (status) {
		free(transfer);
		errand->kind = LEND;
		errand->status = status;
	} else {
		enter(transfer, engine, shard);
		transfer->their_number = errand->number;
		errand->sender = transfer->number;
	}
	post(errand, engine, shard);
}

/* A half that is gone wants nobody any more. */
static void told(struct errand *errand, struct call_engine *engine)
{
	struct call_transfer *transfer = half(engine, errand->number);

	if (!transfer) {
		errand->kind = BACK;
		errand->number = errand->sender;
		errand->status = 487;
		post(errand, engine, errand->from);
		return;
	}
	transfer->their_number = errand->sender;
	if (errand->status > 100)
		call_transfer_notify(transfer, errand->status, VIEW_NONE);
	free(errand);
}

static void refuse_party(struct errand *errand, struct call_engine *engine)
{
	errand->kind = BACK;
	errand->number = errand->sender;
	errand->status = 487;
	pack(errand, engine);
	post(errand, engine, errand->from);
}

static void lent(struct errand *errand, struct call_engine *engine)
{
	struct call_transfer *transfer = half(engine, errand->number);
	int status = errand->status;

	if (errand->has_party && unpack(errand, engine))
		status = 500;
	if (!transfer || status) {
		if (errand->has_party)
			refuse_party(errand, engine);
		else
			discard(errand);
	}
	if (!transfer)
		return;
	transfer->waiting = false;
	if (status) {
		leave(transfer, engine);
	} else {
		transfer->borrowed = true;
		transfer->their_number = errand->sender;
	}
	call_transfer_lent(transfer, status, status ? NULL : &errand->party);
	if (!status)
		free(errand);
}

static void came_back(struct errand *errand, struct call_engine *engine)
{
	struct call_transfer *transfer = half(engine, errand->number);
	struct call_pair *pair = transfer && transfer->other ? transfer->other->pairs : NULL;
	struct call *call = transfer ? transfer->other : NULL;
	enum media_side gone;

	if (errand->has_party)
		unpack(errand, engine);
	if (transfer)
		leave(transfer, engine);
	if (transfer && transfer->waiting) {
		/* Whoever rang will not answer. */
		transfer->waiting = false;
		call_transfer_lent(transfer, errand->status, NULL);
	} else if (transfer && !transfer->lent && !transfer->ringing) {
		/* The lender's call has ended, and with it what could be replaced; we go on. */
		transfer->borrowed = false;
	} else if (transfer) {
		gone = call_other((enum media_side)transfer->other_side);
		if (errand->has_party && pair->leg[!gone].state == SIP_DIALOG_CONFIRMED) {
			call_party_put(pair, gone, &errand->party);
			errand->has_party = false;
		}
		call_transfer_done(transfer, errand->status);
		call_settle(call);
	}
	if (errand->has_party)
		call_party_drop(engine, &errand->party);
	free(errand);
}

static void name_asked(struct errand *errand, struct call_engine *engine)
{
	struct call_replaces_name name = { .len = 0 };
	struct call_replaces replaces;
	unsigned int shard = errand->from;

	if (!call_replaces_parse(&replaces, (struct view){ errand->text, errand->len }))
		call_replaces_name(engine, &replaces, &engine->realms[errand->realm], &name);
	memcpy(errand->text, &name, sizeof(name));
	errand->kind = NAMED;
	errand->number = errand->sender;
	post(errand, engine, shard);
}

static void named(struct errand *errand, struct call_engine *engine)
{
	struct call_transfer *transfer = half(engine, errand->number);
	struct call_replaces_name name;

	if (transfer) {
		leave(transfer, engine);
		memcpy(&name, errand->text, sizeof(name));
		call_refer_named(transfer, &name);
	}
	discard(errand);
}

static void deliver(struct mail *mail, bool alive)
{
	struct errand *errand = (struct errand *)mail;

	if (!alive)
		discard(errand);
	else if (errand->kind == ASK)
		asked(errand, errand->engine);
	else if (errand->kind == NAME)
		name_asked(errand, errand->engine);
	else if (errand->kind == NAMED)
		named(errand, errand->engine);
	else if (errand->kind == TELL)
		told(errand, errand->engine);
	else if (errand->kind == LEND)
		lent(errand, errand->engine);
	else
		came_back(errand, errand->engine);
}
