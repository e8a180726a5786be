/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Digest authentication (RFC 3261 s.22, RFC 7616, RFC 8760): challenges and credentials as headers
 * have them, and the arithmetic of both sides. MD5, SHA-256 and SHA-512-256, each also as -sess,
 * with qop=auth, auth-int, or without any. Knows no users.
 *
 * Texts are borrowed. Those of quoted strings come without their quotes and with their escapes as
 * written, which is also how they are hashed.
 */
#ifndef SIPD_SIP_DIGEST_H
#define SIPD_SIP_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/host.h"
#include "base/view.h"
#include "sip/msg.h"
#include "sip/out.h"

/* A greater one is stronger. */
enum sip_digest_algorithm {
	SIP_DIGEST_UNKNOWN,
	SIP_DIGEST_MD5,
	SIP_DIGEST_MD5_SESS,
	SIP_DIGEST_SHA256,
	SIP_DIGEST_SHA256_SESS,
	SIP_DIGEST_SHA512_256,
	SIP_DIGEST_SHA512_256_SESS,
};

enum sip_digest_qop {
	SIP_DIGEST_QOP_NONE, /* not named: as in RFC 2069 */
	SIP_DIGEST_QOP_AUTH,
	SIP_DIGEST_QOP_AUTH_INT,
	SIP_DIGEST_QOP_OTHER,
};

/* Octets of a hash, and room for it in hex. */
#define SIP_DIGEST_MAX 32
#define SIP_DIGEST_STRLEN (2 * SIP_DIGEST_MAX + 1)

/* WWW-Authenticate, Proxy-Authenticate. */
struct sip_challenge {
	struct view realm;
	struct view nonce;
	struct view opaque; /* .p NULL: none */
	enum sip_digest_algorithm algorithm;
	enum sip_digest_qop qop; /* AUTH if that is among what is offered, else AUTH_INT */
	bool stale;
};

/* Authorization, Proxy-Authorization. What may be missing has .p NULL then. */
struct sip_credentials {
	struct view username;
	struct view realm;
	struct view nonce;
	struct view uri;
	struct view response;
	struct view cnonce; /* may be missing */
	struct view nc; /* may be missing; 8 digits of hex otherwise */
	struct view opaque; /* may be missing */
	enum sip_digest_algorithm algorithm;
	enum sip_digest_qop qop;
	struct view body; /* of the message, for AUTH_INT; not read or written here */
};

/* --- digest_parse.c: 0; -ENOTSUP: another scheme than Digest; -EBADMSG --- */

int sip_challenge_parse(struct sip_challenge *challenge, struct view value);
/*
 * Without cnonce or nc where qop needs them (RFC 7616 s.3.4), or with a parameter given twice, it
 * is -EBADMSG.
 */
int sip_credentials_parse(struct sip_credentials *credentials, struct view value);
/* The nc of parsed credentials; 0: none. */
uint32_t sip_credentials_nc(const struct sip_credentials *credentials);

/* --- digest_write.c --- */

const char *sip_digest_algorithm_name(enum sip_digest_algorithm algorithm);
/* A header line; @name: "WWW-Authenticate" or "Proxy-Authenticate". */
void sip_challenge_write(struct sip_out *out, const char *name,
			 const struct sip_challenge *challenge);
/* A header line; @name: "Authorization" or "Proxy-Authorization". */
void sip_credentials_write(struct sip_out *out, const char *name,
			   const struct sip_credentials *credentials);

/* --- digest_hash.c: 0, or -ENOTSUP where the crypto library does not offer that hash --- */

/* Is it one whose key is made from nonce and cnonce, too? */
bool sip_digest_is_sess(enum sip_digest_algorithm algorithm);
/* Octets of the algorithm's hash. */
size_t sip_digest_size(enum sip_digest_algorithm algorithm);
/* H(user:realm:password), as octets. Of a -sess algorithm that of its base. */
int sip_digest_ha1(enum sip_digest_algorithm algorithm, struct view user, struct view realm,
		   struct view password, uint8_t ha1[SIP_DIGEST_MAX]);
