// SPDX-License-Identifier: GPL-2.0-or-later
/* Mail between threads: order, bound, wake-up, and what is left at the end. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mailbox.h"

#define SENDERS 4
#define LETTERS 5000

struct letter {
	struct mail mail;
	unsigned int sender, number;
};

static struct loop *loop;
static struct mailbox *box;
static unsigned int received, dropped;
static unsigned int next_of[SENDERS];

static int setup(void **state)
{
	(void)state;
	received = dropped = 0;
	for (int i = 0; i < SENDERS; i++)
		next_of[i] = 0;
	assert_int_equal(loop_alloc(&loop), 0);
	return mailbox_alloc(&box, loop, 1000);
}

static int teardown(void **state)
{
	(void)state;
	mailbox_free(box);
	loop_free(loop);
	return 0;
}

static void receive(struct mail *mail, bool alive)
{
	struct letter *letter = (struct letter *)mail;

	if (!alive) {
		dropped++;
		free(letter);
		return;
	}
	assert_int_equal(letter->number, next_of[letter->sender]);
	next_of[letter->sender]++;
	received++;
	free(letter);
}

static struct letter *write_letter(unsigned int sender, unsigned int number)
{
	struct letter *letter = calloc(1, sizeof(*letter));

	assert_non_null(letter);
	letter->sender = sender;
	letter->number = number;
	return letter;
}

static void end(struct mail *mail, bool alive)
{
	assert_true(alive);
	(void)mail;
	loop_stop(loop);
}

/* Runs the loop until all that has been posted so far is delivered. */
static void deliver(void)
{
	struct mail last;

	assert_int_equal(mailbox_post(box, &last, 0, end), 0);
	assert_int_equal(loop_run(loop), 0);
}

static void in_order(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(mailbox_post(box, &write_letter(0, i)->mail, 1, receive), 0);
	assert_int_equal(received, 0);
	deliver();
	assert_int_equal(received, 3);
}

static void a_full_one_refuses(void **state)
{
	struct letter *letter = write_letter(0, 2);

	(void)state;
	assert_int_equal(mailbox_post(box, &write_letter(0, 0)->mail, 999, receive), 0);
	assert_int_equal(mailbox_post(box, &letter->mail, 2, receive), -ENOBUFS);
	assert_int_equal(mailbox_post(box, &write_letter(0, 1)->mail, 1, receive), 0);
	assert_int_equal(mailbox_post(box, &letter->mail, 1, receive), -ENOBUFS);
	/* What counts nothing always finds room: deliver() ends with such. */
	deliver();
	assert_int_equal(received, 2);
	assert_int_equal(mailbox_post(box, &letter->mail, 1000, receive), 0);
	deliver();
	assert_int_equal(received, 3);
}

static void what_is_left_is_given_back(void **state)
{
	(void)state;
	assert_int_equal(mailbox_post(box, &write_letter(0, 0)->mail, 1, receive), 0);
	assert_int_equal(mailbox_post(box, &write_letter(0, 1)->mail, 0, receive), 0);
	mailbox_free(box);
	assert_int_equal(received, 0);
	assert_int_equal(dropped, 2);
	assert_int_equal(mailbox_alloc(&box, loop, 1), 0);
}

/* --- several threads --- */

static void count_all(struct mail *mail, bool alive)
{
	receive(mail, alive);
	if (received == SENDERS * LETTERS)
		loop_stop(loop);
}

static void *send_all(void *arg)
{
	unsigned int sender = (unsigned int)(uintptr_t)arg;

	for (unsigned int i = 0; i < LETTERS; i++)
		mailbox_post(box, &write_letter(sender, i)->mail, 0, count_all);
	return NULL;
}

static void from_many_threads(void **state)
{
	pthread_t threads[SENDERS];

	(void)state;
	for (uintptr_t i = 0; i < SENDERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, send_all, (void *)i), 0);
	assert_int_equal(loop_run(loop), 0);
	for (int i = 0; i < SENDERS; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(next_of[i], LETTERS);
	}
}

#define MAILBOX(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		MAILBOX(in_order),
		MAILBOX(a_full_one_refuses),
		MAILBOX(what_is_left_is_given_back),
		MAILBOX(from_many_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
