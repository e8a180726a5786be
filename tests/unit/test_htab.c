// SPDX-License-Identifier: GPL-2.0-or-later
/* Hash tables keep what they are given through growth; SipHash is SipHash. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/htab.h"
#include "base/siphash.h"

#define ITEMS 20000

struct item {
	unsigned int number;
	struct hnode node;
	unsigned int seen;
};

static struct item items[ITEMS];

static struct item *find(struct htab *tab, uint32_t hash, unsigned int number)
{
	struct hnode *node = htab_first(tab, hash);

	for (; node; node = htab_next(node)) {
		assert_int_equal(node->hash, hash);
		if (HTAB_ENTRY(node, struct item, node)->number == number)
			return HTAB_ENTRY(node, struct item, node);
	}
	return NULL;
}

/* Few hashes, so that chains have nodes of equal and of different ones. */
static uint32_t hash_of(unsigned int number)
{
	return htab_hash(&number, sizeof(number)) % (ITEMS / 2);
}

static void every_item_is_found_until_deleted(void **state)
{
	struct htab tab;

	(void)state;
	assert_int_equal(htab_init(&tab), 0);
	for (unsigned int i = 0; i < ITEMS; i++) {
		items[i] = (struct item){ .number = i };
		htab_add(&tab, &items[i].node, hash_of(i));
	}
	assert_int_equal(tab.count, ITEMS);
	assert_true(tab.mask + 1 >= ITEMS / 2); /* it has grown */
	for (unsigned int i = 0; i < ITEMS; i += 2) {
		htab_del(&tab, &items[i].node);
		htab_del(&tab, &items[i].node);
	}
	assert_int_equal(tab.count, ITEMS / 2);
	for (unsigned int i = 0; i < ITEMS; i++)
		assert_ptr_equal(find(&tab, hash_of(i), i), i % 2 ? &items[i] : NULL);
	for (unsigned int i = 1; i < ITEMS; i += 2)
		htab_del(&tab, &items[i].node);
	assert_int_equal(tab.count, 0);
	htab_clean(&tab);
}

static void visit(struct hnode *node, void *arg)
{
	struct item *item = HTAB_ENTRY(node, struct item, node);

	item->seen++;
	if (item->number % 3 == 0)
		htab_del(arg, node);
}

static void each_visits_all_and_may_delete(void **state)
{
	struct htab tab;

	(void)state;
	assert_int_equal(htab_init(&tab), 0);
	for (unsigned int i = 0; i < 999; i++) {
		items[i] = (struct item){ .number = i };
		htab_add(&tab, &items[i].node, hash_of(i));
	}
	htab_each(&tab, visit, &tab);
	assert_int_equal(tab.count, 666);
	htab_each(&tab, visit, &tab);
	for (unsigned int i = 0; i < 999; i++)
		assert_int_equal(items[i].seen, i % 3 ? 2 : 1);
	htab_clean(&tab);
}

/* The vectors of the reference implementation: key 00..0f, input 00, 01, ... */
static void siphash_is_the_reference(void **state)
{
	static const uint64_t expected[] = {
		0x726fdb47dd0e0e31, 0x74f839c593dc67fd, 0x0d6c8009d9a94f5a, 0x85676696d7fb7e2d,
		0xcf2794e0277187b7, 0x18765564cd99a68d, 0xcbc9466e58fee3ce, 0xab0200f58b01d137,
		0x93f5f5799a932462, 0x9e0082df0ba9e4b0, 0x7a5dbbc594ddb9f3, 0xf4b32f46226bada7,
		0x751e8fbc860ee5fb, 0x14ea5627c0843d90, 0xf723ca908e7af2ee, 0xa129ca6149be45e5,
	};
	const struct siphash_key key = { 0x0706050403020100, 0x0f0e0d0c0b0a0908 };
	unsigned char input[16];

	(void)state;
	for (unsigned int len = 0; len < 16; len++) {
		input[len] = len;
		assert_true(siphash(&key, input, len) == expected[len]);
	}
}

/* As hash() of CPython 3.11 has it with PYTHONHASHSEED=0, which is key 0; input 00, 01, ... */
static void so_is_the_light_one(void **state)
{
	static const struct {
		unsigned int len;
		uint64_t hash;
	} cases[] = {
		{ 1, 0x68a914128e01e473 },  { 2, 0x010bac45c41e3669 },	{ 7, 0x2f098ab0c751325a },
		{ 8, 0xead411e67ebe2eea },  { 9, 0x75927f9d95124362 },	{ 15, 0xf30eb725bb91c9ea },
		{ 16, 0x8972188433a5c5b7 }, { 63, 0x385d3e39e5f37359 },
	};
	const struct siphash_key key = { 0, 0 };
	unsigned char input[64];

	(void)state;
	for (unsigned int i = 0; i < sizeof(input); i++)
		input[i] = i;
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_true(siphash_inside(&key, input, cases[i].len) == cases[i].hash);
}

static void parts_keep_their_bounds(void **state)
{
	(void)state;
	assert_int_not_equal(htab_hash_more(htab_hash("ab", 2), "c", 1),
			     htab_hash_more(htab_hash("a", 1), "bc", 2));
	assert_int_equal(htab_hash_more(htab_hash("ab", 2), "c", 1),
			 htab_hash_more(htab_hash("ab", 2), "c", 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_item_is_found_until_deleted),
		cmocka_unit_test(each_visits_all_and_may_delete),
		cmocka_unit_test(siphash_is_the_reference),
		cmocka_unit_test(so_is_the_light_one),
		cmocka_unit_test(parts_keep_their_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
