// SPDX-License-Identifier: GPL-2.0-or-later
/* Who may write. */
#define _GNU_SOURCE
#include <linux/capability.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "nl_lib.h"

/* Runs @body in a child and passes its verdict on. */
static void in_child(void (*body)(void))
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		bail_out("fork");
	if (!pid) {
		body();
		fflush(stdout);
		_exit(!tap_good);
	}
	waitpid(pid, &status, 0);
	expect(status == 0, "the child ended with status %#x", status);
}

static void drop_net_admin(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data) < 0)
		bail_out("capget");
	data[0].effective &= ~(1u << CAP_NET_ADMIN);
	if (syscall(SYS_capset, &header, data) < 0)
		bail_out("capset");
}

static int join(const char *name)
{
	int group = genl_ctrl_resolve_grp(client.sk, SIPFAST_GENL_NAME, name);

	if (group < 0)
		bail_out(name);
	return nl_socket_add_membership(client.sk, group);
}

static void write_without_privilege(void)
{
	static const struct expected writes[] = {
		{ RANGE_ADD, "range{addr=127.0.0.1 min=40000 max=40009}", -EPERM },
		{ RANGE_DEL, RANGE, -EPERM },
		{ ADD, NEW(""), -EPERM },
		{ SET, "session{id=1 timeout=1000}", -EPERM },
		{ DEL, "session{id=1}", -EPERM },
		{ FLUSH, "", -EPERM },
		{ CONFIG_SET, "config{sessions=5}", -EPERM },
		{ LISTENER_ADD, "listener{addr=127.0.0.1 port=5061}", -EPERM },
		{ LISTENER_SET, "listener{addr=127.0.0.1 port=5060 mode=0}", -EPERM },
		{ LISTENER_DEL, "listener{addr=127.0.0.1 port=5060}", -EPERM },
		{ SOURCE_ADD, "source{addr=10.0.0.2 class=2}", -EPERM },
		{ SOURCE_DEL, "source{addr=10.0.0.1}", -EPERM },
		{ SOURCE_FLUSH, "", -EPERM },
		{ POLICY_SET, "policy{prefix4=9}", -EPERM },
		{ RULE_ADD, "rule{id=900 action=0}", -EPERM },
		{ RULE_DEL, "rule{id=901}", -EPERM },
		{ POLICY_GET, "", 0 },
		{ SOURCE_GET, "source{addr=10.0.0.1}", 0 },
		{ STATUS_GET, "", 0 },
		{ CONFIG_GET, "", 0 },
		{ GET, "session{id=1}", 0 },
	};
	static const int dumps[] = { GET,	 RANGE_GET, COUNTER_GET,    LISTENER_GET,
				     SOURCE_GET, RULE_GET,  SIP_COUNTER_GET };

	static const char *const groups[] = { SIPFAST_MCGRP_MEDIA, SIPFAST_MCGRP_SIP };

	drop_net_admin();
	for (size_t i = 0; i < ARRAY_SIZE(writes); i++) {
		const struct reply *reply = client_do(&client, writes[i].cmd, writes[i].text);

		expect(reply->err == writes[i].err, "command %d: %d instead of %d", writes[i].cmd,
		       reply->err, writes[i].err);
	}
	for (size_t i = 0; i < ARRAY_SIZE(dumps); i++)
		expect(!client_dump(&client, dumps[i], "")->err, "command %d cannot be dumped",
		       dumps[i]);
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		expect(join(groups[i]) == -NLE_PERM, "the group %s can be joined", groups[i]);
}

static void writing_needs_cap_net_admin(void)
{
	char *before;

	a_range_and_a_session();
	must(&client, LISTENER_ADD, "listener{addr=127.0.0.1 port=5060}");
	must(&client, SOURCE_ADD, "source{addr=10.0.0.1 class=3}");
	must(&client, RULE_ADD, "rule{id=901 action=0}");
	before = everything();
	in_child(write_without_privilege);
	expect_nothing_changed(&before, "all without privilege");
	free(before);
}

static void write_in_a_user_namespace(void)
{
	struct client inner;

	if (setresuid(65534, 65534, 65534) < 0 || unshare(CLONE_NEWUSER) < 0)
		bail_out("no user namespace");
	namespace_new();
	client_open(&inner);
	must(&inner, RANGE_ADD, RANGE);
	must(&inner, ADD, SESSION1);
	must(&inner, DEL, "session{id=1}");
	must(&inner, CONFIG_SET, "config{sessions=5}");
	must(&inner, LISTENER_ADD, "listener{addr=127.0.0.1 port=5060}");
	must(&inner, SOURCE_ADD, "source{addr=10.0.0.1 class=3}");
	must(&inner, POLICY_SET, "policy{prefix4=9}");
	expect(client_do(&client, CONFIG_SET, "config{sessions=5}")->err == -EPERM,
	       "may set outside");
	/* The same process may not write where it came from. */
	expect(client_do(&client, FLUSH, "")->err == -EPERM, "may write outside");
}

static void the_owner_of_a_user_namespace_may_write(void)
{
	a_range_and_a_session();
	in_child(write_in_a_user_namespace);
}

static const struct test tests[] = {
	TEST(writing_needs_cap_net_admin),
	TEST(the_owner_of_a_user_namespace_may_write),
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
