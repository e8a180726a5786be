/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command table: dispatch, help and completion read it. */
#ifndef SIPCTL_COMMAND_H
#define SIPCTL_COMMAND_H

#include "sipctl/ctl.h"

struct command {
	const char *path; /* "kernel range add" */
	const char *args; /* their synopsis */
	const char *help; /* one line */
	const char *details; /* more lines, or NULL */
	int min_args;
	int max_args; /* -1: any number */
	bool watch; /* it only reads, so --watch may repeat it */
	unsigned int options; /* 1 << enum ctl_option, or-ed */
	int (*run)(struct ctl *ctl, int argc, char **argv);
	/* Prints what may follow the arguments given, one candidate a line; or NULL. */
	void (*complete)(struct ctl *ctl, int argc, char **argv);
};

/* Ends with a path of NULL. */
extern const struct command commands[];

/*
 * The command that argv[0..argc) begins with, and in @words the number of words of its path.
 * NULL when there is none; then @words is the number of words that at least begin one.
 */
const struct command *command_find(int argc, char **argv, int *words);

/* Prints how to use a command, in @indent. */
void command_usage(FILE *out, const struct command *command);

int command_help(struct ctl *ctl, int argc, char **argv);
int command_complete(struct ctl *ctl, int argc, char **argv);

/* "--method"; of its one letter if it has no longer name. */
const char *command_option_name(enum ctl_option option);

/* One file per noun. */
int session_add(struct ctl *ctl, int argc, char **argv);
int session_set(struct ctl *ctl, int argc, char **argv);
int session_del(struct ctl *ctl, int argc, char **argv);
int session_flush(struct ctl *ctl, int argc, char **argv);
int session_list(struct ctl *ctl, int argc, char **argv);
int session_show(struct ctl *ctl, int argc, char **argv);
int session_monitor(struct ctl *ctl, int argc, char **argv);
void session_complete_ids(struct ctl *ctl, int argc, char **argv);
void session_complete_id(struct ctl *ctl, int argc, char **argv);
void session_complete_owner(struct ctl *ctl, int argc, char **argv);
void session_complete_add(struct ctl *ctl, int argc, char **argv);
void session_complete_set(struct ctl *ctl, int argc, char **argv);

int flow_list(struct ctl *ctl, int argc, char **argv);
int flow_ladder(struct ctl *ctl, int argc, char **argv);
int flow_export(struct ctl *ctl, int argc, char **argv);

int kernel_status(struct ctl *ctl, int argc, char **argv);
int kernel_stats(struct ctl *ctl, int argc, char **argv);
int kernel_range_add(struct ctl *ctl, int argc, char **argv);
int kernel_range_del(struct ctl *ctl, int argc, char **argv);
int kernel_range_list(struct ctl *ctl, int argc, char **argv);
void kernel_range_complete(struct ctl *ctl, int argc, char **argv);
int kernel_config_show(struct ctl *ctl, int argc, char **argv);
int kernel_config_set(struct ctl *ctl, int argc, char **argv);
void kernel_config_complete(struct ctl *ctl, int argc, char **argv);

int kernel_monitor(struct ctl *ctl, int argc, char **argv);
int kernel_listener_add(struct ctl *ctl, int argc, char **argv);
int kernel_listener_set(struct ctl *ctl, int argc, char **argv);
int kernel_listener_del(struct ctl *ctl, int argc, char **argv);
int kernel_listener_list(struct ctl *ctl, int argc, char **argv);
void kernel_listener_complete_add(struct ctl *ctl, int argc, char **argv);
void kernel_listener_complete_set(struct ctl *ctl, int argc, char **argv);
void kernel_listener_complete_del(struct ctl *ctl, int argc, char **argv);
int kernel_source_add(struct ctl *ctl, int argc, char **argv);
int kernel_source_del(struct ctl *ctl, int argc, char **argv);
int kernel_source_list(struct ctl *ctl, int argc, char **argv);
void kernel_source_complete_add(struct ctl *ctl, int argc, char **argv);
void kernel_source_complete_del(struct ctl *ctl, int argc, char **argv);
void kernel_source_complete_list(struct ctl *ctl, int argc, char **argv);
int kernel_policy_show(struct ctl *ctl, int argc, char **argv);
int kernel_policy_set(struct ctl *ctl, int argc, char **argv);
void kernel_policy_complete(struct ctl *ctl, int argc, char **argv);
void kernel_policy_complete_set(struct ctl *ctl, int argc, char **argv);
int kernel_rule_add(struct ctl *ctl, int argc, char **argv);
int kernel_rule_del(struct ctl *ctl, int argc, char **argv);
int kernel_rule_list(struct ctl *ctl, int argc, char **argv);
void kernel_rule_complete_add(struct ctl *ctl, int argc, char **argv);
void kernel_rule_complete_del(struct ctl *ctl, int argc, char **argv);

int ban_list(struct ctl *ctl, int argc, char **argv);
int ban_add(struct ctl *ctl, int argc, char **argv);
int ban_del(struct ctl *ctl, int argc, char **argv);
void ban_complete_add(struct ctl *ctl, int argc, char **argv);
void ban_complete_del(struct ctl *ctl, int argc, char **argv);

int status_show(struct ctl *ctl, int argc, char **argv);

int call_list(struct ctl *ctl, int argc, char **argv);
int call_show(struct ctl *ctl, int argc, char **argv);
int call_ladder(struct ctl *ctl, int argc, char **argv);
int call_why(struct ctl *ctl, int argc, char **argv);
int call_kill(struct ctl *ctl, int argc, char **argv);
int call_orphans(struct ctl *ctl, int argc, char **argv);
int config_check(struct ctl *ctl, int argc, char **argv);
int config_diff(struct ctl *ctl, int argc, char **argv);
int config_reload(struct ctl *ctl, int argc, char **argv);
int config_show(struct ctl *ctl, int argc, char **argv);
int cert_list(struct ctl *ctl, int argc, char **argv);
int cert_reload(struct ctl *ctl, int argc, char **argv);

void call_complete(struct ctl *ctl, int argc, char **argv);
void call_complete_clear(struct ctl *ctl, int argc, char **argv);

int reg_list(struct ctl *ctl, int argc, char **argv);
int reg_show(struct ctl *ctl, int argc, char **argv);
int reg_remove(struct ctl *ctl, int argc, char **argv);
void reg_complete(struct ctl *ctl, int argc, char **argv);

int trunk_list(struct ctl *ctl, int argc, char **argv);
int trunk_show(struct ctl *ctl, int argc, char **argv);
int trunk_enable(struct ctl *ctl, int argc, char **argv);
int trunk_disable(struct ctl *ctl, int argc, char **argv);
void trunk_complete(struct ctl *ctl, int argc, char **argv);

int user_list(struct ctl *ctl, int argc, char **argv);
int user_add(struct ctl *ctl, int argc, char **argv);
int user_passwd(struct ctl *ctl, int argc, char **argv);
int user_enable(struct ctl *ctl, int argc, char **argv);
int user_disable(struct ctl *ctl, int argc, char **argv);
int user_remove(struct ctl *ctl, int argc, char **argv);
int user_forward(struct ctl *ctl, int argc, char **argv);
int user_dnd(struct ctl *ctl, int argc, char **argv);
int user_show(struct ctl *ctl, int argc, char **argv);
void user_complete(struct ctl *ctl, int argc, char **argv);
void user_complete_forward(struct ctl *ctl, int argc, char **argv);
void user_complete_dnd(struct ctl *ctl, int argc, char **argv);
int group_list(struct ctl *ctl, int argc, char **argv);

#endif /* SIPCTL_COMMAND_H */
