// SPDX-License-Identifier: GPL-2.0-or-later
/* Whom the kernel trusts when DNS tells each shard, and each realm, something else. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "guard_peers.h"

static struct guard_peers peers;
static char told[1024];

static void note(char sign, const struct call_named_peer *peer, const struct sf_address *addr)
{
	snprintf(told + strlen(told), sizeof(told) - strlen(told), "%c%d.%s ", sign,
		 (int)peer->id - 1, inet_ntoa(addr->v4));
}

static void add(void *arg, const struct call_named_peer *peer, const struct sf_address *addr)
{
	assert_ptr_equal(arg, told);
	note('+', peer, addr);
}

static void del(void *arg, const struct call_named_peer *peer, const struct sf_address *addr)
{
	assert_ptr_equal(arg, told);
	note('-', peer, addr);
}

/* @hosts: their last octets. */
static bool set(unsigned int shard, unsigned int index, const char *hosts)
{
	static const struct guard_peers_ops ops = { .add = add, .del = del };
	const struct call_named_peer peer = { .id = index + 1 };
	struct sf_address addrs[8];
	unsigned int count = 0;

	for (; *hosts; hosts++)
		addrs[count++] = (struct sf_address){
			.family = AF_INET,
			.v4.s_addr = htonl(0x0a000000u + (unsigned int)(*hosts - '0')),
		};
	told[0] = '\0';
	return guard_peers_set(&peers, shard, &peer, addrs, count, &ops, told);
}

static void one_shard(void **state)
{
	(void)state;
	guard_peers_init(&peers);
	assert_true(set(0, 0, "12"));
	assert_string_equal(told, "+0.10.0.0.1 +0.10.0.0.2 ");
	set(0, 0, "12");
	assert_string_equal(told, "");
	set(0, 0, "23");
	assert_string_equal(told, "-0.10.0.0.1 +0.10.0.0.3 ");
	set(0, 0, "");
	assert_non_null(strstr(told, "-0.10.0.0.2 "));
	assert_non_null(strstr(told, "-0.10.0.0.3 "));
	assert_int_equal(peers.count, 0);
	guard_peers_clean(&peers);
}

static void several_shards_and_realms(void **state)
{
	(void)state;
	guard_peers_init(&peers);
	set(0, 0, "1");
	set(63, 0, "12");
	assert_string_equal(told, "+0.10.0.0.2 ");
	set(0, 0, "3");
	assert_string_equal(told, "+0.10.0.0.3 ");
	set(63, 0, "2");
	assert_string_equal(told, "-0.10.0.0.1 ");
	/* The other realm's peer of the same address keeps it trusted. */
	set(0, 1, "2");
	assert_string_equal(told, "");
	set(63, 0, "");
	assert_string_equal(told, "");
	set(0, 1, "");
	assert_string_equal(told, "-1.10.0.0.2 ");
	guard_peers_clean(&peers);
}

static void bounded(void **state)
{
	static const struct guard_peers_ops ops = { .add = add, .del = del };
	const struct call_named_peer peer = { .id = 1 };
	struct sf_address addr = { .family = AF_INET };

	(void)state;
	guard_peers_init(&peers);
	peers.count = GUARD_MAX_PEERS;
	memset(peers.peers, 0, sizeof(peers.peers));
	assert_false(guard_peers_set(&peers, 0, &peer, &addr, 1, &ops, told));
	assert_int_equal(peers.count, GUARD_MAX_PEERS);
	guard_peers_clean(&peers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_shard),
		cmocka_unit_test(several_shards_and_realms),
		cmocka_unit_test(bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
