/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The proxy (RFC 3261 s.16): a request that goes on to its targets with nothing kept but its
 * transactions. What the files of it ask of one another; dispatch.c and others use the first part.
 *
 * Lifetime of a struct proxy: from the request until its server transaction and those of all
 * branches have ended. Losers are cancelled and late 2xx sent on until then.
 */
#ifndef SIPD_CALL_PROXY_H
#define SIPD_CALL_PROXY_H

#include <sys/queue.h>

#include "call/engine.h"
#include "call/hop.h"
#include "call/identity.h"
#include "call/route.h"
#include "call/target.h"

/* --- for others --- */

/*
 * A request that begins something. True: it has been dealt with, by a proxy or redirect server, or
 * refused; false: it is for the user agents, or the registrar.
 */
bool call_proxy_take(struct call_engine *engine, struct sip_strans *st, const struct sip_msg *req,
		     const struct tp_flow *from);
/* A request in a dialog. True: its Route is one that the proxy has recorded. */
bool call_proxy_take_in_dialog(struct call_engine *engine, struct sip_strans *st,
			       const struct sip_msg *req, const struct tp_flow *from);
/* The ACK of a 2xx. True: it went the way of its dialog. */
bool call_proxy_take_ack(struct call_engine *engine, const struct sip_msg *ack,
			 const struct tp_flow *from);
/* Gives up all that is under way. */
void call_proxies_end(struct call_engine *engine);

/* --- among themselves --- */

/* The best of all final responses (s.16.7 step 6); see proxy_best.c. */
struct proxy_best {
	int status; /* 0: none yet */
	const struct proxy_branch *branch; /* that it came by */
	const struct sip_msg *live; /* it is the one being received, else: */
	char *raw; /* as it came; both NULL: made here */
	size_t raw_len;
	char *challenges; /* lines, of others that were 401 or 407 too */
	const char *warning; /* of one that is made here, static */
};

struct proxy {
	TAILQ_ENTRY(proxy) link; /* of engine->proxied */
	struct call_engine *engine;
	struct sip_strans *st; /* NULL: gone */
	struct tp_flow from;
	struct call_settings *settings; /* a reference: what it began with */
	struct call_targets targets;
	const struct cfg_statuses *failover; /* NULL: none */
	const char *way[2]; /* what decided: kind and name, for notes */
	struct proxy_branch *branches; /* the last one first */
	struct proxy_best best;
	struct call_history *history; /* owned; NULL: who has sent it is told nothing of it */
	char *text; /* of the request, if it may have to be read again */
	size_t text_len;
	uint64_t loop; /* of the request as it came */
	uint32_t breadth; /* Max-Breadth that no branch has */
	uint8_t method; /* enum sip_method */
	bool record; /* with Record-Route */
	bool path; /* with Path */
	bool learns; /* REGISTER of who may have the Service-Route that he gets as his Route */
	bool by_path; /* it goes to a flow that a Path of ours has named */
	bool cancelled; /* by who sent it */
	bool stopped; /* by a 2xx, a 6xx or a CANCEL: nobody else is tried */
	bool answered; /* a final response has been sent */
};

/* One target that is or was tried. */
struct proxy_branch {
	struct proxy_branch *next;
	struct proxy *proxy;
	struct call_target *target;
	struct sip_ctrans *ct; /* NULL: nothing was sent yet, or it is gone */
	struct call_hop *hop; /* owned; NULL: there is no other address */
	struct timer timer; /* no answer */
	struct timer silence; /* of the address that it was sent to */
	uint32_t breadth; /* its Max-Breadth */
	bool heard;
	bool over; /* nothing is waited for any more */
};

/* A Record-Route of ours: which way its side of the dialog is. */
struct proxy_hop {
	struct tp_flow flow;
	bool by_flow; /* whatever the Request-URI says, unless there is a Route */
};

/* proxy_token.c */
void proxy_write_record_route(struct sip_out *out, struct call_engine *engine, struct view call_id,
			      const struct proxy_hop *out_hop, const struct proxy_hop *in_hop,
			      bool sips);
/* Of who has registered from @in_hop; @first: nobody was between him and us. */
void proxy_write_path(struct sip_out *out, struct call_engine *engine,
		      const struct proxy_hop *out_hop, const struct proxy_hop *in_hop, bool sips,
		      bool first);
/* What a Path is signed with in the place of a Call-ID, which it cannot be. */
#define PROXY_PATH VIEW_LIT(" path")
/* Is @uri one of ours, of a dialog with that Call-ID or PROXY_PATH? Made-up ones are not. */
bool proxy_read_token(const struct call_engine *engine, struct view uri, struct view scope,
		      struct proxy_hop *hop);

