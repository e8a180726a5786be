// SPDX-License-Identifier: GPL-2.0-or-later
/* A configuration behind another one: what cannot change, what keeps its number, what differs. */
#include <stdatomic.h>
#include <stdio.h>

#include "config/diff.h"
#include "config/equal.h"
#include "config_fixture.h"

static const char first[] =
	"media: none\n"
	"control: { socket: /tmp/s }\n"
	"timers: { no-answer: 30s }\n"
	"realms:\n"
	"  - { name: access, listen: [ \"udp:10.0.0.1:5060\" ], next-hop: { realm: core, uri: "
	"sip:peer.example } }\n"
	"  - { name: core, listen: [ \"udp:10.0.1.1:5060\" ] }\n"
	"trunks:\n"
	"  - { name: a, realm: core, address: 10.0.1.2 }\n"
	"  - { name: b, realm: core, uri: sip:b.example, "
	"credentials: { user: me, password: one } }\n"
	"routes:\n"
	"  - { match: ^1, to: [ a ] }\n"
	"  - { match: ^2, to: [ b ] }\n"
	"store: { path: /tmp/d }\n"
	"domains:\n"
	"  - { name: example.com, realm: access, registrar: true }\n"
	"groups:\n"
	"  - { name: x, domain: example.com, members: [ bo ] }\n"
	"  - { name: y, domain: example.com, members: [ cy ] }\n";

static char changes[4096];

static void note(void *arg, const char *change)
{
	(void)arg;
	strcat(strcat(changes, change), "\n");
}

/* The first one with each of the texts replaced by the one behind it, up to NULL. */
static char *edit(const char *const *edits)
{
	char *text = strdup(first);

	for (; *edits; edits += 2) {
		char *at = strstr(text, edits[0]), *longer;

		assert_non_null(at);
		assert_true(asprintf(&longer, "%.*s%s%s", (int)(at - text), text, edits[1],
				     at + strlen(edits[0])) > 0);
		free(text);
		text = longer;
	}
	return text;
}

static struct cfg *load_next(const struct cfg *present, const char *const *edits)
{
	char path[] = "/tmp/test_config.XXXXXX", *text = edit(edits);
	int fd = mkstemp(path);
	struct cfg *cfg;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	told[0] = '\0';
	cfg = cfg_load_next(path, present, collect, path);
	unlink(path);
	free(text);
	return cfg;
}

#define EDITS(...) ((const char *const[]){ __VA_ARGS__, NULL })

#define CANNOT                                                                                \
	" cannot change while sipd runs; restart sipd to change it, or leave it as it is in " \
	"force (see sipctl config show)\n"

static void needs_a_restart(void **state)
{
	static const struct {
		const char *edits[5], *told;
	} cases[] = {
		{ { "udp:10.0.0.1:5060", "udp:10.0.0.1:5062" }, "5:29: listen" CANNOT },
		{ { "\"udp:10.0.0.1:5060\"", "\"udp:10.0.0.1:5060\", \"tcp:10.0.0.1:5060\"" },
		  "5:29: listen" CANNOT },
		{ { "next-hop: {", "advertise: 192.0.2.1, next-hop: {" },
		  "5:65: advertise" CANNOT },
		{ { "/tmp/s", "/tmp/t" }, "2:20: control.socket" CANNOT },
		{ { "/tmp/d", "/tmp/e" }, "13:16: store.path" CANNOT },
		{ { "media: none\n", "media: none\nshards: 2\n" }, "2:9: shards" CANNOT },
		{ { "timers:", "trace: { flows: 7 }\ntimers:" }, "3:17: trace.flows" CANNOT },
		{ { "timers:", "trace: { messages: 1M }\ntimers:" },
		  "3:20: trace.messages" CANNOT },
		{ { "timers:", "dns: { servers: [ 10.0.0.9 ] }\ntimers:" },
		  "3:6: servers, timeout and attempts of dns" CANNOT },
		{ { "trunks:", "  - { name: third, listen: [ \"udp:10.0.2.1:5060\" ] }\ntrunks:" },
		  "7:13: realm \"third\" is new, and listeners cannot be added while sipd runs; "
		  "restart sipd to have it\n" },
		{ { "domains:\n  - { name: example.com, realm: access",
		    "domains:\n  - { name: "
		    "example.com, realm: axess" },
		  "15:33: there is no realm \"axess\"; did you mean \"access\"?\n" },
	};
	struct cfg *present = load(first), *cfg;

	(void)state;
	assert_string_equal(told, "");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		cfg = load_next(present, cases[i].edits);
		assert_string_equal(told, cases[i].told);
		assert_null(cfg);
	}
	/* The same in other words is the same. */
	cfg = load_next(present, EDITS("udp:10.0.0.1:5060", "udp:10.0.0.1"));
	assert_non_null(cfg);
	cfg_put(cfg);
	cfg_put(present);
}

