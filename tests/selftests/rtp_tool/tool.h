/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands of rtp_tool share. */
#ifndef RTP_TOOL_H
#define RTP_TOOL_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "address.h"

#define MAX_PAYLOAD 65507

/* Set by SIGTERM and SIGINT: finish, and say what came of it. */
extern volatile sig_atomic_t stopped;

/* These end the program when something is wrong. */
void fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
unsigned long parse_number(const char *text, unsigned long max);
int udp_socket(const union address *bound);

/*
 * Goes on in the background: the caller's shell gets the child's PID on standard output and has
 * the prompt back. What the child prints goes to @output, which appears when @output_close() is
 * called, whole. Without @background prints to standard output.
 */
void output_open(const char *path, bool background);
void output_close(void);

int send_main(int argc, char **argv);
int recv_main(int argc, char **argv);
int bind_main(int argc, char **argv);

#endif
