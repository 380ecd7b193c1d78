/* Ctrl-C and SIGTERM: the run is told to stop, and what is done is written. */
#include <errno.h>
#include <signal.h>

#include "cli/cli.h"

/* A handler has nothing else to find the run by. */
static struct dc_run *running;
static volatile sig_atomic_t seen;

static void stop(int number)
{
	int saved = errno;
	seen = number;
	if (running)
		dc_run_stop(running);
	errno = saved;
}

void signals_stop(struct dc_run *run)
{
	if (!run) {
		running = NULL;
		return;
	}
	/* Reset when it comes: whoever asks twice does not want to wait. Restart: a report that waits for a slow reader is
	 * written to its end (poll returns all the same). */
	struct sigaction action = {.sa_handler = stop, .sa_flags = (int)(SA_RESETHAND | SA_RESTART)};
	static const int numbers[] = {SIGINT, SIGTERM};
	(void)sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		struct sigaction old;
		/* nohup and shells' background jobs ignore SIGINT: that stays so. */
		if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN) {
			running = run;
			(void)sigaction(numbers[i], &action, NULL);
		}
	}
}

int signals_seen(void)
{
	return seen;
}
