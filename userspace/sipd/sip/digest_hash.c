// SPDX-License-Identifier: GPL-2.0-or-later
/* The arithmetic of RFC 7616 s.3.4. */
#include <errno.h>
#include <pthread.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "sip/digest.h"

/* Looked up once: finding them costs more than hashing with them. NULL: not offered. */
static struct {
	EVP_MD *md5, *sha256, *sha512_256;
	pthread_key_t context; /* an EVP_MD_CTX per thread */
} library;

static void context_free(void *context)
{
	EVP_MD_CTX_free(context);
}

static void library_open(void)
{
	library.md5 = EVP_MD_fetch(NULL, "MD5", NULL);
	library.sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	library.sha512_256 = EVP_MD_fetch(NULL, "SHA512-256", NULL);
	pthread_key_create(&library.context, context_free);
}

static EVP_MD_CTX *context_get(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	EVP_MD_CTX *context;

	pthread_once(&once, library_open);
	context = pthread_getspecific(library.context);
	if (context)
		return context;
	context = EVP_MD_CTX_new();
	if (context && pthread_setspecific(library.context, context)) {
		EVP_MD_CTX_free(context);
		return NULL;
	}
	return context;
}

bool sip_digest_is_sess(enum sip_digest_algorithm algorithm)
{
	return algorithm == SIP_DIGEST_MD5_SESS || algorithm == SIP_DIGEST_SHA256_SESS ||
	       algorithm == SIP_DIGEST_SHA512_256_SESS;
}

static const EVP_MD *md_of(enum sip_digest_algorithm algorithm)
{
	if (algorithm >= SIP_DIGEST_SHA512_256)
		return library.sha512_256;
	return algorithm >= SIP_DIGEST_SHA256 ? library.sha256 : library.md5;
}

size_t sip_digest_size(enum sip_digest_algorithm algorithm)
{
	return algorithm >= SIP_DIGEST_SHA256 ? 32 : 16;
}

/* H() of @parts with colons between them. */
static int hash(enum sip_digest_algorithm algorithm, const struct view *parts, size_t count,
		uint8_t digest[SIP_DIGEST_MAX])
{
	EVP_MD_CTX *context = context_get();
	const EVP_MD *md = md_of(algorithm);
	bool ok;

	if (algorithm == SIP_DIGEST_UNKNOWN || !md || !context)
		return -ENOTSUP;
	ok = EVP_DigestInit_ex2(context, md, NULL);
	for (size_t i = 0; ok && i < count; i++) {
		if (i)
			ok = EVP_DigestUpdate(context, ":", 1);
		if (ok && parts[i].len)
			ok = EVP_DigestUpdate(context, parts[i].p, parts[i].len);
	}
	return ok && EVP_DigestFinal_ex(context, digest, NULL) ? 0 : -ENOTSUP;
}

static struct view to_hex(enum sip_digest_algorithm algorithm, const uint8_t *octets,
			  char text[SIP_DIGEST_STRLEN])
{
	size_t size = sip_digest_size(algorithm);

	for (size_t i = 0; i < size; i++) {
		text[2 * i] = "0123456789abcdef"[octets[i] >> 4];
		text[2 * i + 1] = "0123456789abcdef"[octets[i] & 15];
	}
	text[2 * size] = '\0';
	return (struct view){ text, 2 * size };
}

int sip_digest_ha1(enum sip_digest_algorithm algorithm, struct view user, struct view realm,
		   struct view password, uint8_t ha1[SIP_DIGEST_MAX])
{
	const struct view parts[] = { user, realm, password };

	return hash(algorithm, parts, 3, ha1);
}

int sip_digest_response(const struct sip_credentials *credentials, const uint8_t *ha1,
			struct view method, char response[SIP_DIGEST_STRLEN])
{
	enum sip_digest_algorithm algorithm = credentials->algorithm;
	bool with_body = credentials->qop == SIP_DIGEST_QOP_AUTH_INT;
	struct view a2[] = { method, credentials->uri, VIEW_NONE };
	char body[SIP_DIGEST_STRLEN], secret[SIP_DIGEST_STRLEN], ha2[SIP_DIGEST_STRLEN];
	uint8_t digest[SIP_DIGEST_MAX];
	struct view parts[6];
	size_t count = 0;
	int ret = 0;

	if (credentials->qop == SIP_DIGEST_QOP_OTHER)
		return -ENOTSUP;
	parts[count++] = to_hex(algorithm, ha1, secret);
	parts[count++] = credentials->nonce;
	if (sip_digest_is_sess(algorithm)) {
		parts[count] = credentials->cnonce;
		ret = hash(algorithm, parts, 3, digest);
		to_hex(algorithm, digest, secret);
	}
	if (credentials->qop != SIP_DIGEST_QOP_NONE) {
		parts[count++] = credentials->nc;
		parts[count++] = credentials->cnonce;
		parts[count++] = with_body ? VIEW_LIT("auth-int") : VIEW_LIT("auth");
	}
	if (!ret && with_body) {
		ret = hash(algorithm, &credentials->body, 1, digest);
		a2[2] = to_hex(algorithm, digest, body);
	}
	if (!ret)
		ret = hash(algorithm, a2, with_body ? 3 : 2, digest);
	parts[count++] = to_hex(algorithm, digest, ha2);
	if (!ret)
		ret = hash(algorithm, parts, count, digest);
	to_hex(algorithm, digest, response);
	OPENSSL_cleanse(secret, sizeof(secret));
	return ret;
}

static char small(char c)
{
	return c >= 'A' && c <= 'F' ? (char)(c | 0x20) : c;
}

bool sip_digest_equal(struct view a, struct view b)
{
	char low[2][SIP_DIGEST_STRLEN - 1];

	if (a.len != b.len || a.len > sizeof(low[0]))
		return false;
	for (size_t i = 0; i < a.len; i++) {
		low[0][i] = small(a.p[i]);
		low[1][i] = small(b.p[i]);
	}
	return !CRYPTO_memcmp(low[0], low[1], a.len);
}
