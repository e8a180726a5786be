// SPDX-License-Identifier: GPL-2.0-or-later
#include "sipctl/password.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* Octets of the line, its end left out; -1: there is none; PASSWORD_MAX + 1: it is too long. */
static int read_line(int fd, char line[PASSWORD_MAX + 1])
{
	int len = 0;
	ssize_t got;
	char c;

	/* One by one: what follows the line belongs to others. */
	while ((got = read(fd, &c, 1)) == 1 || (got < 0 && errno == EINTR)) {
		if (got < 0)
			continue;
		if (c == '\n')
			break;
		if (len <= PASSWORD_MAX)
			line[len < PASSWORD_MAX ? len : PASSWORD_MAX] = c;
		len += len <= PASSWORD_MAX;
	}
	if (got <= 0 && !len)
		return -1;
	line[len < PASSWORD_MAX ? len : PASSWORD_MAX] = '\0';
	return len;
}

static int ask(const char *prompt, char line[PASSWORD_MAX + 1])
{
	struct termios before, quiet;
	int len;

	if (tcgetattr(STDIN_FILENO, &before))
		return -1;
	fputs(prompt, stderr);
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	len = read_line(STDIN_FILENO, line);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	fputc('\n', stderr);
	return len;
}

int password_read(struct ctl *ctl, char password[PASSWORD_MAX + 1])
{
	bool terminal = isatty(STDIN_FILENO);
	char again[PASSWORD_MAX + 1] = "";
	int len;

	len = terminal ? ask("password: ", password) : read_line(STDIN_FILENO, password);
	if (len <= 0)
		return ctl_fail(ctl, CTL_USAGE,
				"no password, standard input, type it or write a line to it");
	if (len > PASSWORD_MAX)
		return ctl_fail(ctl, CTL_USAGE,
				"the password is too long, standard input, give at "
				"most %d octets",
				PASSWORD_MAX);
	if (terminal && (ask("again: ", again) != len || strcmp(password, again)))
		return ctl_fail(ctl, CTL_USAGE,
				"the passwords differ, terminal, type the same "
				"twice");
	explicit_bzero(again, sizeof(again));
	return CTL_OK;
}
