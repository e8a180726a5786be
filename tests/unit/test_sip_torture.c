// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Torture messages of the kinds of RFC 4475 and RFC 5118: each gets the verdict that
 * tests/sip/torture/expected has for it, and of some every part is looked at. Runs at the top of
 * the tree.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "sip/msg.h"
#include "view_assert.h"

#define DIRECTORY "tests/sip/torture/"

static struct sip_msg msg;
static struct sip_msg_error error;

/* A copy that is exactly as long as the file. */
static char *load(const char *name, size_t *len)
{
	char path[256], *buf;
	FILE *file;

	snprintf(path, sizeof(path), DIRECTORY "%s.sip", name);
	file = fopen(path, "rb");
	if (!file)
		fail_msg("%s: %s", path, strerror(errno));
	fseek(file, 0, SEEK_END);
	*len = (size_t)ftell(file);
	rewind(file);
	buf = malloc(*len);
	assert_non_null(buf);
	assert_int_equal(fread(buf, 1, *len, file), *len);
	fclose(file);
	return buf;
}

static int parse(const char *name)
{
	static char *buf;
	size_t len;

	free(buf);
	buf = load(name, &len);
	return sip_msg_parse(&msg, buf, len, &error);
}

struct verdict {
	char name[64];
	char status[16];
	char reason[128];
};

/* False: the line has none. */
static bool read_verdict(char *line, struct verdict *verdict)
{
	char *end;
	int fields;

	line[strcspn(line, "#\n")] = '\0';
	verdict->reason[0] = '\0';
	fields = sscanf(line, "%63s %15s %127[^\n]", verdict->name, verdict->status,
			verdict->reason);
	if (fields < 2)
		return false;
	end = verdict->reason + strlen(verdict->reason);
	while (end > verdict->reason && (end[-1] == ' ' || end[-1] == '\t'))
		*--end = '\0';
	return true;
}

static void check(const struct verdict *verdict)
{
	int ret = parse(verdict->name);

	print_message("# %s: %s\n", verdict->name, ret ? error.reason : "valid");
	if (!strcmp(verdict->status, "valid")) {
		assert_int_equal(ret, 0);
		return;
	}
	assert_int_equal(ret, -EBADMSG);
	assert_string_equal(error.reason, verdict->reason);
	assert_int_equal(error.status,
			 strcmp(verdict->status, "silent") ? atoi(verdict->status) : 0);
}

static unsigned int count_messages(void)
{
	DIR *directory = opendir(DIRECTORY);
	unsigned int count = 0;
	struct dirent *entry;

	assert_non_null(directory);
	while ((entry = readdir(directory)))
		count += strstr(entry->d_name, ".sip") != NULL;
	closedir(directory);
	return count;
}

static void each_gets_its_verdict(void **state)
{
	FILE *file = fopen(DIRECTORY "expected", "r");
	struct verdict verdict;
	unsigned int count = 0;
	char line[256];

	(void)state;
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		if (!read_verdict(line, &verdict))
			continue;
		check(&verdict);
		count++;
	}
	fclose(file);
	assert_int_equal(count, count_messages());
}

static void wsinv(void **state)
{
	const struct sip_header *contact;
	struct sip_nameaddr addr;
	struct sip_via via;
	struct view rest, element, value;

	(void)state;
	assert_int_equal(parse("wsinv"), 0);
	assert_view(msg.to.uri, "sip:ben@chair.example.com");
	assert_non_null(msg.to.tag.p);
	assert_view(msg.from.display, "\"A Tester \\\\\\\"\"");
	assert_view(msg.from.tag, "a9d8s");
	assert_int_equal(msg.max_forwards, 68);
	assert_int_equal(msg.cseq, 9);
	assert_view(msg.via.transport, "UDP");
	assert_view(msg.via.host, "192.0.2.2");
	assert_view(msg.via.branch, "q82hf");
	assert_view(sip_msg_header(&msg, SIP_HDR_SUBJECT, NULL)->value, "");

	/* The second Via header has two elements. */
	rest = sip_msg_header(&msg, SIP_HDR_VIA, sip_msg_header(&msg, SIP_HDR_VIA, NULL))->value;
	assert_true(sip_list_next(&rest, &element));
	assert_int_equal(sip_via_parse(&via, element), 0);
	assert_view(via.transport, "TCP");
	assert_true(sip_list_next(&rest, &element));
	assert_int_equal(sip_via_parse(&via, element), 0);
	assert_view(via.branch, "z9hG4bK71503");
	assert_false(sip_list_next(&rest, &element));

	contact = sip_msg_header(&msg, SIP_HDR_CONTACT, NULL);
	assert_int_equal(sip_nameaddr_parse(&addr, contact->value), 0);
	assert_view(addr.display, "\"Quoted string \\\"\\\"\"");
	assert_true(sip_param(addr.params, VIEW_LIT("newparam"), &value));
	assert_view(value, "newvalue");
	assert_true(sip_param(addr.params, VIEW_LIT("secondparam"), &value));
	assert_view(value, "");
	assert_true(sip_param(addr.params, VIEW_LIT("q"), &value));
	assert_view(value, "0.33");
}

