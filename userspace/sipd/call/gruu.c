// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/gruu.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>
#include <sys/random.h>

#define PREFIX "tgruu."
/* Names are padded to a multiple of this, so that their length says little. */
#define BLOCK 16
#define NAME_MAX_PADDED ((AOR_USER_MAX + BLOCK) / BLOCK * BLOCK)
#define TOKEN_MAX (GRUU_ID + NAME_MAX_PADDED + GRUU_CODE)

/* --- text ------------------------------------------------------------------------------------- */

/* Base64 with the two characters that a user part may have (RFC 4648 s.5), without padding. */
static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void write_base64(struct sip_out *out, const uint8_t *p, size_t len)
{
	uint32_t bits = 0;
	unsigned int have = 0;

	for (size_t i = 0; i < len || have; i++) {
		if (i < len) {
			bits = bits << 8 | p[i];
			have += 8;
		} else {
			bits <<= 6 - have;
			have = 6;
		}
		for (; have >= 6; have -= 6)
			sip_out_view(out, (struct view){ &digits[bits >> (have - 6) & 63], 1 });
	}
}

/* Octets, or -EINVAL. */
static int read_base64(struct view text, uint8_t *out, size_t size)
{
	uint32_t bits = 0;
	unsigned int have = 0;
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		const char *digit = text.p[i] ? strchr(digits, text.p[i]) : NULL;

		if (!digit)
			return -EINVAL;
		bits = bits << 6 | (uint32_t)(digit - digits);
		have += 6;
		if (have < 8)
			continue;
		if (len == size)
			return -EINVAL;
		have -= 8;
		out[len++] = (uint8_t)(bits >> have);
	}
	/* One spelling each. */
	return have < 6 && !(bits & ((1u << have) - 1)) ? (int)len : -EINVAL;
}

/* What stands in "<...>" of +sip.instance. */
static struct view instance_of(const struct location_binding *binding)
{
	struct view text = location_text(binding, LOCATION_INSTANCE);

	if (text.len < 4 || text.p[1] != '<' || text.p[text.len - 2] != '>')
		return VIEW_NONE;
	return (struct view){ text.p + 2, text.len - 4 };
}

static bool read_escaped(struct view text, struct gruu *gruu)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i];

		if (gruu->len == sizeof(gruu->instance))
			return false;
		if (c == '%' && i + 2 < text.len && view_hex_digit(text.p[i + 1]) >= 0 &&
		    view_hex_digit(text.p[i + 2]) >= 0) {
			c = (char)(view_hex_digit(text.p[i + 1]) << 4 |
				   view_hex_digit(text.p[i + 2]));
			i += 2;
		}
		gruu->instance[gruu->len++] = c;
	}
	return true;
}

/* --- tokens ----------------------------------------------------------------------------------- */

/* The same both ways. */
static bool crypt(const struct gruu_key *key, const uint8_t id[GRUU_ID], const uint8_t *in,
		  size_t len, uint8_t *out)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int written = 0;
	bool ok = ctx && EVP_EncryptInit_ex(ctx, EVP_aes_128_ctr(), NULL, key->cipher, id) == 1 &&
		  EVP_EncryptUpdate(ctx, out, &written, in, (int)len) == 1 && written == (int)len;

	EVP_CIPHER_CTX_free(ctx);
	return ok;
}

/* Each with its NUL, so that no two tuples are the same octets. */
static bool make_code(const struct gruu_key *key, const uint8_t id[GRUU_ID], const struct aor *aor,
		      const struct location_binding *binding, uint8_t code[GRUU_CODE])
{
	struct view instance = location_text(binding, LOCATION_INSTANCE);
	struct view call_id = location_text(binding, LOCATION_CALL_ID);
	const struct view parts[] = {
		{ (const char *)id, GRUU_ID },
		{ aor->user, strlen(aor->user) + 1 },
		{ aor->domain->name, strlen(aor->domain->name) + 1 },
		{ instance.p, instance.len + 1 },
		{ call_id.p, call_id.len + 1 },
	};
	uint8_t text[2048], digest[EVP_MAX_MD_SIZE];
	unsigned int size = 0;
	size_t len = 0;

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		if (parts[i].len > sizeof(text) - len)
			return false;
		memcpy(text + len, parts[i].p, parts[i].len);
		len += parts[i].len;
	}
	if (!HMAC(EVP_sha256(), key->mac, sizeof(key->mac), text, len, digest, &size) ||
	    size < GRUU_CODE)
		return false;
	memcpy(code, digest, GRUU_CODE);
	return true;
}