/* A realm cannot go, nor can the first domain come. */
static void comes_and_goes(void **state)
{
	static const char two[] = "media: none\nrealms:\n"
				  "  - { name: a, listen: [ \"udp:10.0.0.1\" ] }\n"
				  "  - { name: b, listen: [ \"udp:10.0.0.2\" ] }\n";
	static const char one[] = "media: none\nrealms:\n"
				  "  - { name: a, listen: [ \"udp:10.0.0.1\" ] }\n";
	struct cfg *present = load(two), *next;
	char path[] = "/tmp/test_config.XXXXXX";
	FILE *file = fdopen(mkstemp(path), "w");

	(void)state;
	fputs(one, file);
	fflush(file);
	told[0] = '\0';
	assert_null(cfg_load_next(path, present, collect, path));
	assert_string_equal(told, "3:3: realm \"b\" is gone, and listeners cannot be removed while "
				  "sipd runs; restart sipd to be without it\n");
	fputs("  - { name: b, listen: [ \"udp:10.0.0.2\" ] }\n"
	      "domains: [ { name: example.com, realm: a, registrar: true } ]\n",
	      file);
	fflush(file);
	told[0] = '\0';
	next = cfg_load_next(path, present, collect, path);
	assert_null(next);
	assert_string_equal(told,
			    "5:10: there were no domains, and the store cannot be read while "
			    "sipd runs; restart sipd to have the first one\n");
	fclose(file);
	unlink(path);
	cfg_put(present);
}

/* What listens, names, and groups are known by their numbers, wherever they stand in the file. */
static void numbers_stay(void **state)
{
	struct cfg *present = load(first), *next, *third;
	uint32_t hop = present->realms[0].next_hop.uri.id, b = present->trunks[1].address.uri.id;

	(void)state;
	assert_int_equal(present->generation, 1);
	assert_true(hop && b && hop != b);
	next = load_next(
		present,
		EDITS("  - { name: a, realm: core, address: 10.0.1.2 }\n", "",
		      "password: one } }\n",
		      "password: two } }\n  - { name: c, realm: core, uri: sip:b.example }\n  - { "
		      "name: a, realm: core, address: 10.0.1.2 }\n",
		      "  - { name: x, domain: example.com, members: [ bo ] }\n",
		      "  - { name: new, domain: example.com, members: [ bo ] }\n"));
	assert_string_equal(told, "");
	assert_non_null(next);
	assert_int_equal(next->generation, 2);
	assert_int_equal(next->trunks[0].address.uri.id, b);
	assert_int_not_equal(next->trunks[1].address.uri.id, b);
	assert_int_not_equal(next->trunks[1].address.uri.id, hop);
	assert_int_equal(next->realms[0].next_hop.uri.id, hop);
	/* The new group has what the one that has gone had; the other one stays. */
	assert_int_equal(next->groups[0].slot, 0);
	assert_int_equal(next->groups[1].slot, 1);
	assert_true(cfg_trunk_asked_as(&present->trunks[0], cfg_find_trunk(next, "a")));
	assert_false(cfg_trunk_asked_as(&present->trunks[1], cfg_find_trunk(next, "b")));
	/* Another URI is another peer, though it comes back. */
	third = load_next(next, EDITS("sip:peer.example", "sip:other.example"));
	assert_non_null(third);
	assert_true(third->realms[0].next_hop.uri.id > next->trunks[1].address.uri.id);
	cfg_put(present);
	cfg_put(next);
	next = load_next(third, EDITS("sip:peer.example", "sip:peer.example"));
	assert_non_null(next);
	assert_int_not_equal(next->realms[0].next_hop.uri.id, hop);
	cfg_put(third);
	cfg_put(next);
}

static void realms_in_another_order(void **state)
{
	static const char other[] =
		"media: none\ncontrol: { socket: /tmp/s }\nstore: { path: /tmp/d }\nrealms:\n"
		"  - { name: core, listen: [ \"udp:10.0.1.1:5060\" ] }\n"
		"  - { name: access, listen: [ \"udp:10.0.0.1:5060\" ] }\n";
	struct cfg *present = load(first), *next;
	char path[] = "/tmp/test_config.XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_int_equal(write(fd, other, strlen(other)), strlen(other));
	close(fd);
	told[0] = '\0';
	next = cfg_load_next(path, present, collect, path);
	assert_string_equal(told, "");
	unlink(path);
	assert_int_equal(next->realms[0].slot, 1);
	assert_int_equal(next->realms[1].slot, 0);
	assert_ptr_equal(next->by_slot[0], &next->realms[1]);
	/* There may be dialogs that need it, and bindings of its users. */
	assert_true(next->has_dns);
	assert_true(next->has_registrar);
	assert_true(next->has_store);
	cfg_put(present);
	cfg_put(next);
}