/* proxy_own.c */
/* A listener of ours, by address or by the name that it shows. */
bool proxy_names_listener(const struct call_engine *engine, const struct sip_uri *uri);
/* Is it for us to say where that is (s.16.5)? Numbers are anybody's. */
bool proxy_is_ours(const struct call_engine *engine, const struct sip_uri *ruri);
/* Its maddr names us, its port and transport are those that it came by. */
bool proxy_has_own_maddr(const struct call_engine *engine, const struct sip_uri *ruri,
			 const struct tp_flow *from);
/* Without maddr, and a port and transport that it would not mean anyway (s.16.4). */
void proxy_write_without_maddr(struct sip_out *out, const struct sip_uri *ruri);

/* proxy_service_route.c */
/* @response is the 2xx to the REGISTER of a phone behind us. */
void proxy_learn_service_route(const struct proxy_branch *branch, const struct sip_msg *response);
/*
 * Has who sends it been given its Route? Without what names us it is written to @routes, and @way
 * leads to where his REGISTER went.
 */
bool proxy_read_service_route(const struct call_engine *engine, const struct sip_msg *req,
			      const struct tp_flow *from, struct sip_out *routes,
			      struct call_way *way);

/* proxy_loop.c */
#define PROXY_MAX_BREADTH 60 /* RFC 5393 s.5.3.3 */
uint64_t proxy_loop(const struct call_engine *engine, const struct sip_msg *req,
		    const struct tp_flow *from);
/* Did the same request, to be sent the same way, come here before (RFC 5393 s.4.2.2)? */
bool proxy_is_loop(const struct sip_msg *req, uint64_t loop);
/* Of the request; what it does not have is PROXY_MAX_BREADTH. */
uint32_t proxy_read_breadth(const struct sip_msg *req);

/* proxy_write.c */
struct proxy_write {
	const struct sip_msg *req;
	const struct tp_flow *from;
	const struct call_target *target;
	const struct call_targets *targets; /* that it is one of */
	struct call_identity *identity;
	uint64_t loop;
	uint32_t breadth;
	bool record, path;
};

/* 0 or -EMSGSIZE. @request borrows from the engine's buffers and from what it is given. */
int proxy_write_request(struct call_engine *engine, const struct proxy_write *write,
			struct sip_request *request);
/* What a response to @proxy's request tells of the way that it has gone (RFC 7044 s.9.4). */
void proxy_write_history(struct sip_out *out, const struct proxy *proxy, int status);
/* A response as it came, of @branch, with the header lines in @more (NULL: none) behind its own. */
int proxy_forward_response(struct proxy *proxy, const struct proxy_branch *branch,
			   const struct sip_msg *response, const char *more);
/* What goes from one peer to another: a proxy can withhold nothing but identity. */
struct call_identity proxy_identity(const struct call_engine *engine,
				    const struct call_settings *settings, const struct sip_msg *req,
				    const struct tp_flow *from, const struct call_target *target);

/* proxy_best.c */
/* @branch, @response: that it came by, and it, or NULL. */
void proxy_best_take(struct proxy *proxy, int status, const struct proxy_branch *branch,
		     const struct sip_msg *response, const char *warning);
/* What is borrowed from the message being received is copied. */
void proxy_best_keep(struct proxy_best *best);
/* Sends it. */
void proxy_best_send(struct proxy *proxy);
void proxy_best_clean(struct proxy_best *best);

/* proxy_hunt.c */
struct proxy *proxy_alloc(struct call_engine *engine, struct sip_strans *st,
			  const struct sip_msg *req, const struct tp_flow *from);
/* Tries the first targets; proxy->targets and all of the request is filled. */
void proxy_start(struct proxy *proxy, const struct sip_msg *req);
/* The request, read anew; NULL: it was not kept. */
const struct sip_msg *proxy_request(struct proxy *proxy);
/* @branch has failed; @response NULL: as if with @status, @warning says why or is NULL. */
void proxy_failed(struct proxy_branch *branch, int status, const struct sip_msg *response,
		  const char *warning);
/* A 2xx has been sent on: others are cancelled. */
void proxy_won(struct proxy_branch *branch);
/* Frees what is over; the last thing that a callback does. */
void proxy_settle(struct proxy *proxy);
/* In the flow of the request: "proxied by WAY: LABEL: TEXT"; printf() is for what is rare. */
void proxy_note_text(const struct proxy *proxy, const struct call_target *target, const char *text);
void proxy_note(const struct proxy *proxy, const struct call_target *target, const char *format,
		...) __attribute__((format(printf, 3, 4)));

/* proxy_branch.c */
/* 0, or the status that refuses it. */
int proxy_branch_start(struct proxy *proxy, struct call_target *target, const struct sip_msg *req,
		       uint32_t breadth, const char **warning);
void proxy_branch_cancel(struct proxy_branch *branch, const char *reason);
void proxy_branch_end(struct proxy_branch *branch);
void proxy_branch_free(struct proxy_branch *branch);

/* redirect_server.c */
void redirect_answer(struct call_engine *engine, struct sip_strans *st, const struct sip_msg *req,
		     const struct call_targets *targets);

#endif
