// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Nonces: 32 bits of time in seconds, 32 bits of number, both known, and 64 bits of SipHash over
 * them and whom they are for, in hex.
 *
 * What has been used lies in slots by number: only who knows a password takes one, so a flood of
 * requests for challenges displaces nothing.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/siphash.h"
#include "sip/digest.h"

#define SLOTS (1u << 18)
#define LOCKS 64
/* Counts behind the greatest one that may still come, once each. */
#define WINDOW 64

struct slot {
	uint64_t id; /* of the nonce; 0: free */
	uint64_t seen; /* bit n: the count @greatest - n */
	uint32_t greatest;
};

struct sip_nonces {
	struct siphash_key key;
	uint32_t lifetime_s;
	_Atomic uint32_t number;
	struct slot *slots;
	pthread_mutex_t locks[LOCKS]; /* of the slots, by their index modulo LOCKS */
};

/* Grows with time: in a slot, the greater one is the younger one. */
static uint64_t id_of(uint32_t seconds, uint32_t number)
{
	return (uint64_t)seconds << 32 | number;
}

static uint64_t mac_of(const struct sip_nonces *nonces, uint64_t id,
		       const struct sip_nonce_user *user)
{
	const struct siphash_key *key = &nonces->key;
	uint64_t mac = siphash(key, &id, sizeof(id));

	mac = siphash_more(key, mac, user->realm.p, user->realm.len);
	switch (user->host.family) {
	case AF_INET:
		return siphash_more(key, mac, &user->host.v4, sizeof(user->host.v4));
	case AF_INET6:
		return siphash_more(key, mac, &user->host.v6, sizeof(user->host.v6));
	default:
		return mac;
	}
}

struct sip_nonces *sip_nonces_alloc(uint32_t lifetime_ms)
{
	struct sip_nonces *nonces = calloc(1, sizeof(*nonces));

	if (!nonces)
		return NULL;
	nonces->slots = calloc(SLOTS, sizeof(*nonces->slots));
	if (!nonces->slots) {
		free(nonces);
		return NULL;
	}
	siphash_key_init(&nonces->key);
	nonces->lifetime_s = lifetime_ms / 1000;
	for (unsigned int i = 0; i < LOCKS; i++)
		pthread_mutex_init(&nonces->locks[i], NULL);
	return nonces;
}

void sip_nonces_free(struct sip_nonces *nonces)
{
	if (!nonces)
		return;
	for (unsigned int i = 0; i < LOCKS; i++)
		pthread_mutex_destroy(&nonces->locks[i]);
	free(nonces->slots);
	free(nonces);
}

static void write_hex(uint64_t bits, char *p)
{
	for (unsigned int i = 16; i--; bits >>= 4)
		p[i] = "0123456789abcdef"[bits & 15];
}

static bool read_hex(const char *p, uint64_t *bits)
{
	*bits = 0;
	for (unsigned int i = 0; i < 16; i++) {
		char c = p[i];

		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f'))
			return false;
		*bits = *bits << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	return true;
}

const char *sip_nonce_write(struct sip_nonces *nonces, const struct sip_nonce_user *user,
			    uint64_t now_ms, char buf[SIP_NONCE_STRLEN])
{
	uint32_t number = atomic_fetch_add_explicit(&nonces->number, 1, memory_order_relaxed);
	uint64_t id = id_of((uint32_t)(now_ms / 1000), number);

	write_hex(id, buf);
	write_hex(mac_of(nonces, id, user), buf + 16);
	buf[SIP_NONCE_STRLEN - 1] = '\0';
	return buf;
}

/* Is @count new? Then it is taken. */
static bool take(struct slot *slot, uint32_t count)
{
	uint32_t ahead, behind;

	if (count > slot->greatest) {
		ahead = count - slot->greatest;
		slot->seen = ahead < WINDOW ? slot->seen << ahead | 1 : 1;
		slot->greatest = count;
		return true;
	}
	behind = slot->greatest - count;
	if (behind >= WINDOW || slot->seen >> behind & 1)
		return false;
	slot->seen |= UINT64_C(1) << behind;
	return true;
}

uint64_t sip_nonce_read(const struct sip_nonces *nonces, struct view nonce,
			const struct sip_nonce_user *user, uint64_t now_ms)
{
	uint32_t now = (uint32_t)(now_ms / 1000);
	uint64_t id, mac;

	if (nonce.len != SIP_NONCE_STRLEN - 1 || !read_hex(nonce.p, &id) ||
	    !read_hex(nonce.p + 16, &mac) || mac != mac_of(nonces, id, user))
		return 0;
	/* 0 is the very first nonce in the very first second of a clock. */
	return now - (uint32_t)(id >> 32) > nonces->lifetime_s ? 0 : id;
}

bool sip_nonce_take(struct sip_nonces *nonces, uint64_t id, uint32_t nc)
{
	uint32_t index = (uint32_t)id % SLOTS;
	struct slot *slot = &nonces->slots[index];
	bool good;

	pthread_mutex_lock(&nonces->locks[index % LOCKS]);
	if (slot->id < id)
		*slot = (struct slot){ .id = id };
	good = slot->id == id && take(slot, nc ? nc : 1);
	pthread_mutex_unlock(&nonces->locks[index % LOCKS]);
	return good;
}