static void write_token(struct sip_out *out, const struct gruu_key *key, const struct aor *aor,
			const struct location_binding *binding)
{
	uint8_t token[TOKEN_MAX], name[NAME_MAX_PADDED] = { 0 };
	size_t user = strlen(aor->user), padded = (user + BLOCK) / BLOCK * BLOCK;

	memcpy(name, aor->user, user);
	if (getrandom(token, GRUU_ID, 0) != GRUU_ID ||
	    !crypt(key, token, name, padded, token + GRUU_ID) ||
	    !make_code(key, token, aor, binding, token + GRUU_ID + padded))
		return;
	sip_out_str(out, ";temp-gruu=\"sip:" PREFIX);
	write_base64(out, token, GRUU_ID + padded + GRUU_CODE);
	sip_out_str(out, "@");
	sip_out_str(out, aor->domain->name);
	sip_out_str(out, ";gr\"");
}

static int read_token(struct gruu *gruu, struct aor *aor, const struct gruu_key *key,
		      struct view user)
{
	uint8_t token[TOKEN_MAX], name[NAME_MAX_PADDED];
	int len, padded;

	if (user.len <= strlen(PREFIX) || memcmp(user.p, PREFIX, strlen(PREFIX)))
		return -ENOENT;
	user.p += strlen(PREFIX);
	user.len -= strlen(PREFIX);
	len = read_base64(user, token, sizeof(token));
	padded = len - GRUU_ID - GRUU_CODE;
	if (padded <= 0 || padded % BLOCK ||
	    !crypt(key, token, token + GRUU_ID, (size_t)padded, name))
		return -ENOENT;
	len = (int)strnlen((char *)name, (size_t)padded);
	for (int i = len; i < padded; i++)
		if (name[i])
			return -ENOENT;
	if (!len || len == padded || len > AOR_USER_MAX)
		return -ENOENT;
	memcpy(aor->user, name, (size_t)len + 1);
	memcpy(gruu->id, token, GRUU_ID);
	memcpy(gruu->code, token + GRUU_ID + padded, GRUU_CODE);
	gruu->temporary = true;
	return 1;
}

/* --- */

void gruu_write(struct sip_out *out, const struct gruu_key *key, const struct aor *aor,
		const struct location_binding *binding)
{
	struct view instance = instance_of(binding);

	if (!instance.len)
		return;
	sip_out_str(out, ";pub-gruu=\"sip:");
	sip_out_str(out, aor->user);
	sip_out_str(out, "@");
	sip_out_str(out, aor->domain->name);
	sip_out_str(out, ";gr=");
	sip_out_escaped(out, instance, "-_.!~*'()[]/:&+$");
	sip_out_str(out, "\"");
	write_token(out, key, aor, binding);
}

int gruu_read(struct gruu *gruu, struct aor *aor, const struct gruu_key *key, const struct cfg *cfg,
	      const struct sip_uri *uri)
{
	struct view value;

	if (uri->opaque.p || !sip_param(uri->params, VIEW_LIT("gr"), &value))
		return 0;
	*gruu = (struct gruu){ .temporary = false };
	aor->domain = aor_domain(cfg, uri);
	if (!aor->domain)
		return 0;
	if (!value.len)
		return read_token(gruu, aor, key, uri->user);
	return aor_read(aor, cfg, uri) || !read_escaped(value, gruu) ? -ENOENT : 1;
}

bool gruu_fits(const struct gruu *gruu, const struct gruu_key *key, const struct aor *aor,
	       const struct location_binding *binding)
{
	struct view instance = instance_of(binding);
	uint8_t code[GRUU_CODE];

	if (!instance.len)
		return false;
	if (!gruu->temporary)
		return view_eq(instance, (struct view){ gruu->instance, gruu->len });
	return make_code(key, gruu->id, aor, binding, code) &&
	       !CRYPTO_memcmp(code, gruu->code, GRUU_CODE);
}