/*
 * What credentials->response has to be, in hex with NUL, for a request of that method by who has
 * @ha1.
 */
int sip_digest_response(const struct sip_credentials *credentials, const uint8_t *ha1,
			struct view method, char response[SIP_DIGEST_STRLEN]);
/* Are these the same digits of hex, whatever their case? The time tells only their number. */
bool sip_digest_equal(struct view a, struct view b);

/* --- digest_nonce.c --- */

/*
 * Nonces that need no memory until they are used: time, number and a MAC under a key of this
 * process, which all shards share. Used ones are remembered, so that no nonce count is taken twice
 * (RFC 7616 s.5.12); one that is displaced by younger ones is stale. From any thread.
 */
struct sip_nonces;

/* Room for one as text. */
#define SIP_NONCE_STRLEN 33

/* NULL without memory. Nonces are good for @lifetime_ms. */
struct sip_nonces *sip_nonces_alloc(uint32_t lifetime_ms);
void sip_nonces_free(struct sip_nonces *nonces);
/*
 * Whom a nonce is for. What comes with one from an address shows that who is there has heard his
 * challenge, so that wrong credentials can be held against him.
 */
struct sip_nonce_user {
	struct view realm;
	struct host host; /* none: he may come by several */
};

/* A new one; @now_ms of any one monotonic clock. Returns @buf. */
const char *sip_nonce_write(struct sip_nonces *nonces, const struct sip_nonce_user *user,
			    uint64_t now_ms, char buf[SIP_NONCE_STRLEN]);
/* What it is known by; 0: it is not one of ours for @user, or too old: stale (RFC 7616 s.3.3). */
uint64_t sip_nonce_read(const struct sip_nonces *nonces, struct view nonce,
			const struct sip_nonce_user *user, uint64_t now_ms);
/*
 * Takes the count @nc (0: none was given, the nonce is good for one request) of a nonce whose
 * digest has been found right. False: that has been taken or is too far behind: stale.
 */
bool sip_nonce_take(struct sip_nonces *nonces, uint64_t id, uint32_t nc);

/* --- digest_client.c --- */

/*
 * The next challenge of a 401 or 407 that can be met, and is the strongest of its realm (RFC 8760
 * s.2.4), after that in @after (NULL: the first one). NULL: there is none.
 */
const struct sip_header *sip_challenge_next(const struct sip_msg *response,
					    const struct sip_header *after,
					    struct sip_challenge *challenge);

struct sip_digest_account {
	struct view user;
	struct view password;
};

/* What a challenge is answered by, in the request that got it and in those that follow. */
struct sip_digest_session;

/* @proxy: it was a 407. @cnonce: unpredictable. NULL without memory, or that hash. */
struct sip_digest_session *sip_digest_session_alloc(const struct sip_challenge *challenge,
						    bool proxy,
						    const struct sip_digest_account *account,
						    struct view cnonce);
/* One more who uses it: of all together it counts the requests, for the nonce's sake. */
struct sip_digest_session *sip_digest_session_get(struct sip_digest_session *session);
/* One less; NULL is fine. */
void sip_digest_session_put(struct sip_digest_session *session);
/* Is it for that realm, and answers to 407 (@proxy) or 401? */
bool sip_digest_session_is(const struct sip_digest_session *session, bool proxy, struct view realm);
struct view sip_digest_session_realm(const struct sip_digest_session *session);
bool sip_digest_session_same(const struct sip_digest_session *a,
			     const struct sip_digest_session *b);
/*
 * Does @challenge refuse the credentials, so that once more would not help? Who was asked for them
 * in this request (@answered), or has used this very nonce, has been refused, unless the nonce was
 * merely too old, which is believed once (@renewed).
 */
bool sip_digest_session_refused(const struct sip_digest_session *session,
				const struct sip_challenge *challenge, bool answered,
				bool *renewed);

struct sip_digest_request {
	struct view method;
	struct view uri; /* its Request-URI */
	struct view body;
};

/* Writes the header line for one more request, and counts it. 0 or -ENOTSUP. */
int sip_digest_session_write(struct sip_digest_session *session,
			     const struct sip_digest_request *request, struct sip_out *out);

#endif