static void the_proxy_keeps_its_key(void **state)
{
	struct cfg *present = load(first), *next;

	(void)state;
	next = load_next(present, EDITS("registrar: true", "registrar: true, mode: proxy"));
	assert_non_null(next);
	assert_true(next->modes);
	assert_memory_equal(&next->proxy_key, &present->proxy_key, sizeof(next->proxy_key));
	assert_int_equal(next->proxy_start, present->proxy_start);
	cfg_put(present);
	/* Dialogs of the proxy go on. */
	present = load_next(next, EDITS("registrar: true", "registrar: true"));
	assert_true(present->modes);
	assert_memory_equal(&next->proxy_key, &present->proxy_key, sizeof(next->proxy_key));
	cfg_put(present);
	cfg_put(next);
}

static void differences(void **state)
{
	static const struct {
		const char *edits[9], *changes;
	} cases[] = {
		{ { "media: none", "# nothing\nmedia:   'none'" }, "" },
		{ { "no-answer: 30s", "no-answer: 31s, t1: 400ms" },
		  "timers.no-answer: 30s -> 31s\ntimers.t1: (none) -> 400ms\n" },
		{ { "timers: { no-answer: 30s }\n", "" }, "timers.no-answer: 30s -> (none)\n" },
		{ { "registrar: true", "registrar: true, mode: redirect" },
		  "domains[0].mode: (none) -> redirect\n" },
		{ { "password: one", "password: two" },
		  "trunks[1].credentials.password: *** -> *** (another one)\n" },
		{ { ", credentials: { user: me, password: one }", "" },
		  "trunks[1].credentials.user: me -> (none)\n"
		  "trunks[1].credentials.password: *** -> (none)\n" },
		{ { "to: [ a ]", "to: [ b, a ], strategy: weight" },
		  "routes[0].to: [a] -> [b, a]\nroutes[0].strategy: (none) -> weight\n" },
		/* What has a name is the same wherever it stands. */
		{ { "trunks:\n", "trunks:\n  - { name: new, realm: core, address: 10.0.1.9 }\n",
		    "sip:b.example", "sip:c.example" },
		  "trunks[0]: (none) -> new\ntrunks[2].uri: sip:b.example -> sip:c.example\n" },
		{ { "  - { name: x, domain: example.com, members: [ bo ] }\n", "",
		    "members: [ cy ]", "members: [ cy, bo ]" },
		  "groups[0]: x -> (none)\ngroups[0].members: [cy] -> [cy, bo]\n" },
		{ { "groups:\n  - { name: x, domain: example.com, members: [ bo ] }\n"
		    "  - { name: y, domain: example.com, members: [ cy ] }\n",
		    "" },
		  "groups[0]: x -> (none)\ngroups[1]: y -> (none)\n" },
		/* What has none is told by its place. */
		{ { "  - { match: ^1, to: [ a ] }\n", "" },
		  "routes[0].match: ^1 -> ^2\nroutes[0].to: [a] -> [b]\n"
		  "routes[1].match: ^2 -> (none)\nroutes[1].to: [b] -> (none)\n" },
	};
	struct cfg *present = load(first), *next;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		next = load_next(present, cases[i].edits);
		assert_string_equal(told, "");
		changes[0] = '\0';
		assert_int_equal(cfg_diff(present, next, note, NULL), 0);
		assert_string_equal(changes, cases[i].changes);
		cfg_put(next);
	}
	cfg_put(present);
}

static void references(void **state)
{
	struct cfg *cfg = load(first), *next = load_next(cfg, EDITS("30s", "31s"));

	(void)state;
	assert_int_equal(cfg_count(), 0);
	cfg_enforce(cfg);
	assert_int_equal(cfg_count(), 1);
	assert_ptr_equal(cfg_get(cfg), cfg);
	cfg_put(cfg);
	/* One that was never in force is not counted. */
	cfg_put(next);
	assert_int_equal(cfg_count(), 1);
	next = load_next(cfg, EDITS("30s", "31s"));
	cfg_enforce(next);
	cfg_put(cfg);
	assert_int_equal(cfg_count(), 1);
	assert_int_equal(next->no_answer_ms, 31000);
	cfg_put(next);
	assert_int_equal(cfg_count(), 0);
	cfg_put(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(needs_a_restart),
		cmocka_unit_test(comes_and_goes),
		cmocka_unit_test(numbers_stay),
		cmocka_unit_test(realms_in_another_order),
		cmocka_unit_test(the_proxy_keeps_its_key),
		cmocka_unit_test(differences),
		cmocka_unit_test(references),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