static void intmeth(void **state)
{
	struct sip_uri uri;

	(void)state;
	assert_int_equal(parse("intmeth"), 0);
	assert_int_equal(msg.method, SIP_METHOD_OTHER);
	assert_view(msg.method_name, "!odd-Method0123456789_*+`.%indeed'~");
	assert_int_equal(msg.cseq, 139122385);
	assert_int_equal(msg.max_forwards, 255);
	assert_view(msg.call_id, "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{");
	assert_view(msg.from.display, "token1~` token2'+_ token3*%!.-");
	assert_view(msg.from.tag, "_token~1'+`*%!-.");
	/* BEL, NUL and DEL, each behind a backslash, between quotes. */
	assert_int_equal(msg.to.display.len, strlen("\"BEL:xx NUL:xx DEL:xx\""));
	assert_int_equal(sip_uri_parse(&uri, msg.ruri), 0);
	assert_view(uri.user, "1_odd.USER~(is-it!fine)&quite+so$/crazy?,/;;*");
	assert_view(uri.password, "&pw+is=1,odd!*pas$wo~d_too.(isn't-it)");
	assert_view(uri.host, "example.com");
}

static void esc02(void **state)
{
	unsigned int contacts = 0;
	const struct sip_header *header = NULL;

	(void)state;
	assert_int_equal(parse("esc02"), 0);
	assert_int_equal(msg.method, SIP_METHOD_OTHER);
	while ((header = sip_msg_header(&msg, SIP_HDR_CONTACT, header)))
		contacts++;
	assert_int_equal(contacts, 2);
	assert_view(sip_msg_header(&msg, SIP_HDR_OTHER, NULL)->name, "C%6Fntact");
}

static void longreq(void **state)
{
	(void)state;
	assert_int_equal(parse("longreq"), 0);
	assert_int_equal(msg.via.host.len, strlen("sip33.example.com"));
	assert_int_equal(msg.cseq, 3882340);
	assert_true(msg.from.tag.len > 300);
	assert_true(msg.call_id.len > 300);
	assert_int_equal(msg.body.len, 144);
}

static void dblreq(void **state)
{
	(void)state;
	assert_int_equal(parse("dblreq"), 0);
	assert_int_equal(msg.method, SIP_REGISTER);
	assert_int_equal(msg.body.len, 0);
	assert_true(msg.raw.len < 400);
	assert_memory_equal(msg.raw.p + msg.raw.len, "INVITE ", 7);
}

static void reasons(void **state)
{
	(void)state;
	assert_int_equal(parse("noreason"), 0);
	assert_int_equal(msg.status, 100);
	assert_view(msg.reason, "");
	assert_int_equal(parse("unreason"), 0);
	assert_int_equal(msg.status, 200);
	assert_memory_equal(msg.reason.p, "= 2**3 * 5**2 ", 14);
}

static void ipv6(void **state)
{
	struct sip_uri uri;

	(void)state;
	assert_int_equal(parse("port-ambiguous"), 0);
	assert_int_equal(sip_uri_parse(&uri, msg.ruri), 0);
	assert_view(uri.host, "[2001:db8::10:5070]");
	assert_int_equal(uri.port, 0);
	assert_int_equal(parse("port-unambiguous"), 0);
	assert_int_equal(sip_uri_parse(&uri, msg.ruri), 0);
	assert_view(uri.host, "[2001:db8::10]");
	assert_int_equal(uri.port, 5070);
	assert_int_equal(parse("via-received-param-with-delim"), 0);
	assert_view(msg.via.received, "[2001:db8::9:255]");
	assert_int_equal(parse("via-received-param-no-delim"), 0);
	assert_view(msg.via.received, "2001:db8::9:255");
	assert_int_equal(parse("ipv4-mapped-ipv6"), 0);
	assert_view(msg.via.host, "[::ffff:192.0.2.10]");
	assert_int_equal(msg.via.port, 19823);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_gets_its_verdict),
		cmocka_unit_test(wsinv),
		cmocka_unit_test(intmeth),
		cmocka_unit_test(esc02),
		cmocka_unit_test(longreq),
		cmocka_unit_test(dblreq),
		cmocka_unit_test(reasons),
		cmocka_unit_test(ipv6),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
